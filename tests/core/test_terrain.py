"""The map: its frame and its ground."""

import pytest
from pydantic import ValidationError

from events import Event
from events.core.features.hexes import HexesRevealed
from events.core.features.members import MemberSet
from events.core.features.terrain import (
    HexChange,
    HexesUpdated,
    MapSet,
    NoMap,
    ParitySet,
    SetMap,
    SetParity,
    UpdateHexes,
    is_on_map,
)
from events.core.limits import MAP_HEXES, MOST_TILES
from events.core.messages import JSON
from events.errors import DmOnly, TooMany
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, Given, given

AT, NEXT = Hex(0, 0), Hex(1, 0)
TABLE: tuple[Event, ...] = tuple(
    MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN)
)
HILLS = HexesUpdated(painted=(("hills", 0, runs([AT, NEXT])),))
ANN_SEES = HexesRevealed(hexes=runs([AT]), to=(ANN.user,))


def paint(*hexes: Hex, terrain: str = "marsh") -> UpdateHexes:
    return UpdateHexes(changes=tuple(HexChange(key=at, terrain=terrain) for at in hexes))


def lay(*hexes: Hex, terrain: str = "forest", name: str = "The Marches") -> SetMap:
    return SetMap(
        name=name,
        grid_width=5,
        grid_height=4,
        hex_size=30.0,
        orientation="flat",
        painted=((terrain, 0, runs(hexes)),),
    )


def test_new_terrain_reaches_only_those_who_see_the_hex() -> None:
    outcome = given(*TABLE, HILLS, ANN_SEES).when(paint(AT, NEXT))
    outcome.then(HexesUpdated(painted=(("marsh", 0, runs([AT, NEXT])),)))
    assert outcome.told(ANN) == [
        {"type": "hex:updated", "changes": [{"key": "0,0", "terrain": "marsh"}]}
    ]
    outcome.tells(BEN)
    (message,) = outcome.told(DM)
    assert [change["key"] for change in message["changes"]] == ["0,0", "1,0"]


def test_only_what_changes_is_recorded() -> None:
    given(*TABLE, HILLS).when(paint(AT, terrain="hills")).then()
    outcome = given(*TABLE, HILLS).when(
        UpdateHexes(
            changes=(
                HexChange(key=AT, terrain="hills"),
                HexChange(key=NEXT, terrain="hills", variant=2),
            )
        )
    )
    outcome.then(HexesUpdated(painted=(("hills", 2, runs([NEXT])),)))


def test_the_last_of_two_changes_of_a_hex_counts() -> None:
    twice = UpdateHexes(
        changes=(HexChange(key=AT, terrain="marsh"), HexChange(key=AT, terrain="lake"))
    )
    given(*TABLE, HILLS).when(twice).then(HexesUpdated(painted=(("lake", 0, runs([AT])),)))


def test_which_columns_are_pushed_is_the_maps_and_moves_no_hex() -> None:
    laid = given(*TABLE).when(lay(AT)).after
    assert (laid.label(NEXT), laid.label(Hex(1, -1))) == ("0201", "0200")

    outcome = Given(laid).when(SetParity(parity="even")).then(ParitySet(parity="even"))

    for viewer in (DM, ANN):
        (message,) = outcome.told(viewer)
        assert (message["type"], message["map"]["parity"]) == ("map:changed", "even")
    room = outcome.after
    assert room.terrain == laid.terrain
    assert (room.label(NEXT), room.label(Hex(1, -1)), room.label(AT)) == ("0202", "0201", "0101")
    assert is_on_map(room, Hex(1, -1))
    assert not is_on_map(laid, Hex(1, -1))
    # Four rows: the last of the second column is one further up.
    assert is_on_map(laid, Hex(1, 3))
    assert not is_on_map(room, Hex(1, 3))
    outcome.again().when(SetParity(parity="even")).then()


def test_a_map_that_is_not_there_pushes_nothing() -> None:
    given(*TABLE).when(SetParity(parity="even")).refused(NoMap)
    given(*TABLE).when(SetParity(parity="even"), by=ANN).refused(DmOnly)


def test_a_frame_whose_columns_are_odd_is_written_and_told_as_ever() -> None:
    outcome = given(*TABLE).when(lay(AT))
    assert "parity" not in outcome.told(ANN)[0]["map"]
    (event,) = outcome.events
    assert b"parity" not in event.to_json()


def test_painting_is_the_dms() -> None:
    given(*TABLE, HILLS).when(paint(AT), by=ANN).refused(DmOnly)


def test_a_map_is_laid_with_its_frame_and_everyone_knows_the_frame() -> None:
    outcome = given(*TABLE).when(lay(AT, NEXT))
    assert isinstance(outcome.events[0], MapSet)
    outcome.tells(ANN, "map:changed").tells(DM, "map:changed", "hex:updated")
    assert outcome.after.map is not None
    assert outcome.after.label(Hex(0, 0)) == "0101"


def test_a_new_map_keeps_what_was_shown_and_takes_away_its_old_terrain() -> None:
    outcome = given(*TABLE, HILLS, ANN_SEES).when(lay(NEXT))
    assert outcome.told(ANN)[1] == {
        "type": "hex:updated",
        "changes": [{"key": "0,0", "terrain": None}],
    }
    outcome.shows(ANN, "hexes", "0,0", {"tier": "full"})


def test_the_same_map_again_changes_nothing() -> None:
    first = given(*TABLE).when(lay(AT))
    first.again().when(lay(AT)).then()


def test_a_map_has_at_most_a_hundred_thousand_hexes() -> None:
    full = MapSet(
        name="Full",
        grid_width=1,
        grid_height=1,
        hex_size=1,
        orientation="flat",
        painted=(("sea", 0, ((0, 0, MAP_HEXES),)),),
    )
    given(*TABLE, full).when(paint(Hex(5, 0))).then(
        HexesUpdated(painted=(("marsh", 0, ((5, 0, 1),)),))
    )
    given(*TABLE, full).when(paint(Hex(0, 1))).refused(TooMany)
    fields = {**dict(lay(AT)), "painted": (("sea", 0, ((0, 0, MAP_HEXES + 1),)),)}
    given(*TABLE).when(SetMap.model_validate(fields)).refused(TooMany)


def test_a_map_is_not_scattered_over_the_world() -> None:
    far = [(16 * q, 16 * r, 1) for q in range(200) for r in range(MOST_TILES // 200)]
    fields = {**dict(lay(AT)), "painted": (("sea", 0, tuple(far)),)}
    scattered = given(*TABLE).when(SetMap.model_validate(fields)).again()
    scattered.when(paint(Hex(1, 0))).then(HexesUpdated(painted=(("marsh", 0, ((1, 0, 1),)),)))
    scattered.when(paint(Hex(-1, 0))).refused(TooMany)
    fields["painted"] = (("sea", 0, ((-1, 0, 1), *far)),)
    given(*TABLE).when(SetMap.model_validate(fields)).refused(TooMany)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "0,0"},
        {"key": "0,0", "terrain": ""},
        {"key": "0,0", "terrain": "a\u0000b"},
        {"key": "0,0", "terrain": "x" * 81},
        {"key": "0;0", "terrain": "hills"},
        {"key": "0,0", "terrain": 3},
        {"key": "0,0", "terrain": "hills", "variant": -1},
        {"key": "0,0", "terrain": "hills", "variant": True},
    ],
)
def test_a_malformed_change_is_no_command(change: dict[str, JSON]) -> None:
    with pytest.raises(ValidationError):
        UpdateHexes.model_validate({"changes": [change]})
