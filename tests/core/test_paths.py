"""Paths: drawn over the map, and shown hex by hex to those who may know of them."""

import pytest
from pydantic import ValidationError

from events import Event
from events.core.features.hexes import HexesHidden, HexesRevealed, RevealHexes
from events.core.features.history import UndoAction
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.paths import (
    DeletePath,
    NoCourse,
    NoSuchPath,
    PathDeleted,
    PathRevealed,
    PathSet,
    PathWanted,
    RevealPath,
    SetPath,
)
from events.core.features.settings import SetSettings
from events.core.features.staging import ModeSet, Publish
from events.core.features.terrain import HexesUpdated, MapSet, OffTheMap
from events.core.limits import MOST_PATHS
from events.core.map_objects import Path, PathId
from events.core.messages import JSON
from events.core.state import Mode
from events.core.targets import NoSuchPlayer, Players
from events.core.view import project, state_fields
from events.errors import DmOnly, TooMany
from events.geometry.course import CoursePoint, through
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, given

ROW = tuple(Hex(q, 0) for q in range(4))
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
)
P = PathId("p")
SEEN = HexesRevealed(hexes=runs(ROW[:2]), to="all")
GLIMPSED = HexesRevealed(hexes=runs(ROW[:2]), to="all", tier="terrain")
COURSE = through([CoursePoint(ROW[0]), CoursePoint(ROW[3])])
ONLY_ANN = Players(player_ids=(ANN.user,))


def wish(**fields: JSON) -> SetPath:
    path = {"id": "p", "kind": "road", "points": ["0,0", "3,0"], **fields}
    return SetPath(path=PathWanted.model_validate(path))


def road(**fields: JSON) -> PathSet:
    fields = {"kind": "road", "name": "Old Way", **fields}
    return PathSet(path=P, now=Path(points=COURSE, **fields))


def test_a_path_is_drawn_from_hex_to_hex_with_those_in_between() -> None:
    outcome = given(*TABLE).when(wish(name="Old Way")).then(road())
    assert outcome.told(DM)[0]["path"] == {
        "id": "p",
        "kind": "road",
        "name": "Old Way",
        "along": False,
        "points": ["0,0", "1,0", "2,0", "3,0"],
        "audience": "seen",
        "revealedTo": [],
    }
    outcome.tells(ANN)


def test_a_player_gets_the_pieces_in_hexes_that_they_see_and_no_other() -> None:
    (told,) = given(*TABLE, SEEN).when(wish(name="Old Way")).told(ANN)
    assert told["path"] == {
        "id": "p",
        "kind": "road",
        "name": "Old Way",
        "along": False,
        "pieces": [
            {"hexKey": "0,0", "lines": [[0, None]]},
            {"hexKey": "1,0", "lines": [[0, 3]]},
        ],
    }
    assert "2,0" not in str(told)


def test_a_reveal_tells_of_the_pieces_in_the_hexes_it_shows() -> None:
    outcome = given(*TABLE, SEEN, road()).when(RevealHexes(hex_keys=ROW[2:], targets="all"))
    outcome.tells(ANN, "hex:revealed", "path:changed").tells(DM, "hex:revealed")
    pieces = outcome.told(ANN)[1]["path"]["pieces"]
    assert pieces == [
        {"hexKey": "2,0", "lines": [[0, 3]]},
        {"hexKey": "3,0", "lines": [[3, None]]},
    ]


def test_pieces_in_hexes_that_are_hidden_go() -> None:
    after = given(*TABLE, SEEN, road(), HexesHidden(hexes=runs(ROW[:1]), to="all"))
    outcome = after.when(DeletePath(path_id="p"))
    assert outcome.told(ANN)[0]["path"] == {"id": "p", "gone": ["1,0"]}
    outcome.then(PathDeleted(path=P)).tells(DM, "path:removed")


@pytest.mark.parametrize(
    ("kind", "shows"), [("river", True), ("road", True), ("trail", False), ("wall", False)]
)
def test_rivers_and_roads_belong_to_the_look_of_the_land(kind: str, *, shows: bool) -> None:
    outcome = given(*TABLE, GLIMPSED).when(wish(kind=kind))
    assert [message["type"] for message in outcome.told(ANN)] == ["path:changed"] * shows


def test_a_setting_keeps_rivers_and_roads_to_hexes_that_are_seen_fully() -> None:
    outcome = given(*TABLE, GLIMPSED, road()).when(SetSettings(paths_at_terrain=False))
    outcome.tells(ANN, "settings:changed", "path:changed").tells(DM, "settings:changed")
    assert outcome.told(ANN)[1]["path"] == {"id": "p", "gone": ["0,0", "1,0"]}


def test_next_to_what_is_seen_roads_show_where_a_setting_shows_the_terrain() -> None:
    land = HexesUpdated(painted=(("hills", 0, runs(ROW)),))
    start = given(*TABLE, land, SEEN, road()).when(SetSettings(adjacent_terrain=True))
    (path,) = state_fields(project(start.after, ANN))["paths"]
    assert [piece["hexKey"] for piece in path["pieces"]] == ["0,0", "1,0", "2,0"]
    more = start.again().when(RevealHexes(hex_keys=(ROW[2],), targets="all"))
    assert [p["hexKey"] for p in more.told(ANN)[-1]["path"]["pieces"]] == ["3,0"]


