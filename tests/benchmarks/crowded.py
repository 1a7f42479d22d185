"""A map of 40 000 hexes on which as much lies as a large campaign has: 2 000 paths, 1 000 sites, 100 regions."""

from functools import cache
from typing import Final

from events.core.map_objects import SITE_KINDS
from events.geometry.course import CoursePoint, through
from events.geometry.grid import Hex, disc
from events.geometry.offset import Cell, hex_of
from events.maps import ImportedMap, generate
from events.maps.imported import ImportedPath, ImportedRegion, ImportedSite
from events.maps.noise import chance

SIDE: Final = 200
PATHS, SITES, REGIONS = 2_000, 1_000, 100
STEPS: Final = 12
"""The hexes of a path."""


@cache
def crowded_map() -> ImportedMap:
    """Return the map; always the same."""
    document = generate(1, SIDE, SIDE)
    return ImportedMap(
        document,
        (),
        (),
        tuple(_path(number) for number in range(PATHS)),
        tuple(
            ImportedSite(_place(number, 0), SITE_KINDS[number % len(SITE_KINDS)], f"Site {number}", dm_only=False)
            for number in range(SITES)
        ),
        tuple(
            ImportedRegion(f"Region {number}", tuple(sorted(disc(_place(number, 10), 8))), dm_only=False)
            for number in range(REGIONS)
        ),
    )  # fmt: skip


def _place(number: int, rim: int) -> Hex:
    """Return a hex that is so far from the rim of the map."""
    free = SIDE - 2 * rim
    column, row = (rim + int(chance(which, number) * free) for which in (5, 6))
    return hex_of(Cell(column, row), "flat")


def _path(number: int) -> ImportedPath:
    at = _place(number, STEPS + 1)
    walk = [at]
    for step in range(STEPS - 1):
        ahead = walk[-1].neighbours()
        walk.append(ahead[(number + int(chance(number, step) * 2)) % 6])
    kind = ("river", "road", "trail")[number % 3]
    return ImportedPath(kind, through([CoursePoint(each) for each in walk]), dm_only=False)  # type: ignore[arg-type] # one of the kinds
