"""A viewer's map as PNG; like `events.maps.svg`, of exactly the hexes that it is given."""

import io
from collections.abc import Mapping

from PIL import Image, ImageDraw, ImageFont

from events.geometry.grid import Hex
from events.geometry.layout import CORNERS, bounds, centre
from events.geometry.offset import Orientation
from events.maps.labels import LabelStyle, label
from events.maps.svg import GRID, MARKS, text_ink
from events.maps.terrain import look

MAX_SIDE = 8192
"""Pixels; a larger map is drawn smaller."""

_SMOOTH = 4
"""Each hex is drawn this much larger once for its terrain, and made smaller to be smooth."""


def png(
    hexes: Mapping[Hex, str],
    orientation: Orientation,
    hex_size: float,
    *,
    labels: LabelStyle | None = None,
) -> bytes:
    """Return the picture of these hexes, transparent around them.

    Takes 2.5 s for 40 000 hexes at MAX_SIDE, so it belongs in a thread; most of it lets the others run.
    """
    left, top, right, bottom = bounds(hexes, hex_size, orientation)
    scale = min(1.0, MAX_SIDE / max(right - left, bottom - top))
    size = hex_size * scale
    width, height = (max(1, round(side * scale)) for side in (right - left, bottom - top))
    picture = Image.new("RGBA", (width, height))
    stamps = {terrain: stamp(terrain, orientation, size) for terrain in sorted(set(hexes.values()))}
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(max(6.0, size * 0.3)) if labels is not None else None
    for at, terrain in hexes.items():
        x, y = centre(at, hex_size, orientation)
        middle = ((x - left) * scale, (y - top) * scale)
        mark = stamps[terrain]
        place = (round(middle[0] - mark.width / 2), round(middle[1] - mark.height / 2))
        picture.paste(mark, place, mark)
        if font is not None and labels is not None:
            draw.text(
                (middle[0], middle[1] + size * 0.65),
                label(at, labels, orientation),
                text_ink(look(terrain).fill),
                font,
                anchor="mm",
            )
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=6)
    return file.getvalue()


def stamp(terrain: str, orientation: Orientation, size: float) -> Image.Image:
    """Return one hex of the terrain, transparent around it; size is from its centre to a corner."""
    shown = look(terrain)
    large = size * _SMOOTH
    half = max(_SMOOTH, round(large) + _SMOOTH)
    stamp = Image.new("RGBA", (2 * half, 2 * half))
    draw = ImageDraw.Draw(stamp)
    corners = [(half + x * large, half + y * large) for x, y in CORNERS[orientation]]
    draw.polygon(corners, fill=shown.fill, outline=GRID, width=max(1, round(large * 0.03)))
    thick = max(1, round(large * 0.06))
    for line in MARKS[shown.pattern]:
        points = [(half + x * large, half + y * large) for x, y in line]
        if len(points) > 1:
            draw.line(points, fill=shown.ink, width=thick, joint="curve")
        else:
            draw.circle(points[0], thick * 0.8, fill=shown.ink)
    small = (max(1, round(2 * half / _SMOOTH)), max(1, round(2 * half / _SMOOTH)))
    return stamp.resize(small, Image.Resampling.BOX)
