"""PeerServer: a node that follows rooms of this one, as their owner sees it."""

import asyncio
import logging
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, Protocol

from actors.cluster.codec import (
    online_field,
    outcome_fields,
    request_of,
    room_members_field,
    room_of,
)
from actors.cluster.packet_session import PacketSession
from actors.cluster.wire import Frame, Packet, PacketKind, frames, pack
from actors.delivery.viewer_streams import CloseReason
from actors.directory import Directory
from actors.room.actor import RoomActor
from actors.room.mailbox import Answer, Outcome
from actors.room.readable import Phase
from actors.room.subscription import Subscription
from actors.runtime.clock import Clock
from actors.runtime.errors import NoAnswer, RoomUnavailable
from actors.runtime.tasks import Work
from events.core.state import RoomId, UserId
from events.errors import Rejected
from events.journal import Request

logger = logging.getLogger(__name__)

PEER_SILENT_S: Final = 10.0
"""After how long without a word a peer's connections are counted as gone."""


class OwnerNode(Protocol):
    """The node that owns the rooms, as far as others follow them."""

    loop: asyncio.AbstractEventLoop

    @property
    def clock(self) -> Clock: ...

    @property
    def rooms(self) -> Directory:
        """The rooms in its memory."""

    async def open_here(self, room: RoomId) -> RoomActor:
        """Return the room if it is this node's; raise NoAnswer."""

    def spawn(self, work: Work, name: str) -> None:
        """Run the work on the side, until the node leaves."""


