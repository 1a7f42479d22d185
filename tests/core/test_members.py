"""Who belongs to the room, and who is at the table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hypothesis import given as drawn
from hypothesis import strategies as st

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
from events.core.projection import Change
from events.core.state import EMPTY, Member, Role, RoomState, UserId
from events.core.view import ROLE_VIEWER, Disclosure
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


PEOPLE: st.SearchStrategy[dict[UserId, Any]] = st.fixed_dictionaries(
    {
        UserId(name): st.none()
        | st.tuples(st.sampled_from(Role), st.sampled_from(("Ann", 'Bén "B"')), st.booleans())
        for name in ("u1", "u2", "u3", "u4")
    }
)
"""By user nobody, or a member's role, name, and whether they are here."""


def room_of(people: Mapping[UserId, tuple[Role, str, bool] | None]) -> RoomState:
    there = {user: person for user, person in people.items() if person is not None}
    return EMPTY.but(
        members=MappingProxyType(
            {user: Member(user, role, name) for user, (role, name, _) in there.items()}
        ),
        online=frozenset(user for user, (_, _, here) in there.items() if here),
    )


@drawn(PEOPLE, PEOPLE)
def test_who_came_and_went_is_told_byte_for_byte_as_the_long_way_tells_it(
    before: dict[UserId, Any], after: dict[UserId, Any]
) -> None:
    change = Change(room_of(before), room_of(after), ())
    disclosure = Disclosure(change)
    members = {**change.before.members, **change.after.members}
    for viewer in (*members.values(), *ROLE_VIEWER.values()):
        long_way = [message.encode() for message in disclosure.messages_for(viewer)]
        assert disclosure.encoded_for(viewer) == long_way
