"""The glyphs of terrain for drawn maps: painted shapes, lit from the north-west, as on the page.

Three variants a pattern, always the same: what a hex looks like depends on its place and terrain, and on nothing around it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from events.geometry.grid import Hex
from events.geometry.layout import Point
from events.maps.terrain import Pattern

VARIANTS: Final = 3


class GlyphShape(NamedTuple):
    """A polygon if it has a fill, else a line."""

    points: tuple[Point, ...]
    """In units of centre to corner, around the middle of the hex."""
    fill: str | None
    ink: str | None
    """Colour of the line, if there is one."""
    width: float = 0.03


def variant_of(at: Hex) -> int:
    """Return which variant a hex shows."""
    return (at.q * 7 + at.r * 13 + (at.q ^ at.r) // 2) % VARIANTS


def _chance(seed: int, number: int) -> float:
    """Return a repeatable number from 0 to 1."""
    mixed = (seed * 374761393 + number * 668265263) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 16)) & 0xFFFF) / 0xFFFF


def _places(count: int, far: float, seed: int, stray: float = 0.12) -> list[Point]:
    """Return places in a ring around the middle, from the back to the front."""
    turn = _chance(seed, 99) * 2 * math.pi
    ring = [
        (
            math.cos(turn + 2 * math.pi * n / count) * far + (_chance(seed, 2 * n) - 0.5) * stray,
            math.sin(turn + 2 * math.pi * n / count) * far * 0.85
            + (_chance(seed, 2 * n + 1) - 0.5) * stray,
        )
        for n in range(count)
    ]
    return sorted(ring, key=lambda place: place[1])


def _moved(points: list[Point], x: float, y: float, scale: float) -> tuple[Point, ...]:
    return tuple((round(x + a * scale, 3), round(y + b * scale, 3)) for a, b in points)


def _oval(wide: float, high: float, corners: int = 9) -> list[Point]:
    steps = [2 * math.pi * n / corners for n in range(corners)]
    return [(math.cos(a) * wide, math.sin(a) * high) for a in steps]


def _tree(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    yield GlyphShape(_moved(_oval(0.19, 0.08), x + 0.07, y + 0.03, scale), "#3f5a30", None)
    for dx, dy, wide in ((0.0, -0.2, 0.17), (-0.11, -0.12, 0.13), (0.11, -0.12, 0.13)):
        crown = _oval(wide, wide * 0.95)
        yield GlyphShape(
            _moved(crown, x + dx * scale, y + dy * scale, scale), "#5f8442", "#2f4a24", 0.02
        )
    yield GlyphShape(_moved(_oval(0.08, 0.06), x - 0.06, y - 0.25, scale), "#8fae58", None)


def _pine(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    for low, top, wide in ((0.04, -0.28, 0.15), (-0.12, -0.44, 0.11)):
        body = [(-wide, low), (0.0, top), (wide, low), (0.0, low + 0.04)]
        yield GlyphShape(_moved(body, x, y, scale), "#3f6844", "#2c4a31", 0.018)
        yield GlyphShape(
            _moved([(-wide, low), (0.0, top), (0.0, low + 0.03)], x, y, scale), "#6c9560", None
        )


def _peak(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    left = [(0.0, -0.75), (-0.2, -0.38), (-0.34, -0.2), (-0.55, 0.2)]
    right = [(0.0, -0.75), (0.16, -0.45), (0.36, -0.15), (0.58, 0.2)]
    ridge = [(0.1, 0.2), (0.02, -0.05), (0.1, -0.3), (0.0, -0.75)]
    yield GlyphShape(_moved([*left, *ridge], x, y, scale), "#d3c8b6", None)
    yield GlyphShape(_moved([*right, *ridge], x, y, scale), "#83786c", None)
    snow = [(0.0, -0.75), (-0.17, -0.44), (-0.07, -0.5), (0.0, -0.38), (0.07, -0.48), (0.14, -0.46)]
    yield GlyphShape(_moved(snow, x, y, scale), "#fbfaf6", None)
    yield GlyphShape(_moved([*left[::-1], *right[1:]], x, y, scale), None, "#544a40", 0.035)


def _hill(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    arc = [math.pi * n / 8 for n in range(9)]
    dome = [(-math.cos(a) * 0.38, 0.08 - math.sin(a) * 0.32) for a in arc]
    yield GlyphShape(_moved(dome, x, y, scale), "#d3c184", None)
    shade = [(-math.cos(a) * 0.38, 0.08 - math.sin(a) * 0.32) for a in arc[5:]]
    yield GlyphShape(_moved([*shade, (0.12, 0.08)], x, y, scale), "#ad9a62", None)
    yield GlyphShape(_moved(dome, x, y, scale), None, "#76643a", 0.028)


def _reed(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    yield GlyphShape(_moved(_oval(0.24, 0.09), x, y, scale), "#5f8790", None)
    for n, (dx, tip) in enumerate(((-0.14, -0.2), (-0.07, -0.08), (0.0, 0.03), (0.08, 0.14))):
        high = 0.24 + 0.06 * (n % 2)
        yield GlyphShape(_moved([(dx, 0.0), (tip, -high)], x, y, scale), None, "#2f4029", 0.026)


def _dune(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    crest = [(-0.28, 0.03), (-0.14, -0.04), (0.0, -0.12), (0.1, -0.1), (0.2, -0.02), (0.32, 0.03)]
    shade = [(0.1, -0.1), (0.2, -0.02), (0.32, 0.03), (0.05, 0.04), (0.1, -0.04)]
    yield GlyphShape(_moved(shade, x, y, scale), "#d2ae6c", None)
    yield GlyphShape(_moved(crest, x, y, scale), None, "#a37a3c", 0.024)


def _wave(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    line = [(-0.24, 0.0), (-0.16, -0.06), (-0.06, 0.0), (0.04, -0.06), (0.14, 0.0), (0.24, -0.04)]
    yield GlyphShape(_moved(line, x, y, scale), None, "#dcebee", 0.026)


def _grass(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    for dx, tip, high in ((-0.05, -0.11, 0.11), (0.0, 0.0, 0.15), (0.05, 0.1, 0.11)):
        yield GlyphShape(_moved([(dx, 0.0), (tip, -high)], x, y, scale), None, "#7f8a44", 0.024)


def _drift(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    line = [(-0.16, 0.02), (-0.02, -0.04), (0.16, 0.02)]
    yield GlyphShape(_moved(line, x, y, scale), None, "#8fa6b0", 0.024)


def _cone(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    mouth, foot = 0.14, 0.56
    body = [(-mouth, -0.5), (-0.34, -0.05), (-foot, 0.3), (foot, 0.3), (0.34, -0.05), (mouth, -0.5)]
    yield GlyphShape(_moved(body, x, y, scale), "#4a403e", "#231c1b", 0.03)
    yield GlyphShape(
        _moved([body[0], body[1], body[2], (-0.1, 0.3), (-0.04, -0.5)], x, y, scale),
        "#7a6a64",
        None,
    )
    for stream in (
        [(0.0, -0.5), (0.06, -0.24), (0.0, 0.0)],
        [(0.08, -0.48), (0.2, -0.2), (0.24, 0.06)],
    ):
        yield GlyphShape(_moved(stream, x, y, scale), None, "#ff8a2a", 0.07)
        yield GlyphShape(_moved(stream, x, y, scale), None, "#ffe27a", 0.025)


def _shingle(x: float, y: float, scale: float) -> Iterator[GlyphShape]:
    yield GlyphShape(_moved(_oval(0.035, 0.025, 6), x, y, scale), "#b09357", None)


_HABITS: Final = {
    "plain": ((_grass, 5, 0.55, 1.0),),
    "dots": ((_dune, 4, 0.52, 1.0),),
    "trees": ((_tree, 7, 0.62, 1.0), (_pine, 3, 0.28, 1.0)),
    "bumps": ((_hill, 4, 0.46, 0.95),),
    "peaks": ((_peak, 3, 0.36, 0.85),),
    "reeds": ((_reed, 5, 0.52, 1.0),),
    "waves": ((_wave, 4, 0.55, 1.0),),
    "shore": ((_shingle, 11, 0.58, 1.0), (_wave, 1, 0.5, 0.9)),
    "flakes": ((_drift, 5, 0.55, 1.0), (_pine, 1, 0.4, 0.8)),
    "cross": ((_cone, 1, 0.06, 1.0),),
}  # fmt: skip


def _cluster(pattern: str, variant: int) -> tuple[GlyphShape, ...]:
    standing: list[tuple[float, tuple[GlyphShape, ...]]] = []
    for number, (glyph, count, far, size) in enumerate(_HABITS[pattern]):
        seed = variant * 31 + number * 7 + len(pattern)
        for index, (x, y) in enumerate(_places(count, far, seed)):
            scale = size * (0.88 + 0.28 * _chance(seed, 50 + index))
            standing.append((y, tuple(glyph(x, y + 0.06, scale))))
    standing.sort(key=lambda row: row[0])
    return tuple(shape for _, shapes in standing for shape in shapes)


MARKS: Mapping[Pattern, tuple[tuple[GlyphShape, ...], ...]] = {
    pattern: tuple(_cluster(pattern, variant) for variant in range(VARIANTS))
    for pattern in (
        "plain", "dots", "trees", "bumps", "peaks", "reeds", "waves", "shore", "flakes", "cross",
    )
}  # fmt: skip
"""What stands in a hex of a pattern, by variant, from the back to the front; alike for both orientations."""
