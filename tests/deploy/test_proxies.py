"""The proxies' configurations, run: two nodes behind TLS, and a table that sits through them."""

import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from actors.cluster.nats_server import NatsServer
from tests.support.party import Guest, Party, gather_party
from tests.support.ports import free_port
from tests.support.processes import NodeProcess
from tests.support.promises import Watcher, Workload, record_holds
from tests.support.tls_proxies import Proxy, start_caddy, start_nginx
from web.client import RoomClient

TIMES = 3
"""How often each comes in: enough that chance would hardly ever seat all at one node."""


@dataclass(frozen=True)
class House:
    """A proxy in front of two nodes."""

    proxy: Proxy
    nodes: tuple[NodeProcess, ...]
    addresses: tuple[str, ...]
    """Where the nodes listen, behind the proxy."""

    def sit(self, party: Party, guest: Guest, http: aiohttp.ClientSession) -> RoomClient:
        """Return a client that goes through the proxy."""
        return RoomClient(self.proxy.url, party.campaign, token=guest.token, http=http)


@pytest.fixture(params=[start_caddy, start_nginx], ids=["caddy", "nginx"])
async def house(
    request: pytest.FixtureRequest, database_url: str, nats_server: NatsServer, tmp_path: Path
) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        proxy, nodes = Proxy(tmp_path), []
        ports = [str(free_port()) for _ in range(2)]
        for port in ports:
            node = NodeProcess(
                HEXROOM_DATABASE_URL=database_url,
                HEXROOM_DATABASE_CONNECTIONS="4",
                HEXROOM_NATS_URL=nats_server.url,
                HEXROOM_DATA_DIR=str(tmp_path),
                HEXROOM_DEMO="0",
                HEXROOM_PORT=port,
                HEXROOM_PUBLIC_URL=proxy.url,
            )
            stack.push_async_callback(node.close)
            await node.start()
            nodes.append(node)
        stack.push_async_callback(proxy.stop)
        addresses = [f"127.0.0.1:{port}" for port in ports]
        await request.param(proxy, addresses)
        yield House(proxy, tuple(nodes), tuple(addresses))


async def test_a_table_sits_through_the_proxy_while_a_node_is_stopped(
    house: House, database_url: str
) -> None:
    party = await gather_party(house.proxy.url, browser=house.proxy.browser)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(house.proxy.browser())
        dm = await stack.enter_async_context(house.sit(party, party.dm, http))
        watchers = []
        for player in party.players:
            seat = await stack.enter_async_context(house.sit(party, player, http))
            watchers.append(Watcher(seat))
            stack.push_async_callback(watchers[-1].close)
        await dm.start()
        work = Workload(dm)
        work.go()
        await work.some(10)

        house.nodes[0].signal(signal.SIGTERM)
        assert await house.nodes[0].ended() == 0
        await work.some(10)

        await work.stop()
        for watcher in watchers:
            await watcher.until_seen(set(work.done))
            assert len(watcher.told) == len(set(watcher.told))
    record_holds(database_url, party, work.done)


async def test_a_table_sits_at_one_node_whoever_of_it_comes(house: House) -> None:
    party = await gather_party(house.proxy.url, browser=house.proxy.browser)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(house.proxy.browser())
        for guest in (party.dm, *party.players) * TIMES:
            await stack.enter_async_context(house.sit(party, guest, http))

        open_at = [await sockets(address) for address in house.addresses]

    assert sorted(open_at) == [0, 3 * TIMES]


async def sockets(address: str) -> int:
    """Return how many sockets are open at the node there, as it says itself."""
    async with aiohttp.ClientSession() as http, http.get(f"http://{address}/metrics") as answer:
        (found,) = re.findall(r"^hexroom_connections (\d+)", await answer.text(), re.MULTILINE)
    return int(found)


async def test_the_public_sees_the_page_and_no_figures(house: House) -> None:
    async with house.proxy.browser() as http:
        for path, status in (("/", 200), ("/healthz", 200), ("/metrics", 404), ("/readyz", 404)):
            async with http.get(house.proxy.url + path) as answer:
                assert answer.status == status, path
                if status == 200:
                    once = answer.headers.getall("Strict-Transport-Security")
                    assert once == ["max-age=31536000"], path
        form = {"name": "Ann", "email": "ann@example.org", "password": "correct horse battery"}
        origin = {"Origin": house.proxy.url}
        async with http.post(
            f"{house.proxy.url}/api/auth/signup", json=form, headers=origin
        ) as answer:
            assert answer.status < 300
            cookie = answer.headers["Set-Cookie"]
    assert "Secure" in cookie
