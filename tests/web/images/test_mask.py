import io
import math
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from events.core.image_placement import MOST_STRETCH, Alignment
from events.geometry.grid import Hex, disc
from events.geometry.layout import APOTHEM, CORNERS
from events.geometry.offset import Orientation
from tests.support.hex_at import hex_at
from web.images import mask as mapimage
from web.images.mask import Showing, blank, cut_tile, tile_key, touching
from web.images.pyramid import Tile, grid, levels

SMALL = 64
"""Pixels of a tile here, so that every pixel can be looked at."""


@contextmanager
def small_tiles() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapimage, "TILE", SMALL)
        yield


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["WEBP"]).convert("RGBA")


def corners_of(x: int, y: int, tile: Tile, showing: Showing) -> set[Hex]:
    """Return the hexes that the middle and the corners of a pixel lie in."""
    shrunk = 2**tile.level
    places = ((0.5, 0.5), (0.001, 0.001), (0.999, 0.001), (0.001, 0.999), (0.999, 0.999))
    found = set()
    for dx, dy in places:
        pixel = ((tile.column * SMALL + x + dx) * shrunk, (tile.row * SMALL + y + dy) * shrunk)
        found.add(hex_at(showing.alignment.to_map(pixel), showing.hex_size, showing.orientation))
    return found


STRETCHED = Showing(Alignment(scale_y=3.0), frozenset({Hex(0, 2)}), 11.0, "pointy")
showings = st.builds(
    lambda x, y, scale, stretch, rotation, size, orientation, visible: Showing(
        Alignment(x=x, y=y, scale=scale, rotation=rotation, scale_y=stretch and scale * stretch),
        visible, size, orientation,
    ),
    st.floats(-80, 80), st.floats(-80, 80), st.floats(0.3, 3),
    st.none() | st.floats(1 / MOST_STRETCH, MOST_STRETCH),
    st.floats(-180, 180), st.floats(4, 60),
    st.sampled_from(("flat", "pointy")),
    st.frozensets(st.sampled_from(sorted(disc(Hex(0, 0), 5))), max_size=70),
)  # fmt: skip
places = st.builds(Tile, st.integers(0, 2), st.integers(0, 1), st.integers(0, 1))


@settings(max_examples=60, deadline=None)
@given(showing=showings, tile=places)
@example(STRETCHED, Tile(0, 0, 0))
def test_no_pixel_holds_anything_of_a_hidden_hex(showing: Showing, tile: Tile) -> None:
    assert isinstance(showing.visible, frozenset)
    with small_tiles():
        cut = opened(cut_tile(Image.new("RGB", (SMALL, SMALL), "red"), showing.alignment, tile, showing.visible, *showing[2:]))  # fmt: skip

    alpha = cut.getchannel("A")
    for y in range(SMALL):
        for x in range(SMALL):
            if alpha.getpixel((x, y)):
                assert showing.visible.issuperset(corners_of(x, y, tile, showing))


def narrow_side(showing: Showing, tile: Tile) -> float:
    """Return the side of the hex that is as narrow as those of the picture are, in pixels of the tile."""
    to_picture, corners = showing.alignment.to_picture, CORNERS[showing.orientation]
    apothem = showing.hex_size * APOTHEM
    least = math.inf
    for (x, y), (u, v) in zip(corners, corners[1:] + corners[:1], strict=True):
        ends = [
            to_picture((showing.hex_size * a, showing.hex_size * b))
            for a, b in ((x, y), (u, v), (0, 0))
        ]
        (ax, ay), (bx, by), (cx, cy) = ends
        area = abs((ax - cx) * (by - cy) - (ay - cy) * (bx - cx))
        least = min(least, area / math.hypot(bx - ax, by - ay))
    return float(least / apothem * showing.hex_size / 2**tile.level)


@settings(max_examples=15, deadline=None)
@given(showing=showings, tile=places)
def test_what_lies_well_inside_is_shown(showing: Showing, tile: Tile) -> None:
    visible = showing.visible
    assert isinstance(visible, frozenset)
    with small_tiles():
        cut = opened(cut_tile(Image.new("RGB", (SMALL, SMALL), "red"), showing.alignment, tile, visible, *showing[2:]))  # fmt: skip
    if narrow_side(showing, tile) < mapimage.SMALLEST_SIDE:
        assert cut.getchannel("A").getextrema() == (0, 0)
        return
    alpha = cut.getchannel("A")
    around = [(dx, dy) for dx in range(-6, 7, 3) for dy in range(-6, 7, 3)]
    for y in range(0, SMALL, 3):
        for x in range(0, SMALL, 3):
            near = set().union(*(corners_of(x + dx, y + dy, tile, showing) for dx, dy in around))
            if visible.issuperset(near):
                assert alpha.getpixel((x, y)) == 255


