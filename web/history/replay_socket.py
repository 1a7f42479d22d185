"""GET /ws/replay: streams a past session as live messages, to members who may see it."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import Field
from pydantic_core import to_json

from events.core.messages import JSON
from events.core.state import RoomId, UserId
from events.journal import BrokenRecord
from events.journal.chain import Fault
from events.journal.database.away import DATABASE_AWAY
from events.record.errors import TooMuchHappened
from events.record.integrity import Rows, checked, resealed_after
from events.record.reader import NumberedSession, Record, Span
from events.record.viewpoint import Viewer
from events.replay.pacing import BadSpeed, speed_of
from events.replay.player import Replay
from events.replay.timeline import Timeline
from web.accounts.access_events import Access, AccessChange, AccessEnded, Held
from web.accounts.auth import Auth, Identity
from web.history.access import HistoryAccess
from web.history.replay_tiles import ASKED, IMAGE, ReplayTiles
from web.http.api import (
    ApiError,
    Denied,
    Missing,
    NotSignedIn,
    Query,
    Time,
    TooOften,
    Whole,
    query_of,
)
from web.images.tiles import Tiles

logger = logging.getLogger(__name__)

MOST_REPLAYS: Final = 8
"""How many replays one user may watch at a time."""
MOST_MOMENTS: Final = 250_000
"""What a session may have told the viewer, for a replay over a socket; it is held in memory."""
MOST_FAULTS: Final = 20
"""How many faults of a broken record are named, where a DM goes on all the same."""

# A flood is slowed down, not answered: a seek is dear.
_PER_COMMAND_S: Final = 0.02

NOT_SIGNED_IN, MALFORMED, NOT_A_MEMBER, TOO_MANY = 4001, 4002, 4003, 4029


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A replay that may be watched."""

    campaign: RoomId
    session: NumberedSession
    viewer: Viewer
    start: int | None
    at: datetime | None
    """Where it begins: from a version, or at a time, which means the same moment to all viewers."""
    speed: float
    playing: bool
    force: bool
    """Go on past what was tampered with."""
    by_dm: bool

    def begins(self, timeline: Timeline) -> int:
        """Return the position to play from."""
        if self.at is not None:
            return timeline.index_at(self.at)
        return 0 if self.start is None else timeline.index_of(self.start)


class _ReplayQuery(Query):
    session_id: str
    from_: Whole | None = Field(None, alias="from")
    at: Time | None = None
    as_: str | None = Field(None, alias="as")
    speed: str = "1"
    force: str = "0"
    paused: str = "0"


