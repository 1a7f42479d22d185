"""PeerClient: all that goes to one other node and comes back from it."""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Final, Protocol

from actors.cluster.codec import error_of
from actors.cluster.packet_session import SILENT_S, PacketSession
from actors.cluster.wire import Frame, Packet, PacketKind, frames, pack
from actors.delivery.viewer_streams import CloseReason
from actors.runtime.errors import RoomUnavailable

OPEN_S: Final = 1.0
"""How long an owner may take to greet."""

_numbers = count(1)

Fields = tuple[bytes, ...]
Then = Callable[[Fields], None]
"""Takes an answer; nothing, if the channel was lost first."""


class Losable(Protocol):
    """A room that is reached over a channel."""

    def lost(self) -> None:
        """Answer what is open, and seek the owner for those who follow."""


class Follower(Protocol):
    """A connection here that follows a room there."""

    def receive_stream(self, bodies: Fields, first: int) -> None:
        """Take messages of its viewer's stream, from the first number on."""

    def receive_private(self, messages: Fields) -> None:
        """Take messages that are for it alone."""

    def closed(self, why: CloseReason) -> None:
        """Learn that the room closed it."""


class PeerClient:
    """What goes to one other node that owns rooms. Opening, open, lost; a lost one is replaced."""

    def __init__(self, session: PacketSession, forget: "Callable[[PeerClient], None]") -> None:
        """Take what is to be called once the channel is lost."""
        self.session = session
        self.rooms: set[Losable] = set()
        self.lost = False
        self._forget = forget
        self._loop = asyncio.get_running_loop()
        self._out: list[bytes] = []
        self._greeted: asyncio.Future[None] = self._loop.create_future()
        self._waiting: dict[bytes, Then] = {}
        self._subscriptions: dict[bytes, Follower] = {}
        self.send(pack(PacketKind.HELLO))

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

    def ask(self, kind: PacketKind, fields: Fields, then: Then) -> bytes:
        """Send a question; ``then`` is called with the answer, unless the channel is lost first."""
        number = b"%d" % next(_numbers)
        self._waiting[number] = then
        self.send(pack(kind, number, *fields))
        return number

    async def answer(self, kind: PacketKind, fields: Fields, within_s: float) -> Fields:
        """Return what comes of a question; raise Rejected or NoAnswer."""
        return await answered(lambda then: self.ask(kind, fields, then), within_s)

    def subscribe(self, subscription: Follower, fields: Fields, then: Then) -> bytes:
        """Follow for the subscription; what is told goes to it from now on."""
        number = self.ask(PacketKind.SUBSCRIBE, fields, then)
        self._subscriptions[number] = subscription
        return number

    def unsubscribe(self, number: bytes) -> None:
        if self._subscriptions.pop(number, None) is not None:
            self.send(pack(PacketKind.UNSUBSCRIBE, number))

    def receive(self, packet: Packet) -> None:
        """Take a packet of the owner's."""
        self.session.note_received()
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
        self._forget(self)
        if not self._greeted.done():
            self._greeted.set_result(None)
        waiting, self._waiting = self._waiting, {}
        for then in waiting.values():
            then(())
        self._subscriptions.clear()
        for room in tuple(self.rooms):
            room.lost()

    def _flush(self) -> None:
        out, self._out = self._out, []
        if not self.lost:
            self.session.send("ask", b"".join(out))

    def _read(self, frame: Frame) -> None:
        fields = frame.fields
        match frame.kind:
            case PacketKind.STREAM:
                self._read_stream(fields)
            case PacketKind.PRIVATE:
                if subscription := self._subscriptions.get(fields[0]):
                    subscription.receive_private(fields[1:])
            case PacketKind.ANSWER:
                if then := self._waiting.pop(fields[0], None):
                    then(fields[1:])
            case PacketKind.CLOSED:
                if subscription := self._subscriptions.pop(fields[0], None):
                    subscription.closed(CloseReason[fields[1].decode()])
            case PacketKind.HELLO:
                if not self._greeted.done():
                    self._greeted.set_result(None)
            case PacketKind.BYE:
                self.lose()
            case _:
                pass

    def _read_stream(self, fields: Fields) -> None:
        for place in fields[0].split(b" "):
            number, _, first = place.partition(b":")
            if subscription := self._subscriptions.get(number):
                subscription.receive_stream(fields[1:], int(first))


async def answered(question: Callable[[Then], object], within_s: float) -> Fields:
    """Return the fields of the answer past ``yes``; raise what was said instead, or RoomUnavailable."""
    answer: asyncio.Future[Fields] = asyncio.get_running_loop().create_future()

    def then(fields: Fields) -> None:
        if not answer.done():
            answer.set_result(fields)

    question(then)
    try:
        async with asyncio.timeout(within_s):
            fields = await answer
    except TimeoutError:
        raise RoomUnavailable from None
    if fields[:1] != (b"yes",):
        raise error_of(fields)
    return fields[1:]
