"""What lies on the map, in the captions of a replay: a player's say only what the player was told."""

import pytest

from events import Event, RoomState, fold
from events.core.features.hexes import HexesRevealed
from events.core.features.labels import DeleteLabel, LabelSet, SetLabel
from events.core.features.paths import DeletePath, PathSet, PathWanted, SetPath
from events.core.features.regions import DeleteRegion, RegionSet, RegionWanted, SetRegion
from events.core.features.settings import SetSettings
from events.core.features.sites import DeleteSite, SetSite, SiteSet, SiteWanted
from events.core.features.terrain import MapSet
from events.core.map_objects import Label, LabelId, Path, PathId, Region, RegionId, Site, SiteId
from events.core.messages import Command
from events.core.projection import Change
from events.core.view import messages_for
from events.geometry.course import CoursePoint, through
from events.geometry.grid import Hex, runs
from events.replay.captions import (
    caption_of_events,
    caption_of_messages,
    kind_of_events,
    kind_of_messages,
)
from tests.support.given import ANN, DM, given

AT = Hex(0, 0)
COURSE = through([CoursePoint(AT), CoursePoint(Hex(1, 0))])
LAID: tuple[Event, ...] = (
    HexesRevealed(hexes=runs([AT]), to="all"),
    PathSet(path=PathId("p"), now=Path("road", COURSE, "Old Way")),
    SiteSet(site=SiteId("s"), now=Site(AT, "lair", "The Nest", "seen")),
    RegionSet(region=RegionId("r"), now=Region("The Vale", runs([AT]), audience="seen")),
    LabelSet(label=LabelId("l"), now=Label(AT, "Beware", audience="seen")),
)


@pytest.mark.parametrize(
    ("command", "for_dm", "for_ann", "kind"),
    [
        (
            SetPath(path=PathWanted(id="p", kind="road", name="New Way")),
            "Changed the road New Way",
            "The road New Way came into sight",
            "terrain",
        ),
        (
            DeletePath(path_id="p"),
            "Deleted the road Old Way",
            "A path went out of sight",
            "terrain",
        ),
        (
            SetSite(hex_key=AT, site=SiteWanted(id="s", kind="cave")),
            "Changed The Nest in hex 0,0",
            "On hex 0,0: The Nest",
            "note",
        ),
        (DeleteSite(site_id="s"), "Deleted The Nest", "The Nest is gone", "note"),
        (
            SetRegion(region=RegionWanted(id="r", name="The Dale")),
            "Changed the region The Dale, hex 0,0",
            "The Dale came into sight",
            "terrain",
        ),
        (
            DeleteRegion(region_id="r"),
            "Deleted the region The Vale",
            "A region went out of sight",
            "terrain",
        ),
        (DeleteLabel(label_id="l"), "Deleted the label “Beware”", "A label is gone", "terrain"),
    ],
)
def test_what_lies_on_the_map_is_captioned(
    command: Command, for_dm: str, for_ann: str, kind: str
) -> None:
    outcome = given(*LAID).when(command)
    assert caption_of_events(outcome.before, outcome.events) == for_dm
    assert kind_of_events(outcome.events) == kind
    change = Change(outcome.before, outcome.after, outcome.events)
    told = list(messages_for(change, ANN))
    assert caption_of_messages(change.before, change.after, told) == for_ann
    assert kind_of_messages(told) == kind


def test_a_label_is_captioned_by_its_text() -> None:
    start = given(*LAID[:1])
    wanted = SetLabel.model_validate(
        {"hexKey": "0,0", "label": {"id": "l", "text": "Beware", "audience": "seen"}}
    )
    outcome = start.when(wanted)
    told = list(messages_for(Change(outcome.before, outcome.after, outcome.events), ANN))
    assert caption_of_messages(outcome.before, outcome.after, told) == "Written on the map: Beware"


def test_a_dm_is_told_which_path_and_which_region_are_gone() -> None:
    for command, said in (
        (DeletePath(path_id="p"), "The road Old Way is gone"),
        (DeleteRegion(region_id="r"), "The region The Vale is gone"),
    ):
        outcome = given(*LAID).when(command)
        told = list(messages_for(Change(outcome.before, outcome.after, outcome.events), DM))
        assert caption_of_messages(outcome.before, outcome.after, told) == said


def test_no_caption_of_a_player_tells_how_large_the_map_is() -> None:
    captions = {
        caption_of_messages(before, change.after, tuple(messages_for(change, ANN)))
        for columns, rows in ((4, 4), (99, 30), (100, 30), (30, 400))
        for at in [Hex(5, 3)]
        for before in [laid_in_secret(columns, rows)]
        for change in [revealed(before, at)]
    }
    assert captions == {"Hex 0606 came into sight"}


def laid_in_secret(columns: int, rows: int) -> RoomState:
    map_ = MapSet(
        name="Land", grid_width=columns, grid_height=rows, hex_size=30.0, orientation="flat",
        painted=(),
    )  # fmt: skip
    return given(map_).when(SetSettings(show_map_extent=False)).after


def revealed(room: RoomState, at: Hex) -> Change:
    events = (HexesRevealed(hexes=runs([at]), to="all"),)
    return Change(room, fold(events, room), events)


@pytest.mark.parametrize(
    ("at", "label"),
    [
        (Hex(0, 0), "0101"),
        (Hex(99, -49), "100001"),
        (Hex(-3, 0), "-02-01"),
        (Hex(0, 120), "001121"),
    ],
)
def test_a_hex_is_called_as_on_the_page_whatever_the_size_of_the_map(at: Hex, label: str) -> None:
    assert laid_in_secret(30, 20).label(at) == label
