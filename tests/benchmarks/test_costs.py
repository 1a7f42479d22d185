"""Measures what the simulation is made of, and holds the simulation to two and three real nodes."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Self
from uuid import uuid4

import psutil
import psycopg
import pytest
from nats.aio.client import Client
from psycopg_pool import AsyncConnectionPool

from actors.cluster.nats_server import NatsServer
from events.core.features.hexes import HexesRevealed
from events.core.state import Member, Role, RoomId, UserId
from events.journal import Append, Commit, Lease
from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal
from tests.benchmarks.nodes import (
    Bench,
    Dm,
    Spent,
    bytes_through,
    private_bytes,
    processor_ns,
    reveal_all,
)
from tests.simulation.cluster import Costs, simulate
from tests.simulation.sizes import Sizes
from tests.support.party import gather_party
from tests.support.processes import NodeProcess

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

MEASURED = Path(__file__).parents[2] / "build" / "costs.json"
"""What `make simulate` reads, once this has run."""
TURNS, WARM_TURNS, PER_TURN = 12, 3, 450
CONNECTIONS = 200
HEARTBEATS_S = 5
ROOMS, ROOM_HEXES = 100, 500
BATCH = 200


@pytest.fixture
async def bench(database_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        yield Bench(database_url, tmp_path, stack)


async def test_what_the_simulation_is_made_of(bench: Bench) -> None:
    nats = await bench.nats()
    measured = await commands(bench, nats)
    appending, each_more = await append_us(bench.database_url)
    costs = Costs(
        local_us=measured["local"],
        edge_us=measured["edge"],
        owner_us=measured["owner"],
        nats_us=measured["nats"],
        wire_us=await wire_us(nats),
        append_us=appending,
        append_event_us=each_more,
        database_event_us=measured["database"],
    )
    sizes = Sizes(
        **await idle_connection(bench),
        room_bytes=await room_bytes(bench),
        told_bytes=measured["told_bytes"],
        nats_bytes=measured["nats_bytes"],
        record_bytes=measured["record_bytes"],
        log_bytes=measured["log_bytes"],
    )
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(json.dumps({"costs": asdict(costs), "sizes": asdict(sizes)}, indent=2))
    for name, value in (asdict(costs) | asdict(sizes)).items():
        print(f"\n{name}: {value:,.4g}", end="")
    for nodes in (2, 3):
        foreseen, spent = simulate(costs, nodes, 1_000).node_us, measured[f"{nodes} nodes"]
        print(
            f"\n{nodes} nodes, rooms anywhere: {spent:.0f} us of processor a command, simulated"
            f" {foreseen:.0f} us ({foreseen / spent - 1:+.0%})"
        )


async def commands(bench: Bench, nats: NatsServer) -> dict[str, float]:
    """Return medians for a command: of turns that are taken in turn, so that all meet the same noise."""
    nodes = [await bench.node(nats) for _ in range(3)]
    owner, edge, _ = (node.pid for node in nodes)
    assert nats.pid is not None
    seated = await seats(bench, nodes)
    found: dict[str, list[float]] = defaultdict(list)
    with psycopg.connect(bench.database_url, autocommit=True) as database:
        for turn in range(-WARM_TURNS, TURNS):
            if turn == 0:
                found.clear()
            before = Record.of(database), bytes_through(owner, "wchar")
            with Spent(PER_TURN, owner) as near:
                await reveal_all(seated["near"], PER_TURN)
            after = Record.of(database), bytes_through(owner, "wchar")
            through = bytes_through(nats.pid, "rchar")
            with Spent(PER_TURN, owner, edge, nats.pid) as far:
                await reveal_all(seated["far"], PER_TURN)
            through = bytes_through(nats.pid, "rchar") - through
            for size in (2, 3):
                with Spent(PER_TURN, *(node.pid for node in nodes[:size])) as spread:
                    await reveal_all(seated[str(size)], PER_TURN)
                found[f"{size} nodes"].append(sum(spread.us))
            stored = after[0].less(before[0])
            for name, value in {
                "local": near.us[0],
                "owner": far.us[0],
                "edge": far.us[1],
                "nats": far.us[2],
                "database": stored.processor_us / PER_TURN,
                "record_bytes": stored.table_bytes / PER_TURN,
                "log_bytes": stored.log_bytes / PER_TURN,
                "told_bytes": (after[1] - before[1]) / PER_TURN,
                "nats_bytes": through / PER_TURN,
            }.items():
                found[name].append(value)
    # A table grows by pages, many at a time: its turns only mean something together.
    of_all = {"record_bytes": sum(found["record_bytes"]) / TURNS}
    return {name: median(values) for name, values in found.items()} | of_all


async def seats(bench: Bench, nodes: Sequence[NodeProcess]) -> dict[str, list[Dm]]:
    """Return who sits where; all nodes have as many rooms all along, so that none is handed over."""
    three = [
        await bench.sit(owner, edge, f"three-{o}-{e}")
        for e, edge in enumerate(nodes)
        for o, owner in enumerate(nodes)
    ]
    two = []
    for e, edge in enumerate(nodes[:2]):
        two += [await bench.sit(owner, edge, f"two-{o}-{e}") for o, owner in enumerate(nodes[:2])]
        await bench.sit(nodes[2], nodes[2], f"two-idle-{e}")
    one = {}
    for name, edge in (("near", nodes[0]), ("far", nodes[1])):
        one[name] = [await bench.sit(nodes[0], edge, name)]
        for other in (1, 2):
            await bench.sit(nodes[other], nodes[other], f"{name}-idle-{other}")
    return {"3": three, "2": two, **one}


async def wire_us(nats: NatsServer) -> float:
    """Return how long NATS takes to hear something and say something, the kernel's part included."""
    client = Client()
    await client.connect(nats.url)
    took = []
    for _ in range(1_000):
        begun = time.perf_counter()
        await client.flush()
        took.append((time.perf_counter() - begun) * 1e6)
    await client.close()
    return median(took)


