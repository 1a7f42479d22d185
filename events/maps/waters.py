"""Rivers of a whole map: where most rain runs together, each down to the sea, a lake or a larger river."""

import heapq
from collections.abc import Mapping
from typing import Final

from events.geometry.course import Course, CoursePoint, through
from events.geometry.grid import STEPS, Hex
from events.maps.countryside import downstream

SPRING: Final = 7
"""How many hexes drain through the hex where a river begins, at least."""
SHORTEST: Final = 4
"""The hexes of the shortest river."""


def rivers(ground: Mapping[Hex, str], heights: Mapping[Hex, float], most: int) -> list[Course]:
    """Return the courses of the largest rivers, from source to mouth, the largest first.

    A river ends on the edge of water, or in the middle of the hex where it joins a larger one.
    """
    drains = downstream(heights, (at for at in ground if ground[at] == "water"))
    upper: dict[Hex, list[Hex]] = {}
    flow = dict.fromkeys(drains, 1)
    # A hex comes after the one that it drains to.
    for at in reversed(tuple(drains)):
        below = drains[at]
        upper.setdefault(below, []).append(at)
        if below in flow:
            flow[below] += flow[at]
    mouths = [(-flow[at], at) for at in drains if drains[at] not in drains]
    heapq.heapify(mouths)
    courses: list[Course] = []
    while mouths and len(courses) < most:
        _, mouth = heapq.heappop(mouths)
        stem = [mouth]
        branches: list[Hex] = []
        while above := [at for at in upper.get(stem[-1], ()) if flow[at] >= SPRING]:
            above.sort(key=lambda at: (-flow[at], at))
            stem.append(above[0])
            branches += above[1:]
        if len(stem) >= SHORTEST:
            courses.append(_course(stem, drains))
            for branch in branches:
                heapq.heappush(mouths, (-flow[branch], branch))
    return courses


def _course(stem: list[Hex], drains: Mapping[Hex, Hex]) -> Course:
    mouth, below = stem[0], drains[stem[0]]
    points = [CoursePoint(at) for at in reversed(stem)]
    if below in drains:
        points.append(CoursePoint(below))
    else:
        points[-1] = CoursePoint(mouth, STEPS.index((below.q - mouth.q, below.r - mouth.r)))
    return through(points)
