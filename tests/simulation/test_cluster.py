from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.simulation.cluster import Costs, capacity, simulate
from tests.simulation.curves import draw

COSTS = Costs(100, 120, 100, 40, 200, 300, 10, 1, 2, 8)


def test_an_idle_node_takes_what_its_steps_take() -> None:
    night = simulate(COSTS, 1, 10)

    assert night.p50_ms == pytest.approx((100 + 1 + 300 + 10) / 1000, rel=0.01)


def test_a_room_elsewhere_costs_two_ways_through_nats() -> None:
    far = simulate(COSTS, 64, 10)

    assert far.p50_ms == pytest.approx((120 + 2 * 200 + 100 + 1 + 300 + 10) / 1000, rel=0.01)


@pytest.mark.parametrize("nodes", [2, 3])
def test_sockets_and_rooms_meet_by_chance(nodes: int) -> None:
    night = simulate(COSTS, nodes, 100)

    expected = (COSTS.local_us + (nodes - 1) * (COSTS.edge_us + COSTS.owner_us)) / nodes
    assert night.node_us == pytest.approx(expected, rel=0.02)


def test_latency_grows_without_bound_past_what_a_core_can_do() -> None:
    assert simulate(COSTS, 1, 5_000).p99_ms < 5
    assert simulate(COSTS, 1, 12_000).p99_ms > 100
    assert capacity(COSTS, 1) < 1e6 / COSTS.local_us * 1.1


def test_a_database_that_is_full_holds_up_all_nodes() -> None:
    slow = Costs(500, 500, 500, 40, 100, 300, 0, 1_000, 2, 1)

    assert simulate(slow, 8, 900).database > 0.85
    assert capacity(slow, 8) < 1_100


def test_a_nats_that_is_full_holds_up_all_nodes() -> None:
    slow = Costs(50, 50, 50, 1_000, 1_000, 300, 0, 1, 1, 8)

    assert simulate(slow, 8, 1_100).nats > 0.85
    assert capacity(slow, 8) < 1_250


def test_the_same_seed_gives_the_same_night() -> None:
    assert simulate(COSTS, 3, 5_000, seed=7) == simulate(COSTS, 3, 5_000, seed=7)


def test_curves_are_well_formed_and_end_at_the_axis() -> None:
    drawn = ElementTree.fromstring(draw("T", "x", "y", {"a": [(0, 0), (10, 99)]}, most=50))

    assert drawn.find("{*}title") is not None
    line = drawn.find("{*}polyline")
    assert line is not None
    assert line.attrib["points"] == "56.0,264.0 584.0,56.0"


def test_the_costs_of_the_page_are_readable() -> None:
    assert Costs.read(Path(__file__).with_name("costs.json")).local_us > 0
