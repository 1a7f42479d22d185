"""The countryside of a map: rivers, roads, realms and borders, computed from its terrain and heights.

All of it is the same for the same map: ties go to the smaller hex.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from events.geometry.course import CoursePoint
from events.geometry.grid import STEPS, Hex

TRAVEL_COST: Final[Mapping[str, float]] = {
    "plains": 1,
    "coast": 1,
    "desert": 2,
    "forest": 2,
    "hills": 2,
    "tundra": 2,
    "swamp": 4,
    "mountain": 6,
    "volcanic": 8,
}
"""The cost of stepping into a hex, 1 or more; nobody walks on terrain that is not here."""


def downstream(heights: Mapping[Hex, float], water: Iterable[Hex]) -> Mapping[Hex, Hex]:
    """Return the neighbour that each hex of land drains to, for all land from which water is reached.

    A hollow fills up and overflows at its lowest rim.
    Source: Barnes, Lehman, Mulla, "Priority-Flood".
    """
    queue = [(heights[at], at) for at in water]
    drained = {at for _, at in queue}
    heapq.heapify(queue)
    drains_to: dict[Hex, Hex] = {}
    while queue:
        level, at = heapq.heappop(queue)
        for upper in at.neighbours():
            if upper in heights and upper not in drained:
                drained.add(upper)
                drains_to[upper] = at
                heapq.heappush(queue, (max(level, heights[upper]), upper))
    return drains_to


def river(source: Hex, drains: Mapping[Hex, Hex]) -> tuple[CoursePoint, ...]:
    """Return the course from a source to the shore of the water that it drains to.

    ``drains`` comes from `downstream`. The last point lies on the edge between land and water; there
    is no point for a source that does not drain.
    """
    course: list[CoursePoint] = []
    at = source
    while at in drains:
        below = drains[at]
        course.append(CoursePoint(at))
        if below not in drains:
            course[-1] = CoursePoint(at, STEPS.index((below.q - at.q, below.r - at.r)))
        at = below
    return tuple(course)


def road(ground: Mapping[Hex, str], start: Hex, end: Hex) -> tuple[Hex, ...]:
    """Return the cheapest walk from start to end, both included; empty where there is none.

    ``ground`` is the terrain by hex. Source: Hart, Nilsson, Raphael, A*.
    """
    spent = {start: 0.0}
    came: dict[Hex, Hex] = {}
    queue = [(float(start.distance(end)), start)]
    visited: set[Hex] = set()
    while queue:
        _, at = heapq.heappop(queue)
        if at == end:
            return _walked(came, end)
        if at in visited:
            continue
        visited.add(at)
        for near in at.neighbours():
            cost = TRAVEL_COST.get(ground.get(near, ""))
            if cost is not None and spent[at] + cost < spent.get(near, float("inf")):
                spent[near] = spent[at] + cost
                came[near] = at
                heapq.heappush(queue, (spent[near] + near.distance(end), near))
    return ()


def realms(ground: Mapping[Hex, str], seats: Collection[Hex]) -> Mapping[Hex, frozenset[Hex]]:
    """Return the hexes of each seat: those that are reached from no other seat at less cost."""
    queue = [(0.0, seat, seat) for seat in seats]
    heapq.heapify(queue)
    owner: dict[Hex, Hex] = {}
    while queue:
        spent, seat, at = heapq.heappop(queue)
        if at in owner:
            continue
        owner[at] = seat
        for near in at.neighbours():
            cost = TRAVEL_COST.get(ground.get(near, ""))
            if cost is not None and near not in owner:
                heapq.heappush(queue, (spent + cost, seat, near))
    return {seat: frozenset(at for at in owner if owner[at] == seat) for seat in seats}


def border(realm: Collection[Hex], neighbour: Collection[Hex]) -> tuple[CoursePoint, ...]:
    """Return the edges of the hexes of one realm that face those of the other, sorted by hex."""
    return tuple(
        CoursePoint(at, edge)
        for at in sorted(realm)
        for edge, near in enumerate(at.neighbours())
        if near in neighbour
    )


def connected(ground: Mapping[Hex, str], terrain: str) -> tuple[frozenset[Hex], ...]:
    """Return the stretches of one terrain, each of connected hexes, the largest first."""
    left = {at for at in ground if ground[at] == terrain}
    stretches = []
    for start in sorted(left):
        if start in left:
            left.remove(start)
            stretch = [start]
            for at in stretch:
                beside = left.intersection(at.neighbours())
                left -= beside
                stretch += beside
            stretches.append(frozenset(stretch))
    return tuple(sorted(stretches, key=lambda stretch: (-len(stretch), min(stretch))))


def _walked(came: Mapping[Hex, Hex], end: Hex) -> tuple[Hex, ...]:
    walk = [end]
    while walk[-1] in came:
        walk.append(came[walk[-1]])
    return tuple(reversed(walk))
