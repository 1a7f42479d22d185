"""The websocket: GET /ws, from the handshake to the close; PROTOCOL.md is its contract."""

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import psycopg
import psycopg_pool
from aiohttp import WSMsgType, web
from pydantic_core import to_json

from actors.room.mailbox import Outcome
from actors.room.ref import Following, RoomLocator, RoomRef
from actors.runtime.clock import Clock
from actors.runtime.control_messages import Connected, Refused
from actors.runtime.errors import NoAnswer, NoSuchMember, RoomUnavailable
from events.core.state import Member, RoomId, UserId
from events.journal import CommandId, Commit, JournalError, Request, digest
from web.accounts.access_events import Access, AccessChange, AccessEnded, Held
from web.accounts.auth import Auth, Identity
from web.campaigns.room_sync import RoomSync
from web.campaigns.routes import CampaignStore, Membership
from web.http.api import ApiError, Missing, uuid_in
from web.live.connection import Connection, Flusher, SendLimits
from web.live.frames import Close, InvalidFrame, id_of, read_frame
from web.live.rate_limits import Allowance, Allowances, Rate, Verdict
from web.live.refusal_counter import RefusalCounter
from web.settings import Settings

logger = logging.getLogger(__name__)

CHECK_S: Final = 1.0
_NUMBER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_PONG: Final = b'{"type":"pong"}'


class HandshakeRejected(Exception):
    """A handshake that is refused: the socket is accepted, told why, and closed."""

    def __init__(self, close: Close, code: str, why: str) -> None:
        super().__init__(why)
        self.close, self.code = close, code


