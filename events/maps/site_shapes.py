"""The drawings of sites, as on the page: some twenty shapes for all kinds, each in layers of one colour, on a field from -10 to 10."""

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from events.geometry.layout import Point

Fill = Literal["roof", "paper", "stone", "line", "leaf", "water", "glow", ""]
"""Which ink a layer is filled with; none for lines alone."""
Layer = tuple[Fill, str]
"""A fill, and the data of an SVG path."""


def _house(x: float, y: float, s: float) -> tuple[Layer, ...]:
    return (
        ("paper", _data("M", x - 4 * s, y, "v", -5 * s, "h", 8 * s, "v", 5 * s, "Z")),
        ("roof", _data("M", x - 5.5 * s, y - 4.6 * s, "L", x, y - 10 * s, "L", x + 5.5 * s, y - 4.6 * s, "Z")),
        ("line", _data("M", x - 0.9 * s, y, "v", -2.8 * s, "h", 1.8 * s, "v", 2.8 * s, "Z")),
    )  # fmt: skip


def _data(*parts: str | float) -> str:
    return " ".join(part if isinstance(part, str) else f"{part:g}" for part in parts)


_TOWER: Final[tuple[Layer, ...]] = (
    ("stone", "M-4 9L-3.2-3H3.2L4 9Z"),
    ("line", "M-.8 3V0H.8V3Z"),
)
_MOUND: Final[Layer] = ("stone", "M-10 8C-9 1-5-6 0-7C5-6 9 1 10 8Z")
_SWELL: Final[tuple[Layer, ...]] = (
    ("", "M-9 3C-7 1-5 1-3 3S1 5 3 3S7 1 9 3"),
    ("", "M-9 7C-7 5-5 5-3 7S1 9 3 7S7 5 9 7"),
)
_SHAPES: Final[Mapping[str, tuple[Layer, ...]]] = {
    "house": _house(0, 7, 1.45),
    "hamlet": (*_house(-4.5, 3, 0.9), *_house(4, 7, 1)),
    "town": (*_house(-5, 2, 0.95), *_house(5, 2, 0.95), *_house(0, 8, 1.15)),
    "city": (*_house(-3.5, 2, 1), *_house(3.5, 2, 1), ("stone", "M-10 9V-3H-8.6V-1.4H-7.4V-3H-6V2H6V-3H7.4V-1.4H8.6V-3H10V9Z"), ("line", "M-2 9V6.5A2 2 0 0 1 2 6.5V9Z")),
    "castle": (("stone", "M-9 9V-6H-7.4V-4.4H-5.8V-6H-4V-1H-3V-9H-1.4V-7.4H1.4V-9H3V-1H4V-6H5.8V-4.4H7.4V-6H9V9Z"), ("line", "M-2.2 9V5.5A2.2 2.2 0 0 1 2.2 5.5V9Z")),
    "tower": (*_TOWER, ("stone", "M-4.6-2.4V-7H-2.6V-5.4H-1V-7H1V-5.4H2.6V-7H4.6V-2.4Z")),
    "wizard": (*_TOWER, ("roof", "M-5-2.6L0-11L5-2.6Z"), ("glow", "M7-9l.8 2 2 .8-2 .8L7-3.4l-.8-2-2-.8 2-.8Z")),
    "lighthouse": (*_TOWER, ("glow", "M-2.6-3V-7H2.6V-3Z"), ("roof", "M-3.6-7L0-10.5L3.6-7Z"), ("", "M5-6L9-7.5M5-4L9-3.5M-5-6L-9-7.5M-5-4L-9-3.5")),
    "gate": (("stone", "M-9 9V-6H-7V-4.4H-5V-6H5V-4.4H7V-6H9V9H4V3A4 4 0 0 0-4 3V9Z"),),
    "mill": (*_house(0, 9, 1.2), ("paper", "M0-3L-6-9L-4.4-10.2L.8-4.4ZM0-3L6-9L7.4-7.6L1-2ZM0-3L6 3L4.4 4.2L-.8-1.6ZM0-3L-6 3L-7.4 1.6L-1-4Z")),
    "pit": (_MOUND, ("line", "M-4 8V2A4 4 0 0 1 4 2V8Z"), ("", "M-5.4 8V1H5.4V8")),
    "cave": (_MOUND, ("line", "M-5 8C-5 2-3-1 0-1S5 2 5 8Z")),
    "camp": (("paper", "M-9 8L0-8L9 8Z"), ("line", "M-3 8L0-1L3 8Z"), ("", "M0-8L-1.6-10.4M0-8L1.6-10.4")),
    "port": (("", "M0-6V8M-4.5-3H4.5M-7.5 2C-7 6-4 8.4 0 8.6C4 8.4 7 6 7.5 2M-9 4L-7.5 1.6L-5.4 3.6M9 4L7.5 1.6L5.4 3.6"), ("paper", "M-2-8A2 2 0 1 1 2-8A2 2 0 1 1-2-8Z")),
    "bridge": (("stone", "M-10 3C-6-5 6-5 10 3V7H6.5C5 1-5 1-6.5 7H-10Z"), ("", "M-10-1C-6-8 6-8 10-1")),
    "ford": (*_SWELL, ("stone", "M-7-2H-4.4V.4H-7ZM-1.4-4H1.4V-1.4H-1.4ZM4.4-2H7V.4H4.4Z")),
    "water": (("water", "M0-10C4-4 6-2 6 2A6 6 0 0 1-6 2C-6-2-4-4 0-10Z"), ("", "M-3 3A3.2 3.2 0 0 0 0 5.6")),
    "temple": (("paper", "M-7.6 6V-2H7.6V6Z"), ("line", "M-5.6 6V-1H-4V6ZM-.8 6V-1H.8V6ZM4 6V-1H5.6V6Z"), ("roof", "M-9-2L0-8L9-2Z"), ("stone", "M-9.4 6H9.4V8.6H-9.4Z")),
    "shrine": (("stone", "M-4.5 8V4H4.5V8Z"), ("glow", "M0-8L2-3 7-2.4 3.2 1 4.4 5.6 0 3-4.4 5.6-3.2 1-7-2.4-2-3Z")),
    "grave": (("stone", "M-8 8V-1A3.4 3.4 0 0 1-1.2-1V8ZM2 8V2A2.8 2.8 0 0 1 7.6 2V8Z"), ("", "M-4.6 0V4.4M-6.2 1.6H-3M4.8 3V6M3.8 4H5.8M-9.6 8H9.6")),
    "stones": (("stone", "M-8.6 8L-8-3L-5-3.6L-4.4 8ZM4.4 8L5-5L8-4.4L8.6 8ZM-2 8L-1.6-1L1.6-1L2 8Z"), ("stone", "M-9-3.4L8.6-7.4L9-4.8L-8.6-.8Z")),
    "monument": (("stone", "M-2.6 5L-1.6-7L0-9.6L1.6-7L2.6 5Z"), ("stone", "M-6 8.6V5H6V8.6Z")),
    "ruin": (("stone", "M-9 8V-6L-6.6-4.4L-4.6-7L-3-1L-.6-2.6L1 3L4 1.4L5.6 5L9 4.4V8Z"), ("", "M-8.6 1H-3M-8.6 4.6H1M-6-2V1M-3 4.6V8M-7 4.6V8")),
    "lair": (("paper", "M-7-1A7 7 0 0 1 7-1C7 2 5 3.4 4.4 4.4V8H-4.4V4.4C-5 3.4-7 2-7-1Z"), ("line", "M-4.6-1A1.9 2.2 0 1 1-.8-1A1.9 2.2 0 1 1-4.6-1ZM.8-1A1.9 2.2 0 1 1 4.6-1A1.9 2.2 0 1 1 .8-1ZM-.9 3.6L0 1.6L.9 3.6Z"), ("", "M-1.6 5.4V8M1.6 5.4V8")),
    "portal": (("glow", "M-6 0A6 9 0 1 1 6 0A6 9 0 1 1-6 0Z"), ("", "M0 4.6C-3 3-3.4-2 0-3.6C2.8-3.4 2.6 1.4.4 1.2")),
    "swords": (("", "M-7-8L6 7M7-8L-6 7M2.6 7.6L7.4 3M-2.6 7.6L-7.4 3"), ("paper", "M5.4 7L7 5.4L9.4 7.8L7.8 9.4ZM-5.4 7L-7 5.4L-9.4 7.8L-7.8 9.4Z")),
    "wreck": (("roof", "M-9 0L8-3C7 3 4 6 0 6H-5C-7.4 4.6-9 2.6-9 0Z"), ("", "M-2-1L-5-10M1-1.6L3-7M-5-8L1-6"), _SWELL[1]),
    "tree": (("roof", "M-1.6 9L-1 2H1L1.6 9Z"), ("leaf", "M0-10C4-10 6-7.4 5.4-5C8.6-4 8.6 2 5 2.6C3 4.6-3 4.6-5 2.6C-8.6 2-8.6-4-5.4-5C-6-7.4-4-10 0-10Z")),
    "peak": (("stone", "M-10 8L-2-8L2-1L4.6-4.4L10 8Z"), ("paper", "M-4.4-3.2L-2-8L.6-3.4L-1-2L-2.4-3.4Z")),
    "chest": (("roof", "M-8 8V0H8V8Z"), ("roof", "M-8 0C-8-7 8-7 8 0Z"), ("glow", "M-1.8-2H1.8V3H-1.8Z")),
    "flag": (("", "M-4 9V-9"), ("roof", "M-4-9L7-5.4L-4-1.4Z")),
}  # fmt: skip
_OF_KIND: Final[Mapping[str, str]] = {
    "village": "hamlet", "capital": "city", "keep": "castle", "fort": "castle", "manor": "house", "inn": "house", "farm": "house", "mine": "pit",
    "quarry": "pit", "lumber": "camp", "monastery": "temple", "graveyard": "grave", "tomb": "grave", "dungeon": "pit", "battlefield": "swords",
    "shipwreck": "wreck", "waterfall": "water", "spring": "water", "pass": "peak", "treasure": "chest", "landmark": "flag",
}  # fmt: skip
"""Which shape a kind has that is not named like its shape."""

