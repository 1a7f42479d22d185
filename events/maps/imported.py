"""What lies on a map that is brought along: paths, sites, regions and labels, as the room will have them."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from events.core.map_objects import PathKind, RegionKind, SiteKind
from events.geometry.course import BadCourse, Course, CoursePoint, through
from events.geometry.grid import STEPS, Hex, line

MOST_STEPS: Final = 20_000
"""The most hexes of one line, those included that lie between two of its points."""


@dataclass(frozen=True, slots=True)
class ImportedPath:
    """A line through hexes, or along their edges."""

    kind: PathKind
    points: Course
    name: str = ""
    along: bool = False
    dm_only: bool = True
    for_all: bool = False
    """Revealed to everybody who sees its hexes at all; not only to those who see them fully."""


@dataclass(frozen=True, slots=True)
class ImportedSite:
    """An icon on a hex."""

    hex: Hex
    kind: SiteKind
    title: str = ""
    dm_only: bool = True
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class ImportedRegion:
    """A named set of hexes."""

    name: str
    hexes: tuple[Hex, ...]
    """Sorted."""
    kind: RegionKind = "realm"
    color: str = ""
    """``#rrggbb``, or empty for the one of its kind."""
    dm_only: bool = True
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class ImportedLabel:
    """A text on the map, its place measured from the centre of a hex in hex sizes."""

    hex: Hex
    text: str
    x: float = 0.0
    y: float = 0.0
    size: float = 0.4
    angle: float = 0.0
    dm_only: bool = True
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line as a file has it: the hexes that it goes through, perhaps far from each other or off the map."""

    kind: PathKind
    hexes: Sequence[Hex]
    name: str
    dm_only: bool
    line: int | None


def steps(drawn: Sequence[Hex]) -> list[Hex]:
    """Return the hexes of a line without gaps and none twice in a row; raise BadCourse past MOST_STEPS."""
    length = sum(a.distance(b) for a, b in itertools.pairwise(drawn))
    if length > MOST_STEPS:
        raise BadCourse(f"it goes through {length} hexes, at most {MOST_STEPS} can be taken")
    chain = list(drawn[:1])
    for at in drawn[1:]:
        if at != chain[-1]:
            chain += line(chain[-1], at)[1:]
    return chain


def on_map(chain: Sequence[Hex], is_on_map: Callable[[Hex], bool], most: int) -> list[Course]:
    """Return the parts of a line that lie on the map, ending at its edge, none of more points than ``most``."""
    parts: list[Course] = []
    start = 0
    while start < len(chain):
        if not is_on_map(chain[start]):
            start += 1
            continue
        end = start
        while end + 1 < len(chain) and is_on_map(chain[end + 1]) and end - start + 1 < most:
            end += 1
        before = chain[start - 1] if start else None
        after = chain[end + 1] if end + 1 < len(chain) else None
        points = [CoursePoint(at) for at in chain[start : end + 1]]
        if before is not None:
            points.insert(0, CoursePoint(chain[start], _edge(chain[start], before)))
        if after is not None:
            points.append(CoursePoint(chain[end], _edge(chain[end], after)))
        parts += _course(points)
        start = end + 1
    return parts


def _course(points: Sequence[CoursePoint]) -> list[Course]:
    merged = [*points]
    # An end on an edge takes the place of the centre of its own hex.
    if len(merged) > 2 and merged[0].edge is not None and merged[1].at == merged[0].at:
        del merged[1]
    if len(merged) > 2 and merged[-1].edge is not None and merged[-2].at == merged[-1].at:
        del merged[-2]
    try:
        return [through(merged)]
    except BadCourse:
        return []


def _edge(at: Hex, to: Hex) -> int:
    return STEPS.index((to.q - at.q, to.r - at.r))
