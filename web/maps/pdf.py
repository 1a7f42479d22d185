"""A viewer's map as PDF: a picture of exactly the hexes that they see, with a legend and a scale bar."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from fpdf import FPDF

from events.geometry.grid import Hex
from events.geometry.layout import ROOT_3, bounds
from events.geometry.offset import Orientation
from events.maps.labels import LabelStyle
from web.maps.png import png, stamp

Paper = Literal["a4", "a3", "letter"]
PAPERS: Final[Mapping[Paper, tuple[float, float]]] = {
    "a4": (210.0, 297.0), "a3": (297.0, 420.0), "letter": (215.9, 279.4),
}  # fmt: skip
"""Width and height upright, in millimetres."""

_MARGIN: Final = 12.0
_LEGEND: Final = 26.0
"""Millimetres below the map for legend and scale bar."""
_DOTS_PER_MM: Final = 300 / 25.4
_MOST_TERRAINS: Final = 18
_BAR_MM: Final = 50.0
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
) -> bytes:
    """Return one page with the map as large as it fits, turned where that is larger.

    miles: from side to side of a hex, for the scale bar; without it the bar counts hexes.
    """
    left, top, right, bottom = bounds(hexes, hex_size, orientation)
    wide, high = right - left, bottom - top
    page_wide, page_high = PAPERS[paper]
    if wide > high:
        page_wide, page_high = page_high, page_wide
    room_wide, room_high = page_wide - 2 * _MARGIN, page_high - 2 * _MARGIN - _LEGEND - 10
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
    drawn = png(hexes, orientation, hex_size, labels=labels, side=pixels)
    width, height = wide * scale, high * scale
    file.image(io.BytesIO(drawn), x=(page_wide - width) / 2, y=_MARGIN + 8, w=width, h=height)
    below = _MARGIN + 8 + height + 4
    _legend(file, sorted(set(hexes.values())), orientation, below, room_wide)
    across = hex_size * ROOT_3 * scale
    _scale_bar(file, across, miles, page_wide - _MARGIN, page_high - _MARGIN)
    return bytes(file.output())


def _legend(
    file: FPDF, terrains: Sequence[str], orientation: Orientation, top: float, wide: float
) -> None:
    file.set_font("helvetica", size=8)
    columns = 6
    for number, terrain in enumerate(terrains[:_MOST_TERRAINS]):
        x = _MARGIN + number % columns * wide / columns
        y = top + number // columns * 6
        mark = stamp(terrain, 0, orientation, 24)
        file.image(mark, x=x, y=y, h=5)
        file.set_xy(x + 6, y)
        file.cell(wide / columns - 7, 5, _latin(terrain)[:22])
    if len(terrains) > _MOST_TERRAINS:
        file.set_xy(_MARGIN, top + 18)
        file.cell(wide, 5, f"and {len(terrains) - _MOST_TERRAINS} more")


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
