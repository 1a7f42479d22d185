"""A receiver of webhooks on this machine, which answers as it is told and keeps what came."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Receiver:
    """What came, and what is answered; 204 where nothing else is said."""

    said: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    answers: deque[tuple[int, Mapping[str, str]]] = field(default_factory=deque)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, it does not answer."""
    came: asyncio.Event = field(default_factory=asyncio.Event)
    hangs_up: bool = False
    url: str = ""

    @property
    def host(self) -> str:
        return self.url.split("/")[2]

    async def take(self, request: web.Request) -> web.StreamResponse:
        if request.content_type == "multipart/form-data":
            form = await request.post()
            said, file = form["payload_json"], form["files[0]"]
            assert isinstance(said, bytearray)
            self.said.append(json.loads(said))
            assert isinstance(file, web.FileField)
            self.pictures.append(file.file.read())
        else:
            self.said.append(await request.json())
        self.came.set()
        await self.open.wait()
        if self.hangs_up and request.transport is not None:
            request.transport.close()
        status, headers = self.answers.popleft() if self.answers else (204, {})
        return web.Response(status=status, headers=headers)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Yield a receiver that is reached."""
    receiver = Receiver()
    receiver.open.set()
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/api/webhooks/1234567890/{secret}", receiver.take)
    async with TestServer(app) as server:
        receiver.url = str(server.make_url("/api/webhooks/1234567890/a-very-long-secret-token"))
        yield receiver