@pytest.mark.parametrize("orientation", ["flat", "pointy"])
def test_whatever_is_hidden_the_file_is_the_same(orientation: Orientation) -> None:
    alignment, visible = Alignment(x=-60, y=-60, scale=0.25, rotation=10), frozenset({Hex(0, 0)})
    cuts = set()
    for hidden in ((255, 0, 0), (0, 255, 0)):
        image = Image.new("RGB", (512, 512), hidden)
        for y in range(512):
            for x in range(512):
                if hex_at(alignment.to_map((x + 0.5, y + 0.5)), 40, orientation) in visible:
                    image.putpixel((x, y), (x % 256, y % 256, 255))
        cuts.add(cut_tile(image, alignment, Tile(0, 0, 0), visible, 40, orientation))

    assert len(cuts) == 1
    assert opened(cuts.pop()).getchannel("A").getextrema() == (0, 255)


def test_transparency_of_the_picture_stays() -> None:
    image = Image.new("RGBA", (512, 512), (10, 200, 10, 0))
    everything = frozenset(disc(Hex(0, 0), 20))

    cut = opened(cut_tile(image, Alignment(), Tile(0, 0, 0), everything, 40, "flat"))

    assert cut.getchannel("A").getextrema() == (0, 0)


def test_the_dm_gets_the_whole_tile() -> None:
    cut = opened(cut_tile(Image.new("RGB", (300, 200), "red"), Alignment(), Tile(0, 0, 0), None, 40, "flat"))  # fmt: skip

    assert cut.size == (300, 200)
    assert cut.getchannel("A").getextrema() == (255, 255)


def test_who_sees_nothing_of_it_gets_an_empty_tile() -> None:
    image = Image.new("RGB", (300, 200), "red")

    assert cut_tile(image, Alignment(), Tile(0, 0, 0), frozenset(), 40, "flat") == blank((300, 200))
    far = frozenset({Hex(5000, 5000)})
    assert cut_tile(image, Alignment(), Tile(0, 0, 0), far, 40, "flat") == blank((300, 200))


@settings(max_examples=40, deadline=None)
@given(showing=showings, tile=places)
def test_counting_from_the_grid_or_from_the_visible_is_the_same(
    showing: Showing, tile: Tile
) -> None:
    assert showing.visible is not None
    with small_tiles():
        some = touching(tile, showing)
        more = frozenset({*showing.visible, *(Hex(n, 10_000) for n in range(3000))})
        assert touching(tile, showing._replace(visible=more)) == some


def test_a_tile_has_one_key_for_all_who_see_the_same_of_it() -> None:
    showing = Showing(Alignment(), frozenset(disc(Hex(0, 0), 3)), 40, "flat")
    tile = Tile(0, 0, 0)
    key = tile_key("a", tile, showing)

    further = frozenset({*disc(Hex(0, 0), 3), Hex(500, 500)})
    assert tile_key("a", tile, showing._replace(visible=further)) == key
    for other in (
        tile_key("b", tile, showing),
        tile_key("a", Tile(0, 1, 0), showing),
        tile_key("a", tile, showing._replace(visible=frozenset({Hex(0, 0)}))),
        tile_key("a", tile, showing._replace(visible=frozenset())),
        tile_key("a", tile, showing._replace(visible=None)),
        tile_key("a", tile, showing._replace(alignment=Alignment(x=1))),
        tile_key("a", tile, showing._replace(alignment=Alignment(scale_y=1.5))),
        tile_key("a", tile, showing._replace(hex_size=41)),
        tile_key("a", tile, showing._replace(orientation="pointy")),
    ):
        assert other != key


@pytest.mark.parametrize(
    ("width", "height", "count", "largest"),
    [(1, 1, 1, (1, 1)), (512, 512, 1, (1, 1)), (513, 10, 2, (2, 1)), (16_384, 9_000, 6, (32, 18))],
)
def test_a_pyramid_ends_in_one_tile(
    width: int, height: int, count: int, largest: tuple[int, int]
) -> None:
    assert levels(width, height) == count
    assert grid(width, height, 0) == largest
    assert grid(width, height, count - 1) == (1, 1)


@given(
    x=st.floats(-1e4, 1e4), y=st.floats(-1e4, 1e4), scale=st.floats(0.01, 100), rotation=st.floats(-360, 360),
    stretch=st.floats(1 / MOST_STRETCH, MOST_STRETCH),
    px=st.floats(0, 16_384), py=st.floats(0, 16_384),
)  # fmt: skip
def test_an_alignment_goes_both_ways(
    x: float, y: float, scale: float, rotation: float, stretch: float, px: float, py: float
) -> None:
    alignment = Alignment(x=x, y=y, scale=scale, rotation=rotation, scale_y=scale * stretch)

    there_and_back = alignment.to_picture(alignment.to_map((px, py)))

    assert there_and_back == pytest.approx((px, py), abs=1e-3)


def test_an_alignment_turns_clockwise_on_the_page() -> None:
    turned = Alignment(x=10, y=20, scale=2, rotation=90).to_map((3, 0))

    assert turned == pytest.approx((10, 26))


def test_a_picture_is_stretched_along_its_own_sides_and_then_turned() -> None:
    turned = Alignment(x=10, y=20, scale=2, scale_y=3, rotation=90)

    assert turned.to_map((3, 0)) == pytest.approx((10, 26))
    assert turned.to_map((0, 3)) == pytest.approx((1, 20))
