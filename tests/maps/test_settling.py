"""The country of a generated map looks like one, and is the same for the same seed."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.core.map_objects import SITE_KINDS
from events.geometry.course import MOST_POINTS
from events.geometry.grid import Hex
from events.geometry.offset import Orientation
from events.maps.countryside import TRAVEL_COST, connected, downstream
from events.maps.generator import generate, generate_country, heights
from events.maps.imports import ImportedMap
from events.maps.place_names import PlaceNames
from events.maps.settling import FEWEST_HEXES

SEEDS = range(1, 9)


def country(seed: int, orientation: Orientation = "flat") -> ImportedMap:
    return generate_country(seed, 30, 20, orientation)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_land_is_that_of_the_bare_map(seed: int) -> None:
    assert country(seed).document == generate(seed, 30, 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_country_has_rivers_roads_settlements_realms_and_secrets(seed: int) -> None:
    made = country(seed)
    assert {"river", "road"} <= {path.kind for path in made.paths}
    assert {"city", "village"} & {site.kind for site in made.sites}
    assert "realm" in {region.kind for region in made.regions}
    assert {site.dm_only for site in made.sites} == {True, False}
    assert {site.kind for site in made.sites} <= set(SITE_KINDS)


@pytest.mark.parametrize("orientation", ["flat", "pointy"])
@pytest.mark.parametrize("seed", SEEDS)
def test_rivers_run_down_to_water_or_into_another_river(
    seed: int, orientation: Orientation
) -> None:
    made = country(seed, orientation)
    ground = made.document.terrain()
    drains = downstream(
        heights(seed, 30, 20, orientation), [at for at in ground if ground[at] == "water"]
    )
    rivers = [path.points for path in made.paths if path.kind == "river"]
    assert rivers
    for course in rivers:
        others = {point.at for other in rivers if other is not course for point in other}
        # A course that ends on the edge of water may name that edge by the hex of water.
        inland = [point.at for point in course if ground[point.at] != "water"]
        assert all(drains[upper] == lower for upper, lower in pairwise(inland))
        last = course[-1]
        by_water = ground[last.at] == "water" or (
            last.edge is not None and ground[last.at.neighbours()[last.edge]] == "water"
        )
        assert by_water or last.at in others


@pytest.mark.parametrize("seed", SEEDS)
def test_roads_join_all_settlements_of_an_island_and_keep_to_the_land(seed: int) -> None:
    made = country(seed)
    ground = made.document.terrain()
    roads = [path.points for path in made.paths if path.kind in ("road", "trail")]
    assert all(ground[point.at] in TRAVEL_COST for course in roads for point in course)
    steps = [frozenset(pair) for course in roads for pair in pairwise(p.at for p in course)]
    assert len(set(steps)) == len(steps), "a stretch of road is drawn once"
    nets = connected(dict.fromkeys((p.at for course in roads for p in course), "road"), "road")
    towns = {
        site.hex
        for site in made.sites
        if site.kind in ("capital", "city", "town", "village", "hamlet", "port")
    }
    for island in connected(
        dict.fromkeys((a for a in ground if ground[a] in TRAVEL_COST), "i"), "i"
    ):
        if len(here := towns & island) > 1:
            assert any(here <= net for net in nets)


@pytest.mark.parametrize("seed", SEEDS)
def test_roads_cross_rivers_and_do_not_run_in_them(seed: int) -> None:
    made = country(seed)
    bridges = [site.hex for site in made.sites if site.kind == "bridge"]
    assert all(one.distance(other) > 1 for one in bridges for other in bridges if one != other)
    river = {point.at for path in made.paths if path.kind == "river" for point in path.points}
    roads = {point.at for path in made.paths if path.kind != "river" for point in path.points}
    towns = {site.hex for site in made.sites if site.kind != "bridge"}
    assert len((roads - towns) & river) < len(roads) / 5


@pytest.mark.parametrize("seed", SEEDS)
def test_realms_share_the_land_and_no_hex_has_two_sites(seed: int) -> None:
    made = country(seed)
    realms = [set(region.hexes) for region in made.regions if region.kind == "realm"]
    assert sum(map(len, realms)) == len(set[Hex]().union(*realms))
    places = [site.hex for site in made.sites]
    assert len(set(places)) == len(places)


@settings(max_examples=30)
@given(st.integers(0, 2**63 - 1), st.integers(1, 25), st.integers(1, 25))
def test_any_size_and_seed_makes_the_same_country_twice(seed: int, width: int, height: int) -> None:
    made = generate_country(seed, width, height)
    assert made == generate_country(seed, width, height)
    on_map = made.document.terrain()
    things = [site.hex for site in made.sites] + [p.at for path in made.paths for p in path.points]
    assert all(at in on_map for at in things)
    assert all(len(path.points) <= MOST_POINTS for path in made.paths)


def test_little_land_and_bare_grids_stay_bare() -> None:
    few = generate_country(3, 6, FEWEST_HEXES // 7)
    grid = generate_country(3, 30, 20, mix={"plains": 1})
    for made in (few, grid):
        assert (made.paths, made.sites, made.regions, made.labels) == ((), (), (), ())


def test_no_name_is_drawn_twice() -> None:
    names = PlaceNames(4)
    drawn = [names.draw("lighthouse") for _ in range(300)]
    assert len(set(drawn)) == 300
    assert PlaceNames(4).draw("river") == PlaceNames(4).draw("river")
    assert PlaceNames(4).draw("river") != PlaceNames(5).draw("river")
