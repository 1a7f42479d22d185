"""Land in the looks of the map: as the page paints it, told apart, and words on it can be read."""

import re
from pathlib import Path

import pytest

from events.core.values import MapLook
from events.geometry.grid import Hex
from events.maps import svg
from events.maps.contrast import contrast
from events.maps.glyphs import MARKS
from events.maps.svg import text_ink
from events.maps.terrain import TERRAINS
from events.maps.tints import PARCHMENT, SEPIA, SHEETS, WASH, WATER, fill_of, glyph_colour

THEMES = Path("web/page/static/map/painter/themes.js").read_text()
LOOKS: tuple[MapLook, ...] = ("atlas", "ink", "night")


def test_land_has_the_colours_of_the_page() -> None:
    for terrain in TERRAINS:
        red, green, blue = bytes.fromhex(fill_of(terrain, "atlas")[1:])
        assert f"{terrain}: [[{red}, {green}, {blue}]," in THEMES
        if terrain in WASH:
            wash = f"{WASH[terrain]:g}"
            assert re.search(rf"\b{terrain}: {wash}(\.0)?[, ]", THEMES), terrain
    for name, colour in (("PARCHMENT", PARCHMENT), ("SEPIA", SEPIA)):
        assert f"{name} = /** @type {{Rgb}} */ ({list(colour)})" in THEMES
    for water in WATER.values():
        assert f"mid: {list(water)}" in THEMES


@pytest.mark.parametrize("look", LOOKS)
def test_terrains_are_told_apart_and_named_legibly_in_each_look(look: MapLook) -> None:
    pictures = {svg({Hex(0, 0): terrain}, "flat", 40, map_look=look).replace(terrain, "") for terrain in TERRAINS}  # fmt: skip
    assert len(pictures) == len(TERRAINS)
    for terrain in (*TERRAINS, "Glass Waste"):
        fill = fill_of(terrain, look)
        assert contrast(fill, text_ink(fill)) >= 4.5
    assert contrast(SHEETS[look].paper, SHEETS[look].word) >= 4.5


@pytest.mark.parametrize("look", LOOKS)
def test_every_glyph_has_a_colour_in_each_look(look: MapLook) -> None:
    colours = {
        colour
        for variants in MARKS.values()
        for shapes in variants
        for shape in shapes
        for colour in (shape.fill, shape.ink)
    }
    assert all(re.fullmatch("#[0-9a-f]{6}", str(glyph_colour(each, look))) for each in colours - {None})  # fmt: skip
    assert glyph_colour(None, look) is None
