"""RemoteRoom: a room on another node, asked and followed over NATS."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Final

from actors.cluster.envelope import census_of, error_of, outcome_of, request_fields
from actors.cluster.session import SILENT_S, Session
from actors.cluster.wire import Frame, Kind, Packet, frames, pack
from actors.errors import NoAnswer, NoSuchMember, RoomBusy, RoomUnavailable
from actors.mailbox import MAILBOX_COMMANDS, Answer, answered
from actors.refs import Census
from actors.streams import Farewell, Reader
from events import EMPTY, RoomState
from events.errors import Rejected
from events.journal import Commit, JournalError, Request
from events.journal.folding import folded
from events.state import Member, Role, RoomId, UserId

if TYPE_CHECKING:
    from actors.cluster.node import Node

logger = logging.getLogger(__name__)

OPEN_S: Final = 1.0
"""How long an owner may take to greet."""
ANSWER_S: Final = 8.0
"""How long a follow may take; rooms may have to be folded first."""

_numbers = count(1)


class Channel:
    """What goes to one other node that owns rooms. Opening, open, lost; a lost one is replaced."""

    def __init__(self, node: "Node", session: Session) -> None:
        self.session = session
        self.rooms: set[RemoteRoom] = set()
        self.lost = False
        self._node = node
        self._loop = asyncio.get_running_loop()
        self._out: list[bytes] = []
        self._greeted: asyncio.Future[None] = self._loop.create_future()
        self._waiting: dict[bytes, Callable[[tuple[bytes, ...]], None]] = {}
        self._seats: dict[bytes, FarSeat] = {}
        self.send(pack(Kind.HELLO))

    async def ready(self) -> None:
        """Wait until the owner greets; raise RoomUnavailable."""
        await asyncio.wait({self._greeted}, timeout=OPEN_S)
        if self.lost or not self._greeted.done():
            self.lose()
            raise RoomUnavailable

    def send(self, frame: bytes) -> None:
        """Send the frame with all others of this loop turn."""
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(frame)

    def ask(self, kind: Kind, fields: tuple[bytes, ...], then: "Then") -> bytes:
        """Send a question; ``then`` is called with the answer, unless the channel is lost first."""
        number = b"%d" % next(_numbers)
        self._waiting[number] = then
        self.send(pack(kind, number, *fields))
        return number

    def take_seat(self, seat: "FarSeat", fields: tuple[bytes, ...], then: "Then") -> bytes:
        """Follow for the seat; what is told goes to it from now on."""
        number = self.ask(Kind.FOLLOW, fields, then)
        self._seats[number] = seat
        return number

    def leave_seat(self, number: bytes) -> None:
        if self._seats.pop(number, None) is not None:
            self.send(pack(Kind.LEAVE, number))

    def came(self, packet: Packet) -> None:
        """Take a packet of the owner's."""
        self.session.heard()
        for payload in self.session.intake.take(packet):
            for frame in frames(payload):
                if not self.lost:
                    self._read(frame)

    def beat(self) -> None:
        """Show this end is there, and see whether the other is."""
        if self.session.broken(SILENT_S):
            self.lose()
        else:
            self.session.beat()

    def lose(self) -> None:
        """Answer all that waits as unavailable, and have the rooms look for their owners."""
        if self.lost:
            return
        self.lost = True
        self._node.forget(self)
        if not self._greeted.done():
            self._greeted.set_result(None)
        waiting, self._waiting = self._waiting, {}
        for then in waiting.values():
            then(())
        self._seats.clear()
        for room in tuple(self.rooms):
            room.lost()

    def _flush(self) -> None:
        out, self._out = self._out, []
        if not self.lost:
            self.session.send("ask", b"".join(out))

    def _read(self, frame: Frame) -> None:
        fields = frame.fields
        match frame.kind:
            case Kind.HELLO:
                if not self._greeted.done():
                    self._greeted.set_result(None)
            case Kind.TOLD:
                self._told(fields)
            case Kind.SAID:
                if seat := self._seats.get(fields[0]):
                    seat.said(fields[1:])
            case Kind.ANSWER:
                if then := self._waiting.pop(fields[0], None):
                    then(fields[1:])
            case Kind.CLOSED:
                if seat := self._seats.pop(fields[0], None):
                    seat.closed(Farewell[fields[1].decode()])
            case Kind.BYE:
                self.lose()
            case _:
                pass

    def _told(self, fields: tuple[bytes, ...]) -> None:
        for place in fields[0].split(b" "):
            number, _, first = place.partition(b":")
            if seat := self._seats.get(number):
                seat.told(fields[1:], int(first))