_TOKEN: Final = re.compile(r"([MLHVCSAZmlhvcsaz])|(-?(?:\d+\.?\d*|\.\d+))")
_CURVE: Final = 8
"""Into how many straight pieces a curve is cut."""


class Outline(NamedTuple):
    """A stretch of a drawing in straight pieces."""

    points: tuple[Point, ...]
    closed: bool


def site_shape(kind: str) -> tuple[Layer, ...]:
    """Return the layers of a kind's drawing, to be filled and outlined from the first on; a flag for one that nobody knows."""
    return _SHAPES.get(_OF_KIND.get(kind, kind)) or _SHAPES["flag"]


@lru_cache(maxsize=512)
def outlines(data: str) -> tuple[Outline, ...]:
    """Return an SVG path in straight pieces; it may have the commands that the shapes here have."""
    return tuple(_outlines(data))


def _outlines(data: str) -> Iterator[Outline]:
    tokens = [match.group() for match in _TOKEN.finditer(data)]
    pen: list[Point] = []
    command, handle = "", (0.0, 0.0)
    x = y = 0.0
    position = 0
    while position < len(tokens):
        if tokens[position].isalpha():
            command = tokens[position]
            position += 1
        kind, base = command.upper(), (x, y) if command.islower() else (0.0, 0.0)
        if kind == "Z":
            yield Outline(tuple(pen), closed=True)
            x, y = pen[0]
            pen = []
            continue
        count = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "A": 7}[kind]
        values = [float(token) for token in tokens[position : position + count]]
        position += count
        match kind:
            case "M":
                if pen:
                    yield Outline(tuple(pen), closed=False)
                x, y = base[0] + values[0], base[1] + values[1]
                pen = [(x, y)]
                command = "l" if command == "m" else "L"
            case "L":
                x, y = base[0] + values[0], base[1] + values[1]
                pen.append((x, y))
            case "H":
                x = base[0] + values[0]
                pen.append((x, y))
            case "V":
                y = base[1] + values[0]
                pen.append((x, y))
            case "C" | "S":
                places = [
                    (base[0] + a, base[1] + b)
                    for a, b in zip(values[::2], values[1::2], strict=True)
                ]
                if kind == "S":
                    places.insert(0, (2 * x - handle[0], 2 * y - handle[1]))
                pen += curve((x, y), *places)
                handle, (x, y) = places[1], places[2]
            case _:
                end = (base[0] + values[5], base[1] + values[6])
                pen += _arc((x, y), end, values[0], values[1], bool(values[3]), bool(values[4]))
                x, y = end
    if pen:
        yield Outline(tuple(pen), closed=False)


