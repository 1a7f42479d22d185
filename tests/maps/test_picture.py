from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.geometry.course import CoursePoint, through
from events.geometry.grid import Hex
from events.geometry.layout import APOTHEM, CORNERS, centre
from events.geometry.offset import DIRECTIONS, Orientation
from events.maps.contrast import contrast
from events.maps.glyphs import MARKS
from events.maps.imported import ImportedPath
from events.maps.labels import LabelStyle
from events.maps.overlay import Things
from events.maps.svg import svg, text_ink
from events.maps.terrain import TERRAINS, look
from tests.support.hex_at import hex_at

SVG = "{http://www.w3.org/2000/svg}"
coordinates = st.integers(-10_000, 10_000)


@given(q=coordinates, r=coordinates, orientation=st.sampled_from(("flat", "pointy")), corner=st.integers(0, 5))  # fmt: skip
def test_a_point_inside_is_in_the_hex(
    q: int, r: int, orientation: Orientation, corner: int
) -> None:
    x, y = centre(Hex(q, r), 40, orientation)
    dx, dy = CORNERS[orientation][corner]

    assert hex_at((x + 39.9 * dx, y + 39.9 * dy), 40, orientation) == Hex(q, r)


@pytest.mark.parametrize("orientation", ["flat", "pointy"])
def test_neighbours_lie_in_the_direction_of_their_name(orientation: Orientation) -> None:
    for direction, step in DIRECTIONS[orientation].items():
        x, y = centre(step, 1, orientation)

        assert (y < -0.1) == ("N" in direction)
        assert (y > 0.1) == ("S" in direction)
        assert (x > 0.1) == ("E" in direction)
        assert (x < -0.1) == ("W" in direction)
        assert (x * x + y * y) ** 0.5 == pytest.approx(2 * APOTHEM)


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_a_picture_holds_exactly_the_hexes_it_is_given() -> None:
    root = drawn(svg({Hex(0, 0): "hills", Hex(1, 0): "water"}, "flat", 40))

    assert [(use.get("x"), use.get("y")) for use in root.iter(f"{SVG}use")] == [
        ("0.00", "0.00"),
        ("60.00", "34.64"),
    ]
    assert [title.text for title in root.iter(f"{SVG}title")] == ["Map", "hills", "water"]
    assert root.get("viewBox") == "-40.00 -34.64 140.00 103.92"


def test_two_maps_in_one_page_have_each_their_own_drawings() -> None:
    def by_id(terrain: str, title: str, road: int) -> dict[str, str]:
        path = ImportedPath("road", through([CoursePoint(Hex(q, 0)) for q in range(road)]))
        land = {Hex(q, 0): terrain for q in range(4)}
        root = drawn(svg(land, "flat", 40, title=title, things=Things((path,))))
        uses = {use.get("href", "").removeprefix("#") for use in root.iter(f"{SVG}use")}
        found = {
            of.get("id", ""): ElementTree.tostring(of, "unicode")
            for of in root.iter()
            if of.get("id")
        }
        assert uses <= found.keys()
        return found

    one, other = by_id("hills", "Before", 2), by_id("forest", "After", 4)
    assert len(one) == len(other) == 4
    assert not one.keys() & other.keys()
    assert by_id("hills", "Before", 2) == one


def test_a_casing_and_its_line_share_their_course() -> None:
    path = ImportedPath("road", through([CoursePoint(Hex(q, 0)) for q in range(3)]))
    root = drawn(svg({Hex(0, 0): "hills"}, "flat", 40, things=Things((path,))))
    strokes = [of for of in root.iter(f"{SVG}use") if of.get("stroke")]
    assert len(strokes) == 2
    assert len({of.get("href") for of in strokes}) == 1


def test_labels_are_drawn_where_they_are_asked_for() -> None:
    hexes = {Hex(0, 0): "hills"}

    assert not list(drawn(svg(hexes, "flat", 40)).iter(f"{SVG}text"))
    texts = drawn(svg(hexes, "flat", 40, labels=LabelStyle())).iter(f"{SVG}text")
    assert [text.text for text in texts] == ["0101"]


def test_an_empty_map_is_an_empty_picture() -> None:
    assert not list(drawn(svg({}, "pointy", 40)).iter(f"{SVG}use"))


@given(title=st.text(max_size=20), terrain=st.text(min_size=1, max_size=20))
def test_no_text_breaks_out_of_its_element(title: str, terrain: str) -> None:
    root = drawn(svg({Hex(0, 0): terrain}, "flat", 40, title=title + "<script>&'\"]]>"))

    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "defs", "g", "polygon", "path", "use")
    }
    assert next(root.iter(f"{SVG}title")).text is not None


@given(st.text(min_size=1))
def test_every_terrain_can_be_told_apart_by_pattern_and_read(terrain: str) -> None:
    shown = look(terrain)

    assert shown == look(terrain)
    assert shown.pattern in MARKS
    assert contrast(shown.fill, shown.ink) >= 3
    assert contrast(shown.fill, text_ink(shown.fill)) >= 4.5


def test_the_usual_terrains_have_patterns_of_their_own() -> None:
    assert len({shown.pattern for shown in TERRAINS.values()}) == len(TERRAINS) == 10
    for shown in TERRAINS.values():
        assert contrast(shown.fill, shown.ink) >= 3
        assert contrast(shown.fill, text_ink(shown.fill)) >= 4.5
