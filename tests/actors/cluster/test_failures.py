"""What may happen to nodes: real processes, a real NATS, a real PostgreSQL, and a night under way."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from actors.cluster.nats_server import NatsServer
from actors.cluster.ownership import MOVES
from actors.cluster.remote_room import ANSWER_S
from tests.support.nats_proxy import Proxy
from tests.support.party import Party, gather_party
from tests.support.processes import NodeProcess
from tests.support.promises import PATIENCE_S, Watcher, Workload, record_holds, refused
from web.client import RoomClient

AT_ONCE_S = ANSWER_S / 2
"""A refusal that comes sooner than a node gives up waiting for an answer did not wait for one."""
ROOMS = 12
FROZEN_S = 6.0
"""Beyond what had passed when another node took over: ten seconds in all, about."""

pytestmark = pytest.mark.timeout(480)


@dataclass
class Cluster:
    """Nodes as processes; each reaches NATS through a proxy of its own."""

    database_url: str
    nats: NatsServer
    folder: Path
    stack: AsyncExitStack
    cables: dict[str, Proxy] = field(default_factory=dict)

    async def node(self) -> NodeProcess:
        cable = Proxy(lambda: [self.nats.url])
        nats_url = await cable.start("nats")
        self.stack.push_async_callback(cable.stop)
        node = NodeProcess(
            HEXROOM_DATABASE_URL=self.database_url,
            HEXROOM_NATS_URL=nats_url,
            HEXROOM_DATA_DIR=str(self.folder),
            HEXROOM_DATABASE_CONNECTIONS="4",
            HEXROOM_DEMO="0",
            HEXROOM_PORT="0",
            HEXROOM_COMMANDS_PER_SECOND="0",
        )
        self.stack.push_async_callback(node.close)
        await node.start()
        self.cables[node.url] = cable
        return node

    async def balancer(self, *nodes: NodeProcess) -> str:
        """Return a URL that goes to the first node that takes a connection."""
        proxy = Proxy(lambda: [node.url for node in nodes])
        self.stack.push_async_callback(proxy.stop)
        return await proxy.start()

    async def sit(self, client: RoomClient) -> RoomClient:
        return await self.stack.enter_async_context(client)

    async def watch(self, client: RoomClient) -> Watcher:
        watcher = Watcher(await self.sit(client))
        self.stack.push_async_callback(watcher.close)
        return watcher


@pytest.fixture
async def cluster(
    database_url: str, nats_server: NatsServer, tmp_path: Path
) -> AsyncIterator[Cluster]:
    async with AsyncExitStack() as stack:
        yield Cluster(database_url, nats_server, tmp_path, stack)


async def under_way(dm: RoomClient, hexes: int) -> Workload:
    """Start a session; return the work of its DM, once so many hexes were revealed."""
    await dm.start()
    work = Workload(dm)
    work.go()
    await work.some(hexes)
    return work


async def checked(
    cluster: Cluster, party: Party, work: Workload, watchers: tuple[Watcher, ...]
) -> None:
    """End the night: everybody saw everything once, and the record says the same."""
    await work.stop()
    for watcher in watchers:
        await watcher.until_seen(set(work.done))
        assert len(watcher.told) == len(set(watcher.told))
    record_holds(cluster.database_url, party, work.done)


async def test_the_owner_is_killed_and_the_players_see_each_hex_once(cluster: Cluster) -> None:
    owner, second, third = await cluster.node(), await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, await cluster.balancer(owner, second)))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    ben = await cluster.watch(party.sit(party.players[1], third.url))
    work = await under_way(dm, 20)

    owner.signal(signal.SIGKILL)
    await owner.ended()
    await work.some(1)
    await ann.until_seen(set(work.done))

    await work.some(20)
    await checked(cluster, party, work, (ann, ben))


async def test_a_hex_that_is_revealed_as_the_owner_dies_is_seen_once(
    cluster: Cluster,
) -> None:
    owner, second, third = await cluster.node(), await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, await cluster.balancer(owner, second, third)))
    players = [
        await cluster.watch(party.sit(player, node.url))
        for player, node in zip(party.players, (second, third), strict=True)
    ]
    await dm.start()

    revealing = asyncio.create_task(dm.reveal(["7,7"]))
    owner.signal(signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_S):
        await revealing
        for player in players:
            await player.until_seen({"7,7"})

    assert [player.seen for player in players] == [{"7,7"}] * 2
    record_holds(cluster.database_url, party, ["7,7"])


async def test_who_sat_at_a_node_that_was_killed_leaves_the_table_in_time(
    cluster: Cluster,
) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, owner.url))
    ann = await cluster.sit(party.sit(party.players[0], second.url))
    while (await dm.until("player:joined"))["userId"] != party.players[0].id:
        pass

    second.signal(signal.SIGKILL)
    await ann.close()

    async with asyncio.timeout(PATIENCE_S):
        assert (await dm.until("player:left"))["userId"] == party.players[0].id


async def test_an_owner_that_is_told_to_stop_hands_its_rooms_over(cluster: Cluster) -> None:
    owner, second, third = await cluster.node(), await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, second.url))
    ann = await cluster.watch(party.sit(party.players[0], third.url))
    work = await under_way(dm, 20)

    before = len(owner.log)
    owner.signal(signal.SIGTERM)
    await work.some(20)

    assert await owner.ended() == 0
    await checked(cluster, party, work, (ann,))
    assert "WARNING" not in owner.log[before:], "an orderly end is nothing to act on"


async def test_a_frozen_owner_that_thaws_writes_nothing_and_says_so_once(
    cluster: Cluster,
) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    frozen_dm = await cluster.sit(party.sit(party.dm, owner.url))
    dm = await cluster.sit(party.sit(party.dm, second.url))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    work = await under_way(dm, 10)

    before = len(owner.log)
    owner.signal(signal.SIGSTOP)
    frozen = asyncio.create_task(frozen_dm.reveal(["99,99"]))
    await work.some(10)
    await asyncio.sleep(FROZEN_S)
    owner.signal(signal.SIGCONT)
    async with asyncio.timeout(PATIENCE_S):
        await frozen
    work.done.append("99,99")

    await work.some(10)
    await checked(cluster, party, work, (ann,))
    assert owner.log[before:].count("may have lost rooms") == 1
    assert "Traceback" not in owner.log


async def test_nats_stops_and_comes_back(cluster: Cluster) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, owner.url))
    far_dm = await cluster.sit(party.sit(party.dm, second.url))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    work = await under_way(dm, 10)

    await cluster.nats.stop()
    await work.some(20)
    async with asyncio.timeout(AT_ONCE_S):
        assert await refused(far_dm, "50,50") == "unavailable"
    await cluster.nats.start()
    await ann.until_seen(set(work.done))

    await checked(cluster, party, work, (ann,))


async def test_nats_flaps(cluster: Cluster) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, second.url))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    ben = await cluster.watch(party.sit(party.players[1], owner.url))
    work = await under_way(dm, 5)

    for _ in range(5):
        await cluster.nats.stop()
        await cluster.nats.start()
        await work.some(1)

    await work.some(10)
    await checked(cluster, party, work, (ann, ben))


async def test_one_node_is_cut_off_from_nats(cluster: Cluster) -> None:
    owner, second, third = await cluster.node(), await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, second.url))
    cut_off = await cluster.watch(party.sit(party.players[0], third.url))
    far_dm = await cluster.sit(party.sit(party.dm, third.url))
    ann = await cluster.watch(party.sit(party.players[1], second.url))
    work = await under_way(dm, 10)

    cluster.cables[third.url].cut()
    await third.says("away")
    async with asyncio.timeout(AT_ONCE_S):
        assert await refused(far_dm, "50,50") == "unavailable"
    await work.some(20)
    await ann.until_seen(set(work.done))
    cluster.cables[third.url].heal()
    await cut_off.until_seen(set(work.done))

    await checked(cluster, party, work, (ann, cut_off))


async def test_the_owner_is_cut_off_and_keeps_its_room_for_those_who_are_with_it(
    cluster: Cluster,
) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, owner.url))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    work = await under_way(dm, 10)

    cluster.cables[owner.url].cut()
    await work.some(20)
    cluster.cables[owner.url].heal()
    await ann.until_seen(set(work.done))

    await checked(cluster, party, work, (ann,))


async def test_a_node_that_joins_takes_over_its_share_and_no_more_than_a_few_rooms_at_once(
    cluster: Cluster,
) -> None:
    first = await cluster.node()
    parties = [await gather_party(first.url, 1, f"dm{number}") for number in range(ROOMS)]
    dms = [await cluster.sit(party.sit(party.dm, first.url)) for party in parties]
    anns = [await cluster.watch(party.sit(party.players[0], first.url)) for party in parties]
    works = [Workload(dm) for dm in dms]
    for dm, work in zip(dms, works, strict=True):
        await dm.start()
        work.go()
    second = await cluster.node()

    await until_shared(cluster, (ROOMS // 2 - 1, ROOMS // 2 + 1))

    for party, work, ann in zip(parties, works, anns, strict=True):
        await work.some(3)
        await checked(cluster, party, work, (ann,))
    moves = [int(count) for count in re.findall(r"handed (\d+) rooms", first.log)]
    assert max(moves) <= MOVES
    assert sum(moves) <= ROOMS // 2 + 1, "what was moved stays"
    assert "handed" not in second.log
    assert "Traceback" not in first.log + second.log


async def until_shared(cluster: Cluster, share: tuple[int, int]) -> None:
    """Wait until each living node says that it has so many rooms, at least and at most."""
    connection = await psycopg.AsyncConnection.connect(cluster.database_url, autocommit=True)
    async with connection, asyncio.timeout(PATIENCE_S):
        while True:
            found = await connection.execute("SELECT rooms FROM node WHERE until > now()")
            rooms = [row[0] for row in await found.fetchall()]
            if len(rooms) > 1 and all(share[0] <= count <= share[1] for count in rooms):
                return
            await asyncio.sleep(0.1)