Then = Callable[[tuple[bytes, ...]], None]


class FarSeat:
    """A connection's place in a room of another node. It outlives the channel it is followed over."""

    def __init__(self, room: "RemoteRoom", reader: Reader, by: UserId, viewer: UserId) -> None:
        self.seq = 0
        self.member: Member | None = None
        self.reader = reader
        self.number = b""
        self.token: str | None = None
        self.covered: int | None = None
        self.gone = False
        self.by = by
        self._viewer = viewer
        self._room = room

    def fields(self) -> tuple[bytes, ...]:
        """Return how to follow on from what was read so far."""
        resume = self.token or ""
        after = "" if self.covered is None else str(self.covered)
        return (
            self._room.id.bytes,
            self.by.encode(),
            self._viewer.encode(),
            resume.encode(),
            after.encode(),
        )

    def told(self, bodies: tuple[bytes, ...], first: int) -> None:
        """Pass on messages of the viewer's stream, with the viewer's numbers."""
        self.reader.push([b'%b,"seq":%d}' % (body, seq) for seq, body in enumerate(bodies, first)])
        self.seq = self.covered = first + len(bodies) - 1

    def said(self, messages: tuple[bytes, ...]) -> None:
        """Pass on messages that are for this connection as they are."""
        for message in messages:
            if message.startswith(b'{"type":"session:state"'):
                resume = message[message.rindex(b'"resume":"') + 10 :].split(b'"')[0].decode()
                self.token = resume
                self.seq = self.covered = int(resume.partition(".")[2])
            elif message.startswith(b'{"type":"connected"') and self.member is not None:
                role = Role(message[message.rindex(b'"role":"') + 8 :].split(b'"')[0].decode())
                self.member = Member(self.member.user, role, self.member.name)
        self.reader.push(messages)

    def closed(self, why: Farewell) -> None:
        """Close for good, or follow the room to where it went."""
        if why is Farewell.REMOVED:
            self.gone = True
            self._room.seats.pop(self, None)
            self.reader.close(why)
        else:
            self._room.moved()

    def leave(self) -> None:
        if not self.gone:
            self.gone = True
            self._room.left(self)