class PeerServer:
    """The connections that one other node has to rooms of this one. Open, then retired once that node falls silent.

    What is told goes on a subject for each room and audience: a node is sent what is for players only
    if one of its connections is a player's, and nothing that is for DMs unless one is a DM's.
    """

    def __init__(self, node: OwnerNode, session: PacketSession) -> None:
        self.session = session
        self.retired_at: float | None = None
        self._node = node
        self._loop: asyncio.AbstractEventLoop = node.loop
        self._subscriptions: dict[bytes, Subscription | None] = {}
        self._bundles: list[Bundle] = []
        self._send_answer(pack(PacketKind.HELLO))

    def receive(self, packet: Packet) -> None:
        """Take a packet of the peer's."""
        self.session.note_received()
        for payload in self.session.intake.take(packet):
            for frame in frames(payload):
                if self.retired_at is None:
                    self._read(frame)

    def beat(self) -> None:
        """Show this end is there, and see whether the other is."""
        if self.session.broken(PEER_SILENT_S):
            self.dismiss()
        else:
            self.session.beat()

    def dismiss(self) -> None:
        """Have the peer look for its rooms elsewhere."""
        self._flush()
        self.session.send("bye", pack(PacketKind.BYE))
        self.retire()

    def retire(self) -> None:
        """Say no more. The connections stay for a while, as the peer may bring them back."""
        if self.retired_at is None:
            self.retired_at = self._node.clock.monotonic()

    def release(self) -> None:
        """Let the connections of a retired peer go."""
        subscriptions, self._subscriptions = self._subscriptions, {}
        for subscription in subscriptions.values():
            if subscription is not None:
                subscription.leave()

    def push_stream(self, reader: "RemoteReader", bodies: Sequence[bytes], first: int) -> None:
        """Send messages of its viewer's stream to a connection; what others are told too goes once for each audience."""
        if self.retired_at is None and bodies:
            bundle = self._bundle()
            if not bundle.add_stream(reader, bodies, first):
                self._new_bundle().add_stream(reader, bodies, first)

    def push_private(self, reader: "RemoteReader", messages: Sequence[bytes]) -> None:
        """Send messages that are for one connection."""
        if self.retired_at is None and messages:
            bundle = self._bundle()
            if not bundle.add_private(reader, messages):
                self._new_bundle().add_private(reader, messages)

    def close_subscription(self, number: bytes, why: CloseReason) -> None:
        """Tell the peer that the room closes a connection."""
        subscription = self._subscriptions.pop(number, None)
        if subscription is not None:
            subscription.leave()
        if self.retired_at is None:
            self._new_bundle().answers.append(pack(PacketKind.CLOSED, number, why.name.encode()))

    # What is asked

    def _read(self, frame: Frame) -> None:
        number, fields = (frame.fields or (b"",))[0], frame.fields[1:]
        match frame.kind:
            case PacketKind.ASK:
                self._read_request(number, fields)
            case PacketKind.SUBSCRIBE:
                self._subscriptions[number] = None
                self._node.spawn(self._follow(number, fields), "follow for another node")
            case PacketKind.UNSUBSCRIBE:
                subscription = self._subscriptions.pop(number, None)
                if subscription is not None:
                    subscription.leave()
            case PacketKind.ONLINE:
                online = self._node.rooms.online_here([room_of(room) for room in fields])
                self._send_answer(pack(PacketKind.ANSWER, number, b"yes", online_field(online)))
            case PacketKind.ROOM_MEMBERS:
                self._node.spawn(
                    self._answer_room_members(number, room_of(fields[0])), "room_members"
                )
            case _:
                pass

    def _read_request(self, number: bytes, fields: tuple[bytes, ...]) -> None:
        try:
            room, request = request_of(fields)
        except (Rejected, ValueError, KeyError):
            # A newer node knows commands that this one does not.
            logger.warning("a node asked what this one does not know")
            outcome = outcome_fields(RoomUnavailable())
            self._send_answer(pack(PacketKind.ANSWER, number, *outcome))
            return
        self._ask(number, room, request)

    def _ask(self, number: bytes, room: RoomId, request: Request) -> None:
        def answer(outcome: Outcome) -> None:
            self._send_answer(pack(PacketKind.ANSWER, number, *outcome_fields(outcome)))

        actor = self._node.rooms.find(room)
        if actor is not None and actor.phase is not Phase.CLOSED:
            actor.post(request, answer)
        else:
            self._node.spawn(self._open_and_ask(room, request, answer), "ask for another node")

    async def _open_and_ask(self, room: RoomId, request: Request, answer: Answer) -> None:
        try:
            actor = await self._node.open_here(room)
        except NoAnswer as error:
            answer(error)
        else:
            actor.post(request, answer)

    async def _follow(self, number: bytes, fields: tuple[bytes, ...]) -> None:
        room, by, viewer, resume, after = fields
        who = UserId(by.decode())
        try:
            actor = await self._node.open_here(room_of(room))
            reader = RemoteReader(self, number, actor, UserId(viewer.decode()))
            subscription = await actor.follow(
                reader,
                who,
                reader.viewer,
                resume.decode() or None,
                int(after) if after else None,
            )
        except (NoAnswer, Rejected) as error:
            self._subscriptions.pop(number, None)
            self._send_answer(pack(PacketKind.ANSWER, number, *outcome_fields(error)))
            return
        if number not in self._subscriptions or self.retired_at is not None:
            subscription.leave()
            return
        self._subscriptions[number] = subscription
        member = subscription.member
        role, name = (member.role.value, member.name) if member else ("spectator", "")
        self._send_answer(pack(PacketKind.ANSWER, number, b"yes", role.encode(), name.encode()))

    async def _answer_room_members(self, number: bytes, room: RoomId) -> None:
        try:
            room_members = await (await self._node.open_here(room)).room_members()
        except NoAnswer as error:
            self._send_answer(pack(PacketKind.ANSWER, number, *outcome_fields(error)))
        else:
            self._send_answer(
                pack(PacketKind.ANSWER, number, b"yes", room_members_field(room_members))
            )

    # What is said

    def _send_answer(self, frame: bytes) -> None:
        if self.retired_at is None:
            self._bundle().answers.append(frame)

    def _bundle(self) -> "Bundle":
        return self._bundles[-1] if self._bundles else self._new_bundle()

    def _new_bundle(self) -> "Bundle":
        if not self._bundles:
            self._loop.call_soon(self._flush)
        bundle = Bundle()
        self._bundles.append(bundle)
        return bundle

    def _flush(self) -> None:
        bundles, self._bundles = self._bundles, []
        if self.retired_at is None:
            self.session.send_all(chain.from_iterable(bundle.payloads() for bundle in bundles))


