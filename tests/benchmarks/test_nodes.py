"""What a second node costs: processes of their own, a real NATS, a real PostgreSQL."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from pathlib import Path
from uuid import UUID

import psutil
import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from actors.cluster.lease import Leases, NodeId
from actors.cluster.server import NatsServer
from events.journal.database import Pool
from tests.actors.cluster.party import Party, gather_party
from tests.actors.cluster.processes import NodeProcess
from tests.simulation.cluster import Costs, simulate
from web.client import RoomClient

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

SINGLE = 1_000
"""Commands one after the other, for a latency."""
PIPELINED = 3_000
AT_ONCE = 50
KILLS = 50
ROOT = Path(__file__).parents[2]
KNOWN_COSTS = ROOT / "tests" / "simulation" / "costs.json"
MEASURED_COSTS = ROOT / "build" / "costs.json"
"""What `make simulate` reads, once this has run."""
LEASES = 5_000


class Bench:
    """Starts nodes, and ends them."""

    def __init__(self, database_url: str, folder: Path, stack: AsyncExitStack) -> None:
        self._database_url = database_url
        self._folder = folder
        self._stack = stack

    async def nats(self) -> NatsServer:
        server = NatsServer()
        self._stack.push_async_callback(server.stop)
        await server.start()
        return server

    async def node(self, nats: NatsServer | None) -> NodeProcess:
        node = NodeProcess(
            HEXROOM_DATABASE_URL=self._database_url,
            HEXROOM_DATA_DIR=str(self._folder),
            HEXROOM_DATABASE_CONNECTIONS="4",
            HEXROOM_DEMO="0",
            HEXROOM_PORT="0",
            HEXROOM_COMMANDS_PER_SECOND="0",
            **({} if nats is None else {"HEXROOM_NATS_URL": nats.url}),
        )
        self._stack.push_async_callback(node.close)
        await node.start()
        return node


@pytest.fixture
async def bench(database_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        yield Bench(database_url, tmp_path, stack)


async def latencies(seats: Sequence[tuple[Party, str]]) -> list[list[float]]:
    """Return for each seat the milliseconds of commands one after the other, sorted.

    The seats take turns, so that whatever else the machine does happens to all of them.
    """
    took: list[list[float]] = [[] for _ in seats]
    async with AsyncExitStack() as stack:
        dms = [await stack.enter_async_context(party.sit(party.dm, url)) for party, url in seats]
        for q in range(-50, SINGLE):
            for dm, mine in zip(dms, took, strict=True):
                begun = time.perf_counter()
                await dm.reveal([f"{q},0"])
                if q >= 0:
                    mine.append((time.perf_counter() - begun) * 1000)
    return [sorted(each) for each in took]


async def spend(seats: Sequence[tuple[Party, str]], pids: Sequence[int]) -> list[float]:
    """Return the microseconds of processor that each process spends on a command of any seat."""
    processes = [psutil.Process(pid) for pid in pids]
    async with AsyncExitStack() as stack:
        dms = [await stack.enter_async_context(party.sit(party.dm, url)) for party, url in seats]
        before = [sum(each.cpu_times()[:2]) for each in processes]
        each_does = PIPELINED // len(dms)
        await asyncio.gather(*(_reveal(dm, each_does) for dm in dms))
        after = [sum(each.cpu_times()[:2]) for each in processes]
    done = each_does * len(dms)
    return [(now - then) / done * 1e6 for then, now in zip(before, after, strict=True)]


async def _reveal(dm: RoomClient, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        await asyncio.gather(*(dm.reveal([f"{start + q},0"]) for q in range(AT_ONCE)))


def at(took: list[float], part: float) -> float:
    return took[min(len(took) - 1, int(len(took) * part))]


async def test_a_command_to_a_room_on_another_node(bench: Bench) -> None:
    nats = await bench.nats()
    here, there = await bench.node(nats), await bench.node(nats)
    near, far = await latencies(
        [
            (await gather_party(here.url, 0, "near"), here.url),
            (await gather_party(here.url, 0, "far"), there.url),
        ]
    )
    for part, limit in ((0.5, 0.5), (0.99, 2.0)):
        more = at(far, part) - at(near, part)
        print(
            f"\nroom on another node, p{part * 100:.0f}: {at(far, part):.2f} ms,"
            f" here {at(near, part):.2f} ms, {more:.2f} ms more (limit {limit})"
        )


async def test_processor_time_of_a_command_and_what_the_simulation_makes_of_it(
    bench: Bench,
) -> None:
    alone = await bench.node(None)
    party = await gather_party(alone.url, 0)
    await spend([(party, alone.url)], [alone.pid])
    party = await gather_party(alone.url, 0, "again")
    (without,) = await spend([(party, alone.url)], [alone.pid])
    alone.signal(signal.SIGTERM)
    await alone.ended()

    nats = await bench.nats()
    assert nats.pid is not None
    nodes = [await bench.node(nats) for _ in range(2)]
    await spend([(await gather_party(nodes[0].url, 0, "warm"), nodes[1].url)], [])
    party = await gather_party(nodes[0].url, 0, "near")
    (local,) = await spend([(party, nodes[0].url)], [nodes[0].pid])
    party = await gather_party(nodes[0].url, 0, "far")
    owner, edge, carried = await spend(
        [(party, nodes[1].url)], [nodes[0].pid, nodes[1].pid, nats.pid]
    )
    print(
        f"\nprocessor of a command: {without:.0f} us alone, {local:.0f} us with NATS and a local"
        f" room ({local / without:.2f}; limit 1.03); on another node {owner:.0f} us there,"
        f" {edge:.0f} us here, {carried:.0f} us of NATS"
    )
    # Half of the sockets land where their room is, by chance.
    of_one = without / ((local + owner + edge) / 2)
    print(f"two nodes, rooms anywhere: {of_one:.2f} of one (limit 0.85)")

    costs = replace(Costs.read(KNOWN_COSTS), local_us=local, edge_us=edge, owner_us=owner)
    MEASURED_COSTS.parent.mkdir(exist_ok=True)
    MEASURED_COSTS.write_text(json.dumps(asdict(costs)))
    for size in (2, 3):
        nodes += [await bench.node(nats) for _ in range(size - len(nodes))]
        seats = [
            (await gather_party(owner.url, 0, f"s{size}-{o}-{e}"), edge.url)
            for o, owner in enumerate(nodes)
            for e, edge in enumerate(nodes)
        ]
        spent = sum(await spend(seats, [node.pid for node in nodes]))
        foreseen = simulate(costs, size, 1_000).node_us
        print(
            f"{size} nodes, rooms anywhere: {spent:.0f} us a command, simulated {foreseen:.0f} us"
            f" ({foreseen / spent - 1:+.0%})"
        )


async def test_takeover(bench: Bench) -> None:
    nats = await bench.nats()
    stays, owner = await bench.node(nats), await bench.node(nats)
    took = []
    for kill in range(KILLS):
        party = await gather_party(owner.url, 0, f"dm{kill}")
        async with party.sit(party.dm, stays.url) as dm:
            await dm.start()
            owner.signal(signal.SIGKILL)
            begun = time.perf_counter()
            await dm.reveal(["0,0"])
            took.append(time.perf_counter() - begun)
        owner = await bench.node(nats)
    took.sort()
    print(
        f"\ntakeover of {KILLS} kills: median {at(took, 0.5):.2f} s, slowest {took[-1]:.2f} s"
        " (limit 5)"
    )
    assert took[-1] < 5


async def test_renewing_leases(database_url: str) -> None:
    pool: Pool = AsyncConnectionPool(
        database_url, kwargs={"autocommit": True}, min_size=1, max_size=1, open=False
    )
    async with pool:
        leases = Leases(pool, NodeId("bench"), "bench")
        await leases.enter()
        with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO room_lease (campaign_id, node, epoch) VALUES (%s, 'bench', 1)",
                [(UUID(int=number),) for number in range(LEASES)],
            )
        took = []
        for _ in range(50):
            begun = time.perf_counter()
            await leases.renew(LEASES, 0)
            took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    print(f"\nrenewing {LEASES} leases: median {at(took, 0.5):.2f} ms, slowest {took[-1]:.2f} ms")
    assert took[-1] < 20
