from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation.cluster import Costs
from tests.simulation.sizes import Machine, Sizes, Table, most_people, nodes_for, shares

COSTS = Costs(100, 50, 100, 40, 200, 300, 10, 50, 2, 8)
SIZES = Sizes(20_000, 150, 60_000, 500, 500, 700, 1_000)
TABLE, MACHINE = Table(people=6, commands_per_s=0.2), Machine()


def test_a_node_alone_spends_on_commands_and_heartbeats() -> None:
    taken = shares(COSTS, SIZES, 6_000, 1, TABLE, MACHINE)

    spent = 1_000 * 0.2 * 100 + 6_000 / 15 * 150
    assert taken["processor of nodes"] == pytest.approx(spent / 1e6 / 0.7)
    assert taken["processor of NATS"] == 0
    assert taken["memory of nodes"] == pytest.approx((6_000 * 20_000 + 1_000 * 60_000) / 2**31)


def test_with_two_nodes_half_of_the_commands_cross() -> None:
    taken = shares(COSTS, SIZES, 6_000, 2, TABLE, MACHINE)

    assert taken["processor of NATS"] == pytest.approx(100 * 40 / 1e6 / 2 / 0.7)
    assert taken["network of NATS"] == pytest.approx(100 * 2 * 500 / 125e6)


def test_there_are_no_fewer_nodes_than_carry_the_people() -> None:
    nodes = nodes_for(COSTS, SIZES, 1_000_000, TABLE, MACHINE)

    def fullest(count: int) -> float:
        taken = shares(COSTS, SIZES, 1_000_000, count, TABLE, MACHINE)
        return max(share for name, share in taken.items() if name.endswith("of nodes"))

    assert fullest(nodes) <= 1 < fullest(nodes - 1)


def test_what_costs_twice_as_much_is_full_at_half_the_people() -> None:
    def most(costs: Costs) -> float:
        return most_people(costs, SIZES, "processor of PostgreSQL", TABLE, MACHINE)

    doubled = replace(COSTS, database_event_us=2 * COSTS.database_event_us)
    assert most(COSTS) == pytest.approx(2 * most(doubled), rel=0.03)


def test_the_sizes_of_the_page_are_readable() -> None:
    assert Sizes.read(Path(__file__).with_name("costs.json")).connection_bytes > 0
