"""A proxy that puts servers below paths of one host: it takes the path off, or passes it on."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Thread
from typing import Final, TypeAlias

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from tests.support.ports import free_port

_OWN: Final = {"host", "connection", "upgrade", "content-length", "transfer-encoding"}


class PrefixProxy:
    """Passes requests and websockets on to the server of a path; anything else is 404."""

    def __init__(self, *, strips: bool, port: int | None = None) -> None:
        self.port = port or free_port()
        self.origin = f"http://localhost:{self.port}"
        self.targets: dict[str, str] = {}
        """The server of each path, by its own address."""
        self.cookies: dict[str, set[str]] = defaultdict(set)
        """The values of the cookies that came for each path."""
        self._strips = strips

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app)
        async with aiohttp.ClientSession(
            auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        ) as self._http:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", self.port).start()
            yield
            await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path
        prefix = f"/{path.split('/')[1]}"
        if prefix not in self.targets:
            raise web.HTTPNotFound
        self.cookies[prefix].update(request.cookies.values())
        if self._strips:
            path = path.removeprefix(prefix) or "/"
        query = f"?{request.rel_url.raw_query_string}" if request.rel_url.raw_query_string else ""
        url = URL(f"{self.targets[prefix]}{path}{query}", encoded=True)
        headers = {
            name: value for name, value in request.headers.items() if name.lower() not in _OWN
        }
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._join(request, url, headers)
        async with self._http.request(
            request.method,
            url,
            headers={**headers, "Host": request.host},
            data=await request.read() if request.can_read_body else None,
            allow_redirects=False,
        ) as answer:
            kept = CIMultiDict(
                (name, value) for name, value in answer.headers.items() if name.lower() not in _OWN
            )
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    async def _join(
        self, request: web.Request, url: URL, headers: Mapping[str, str]
    ) -> web.WebSocketResponse:
        near = web.WebSocketResponse()
        await near.prepare(request)
        kept = {
            name: value
            for name, value in headers.items()
            if not name.lower().startswith("sec-websocket")
        }
        async with self._http.ws_connect(url, headers=kept) as far:
            await asyncio.wait(
                {asyncio.create_task(_carry(near, far)), asyncio.create_task(_carry(far, near))},
                return_when=asyncio.FIRST_COMPLETED,
            )
            await near.close(code=far.close_code or 1000)
        return near


_Socket: TypeAlias = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _carry(source: _Socket, sink: _Socket) -> None:
    async for message in source:
        await sink.send_str(message.data)


@contextmanager
def in_a_thread(proxy: PrefixProxy) -> Iterator[None]:
    """Run the proxy beside a test that has no event loop."""
    started, stop = Event(), Event()

    async def run() -> None:
        async with proxy.running():
            started.set()
            await asyncio.to_thread(stop.wait)

    thread = Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert started.wait(60)
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
