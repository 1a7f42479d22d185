"""The countryside: rivers run down, roads are cheap, realms are near their seats."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.geometry.course import CoursePoint, edges
from events.geometry.grid import Hex
from events.geometry.offset import Orientation
from events.maps.countryside import (
    TRAVEL_COST,
    border,
    connected,
    downstream,
    realms,
    river,
    road,
)
from events.maps.generator import generate, heights

SIZE = 8
hexes = st.builds(Hex, st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
ALL = [Hex(q, r) for q in range(SIZE) for r in range(SIZE)]
grounds = st.lists(
    st.sampled_from(("plains", "forest", "swamp", "mountain", "water")),
    min_size=len(ALL),
    max_size=len(ALL),
).map(lambda drawn: dict(zip(ALL, drawn, strict=True)))


def costs_from(ground: dict[Hex, str], start: Hex) -> dict[Hex, float]:
    """Return the least cost of each hex by trying until nothing gets better (Bellman, Ford)."""
    best, better = {start: 0.0}, True
    while better:
        better = False
        for at in tuple(best):
            for near in at.neighbours():
                cost = TRAVEL_COST.get(ground.get(near, ""))
                if cost is not None and best[at] + cost < best.get(near, 1e9):
                    best[near], better = best[at] + cost, True
    return best


@given(grounds, hexes, hexes)
def test_a_road_is_the_cheapest_walk_on_land(ground: dict[Hex, str], start: Hex, end: Hex) -> None:
    walk = road(ground, start, end)

    best = costs_from(ground, start)
    assert bool(walk) == (end in best)
    if walk:
        assert (walk[0], walk[-1]) == (start, end)
        assert all(one.distance(other) == 1 for one, other in pairwise(walk))
        assert sum(TRAVEL_COST[ground[at]] for at in walk[1:]) == best[end]


@given(grounds, st.sets(hexes, min_size=1, max_size=3))
def test_a_hex_belongs_to_the_realm_of_the_seat_that_is_cheapest_to_come_from(
    ground: dict[Hex, str], seats: set[Hex]
) -> None:
    found = realms(ground, seats)

    best = {seat: costs_from(ground, seat) for seat in seats}
    for seat, realm in found.items():
        for at in realm:
            assert best[seat][at] == min(costs.get(at, 1e9) for costs in best.values())
    assert sum(map(len, found.values())) == len({at for costs in best.values() for at in costs})


@given(st.lists(st.floats(0, 1), min_size=len(ALL), max_size=len(ALL)), st.sets(hexes, min_size=1))
def test_a_river_never_rises_above_the_rim_it_overflows(
    drawn: list[float], water: set[Hex]
) -> None:
    high = dict(zip(ALL, drawn, strict=True))

    drains = downstream(high, water)

    assert drains.keys() == set(ALL) - water
    level: dict[Hex, float] = {}
    for at in ALL:
        course = river(at, drains)
        assert len(set(course)) == len(course)
        for point in reversed(course):
            below = drains[point.at]
            level[point.at] = max(high[point.at], level.get(below, high[below]))
    for at, below in drains.items():
        lowest = min(level.get(near, high[near]) for near in at.neighbours() if near in high)
        assert level[at] == max(high[at], lowest)
        assert level[at] >= level.get(below, high[below])


def test_a_river_ends_on_the_edge_of_the_water() -> None:
    high = {Hex(0, 0): 3.0, Hex(1, 0): 2.0, Hex(2, 0): 0.0}

    drains = downstream(high, [Hex(2, 0)])

    assert river(Hex(0, 0), drains) == (CoursePoint(Hex(0, 0)), CoursePoint(Hex(1, 0), 0))
    assert river(Hex(2, 0), drains) == ()


def test_a_border_lies_on_each_edge_between_two_realms() -> None:
    one, other = {Hex(0, 0), Hex(0, 1)}, {Hex(1, 0)}

    drawn = edges(border(one, other))

    assert drawn == {Hex(0, 0): (0,), Hex(0, 1): (1,), Hex(1, 0): (3, 4)}


@given(grounds)
def test_stretches_of_a_terrain_are_whole_and_apart(ground: dict[Hex, str]) -> None:
    stretches = connected(ground, "forest")

    owner = {at: number for number, stretch in enumerate(stretches) for at in stretch}
    assert sum(map(len, stretches)) == len(owner)
    assert owner.keys() == {at for at in ground if ground[at] == "forest"}
    for at, number in owner.items():
        assert all(owner.get(near, number) == number for near in at.neighbours())
    assert [*map(len, stretches)] == sorted(map(len, stretches), reverse=True)
    for stretch in stretches:
        assert realms(dict.fromkeys(stretch, "plains"), [min(stretch)])[min(stretch)] == stretch


@pytest.mark.parametrize("orientation", ["flat", "pointy"])
def test_the_sea_of_a_generated_map_lies_below_its_mountains(orientation: Orientation) -> None:
    high = heights(5, 24, 15, orientation)
    ground = generate(5, 24, 15, orientation).terrain()

    assert [*high] == [*ground]
    sea = connected(ground, "water")[0]
    peaks = [at for at in ground if ground[at] == "mountain"]
    assert max(high[at] for at in sea) < min(high[at] for at in peaks)
