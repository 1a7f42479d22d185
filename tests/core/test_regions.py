"""Regions: named sets of hexes, cut to what a player sees."""

import pytest
from pydantic import ValidationError

from events import Event
from events.core.features.hexes import HexesRevealed, HideHexes, RevealHexes
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.regions import (
    DeleteRegion,
    NoHexes,
    NoSuchRegion,
    RegionDeleted,
    RegionRevealed,
    RegionSet,
    RegionWanted,
    RevealRegion,
    SetRegion,
    Unnamed,
)
from events.core.features.terrain import MapSet, OffTheMap
from events.core.limits import MOST_REGIONS, REGION_HEXES
from events.core.map_objects import Region, RegionId
from events.core.messages import JSON
from events.core.targets import Players
from events.core.view import project, state_fields
from events.errors import DmOnly, TooMany
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, given

ROW = tuple(Hex(q, 0) for q in range(4))
KEYS = [str(at) for at in ROW]
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
)
R = RegionId("r")
SEEN = HexesRevealed(hexes=runs(ROW[:2]), to="all")
GLIMPSED = HexesRevealed(hexes=runs(ROW[:2]), to="all", tier="terrain")
ONLY_ANN = Players(player_ids=(ANN.user,))


def wish(**fields: JSON) -> SetRegion:
    return SetRegion(region=RegionWanted.model_validate({"id": "r", **fields}))


def vale(hexes: tuple[Hex, ...] = ROW, **fields: JSON) -> RegionSet:
    return RegionSet(region=R, now=Region("The Vale", runs(hexes), **fields))


def test_a_new_region_is_for_dms_and_kept_as_runs() -> None:
    outcome = given(*TABLE, SEEN).when(wish(name="The Vale", hexKeys=KEYS)).then(vale()).tells(ANN)
    assert outcome.told(DM)[0]["region"] == {
        "id": "r",
        "name": "The Vale",
        "kind": "realm",
        "color": "",
        "hexes": [[0, 0, 4]],
        "audience": "dm",
        "revealedTo": [],
    }


def test_a_player_gets_the_region_cut_to_what_they_see() -> None:
    (told,) = given(*TABLE, SEEN, vale()).when(wish(audience="seen")).told(ANN)
    assert told["region"] == {
        "id": "r",
        "name": "The Vale",
        "kind": "realm",
        "color": "",
        "hexes": [[0, 0, 2]],
    }


def test_a_player_who_sees_none_of_its_hexes_does_not_know_its_name() -> None:
    public = given(*TABLE, vale(audience="all"))
    assert state_fields(project(public.room, ANN))["regions"] == []
    (told,) = public.when(RevealHexes(hex_keys=(ROW[3],), targets="all")).told(ANN)[1:]
    assert (told["region"]["name"], told["region"]["hexes"]) == ("The Vale", [[3, 0, 1]])


def test_reveals_and_hidings_tell_of_the_hexes_that_come_and_go() -> None:
    start = given(*TABLE, SEEN, vale(audience="seen"))
    outcome = start.when(HideHexes(hex_keys=(ROW[0],), targets=ONLY_ANN))
    assert outcome.told(ANN)[1]["region"] == {"id": "r", "gone": [[0, 0, 1]]}
    outcome.tells(BEN).tells(DM, "hex:hidden")


def test_a_region_is_revealed_alone_and_to_one_player() -> None:
    outcome = given(*TABLE, GLIMPSED, vale()).when(RevealRegion(region_id="r", targets=ONLY_ANN))
    outcome.then(RegionRevealed(region=R, to=(ANN.user,)))
    outcome.tells(ANN, "region:changed").tells(BEN).tells(SAM)
    again = outcome.again().when(RevealRegion(region_id="r", targets="all"))
    again.tells(BEN, "region:changed").tells(ANN)


def test_a_brush_adds_hexes_and_takes_them_out() -> None:
    start = given(*TABLE, SEEN, vale(ROW[:2], audience="seen"))
    start.when(wish(add=KEYS)).then(vale(audience="seen"))
    start.when(wish(add=KEYS[1:3], remove=KEYS[:1])).then(vale(ROW[1:3], audience="seen"))
    outcome = start.when(wish(remove=KEYS[:1]))
    assert outcome.told(ANN)[0]["region"] == {"id": "r", "gone": [[0, 0, 1]]}
    start.when(wish(add=KEYS[:1])).then()
    start.when(wish(hexKeys=KEYS[3:])).then(vale(ROW[3:], audience="seen"))


def test_deleting_a_region_takes_its_hexes_from_those_who_knew_it() -> None:
    outcome = given(*TABLE, SEEN, vale(audience="seen")).when(DeleteRegion(region_id="r"))
    outcome.then(RegionDeleted(region=R)).tells(DM, "region:removed")
    assert outcome.told(ANN)[0]["region"] == {"id": "r", "gone": [[0, 0, 2]]}


def test_bad_regions_are_refused() -> None:
    given(*TABLE, vale()).when(wish(remove=KEYS)).refused(NoHexes)
    given(*TABLE).when(wish(name="Nowhere")).refused(NoHexes)
    given(*TABLE).when(wish(hexKeys=KEYS)).refused(Unnamed)
    given(*TABLE).when(DeleteRegion(region_id="r")).refused(NoSuchRegion)
    given(*TABLE).when(RevealRegion(region_id="r", targets="all")).refused(NoSuchRegion)
    given(*TABLE).when(wish(name="The Vale", hexKeys=KEYS), by=ANN).refused(DmOnly)
    frame = MapSet(
        name="M", grid_width=3, grid_height=2, hex_size=30, orientation="flat", painted=()
    )
    given(*TABLE, frame).when(wish(name="The Vale", hexKeys=KEYS)).refused(OffTheMap)
    with pytest.raises(ValidationError):
        wish(name="The Vale", color="red")


def test_a_room_has_an_end_of_regions_and_of_their_hexes() -> None:
    full = [RegionSet(region=RegionId(f"n{n}"), now=vale().now) for n in range(MOST_REGIONS)]
    given(*TABLE, *full).when(wish(name="One more", hexKeys=KEYS)).refused(TooMany)
    vast = RegionSet(region=RegionId("v"), now=Region("Vast", ((0, 0, REGION_HEXES - 3),)))
    given(*TABLE, vast).when(wish(name="One more", hexKeys=KEYS)).refused(TooMany)


def test_what_was_done_is_named() -> None:
    room = given(*TABLE, vale()).room
    assert vale().describe(given().room) == "Marked the region The Vale, 4 hexes around 2,0"
    assert wish(add=KEYS).describe(room) == "Change the region The Vale"
    assert RegionRevealed(region=R, to="all").describe(room) == (
        "Revealed the region The Vale to everyone"
    )
    assert DeleteRegion(region_id="r").describe(room) == "Delete the region The Vale"
