"""What may happen to nodes: real processes, a real NATS, a real PostgreSQL, and a night under way."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from actors.cluster.server import NatsServer
from tests.actors.cluster.party import Party, gather_party
from tests.actors.cluster.processes import NodeProcess
from tests.actors.cluster.promises import Watcher, Workload, record_holds, refused
from tests.actors.cluster.proxy import Proxy
from web.client import RoomClient

HEALED_S = 5.0
FROZEN_S = 6.0
"""Beyond what had passed when another node took over: ten seconds in all, about."""

pytestmark = pytest.mark.timeout(120)


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


async def checked(
    cluster: Cluster, party: Party, work: Workload, watchers: tuple[Watcher, ...]
) -> None:
    """End the night: everybody saw everything once, and the record says the same."""
    await work.stop()
    for watcher in watchers:
        await watcher.until_seen(set(work.done), HEALED_S)
        assert len(watcher.told) == len(set(watcher.told))
    record_holds(cluster.database_url, party, work.done)


async def test_the_owner_is_killed_and_the_players_see_each_hex_once(cluster: Cluster) -> None:
    owner, second, third = await cluster.node(), await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, await cluster.balancer(owner, second)))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    ben = await cluster.watch(party.sit(party.players[1], third.url))
    await dm.start()
    work = Workload(dm)
    work.go()
    await work.some(20)

    owner.signal(signal.SIGKILL)
    await owner.ended()
    await work.some(1, within_s=HEALED_S)
    await ann.until_seen(set(work.done), HEALED_S)

    await work.some(20)
    await checked(cluster, party, work, (ann, ben))


async def test_an_owner_that_is_told_to_stop_hands_its_rooms_over(cluster: Cluster) -> None:
    owner, second, third = await cluster.node(), await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, second.url))
    ann = await cluster.watch(party.sit(party.players[0], third.url))
    await dm.start()
    work = Workload(dm)
    work.go()
    await work.some(20)

    owner.signal(signal.SIGTERM)
    await work.some(20, within_s=HEALED_S)

    assert await owner.ended() == 0
    await checked(cluster, party, work, (ann,))


async def test_a_frozen_owner_that_thaws_writes_nothing_and_says_so_once(
    cluster: Cluster,
) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    frozen_dm = await cluster.sit(party.sit(party.dm, owner.url))
    dm = await cluster.sit(party.sit(party.dm, second.url))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    await dm.start()
    work = Workload(dm)
    work.go()
    await work.some(10)

    owner.signal(signal.SIGSTOP)
    frozen = asyncio.create_task(frozen_dm.reveal(["99,99"]))
    await work.some(10, within_s=HEALED_S)
    await asyncio.sleep(FROZEN_S)
    owner.signal(signal.SIGCONT)
    async with asyncio.timeout(HEALED_S):
        await frozen
    work.done.append("99,99")

    await work.some(10)
    await checked(cluster, party, work, (ann,))
    assert owner.log.count("was away too long") == 1
    assert "Traceback" not in owner.log


async def test_nats_stops_and_comes_back(cluster: Cluster) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, owner.url))
    far_dm = await cluster.sit(party.sit(party.dm, second.url))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    await dm.start()
    work = Workload(dm)
    work.go()
    await work.some(10)

    await cluster.nats.stop()
    await work.some(20)
    async with asyncio.timeout(1):
        assert await refused(far_dm, "50,50") == "unavailable"
    await cluster.nats.start()
    await ann.until_seen(set(work.done), HEALED_S)

    await checked(cluster, party, work, (ann,))


async def test_nats_flaps(cluster: Cluster) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, second.url))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    ben = await cluster.watch(party.sit(party.players[1], owner.url))
    await dm.start()
    work = Workload(dm)
    work.go()
    await work.some(5)

    for _ in range(5):
        await cluster.nats.stop()
        await cluster.nats.start()
        await work.some(1)

    await work.some(10, within_s=HEALED_S)
    await checked(cluster, party, work, (ann, ben))


async def test_one_node_is_cut_off_from_nats(cluster: Cluster) -> None:
    owner, second, third = await cluster.node(), await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, second.url))
    cut_off = await cluster.watch(party.sit(party.players[0], third.url))
    ann = await cluster.watch(party.sit(party.players[1], second.url))
    await dm.start()
    work = Workload(dm)
    work.go()
    await work.some(10)

    cluster.cables[third.url].cut()
    await work.some(20)
    await ann.until_seen(set(work.done), HEALED_S)
    cluster.cables[third.url].heal()
    await cut_off.until_seen(set(work.done), HEALED_S)

    await checked(cluster, party, work, (ann, cut_off))


async def test_the_owner_is_cut_off_and_keeps_its_room_for_those_who_are_with_it(
    cluster: Cluster,
) -> None:
    owner, second = await cluster.node(), await cluster.node()
    party = await gather_party(owner.url)
    dm = await cluster.sit(party.sit(party.dm, owner.url))
    ann = await cluster.watch(party.sit(party.players[0], second.url))
    await dm.start()
    work = Workload(dm)
    work.go()
    await work.some(10)

    cluster.cables[owner.url].cut()
    await work.some(20)
    cluster.cables[owner.url].heal()
    await ann.until_seen(set(work.done), HEALED_S)

    await checked(cluster, party, work, (ann,))


async def test_a_node_that_joins_takes_over_its_share(cluster: Cluster) -> None:
    first = await cluster.node()
    parties = [await gather_party(first.url, 1, f"dm{number}") for number in range(6)]
    sitting = [await cluster.sit(party.sit(party.dm, first.url)) for party in parties]
    second = await cluster.node()

    await first.says("handed")
    for dm in sitting:
        await dm.reveal(["0,0"])

    assert "Traceback" not in first.log + second.log
