"""The plane of a Worldographer file: hexes 300 wide and 300 high, 225 apart where they interlock.

Whatever size the tiles are drawn in, features, labels and shapes stand at points of this plane.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from events.geometry.grid import Hex
from events.geometry.offset import Cell, Orientation, Parity, cell_of, hex_of
from events.maps.errors import BadMap

Point = tuple[float, float]

STEP = 40.0
"""How far apart a line is looked at, in units of the plane; a hex is 300 wide."""
MOST_WORK = 3_000_000
"""How much all shapes together may cost, about a microsecond each."""
_STEP_COST = 5
_PASSING = 2
"""A hex that is looked at so few times is only cut at a corner, where the line may go by it."""

_SQUASHED = math.sqrt(3) / 2
"""From heights of the plane to those of regular hexes that are as wide."""


class Plane:
    """Puts points onto hexes; counts the steps along shapes, of which there are so many."""

    def __init__(self, orientation: Orientation, parity: Parity) -> None:
        self.orientation = orientation
        self._parity = parity
        self._cost = 0
        self._centres: list[tuple[float, float, Hex]] | None = None

    def hex_at(self, point: Point) -> Hex:
        """Return the hex whose centre is nearest, hexes being regular."""
        along, across = point if self.orientation == "flat" else (point[1], point[0])
        guess = round((along - 150) / 225)
        best = min(
            ((line, self._row(across, line)) for line in (guess - 1, guess, guess + 1)),
            # Heights count by the root of 3 half, so that the squashed hexes are regular.
            key=lambda at: (
                (150 + 225 * at[0] - along) ** 2 * 4 / 3
                + (150 + 300 * at[1] + self._push(at[0]) - across) ** 2
            ),
        )
        cell = Cell(*best) if self.orientation == "flat" else Cell(best[1], best[0])
        return hex_of(cell, self.orientation, self._parity)

    def centre(self, at: Hex) -> Point:
        """Return the point in the middle of a hex."""
        column, row = cell_of(at, self.orientation, self._parity)
        line, other = (column, row) if self.orientation == "flat" else (row, column)
        along, across = 150 + 225 * line, 150 + 300 * other + self._push(line)
        return (along, across) if self.orientation == "flat" else (across, along)

    def offset(self, point: Point, at: Hex) -> Point:
        """Return where a point lies from the centre of a hex, right and down, in sizes of regular hexes."""
        x, y = self.centre(at)
        right, down = (point[0] - x) / 150, (point[1] - y) / 150
        if self.orientation == "flat":
            return round(right, 3), round(down * _SQUASHED, 3)
        return round(right * _SQUASHED, 3), round(down, 3)

    def along(self, stroke: Sequence[Point], *, curved: bool, line: int) -> list[Hex]:
        """Return the hexes that a stroke goes through, none twice in a row; raise BadMap for one too long."""
        passed: list[tuple[Hex, int]] = []
        for point in self._points(stroke, curved, line):
            at = self.hex_at(point)
            if passed and passed[-1][0] == at:
                passed[-1] = (at, passed[-1][1] + 1)
            else:
                passed.append((at, 1))
        return _without_corners(passed)

    def inside(self, outline: Sequence[Point], hexes: Iterable[Hex], line: int) -> tuple[Hex, ...]:
        """Return the hexes whose centre is inside an outline, sorted; raise BadMap for an outline that is too large.

        The hexes are to be the same each time: their centres are worked out once.
        """
        if self._centres is None:
            self._centres = sorted((*self.centre(at), at) for at in hexes)
        left, right = min(x for x, _ in outline), max(x for x, _ in outline)
        top, bottom = min(y for _, y in outline), max(y for _, y in outline)
        first = bisect_left(self._centres, (left,))
        within = []
        for x, y, at in islice(self._centres, first, None):
            if x > right:
                break
            self._count(1, line)
            if top <= y <= bottom:
                self._count(len(outline) // 8, line)
                if _is_inside((x, y), outline):
                    within.append(at)
        return tuple(sorted(within))

    def _points(self, stroke: Sequence[Point], curved: bool, line: int) -> Iterator[Point]:
        for index, (start, end) in enumerate(pairwise(stroke)):
            steps = 1 + math.ceil(math.dist(start, end) / STEP)
            self._count(steps * _STEP_COST, line)
            before = stroke[max(0, index - 1)]
            after = stroke[min(len(stroke) - 1, index + 2)]
            for step in range(steps):
                part = step / steps
                if curved:
                    yield _curve(before, start, end, after, part)
                else:
                    yield start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part  # fmt: skip
        yield from stroke[-1:]

    def _count(self, cost: int, line: int) -> None:
        self._cost += cost
        if self._cost > MOST_WORK:
            raise BadMap(
                "the shapes are longer than those of any map; take some out",
                line=line,
                code="too_large",
            )

    def _row(self, across: float, line: int) -> int:
        return round((across - 150 - self._push(line)) / 300)

    def _push(self, line: int) -> int:
        return 150 if (line & 1) == (self._parity == "odd") else 0


def _curve(before: Point, start: Point, end: Point, after: Point, part: float) -> Point:
    """Return a point of the Catmull-Rom spline from start to end.

    Source: Catmull and Rom, "A Class of Local Interpolating Splines" (1974).
    """

    def blend(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (
            2 * b + (c - a) * part + (2 * a - 5 * b + 4 * c - d) * part**2 + (3 * b - a - 3 * c + d) * part**3
        )  # fmt: skip

    return (
        blend(before[0], start[0], end[0], after[0]),
        blend(before[1], start[1], end[1], after[1]),
    )


def _without_corners(passed: Sequence[tuple[Hex, int]]) -> list[Hex]:
    """Return the hexes of a way without those where it only cuts a corner between two hexes that are neighbours."""
    way: list[Hex] = []
    for index, (at, times) in enumerate(passed):
        after = passed[index + 1][0] if index + 1 < len(passed) else None
        is_passing = (
            times <= _PASSING and way and after is not None and way[-1].distance(after) <= 1
        )
        if not is_passing and (not way or way[-1] != at):
            way.append(at)
    return way


def _is_inside(point: Point, outline: Sequence[Point]) -> bool:
    """Return whether a point lies within a polygon, by the even-odd rule."""
    x, y = point
    inside = False
    before_x, before_y = outline[-1]
    for at_x, at_y in outline:
        if (at_y > y) != (before_y > y) and x < (before_x - at_x) * (y - at_y) / (before_y - at_y) + at_x:  # fmt: skip
            inside = not inside
        before_x, before_y = at_x, at_y
    return inside
