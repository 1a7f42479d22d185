"""Session: one open socket and its place in a room; what comes in, and how it is answered."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, Protocol

from pydantic_core import to_json

from actors.room.mailbox import Outcome
from actors.room.ref import Following, RoomRef
from actors.runtime.clock import Clock
from actors.runtime.control_messages import Connected, Refused
from actors.runtime.errors import NoAnswer, NoSuchMember
from events.core.features.history import RedoAction, UndoAction
from events.core.messages import Command
from events.core.state import Member, RoomId
from events.journal import CommandId, Commit, Request, digest
from web.accounts.access_events import AccessEnded, Held
from web.live.connection import Connection
from web.live.frames import Close, InvalidFrame, id_of, read_frame
from web.live.handshake import Handshake
from web.live.rate_limits import Allowance, Verdict, Who
from web.live.refusal_counter import RefusalCounter
from web.live.websocket import DirectSocket

LONG_BYTES: Final = 16 * 1024
"""A longer message takes some milliseconds to read: it is read beside the event loop."""
_PONG: Final = b'{"type":"pong"}'


class Read(NamedTuple):
    """What a message asks for, and its digest where it has an id."""

    command: Command | None
    id: CommandId | None
    digest: bytes


class Gateway(Protocol):
    """What sessions share."""

    refusals: RefusalCounter
    """Counts what is refused, for the reports."""
    on_undo: Callable[[RoomId], None]
    """Called after a DM undid or redid something."""
    long_frames: asyncio.Lock
    """Held while a long message is read beside the event loop."""

    @property
    def clock(self) -> Clock: ...

    @property
    def most_hexes(self) -> int:
        """The most hexes that a command may name."""

    def message_bytes(self, member: Member) -> int:
        """Return the most bytes of a message from the member."""

    def allowance(self, entrance: Handshake, member: Member) -> Allowance:
        """Return what the member may still send."""

    def count_bad(self, code: str) -> None:
        """Count a frame that never reached a room."""


class Session:
    """One open socket: its commands go to the room in order, and so do the answers come back."""

    __slots__ = (
        "_allowance", "_clock", "_entrance", "_following", "_gateway", "_member", "_most_bytes",
        "_postponed", "_reading", "_room", "_user", "connection", "socket",
    )  # fmt: skip

    def __init__(
        self, room: RoomRef, entrance: Handshake, connection: Connection, gateway: Gateway
    ) -> None:
        self.connection = connection
        self._room = room
        self._entrance = entrance
        self._user = entrance.identity.user
        self._member = entrance.membership.member
        self._gateway = gateway
        self._clock = gateway.clock
        self._allowance = gateway.allowance(entrance, self._member)
        self._most_bytes = gateway.message_bytes(self._member)
        self._following: Following | None = None
        self.socket: DirectSocket | None = None
        self._reading: asyncio.Task[None] | None = None
        """While a long message is read beside the event loop."""
        self._postponed: list[bytes | None] = []
        """What came after it."""

    async def run(self, socket: DirectSocket) -> None:
        """Read until either side closes."""
        connection, entrance = self.connection, self._entrance
        self.socket = socket
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
            await socket.each(_ignored)
            return
        self._following = following
        try:
            await socket.each(self._incoming)
        finally:
            while self._reading is not None:
                await asyncio.wait({self._reading})
            following.leave()

    @property
    def who(self) -> Who:
        """The campaign and the user it is counted for."""
        return self._entrance.who

    @property
    def heard_at(self) -> float:
        """When anything came from the client last; seconds of the loop's clock."""
        return 0.0 if self.socket is None else self.socket.heard_at

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

    def _incoming(self, data: bytes | None) -> None:
        """Take one message; None is a binary one."""
        if self.connection.closing:
            return
        if self._reading is not None:
            self._postponed.append(data)
            return
        following = self._following
        assert following is not None, "messages are taken once the room is followed"
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
            if len(data) > LONG_BYTES:
                self._reading = asyncio.create_task(self._read_beside(data, following))
                return
            frame = _read(data, self._gateway.most_hexes)
        except InvalidFrame as error:
            self._refuse(data, error)
            return
        self._ask(frame, following)

    async def _read_beside(self, data: bytes, following: Following) -> None:
        """Read a long message in a thread; what the client sends after it waits."""
        socket = self.socket
        assert socket is not None, "messages come from it"
        socket.pause()
        try:
            # One in the process at a time: threads only take turns.
            async with self._gateway.long_frames:
                frame = await asyncio.to_thread(_read, data, self._gateway.most_hexes)
            # Its access may have ended meanwhile.
            if not self.connection.closing:
                self._ask(frame, following)
        except InvalidFrame as error:
            self._refuse(data, error)
        except Exception as error:
            self._postponed.clear()
            socket.broken(error)
        self._reading = None
        messages, self._postponed = self._postponed, []
        for each in messages:
            self._incoming(each)
        if self._reading is None:
            socket.resume()

    def _refuse(self, data: bytes | None, error: InvalidFrame) -> None:
        self._gateway.count_bad(error.code)
        if data is not None and not _is_utf8(data):
            self._say_error(None, error.code, str(error))
            self.connection.end(Close.NOT_UTF8, "text frames are UTF-8")
            return
        self._room.after_all(partial(self._say_error, error.id, error.code, str(error)))

    def _ask(self, frame: "Read", following: Following) -> None:
        command, id_, digest_ = frame
        if command is None:
            self._room.after_all(self._pong)
        elif self._entrance.as_user is not None:
            self._say_error(id_, "forbidden", "looking as another is for looking only")
        else:
            stamped = command.stamped(self._clock.seed)
            request = Request(stamped, self._member, self._clock.now(), id_, digest_)
            answer = partial(self._answered, id_, following)
            if isinstance(command, UndoAction | RedoAction):
                answer = partial(self._undone, id_, following)
            self._room.post(request, answer)

    def _member_changed(self, member: Member) -> None:
        # The room decides what a former member may; here it is only about how much.
        self._member = member
        self._allowance = self._gateway.allowance(self._entrance, member)
        self._most_bytes = self._gateway.message_bytes(member)

    def _too_fast(self, verdict: Verdict, data: bytes | None) -> None:
        self._gateway.count_bad("rate_limited")
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

    def _undone(self, id_: CommandId | None, following: Following, outcome: Outcome) -> None:
        self._answered(id_, following, outcome)
        if isinstance(outcome, Commit):
            self._gateway.on_undo(self._entrance.membership.campaign)

    def _say_error(self, id_: CommandId | None, code: str, why: str) -> None:
        self._gateway.refusals.count(*self._entrance.who, code)
        message = (
            Refused(code=code, message=why)
            if id_ is None
            else Refused(code=code, message=why, id=id_)
        )
        self.connection.push([message.encode()])

    def _pong(self) -> None:
        self.connection.push([_PONG])


def _read(data: bytes, most_hexes: int) -> Read:
    """Return what the message asks for; raise InvalidFrame."""
    command, id_ = read_frame(data, most_hexes)
    return Read(command, id_, b"" if command is None or id_ is None else digest(command))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _ignored(_: bytes | None) -> None:
    """Take a message of a socket that was refused."""