class RemoteReader:
    """A connection at another node."""

    staged_delta = False
    """Older nodes have no way to say it, so whole lists cross between nodes."""
    terrain_in_runs = False

    __slots__ = ("_room", "actor", "number", "server", "viewer")

    def __init__(self, server: PeerServer, number: bytes, actor: RoomActor, viewer: UserId) -> None:
        self.server = server
        self.number = number
        self.actor = actor
        self.viewer = viewer
        self._room = actor.id.hex

    def push(self, messages: Sequence[bytes]) -> None:
        self.server.push_private(self, messages)

    def push_stream(self, bodies: Sequence[bytes], first: int) -> None:
        self.server.push_stream(self, bodies, first)

    def close(self, why: CloseReason) -> None:
        self.server.close_subscription(self.number, why)

    def shared_topic(self) -> str:
        """Return the topic of those who may know the same as the viewer."""
        state = self.actor.state
        member = state.members.get(self.viewer)
        if (
            member is None
            or self.viewer in state.individually_seen
            or self.viewer not in state.online
        ):
            return self.private_topic()
        return f"{self._room}.{member.role.value}"

    def private_topic(self) -> str:
        """Return the topic that is for the viewer alone."""
        name = urlsafe_b64encode(self.viewer.encode()).decode().rstrip("=")
        return f"{self._room}.user-{name}"


class Bundle:
    """What is sent in one turn: by topic what is told, then the answers.

    Acks follow what they tell of. A reader whose topic changes needs another bundle, for what is
    on different topics of one bundle is put together in another order than it came.
    """

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self._topics: dict[str, list[StreamFrame | bytes]] = {}
        self._latest: dict[RemoteReader, tuple[str, int]] = {}
        self._streams: dict[tuple[str, int], tuple[int, StreamFrame]] = {}
        """By topic and identity of the bodies, which are the same for all of an audience."""

    def add_stream(self, reader: RemoteReader, bodies: Sequence[bytes], first: int) -> bool:
        """Take messages of a stream; return False if they would overtake others of the reader's."""
        topic = reader.shared_topic()
        before, at = self._latest.get(reader, (topic, -1))
        if before != topic:
            return False
        shared = self._streams.get((topic, id(bodies)))
        if shared is None or shared[0] <= at:
            frames = self._topics.setdefault(topic, [])
            shared = self._streams[topic, id(bodies)] = len(frames), StreamFrame(bodies)
            frames.append(shared[1])
        shared[1].places.append(b"%b:%d" % (reader.number, first))
        self._latest[reader] = topic, shared[0]
        return True

    def add_private(self, reader: RemoteReader, messages: Sequence[bytes]) -> bool:
        """Take messages for one reader alone; return False if they would overtake others of theirs."""
        topic = reader.private_topic()
        if self._latest.get(reader, (topic, -1))[0] != topic:
            return False
        frames = self._topics.setdefault(topic, [])
        self._latest[reader] = topic, len(frames)
        frames.append(pack(PacketKind.PRIVATE, reader.number, *messages))
        return True

    def payloads(self) -> Iterator[tuple[str, bytes]]:
        """Yield each topic and what is sent on it, in order."""
        left = len(self._topics)
        for topic, parts in self._topics.items():
            left -= 1
            frames = [each if isinstance(each, bytes) else each.pack() for each in parts]
            # Answers go with what they follow: a packet more costs as much as the rest of a command.
            yield topic, b"".join(frames if left else frames + self.answers)
        if self.answers and not self._topics:
            yield "answers", b"".join(self.answers)


class StreamFrame:
    """Messages for all of one audience, worded once, and the numbers they have for each."""

    __slots__ = ("bodies", "places")

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self.bodies = bodies
        self.places: list[bytes] = []

    def pack(self) -> bytes:
        return pack(PacketKind.STREAM, b" ".join(self.places), *self.bodies)
