"""What lies over the land of exported maps: drawn as the page draws it, and nothing that a viewer was not shown."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

from events import RoomState, fold
from events.core.features.hexes import HexesRevealed
from events.core.features.labels import LabelSet
from events.core.features.members import MemberSet
from events.core.features.paths import PathRevealed, PathSet
from events.core.features.regions import RegionSet
from events.core.features.sites import SiteSet
from events.core.features.terrain import HexesUpdated, MapSet
from events.core.map_objects import (
    PATH_KINDS,
    REGION_KINDS,
    SITE_KINDS,
    Label,
    LabelId,
    PathId,
    Region,
    RegionId,
    Site,
    SiteId,
)
from events.core.map_objects import (
    Path as Course,
)
from events.core.messages import Event
from events.core.state import Member
from events.core.values import MapLook
from events.geometry.course import CoursePoint, through
from events.geometry.grid import Hex, disc, runs
from events.maps import svg
from events.maps.contrast import contrast
from events.maps.imported import ImportedPath, ImportedRegion, ImportedSite
from events.maps.inks import INKS
from events.maps.overlay import Lines, Things, Words, marks
from events.maps.seen import seen_things
from events.maps.site_shapes import outlines, site_shape
from events.maps.strokes import joined, rim
from events.record.viewpoint import ALL_PLAYERS
from tests.support.given import ANN, BEN, DM
from web.maps.pdf import pdf
from web.maps.png import png
from web.maps.seen_map import seen_map

ATLAS = INKS["atlas"]
LAYERS = Path(__file__).parents[2] / "web" / "page" / "static" / "map" / "layers"
LAND = tuple(disc(Hex(0, 0), 3))
SEEN = tuple(at for at in LAND if at.q <= 0)
ROW = [CoursePoint(Hex(q, 0)) for q in range(-3, 4)]
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN)),
    HexesUpdated(painted=(("plains", 0, runs(LAND)),)),
    HexesRevealed(hexes=runs(SEEN), to="all"),
    PathSet(path=PathId("p1"), now=Course("road", through(ROW), "Salt Road")),
    SiteSet(site=SiteId("s1"), now=Site(Hex(-1, 0), "village", "Reedham", audience="seen")),
    RegionSet(region=RegionId("r1"), now=Region("The Vale", runs(LAND), audience="seen")),
    LabelSet(label=LabelId("l1"), now=Label(Hex(-2, 1), "Grey Sound", audience="all")),
)
TRAIL = PathSet(
    path=PathId("p2"),
    now=Course("trail", through(ROW[:3]), "Smugglers' Trail", audience="dm"),
)
SECRETS: tuple[Event, ...] = (
    TRAIL,
    SiteSet(site=SiteId("s2"), now=Site(Hex(-1, 1), "lair", "Hydra")),
    SiteSet(site=SiteId("s3"), now=Site(Hex(2, 0), "castle", "Tarn", audience="seen")),
    RegionSet(region=RegionId("r2"), now=Region("Doom", runs(SEEN), "danger")),
    LabelSet(label=LabelId("l2"), now=Label(Hex(2, 1), "Beyond", audience="all")),
    PathSet(path=PathId("p3"), now=Course("river", through(ROW[5:]), "Far")),
)


def drawing(room: RoomState, viewer: Member) -> str:
    """Return the SVG alone: it takes a fraction of what the other pictures do."""
    seen = seen_map(room, viewer)
    things = Things(seen.paths, seen.sites, seen.regions, seen.labels)
    return svg(seen.document.terrain(), seen.document.orientation, 30, things=things)


def pictures(room: RoomState, viewer: Member) -> dict[str, bytes]:
    seen = seen_map(room, viewer)
    land, way, size = seen.document.terrain(), seen.document.orientation, 30
    things = Things(seen.paths, seen.sites, seen.regions, seen.labels)
    made = pdf(land, way, size, title="Map", things=things)
    return {
        "svg": drawing(room, viewer).encode(),
        "png": png(land, way, size, things=things),
        # The date of its making, and an id made of it.
        "pdf": re.sub(rb"/CreationDate \(.*?\)|/ID \[.*?\]", b"", made, flags=re.DOTALL),
    }


@pytest.fixture
def room() -> RoomState:
    laid = MapSet(
        name="Land", grid_width=7, grid_height=7, hex_size=30.0, orientation="flat",
        painted=(("plains", 0, runs(LAND)),),
    )  # fmt: skip
    return fold((laid, *TABLE))


def test_no_export_has_anything_that_its_viewer_was_not_shown(room: RoomState) -> None:
    assert pictures(fold(SECRETS, room), ANN) == pictures(room, ANN)


def test_each_export_has_what_its_viewer_was_shown(room: RoomState) -> None:
    bare = fold([HexesUpdated(painted=())], room)
    text = drawing(room, ANN)
    for word in ("The Vale", "Reedham", "Grey Sound", ATLAS.paths["road"].colour):
        assert word in text
    told = fold([TRAIL, PathRevealed(path=PathId("p2"), to=(ANN.user,))], room)
    mine, others = pictures(told, ANN), pictures(told, BEN)
    assert others == pictures(bare, BEN)
    assert all(mine[kind] != others[kind] for kind in mine)


def test_a_dm_sees_the_secrets_marked(room: RoomState) -> None:
    text = drawing(fold(SECRETS, room), DM)
    for word in ("Hydra", "Doom", "Beyond", ATLAS.secret, "stroke-dasharray"):
        assert word in text
    ElementTree.fromstring(text)


def test_a_path_is_cut_where_the_hexes_that_are_seen_end(room: RoomState) -> None:
    drawn = marks(seen_things(room, (ANN,)), "flat", 30)
    roads = [mark for mark in drawn if isinstance(mark, Lines) and mark.colour == ATLAS.paths["road"].colour]  # fmt: skip
    farthest = max(x for mark in roads for line in mark.lines for x, _ in line)
    # The middle of the edge between the hexes 0,0 and 1,0; only a road that goes on lies beyond.
    assert farthest <= 30 * 0.75 + 1
    assert len(roads[0].lines) == 1, "the pieces of a road are one line"


def test_what_all_players_see_is_what_each_of_them_sees(room: RoomState) -> None:
    told = fold([TRAIL, PathRevealed(path=PathId("p2"), to=(ANN.user,))], room)
    witnesses = ALL_PLAYERS.witnesses(told)
    assert {path.kind for path in seen_things(told, witnesses).paths} == {"road"}
    assert {path.kind for path in seen_things(told, witnesses, any).paths} == {"road", "trail"}


@pytest.mark.parametrize("look", INKS)
def test_each_look_has_colours_for_all_kinds(look: MapLook) -> None:
    assert set(INKS[look].paths) == set(PATH_KINDS)
    assert set(INKS[look].regions) == set(REGION_KINDS)


@pytest.mark.parametrize("look", INKS)
@pytest.mark.parametrize("own", ["#101820", "#6B5688", "#ffff66"])
def test_a_region_is_read_in_every_look_whatever_its_colour(look: MapLook, own: str) -> None:
    region = ImportedRegion("Vale", (Hex(0, 0),), "realm", own, dm_only=False)
    (name,) = [mark for mark in marks(Things(regions=(region,)), "flat", 40, look) if isinstance(mark, Words)]  # fmt: skip
    assert contrast(name.colour, INKS[look].halo) >= INKS[look].contrast


def test_pictures_have_the_shapes_of_the_page() -> None:
    shapes = (LAYERS / "site-shapes.js").read_text()
    drawn = {data for kind in SITE_KINDS for _, data in site_shape(kind)}
    houses = {data for data in drawn if " " in data[:3]}
    assert len(drawn - houses) > 60
    assert all(f'"{data}"' in shapes for data in drawn - houses)


@pytest.mark.parametrize("kind", SITE_KINDS)
def test_each_site_is_drawn_within_its_field(kind: str) -> None:
    for _, data in site_shape(kind):
        for line in outlines(data):
            assert len(line.points) > 1
            assert all(abs(x) <= 11.5 and abs(y) <= 12 for x, y in line.points)


def test_the_rim_of_a_region_with_a_hole_is_two_rings() -> None:
    ring = set(disc(Hex(0, 0), 2)) - {Hex(0, 0)}
    lines = rim(ring, "flat", 10)
    assert sorted(map(len, lines)) == [7, 31]
    assert all(line[0] == pytest.approx(line[-1]) for line in lines)
    assert joined([]) == []


def test_a_picture_in_bands_is_that_of_one_piece() -> None:
    land = dict.fromkeys(disc(Hex(0, 0), 9), "plains")
    at = through([CoursePoint(Hex(0, r)) for r in range(-9, 10)])
    things = Things(
        (ImportedPath("river", at, dm_only=False),),
        (ImportedSite(Hex(0, 0), "castle", "Tarn", dm_only=False),),
    )
    bare, drawn = (
        Image.open(io.BytesIO(png(land, "flat", 80, things=of))).convert("RGBA")
        for of in (None, things)
    )
    # At the rim of the land, pixels that are nearly clear lose a little of their colour.
    other = (
        ImageChops.difference(bare, drawn).convert("RGB").point(lambda value: 255 * (value > 24))
    )
    left, top, right, bottom = other.getbbox() or (0, 0, 0, 0)
    assert top < 80
    assert bottom > drawn.height - 80
    assert drawn.width * 0.4 < left < right < drawn.width * 0.65