async def append_us(database_url: str) -> tuple[float, float]:
    """Return what appending takes, and what each event more of the same batch does."""
    pool: Pool = AsyncConnectionPool(
        database_url, kwargs={"autocommit": True}, min_size=2, max_size=2, open=False
    )
    took: dict[int, list[float]] = {1: [], BATCH: []}
    async with pool:
        journal = PostgresJournal(pool)
        rooms = {count: [RoomId(uuid4()) for _ in range(count)] for count in took}
        for version in range(100):
            for count, times in took.items():
                batch = [reveal(room, version) for room in rooms[count]]
                begun = time.perf_counter()
                await journal.append(batch)
                times.append((time.perf_counter() - begun) * 1e6)
        await journal.close()
    one, many = median(took[1]), median(took[BATCH])
    each = (many - one) / (BATCH - 1)
    return one - each, each


def reveal(room: RoomId, after: int) -> Append:
    revealed = HexesRevealed(hexes=((after, 0, 1),), to="all")
    dm = Member(UserId("dora"), Role.DM)
    return Append(Lease(room), after, (Commit(after, (revealed,), dm, datetime.now(UTC)),))


async def idle_connection(bench: Bench) -> dict[str, float]:
    """Return what a connection costs that says nothing but that it is there."""
    node = await bench.node(None, HEXROOM_SOCKETS_PER_MEMBER="1000", HEXROOM_HEARTBEAT_S="1")
    party = await gather_party(node.url, 0, "idle")
    for _ in range(10):
        await bench.enter(party, node)
    before = private_bytes(node.pid)
    for _ in range(CONNECTIONS):
        await bench.enter(party, node)
    held = (private_bytes(node.pid) - before) / CONNECTIONS
    with Spent(CONNECTIONS * HEARTBEATS_S, node.pid) as used:
        await asyncio.sleep(HEARTBEATS_S)
    return {"connection_bytes": held, "heartbeat_us": used.us[0]}


async def room_bytes(bench: Bench) -> float:
    """Return the memory of a room in play, with a map half explored."""
    node = await bench.node(None)
    before = 0
    for number in range(-10, ROOMS):
        if number == 0:
            before = private_bytes(node.pid)
        party = await gather_party(node.url, 0, f"room{number}")
        async with party.sit(party.dm, node.url) as dm:
            await dm.start()
            await dm.reveal([f"{n % 25},{n // 25}" for n in range(ROOM_HEXES)])
    return (private_bytes(node.pid) - before) / ROOMS


@dataclass(frozen=True)
class Record:
    """What PostgreSQL has used up so far."""

    processor_us: float
    table_bytes: int
    log_bytes: int

    @classmethod
    def of(cls, database: "psycopg.Connection[Any]") -> Self:
        found = database.execute(
            "SELECT pg_backend_pid(), pg_total_relation_size('session_event'),"
            " pg_current_wal_insert_lsn() - '0/0'"
        ).fetchone()
        assert found is not None
        backend, table, log = found
        processes = psutil.Process(psutil.Process(backend).ppid()).children()
        return cls(sum(processor_ns(each.pid) for each in processes) / 1e3, table, int(log))

    def less(self, before: Self) -> Self:
        return type(self)(
            self.processor_us - before.processor_us,
            self.table_bytes - before.table_bytes,
            self.log_bytes - before.log_bytes,
        )
