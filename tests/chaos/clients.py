"""Clients of the crash matrix: DMs who send and send again, players who remember all they were shown.

They share no code with the server or its own client, so that they cannot share its mistakes.
"""

import asyncio
import itertools
import json
import random
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.chaos.linear import Call

OPEN_CODES = frozenset({"busy", "unavailable", "internal"})
"""Errors after which a command is sent again under its id."""
WINDOW = 4
"""Commands that a writer has under way."""
TRAIL = 60
LOST = (aiohttp.ClientError, OSError, TimeoutError)


class Violation(AssertionError):
    """A promise was broken; the text says which and how."""


class NotHere(Exception):
    """A fault cannot be injected on this machine, or in this world; the text says why."""


@dataclass
class Sent:
    """A command under way or acknowledged."""

    frame: str
    number: int
    first_sent: float
    troubled: bool = False
    """Whether it was sent twice or refused for a while: its place among its neighbours is open then."""


@dataclass(eq=False)
class Writer:
    """One DM's connection: keeps some commands under way, answers losses by sending again."""

    name: str
    token: str
    campaign: str
    nodes: Callable[[], list[str]]
    commands: Callable[[int], dict[str, Any]]
    chance: random.Random
    window: int = WINDOW
    open: dict[str, Sent] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Ids with their frames."""
    calls: list[Call] = field(default_factory=list)
    resent: int = 0
    going: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _trail: deque[str] = field(default_factory=lambda: deque(maxlen=TRAIL))
    """What was sent and answered last, for whoever reads of a violation."""

    async def run(self) -> None:
        """Play until cancelled; raise Violation."""
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.token}"}) as http:
            while True:
                url = self.chance.choice(self.nodes())
                with suppress(*LOST):
                    async with http.ws_connect(
                        f"{url}/ws?campaignId={self.campaign}", max_msg_size=0, heartbeat=5
                    ) as socket:
                        await self._play(socket)
                await asyncio.sleep(0.05 + 0.2 * self.chance.random())

    async def _play(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._trail.append("connected")
        for sent in self.open.values():
            sent.troubled = True
            self._trail.append(f"again {sent.number}")
            await socket.send_str(sent.frame)
        known = list(self.acknowledged.items())
        for _, again in self.chance.sample(known, min(2, len(known))):
            # Acknowledged long ago, and sent again all the same: it must change nothing.
            self.resent += 1
            await socket.send_str(again)
        await self._fill(socket)
        feeding = asyncio.create_task(self._feed(socket))
        try:
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    await self._take(socket, json.loads(frame.data))
        finally:
            feeding.cancel()

    async def _feed(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        with suppress(*LOST):
            while True:
                await self.going.wait()
                await self._fill(socket)
                await asyncio.sleep(0.02)

    async def _fill(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while self.going.is_set() and len(self.open) < self.window:
            number = next(self._numbers)
            id_ = f"{self.name}-{number}"
            frame = json.dumps({**self.commands(number), "id": id_})
            self.idle.clear()
            self.open[id_] = Sent(frame, number, time.monotonic())
            self._trail.append(f"send {number}")
            await socket.send_str(frame)

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ack":
                sent = self.open.pop(message["id"], None)
                if sent is not None:
                    self._trail.append(f"ack {sent.number}")
                    # Those in trouble keep their place in real time, not among their neighbours.
                    client = f"{self.name} {message['id']}" if sent.troubled else self.name
                    self.calls.append(
                        Call(client, sent.number, message["id"], sent.first_sent, time.monotonic())
                    )
                    self.acknowledged[message["id"]] = sent.frame
                    if not self.open:
                        self.idle.set()
                await self._fill(socket)
            case "error" if message.get("id") in self.open and message["code"] in OPEN_CODES:
                for sent in self.open.values():
                    sent.troubled = True
                self._trail.append(f"{message['code']} {self.open[message['id']].number}")
                await asyncio.sleep(0.05)
                await socket.send_str(self.open[message["id"]].frame)
            case "error" if message.get("id") in self.open:
                raise Violation(
                    f"G3: {message['id']} was refused: {message}; before that: {', '.join(self._trail)}"
                )
            case _:
                pass


@dataclass(eq=False)
class Reader:
    """A player: checks each message, and resumes after each loss."""

    name: str
    token: str
    campaign: str
    nodes: Callable[[], list[str]]
    chance: random.Random
    seen: set[str] = field(default_factory=set)
    states: int = 0
    messages: int = 0
    close_code: int | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _seq: int = 0
    _resume: str | None = None
    _url: str = ""
    """The node that it is connected to, or was last."""
    _heard: float = 0.0

    async def run(self) -> None:
        """Read until cancelled, or closed for good; raise Violation."""
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.token}"}) as http:
            while self.close_code not in (4001, 4003):
                query = f"campaignId={self.campaign}"
                if self._resume is not None:
                    query += f"&resume={self._resume}&after={self._seq}"
                self._url = url = self.chance.choice(self.nodes())
                with suppress(*LOST):
                    async with http.ws_connect(
                        f"{url}/ws?{query}", max_msg_size=0, heartbeat=5
                    ) as socket:
                        async for frame in socket:
                            if frame.type is aiohttp.WSMsgType.TEXT:
                                self._take(json.loads(frame.data))
                        self.close_code = socket.close_code
                await asyncio.sleep(0.05 + 0.2 * self.chance.random())

    async def until_seen(self, hexes: set[str], limit_s: float) -> None:
        """Wait until all of the hexes were seen; raise Violation past the limit."""
        try:
            async with asyncio.timeout(limit_s):
                while not hexes <= self.seen:
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise Violation(
                f"G6: {self.name} was never shown {sorted(hexes - self.seen)[:5]}; at {self._url}, where"
                f" {self._seq} came last, {time.monotonic() - self._heard:.1f} s ago; closed before with {self.close_code}"
            ) from None

    def _take(self, message: dict[str, Any]) -> None:
        self.messages += 1
        self._heard = time.monotonic()
        match message["type"]:
            case "session:state":
                now = set(message["revealedHexes"])
                if not self.seen <= now:
                    lost = sorted(self.seen - now)[:5]
                    raise Violation(
                        f"G2: {self.name} was shown {lost}, and a later state lacks them"
                    )
                self.seen, self._seq, self._resume = now, message["seq"], message["resume"]
                self.states += 1
            case _ if "seq" in message:
                if message["seq"] != self._seq + 1:
                    raise Violation(f"G6: {self.name} got {message['seq']} after {self._seq}")
                self._seq += 1
                if message["type"] == "hex:revealed":
                    if twice := self.seen & set(message["hexKeys"]):
                        raise Violation(f"G3: {self.name} was shown {sorted(twice)[:5]} twice")
                    self.seen |= set(message["hexKeys"])
            case _:
                pass
        self.news.set()
