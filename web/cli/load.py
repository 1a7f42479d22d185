"""A bounded load for a running server, with what its people would feel of it.

An account opens campaigns of its own and seats the same few guests in each. Every DM shows one hex
after another; measured is how long an answer takes, and how long until each player has seen the
hex. The campaigns are deleted at the end, whatever happens.
"""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from web.client import CommandRefused, RoomClient, SocketRefused

NAME: Final = "Load test"
ROW: Final = 250
"""Hexes in a row before the next one; the maps of Hexroom have no end, and a row is short to name."""
HTTP_TIMEOUT_S: Final = 30.0
LAST_SEEN_S: Final = 10.0
"""How long what the last commands showed may be on its way when the time is over."""


class LoadError(Exception):
    """The server cannot be put under load; the text says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What load is put on the server."""

    url: str
    token: str
    rooms: int
    players: int
    """In each room."""
    rate: float
    """Commands a second of each room; with 0 as many as ``window`` allows."""
    window: int
    """Commands of a room under way at once, where there is no rate."""
    seconds: float


@dataclass(slots=True)
class Measured:
    """Seconds of each kind, and the codes of what was refused."""

    connects: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    sights: list[float] = field(default_factory=list)
    """From sending the command until a player has the message; one for each player."""
    unseen: int = 0
    """Answered reveals that did not reach a player in time."""
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def report(self) -> dict[str, Any]:
        """Return the figures, times in milliseconds, as JSON takes them."""
        return {
            "commands": len(self.answers),
            "commandsPerSecond": round(len(self.answers) / self.seconds, 1) if self.seconds else 0,
            "connectMs": percentiles(self.connects),
            "answerMs": percentiles(self.answers),
            "seenMs": percentiles(self.sights),
            "unseen": self.unseen,
            "refused": dict(self.refused),
        }


def percentiles(seconds: Iterable[float]) -> dict[str, float] | None:
    """Return p50, p90, p99 and the maximum in milliseconds, each a value that occurred."""
    ordered = sorted(seconds)
    if not ordered:
        return None
    last = len(ordered) - 1
    ranks = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[round(last * rank)] * 1000, 2) for name, rank in ranks.items()}


