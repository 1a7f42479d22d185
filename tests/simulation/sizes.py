"""What so many people use up, and which of it is full first: the part of the plan that has no queues."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tests.simulation.cluster import Costs

HEARTBEAT_S: Final = 15.0
FULL: Final = 0.7
"""Of a processor: past it, queues decide about the latency."""


@dataclass(frozen=True)
class Sizes:
    """What things hold and carry, measured by `make bench`."""

    connection_bytes: float
    """Memory of an idle connection."""
    heartbeat_us: float
    """Processor of its node for a heartbeat."""
    room_bytes: float
    """Memory of a room in play, 500 hexes seen."""
    told_bytes: float
    """What a command puts on the wire to a client that is told of it and acknowledged."""
    nats_bytes: float
    """What a command to a room on another node puts on the wire to NATS, both ways."""
    record_bytes: float
    """What an event takes in the record, its indexes included."""
    log_bytes: float
    """And in the write-ahead log."""

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(**json.loads(path.read_text())["sizes"])


@dataclass(frozen=True)
class Table:
    """A campaign in play."""

    people: int = 6
    commands_per_s: float = 0.2


@dataclass(frozen=True)
class Machine:
    """What there is of each kind; a node has one core."""

    node_bytes: float = 2 * 2**30
    node_wire_bytes: float = 125e6
    nats_wire_bytes: float = 125e6
    log_bytes: float = 100e6
    """That a disk writes in a second, beside the pages themselves."""


def shares(
    costs: Costs, sizes: Sizes, people: float, nodes: int, table: Table, machine: Machine
) -> Mapping[str, float]:
    """Return for each thing that can be full how much of it so many people take; 1 is all."""
    tables = people / table.people
    commands = tables * table.commands_per_s
    far = commands * (nodes - 1) / nodes
    processor = (
        (commands - far) * costs.local_us
        + far * (costs.owner_us + costs.edge_us)
        + people / HEARTBEAT_S * sizes.heartbeat_us
    )
    memory = people * sizes.connection_bytes + tables * sizes.room_bytes
    return {
        "processor of nodes": processor / 1e6 / nodes / FULL,
        "memory of nodes": memory / nodes / machine.node_bytes,
        "network of nodes": commands
        * (table.people * sizes.told_bytes + 2 * sizes.nats_bytes)
        / nodes
        / machine.node_wire_bytes,
        "processor of NATS": far * costs.nats_us / 1e6 / costs.nats_cores / FULL,
        "network of NATS": far * 2 * sizes.nats_bytes / machine.nats_wire_bytes,
        "processor of PostgreSQL": commands
        * costs.database_event_us
        / 1e6
        / costs.database_cores
        / FULL,
        "write-ahead log": commands * sizes.log_bytes / machine.log_bytes,
    }


def nodes_for(costs: Costs, sizes: Sizes, people: float, table: Table, machine: Machine) -> int:
    """Return the fewest nodes of a core that carry so many people."""
    nodes = 1
    while True:
        taken = shares(costs, sizes, people, nodes, table, machine)
        fullest = max(share for name, share in taken.items() if name.endswith("of nodes"))
        if fullest <= 1:
            return nodes
        # Two nodes carry less than twice what one does, so this never leaps too far.
        nodes = max(nodes + 1, int(nodes * fullest * 0.98))


def most_people(costs: Costs, sizes: Sizes, name: str, table: Table, machine: Machine) -> float:
    """Return how many people fill that thing, with as many nodes as they then need."""
    low, high = 1.0, 1e9
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        nodes = nodes_for(costs, sizes, middle, table, machine)
        full = shares(costs, sizes, middle, nodes, table, machine)[name] > 1
        low, high = (low, middle) if full else (middle, high)
    return low
