"""What lies over the land of a drawn map, in pixels: drawn larger and made smaller to be smooth, tile by tile."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from events.geometry.layout import Point
from events.maps.inks import Inks
from events.maps.overlay import Areas, Icon, Lines, Mark, Words
from events.maps.site_shapes import outlines, site_shape
from events.maps.strokes import Polyline

_TILE: Final = 1024
"""Pixels of a side of what is drawn at a time."""
_SMOOTH: Final = 2
_FONTS: Final = {
    "region": ("DejaVuSerif-BoldItalic.ttf", "LiberationSerif-BoldItalic.ttf"),
    "label": ("DejaVuSerif-Italic.ttf", "LiberationSerif-Italic.ttf", "DejaVuSerif-Bold.ttf"),
    "title": ("DejaVuSerif-Bold.ttf", "LiberationSerif-Bold.ttf"),
}
"""Of each style the first one that the machine has; else Pillow's own."""
_LEAST_LETTERS: Final = 5.0
"""Smaller words are left out."""

Box = tuple[float, float, float, float]
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_Icons = dict[tuple[str, float, bool], Image.Image]
"""Drawings of sites by kind, half their height, and whether they are secret: each is drawn once."""


class Overlay:
    """Marks in the pixels of a picture, found again by tile."""

    def __init__(
        self, marks: Sequence[Mark], inks: Inks, left: float, top: float, scale: float
    ) -> None:
        self._marks, self._inks = marks, inks
        self._left, self._top, self._scale = left, top, scale
        self._icons: _Icons = {}
        self._tiles: dict[tuple[int, int], dict[int, list[int]]] = {}
        for number, mark in enumerate(marks):
            for part, (x0, y0, x1, y1) in enumerate(self._boxes(mark)):
                for column in range(int(x0) // _TILE, int(x1) // _TILE + 1):
                    for row in range(int(y0) // _TILE, int(y1) // _TILE + 1):
                        parts = self._tiles.setdefault((column, row), {})
                        parts.setdefault(number, []).append(part)

    def draw(self, picture: Image.Image, start: int = 0) -> None:
        """Draw over a picture, or over the band of it that begins at this row."""
        for column in range(picture.width // _TILE + 1):
            rows = range(start // _TILE, (start + picture.height - 1) // _TILE + 1)
            for row in rows:
                if (column, row) in self._tiles:
                    self._draw_tile(picture, start, column, row)

    def _draw_tile(self, picture: Image.Image, start: int, column: int, row: int) -> None:
        x, y = column * _TILE, max(row * _TILE, start)
        right = min(x + _TILE, picture.width)
        bottom = min((row + 1) * _TILE, start + picture.height)
        if right <= x or bottom <= y:
            return
        box = (x, y - start, right, bottom - start)
        mode = picture.mode
        # Colour by its opacity, so that what is clear does not darken the rim when it is made smaller.
        part = picture.crop(box).convert("RGBa" if mode == "RGBA" else mode)
        size = (part.width * _SMOOTH, part.height * _SMOOTH)
        large = part.resize(size, Image.Resampling.NEAREST).convert(mode)
        sheet = _Sheet(large, self._inks, self._icons, -x, -y, self._left, self._top, self._scale)
        for number, parts in self._tiles[column, row].items():
            sheet.draw(self._marks[number], parts)
        small = large.convert(part.mode).resize(part.size, Image.Resampling.BOX).convert(mode)
        picture.paste(small, box[:2])

    def _boxes(self, mark: Mark) -> Iterator[Box]:
        match mark:
            case Lines():
                for line in mark.lines:
                    yield self._box(line, mark.width)
            case Areas():
                for polygons, _ in mark.layers:
                    for polygon in polygons:
                        yield self._box(polygon, 0)
            case Icon():
                yield self._box((mark.at,), mark.half * 1.7)
            case Words():
                yield self._box((mark.at,), mark.size * (1 + 0.5 * len(mark.text)))

    def _box(self, points: Polyline, reach: float) -> Box:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return (
            max(0.0, (min(xs) - reach - self._left) * self._scale),
            max(0.0, (min(ys) - reach - self._top) * self._scale),
            (max(xs) + reach - self._left) * self._scale,
            (max(ys) + reach - self._top) * self._scale,
        )


class _Sheet:
    """A part of a picture, enlarged, to draw on."""

    def __init__(
        self,
        picture: Image.Image,
        inks: Inks,
        icons: _Icons,
        dx: float,
        dy: float,
        left: float,
        top: float,
        scale: float,
    ) -> None:
        self._picture, self._inks, self._icons = picture, inks, icons
        self._unit = scale * _SMOOTH
        self._x = (dx - left * scale) * _SMOOTH
        self._y = (dy - top * scale) * _SMOOTH

    def draw(self, mark: Mark, parts: Iterable[int]) -> None:
        match mark:
            case Lines():
                self._lines(mark, [self._placed(mark.lines[part]) for part in parts])
            case Areas():
                mask, pen = self._mask()
                # Parts come in the order of the layers.
                chosen, first = list(parts), 0
                for polygons, opacity in mark.layers:
                    last = first + len(polygons)
                    here = chosen[bisect_left(chosen, first) : bisect_left(chosen, last)]
                    for part in here:
                        polygon = self._placed(polygons[part - first])
                        pen.polygon(polygon, fill=round(255 * opacity))
                    first = last
                self._coloured(mark.colour, mask)
            case Icon():
                self._icon(mark)
            case Words():
                self._words(mark)

    def _placed(self, points: Iterable[Point]) -> list[Point]:
        unit, left, top = self._unit, self._x, self._y
        return [(x * unit + left, y * unit + top) for x, y in points]

    def _place(self, point: Point) -> Point:
        (place,) = self._placed((point,))
        return place

    def _mask(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        mask = Image.new("L", self._picture.size)
        return mask, ImageDraw.Draw(mask)

    def _lines(self, mark: Lines, lines: Sequence[Sequence[Point]]) -> None:
        width = max(1.1 * _SMOOTH, mark.width * self._unit)
        dash = [part * self._unit for part in mark.dash]
        strokes = [s for line in lines for s in dashes(line, dash)] if dash else lines
        if mark.opacity == 1:
            pen = ImageDraw.Draw(self._picture)
            for stroke in strokes:
                thick_line(pen, stroke, mark.colour, width, flat_ends=mark.flat_ends)
            return
        mask, pen = self._mask()
        for stroke in strokes:
            thick_line(pen, stroke, round(255 * mark.opacity), width, flat_ends=mark.flat_ends)
        self._coloured(mark.colour, mask)

    def _coloured(self, colour: str, mask: Image.Image) -> None:
        box = mask.getbbox()
        if box is not None:
            self._picture.paste(colour, box, mask.crop(box))

    def _icon(self, mark: Icon) -> None:
        x, y = self._place(mark.at)
        half = mark.half * self._unit
        drawn = (mark.kind, half, mark.secret)
        stamp = self._icons.get(drawn)
        middle = math.ceil(half * 1.7) + 1
        if stamp is None:
            stamp = self._icons[drawn] = Image.new("RGBA", (2 * middle, 2 * middle))
            draw_icon(stamp, self._inks, mark.kind, middle, middle, half, secret=mark.secret)
        self._picture.paste(stamp, (round(x) - middle, round(y) - middle), stamp)

    def _words(self, mark: Words) -> None:
        size = mark.size * self._unit
        if size < _LEAST_LETTERS * _SMOOTH:
            return
        font = _font(mark.style, round(size))
        halo = max(_SMOOTH, round(size * 0.13))
        left, top, right, bottom = font.getbbox(mark.text, anchor="ls", stroke_width=halo)
        width, height = math.ceil(right - left) + 2, math.ceil(bottom - top) + 2
        sheet = Image.new("RGBA", (width, height), f"{self._inks.halo}00")
        pen = ImageDraw.Draw(sheet)
        pen.text(
            (1 - left, 1 - top), mark.text, mark.colour, font, anchor="ls",
            stroke_width=halo, stroke_fill=self._inks.halo,
        )  # fmt: skip
        if mark.angle:
            sheet = sheet.rotate(-mark.angle, Image.Resampling.BICUBIC, expand=True)
        x, y = self._place(mark.at)
        place = (round(x - sheet.width / 2), round(y - sheet.height / 2))
        self._picture.paste(sheet, place, sheet)


def draw_icon(
    picture: Image.Image,
    inks: Inks,
    kind: str,
    x: float,
    y: float,
    half: float,
    *,
    secret: bool = False,
) -> None:
    """Draw a site in the middle of a place, half of its height being so many pixels."""
    pen = ImageDraw.Draw(picture)
    unit = half / 10
    layers = [
        (fill, [([(x + a * unit, y + b * unit) for a, b in line.points], line.closed) for line in outlines(data)])
        for fill, data in site_shape(kind)
    ]  # fmt: skip
    for _, lines in layers:
        for points, closed in lines:
            thick_line(pen, [*points, points[0]] if closed else points, inks.halo, 4.4 * unit)
    for fill, lines in layers:
        for points, closed in lines:
            if fill:
                pen.polygon(points, fill=inks.sites[fill])
            ring = [*points, points[0]] if closed else points
            thick_line(pen, ring, inks.sites["line" if fill else "pen"], 1.3 * unit)
    if secret:
        ring = [
            (x + 14 * unit * math.cos(math.tau * n / 48), y + 14 * unit * math.sin(math.tau * n / 48))
            for n in range(49)
        ]  # fmt: skip
        for stroke in dashes(ring, [3.2 * unit, 2.6 * unit]):
            thick_line(pen, stroke, inks.secret, 1.5 * unit)


def thick_line(
    pen: ImageDraw.ImageDraw,
    points: Sequence[Point],
    fill: str | int,
    width: float,
    *,
    flat_ends: bool = False,
) -> None:
    """Draw a line with round corners, and round ends if they are not to be flat."""
    pen.line(list(points), fill=fill, width=max(1, round(width)))
    round_ = [] if flat_ends or width <= 2 else [points[0], points[-1]]
    if width > 4:
        # At small widths, or where a curve goes on, nobody sees the corner, and rounding it takes most of the time.
        round_ += [
            b for a, b, c in zip(points, points[1:], points[2:], strict=False) if _bends(a, b, c)
        ]
    radius = width / 2
    for x, y in round_:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _bends(a: Point, b: Point, c: Point) -> bool:
    """Return whether a line turns by more than a few degrees in its middle point."""
    (x0, y0), (x1, y1) = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
    ahead = x0 * x1 + y0 * y1
    return ahead <= 0 or abs(x0 * y1 - y0 * x1) > 0.14 * ahead


def dashes(line: Sequence[Point], pattern: Sequence[float]) -> Iterator[list[Point]]:
    """Yield the strokes of a dashed line; the pattern has strokes and gaps in turn."""
    number, left = 0, pattern[0]
    stroke = [line[0]]
    for start, end in pairwise(line):
        length = math.dist(start, end)
        along = 0.0
        while length - along > left:
            along += left
            part = along / length
            at = (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
            if number % 2 == 0:
                yield [*stroke, at]
            number += 1
            left = max(pattern[number % len(pattern)], 0.01)
            stroke = [at]
        left -= length - along
        stroke.append(end)
    if number % 2 == 0 and len(stroke) > 1:
        yield stroke


@lru_cache(maxsize=64)
def _font(style: str, size: int) -> _Font:
    for name in _FONTS[style]:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
