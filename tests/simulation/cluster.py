"""A cluster as queues: what saturates first, and at what size, from the measured costs of a command."""

import heapq
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Final, Self

COMMANDS: Final = 10_000
RUN_S: Final = 1.5
"""A run lasts so long, or so many commands: a queue that grows needs time to show it."""
WARM_UP: Final = 0.2
"""The part of a run that is not counted: queues begin empty."""


@dataclass(frozen=True)
class Costs:
    """What things take, measured by `make bench`."""

    local_us: float
    """Processor of a node for a command whose room it owns, its socket and viewers included."""
    edge_us: float
    """Processor of the node with the socket, where another owns the room."""
    owner_us: float
    """Processor of that owner."""
    nats_us: float
    """Processor of NATS for such a command, both ways."""
    wire_us: float
    """Through an idle NATS, one way, its processor included."""
    append_us: float
    """Appending, the events aside."""
    append_event_us: float
    """Each event more, of one node's connection."""
    database_event_us: float
    """Processor of PostgreSQL for an event."""
    nats_cores: int = 2
    database_cores: int = 8

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(**json.loads(path.read_text())["costs"])


@dataclass(frozen=True)
class Night:
    """What a run showed."""

    rate: float
    p50_ms: float
    p99_ms: float
    busiest_node: float
    """The share of time that its core worked."""
    nats: float
    """Likewise of the cores of NATS, all together."""
    database: float
    """And of those of PostgreSQL."""
    node_us: float
    """Processor of all nodes together, a command."""


class Core:
    """Does one thing after the other."""

    def __init__(self, world: "World", servers: int = 1) -> None:
        self.busy_us = 0.0
        self._world = world
        self._free = servers
        self._queue: deque[tuple[float, Callable[[], None]]] = deque()

    def work(self, us: float, then: Callable[[], None]) -> None:
        self._queue.append((us, then))
        self._next()

    def _next(self) -> None:
        if not self._free or not self._queue:
            return
        self._free -= 1
        us, then = self._queue.popleft()
        self.busy_us += us

        def done() -> None:
            self._free += 1
            then()
            self._next()

        self._world.after(us, done)


class World:
    """Time, and what happens in it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def after(self, us: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + us, next(self._order), call))

    def run(self) -> None:
        while self._due:
            self.now, _, call = heapq.heappop(self._due)
            call()


class Node:
    """A core, and a writer that has one append under way: the next batch gathers meanwhile."""

    def __init__(self, world: World, costs: Costs, database: Core) -> None:
        self.core = Core(world)
        self._world = world
        self._costs = costs
        self._database = database
        self._waiting: list[Callable[[], None]] = []
        self._appending = False

    def append(self, then: Callable[[], None]) -> None:
        self._waiting.append(then)
        if not self._appending:
            self._write()

    def _write(self) -> None:
        batch, self._waiting = self._waiting, []
        self._appending = True
        costs = self._costs
        trip = costs.append_us + costs.append_event_us * len(batch)

        def stored() -> None:
            for then in batch:
                then()
            self._appending = False
            if self._waiting:
                self._write()

        self._database.work(
            costs.database_event_us * len(batch), lambda: self._world.after(trip, stored)
        )


def simulate(costs: Costs, nodes: int, rate: float, seed: int = 1) -> Night:
    """Return what so many commands a second do to nodes that sockets and rooms are spread over."""
    world, chance = World(), Random(seed)
    nats, database = Core(world, costs.nats_cores), Core(world, costs.database_cores)
    all_nodes = [Node(world, costs, database) for _ in range(nodes)]
    took: list[float] = []
    at = 0.0
    commands = max(COMMANDS, int(rate * RUN_S))
    for number in range(commands):
        at += chance.expovariate(rate / 1e6)
        edge, owner = chance.choice(all_nodes), chance.choice(all_nodes)
        counted = number > commands * WARM_UP
        world.after(at, _command(world, costs, nats, edge, owner, took if counted else []))
    world.run()
    took.sort()
    return Night(
        rate,
        took[len(took) // 2] / 1000,
        took[int(len(took) * 0.99)] / 1000,
        max(node.core.busy_us for node in all_nodes) / world.now,
        nats.busy_us / costs.nats_cores / world.now,
        database.busy_us / costs.database_cores / world.now,
        sum(node.core.busy_us for node in all_nodes) / commands,
    )


def _command(
    world: World, costs: Costs, nats: Core, edge: Node, owner: Node, took: list[float]
) -> Callable[[], None]:
    def carry(then: Callable[[], None]) -> None:
        nats.work(
            costs.nats_us / 2,
            lambda: world.after(max(0.0, costs.wire_us - costs.nats_us / 2), then),
        )

    def begin() -> None:
        begun = world.now

        def end() -> None:
            took.append(world.now - begun)

        if edge is owner:
            owner.core.work(costs.local_us, lambda: owner.append(end))
            return

        def owned() -> None:
            owner.core.work(costs.owner_us, lambda: owner.append(answered))

        def answered() -> None:
            carry(lambda: edge.core.work(costs.edge_us / 2, end))

        edge.core.work(costs.edge_us / 2, lambda: carry(owned))

    return begin


def capacity(costs: Costs, nodes: int, most_p99_ms: float = 50.0) -> float:
    """Return the most commands a second that so many nodes carry under that latency."""
    low, high = 0.0, nodes * 1e6 / costs.local_us * 1.2
    hopeless = 2 * _most_done(costs, nodes)
    for _ in range(8):
        middle = (low + high) / 2
        # Where twice as much comes in as can be done, nobody needs to play it through.
        if middle < hopeless and simulate(costs, nodes, middle).p99_ms <= most_p99_ms:
            low = middle
        else:
            high = middle
    return low


def _most_done(costs: Costs, nodes: int) -> float:
    """Return how many commands a second the busiest of nodes, NATS and PostgreSQL is done with."""
    far = (nodes - 1) / nodes
    node_us = costs.local_us + far * (costs.edge_us + costs.owner_us - costs.local_us)
    busy_us = (
        node_us / nodes,
        far * costs.nats_us / costs.nats_cores,
        costs.database_event_us / costs.database_cores,
    )
    return 1e6 / max(busy_us)
