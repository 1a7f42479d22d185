"""Maps out of nothing: land by height, warmth and rain; seas, lakes, rivers and their shores.

Each terrain gets the share of hexes that the mix gives it: the lowest are water, those beside it coast, the
highest mountain, and so on down to plains, which take what is left.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from events.geometry.grid import Hex
from events.geometry.offset import Cell, Orientation, hex_of
from events.maps.document import MAX_HEXES, MapDocument, map_document
from events.maps.errors import BadMap
from events.maps.imports import ImportedMap
from events.maps.noise import chance, hex_noise, warped
from events.maps.settling import settled
from events.maps.terrain import TERRAINS

MIX: Mapping[str, float] = {
    "water": 0.16,
    "coast": 0.05,
    "mountain": 0.09,
    "volcanic": 0.01,
    "hills": 0.14,
    "tundra": 0.03,
    "swamp": 0.05,
    "desert": 0.05,
    "forest": 0.20,
    "plains": 0.22,
}
"""The usual shares."""

RIVERS = 0.15
"""The part of the water that flows."""
VARIANTS = 3
FAR = 8


def generate(
    seed: int,
    width: int,
    height: int,
    orientation: Orientation = "flat",
    mix: Mapping[str, float] | None = None,
    *,
    name: str = "Generated map",
) -> MapDocument:
    """Return the map of a seed, always the same; raise BadMap for an impossible size or mix.

    ``mix`` weighs terrains; those it does not name do not occur.
    """
    return _generated(seed, width, height, orientation, mix, name)[0]


def generate_country(
    seed: int,
    width: int,
    height: int,
    orientation: Orientation = "flat",
    mix: Mapping[str, float] | None = None,
    *,
    name: str = "Generated map",
) -> ImportedMap:
    """Return the same map with rivers, settlements, roads, realms and sites; raise BadMap."""
    document, land = _generated(seed, width, height, orientation, mix, name)
    places = _places(width, height, orientation)
    return settled(document, dict(zip(places, land.height, strict=True)), seed)


def heights(
    seed: int, width: int, height: int, orientation: Orientation = "flat"
) -> Mapping[Hex, float]:
    """Return how high each hex of a generated map lies, about 0 to 1.4, whatever the mix."""
    land = _land(seed, width, height, orientation)
    return dict(zip(_places(width, height, orientation), land.height, strict=True))


def _generated(
    seed: int,
    width: int,
    height: int,
    orientation: Orientation,
    mix: Mapping[str, float] | None,
    name: str,
) -> tuple[MapDocument, "_Land"]:
    if width < 1 or height < 1 or width * height > MAX_HEXES:
        raise BadMap(f"expected 1 to {MAX_HEXES} hexes, found {width} × {height}")
    counts = _counts(MIX if mix is None else mix, width * height)
    land = _land(seed, width, height, orientation)
    hexes, variants = {}, {}
    places = _places(width, height, orientation)
    for index, (at, terrain) in enumerate(zip(places, land.painted(counts), strict=True)):
        hexes[at] = terrain
        variants[at] = int(chance(seed ^ 0x5EED, index) * VARIANTS)
    grid = Cell(width, height)
    return map_document(name, hexes, orientation, variants=variants, grid=grid), land


def _land(seed: int, width: int, height: int, orientation: Orientation) -> "_Land":
    lines, length = (width, height) if orientation == "flat" else (height, width)
    return _Land(seed, lines, length, cold_line=orientation == "pointy")


def _places(width: int, height: int, orientation: Orientation) -> Iterator[Hex]:
    """Yield the hexes of a map in the order in which the land numbers them."""
    if orientation == "flat":
        cells = (Cell(column, row) for column in range(width) for row in range(height))
    else:
        cells = (Cell(column, row) for row in range(height) for column in range(width))
    return (hex_of(cell, orientation) for cell in cells)


def _counts(mix: Mapping[str, float], total: int) -> dict[str, int]:
    """Return how many hexes each terrain gets, by largest remainder."""
    strange = sorted(set(mix) - set(TERRAINS))
    if strange:
        raise BadMap(f"expected terrains out of {', '.join(TERRAINS)}, found {strange[0]!r}")
    if not all(0 <= weight < math.inf for weight in mix.values()) or not sum(mix.values()) > 0:
        raise BadMap("expected weights from 0 up, one of them above 0")
    whole = sum(mix.values())
    exact = {terrain: mix.get(terrain, 0) / whole * total for terrain in TERRAINS}
    counts = {terrain: int(share) for terrain, share in exact.items()}
    by_rest = sorted(exact, key=lambda terrain: counts[terrain] - exact[terrain])
    for terrain in by_rest[: total - sum(counts.values())]:
        counts[terrain] += 1
    return counts


class _Land:
    """Fields over a grid of hexes, numbered line by line; painted once, from water to plains."""

    def __init__(self, seed: int, lines: int, length: int, *, cold_line: bool) -> None:
        self._lines, self._length = lines, length
        self._around = self._neighbours()
        period = max(4.0, min(28.0, max(lines, length) / 2.5))

        def noise(which: int, scale: float, octaves: int) -> list[float]:
            return hex_noise(seed * 31 + which, lines, length, period * scale, octaves)

        warp = (noise(6, 0.5, 2), noise(7, 0.5, 2))

        def natural(which: int, scale: float, octaves: int) -> list[float]:
            return warped(
                noise(which, scale, octaves), lines, length, warp, reach=0.5 * period * scale
            )

        # A slope to one side of the map makes a sea with a shore, where noise alone makes ponds.
        # A root is exact everywhere, sine and cosine are not the same in every C library.
        down, across = chance(seed, 0) * 2 - 1, chance(seed, 1) * 2 - 1
        length_of_slope = math.sqrt(down * down + across * across) or 1.0
        slope = self._slope(down / length_of_slope, across / length_of_slope)
        self.height = [a + 0.35 * b for a, b in zip(natural(1, 1, 5), slope, strict=True)]
        north = self._slope(-1, 0) if cold_line else self._slope(0, -1)
        self.cold = [
            0.5 * a + 0.4 * b + 0.3 * c
            for a, b, c in zip(noise(2, 0.8, 3), north, self.height, strict=True)
        ]
        self.rain = natural(3, 0.7, 4)
        self.heat = noise(4, 0.4, 2)
        self.growth = [a + 0.6 * b for a, b in zip(natural(5, 0.35, 3), self.rain, strict=True)]

    def painted(self, counts: Mapping[str, int]) -> list[str]:
        """Return the terrain of each hex; exactly as many of each as counted."""
        ground: dict[int, str] = {}
        height, rain, cold = self.height, self.rain, self.cold

        def paint(terrain: str, key: Callable[[int], float], count: int | None = None) -> list[int]:
            """Give the terrain to the bare hexes of the smallest key."""
            size = counts[terrain] if count is None else count
            bare = (at for at in range(len(height)) if at not in ground)
            chosen = heapq.nsmallest(size, bare, key=key) if size else []
            ground.update(dict.fromkeys(chosen, terrain))
            return chosen

        flowing = int(counts["water"] * RIVERS)
        sea = paint("water", height.__getitem__, counts["water"] - flowing)
        flow = self._flow(sea)
        rivers = paint("water", lambda at: -flow[at], flowing)
        shore = self._steps_from(sea)
        paint("coast", lambda at: shore[at] + height[at])
        peaks = paint("mountain", lambda at: -height[at], counts["mountain"] + counts["volcanic"])
        for at in heapq.nsmallest(counts["volcanic"], peaks, key=lambda at: -self.heat[at]):
            ground[at] = "volcanic"
        paint("hills", lambda at: -height[at] - 0.15 * self.heat[at])
        paint("tundra", lambda at: -cold[at])
        bank = self._steps_from([*sea, *rivers])
        paint("swamp", lambda at: 0.1 * min(bank[at], 4) + height[at] - rain[at])
        paint("desert", lambda at: rain[at] + 0.5 * cold[at])
        paint("forest", lambda at: -self.growth[at])
        return [ground.get(at, "plains") for at in range(len(height))]

    def _slope(self, down: float, across: float) -> list[float]:
        """Return a plane over the grid from 0 to about 1, rising in that direction."""
        lines, length = max(self._lines - 1, 1), max(self._length - 1, 1)
        return [
            0.5 + down * (line / lines - 0.5) + across * (other / length - 0.5)
            for line in range(self._lines)
            for other in range(self._length)
        ]

    def _neighbours(self) -> list[tuple[int, ...]]:
        lines, length = self._lines, self._length
        neighbours = []
        for line in range(lines):
            push = line & 1
            for other in range(length):
                at = line * length + other
                near = [at - 1] if other else []
                if other + 1 < length:
                    near.append(at + 1)
                for start in (at - length, at + length):
                    if 0 <= start < lines * length:
                        near += [
                            start + step for step in (push - 1, push) if 0 <= other + step < length
                        ]
                neighbours.append(tuple(near))
        return neighbours

    def _flow(self, sea: Iterable[int]) -> Sequence[float]:
        """Return how much rain runs through each hex on its way to the sea.

        Source: Barnes, Lehman, Mulla, "Priority-Flood": from the sea up, so that no hollow swallows a river.
        """
        heights, flow = self.height, list(self.rain)
        downstream: dict[int, int] = dict.fromkeys(sea, -1)
        queue = [(heights[at], at) for at in downstream]
        heapq.heapify(queue)
        order: list[int] = []
        while queue:
            level, at = heapq.heappop(queue)
            order.append(at)
            for upper in self._around[at]:
                if upper not in downstream:
                    downstream[upper] = at
                    heapq.heappush(queue, (max(level, heights[upper]), upper))
        for at in reversed(order):
            if downstream[at] >= 0:
                flow[downstream[at]] += flow[at]
        return flow

    def _steps_from(self, start: Iterable[int]) -> Sequence[int]:
        """Return the distance of each hex from the nearest of these, FAR at most."""
        steps = [FAR] * len(self.height)
        edge = list(start)
        for at in edge:
            steps[at] = 0
        for at in edge:
            for beyond in self._around[at]:
                if steps[beyond] > steps[at] + 1:
                    steps[beyond] = steps[at] + 1
                    edge.append(beyond)
        return steps
