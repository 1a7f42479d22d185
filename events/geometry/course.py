"""Courses: how a line runs over the grid, through hexes or along their edges.

Edge ``k`` of a hex faces the neighbour at ``STEPS[k]``; it is edge ``k + 3`` (modulo 6) of that neighbour.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from events.geometry.grid import STEPS, BadHexKey, Hex, line

MOST_POINTS: Final = 2_000
"""The most points of one course, those included that are filled in between two of a client's."""

_POINT = re.compile(r"([^/]+)(?:/([0-5]))?", re.ASCII)


class BadCourse(ValueError):
    """Points that make no line; the text says why."""


class CoursePoint(NamedTuple):
    """A point of a course: the middle of an edge of a hex, or its centre where no edge is named."""

    at: Hex
    edge: int | None = None

    def __str__(self) -> str:
        return str(self.at) if self.edge is None else f"{self.at}/{self.edge}"

    @classmethod
    def parse(cls, text: str) -> "CoursePoint":
        """Return the point of ``"3,-2"`` or ``"3,-2/4"``; raise BadHexKey."""
        match = _POINT.fullmatch(text)
        if match is None:
            raise BadHexKey('a point is "q,r" or "q,r/edge", the edge from 0 to 5')
        return cls(Hex.parse(match[1]), int(match[2]) if match[2] else None)


Course = tuple[CoursePoint, ...]
"""Points in the normal form that `through` or `along` returns."""
Line = tuple[int | None, int | None]
"""The ends of a line within a hex: in the middle of an edge, or None for the centre, which comes last."""


def through(points: Sequence[CoursePoint]) -> Course:
    """Return the course through hexes: each one adjacent to the one before, in between all centres.

    Hexes between two points far from each other are filled in, in a straight line. A course within
    one hex has two points there. Raise BadCourse for fewer than two different points, for an edge
    named in the middle, and past MOST_POINTS.
    """
    if len(points) < 2:
        raise BadCourse("a path needs at least two points")
    if any(point.edge is not None for point in points[1:-1]):
        raise BadCourse("only the first and the last point of a path may lie on an edge")
    chain = _filled([point.at for point in points])
    start, end = points[0].edge, points[-1].edge
    while len(chain) > 1 and start is not None and _direction(chain[0], chain[1]) == start:
        chain, start = chain[1:], (start + 3) % 6
    while len(chain) > 1 and end is not None and _direction(chain[-1], chain[-2]) == end:
        chain, end = chain[:-1], (end + 3) % 6
    if len(chain) == 1:
        if start == end:
            raise BadCourse("a path needs two different points")
        return CoursePoint(chain[0], start), CoursePoint(chain[0], end)
    inner = map(CoursePoint, chain[1:-1])
    return CoursePoint(chain[0], start), *inner, CoursePoint(chain[-1], end)


def along(points: Sequence[CoursePoint]) -> Course:
    """Return the course along edges: each once, in order, called by the hex whose edge 0, 1 or 2 it is.

    Raise BadCourse for a point without an edge, for none at all, and past MOST_POINTS.
    """
    if not points:
        raise BadCourse("a path along edges needs at least one edge")
    if len(points) > MOST_POINTS:
        raise _too_long(len(points))
    bare = next((point for point in points if point.edge is None), None)
    if bare is not None:
        raise BadCourse(f"each point of a path along edges names an edge, and {bare} does not")
    return tuple(dict.fromkeys(_side(point) for point in points))


def lines(course: Course) -> Mapping[Hex, tuple[Line, ...]]:
    """Return what a course through hexes draws in each: one line for each time it passes.

    A course that turns back in a hex ends there, in its centre. Sorted, so that a hex does not tell
    where beyond it the course begins.
    """
    chain = [point.at for point in course]
    if chain[0] == chain[1]:
        return {chain[0]: (_line(course[0].edge, course[1].edge),)}
    by_hex: dict[Hex, list[Line]] = {}
    last = len(chain) - 1
    for index, at in enumerate(chain):
        enters = course[0].edge if index == 0 else _direction(at, chain[index - 1])
        leaves = course[-1].edge if index == last else _direction(at, chain[index + 1])
        by_hex.setdefault(at, []).append(_line(enters, leaves))
    return {at: tuple(sorted(set(of), key=_order)) for at, of in by_hex.items()}


def edges(course: Course) -> Mapping[Hex, tuple[int, ...]]:
    """Return the edges that a course along them draws on each hex, sorted: an edge is on both its hexes."""
    by_hex: dict[Hex, list[int]] = {}
    for at, edge in _sides(course):
        by_hex.setdefault(at, []).append(edge)
        by_hex.setdefault(_beyond(at, edge), []).append((edge + 3) % 6)
    return {at: tuple(sorted(of)) for at, of in by_hex.items()}


def _filled(hexes: Sequence[Hex]) -> list[Hex]:
    length = 1 + sum(a.distance(b) for a, b in pairwise(hexes))
    if max(length, len(hexes)) > MOST_POINTS:
        raise _too_long(max(length, len(hexes)))
    chain = [hexes[0]]
    for at in hexes[1:]:
        chain += line(chain[-1], at)[1:]
    return chain


def _line(start: int | None, end: int | None) -> Line:
    if start == end:
        return start, None
    ends = (start, end)
    return ends if _order(ends) <= _order(ends[::-1]) else ends[::-1]


def _order(line: Line) -> tuple[int, int]:
    return _end(line[0]), _end(line[1])


def _end(edge: int | None) -> int:
    return 6 if edge is None else edge


def _too_long(points: int) -> BadCourse:
    return BadCourse(f"a path has at most {MOST_POINTS} points, not {points}; cut it in two")


def _direction(at: Hex, to: Hex) -> int:
    return _DIRECTIONS[to.q - at.q, to.r - at.r]


_DIRECTIONS: Final = {step: edge for edge, step in enumerate(STEPS)}


def _beyond(at: Hex, edge: int) -> Hex:
    return Hex(at.q + STEPS[edge][0], at.r + STEPS[edge][1])


def _side(point: CoursePoint) -> CoursePoint:
    assert point.edge is not None, "checked by the caller"
    if point.edge < 3:
        return point
    return CoursePoint(_beyond(point.at, point.edge), point.edge - 3)


def _sides(course: Course) -> Iterator[tuple[Hex, int]]:
    for at, edge in course:
        assert edge is not None, "a course along edges names them"
        yield at, edge


def _point(value: object) -> CoursePoint:
    if isinstance(value, CoursePoint):
        return value
    if isinstance(value, str):
        return CoursePoint.parse(value)
    raise BadHexKey('a point is a text, "q,r" or "q,r/edge"')


PointKey = Annotated[
    CoursePoint,
    BeforeValidator(_point),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {"type": "string", "description": 'hex key "q,r", or an edge of it, "q,r/0" to "q,r/5"'}
    ),
]
"""A point of a course that is ``"q,r"`` or ``"q,r/edge"`` on the wire and in the record."""
