"""Who belongs to the room, and who is at the table."""

from events.core.features.members import (
    Arrive,
    CountWaiting,
    Depart,
    MemberRemoved,
    MemberSet,
    PeopleWaiting,
    PlayerJoined,
    PlayerLeft,
    RemoveMember,
    SetMember,
)
from events.core.state import Role
from tests.support.given import ANN, BEN, DM, SAM, given

DORA = MemberSet(user=DM.user, name="Dora", role=Role.DM)
ANNA = MemberSet(user=ANN.user, name="Ann", role=Role.PLAYER)
HERE = PlayerJoined(user=ANN.user)


def test_the_first_connection_of_a_member_is_told_to_the_others() -> None:
    outcome = given(DORA, ANNA).when(Arrive(), by=ANN).then(HERE)
    outcome.tells(DM, "player:joined", "player:presence").tells(ANN)


def test_somebody_who_is_here_does_not_arrive_again() -> None:
    given(DORA, ANNA, HERE).when(Arrive(), by=ANN).then()


def test_the_last_connection_that_closes_is_told_to_the_others() -> None:
    outcome = given(DORA, ANNA, HERE).when(Depart(), by=ANN).then(PlayerLeft(user=ANN.user))
    outcome.tells(DM, "player:left", "player:presence").tells(ANN)


def test_a_stranger_does_not_arrive() -> None:
    given(DORA).when(Arrive(), by=BEN).then()


def test_a_member_who_is_removed_leaves_first() -> None:
    given(DORA, ANNA, HERE).when(RemoveMember(user=ANN.user)).then(
        PlayerLeft(user=ANN.user), MemberRemoved(user=ANN.user)
    )


def test_setting_a_member_as_they_are_changes_nothing() -> None:
    given(DORA, ANNA).when(SetMember(user=ANN.user, name="Ann", role=Role.PLAYER)).then()


def test_a_new_role_is_told_to_everybody_else() -> None:
    given(DORA, ANNA).when(SetMember(user=ANN.user, name="Ann", role=Role.DM)).tells(
        DM, "player:presence"
    )


def test_only_dms_are_told_who_waits_and_nothing_is_recorded() -> None:
    command = CountWaiting(waiting=2)
    room = given(DORA, ANNA).when(command).then().after
    told = {viewer: command.ephemeral_message(room, ANN, viewer) for viewer in (DM, ANN, SAM)}
    assert told == {DM: PeopleWaiting(waiting=2), ANN: None, SAM: None}
