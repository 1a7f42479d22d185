"""A viewer's map as PDF: a picture of exactly the hexes that they see, with a legend and a scale bar."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from fpdf import FPDF
from PIL import Image

from events.core.map_objects import SITE_KINDS
from events.core.values import MapLook
from events.geometry.grid import Hex
from events.geometry.layout import ROOT_3, bounds
from events.geometry.offset import Orientation
from events.maps.inks import INKS, PathInk
from events.maps.labels import LabelStyle
from events.maps.overlay import Things
from web.maps.png import png, stamp
from web.maps.png_overlay import draw_icon

Paper = Literal["a4", "a3", "letter"]
PAPERS: Final[Mapping[Paper, tuple[float, float]]] = {
    "a4": (210.0, 297.0), "a3": (297.0, 420.0), "letter": (215.9, 279.4),
}  # fmt: skip
"""Width and height upright, in millimetres."""

_MARGIN: Final = 12.0
_COLUMNS: Final = 6
_ROW: Final = 6.0
"""Millimetres of a row of the legend."""
_BAR_ROOM: Final = 8.0
"""Millimetres below the legend for the scale bar."""
_DOTS_PER_MM: Final = 300 / 25.4
_MOST_ENTRIES: Final = 36
_BAR_MM: Final = 50.0
_Entry = tuple[str, Image.Image | PathInk | None]
_PLAIN: Final = str.maketrans(
    {"–": "-", "—": "-", "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "…": "..."}
)


def pdf(
    hexes: Mapping[Hex, str],
    orientation: Orientation,
    hex_size: float,
    *,
    title: str,
    paper: Paper = "a4",
    miles: float | None = None,
    labels: LabelStyle | None = None,
    things: Things | None = None,
    map_look: MapLook = "atlas",
) -> bytes:
    """Return one page with the map as large as it fits, turned where that is larger.

    miles: from side to side of a hex, for the scale bar; without it the bar counts hexes.
    """
    left, top, right, bottom = bounds(hexes, hex_size, orientation)
    wide, high = right - left, bottom - top
    page_wide, page_high = PAPERS[paper]
    if wide > high:
        page_wide, page_high = page_high, page_wide
    entries = _entries(sorted(set(hexes.values())), things or Things(), orientation, map_look)
    legend_high = math.ceil(len(entries) / _COLUMNS) * _ROW + _BAR_ROOM
    room_wide, room_high = page_wide - 2 * _MARGIN, page_high - 2 * _MARGIN - legend_high - 12
    scale = min(room_wide / wide, room_high / high)  # millimetres for a unit of the map
    file = FPDF(unit="mm", format=(page_wide, page_high))
    file.set_auto_page_break(False)
    file.set_title(title)
    file.set_creator("Hexroom")
    file.add_page()
    file.set_font("helvetica", style="B", size=14)
    file.set_xy(_MARGIN, _MARGIN - 2)
    file.cell(room_wide, 8, _latin(title))
    pixels = math.ceil(max(wide, high) * scale * _DOTS_PER_MM)
    drawn = png(
        hexes, orientation, hex_size, labels=labels, side=pixels, things=things, map_look=map_look
    )
    width, height = wide * scale, high * scale
    file.image(io.BytesIO(drawn), x=(page_wide - width) / 2, y=_MARGIN + 8, w=width, h=height)
    below = _MARGIN + 8 + height + 4
    _legend(file, entries, below, room_wide)
    across = hex_size * ROOT_3 * scale
    _scale_bar(file, across, miles, page_wide - _MARGIN, page_high - _MARGIN)
    return bytes(file.output())


def _entries(
    terrains: Sequence[str], things: Things, orientation: Orientation, map_look: MapLook
) -> list[_Entry]:
    """Return what the legend explains: terrains, then paths and sites of the kinds that are there."""
    kinds = {path.kind for path in things.paths}
    sites = {site.kind for site in things.sites}
    entries: list[_Entry] = [
        (terrain, stamp(terrain, 0, orientation, 24, map_look)) for terrain in terrains
    ]
    entries += [(kind, how) for kind, how in INKS[map_look].paths.items() if kind in kinds]
    entries += [(kind, _icon(kind, map_look)) for kind in SITE_KINDS if kind in sites]
    if len(entries) <= _MOST_ENTRIES:
        return entries
    more = len(entries) - _MOST_ENTRIES + 1
    return [*entries[: _MOST_ENTRIES - 1], (f"and {more} more", None)]


def _icon(kind: str, map_look: MapLook) -> Image.Image:
    picture = Image.new("RGBA", (96, 96))
    draw_icon(picture, INKS[map_look], kind, 48, 48, 34)
    return picture


def _legend(file: FPDF, entries: Sequence[_Entry], top: float, wide: float) -> None:
    file.set_font("helvetica", size=8)
    for number, (name, mark) in enumerate(entries):
        x = _MARGIN + number % _COLUMNS * wide / _COLUMNS
        y = top + number // _COLUMNS * _ROW
        if isinstance(mark, Image.Image):
            file.image(mark, x=x, y=y, h=5)
        elif mark is not None:
            _sample(file, mark, x, y + 2.5)
        file.set_xy(x + 6, y)
        file.cell(wide / _COLUMNS - 7, 5, _latin(name)[:22])


def _sample(file: FPDF, how: PathInk, x: float, y: float) -> None:
    """Draw a short line as paths of a kind are drawn."""
    size = 9.0
    casing = how.casing if not how.dash else "#e8dfc6"
    for colour, width in ((casing, how.width + 2 * how.rim), (how.colour, how.width)):
        file.set_draw_color(*bytes.fromhex(colour[1:]))
        file.set_line_width(width * size)
        if how.dash and colour == how.colour:
            dash, gap = max(how.dash[0], 0.03) * size, how.dash[1] * size
            file.set_dash_pattern(dash=dash, gap=gap)
        file.line(x + 0.4, y, x + 4.8, y)
        file.set_dash_pattern()
    file.set_draw_color(0, 0, 0)


def _scale_bar(file: FPDF, across: float, miles: float | None, right: float, bottom: float) -> None:
    """Draw a bar of a round length: so many miles, or so many hexes."""
    unit = across / miles if miles else across
    length = _round(_BAR_MM / unit)
    name = "miles" if miles else "hexes"
    bar = length * unit
    file.set_line_width(0.4)
    left = right - bar
    file.line(left, bottom, right, bottom)
    for part in range(5):
        x = left + bar * part / 4
        file.line(x, bottom - (2 if part in (0, 2, 4) else 1), x, bottom)
    file.set_font("helvetica", size=8)
    file.set_xy(left - 20, bottom - 7)
    file.cell(bar + 20, 5, f"{length:g} {name}", align="R")


def _round(length: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(length))
    return float(max(step * power for step in (1, 2, 5) if step * power <= length))


def _latin(text: str) -> str:
    """Return the text with what the fonts that every reader has can show."""
    return text.translate(_PLAIN).encode("latin-1", "replace").decode("latin-1")
