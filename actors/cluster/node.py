"""Node: one server of many. It owns some rooms, and reaches those that others own."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from typing import Final

from actors.cluster.codec import online_of
from actors.cluster.lease import Leases, NodeId, NodeSeen
from actors.cluster.ownership import Ownership
from actors.cluster.packet_session import BEAT_S, PacketSession
from actors.cluster.peer_client import PeerClient
from actors.cluster.peer_server import PeerServer
from actors.cluster.remote_room import RemoteRoom
from actors.cluster.transport import EVERYBODY, NatsTransport
from actors.cluster.wire import Direction, Packet, PacketKind, parse_packet
from actors.directory import Directory
from actors.room.actor import RoomActor
from actors.room.readable import Phase
from actors.room.ref import Online, RoomRef
from actors.room.services import Services
from actors.runtime.clock import Clock
from actors.runtime.errors import NoAnswer, RoomUnavailable
from actors.runtime.tasks import TaskOwner
from events.core.state import RoomId
from events.journal import JournalUnavailable, Lease

logger = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0
"""How long a newcomer waits for a room whose owner died."""
ONLINE_S: Final = 1.0
"""How long another node may take to say who is connected."""
KEPT_S: Final = 5.0
"""How long a retired peer's connections are kept, for it to bring them back."""


