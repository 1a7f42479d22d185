"""What a second node costs: processes of their own, a real NATS, a real PostgreSQL."""

import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from actors.cluster.lease import Leases, NodeId
from events.journal.database.pool import Pool
from tests.benchmarks.nodes import Bench, Spent, at, reveal_all
from tests.support.party import Party, gather_party

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

SINGLE = 1_000
"""Commands one after the other, for a latency."""
TURNS, WARM_TURNS, PER_TURN = 30, 5, 400
KILLS = 50
LEASES = 5_000


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


async def test_nats_beside_a_local_room(bench: Bench) -> None:
    alone = await bench.node(None)
    nodes = [await bench.node(await bench.nats())]
    dms = [await bench.sit(node, node, f"dm-{node.pid}") for node in (alone, *nodes)]
    costs = []
    for turn in range(-WARM_TURNS, TURNS):
        spent = [0.0, 0.0]
        # In turns, and each pair the other way round: what else the machine does hits both.
        for each in (0, 1) if turn % 2 else (1, 0):
            with Spent(PER_TURN, (alone, *nodes)[each].pid) as used:
                await dms[each].reveal(PER_TURN)
            (spent[each],) = used.us
        if turn >= 0:
            costs.append(tuple(spent))
    ratio = median(with_nats / without for without, with_nats in costs)
    print(
        f"\na local room with NATS beside without: {ratio:.3f} of the processor, median of {TURNS}"
        f" pairs of {PER_TURN} commands, {median(cost for cost, _ in costs):.0f} us alone (limit 1.03)"
    )


async def test_two_nodes_beside_one(bench: Bench) -> None:
    alone = await bench.node(None)
    nats = await bench.nats()
    pair = [await bench.node(nats), await bench.node(nats)]
    at_one = [await bench.sit(alone, alone, f"alone-{n}") for n in range(4)]
    anywhere = [
        await bench.sit(owner, edge, f"dm-{owner.pid}-{edge.pid}-{n}")
        for n in range(2)
        for edge in pair
        for owner in pair
    ]
    costs = []
    for turn in range(-WARM_TURNS, TURNS):
        with Spent(PER_TURN, alone.pid) as one:
            await reveal_all(at_one, PER_TURN)
        # Twice the load, so that each node gathers batches as large as the one alone does.
        with Spent(2 * PER_TURN, *(node.pid for node in pair)) as two:
            await reveal_all(anywhere, 2 * PER_TURN)
        if turn >= 0:
            costs.append((one.us[0], sum(two.us)))
    ratio = median(one / two for one, two in costs)
    print(
        f"\ntwo nodes, rooms anywhere: {ratio:.2f} of one (limit 0.85), median of {TURNS} pairs,"
        f" {median(two for _, two in costs):.0f} us beside {median(one for one, _ in costs):.0f} us"
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
