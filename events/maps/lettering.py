"""Where names stand on a drawn map: not on each other, not on what is drawn in a hex, and not over the rim of the picture."""

import math
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from events.geometry.grid import Hex
from events.geometry.layout import Point, centre
from events.geometry.offset import Orientation

_LETTER: Final = 0.68
"""How wide a letter is, in its own height; in most fonts it is less."""
_TRIED: Final = 80
"""Places that are tried for a name at most."""


class Box(NamedTuple):
    """A rectangle around a point."""

    x: float
    y: float
    wide: float
    high: float

    def overlap(self, other: "Box") -> float:
        """Return the area that both cover."""
        across = (self.wide + other.wide) / 2 - abs(self.x - other.x)
        down = (self.high + other.high) / 2 - abs(self.y - other.y)
        return across * down if across > 0 and down > 0 else 0


def words_box(text: str, at: Point, size: float) -> Box:
    """Return what a text of this height takes."""
    return Box(*at, _LETTER * size * len(text), 1.15 * size)


class Taken:
    """What of a map is taken by what is drawn there."""

    def __init__(self, cell: float) -> None:
        self._cell = cell
        self._boxes: dict[tuple[int, int], list[Box]] = {}

    def add(self, box: Box) -> None:
        for cell in self._cells(box):
            self._boxes.setdefault(cell, []).append(box)

    def covered(self, box: Box) -> float:
        """Return how much of a box is taken."""
        there = {other for cell in self._cells(box) for other in self._boxes.get(cell, ())}
        return sum(box.overlap(other) for other in sorted(there))

    def best(self, boxes: Iterable[Box], most: float = math.inf) -> Box | None:
        """Reserve and return the first free box, else the one that is covered least.

        None if more than ``most`` of that one is taken, 1 being all of it.
        """
        freest, least = None, math.inf
        for box in boxes:
            covered = self.covered(box)
            if covered < least:
                freest, least = box, covered
            if not covered:
                break
        if freest is None or least > most * freest.wide * freest.high:
            return None
        self.add(freest)
        return freest

    def _cells(self, box: Box) -> Iterator[tuple[int, int]]:
        for column in range(
            int((box.x - box.wide / 2) // self._cell), int((box.x + box.wide / 2) // self._cell) + 1
        ):
            for row in range(
                int((box.y - box.high / 2) // self._cell),
                int((box.y + box.high / 2) // self._cell) + 1,
            ):
                yield column, row


def places_within(
    hexes: Collection[Hex], middle: Point, orientation: Orientation, size: float
) -> Iterator[Point]:
    """Yield where the name of a region may stand, the middle first, then its hexes from there outwards."""
    yield middle

    def far(place: Point) -> float:
        # Sideways a name looks as if it were of the whole region more than above or below.
        return (place[0] - middle[0]) ** 2 + 2 * (place[1] - middle[1]) ** 2

    yield from sorted((centre(at, size, orientation) for at in hexes), key=far)[:_TRIED]


def kept_inside(box: Box, bounds: tuple[float, float, float, float] | None) -> Box:
    """Return the box moved so that it lies within bounds, if it can."""
    if bounds is None:
        return box
    left, top, right, bottom = bounds
    x = min(max(box.x, left + box.wide / 2), right - box.wide / 2)
    y = min(max(box.y, top + box.high / 2), bottom - box.high / 2)
    if box.wide > right - left:
        x = box.x
    return box._replace(x=x, y=y if box.high <= bottom - top else box.y)