class ReplaySocket:
    """The sockets of all replays: each plays on its own, for one viewer."""

    def __init__(
        self,
        auth: Auth,
        access: Access,
        history: HistoryAccess,
        record: Record,
        rows: Rows,
        tiles: Tiles,
    ) -> None:
        self._auth = auth
        self._access = access
        self._history = history
        self._record = record
        self._rows = rows
        self._tiles = tiles
        self._watching: Counter[UserId] = Counter()
        self._open: set[web.WebSocketResponse] = set()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/ws/replay", self.replay)
        app.on_shutdown.append(self._shut)

    async def replay(self, request: web.Request) -> web.WebSocketResponse:
        # Accepted first, so that a browser can read why it is refused.
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=64 * 1024)
        await socket.prepare(request)
        self._open.add(socket)
        try:
            await self._serve(request, socket)
        except ConnectionError:
            pass
        finally:
            self._open.discard(socket)
        return socket

    async def _serve(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        try:
            identity = await self._identified(request)
            replay = await self._replay_of(request)
        except ApiError as error:
            await _refuse(socket, _close_code(error), error.code, str(error))
            return
        except DATABASE_AWAY:
            await _refuse_for_now(socket)
            return
        if self._watching[identity.user] >= MOST_REPLAYS:
            text = f"at most {MOST_REPLAYS} replays at a time"
            await _refuse(socket, TOO_MANY, "rate_limited", text)
            return
        self._watching[identity.user] += 1
        held = Held(identity.user, identity.credential, replay.campaign)
        unsubscribe = self._access.subscribe(
            _closer(socket, identity, replay.campaign), lambda: [held]
        )
        try:
            await self._play(socket, replay, identity.user)
        except TooOften as error:
            await _refuse(socket, TOO_MANY, error.code, str(error))
        except TooMuchHappened as error:
            await _refuse(socket, WSCloseCode.POLICY_VIOLATION, "too_large", str(error))
        except BrokenRecord as error:
            logger.error("room %s@%d: %s", error.room, error.version, error.why)
            text = "the record of this session is damaged"
            if replay.by_dm:
                # To others a version would count what happened in secret.
                text = f"the record is broken at version {error.version}: {error.why}"
            await _refuse(socket, 1011, "internal", text)
        except DATABASE_AWAY:
            await _refuse_for_now(socket)
        finally:
            unsubscribe()
            self._watching[identity.user] -= 1
            if not self._watching[identity.user]:
                del self._watching[identity.user]

    async def _identified(self, request: web.Request) -> Identity:
        identity = await self._auth.require(request)
        if not identity.by_token and not self._auth.allows_origin(request):
            raise Denied("requests from this origin are not allowed")
        return identity

    async def _replay_of(self, request: web.Request) -> _Wanted:
        query = query_of(request, _ReplayQuery)
        try:
            place, session = await self._history.session(request, query.session_id)
        except Missing:
            raise Denied("there is no such session") from None
        viewer = await self._history.viewer(place, query.as_)
        try:
            speed = speed_of(query.speed)
        except BadSpeed as error:
            raise _Malformed(str(error)) from None
        start, at = query.from_, query.at
        if start is not None and at is not None:
            raise _Malformed("either from or at")
        force = query.force != "0"
        if force and not place.member.is_dm:
            raise Denied("only a DM goes on past a broken record")
        playing = query.paused == "0"
        by_dm = place.member.is_dm
        return _Wanted(place.campaign, session, viewer, start, at, speed, playing, force, by_dm)

    async def _play(self, socket: web.WebSocketResponse, wanted: _Wanted, user: UserId) -> None:
        async with self._history.turn(user):
            timeline, faults = await self._timeline(wanted)

        async def send(messages: list[dict[str, JSON]]) -> None:
            for message in messages:
                await socket.send_str(to_json(message).decode())

        await send(
            [
                {"type": "replay:fault", "version": fault.version, "reason": fault.why}
                for fault in faults[:MOST_FAULTS]
            ]
        )
        replay = Replay(timeline, send, speed=wanted.speed, playing=wanted.playing)
        tiles = ReplayTiles(self._tiles, wanted.campaign, replay, send)
        tasks = [
            asyncio.create_task(work)
            for work in (
                replay.run(wanted.begins(timeline)),
                _hear(socket, replay, tiles),
                tiles.run(),
            )
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError, ConnectionError):
                    await task

    async def _timeline(self, wanted: _Wanted) -> tuple[Timeline, Sequence[Fault]]:
        """Return what happened, and what does not hold of it; raise BrokenRecord, unless that is forced.

        Of a record that is sealed anew meanwhile, what is read before does not fit what is read after:
        it is read again. Nothing of it was sent yet.
        """
        span = await self._record.span(wanted.campaign, wanted.session)
        looked_until = span.upto
        while True:
            read: tuple[Timeline, Sequence[Fault]] | BrokenRecord
            try:
                read = await self._read(wanted, span)
            except BrokenRecord as broken:
                read = broken
            if not isinstance(read, BrokenRecord) and not read[1]:
                return read
            resealed = await resealed_after(self._rows, wanted.campaign, looked_until)
            if resealed is not None:
                looked_until = resealed
            elif isinstance(read, BrokenRecord):
                raise read
            else:
                return read

    async def _read(self, wanted: _Wanted, span: Span) -> tuple[Timeline, Sequence[Fault]]:
        faults: list[Fault] = []

        def found(fault: Fault) -> None:
            faults.append(fault)
            if not wanted.force:
                raise BrokenRecord(wanted.campaign, fault.version, fault.why)

        start = await self._record.state(wanted.campaign, span.after)
        commits = checked(self._rows, wanted.campaign, span, found)
        timeline = await Timeline.of(start, span.after, commits, wanted.viewer, MOST_MOMENTS)
        return timeline, faults

    async def _shut(self, _: web.Application) -> None:
        for socket in tuple(self._open):
            await socket.close(code=WSCloseCode.GOING_AWAY)


class _Malformed(ApiError):
    status, code = 400, "invalid_message"


def _close_code(error: ApiError) -> int:
    match error:
        case NotSignedIn():
            return NOT_SIGNED_IN
        case Denied():
            return NOT_A_MEMBER
        case _:
            return MALFORMED


async def _hear(socket: web.WebSocketResponse, replay: Replay, tiles: ReplayTiles) -> None:
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            command = _command(message.data)
            # A tile takes its time, and holds up neither the playing nor a pause.
            queue = tiles.requests if command.get("type") in (ASKED, IMAGE) else replay.inbox
            await queue.put(command)
            await asyncio.sleep(_PER_COMMAND_S)


def _command(text: str) -> Mapping[str, Any]:
    try:
        command = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return command if isinstance(command, dict) else {}


async def _refuse(socket: web.WebSocketResponse, code: int, word: str, text: str) -> None:
    with suppress(ConnectionError):
        await socket.send_json({"type": "error", "code": word, "message": text})
    await socket.close(code=code, message=text.encode()[:100])


async def _refuse_for_now(socket: web.WebSocketResponse) -> None:
    text = "the database is away; try again"
    await _refuse(socket, WSCloseCode.TRY_AGAIN_LATER, "unavailable", text)


def _closer(socket: web.WebSocketResponse, identity: Identity, campaign: RoomId) -> Any:
    """Return a listener that closes the socket when the right to watch ends or changes."""
    closing: set[asyncio.Task[bool]] = set()

    def heard(change: AccessChange) -> None:
        if isinstance(change, AccessEnded):
            if not change.concerns(identity.user, identity.credential, campaign):
                return
            signed_out = change.campaign is None
            code = NOT_SIGNED_IN if signed_out else NOT_A_MEMBER
        elif (change.user, change.campaign) == (identity.user, campaign):
            code = WSCloseCode.TRY_AGAIN_LATER
        else:
            return
        task = asyncio.get_running_loop().create_task(socket.close(code=code))
        closing.add(task)
        task.add_done_callback(closing.discard)

    return heard
