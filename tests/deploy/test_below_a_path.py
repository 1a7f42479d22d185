"""The proxies' configurations for a server below a path, run: with the path passed on, and taken off."""

import io
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from yarl import URL

from tests.support.party import Party, gather_party
from tests.support.ports import free_port
from tests.support.processes import NodeProcess
from tests.support.promises import Watcher, Workload, record_holds
from tests.support.tls_proxies import Proxy, start_caddy_below, start_nginx_below
from web.client import RoomClient

PATH = "/hexroom"
PICTURE_BYTES = 20_000_000
"""More than proxies let through unless they are told to."""


@pytest.fixture(params=[start_caddy_below, start_nginx_below], ids=["caddy", "nginx"])
async def proxy(
    request: pytest.FixtureRequest, strips: bool, database_url: str, tmp_path: Path
) -> AsyncIterator[Proxy]:
    """Yield a proxy of a server below a path, whose own origin serves nothing else."""
    async with AsyncExitStack() as stack:
        proxy, port = Proxy(tmp_path, PATH), free_port()
        node = NodeProcess(
            HEXROOM_DATABASE_URL=database_url,
            HEXROOM_DATABASE_CONNECTIONS="4",
            HEXROOM_DATA_DIR=str(tmp_path),
            HEXROOM_DEMO="0",
            HEXROOM_PORT=str(port),
            HEXROOM_PUBLIC_URL=proxy.url,
        )
        stack.push_async_callback(node.close)
        await node.start()
        stack.push_async_callback(proxy.stop)
        await request.param(proxy, f"127.0.0.1:{port}", strips=strips)
        yield proxy


@pytest.mark.parametrize("strips", [False, True], ids=["passed on", "taken off"])
async def test_an_evening_below_a_path(proxy: Proxy, database_url: str) -> None:
    async with proxy.browser() as http:
        await the_page_is_there_and_no_figures(http, proxy)
    party = await gather_party(proxy.url, players=1, browser=proxy.browser)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(proxy.browser())
        sit = [
            RoomClient(proxy.url, party.campaign, token=guest.token, http=http)
            for guest in (party.dm, *party.players)
        ]
        dm, player = [await stack.enter_async_context(each) for each in sit]
        watcher = Watcher(player)
        stack.push_async_callback(watcher.close)
        await dm.start()
        work = Workload(dm)
        work.go()
        await work.some(10)
        await a_large_picture_goes_up_and_a_map_comes_down(http, proxy, party)
        await work.some(2)
        await work.stop()
        await watcher.until_seen(set(work.done))
        await the_evening_is_played_again(http, proxy, party)
    record_holds(database_url, party, work.done)


async def the_page_is_there_and_no_figures(http: aiohttp.ClientSession, proxy: Proxy) -> None:
    origin = URL(proxy.url).origin()
    for path, status in (
        ("/", 200),
        ("/healthz", 200),
        ("/api/me", 401),
        ("/metrics", 404),
        ("/readyz", 404),
    ):
        async with http.get(proxy.url + path) as answer:
            assert answer.status == status, path
    # The path without a slash leads to the page, at the same name and port.
    async with http.get(proxy.url, allow_redirects=True) as answer:
        assert (answer.status, answer.url) == (200, origin / "hexroom/")
        assert "/hexroom/static/" in await answer.text()
    async with http.get(origin / "elsewhere") as answer:
        assert answer.headers.get("Server") != "Hexroom"
    form = {"name": "Eve", "email": "eve@example.org", "password": "correct horse battery"}
    headers = {"Origin": str(origin)}
    async with http.post(f"{proxy.url}/api/auth/signup", json=form, headers=headers) as answer:
        assert answer.status == 201
        cookie = answer.headers.getall("Set-Cookie")[-1]
    assert {"Secure", f"Path={PATH}"} <= set(cookie.split("; "))


async def a_large_picture_goes_up_and_a_map_comes_down(
    http: aiohttp.ClientSession, proxy: Proxy, party: Party
) -> None:
    private = PngInfo()
    private.add(b"noYz", random.Random(1).randbytes(PICTURE_BYTES))
    png = io.BytesIO()
    Image.new("RGB", (64, 64)).save(png, "PNG", pnginfo=private)
    png.seek(0)
    path = f"{proxy.url}/api/campaigns/{party.campaign}/map/picture"
    headers = {"Authorization": f"Bearer {party.dm.token}"}
    async with http.put(path, data=png, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
    path = f"{proxy.url}/api/campaigns/{party.campaign}/map"
    vale = {"seed": 5, "width": 40, "height": 30, "orientation": "flat"}
    async with http.post(f"{path}/generate", json=vale, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
    async with http.get(f"{path}/export?format=png", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        Image.open(io.BytesIO(await answer.read())).verify()


async def the_evening_is_played_again(
    http: aiohttp.ClientSession, proxy: Proxy, party: Party
) -> None:
    headers = {"Authorization": f"Bearer {party.dm.token}"}
    path = f"{proxy.url}/api/campaigns/{party.campaign}/sessions"
    async with http.get(path, headers=headers) as answer:
        (session,) = (await answer.json())["sessions"]
    query = f"sessionId={session['id']}&speed=max"
    async with http.ws_connect(f"{proxy.url}/ws/replay?{query}", headers=headers) as socket:
        async for frame in socket:
            said = frame.json()
            if said["type"] == "replay:position" and not said["playing"]:
                assert said["index"] > 0
                return
    raise AssertionError("the replay did not come to its end")
