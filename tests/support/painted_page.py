"""A country for the second night: as a Worldographer file, and as somebody painted it."""

import io
import random

from PIL import Image, ImageDraw, ImageFilter

from events.geometry.grid import Hex
from events.geometry.layout import bounds, centre
from events.geometry.offset import Cell, hex_of
from events.maps import generate
from tests.support.wxx import label, note, wxx

COLUMNS, ROWS = 22, 15
_LAND = generate(29, COLUMNS, ROWS)
_SIZE = _LAND.hex_size
_NUMBERS = {"water": 4, "coast": 1, "plains": 1, "desert": 1, "mountain": 3, "volcanic": 3}
_PAINTS = {
    "water": "#5b8fa8", "coast": "#cdb98a", "plains": "#b9b56f", "forest": "#5f7f4c", "hills": "#a68d59",
    "mountain": "#8d8179", "swamp": "#76866a", "desert": "#d8bf85", "tundra": "#cfd4cf", "volcanic": "#7d5f58",
}  # fmt: skip


def at(column: int, row: int) -> str:
    """Return the key of the hex in a column and row, from 0."""
    return str(hex_of(Cell(column, row), "flat"))


def land() -> list[tuple[int, int]]:
    """Return the columns and rows of hexes that are no water."""
    terrain = _LAND.terrain()
    cells = ((column, row) for column in range(COLUMNS) for row in range(ROWS))
    return [cell for cell in cells if terrain[hex_of(Cell(*cell), "flat")] != "water"]


def worldographer() -> bytes:
    """Return the country as a ``.wxx``, with a note and hexes that are the game master's."""
    terrain = _LAND.terrain()
    columns = [
        [_NUMBERS.get(terrain[hex_of(Cell(column, row), "flat")], 2) for row in range(ROWS)]
        for column in range(COLUMNS)
    ]
    return wxx(
        columns,
        gm_only=[(3, 3), (16, 9)],
        notes=note("The well", "<p>Something <b>answers</b>.</p>", 150 + 225 * 12, 150 + 300 * 6),
        labels=label("Fenmark", 150 + 225 * 8, 150 + 300 * 7),
    )


def picture() -> bytes:
    """Return the country painted, as large as the grid: a PNG that fits as it is."""
    hexes = [Hex(each.q, each.r) for each in _LAND.hexes]
    left, top, right, bottom = bounds(hexes, _SIZE, "flat")
    canvas = Image.new("RGB", (int(right - left), int(bottom - top)), "#5b8fa8")
    draw, chance = ImageDraw.Draw(canvas), random.Random(5)
    for each in _LAND.hexes:
        x, y = centre(Hex(each.q, each.r), _SIZE, "flat")
        for _ in range(9):
            dx, dy = (chance.uniform(-_SIZE, _SIZE) for _ in range(2))
            reach = _SIZE * chance.uniform(0.4, 0.8)
            box = (x - left + dx - reach, y - top + dy - reach, x - left + dx + reach, y - top + dy + reach)  # fmt: skip
            draw.ellipse(box, fill=_PAINTS[each.terrain])
    canvas = canvas.filter(ImageFilter.GaussianBlur(_SIZE / 5))
    draw = ImageDraw.Draw(canvas)
    for each in _LAND.hexes:
        x, y = centre(Hex(each.q, each.r), _SIZE, "flat")
        for _ in range({"mountain": 5, "forest": 9, "hills": 3}.get(each.terrain, 0)):
            px, py = (v + chance.uniform(-0.7, 0.7) * _SIZE for v in (x - left, y - top))
            tall = _SIZE * chance.uniform(0.2, 0.4)
            ink = {"forest": "#33502f", "mountain": "#544b45", "hills": "#6d5a36"}[each.terrain]
            draw.polygon([(px - tall / 2, py), (px, py - tall), (px + tall / 2, py)], fill=ink)
    file = io.BytesIO()
    canvas.filter(ImageFilter.GaussianBlur(0.8)).save(file, "PNG")
    return file.getvalue()
