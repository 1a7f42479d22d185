"""A viewer's map as PNG; like `events.maps.svg`, of exactly the hexes that it is given."""

import io
import struct
import zlib
from collections.abc import Iterable, Mapping

from PIL import Image, ImageDraw, ImageFont

from events.core.values import MapLook
from events.geometry.grid import Hex
from events.geometry.layout import CORNERS, bounds, centre
from events.geometry.offset import Orientation
from events.maps.glyphs import MARKS, variant_of
from events.maps.inks import INKS
from events.maps.labels import LabelStyle, label
from events.maps.overlay import Things, marks
from events.maps.svg import text_ink
from events.maps.terrain import look
from events.maps.tints import SHEETS, fill_of, glyph_colour
from web.maps.png_overlay import Overlay

USUAL_SIDE = 8192
"""Pixels; a larger map is drawn smaller, unless somebody asks for more."""
MAX_SIDE = 16_384
_BAND = 512
"""Rows of pixels that are drawn and packed at a time: 32 MB at MAX_SIDE."""

_SMOOTH = 4
"""Each hex is drawn this much larger once for its terrain, and made smaller to be smooth."""

_ROOM = 1.25
"""How far from its middle a hex's glyphs may rise, in sizes of a hex."""


def png(
    hexes: Mapping[Hex, str],
    orientation: Orientation,
    hex_size: float,
    *,
    labels: LabelStyle | None = None,
    side: int | None = None,
    things: Things | None = None,
    map_look: MapLook = "atlas",
) -> bytes:
    """Return the picture of these hexes, transparent around them.

    side: pixels of the longer side, at most MAX_SIDE; left out, as large as the hexes are, and USUAL_SIDE at most.
    It is drawn in bands, so that the largest takes no more memory. Takes seconds for 40 000 hexes, so it
    belongs in a thread; most of it lets the others run.
    """
    left, top, right, bottom = bounds(hexes, hex_size, orientation)
    longest = max(right - left, bottom - top)
    scale = min(1.0, USUAL_SIDE / longest) if side is None else min(side, MAX_SIDE) / longest
    size = hex_size * scale
    width, height = (max(1, round(length * scale)) for length in (right - left, bottom - top))
    stamps = stamps_for(hexes, orientation, size, map_look)
    font = ImageFont.load_default(max(6.0, size * 0.3)) if labels is not None else None
    reach = max(max(mark.size) for mark in stamps.values()) if stamps else 1
    bands: dict[int, list[tuple[Hex, str, float, float]]] = {}
    for at in back_to_front(hexes, orientation):
        x, y = centre(at, hex_size, orientation)
        x, y = (x - left) * scale, (y - top) * scale
        first, last = int(max(0, y - reach)) // _BAND, int(y + reach) // _BAND
        for band in range(first, last + 1):
            bands.setdefault(band, []).append((at, hexes[at], x, y))
    overlay = None
    if things:
        drawn = marks(
            things, orientation, hex_size, map_look, (left, top, right, bottom),
            numbered=labels is not None,
        )  # fmt: skip
        overlay = Overlay(drawn, INKS[map_look], left, top, scale)
    file = _PngFile(width, height)
    for start in range(0, height, _BAND):
        picture = Image.new("RGBA", (width, min(_BAND, height - start)))
        draw = ImageDraw.Draw(picture)
        for at, terrain, x, y in bands.get(start // _BAND, ()):
            mark = stamps[terrain, variant_of(at)]
            place = (round(x - mark.width / 2), round(y - mark.height / 2) - start)
            picture.paste(mark, place, mark)
        if overlay is not None:
            overlay.draw(picture, start)
        for at, terrain, x, y in bands.get(start // _BAND, ()) if font is not None else ():
            if labels is not None:
                name = label(at, labels, orientation)
                middle = (x, y + size * 0.65 - start)
                draw.text(middle, name, text_ink(fill_of(terrain, map_look)), font, anchor="mm")
        file.add(picture)
    return file.finish()


class _PngFile:
    """A PNG of 8 bits RGBA, written band by band.

    Source: Portable Network Graphics (third edition), W3C.
    """

    def __init__(self, width: int, height: int) -> None:
        self._file = io.BytesIO()
        self._file.write(b"\x89PNG\r\n\x1a\n")
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
        self._packer = zlib.compressobj(6)

    def add(self, band: Image.Image) -> None:
        row = band.width * 4
        pixels = band.tobytes()
        # Each row begins with its filter, here none.
        rows = b"".join(b"\0" + pixels[at : at + row] for at in range(0, len(pixels), row))
        packed = self._packer.compress(rows)
        if packed:
            self._chunk(b"IDAT", packed)

    def finish(self) -> bytes:
        self._chunk(b"IDAT", self._packer.flush())
        self._chunk(b"IEND", b"")
        return self._file.getvalue()

    def _chunk(self, kind: bytes, content: bytes) -> None:
        check = zlib.crc32(content, zlib.crc32(kind))
        self._file.write(
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
        )


def back_to_front(hexes: Iterable[Hex], orientation: Orientation) -> list[Hex]:
    """Return the hexes in the order to draw them: what stands in one may rise over the one behind it."""
    return sorted(hexes, key=lambda at: centre(at, 1, orientation)[::-1])


def stamps_for(
    hexes: Mapping[Hex, str], orientation: Orientation, size: float, map_look: MapLook
) -> dict[tuple[str, int], Image.Image]:
    """Return the stamps that these hexes need, by terrain and variant."""
    looks = sorted({(terrain, variant_of(at)) for at, terrain in hexes.items()})
    return {shown: stamp(*shown, orientation, size, map_look) for shown in looks}


def stamp(
    terrain: str, variant: int, orientation: Orientation, size: float, map_look: MapLook = "atlas"
) -> Image.Image:
    """Return one hex of the terrain, transparent around it; size is from its centre to a corner."""
    fill, sheet = fill_of(terrain, map_look), SHEETS[map_look]
    large = size * _SMOOTH
    half = max(_SMOOTH, round(large * _ROOM) + _SMOOTH)
    stamp = Image.new("RGBA", (2 * half, 2 * half))
    draw = ImageDraw.Draw(stamp)
    corners = [(half + x * large, half + y * large) for x, y in CORNERS[orientation]]
    grid = _blend(fill, sheet.grid, sheet.grid_opacity)
    draw.polygon(corners, fill=fill, outline=grid, width=max(1, round(large * 0.03)))
    for shape in MARKS[look(terrain).pattern][variant]:
        points = [(half + x * large, half + y * large) for x, y in shape.points]
        if shape.fill is not None:
            draw.polygon(points, fill=glyph_colour(shape.fill, map_look))
            points.append(points[0])
        if shape.ink is not None:
            draw.line(
                points,
                glyph_colour(shape.ink, map_look),
                max(1, round(large * shape.width)),
                joint="curve",
            )
    small = (max(1, round(2 * half / _SMOOTH)), max(1, round(2 * half / _SMOOTH)))
    return stamp.resize(small, Image.Resampling.BOX)


def _blend(first: str, second: str, part: float) -> tuple[int, int, int]:
    """Return a colour between two of ``#rrggbb``."""
    red, green, blue = (
        round(a + (b - a) * part)
        for a, b in zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    )
    return red, green, blue