def curve(start: Point, handle: Point, second_handle: Point, end: Point) -> list[Point]:
    """Return the points of a Bézier curve after its start."""
    points = []
    for step in range(1, _CURVE + 1):
        t = step / _CURVE
        u = 1 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        points.append(
            (
                a * start[0] + b * handle[0] + c * second_handle[0] + d * end[0],
                a * start[1] + b * handle[1] + c * second_handle[1] + d * end[1],
            )
        )
    return points


def _arc(
    start: Point, end: Point, wide: float, high: float, large: bool, right: bool
) -> list[Point]:
    """Return the points of an arc after its start.

    Source: SVG 1.1, appendix F.6, conversion from endpoints to the centre; without rotation.
    """
    dx, dy = (start[0] - end[0]) / 2 / wide, (start[1] - end[1]) / 2 / high
    square = dx * dx + dy * dy
    if square > 1:
        grown = math.sqrt(square)
        wide, high, dx, dy, square = wide * grown, high * grown, dx / grown, dy / grown, 1.0
    far = math.sqrt(max(0.0, 1 / square - 1)) * (-1 if large == right else 1)
    cx, cy = far * dy, -far * dx
    first = math.atan2(dy - cy, dx - cx)
    turn = (math.atan2(-dy - cy, -dx - cx) - first) % (2 * math.pi)
    if not right:
        turn -= 2 * math.pi
    middle = ((start[0] + end[0]) / 2 + cx * wide, (start[1] + end[1]) / 2 + cy * high)
    steps = 2 * _CURVE
    angles = [first + turn * step / steps for step in range(1, steps + 1)]
    return [(middle[0] + math.cos(a) * wide, middle[1] + math.sin(a) * high) for a in angles]