class Node(TaskOwner):
    """Made, entered, serving while `run` runs, left. Rooms are opened through it, as through a Directory."""

    def __init__(self, directory: Directory, leases: Leases, nats_url: str) -> None:
        super().__init__()
        self.directory = directory
        self.id: NodeId = leases.node
        self.loop = asyncio.get_running_loop()
        self.leases = leases
        self.ownership = Ownership(directory, leases, lambda: self.carrier.connected)
        self.carrier = NatsTransport(
            nats_url, self.id, self._receive, self._carrier_lost, self._announced
        )
        self._listeners: dict[str, Callable[[bytes], None]] = {}
        self._channels: dict[NodeId, PeerClient] = {}
        self._peers: dict[NodeId, PeerServer] = {}
        self._retired: list[PeerServer] = []
        self._remote: dict[RoomId, RemoteRoom] = {}

    @property
    def services(self) -> Services:
        return self.directory.services

    @property
    def clock(self) -> Clock:
        return self.services.clock

    @property
    def rooms(self) -> Directory:
        return self.directory

    def find(self, room: RoomId) -> RoomActor | None:
        """Return the room if it is in this node's memory."""
        return self.directory.find(room)

    async def open(self, room: RoomId) -> RoomRef:
        """Return the room, wherever it is; raise NoAnswer.

        A room whose owner died is waited for; one whose owner is out of reach is not.
        """
        with self.ownership.opening(room):
            channel = await self._located(room)
            if channel is None:
                return await self.open_here(room)
        remote = self._remote.get(room)
        if remote is None or not (remote.subscriptions or remote.channel is channel):
            if remote is not None:
                remote.leave_channel()
            remote = self._remote[room] = RemoteRoom(self, room, channel)
        return remote

    async def _located(self, room: RoomId) -> PeerClient | None:
        until = self.services.clock.monotonic() + PATIENCE_S
        while True:
            try:
                return await self.locate(room)
            except RoomUnavailable:
                if not self.carrier.connected or self.services.clock.monotonic() > until:
                    raise
            await asyncio.sleep(0.1)

    async def open_here(self, room: RoomId) -> RoomActor:
        """Return the room if it is this node's; raise NoAnswer."""
        actor = self.directory.find(room)
        if actor is None or actor.phase is Phase.CLOSED:
            with self.ownership.opening(room):
                owner = await self.ownership.owner(room)
                if owner.node != self.id:
                    raise RoomUnavailable
                return await self.directory.open(room, Lease(room, owner.epoch))
        return await self.directory.open(room)

    async def locate(self, room: RoomId) -> PeerClient | None:
        """Return the channel to the room's owner, None if that is this node; raise RoomUnavailable."""
        actor = self.directory.find(room)
        if actor is not None and actor.phase is not Phase.CLOSED:
            return None
        remote = self._remote.get(room)
        # An owner tells those who follow its room that it goes elsewhere, and nobody else.
        if remote is not None and remote.channel is not None and remote.subscriptions:
            return remote.channel
        owner = await self.ownership.owner(room)
        return None if owner.node == self.id else await self._reach(owner.node)

    async def _reach(self, owner: NodeId) -> PeerClient:
        """Return the channel to another node; raise RoomUnavailable."""
        if not self.carrier.connected:
            raise RoomUnavailable
        channel = self._channels.get(owner)
        if channel is None:
            number = int(self.services.clock.now().timestamp() * 1e6)
            session = PacketSession(self.carrier, self.services.clock, owner, Direction.ASK, number)
            channel = self._channels[owner] = PeerClient(session, self.forget)
        await channel.ready()
        return channel

    async def online(self, rooms: Collection[RoomId]) -> Online:
        """Return who is connected to the rooms, as their owners know; of none else."""
        here = self.directory.online_here(rooms)
        elsewhere = [room for room in rooms if room not in here]
        if not elsewhere or not self.carrier.connected:
            return here
        try:
            owners = await self.leases.owners(elsewhere)
        except JournalUnavailable:
            return here
        answers = [self._online_at(*each) for each in owners.items() if each[0] != self.id]
        online = dict(here)
        for remote in await asyncio.gather(*answers):
            online |= remote
        return online

    async def _online_at(self, owner: NodeId, rooms: Sequence[RoomId]) -> Online:
        try:
            channel = await self._reach(owner)
            fields = tuple(room.bytes for room in rooms)
            (field,) = await channel.answer(PacketKind.ONLINE, fields, ONLINE_S)
        except NoAnswer:
            # Whoever cannot be asked about may be gone: nobody is called present on hearsay.
            return {}
        return online_of(field)

    async def enter(self) -> None:
        """Become a node that others see; raise JournalUnavailable."""
        await self.ownership.enter()

    async def run(self) -> None:
        """Keep the leases, the connection to NATS and the sessions, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.carrier.run())
            group.create_task(self._beating())
            group.create_task(self.ownership.keep())

    def announce(self, topic: str, data: bytes) -> None:
        """Tell all other nodes, as far as they can be reached now."""
        self.carrier.send(EVERYBODY, [(topic, data)])

    def listen(self, topic: str, hear: Callable[[bytes], None]) -> None:
        """Have what other nodes announce on the topic heard; perhaps twice, perhaps never."""
        self._listeners[topic] = hear

    def nodes(self) -> tuple[NodeSeen, ...]:
        """Return the nodes as they were seen a moment ago."""
        return self.ownership.nodes

    @property
    def remote_rooms(self) -> int:
        return len(self._remote)

    def epochs(self) -> tuple[int, ...]:
        """Return the epochs of this node's rooms: how often each changed hands."""
        return tuple(actor.lease.epoch for actor in self.directory)

    async def leave(self) -> None:
        """Let others have the rooms, at once. All that was accepted is recorded by now."""
        await self.ownership.leave()
        for peer in tuple(self._peers.values()):
            peer.dismiss()
        await self.carrier.flush()

    def forget(self, channel: PeerClient) -> None:
        """Forget a channel that was lost."""
        if self._channels.get(channel.session.peer) is channel:
            del self._channels[channel.session.peer]

    def drop(self, room: RemoteRoom) -> None:
        """Forget a room that nobody here follows."""
        if self._remote.get(room.id) is room:
            del self._remote[room.id]

    def _receive(self, sender: NodeId, data: bytes) -> None:
        try:
            packet = parse_packet(data)
            if packet.way is Direction.SAY:
                channel = self._channels.get(sender)
                if channel is not None and channel.session.number == packet.session:
                    channel.receive(packet)
            else:
                peer = self._peer(sender, packet)
                if peer is not None:
                    peer.receive(packet)
        except (ValueError, KeyError):
            logger.exception("node %s: cannot read a packet of %s", self.leases.name, sender)

    def _announced(self, sender: NodeId, topic: str, data: bytes) -> None:
        hear = self._listeners.get(topic)
        if hear is not None and sender != self.id:
            hear(data)

    def _peer(self, sender: NodeId, packet: Packet) -> PeerServer | None:
        """Return the peer of the packet's session: a new one, if it is the newest so far."""
        peer = self._peers.get(sender)
        if peer is not None and packet.session <= peer.session.number:
            return peer if packet.session == peer.session.number else None
        if self.ownership.leaving:
            return None
        if peer is not None:
            peer.retire()
            self._retired.append(peer)
        session = PacketSession(
            self.carrier, self.services.clock, sender, Direction.SAY, packet.session
        )
        peer = self._peers[sender] = PeerServer(self, session)
        return peer

    async def _beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            for channel in tuple(self._channels.values()):
                channel.beat()
            now = self.services.clock.monotonic()
            for sender, peer in tuple(self._peers.items()):
                if peer.retired_at is None:
                    peer.beat()
                elif peer not in self._retired:
                    self._retired.append(peer)
                    del self._peers[sender]
            for peer in tuple(self._retired):
                if peer.retired_at is not None and now - peer.retired_at > KEPT_S:
                    self._retired.remove(peer)
                    peer.release()

    def _carrier_lost(self) -> None:
        for channel in tuple(self._channels.values()):
            channel.lose()
