"""A room whose owner went away: followers are taken to the next owner, and each is told once."""

import asyncio
from collections.abc import Coroutine
from typing import Any, cast
from uuid import uuid4

import pytest

from actors.cluster.codec import outcome_fields
from actors.cluster.lease import NodeId
from actors.cluster.packet_session import PacketSession
from actors.cluster.peer_client import PeerClient
from actors.cluster.remote_room import RemoteRoom
from actors.cluster.transport import Transport
from actors.cluster.wire import Direction, Frame, Packet, PacketKind, frames, pack, parse_packet
from actors.room.services import Services
from actors.runtime.errors import RoomUnavailable
from events.core.state import RoomId, UserId
from tests.support.actor_table import HandClock, Listener, until

ROOM = RoomId(uuid4())
HERE = (b"yes", b"player", b"Ann")


class Owner:
    """The other end of a channel, played by hand."""

    def __init__(self, name: str) -> None:
        session = PacketSession(cast(Transport, self), HandClock(), NodeId(name), Direction.ASK, 1)
        self.channel = PeerClient(session, lambda channel: None)
        self.follows: list[bytes] = []
        """The numbers under which it was asked to tell, and not to stop."""
        self._sent = 0

    def send(self, to: NodeId, messages: list[tuple[str, bytes]]) -> None:
        for _, packet in messages:
            for frame in frames(parse_packet(packet).payload):
                self._take(frame)

    def answer(self, number: bytes, *fields: bytes) -> None:
        self._say(pack(PacketKind.ANSWER, number, *fields))

    def tell_all(self, body: bytes, first: int) -> None:
        for number in self.follows:
            self._say(pack(PacketKind.STREAM, b"%b:%d" % (number, first), body))

    def _take(self, frame: Frame) -> None:
        if frame.kind is PacketKind.SUBSCRIBE:
            self.follows.append(frame.fields[0])
        elif frame.kind is PacketKind.UNSUBSCRIBE:
            self.follows.remove(frame.fields[0])

    def _say(self, frame: bytes) -> None:
        self.channel.receive(Packet(Direction.SAY, 1, self._sent, False, frame))
        self._sent += 1


class Seeking:
    """A node at which people follow the room: it is told by hand who owns it."""

    services = cast(Services, None)

    def __init__(self) -> None:
        self.owners: asyncio.Queue[Owner] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def locate(self, room: RoomId) -> PeerClient | None:
        return (await self.owners.get()).channel

    def drop(self, room: RemoteRoom) -> None:
        pass

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))


async def follow(room: RemoteRoom, owner: Owner, name: str) -> Listener:
    """Return a connection that the owner tells, as it says."""
    listener, before = Listener(), len(owner.follows)
    following = asyncio.create_task(room.follow(listener, UserId(name), UserId(name)))
    await until(lambda: len(owner.follows) > before)
    owner.answer(owner.follows[-1], *HERE)
    await following
    return listener


@pytest.mark.timeout(20)
async def test_who_comes_while_others_are_taken_to_an_owner_in_vain_is_told_once() -> None:
    first, second, third = (Owner(name) for name in ("first", "second", "third"))
    node = Seeking()
    room = RemoteRoom(node, ROOM, first.channel)
    ann = await follow(room, first, "ann")
    first.channel.lose()
    node.owners.put_nowait(second)
    await until(lambda: len(second.follows) == 1)
    ben = await follow(room, second, "ben")

    second.answer(second.follows[0], *outcome_fields(RoomUnavailable()))
    node.owners.put_nowait(third)
    await until(lambda: len(third.follows) == 2)
    for number in third.follows:
        third.answer(number, *HERE)
    await until(lambda: room.channel is third.channel)
    for owner in (second, third):
        owner.tell_all(b'{"type":"hex:revealed"', 1)

    assert [message["seq"] for message in ann.messages] == [1]
    assert [message["seq"] for message in ben.messages] == [1]
