"""Guests of the crash matrix: they join for a while, and are watched by what a DM's connection is told."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from tests.chaos.clients import Violation

TRY_LATER: Final = 1013
UNAVAILABLE: Final = 503
PATIENT_S: Final = 60.0
"""How long a node may put off who comes."""


@dataclass
class Visitor:
    """A guest of a campaign, with a session of their own."""

    id: str
    campaign: str
    http: aiohttp.ClientSession

    @asynccontextmanager
    async def sit(self, url: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Yield a connection at a node."""
        async with self.http.ws_connect(
            f"{url}/ws?campaignId={self.campaign}", max_msg_size=0, headers={"Origin": url}
        ) as socket:
            yield socket

    @asynccontextmanager
    async def seated(self, url: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Yield a connection at a node, past its state."""
        async with past_its_state(lambda: self.sit(url)) as socket:
            yield socket

    async def code_at(self, url: str) -> int | None:
        """Return the code with which a new connection is closed at once; None where it gets a state."""
        async with asyncio.timeout(PATIENT_S):
            while True:
                async with self.sit(url) as socket:
                    code = await until_closed(socket, but_for="session:state")
                if code != TRY_LATER:
                    return code
                await asyncio.sleep(0.2)

    async def sign_out(self, url: str) -> None:
        await answered(lambda: self.http.post(f"{url}/api/auth/logout", headers={"Origin": url}))


async def answered(call: Callable[[], AbstractAsyncContextManager[aiohttp.ClientResponse]]) -> Any:
    """Return the answer to a call, made again while the server says to; raise Violation for another error."""
    until_s = time.monotonic() + PATIENT_S
    while True:
        async with call() as answer:
            body = await answer.json() if answer.content_type == "application/json" else None
        if answer.status < 300:
            return body
        if answer.status != UNAVAILABLE or time.monotonic() > until_s:
            raise Violation(f"{answer.method} {answer.url} was answered {answer.status}: {body}")
        await asyncio.sleep(0.2)


@asynccontextmanager
async def past_its_state(
    sit: Callable[[], AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse]],
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Yield a connection that got a state; one that is told to try later does, as a page would."""
    until_s = time.monotonic() + PATIENT_S
    while True:
        async with sit() as socket:
            await asyncio.wait_for(until_closed(socket, but_for="session:state"), PATIENT_S)
            if not socket.closed:
                yield socket
                return
            if socket.close_code != TRY_LATER or time.monotonic() > until_s:
                raise Violation(f"a connection ended with {socket.close_code} before its state")
        await asyncio.sleep(0.2)


async def until_present(
    sit: Callable[[], AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse]],
    user: str,
    *,
    present: bool,
) -> None:
    """Watch until a user is shown as present, or as away; raise Violation where a connection ends.

    A state shows it, and so does a message that they joined or left. A connection that is told to
    try later does, as a page would.
    """
    came_or_left = "player:joined" if present else "player:left"
    while True:
        async with sit() as socket:
            async for frame in socket:
                message = frame.json()
                if message["type"] == came_or_left and message["userId"] == user:
                    return
                if message["type"] == "session:state" and _is_present(message, user) is present:
                    return
        if socket.close_code != TRY_LATER:
            raise Violation(f"a connection ended with {socket.close_code} before {came_or_left}")
        await asyncio.sleep(0.2)


def _is_present(state: dict[str, Any], user: str) -> bool:
    return any(each["userId"] == user and each["online"] for each in state["connectedPlayers"])


async def acknowledged(
    sit: Callable[[], AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse]],
    command: dict[str, Any],
) -> None:
    """Send a command with an id until it is acknowledged; raise Violation where a connection ends."""
    while True:
        async with sit() as socket:
            await socket.send_json(command)
            async for frame in socket:
                message = frame.json()
                if message["type"] == "ack" and message["id"] == command["id"]:
                    return
        if socket.close_code != TRY_LATER:
            raise Violation(f"a connection ended with {socket.close_code} before its ack")
        await asyncio.sleep(0.2)


async def until_closed(
    socket: aiohttp.ClientWebSocketResponse, but_for: str | None = None
) -> int | None:
    """Read on until the connection is closed, and return the code; None at a message of a type."""
    async for frame in socket:
        if frame.type is aiohttp.WSMsgType.TEXT and frame.json()["type"] == but_for:
            return None
    return socket.close_code


@dataclass(frozen=True)
class Host:
    """A DM's side of a campaign, over HTTP."""

    campaign: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @asynccontextmanager
    async def visited(self, url: str, chance: random.Random) -> AsyncIterator[Visitor]:
        """Yield a guest who joined by a link of the host's."""
        jar = aiohttp.CookieJar(unsafe=True)  # Cookies of a host that is a number are kept, too.
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            invite = await self.call("POST", url, "/invites", role="player")
            name = f"Guest {chance.randrange(10**6)}"
            where, headers = f"{url}/api/invites/{invite['token']}/accept", {"Origin": url}
            joined = await answered(lambda: http.post(where, json={"name": name}, headers=headers))
            yield Visitor(joined["userId"], self.campaign, http)

    async def call(self, method: str, url: str, path: str, **body: Any) -> Any:
        """Return the answer to a call about the campaign."""
        where = f"{url}/api/campaigns/{self.campaign}{path}"
        async with aiohttp.ClientSession(headers=self.headers) as http:
            return await answered(lambda: http.request(method, where, json=body or None))

    @asynccontextmanager
    async def sit(self, url: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Yield a DM's connection at a node."""
        async with (
            aiohttp.ClientSession(headers=self.headers) as http,
            http.ws_connect(f"{url}/ws?campaignId={self.campaign}", max_msg_size=0) as socket,
        ):
            yield socket

    @asynccontextmanager
    async def seated(self, url: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Yield a DM's connection at a node, past its state."""
        async with past_its_state(lambda: self.sit(url)) as socket:
            yield socket