@dataclass(frozen=True, slots=True)
class Handshake:
    """Who comes in, where to, and as whom they look."""

    identity: Identity
    membership: Membership
    as_user: UserId | None
    resume: str | None
    after: int | None

    @property
    def who(self) -> tuple[RoomId, UserId]:
        return self.membership.campaign, self.identity.user


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
        self._open: dict[Session, None] = {}
        self._closing = False
        self._gone = asyncio.Event()
        """Set while no socket is open."""
        self._gone.set()
        access.subscribe(self._access_changed, self._held)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/ws", self.handle)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one socket until it closes."""
        try:
            entrance = await self._entrance(request)
        except HandshakeRejected as refusal:
            return await self._refuse(request, refusal)
        if not self._allowances.enter(entrance.who):
            too_many = HandshakeRejected(
                Close.TOO_FAST, "rate_limited", "you hold too many sockets"
            )
            return await self._refuse(request, too_many)
        try:
            return await self._serve(request, entrance)
        finally:
            self._allowances.leave(entrance.who)

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
        await self._gone.wait()

    # The handshake

    async def _entrance(self, request: web.Request) -> Handshake:
        if self._closing:
            raise HandshakeRejected(Close.GOING_AWAY, "unavailable", "the server shuts down")
        try:
            return await self._admitted(request)
        except (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed, OSError):
            raise _unavailable("the database is away") from None

    async def _admitted(self, request: web.Request) -> Handshake:
        identity = await self._auth.identify(request)
        if identity is None:
            raise HandshakeRejected(Close.NOT_SIGNED_IN, "forbidden", "you are not signed in")
        if not identity.by_token and not self._auth.allows_origin(request):
            raise HandshakeRejected(Close.NOT_ALLOWED, "forbidden", self._auth.why_not(request))
        try:
            campaign = RoomId(uuid_in(request.query.get("campaignId", ""), "campaign"))
        except ApiError:
            raise HandshakeRejected(
                Close.NO_CAMPAIGN, "invalid_message", "which campaign?"
            ) from None
        membership = await self._book.find(campaign, identity.user)
        if membership is None:
            raise _not_a_member()
        as_user = request.query.get("as")
        if as_user is not None and not membership.member.is_dm:
            raise HandshakeRejected(Close.NOT_ALLOWED, "forbidden", "only a DM looks as another")
        after = request.query.get("after", "")
        return Handshake(
            identity,
            membership,
            None if as_user is None else UserId(as_user),
            request.query.get("resume"),
            int(after) if _NUMBER.fullmatch(after) else None,
        )

    async def _refuse(
        self, request: web.Request, refusal: HandshakeRejected
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, timeout=2.0)
        await socket.prepare(request)
        said = Refused(code=refusal.code, message=str(refusal)).encode()
        try:
            await socket.send_str(said.decode())
            await socket.close(code=refusal.close, message=str(refusal).encode())
        except ConnectionError:
            pass
        return socket

    # The open socket

    async def _serve(self, request: web.Request, entrance: Handshake) -> web.WebSocketResponse:
        try:
            room = await self._roster.enter(entrance.membership, self._book)
        except NoAnswer as error:
            return await self._refuse(
                request, HandshakeRejected(Close.TRY_LATER, error.code, str(error))
            )
        except Missing:
            return await self._refuse(request, _not_a_member())
        except (psycopg.Error, psycopg_pool.PoolTimeout, JournalError, OSError):
            return await self._refuse(request, _unavailable("the database is away"))
        socket = self._socket()
        await socket.prepare(request)
        # Not by isinstance: uvloop's transports are of their own kind.
        transport = request.transport
        if transport is None:
            return socket
        connection = Connection(
            transport, self._flusher, self._send_limits, self._clock, self._meters
        )
        session = Session(room, entrance, connection, self)
        self._open[session] = None
        self._gone.clear()
        self._meters.sockets += 1
        try:
            await session.run(socket)
        finally:
            del self._open[session]
            self._meters.sockets -= 1
            if not self._open:
                self._gone.set()
        return socket

    def _socket(self) -> web.WebSocketResponse:
        return web.WebSocketResponse(
            timeout=2.0,
            heartbeat=self._settings.heartbeat_s,
            compress=False,
            max_msg_size=max(self._settings.message_bytes, self._settings.player_message_bytes) + 1,
            decode_text=False,
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

    def _held(self) -> Iterator[Held]:
        return (session.held for session in tuple(self._open))

    def _access_changed(self, change: AccessChange) -> None:
        # A change of role needs nothing here: the room begins the member's stream anew.
        if isinstance(change, AccessEnded):
            for session in tuple(self._open):
                session.access_ended(change)


class Session:
    """One open socket: its commands go to the room in order, and so do the answers come back."""

    def __init__(
        self, room: RoomRef, entrance: Handshake, connection: Connection, calls: SocketRoutes
    ) -> None:
        self.connection = connection
        self._room = room
        self._entrance = entrance
        self._user = entrance.identity.user
        self._member = entrance.membership.member
        self._calls = calls
        self._clock = calls.clock
        self._allowance = calls.allowance(entrance, self._member)
        self._most_bytes = calls.message_bytes(self._member)

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Read until either side closes."""
        connection, entrance = self.connection, self._entrance
        connection.push([Connected(user_id=self._user, role=self._member.role).encode()])
        viewer = entrance.as_user or self._user
        try:
            following = await self._room.follow(
                connection, self._user, viewer, entrance.resume, entrance.after
            )
        except (NoAnswer, NoSuchMember) as error:
            self._say_error(None, error.code, str(error))
            refused = isinstance(error, NoSuchMember)
            connection.end(Close.NOT_ALLOWED if refused else Close.TRY_LATER, str(error))
            await self._read(socket, None)
            return
        try:
            await self._read(socket, following)
        finally:
            following.leave()

    @property
    def held(self) -> Held:
        """What it was opened with."""
        identity = self._entrance.identity
        return Held(identity.user, identity.credential, self._entrance.membership.campaign)

    def access_ended(self, change: AccessEnded) -> None:
        """Close if what the socket was opened with is over."""
        identity = self._entrance.identity
        if change.concerns(identity.user, identity.credential, self._entrance.membership.campaign):
            signed_out = change.credential is not None
            code = Close.NOT_SIGNED_IN if signed_out else Close.NOT_ALLOWED
            self.connection.end(code, "your access has ended")

    async def _read(self, socket: web.WebSocketResponse, following: Following | None) -> None:
        connection = self.connection
        while True:
            message = await socket.receive()
            if message.type is not WSMsgType.TEXT and message.type is not WSMsgType.BINARY:
                return
            # Once we are closing, frames are read for the client's close and nothing else.
            if following is not None and not connection.closing:
                data = message.data if message.type is WSMsgType.TEXT else None
                self._incoming(data, following)

    def _incoming(self, data: bytes | None, following: Following) -> None:
        """Take one frame; None is a binary one."""
        member = following.member
        if member is not None and member is not self._member:
            self._member_changed(member)
        verdict = self._allowance.spend(self._clock.monotonic())
        if verdict is not Verdict.FINE:
            self._too_fast(verdict, data)
            return
        try:
            if data is None:
                raise InvalidFrame("messages are text frames")
            if len(data) > self._most_bytes:
                self.connection.end(
                    Close.TOO_BIG, f"a message has at most {self._most_bytes} bytes"
                )
                return
            asked = read_frame(data, self._calls.most_hexes)
        except InvalidFrame as error:
            self._calls.count_bad(error.code)
            self._room.after_all(partial(self._say_error, error.id, error.code, str(error)))
            return
        command, id_ = asked
        if command is None:
            self._room.after_all(self._pong)
        elif self._entrance.as_user is not None:
            self._say_error(id_, "forbidden", "looking as another is for looking only")
        else:
            request = Request(
                command.stamped(self._clock.seed),
                self._member,
                self._clock.now(),
                id_,
                digest(command) if id_ is not None else b"",
            )
            self._room.post(request, partial(self._answered, id_, following))

    def _member_changed(self, member: Member) -> None:
        # The room decides what a former member may; here it is only about how much.
        self._member = member
        self._allowance = self._calls.allowance(self._entrance, member)
        self._most_bytes = self._calls.message_bytes(member)

    def _too_fast(self, verdict: Verdict, data: bytes | None) -> None:
        self._calls.count_bad("rate_limited")
        if verdict is Verdict.OVER:
            self.connection.end(Close.TOO_FAST, "too many messages")
        else:
            why = "too many messages, slow down"
            id_ = None if data is None else id_of(data)
            self._room.after_all(partial(self._say_error, id_, "rate_limited", why))

    def _answered(self, id_: CommandId | None, following: Following, outcome: Outcome) -> None:
        if not isinstance(outcome, Commit):
            self._say_error(id_, outcome.code, str(outcome))
        elif id_ is not None:
            self.connection.push(
                [b'{"type":"ack","id":%b,"seq":%d}' % (to_json(id_), following.seq)]
            )

    def _say_error(self, id_: CommandId | None, code: str, why: str) -> None:
        self._calls.refusals.count(*self._entrance.who, code)
        said = (
            Refused(code=code, message=why)
            if id_ is None
            else Refused(code=code, message=why, id=id_)
        )
        self.connection.push([said.encode()])

    def _pong(self) -> None:
        self.connection.push([_PONG])


def _unavailable(why: str) -> HandshakeRejected:
    return HandshakeRejected(Close.TRY_LATER, RoomUnavailable.code, why)


def _not_a_member() -> HandshakeRejected:
    return HandshakeRejected(
        Close.NOT_ALLOWED, "forbidden", "you are not a member of this campaign"
    )
