"""The websocket: GET /ws, from the handshake to the close; PROTOCOL.md is its contract."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from typing import Final

from aiohttp import web

from actors.room.locator import RoomLocator
from actors.runtime.clock import Clock
from actors.runtime.control_messages import Refused
from actors.runtime.errors import NoAnswer
from events.core.state import Member, RoomId
from events.journal import JournalError
from events.journal.database.away import DATABASE_AWAY
from web.accounts.access_events import Access, AccessChange, AccessEnded, Held
from web.accounts.auth import Auth
from web.campaigns.room_sync import RoomSync
from web.campaigns.routes import CampaignStore
from web.http.api import Missing
from web.live.connection import Connection, Flusher, SendLimits
from web.live.frames import Close, close_reason
from web.live.handshake import (
    Handshake,
    HandshakeRejected,
    not_a_member,
    read_handshake,
    unavailable,
)
from web.live.rate_limits import Allowance, Allowances, Rate, Who
from web.live.refusal_counter import RefusalCounter
from web.live.session import Session
from web.live.websocket import DirectSocket
from web.settings import Settings

logger = logging.getLogger(__name__)

CHECK_S: Final = 1.0
HEARTBEATS_MISSED: Final = 1.1
"""How long a socket was silent that makes room for a newer one; a live one answers each heartbeat."""
MOST_LEAVING: Final = 20
_NUMBER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_PONG: Final = b'{"type":"pong"}'


class SocketRoutes:
    """All sockets of this process. Made, serving, closing: then everyone is sent away with 1001."""

    def __init__(
        self,
        directory: RoomLocator,
        roster: RoomSync,
        book: CampaignStore,
        auth: Auth,
        access: Access,
        settings: Settings,
        refusals: RefusalCounter,
    ) -> None:
        self.refusals = refusals
        """Counts what is refused, for the reports."""
        self._directory = directory
        self._roster = roster
        self._book = book
        self._auth = auth
        self._settings = settings
        self._clock = directory.services.clock
        self._meters = directory.services.meters
        self._flusher = Flusher()
        self._send_limits = SendLimits(
            settings.client_buffer_bytes, settings.client_buffer_messages, settings.send_timeout_s
        )
        self._allowances = Allowances(
            Rate(settings.commands_per_second, settings.command_burst),
            Rate(
                settings.commands_per_second and settings.player_commands_per_second,
                settings.player_command_burst,
            ),
            settings.sockets_per_member,
        )
        self.on_undo: Callable[[RoomId], None] = lambda campaign: None
        """Called after a DM undid or redid something."""
        self._open: dict[Session, None] = {}
        self.long_frames = asyncio.Lock()
        """Held while a long message is read beside the event loop."""
        self._closing = False
        self._none_open = asyncio.Event()
        """Set while no socket is open."""
        self._none_open.set()
        access.subscribe(self._access_changed, self._open_accesses)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/ws", self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it closes."""
        turnstile = self._directory.services.turnstile
        await turnstile.enter()
        try:
            entrance = await self._entrance(request)
        except HandshakeRejected as refusal:
            return await self._refuse(request, refusal)
        if not self._allowances.enter(entrance.who) and not self._make_room(entrance.who):
            too_many = HandshakeRejected(
                Close.TOO_FAST, "rate_limited", "you hold too many sockets"
            )
            return await self._refuse(request, too_many)
        try:
            # The sign-ins of a crowd are looked up together.
            await turnstile.enter()
            return await self._serve(request, entrance)
        finally:
            self._allowances.leave(entrance.who)

    def _make_room(self, who: Who) -> bool:
        """Close the member's socket that was silent for longest, and count a new one.

        Only one that has not even answered the last heartbeat: a member whose twenty sockets died
        without a word is not locked out until all of them are given up. Return whether there was
        one; few may be closing at a time, so that a flood gains nothing.
        """
        sessions = [session for session in self._open if session.who == who]
        leaving = [session for session in sessions if session.connection.closing]
        staying = [session for session in sessions if not session.connection.closing]
        if not staying or len(leaving) >= MOST_LEAVING:
            return False
        oldest = min(staying, key=lambda session: session.heard_at)
        silent_s = asyncio.get_running_loop().time() - oldest.heard_at
        if silent_s < HEARTBEATS_MISSED * self._settings.heartbeat_s:
            return False
        oldest.connection.end(Close.TOO_FAST, "a newer socket of yours took the place of this one")
        return self._allowances.enter(who, leaving=len(leaving) + 1)

    async def watch(self) -> None:
        """Look after clients that stopped reading, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_S)
            for session in tuple(self._open):
                session.connection.check_progress()

    async def close(self) -> None:
        """Send everyone away: the server goes down in an orderly way."""
        self._closing = True
        for session in tuple(self._open):
            session.connection.end(Close.GOING_AWAY, "the server shuts down")
        # Each is over when the client has answered, or given up after a moment.
        await self._none_open.wait()

    # The handshake

    async def _entrance(self, request: web.Request) -> Handshake:
        if self._closing:
            raise HandshakeRejected(Close.GOING_AWAY, "unavailable", "the server shuts down")
        try:
            return await read_handshake(request, self._auth, self._book)
        except (*DATABASE_AWAY, OSError):
            raise unavailable("the database is away") from None

    async def _refuse(self, request: web.Request, refusal: HandshakeRejected) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False, timeout=2.0)
        await socket.prepare(request)
        message = Refused(code=refusal.code, message=str(refusal)).encode()
        try:
            await socket.send_str(message.decode())
            await socket.close(code=refusal.close, message=close_reason(str(refusal)))
        except ConnectionError:
            pass
        return socket

    # The open socket

    async def _serve(self, request: web.Request, entrance: Handshake) -> web.StreamResponse:
        try:
            room = await self._roster.enter(entrance.membership, self._book)
        except NoAnswer as error:
            return await self._refuse(
                request, HandshakeRejected(Close.TRY_LATER, error.code, str(error))
            )
        except Missing:
            return await self._refuse(request, not_a_member())
        except (*DATABASE_AWAY, JournalError, OSError):
            return await self._refuse(request, unavailable("the database is away"))
        socket = self._socket()
        await socket.prepare(request)
        # Not by isinstance: uvloop's transports are of their own kind.
        transport = request.transport
        if transport is None:
            return socket
        connection = Connection(
            transport, self._flusher, self._send_limits, self._clock, self._meters
        )
        connection.staged_delta = request.query.get("staged") == "delta"
        connection.terrain_in_runs = request.query.get("terrain") == "runs"
        session = Session(room, entrance, connection, self)
        self._open[session] = None
        self._none_open.clear()
        self._meters.sockets += 1
        try:
            await session.run(socket)
        finally:
            del self._open[session]
            self._meters.sockets -= 1
            if not self._open:
                self._none_open.set()
        return socket

    def _socket(self) -> DirectSocket:
        return DirectSocket(
            timeout=2.0,
            heartbeat=self._settings.heartbeat_s,
            max_msg_size=max(self._settings.message_bytes, self._settings.player_message_bytes) + 1,
        )

    def message_bytes(self, member: Member) -> int:
        """Return the most bytes of a message from the member."""
        settings = self._settings
        return settings.message_bytes if member.is_dm else settings.player_message_bytes

    def allowance(self, entrance: Handshake, member: Member) -> Allowance:
        """Return what the member may still send."""
        return self._allowances.of(entrance.who, member.role, self._clock.monotonic())

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def most_hexes(self) -> int:
        return self._settings.hexes_per_command

    def count_bad(self, code: str) -> None:
        """Count a frame that never reached a room."""
        self._meters.bad_frames[code] += 1

    def _open_accesses(self) -> Iterator[Held]:
        return (session.held for session in tuple(self._open))

    def _access_changed(self, change: AccessChange) -> None:
        # A change of role needs nothing here: the room begins the member's stream anew.
        if isinstance(change, AccessEnded):
            for session in tuple(self._open):
                session.access_ended(change)
