"""A real server in a process of its own, to be killed and started again on the same database."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.support.ports import free_port

READY_S = 120


@dataclass
class Server:
    """A server on one port and one database, running or not."""

    database_url: str
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: "asyncio.subprocess.Process | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.port = self.port or free_port()
        environment = {
            **os.environ,
            "HEXROOM_PORT": str(self.port),
            "HEXROOM_DATABASE_URL": self.database_url,
            "HEXROOM_DATABASE_CONNECTIONS": "4",
            "HEXROOM_DEMO": "0",
            "HEXROOM_COMMANDS_PER_SECOND": "0",
            # Nobody is taken for gone who does something else for a while before they read on.
            "HEXROOM_HEARTBEAT_S": "600",
            **self.settings,
        }
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "web.cli.main",
            "serve",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(READY_S):
            line = await self.process.stdout.readline()
        assert re.search(rb"Hexroom is at http", line), line

    async def kill(self) -> None:
        """End it as a power cut would: nothing is flushed, nobody is told."""
        await self.stop(signal.SIGKILL)

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal; return its exit code."""
        if self.process is None:
            return 0
        if self.process.returncode is None:
            self.process.send_signal(number)
        code = await self.process.wait()
        self.process._transport.close()  # type: ignore[attr-defined]
        self.process = None
        return code


@asynccontextmanager
async def a_server(database_url: str, **settings: str) -> AsyncIterator[Server]:
    """Yield a server; whatever becomes of it, it is gone at the end."""
    server = Server(database_url, settings)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


@dataclass
class Member:
    """Somebody of the campaign, by bearer token."""

    user: str
    token: str


@dataclass
class Campaign:
    id: str
    dm: Member
    players: list[Member]


async def a_campaign(server: Server, players: int = 2) -> Campaign:
    """Return a campaign made over HTTP, as people make them; everyone holds a token."""
    async with _browser(server) as dm:
        await _call(
            dm, "/api/auth/signup", name="Dora", email="d@x.example", password="long enough"
        )
        made = await _call(dm, "/api/campaigns", name="Night")
        invite = await _call(dm, f"/api/campaigns/{made['id']}/invites", role="player")
        master = await _member(dm)
    guests = []
    for number in range(players):
        async with _browser(server) as guest:
            name, email = f"Player {number}", f"p{number}@x.example"
            await _call(guest, "/api/auth/signup", name=name, email=email, password="long enough")
            await _call(guest, f"/api/invites/{invite['token']}/accept")
            guests.append(await _member(guest))
    return Campaign(made["id"], master, guests)


def _browser(server: Server) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        server.url,
        headers={"Origin": server.url},
        cookie_jar=aiohttp.CookieJar(unsafe=True),
    )


async def _member(browser: aiohttp.ClientSession) -> Member:
    async with browser.get("/api/me") as response:
        me = await response.json()
    return Member(me["userId"], (await _call(browser, "/api/tokens", name="test"))["token"])


async def _call(browser: aiohttp.ClientSession, path: str, **body: Any) -> Any:
    async with browser.post(path, json=body) as response:
        assert response.status < 300, await response.text()
        return await response.json()
