"""Settings: how players see the map."""

import pytest
from pydantic import ValidationError

from events import Event, project, state_fields
from events.core.features.hexes import HexesRevealed, HideHexes, RevealHexes
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.settings import LabelStyleWanted, SetSettings, SettingsChanged
from events.core.features.terrain import HexChange, HexesUpdated, MapSet, UpdateHexes, frame_for
from events.core.features.tokens import TokenCreated
from events.core.messages import JSON
from events.core.state import TokenId
from events.errors import DmOnly
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, given

AT, NEXT, BEYOND = Hex(0, 0), Hex(1, 0), Hex(2, 0)
ROW = runs([AT, NEXT, BEYOND])
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
    HexesUpdated(painted=(("hills", 0, ROW),)),
)
SEEN = HexesRevealed(hexes=runs([AT]), to="all")
ADJACENT = SettingsChanged(adjacent_terrain=True)
GLIMPSE: JSON = {"tier": "terrain", "terrain": "hills"}
MAP = MapSet(
    name="The Marches",
    grid_width=30,
    grid_height=20,
    hex_size=30,
    orientation="flat",
    painted=(("hills", 0, ROW),),
)


def test_settings_are_told_to_everyone_whole() -> None:
    outcome = given(*TABLE).when(SetSettings(fog_opacity=0.5, labels=False))
    outcome.then(SettingsChanged(fog_opacity=0.5, labels=False))
    for viewer in (DM, ANN, SAM):
        outcome.tells(viewer, "settings:changed")
    assert outcome.told(ANN)[0]["settings"] == {
        "fogOpacity": 0.5,
        "labels": False,
        "grid": True,
        "adjacentTerrain": False,
        "labelStyle": {"kind": "columnRow", "origin": 1, "order": "columnRow"},
        "showMapExtent": True,
        "pathsAtTerrain": True,
        "mapLook": "atlas",
        "hexWidth": 0.0,
        "hexUnit": "miles",
    }
    assert state_fields(project(outcome.after, ANN))["settings"]["fogOpacity"] == 0.5


def test_settings_are_for_dms_to_change_and_changing_nothing_is_no_event() -> None:
    given(*TABLE).when(SetSettings(grid=False), by=ANN).refused(DmOnly)
    given(*TABLE).when(SetSettings(grid=True, fog_opacity=1)).then()


def test_the_look_of_the_map_is_the_dms_to_choose_and_left_out_where_nothing_was_chosen() -> None:
    outcome = given(*TABLE).when(SetSettings(map_look="ink"))
    outcome.then(SettingsChanged(map_look="ink")).tells(ANN, "settings:changed")
    assert outcome.told(ANN)[0]["settings"]["mapLook"] == "ink"
    given(*TABLE).when(SetSettings(map_look="ink"), by=ANN).refused(DmOnly)
    given(*TABLE).when(SetSettings(map_look="atlas")).then()
    before = SettingsChanged(grid=False).model_dump_json()
    assert "mapLook" not in before
    assert "map_look" not in before


def test_a_dm_says_how_wide_a_hex_is_and_takes_it_back() -> None:
    outcome = given(*TABLE).when(SetSettings(hex_width=6, hex_unit="km"))
    outcome.then(SettingsChanged(hex_width=6.0, hex_unit="km")).tells(ANN, "settings:changed")
    said = outcome.told(ANN)[0]["settings"]
    assert (said["hexWidth"], said["hexUnit"]) == (6.0, "km")
    wide = given(*TABLE, SettingsChanged(hex_width=9999.0))
    wide.when(SetSettings(hex_width=0)).then(SettingsChanged(hex_width=0.0))
    assert "hex" not in SettingsChanged(grid=False).model_dump_json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"fogOpacity": 1.5},
        {"fogOpacity": True},
        {"grid": 1},
        {"labelStyle": {"origin": 2}},
        {"mapLook": "neon"},
        {"hexWidth": -1},
        {"hexWidth": 9999.5},
        {"hexWidth": True},
        {"hexUnit": "feet"},
    ],
)
def test_settings_have_limits(wrong: dict[str, JSON]) -> None:
    with pytest.raises(ValidationError):
        SetSettings.model_validate(wrong)