class LoadRoom:
    """One campaign: a DM who shows hexes, and players who note when they see them."""

    def __init__(self, dm: RoomClient, players: list[RoomClient], measured: Measured) -> None:
        self._dm = dm
        self._players = players
        self._measured = measured
        self._sent: dict[str, float] = {}
        self._awaited: Counter[str] = Counter()
        self._all_seen = asyncio.Event()
        self._all_seen.set()

    async def read(self) -> None:
        """Take every message, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pass_over(self._dm))
            for player in self._players:
                group.create_task(self._watch(player))

    async def _pass_over(self, client: RoomClient) -> None:
        with suppress(SocketRefused):
            async for _ in client.messages():
                pass

    async def _watch(self, player: RoomClient) -> None:
        with suppress(SocketRefused):
            async for message in player.messages():
                if message["type"] == "hex:revealed":
                    self._note(message["hexKeys"])

    def _note(self, keys: Iterable[str]) -> None:
        now = time.perf_counter()
        for key in keys:
            if key in self._sent:
                self._measured.sights.append(now - self._sent[key])
                self._count_off(key)

    def _count_off(self, key: str, by: int = 1) -> None:
        self._awaited[key] -= by
        if self._awaited[key] <= 0:
            del self._awaited[key], self._sent[key]
        if not self._awaited:
            self._all_seen.set()

    async def show(self, key: str) -> bool:
        """Show a hex to all, and note how long the answer took or why it was refused.

        Return whether the connection can take another.
        """
        begun = time.perf_counter()
        if self._players:
            self._sent[key], self._awaited[key] = begun, len(self._players)
            self._all_seen.clear()
        try:
            await self._dm.do("hex:reveal", hexKeys=[key], targets="all")
        except (CommandRefused, SocketRefused, ConnectionError) as refusal:
            code = getattr(refusal, "code", "connection lost")
            self._measured.refused[code if isinstance(code, str) else f"closed {code}"] += 1
            if key in self._awaited:
                self._count_off(key, len(self._players))
            return isinstance(refusal, CommandRefused)
        self._measured.answers.append(time.perf_counter() - begun)
        return True

    async def settle(self) -> None:
        """Wait a while until all that was shown was seen, and count what was not."""
        try:
            await asyncio.wait_for(self._all_seen.wait(), LAST_SEEN_S)
        except TimeoutError:
            self._measured.unseen += self._awaited.total()


async def load(
    plan: Plan, progress: Callable[[str, float], None] = lambda step, part: None
) -> Measured:
    """Put the load on the server and return what was measured; raise LoadError.

    ``progress`` hears what is being done, and how much of it is done, from 0 to 1.
    """
    measured = Measured()
    try:
        async with _account(plan) as account, AsyncExitStack() as stack:
            rooms = []
            async for opened in _opened(plan, account, measured, stack):
                rooms.append(opened)
                progress("opening campaigns", len(rooms) / plan.rooms)
            readers = [asyncio.create_task(room.read()) for room in rooms]
            try:
                await _drive(plan, rooms, measured, progress)
            finally:
                for reader in readers:
                    reader.cancel()
                await asyncio.wait(readers)
    except aiohttp.ClientError as error:
        raise LoadError(f"{plan.url} does not answer as Hexroom does: {error}") from None
    except TimeoutError:
        raise LoadError(f"{plan.url} did not answer within {HTTP_TIMEOUT_S:.0f} s") from None
    return measured


async def _drive(
    plan: Plan, rooms: list[LoadRoom], measured: Measured, progress: Callable[[str, float], None]
) -> None:
    begun = time.perf_counter()
    until = begun + plan.seconds
    lanes = 1 if plan.rate else plan.window
    async with asyncio.TaskGroup() as group:
        for number, room in enumerate(rooms):
            keys = (f"{at % ROW},{at // ROW}" for at in itertools.count())
            # Rooms take turns: no table plays in step with another.
            start = begun + number / len(rooms) / plan.rate if plan.rate else begun
            for _ in range(lanes):
                work = _paced(room, keys, start, until, plan.rate) if plan.rate else None
                group.create_task(work or _as_fast_as_answered(room, keys, until))
        group.create_task(_tell_time(begun, plan.seconds, progress))
    measured.seconds = time.perf_counter() - begun
    await asyncio.gather(*(room.settle() for room in rooms))


async def _as_fast_as_answered(room: LoadRoom, keys: Iterator[str], until: float) -> None:
    while time.perf_counter() < until and await room.show(next(keys)):
        pass


async def _paced(
    room: LoadRoom, keys: Iterable[str], start: float, until: float, rate: float
) -> None:
    """Send at set times, also while earlier commands wait: a slow server gets no pause for it."""
    async with asyncio.TaskGroup() as under_way:
        for number, key in enumerate(keys):
            due = start + number / rate
            if due >= until:
                return
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            under_way.create_task(room.show(key))


async def _tell_time(begun: float, seconds: float, progress: Callable[[str, float], None]) -> None:
    while (passed := time.perf_counter() - begun) < seconds:
        progress("playing", passed / seconds)
        await asyncio.sleep(min(0.2, seconds))
    progress("playing", 1.0)


# People and campaigns


@dataclass(frozen=True, slots=True)
class _Account:
    http: aiohttp.ClientSession
    guests: list[aiohttp.ClientSession]
    """The sessions of the players; each joins by the first campaign's invite, and then the others'."""


@asynccontextmanager
async def _account(plan: Plan) -> AsyncIterator[_Account]:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            _session(plan.url, {"Authorization": f"Bearer {plan.token}"})
        )
        guests = [
            await stack.enter_async_context(_session(plan.url, {})) for _ in range(plan.players)
        ]
        yield _Account(http, guests)


def _session(url: str, headers: dict[str, str]) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        headers={"Origin": url, **headers},
        # A server on this machine is often named by its address.
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        timeout=aiohttp.ClientTimeout(total=HTTP_TIMEOUT_S),
        connector=aiohttp.TCPConnector(limit=0),
    )


async def _opened(
    plan: Plan, account: _Account, measured: Measured, stack: AsyncExitStack
) -> AsyncIterator[LoadRoom]:
    for number in range(1, plan.rooms + 1):
        created = await _ask(
            account.http, "POST", f"{plan.url}/api/campaigns", {"name": f"{NAME} {number}"}
        )
        campaign = created["id"]
        stack.push_async_callback(
            _ask, account.http, "DELETE", f"{plan.url}/api/campaigns/{campaign}"
        )
        players = []
        if account.guests:
            invite = await _ask(
                account.http,
                "POST",
                f"{plan.url}/api/campaigns/{campaign}/invites",
                {"role": "player"},
            )
            accept = f"{plan.url}/api/invites/{invite['token']}/accept"
            for seat, guest in enumerate(account.guests, 1):
                await _ask(guest, "POST", accept, {"name": f"{NAME} {seat}"})
        dm = await _timed(stack, measured, plan.url, campaign, account.http)
        players = [
            await _timed(stack, measured, plan.url, campaign, guest) for guest in account.guests
        ]
        yield LoadRoom(dm, players, measured)


async def _timed(
    stack: AsyncExitStack, measured: Measured, url: str, campaign: str, http: aiohttp.ClientSession
) -> RoomClient:
    begun = time.perf_counter()
    client = await stack.enter_async_context(RoomClient(url, campaign, http=http, patience_s=0))
    measured.connects.append(time.perf_counter() - begun)
    return client


async def _ask(
    http: aiohttp.ClientSession, method: str, url: str, body: dict[str, str] | None = None
) -> Any:
    async with http.request(method, url, json=body) as response:
        text = await response.text()
        if response.status < 400:
            return json.loads(text) if text else None
    try:
        refusal = json.loads(text)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        refusal = f"status {response.status}"
    raise LoadError(f"{method} {url} was refused: {refusal}")
