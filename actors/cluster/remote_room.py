"""RemoteRoom: a room on another node, asked and followed over NATS."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from actors.cluster.codec import outcome_of, request_fields, room_members_of
from actors.cluster.peer_client import Fields, PeerClient, Then
from actors.cluster.peer_client import answered as answered_within
from actors.cluster.wire import PacketKind
from actors.delivery.viewer_streams import CloseReason, Reader
from actors.room.mailbox import MAILBOX_COMMANDS, Answer, answered
from actors.room.ref import RoomMembers
from actors.room.services import Services
from actors.runtime.backoff import Backoff
from actors.runtime.errors import NoAnswer, NoSuchMember, RoomBusy, RoomUnavailable
from actors.runtime.tasks import Work
from events import EMPTY, RoomState
from events.core.state import Member, Role, RoomId, UserId
from events.errors import Rejected
from events.journal import Commit, JournalError, Request
from events.journal.folding import folded

logger = logging.getLogger(__name__)

ANSWER_S: Final = 8.0
"""How long a follow may take; rooms may have to be folded first."""


class RemoteSubscription:
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

    def receive_stream(self, bodies: tuple[bytes, ...], first: int) -> None:
        """Pass on messages of the viewer's stream, with the viewer's numbers."""
        self.reader.push_stream(bodies, first)
        self.seq = self.covered = first + len(bodies) - 1

    def receive_private(self, messages: tuple[bytes, ...]) -> None:
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

    def closed(self, why: CloseReason) -> None:
        """Close for good, or follow the room to where it went."""
        if why is CloseReason.REMOVED:
            self.gone = True
            self._room.subscriptions.pop(self, None)
            self.reader.close(why)
        else:
            self._room.moved()

    def leave(self) -> None:
        if not self.gone:
            self.gone = True
            self._room.left(self)


class FollowingNode(Protocol):
    """The node whose connections follow a room, as far as that goes."""

    @property
    def services(self) -> Services: ...

    async def locate(self, room: RoomId) -> PeerClient | None:
        """Return the channel to the room's owner, None if that is this node; raise RoomUnavailable."""

    def drop(self, room: "RemoteRoom") -> None:
        """Forget a room that nobody here follows."""

    def spawn(self, work: Work, name: str) -> None:
        """Run the work on the side, until the node leaves."""


class RemoteRoom:
    """A room that another node owns. Reached, lost, reached again wherever it then is.

    While it is lost, all that is asked is answered as unavailable at once; who follows stays, and
    is sent what was missed, or a new state, once it is reached. Should this node have become the
    owner, its connections are closed, and find the room here when they come back.
    """

    def __init__(self, node: FollowingNode, room: RoomId, channel: PeerClient) -> None:
        self.id = room
        self.subscriptions: dict[RemoteSubscription, None] = {}
        self._node = node
        self.channel: PeerClient | None = channel
        self._unanswered: dict[int, tuple[Request, Answer]] = {}
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
        if len(self._unanswered) >= MAILBOX_COMMANDS and not request.command.internal:
            answer(RoomBusy())
            return
        self._count += 1
        number = self._count
        self._unanswered[number] = (request, answer)
        channel.ask(
            PacketKind.ASK,
            request_fields(self.id, request),
            lambda fields: self._answered(number, fields),
        )

    def after_all(self, call: Callable[[], None]) -> None:
        """Call, once all requests posted before are answered."""
        if self._unanswered:
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
    ) -> RemoteSubscription:
        """Push to the reader what the viewer is told; raise NoSuchMember or NoAnswer."""
        subscription = RemoteSubscription(self, reader, by, viewer)
        subscription.token, subscription.covered = resume, after
        self.subscriptions[subscription] = None
        try:
            await self._take(subscription)
        except BaseException:
            subscription.leave()
            raise
        return subscription

    async def room_members(self) -> RoomMembers:
        """Return whom the room knows; raise NoAnswer."""
        fields = await self._wait(
            lambda channel, then: channel.ask(PacketKind.ROOM_MEMBERS, (self.id.bytes,), then)
        )
        return room_members_of(fields[0])

    async def whole(self) -> RoomState:
        """Return the room as the record has it; raise NoAnswer."""
        services = self._node.services
        try:
            saved = await services.snapshots.load(self.id) or (0, EMPTY)
            _, state = await folded(services.journal, self.id, saved)
        except JournalError as error:
            raise RoomUnavailable from error
        return state

    def left(self, subscription: RemoteSubscription) -> None:
        """Forget a subscription whose connection is gone."""
        self.subscriptions.pop(subscription, None)
        if self.channel is not None:
            self.channel.unsubscribe(subscription.number)

    def leave_channel(self) -> None:
        """Follow nothing over the channel any more; what was asked is still answered."""
        if self.channel is not None:
            self.channel.rooms.discard(self)
            # Those, too, who came while others were taken to it in vain.
            for subscription in self.subscriptions:
                self.channel.unsubscribe(subscription.number)
            self.channel = None

    def moved(self) -> None:
        """Leave the channel: the room went elsewhere."""
        if self.channel is not None:
            self.leave_channel()
            self.lost()

    def lost(self) -> None:
        """Answer what is open, and seek the owner for those who follow."""
        self.channel = None
        for number in tuple(self._unanswered):
            self._answered(number, ())
        if not self.subscriptions:
            self._node.drop(self)
        elif not self._seeking:
            self._seeking = True
            self._node.spawn(self._seek(), f"room {self.id}: seek its owner")

    async def _seek(self) -> None:
        pauses = Backoff(0.02, 0.25)
        try:
            while self.subscriptions:
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
                await pauses.wait()
            self._node.drop(self)
            for subscription in tuple(self.subscriptions):
                subscription.reader.close(CloseReason.RESTART)
        finally:
            self._seeking = False

    async def _take_all(self, channel: PeerClient) -> bool:
        """Follow anew for all subscriptions; return whether the room is reached for good."""
        subscriptions = tuple(self.subscriptions)
        outcomes = await asyncio.gather(*map(self._take, subscriptions), return_exceptions=True)
        if self.channel is channel and not any(isinstance(each, NoAnswer) for each in outcomes):
            return True
        self.leave_channel()
        return False

    async def _take(self, subscription: RemoteSubscription) -> None:
        """Follow for a subscription; raise what follow raises."""

        def take(channel: PeerClient, then: Then) -> None:
            subscription.number = channel.subscribe(subscription, subscription.fields(), then)

        try:
            role, name = await self._wait(take)
        except Rejected:
            subscription.closed(CloseReason.REMOVED)
            raise NoSuchMember from None
        subscription.member = Member(subscription.by, Role(role.decode()), name.decode())

    async def _wait(self, question: Callable[[PeerClient, Then], object]) -> Fields:
        """Return what comes of a question; raise Rejected or NoAnswer."""
        channel = self.channel
        if channel is None:
            raise RoomUnavailable
        return await answered_within(lambda then: question(channel, then), ANSWER_S)

    def _answered(self, number: int, fields: tuple[bytes, ...]) -> None:
        request, answer = self._unanswered.pop(number, (None, None))
        if request is not None and answer is not None:
            answer(outcome_of(request, fields))
        while self._thens and (
            not self._unanswered or next(iter(self._unanswered)) > self._thens[0][0]
        ):
            self._thens.popleft()[1]()