def test_a_secret_trail_is_revealed_alone_and_to_one_player() -> None:
    secret = road(kind="trail", audience="dm")
    outcome = given(*TABLE, SEEN, secret).when(RevealPath(path_id="p", targets=ONLY_ANN))
    outcome.then(PathRevealed(path=P, to=(ANN.user,)))
    outcome.tells(ANN, "path:changed").tells(BEN).tells(SAM)
    assert outcome.told(DM)[0]["path"]["audience"] == {"playerIds": [ANN.user]}
    assert len(outcome.told(ANN)[0]["path"]["pieces"]) == 2
    everyone = outcome.again().when(RevealPath(path_id="p", targets="all"))
    everyone.tells(BEN, "path:changed").tells(ANN)


def test_a_revealed_trail_shows_with_the_terrain() -> None:
    revealed = road(kind="trail", audience="all")
    (path,) = state_fields(project(given(*TABLE, GLIMPSED, revealed).room, ANN))["paths"]
    assert len(path["pieces"]) == 2


def test_a_border_runs_along_edges_and_shows_from_either_side() -> None:
    (told,) = given(*TABLE, SEEN).when(wish(kind="border", points=["1,0/0", "1,0/1"])).told(ANN)
    assert told["path"]["pieces"] == [{"hexKey": "1,0", "edges": [0, 1]}]
    (told,) = given(*TABLE, SEEN).when(wish(kind="border", points=["2,0/3"])).told(ANN)
    assert told["path"]["pieces"] == [{"hexKey": "1,0", "edges": [0]}]


def test_changing_a_name_keeps_the_line_and_who_knows() -> None:
    start = given(*TABLE, road(audience="dm", players=(ANN.user,)))
    outcome = start.when(SetPath(path=PathWanted(id="p", kind="road", name="New Way")))
    outcome.then(road(name="New Way", audience="dm", players=(ANN.user,)))


def test_drawing_what_is_there_changes_nothing() -> None:
    given(*TABLE, road()).when(wish()).then()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"points": ["0,0"]}, "at least two points"),
        ({"points": ["0,0", "0,0"]}, "two different points"),
        ({"points": None}, "a new path needs points"),
        ({"points": ["0,0", "9,9/1", "3,0"]}, "only the first and the last"),
        ({"points": ["0,0/1", "1,0"], "along": True}, "1,0 does not"),
        ({"points": ["0,0", "5000,0"]}, "at most 2000 points, not 5001"),
    ],
)
def test_points_that_make_no_path_are_refused(fields: dict[str, JSON], why: str) -> None:
    outcome = given(*TABLE).when(wish(**fields)).refused(NoCourse)
    assert why in str(outcome.refusal)


def test_ten_thousand_points_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(TooMany, match="at most 2000 points in a path, not 10000"):
        wish(points=["x"] * 10_000)


@pytest.mark.parametrize("point", ["1", "0,0/6", 7, "0;0"])
def test_a_point_that_is_none_is_refused(point: JSON) -> None:
    with pytest.raises(ValidationError):
        wish(points=["0,0", point])


def test_a_path_that_leaves_the_map_is_refused() -> None:
    frame = MapSet(
        name="M", grid_width=3, grid_height=2, hex_size=30, orientation="flat", painted=()
    )
    outcome = given(*TABLE, frame).when(wish()).refused(OffTheMap)
    assert str(outcome.refusal) == "hex 3,0 is not on the map, which has 3 columns and 2 rows"


def test_a_border_may_run_along_the_rim_of_the_map_but_not_beside_it() -> None:
    frame = MapSet(
        name="M", grid_width=3, grid_height=2, hex_size=30, orientation="flat", painted=()
    )
    rim = {"kind": "border", "points": ["0,0/2", "0,0/3", "0,0/4"]}
    (drawn,) = given(*TABLE, frame).when(wish(**rim)).events
    assert isinstance(drawn, PathSet)
    assert [str(point) for point in drawn.now.points] == ["0,0/2", "-1,0/0", "-1,1/1"]
    given(*TABLE, frame).when(wish(**{**rim, "points": ["-1,0/3"]})).refused(OffTheMap)


def test_a_room_has_an_end_of_paths() -> None:
    path = road().now
    full = [PathSet(path=PathId(f"n{number}"), now=path) for number in range(MOST_PATHS)]
    given(*TABLE, *full).when(wish()).refused(TooMany)


def test_there_is_no_path_to_change_that_is_not_there() -> None:
    given(*TABLE).when(DeletePath(path_id="p")).refused(NoSuchPath)
    given(*TABLE).when(RevealPath(path_id="p", targets="all")).refused(NoSuchPath)
    nobody = Players(player_ids=("nobody",))
    given(*TABLE, road()).when(RevealPath(path_id="p", targets=nobody)).refused(NoSuchPlayer)
    given(*TABLE).when(wish(), by=ANN).refused(DmOnly)


def test_a_staged_path_waits() -> None:
    start = given(*TABLE, SEEN, ModeSet(mode=Mode.STAGED))
    staged = start.when(wish(name="Old Way")).tells(ANN)
    assert [each.description for each in staged.after.staged.values()] == ["Draw the road Old Way"]
    staged.again().when(Publish()).tells(ANN, "path:changed", "dm:preparing")


def test_what_was_done_is_named() -> None:
    room = given(*TABLE, road()).room
    assert road().describe(room) == "Changed the road Old Way"
    assert PathDeleted(path=P).describe(room) == "Deleted the road Old Way"
    assert PathRevealed(path=P, to=(ANN.user,)).describe(room) == (
        "Revealed the road Old Way to Ann"
    )
    assert road(name="").describe(given(*TABLE).room) == "Drew a road"
    assert UndoAction().describe(room) == "Undo"
