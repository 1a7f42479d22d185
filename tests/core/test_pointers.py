"""Pointing: for a moment, to those who may know the hex."""

import pytest

from events import Event, Member
from events.core.features.hexes import HexesRevealed
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.pointers import LeadScreen, PointAt
from events.core.features.settings import SettingsChanged
from events.core.features.terrain import HexesUpdated
from events.core.features.tokens import TokenCreated
from events.core.state import TokenId
from events.core.targets import NoSuchPlayer, Players, Targets, Within
from events.errors import DmOnly, PlayersOnly
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, given

AT, DARK = Hex(0, 0), Hex(3, 0)
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
    HexesUpdated(painted=(("hills", 0, ((0, 0, 5),)),)),
)
SEEN = HexesRevealed(hexes=runs([AT]), to="all")
ONLY_BEN = HexesRevealed(hexes=runs([DARK]), to=(BEN.user,))


def who_sees(command: PointAt, by: Member, *events: Event) -> set[str]:
    room = given(*TABLE, *events).when(command, by).then().after
    told = {viewer: command.ephemeral_message(room, by, viewer) for viewer in (DM, ANN, BEN, SAM)}
    for message in told.values():
        assert message is None or message.to_wire() == {
            "type": "hex:pointed",
            "userId": by.user,
            "hexKey": str(command.hex_key),
        }
    return {viewer.user for viewer, message in told.items() if message}


def test_pointing_is_seen_by_all_who_see_the_hex_and_recorded_by_nobody() -> None:
    assert who_sees(PointAt(hex_key=AT), ANN, SEEN) == {"dm", "ann", "ben", "sam"}


def test_a_hidden_hex_is_pointed_at_for_dms_and_those_who_see_it() -> None:
    assert who_sees(PointAt(hex_key=DARK), DM, SEEN) == {"dm"}
    assert who_sees(PointAt(hex_key=DARK), ANN, SEEN, ONLY_BEN) == {"dm", "ben"}


@pytest.mark.parametrize(
    ("targets", "seen_by"),
    [
        ("all", {"dm", "ann", "ben", "sam"}),
        (Players(player_ids=(BEN.user,)), {"dm", "ann", "ben"}),
        (Within(within=1), {"dm", "ann"}),
    ],
)
def test_pointing_for_some_is_seen_by_them_and_who_points(
    targets: Targets, seen_by: set[str]
) -> None:
    hero = TokenCreated(token=TokenId("h"), at=Hex(1, 0), label="Ann's", owner=ANN.user)
    assert who_sees(PointAt(hex_key=AT, targets=targets), ANN, SEEN, hero) == seen_by


def test_a_glimpse_is_enough() -> None:
    glimpse = HexesRevealed(hexes=runs([AT]), to="all", tier="terrain")
    assert "ann" in who_sees(PointAt(hex_key=AT), DM, glimpse)
    beside = SettingsChanged(adjacent_terrain=True)
    assert "ann" in who_sees(PointAt(hex_key=Hex(1, 0)), DM, SEEN, beside)


def test_spectators_point_at_nothing_and_targets_are_players() -> None:
    given(*TABLE).when(PointAt(hex_key=AT), by=SAM).refused(PlayersOnly)
    wrong = PointAt(hex_key=AT, targets=Players(player_ids=(SAM.user,)))
    given(*TABLE).when(wrong, by=ANN).refused(NoSuchPlayer)


def test_screens_are_led_over_what_they_know_and_nobody_else_is_told() -> None:
    room = given(*TABLE, SEEN, ONLY_BEN).room
    for at, hears in ((AT, {"sam"}), (DARK, set())):
        command = LeadScreen(hex_key=at, across=24.5)
        assert given(*TABLE, SEEN, ONLY_BEN).when(command).then().after == room
        told = {who: command.ephemeral_message(room, DM, who) for who in (DM, ANN, BEN, SAM)}
        assert {who.user for who, message in told.items() if message} == hears
        for message in filter(None, told.values()):
            assert message.to_wire() == {"type": "screen:led", "hexKey": str(at), "across": 24.5}
    given(*TABLE, SEEN).when(LeadScreen(hex_key=AT, across=9), by=ANN).refused(DmOnly)