class RemoteRoom:
    """A room that another node owns. Reached, lost, reached again wherever it then is.

    While it is lost, all that is asked is answered as unavailable at once; who follows stays, and
    is sent what was missed, or a new state, once it is reached. Should this node have become the
    owner, its connections are closed, and find the room here when they come back.
    """

    def __init__(self, node: "Node", room: RoomId, channel: Channel) -> None:
        self.id = room
        self.seats: dict[FarSeat, None] = {}
        self._node = node
        self.channel: Channel | None = channel
        self._asked: dict[int, tuple[Request, Answer]] = {}
        self._thens: deque[tuple[int, Callable[[], None]]] = deque()
        self._count = 0
        self._seeking = False
        channel.rooms.add(self)

    def post(self, request: Request, answer: Answer) -> None:
        """Have the owner decide the request; the answer is unavailable if it is out of reach."""
        channel = self.channel
        if channel is None:
            answer(RoomUnavailable())
            return
        if len(self._asked) >= MAILBOX_COMMANDS and not request.command.internal:
            answer(RoomBusy())
            return
        self._count += 1
        number = self._count
        self._asked[number] = (request, answer)
        channel.ask(
            Kind.ASK,
            request_fields(self.id, request),
            lambda fields: self._answered(number, fields),
        )

    def after_all(self, call: Callable[[], None]) -> None:
        """Call, once all requests posted before are answered."""
        if self._asked:
            self._thens.append((self._count, call))
        else:
            call()

    async def ask(self, request: Request) -> Commit:
        """Wait until the request is recorded; raise Rejected or NoAnswer."""
        return await answered(self.post, request)

    async def follow(
        self,
        reader: Reader,
        by: UserId,
        viewer: UserId,
        resume: str | None = None,
        after: int | None = None,
    ) -> FarSeat:
        """Push to the reader what the viewer is told; raise NoSuchMember or NoAnswer."""
        seat = FarSeat(self, reader, by, viewer)
        seat.token, seat.covered = resume, after
        self.seats[seat] = None
        try:
            await self._take(seat)
        except BaseException:
            seat.leave()
            raise
        return seat

    async def census(self) -> Census:
        """Return whom the room knows; raise NoAnswer."""
        fields = await self._wait(
            lambda channel, then: channel.ask(Kind.CENSUS, (self.id.bytes,), then)
        )
        return census_of(fields[1])

    async def whole(self) -> RoomState:
        """Return the room as the record has it; raise NoAnswer."""
        services = self._node.services
        try:
            saved = await services.snapshots.load(self.id) or (0, EMPTY)
            _, state = await folded(services.journal, self.id, saved)
        except JournalError as error:
            raise RoomUnavailable from error
        return state

    def left(self, seat: FarSeat) -> None:
        """Forget a seat whose connection is gone."""
        self.seats.pop(seat, None)
        if self.channel is not None:
            self.channel.leave_seat(seat.number)

    def moved(self) -> None:
        """Leave the channel: the room went elsewhere."""
        if self.channel is not None:
            self.channel.rooms.discard(self)
            for seat in self.seats:
                self.channel.leave_seat(seat.number)
            self.lost()

    def lost(self) -> None:
        """Answer what is open, and seek the owner for those who follow."""
        self.channel = None
        for number in tuple(self._asked):
            self._answered(number, ())
        if not self.seats:
            self._node.drop(self)
        elif not self._seeking:
            self._seeking = True
            self._node.spawn(self._seek(), f"room {self.id}: seek its owner")

    async def _seek(self) -> None:
        delay = 0.02
        try:
            while self.seats:
                try:
                    channel = await self._node.locate(self.id)
                    if channel is None:
                        break
                    self.channel = channel
                    channel.rooms.add(self)
                    if await self._take_all(channel):
                        return
                except NoAnswer:
                    pass
                await asyncio.sleep(delay)
                delay = min(2 * delay, 0.25)
            self._node.drop(self)
            for seat in tuple(self.seats):
                seat.reader.close(Farewell.RESTART)
        finally:
            self._seeking = False

    async def _take_all(self, channel: Channel) -> bool:
        """Follow anew for all seats; return whether the room is reached for good."""
        seats = tuple(self.seats)
        done = await asyncio.gather(*map(self._take, seats), return_exceptions=True)
        if self.channel is channel and not any(isinstance(each, NoAnswer) for each in done):
            return True
        channel.rooms.discard(self)
        self.channel = None
        for seat in seats:
            channel.leave_seat(seat.number)
        return False

    async def _take(self, seat: FarSeat) -> None:
        """Follow for a seat; raise what follow raises."""

        def take(channel: Channel, then: Then) -> None:
            seat.number = channel.take_seat(seat, seat.fields(), then)

        try:
            role, name = (await self._wait(take))[1:3]
        except Rejected:
            seat.closed(Farewell.REMOVED)
            raise NoSuchMember from None
        seat.member = Member(seat.by, Role(role.decode()), name.decode())

    async def _wait(self, question: "Callable[[Channel, Then], object]") -> tuple[bytes, ...]:
        """Return the answer's fields, the first of which is ``yes``; raise what was said instead."""
        if self.channel is None:
            raise RoomUnavailable
        answered: asyncio.Future[tuple[bytes, ...]] = asyncio.get_running_loop().create_future()

        def then(fields: tuple[bytes, ...]) -> None:
            if not answered.done():
                answered.set_result(fields)

        question(self.channel, then)
        try:
            async with asyncio.timeout(ANSWER_S):
                fields = await answered
        except TimeoutError:
            raise RoomUnavailable from None
        if fields[:1] != (b"yes",):
            raise error_of(fields)
        return fields

    def _answered(self, number: int, fields: tuple[bytes, ...]) -> None:
        request, answer = self._asked.pop(number, (None, None))
        if request is not None and answer is not None:
            answer(outcome_of(request, fields))
        while self._thens and (not self._asked or next(iter(self._asked)) > self._thens[0][0]):
            self._thens.popleft()[1]()
