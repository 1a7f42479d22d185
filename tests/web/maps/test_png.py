import io

from PIL import Image

from events.geometry.grid import Hex
from events.maps.labels import LabelStyle
from events.maps.terrain import TERRAINS
from web.maps.png import USUAL_SIDE, png


def drawn(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["PNG"]).convert("RGBA")


def opaque(terrain: str) -> tuple[int, ...]:
    return (*bytes.fromhex(TERRAINS[terrain].fill[1:]), 255)


def test_each_hex_has_the_colour_of_its_terrain_and_the_rest_is_transparent() -> None:
    picture = drawn(png({Hex(0, 0): "plains", Hex(2, -1): "desert"}, "flat", 40))

    assert picture.size == (200, 69)
    assert picture.getpixel((40, 34)) == opaque("plains")
    assert picture.getpixel((160, 34)) == opaque("desert")
    assert picture.getpixel((100, 34)) == (0, 0, 0, 0)


def test_a_wide_map_is_drawn_smaller() -> None:
    picture = drawn(png({Hex(0, 0): "plains", Hex(5000, -2500): "water"}, "flat", 40))

    assert picture.width == USUAL_SIDE
    assert picture.height < 20


def test_labels_change_the_picture() -> None:
    hexes = {Hex(0, 0): "plains"}

    assert png(hexes, "pointy", 40) != png(hexes, "pointy", 40, labels=LabelStyle())


def test_an_empty_map_is_transparent() -> None:
    assert drawn(png({}, "flat", 40)).getchannel("A").getextrema() == (0, 0)
