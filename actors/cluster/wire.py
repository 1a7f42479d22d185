"""The wire between nodes: frames in packets, numbered, so that each counts once and in order.

NATS delivers at most once, and what is between may repeat or reorder. So every packet says which
session of a pair of nodes it belongs to and its number there; `Intake` gives them back in order,
drops repeats, and says when one is missing for good: then the session is begun anew.
"""

import struct
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

PACKET_BYTES: Final = 256 * 1024
"""A packet's payload at most; NATS takes a megabyte unless told otherwise."""
MOST_EARLY: Final = 1_000
"""Packets that may wait for an earlier one."""

_HEAD: Final = struct.Struct(">BQQB")
_COUNT: Final = struct.Struct(">I")


class Direction(IntEnum):
    """Which way a packet goes: from the node that follows a room to its owner, or back."""

    ASK = 0
    SAY = 1


class PacketKind(IntEnum):
    """What a frame says, and its fields."""

    HELLO = 1
    """Begins a session, both ways."""
    BEAT = 2
    """I am still here."""
    SUBSCRIBE = 3
    """subscription, room, by, viewer, resume, after"""
    UNSUBSCRIBE = 4
    """subscription"""
    ASK = 5
    """number, room, tag, user, role, name, at, id, digest, command"""
    ROOM_MEMBERS = 6
    """number, room"""
    ONLINE = 7
    """number, rooms"""
    STREAM = 10
    """subscriptions and their first numbers, then messages without their numbers"""
    PRIVATE = 11
    """subscription, then messages"""
    CLOSED = 12
    """subscription, why"""
    ANSWER = 13
    """number, outcome, then what belongs to it"""
    BYE = 14
    """The owner stops, or starts a new session."""


_KINDS: Final = {int(kind): kind for kind in PacketKind}
# By number: calling the enum takes three times as long, on every packet.
_WAYS: Final = {int(way): way for way in Direction}


class Frame(NamedTuple):
    kind: PacketKind
    fields: tuple[bytes, ...]


class Packet(NamedTuple):
    way: Direction
    session: int
    """Chosen by the following node; later sessions have greater numbers."""
    number: int
    more: bool
    """Whether the payload goes on in the next packet."""
    payload: bytes

    def encode(self) -> bytes:
        return _HEAD.pack(self.way, self.session, self.number, self.more) + self.payload


def parse_packet(data: bytes) -> Packet:
    """Return the packet of its bytes; raise ValueError."""
    try:
        way, session, number, more = _HEAD.unpack_from(data)
        return Packet(_WAYS[way], session, number, bool(more), data[_HEAD.size :])
    except (struct.error, KeyError) as error:
        raise ValueError("not a packet") from error


def pack(kind: PacketKind, *fields: bytes) -> bytes:
    """Return a frame as bytes."""
    return b"".join((_begin(len(fields)).pack(kind, len(fields), *map(len, fields)), *fields))


def frames(payload: bytes) -> Iterator[Frame]:
    """Yield the frames of a payload, but for kinds that only a newer node knows; raise ValueError."""
    at, end = 0, len(payload)
    try:
        while at < end:
            begin = _begin(_COUNT.unpack_from(payload, at + 1)[0])
            code, _, *lengths = begin.unpack_from(payload, at)
            at += begin.size
            fields = []
            for length in lengths:
                fields.append(payload[at : at + length])
                at += length
            if at > end:
                raise ValueError("a frame is cut off")
            kind = _KINDS.get(code)
            if kind is not None:
                yield Frame(kind, tuple(fields))
    except struct.error as error:
        raise ValueError("a frame is cut off") from error


@lru_cache(maxsize=256)
def _begin(count: int) -> struct.Struct:
    """Return how a frame of so many fields begins: its kind, their number, their lengths."""
    return struct.Struct(f">BI{count}I")


def cut(payload: bytes, most: int = PACKET_BYTES) -> Sequence[bytes]:
    """Return the payload in pieces, one at least."""
    if len(payload) <= most:
        return (payload,)
    return [payload[at : at + most] for at in range(0, len(payload), most)]


class Intake:
    """Takes the packets of one session as they come, gives whole payloads in order, each once."""

    def __init__(self) -> None:
        self._next = 0
        self._early: dict[int, Packet] = {}
        self._part: list[bytes] = []

    @property
    def gap(self) -> bool:
        """Whether a packet is missing before one that came."""
        return bool(self._early)

    @property
    def hopeless(self) -> bool:
        """Whether too many wait for one that is missing."""
        return len(self._early) > MOST_EARLY

    def take(self, packet: Packet) -> Sequence[bytes]:
        """Return the payloads that are whole with this packet."""
        if packet.number == self._next and not (packet.more or self._part or self._early):
            # As nearly all are: whole, and the one that comes next.
            self._next += 1
            return (packet.payload,)
        return tuple(self._sorted(packet))

    def _sorted(self, packet: Packet) -> Iterator[bytes]:
        if packet.number < self._next:
            return
        self._early[packet.number] = packet
        while (early := self._early.pop(self._next, None)) is not None:
            self._next += 1
            if early.more:
                self._part.append(early.payload)
                continue
            if self._part:
                self._part.append(early.payload)
                whole, self._part = b"".join(self._part), []
            else:
                whole = early.payload
            yield whole
