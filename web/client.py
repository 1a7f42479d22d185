"""A small client: commands as methods, messages as a stream, reconnecting where it left off.

::

    async with RoomClient("http://127.0.0.1:8080", campaign, token=token) as room:
        await room.reveal(["0,0", "1,0"])
        async for message in room.messages():
            print(message["type"])
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

import aiohttp

from actors.runtime.backoff import Backoff
from actors.runtime.clock import Clock, SystemClock
from events.core.messages import JSON

logger = logging.getLogger(__name__)

FINAL_CLOSES: Final = frozenset({1009, 4001, 4002, 4003})
"""Close codes after which coming back would end the same way."""
RETRIED: Final = frozenset({"busy", "unavailable", "rate_limited"})
"""Errors that may be gone when the command is sent again under its id."""
LONGEST_DELAY_S: Final = 5.0
HEARTBEAT_S: Final = 15.0

Message = Mapping[str, Any]
Targets = Literal["all"] | Mapping[str, JSON]


class CommandRefused(Exception):
    """The server refused a command; ``code`` is one of PROTOCOL.md's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SocketRefused(Exception):
    """The server closed the socket for good."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with {code}: {reason}")
        self.code = code


class RoomClient:
    """One user in one campaign. Made, connected inside ``async with``, closed.

    A lost connection is made again and resumed: messages go on where they stopped, or begin with a
    new ``session:state``; commands without an answer are sent again under the same ids, so each
    takes effect once.
    """

    def __init__(
        self,
        url: str,
        campaign: str,
        *,
        token: str | None = None,
        http: aiohttp.ClientSession | None = None,
        as_user: str | None = None,
        staged_delta: bool = False,
        patience_s: float = 30.0,
        clock: Clock | None = None,
    ) -> None:
        self.state: Message = {}
        """The last ``session:state``."""
        self.seq = 0
        """The number of the last message that came of events."""
        self._url = url.rstrip("/")
        self._origin = urlsplit(url)._replace(path="", query="", fragment="").geturl()
        self._query = {
            "campaignId": str(campaign),
            **({"as": as_user} if as_user else {}),
            **({"staged": "delta"} if staged_delta else {}),
        }
        self._token = token
        self._http = http
        self._owns_http = http is None
        self._patience_s = patience_s
        self._clock = clock or SystemClock()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._unanswered: dict[str, tuple[str, asyncio.Future[int]]] = {}
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue()
        self._greeted = asyncio.Event()
        self._ended: Exception | None = None
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._http is None:
            self._http = aiohttp.ClientSession()
        self._running = asyncio.create_task(self._run())
        greeted = asyncio.create_task(self._greeted.wait())
        await asyncio.wait({self._running, greeted}, return_when=asyncio.FIRST_COMPLETED)
        greeted.cancel()
        if self._ended is not None:
            await self.close()
            raise self._ended
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave; commands without an answer are given up."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})
        if self._socket is not None:
            await self._socket.close()
        if self._owns_http and self._http is not None:
            await self._http.close()
        self._end(ConnectionError("the client was closed"))

    async def messages(self) -> AsyncIterator[Message]:
        """Yield each message but acks and errors of commands, until the connection ends for good."""
        while (message := await self._messages.get()) is not None:
            yield message
        if isinstance(self._ended, SocketRefused):
            raise self._ended

    async def until(self, type: str) -> Message:
        """Return the next message of that type, passing over others."""
        async for message in self.messages():
            if message["type"] == type:
                return message
        raise ConnectionError("the connection ended")

    async def do(self, type: str, **fields: JSON) -> int:
        """Return the number of your message by which the command took effect; raise CommandRefused.

        Fields are named as on the wire. Busy or unavailable rooms are asked again for a while.
        """
        id_ = f"{self._clock.seed():032x}"
        given = {name: value for name, value in fields.items() if value is not None}
        frame = json.dumps({"type": type, "id": id_, **given}, separators=(",", ":"))
        until = self._clock.monotonic() + self._patience_s
        pauses = Backoff(0.05, LONGEST_DELAY_S)
        while True:
            try:
                return await self._ask(id_, frame)
            except CommandRefused as refusal:
                if refusal.code not in RETRIED or self._clock.monotonic() > until:
                    raise
            await pauses.wait()

    async def ping(self) -> None:
        """Ask for a pong, which comes as a message."""
        if self._socket is not None:
            await self._socket.send_str('{"type":"ping"}')

    # The commands, one method each

    async def start(self) -> int:
        return await self.do("session:start")

    async def pause(self) -> int:
        return await self.do("session:pause")

    async def resume(self) -> int:
        return await self.do("session:resume")

    async def end(self) -> int:
        return await self.do("session:end")

    async def mode(self, mode: Literal["immediate", "staged"]) -> int:
        return await self.do("broadcast:mode", mode=mode)

    async def publish(self, changes: Iterable[str | int] | None = None) -> int:
        return await self.do(
            "broadcast:publish", changeIds=None if changes is None else list(changes)
        )

    async def undo_staged(self, change: str | int) -> int:
        return await self.do("staged:undo", changeId=change)

    async def reveal(
        self,
        hexes: Iterable[str] | Literal["all"],
        targets: Targets = "all",
        tier: Literal["terrain", "full"] | None = None,
    ) -> int:
        return await self.do("hex:reveal", hexKeys=_keys(hexes), targets=targets, tier=tier)

    async def hide(self, hexes: Iterable[str] | Literal["all"], targets: Targets = "all") -> int:
        return await self.do("hex:hide", hexKeys=_keys(hexes), targets=targets)

    async def update(self, terrain: Mapping[str, str]) -> int:
        return await self.do(
            "hex:update", changes=[{"key": key, "terrain": what} for key, what in terrain.items()]
        )

    async def move(self, token: str, to: str) -> int:
        return await self.do("token:move", tokenId=token, toHexKey=to)

    async def undo(self, version: int | None = None) -> int:
        return await self.do("history:undo", version=version)

    async def redo(self) -> int:
        return await self.do("history:redo")

    # The connection

    async def _ask(self, id_: str, frame: str) -> int:
        if self._ended is not None:
            raise self._ended
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._unanswered[id_] = (frame, answer)
        try:
            await self._send(frame)
            return await answer
        finally:
            self._unanswered.pop(id_, None)

    async def _send(self, frame: str) -> None:
        if self._socket is not None and self._greeted.is_set():
            # A lost connection is not an error: the command is sent again on the next.
            with suppress(ConnectionError):
                await self._socket.send_str(frame)

    async def _run(self) -> None:
        pauses = Backoff(0.1, LONGEST_DELAY_S)
        while True:
            try:
                if await self._connect_and_read():
                    pauses.reset()
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                logger.info("client: %s", error)
            except SocketRefused as refusal:
                self._end(refusal)
                return
            self._greeted.clear()
            await pauses.wait()

    async def _connect_and_read(self) -> bool:
        """Return whether the room greeted us before the connection was lost."""
        assert self._http is not None, "only an entered client connects"
        query = dict(self._query)
        if "resume" in self.state:
            query |= {"resume": self.state["resume"], "after": str(self.seq)}
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        headers.setdefault("Origin", self._origin)
        async with self._http.ws_connect(
            f"{self._url}/ws",
            params=query,
            headers=headers,
            heartbeat=HEARTBEAT_S,
            compress=0,
            max_msg_size=0,
        ) as socket:
            self._socket = socket
            greeted = await self._read(socket)
        code = socket.close_code or 1006
        if code in FINAL_CLOSES:
            raise SocketRefused(code, "see the error before it")
        return greeted

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        connected = False
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            message = json.loads(frame.data)
            if not self._receive(message):
                await socket.close()  # A number is missing: resume asks for it.
                return connected
            connected = connected or message["type"] == "connected"
            # Who resumes may have missed nothing, so no message need follow.
            if connected and self.state and not self._greeted.is_set():
                await self._send_again(socket)
        return connected

    async def _send_again(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        sent: set[str] = set()
        while left := [id_ for id_ in self._unanswered if id_ not in sent]:
            for id_ in left:
                sent.add(id_)
                if id_ in self._unanswered:
                    await socket.send_str(self._unanswered[id_][0])
        self._greeted.set()

    def _receive(self, message: Message) -> bool:
        """Take a message; return whether none is missing before it."""
        match message["type"]:
            case "ack":
                self._answer(message["id"], message["seq"])
                return True
            case "error" if message.get("id") in self._unanswered:
                refusal = CommandRefused(message["code"], message["message"])
                self._answer(message["id"], refusal)
                return True
            case "session:state":
                self.state, self.seq = message, message["seq"]
            case _ if "seq" in message:
                if message["seq"] != self.seq + 1:
                    logger.warning("client: message %d after %d", message["seq"], self.seq)
                    return False
                self.seq += 1
            case _:
                pass
        self._messages.put_nowait(message)
        return True

    def _answer(self, id_: str, outcome: int | CommandRefused) -> None:
        _, answer = self._unanswered.get(id_, (None, None))
        if answer is None or answer.done():
            return
        if isinstance(outcome, CommandRefused):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)

    def _end(self, error: Exception) -> None:
        if self._ended is None:
            self._ended = error
            self._messages.put_nowait(None)
        for _, answer in tuple(self._unanswered.values()):
            if not answer.done():
                answer.set_exception(error)


def _keys(hexes: Iterable[str] | Literal["all"]) -> JSON:
    return hexes if isinstance(hexes, str) else list(hexes)