def test_the_terrain_next_to_what_is_seen_is_off_at_first_and_shown_when_asked() -> None:
    room = given(*TABLE, SEEN)
    assert Hex(1, 0) not in project(room.room, ANN)["hexes"]
    outcome = room.when(SetSettings(adjacent_terrain=True))
    outcome.shows(ANN, "hexes", "1,0", GLIMPSE).shows(ANN, "hexes", "2,0", None)
    outcome.tells(ANN, "settings:changed", "hex:revealed").tells(DM, "settings:changed")
    back = outcome.again().when(SetSettings(adjacent_terrain=False))
    back.tells(ANN, "settings:changed", "hex:hidden").shows(ANN, "hexes", "0,0", {
        "tier": "full", "terrain": "hills"
    })  # fmt: skip


def test_a_reveal_brings_the_terrain_around_it_and_hiding_takes_it_along() -> None:
    shown = given(*TABLE, ADJACENT).when(RevealHexes(hex_keys=(AT,), targets="all"))
    said = shown.tells(ANN, "hex:revealed", "hex:revealed").told(ANN)
    assert {(key, message["tier"]) for message in said for key in message["hexKeys"]} == {
        ("0,0", "full"),
        ("1,0", "terrain"),
    }
    hidden = shown.again().when(HideHexes(hex_keys=(AT,), targets="all"))
    said = hidden.tells(ANN, "hex:hidden", "hex:hidden").told(ANN)
    assert {key for message in said for key in message["hexKeys"]} == {"0,0", "1,0"}


def test_it_is_each_viewers_own_neighbourhood() -> None:
    only = HexesRevealed(hexes=runs([AT]), to=(ANN.user,))
    room = given(*TABLE, ADJACENT, only).room
    assert NEXT in project(room, ANN)["hexes"]
    assert NEXT not in project(room, BEN)["hexes"]
    assert NEXT not in project(room, SAM)["hexes"]


def test_a_glimpse_shows_nothing_of_its_neighbours_and_nothing_shows_off_the_map() -> None:
    glimpse = HexesRevealed(hexes=runs([AT]), to="all", tier="terrain")
    view = project(given(*TABLE, ADJACENT, glimpse).room, ANN)["hexes"]
    assert list(view) == [AT]
    assert set(project(given(*TABLE, ADJACENT, SEEN).room, ANN)["hexes"]) == {AT, NEXT}


def test_repainting_a_hex_seen_from_beside_is_told_and_its_tokens_are_not() -> None:
    ogre = TokenCreated(token=TokenId("o"), at=NEXT, label="an ogre")
    room = given(*TABLE, ADJACENT, SEEN, ogre)
    room.when(UpdateHexes(changes=(HexChange(key=NEXT, terrain="marsh"),))).tells(
        ANN, "hex:updated"
    )
    assert not project(room.room, ANN)["tokens"]


def test_the_extent_of_the_map_can_be_kept_from_players() -> None:
    outcome = given(*TABLE, MAP).when(SetSettings(show_map_extent=False))
    outcome.tells(ANN, "settings:changed", "map:changed").tells(DM, "settings:changed")
    shown = project(outcome.after, ANN)["map"]["map"]
    assert shown == {"name": "The Marches", "hexSize": 30.0, "orientation": "flat"}
    assert project(outcome.after, DM)["map"]["map"]["gridWidth"] == 30
    frame = frame_for(outcome.after, ANN, [NEXT, BEYOND])
    assert frame is not None
    assert (frame.grid_width, frame.grid_height) == (3, 2)
    assert frame_for(outcome.after, DM, []) == outcome.after.map
    unseen = frame_for(outcome.after, ANN, [])
    assert unseen is not None
    assert (unseen.grid_width, unseen.grid_height) == (1, 1)


@pytest.mark.parametrize(
    ("style", "label"),
    [
        ({}, "0302"),
        ({"kind": "axial"}, "2,0"),
        ({"origin": 0}, "0201"),
        ({"order": "rowColumn"}, "0203"),
    ],
)
def test_hexes_are_called_as_the_settings_say(style: dict[str, JSON], label: str) -> None:
    wanted = LabelStyleWanted.model_validate(style)
    room = given(*TABLE, MAP).when(SetSettings(label_style=wanted)).after
    assert room.label(BEYOND) == label
