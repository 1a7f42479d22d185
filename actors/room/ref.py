"""RoomRef: a room wherever it runs, as all that is above the directory sees it."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from actors.delivery.viewer_streams import Reader
from actors.room.mailbox import Answer
from actors.runtime.errors import NoSuchMember
from events.core.state import Member, RoomId, RoomState, UserId
from events.journal import Commit, Request

if TYPE_CHECKING:
    from actors.room.actor import RoomActor
    from actors.room.services import Services


class RoomMembers(NamedTuple):
    """Whom a room knows."""

    name: str
    members: Mapping[UserId, Member]
    online: frozenset[UserId]


Online = Mapping[RoomId, frozenset[UserId]]
"""Who is connected to rooms."""


class Following(Protocol):
    """A connection's place in a room: it is sent what one viewer is told."""

    @property
    def seq(self) -> int:
        """The number of the last message that the viewer was told."""

    @property
    def member(self) -> Member | None:
        """Whose connection it is, as the room knows them now."""

    def leave(self) -> None:
        """Send nothing more; the connection is gone."""


class RoomRef(Protocol):
    """A room wherever it runs: here, or on another node."""

    def post(self, request: Request, answer: Answer) -> None:
        """Have the request decided; the answer comes when it is durable, or refused."""

    def after_all(self, call: Callable[[], None]) -> None:
        """Call, once all requests posted before are answered."""

    async def ask(self, request: Request) -> Commit:
        """Wait until the request is recorded; raise Rejected or NoAnswer."""

    async def follow(
        self,
        reader: Reader,
        by: UserId,
        viewer: UserId,
        resume: str | None = None,
        after: int | None = None,
    ) -> Following:
        """Push to the reader the state or what it missed, then each new message of the viewer.

        Who follows for themself counts as present. Raise NoSuchMember or NoAnswer.
        """

    async def room_members(self) -> RoomMembers:
        """Return whom the room knows; raise NoAnswer."""

    async def whole(self) -> RoomState:
        """Return the room as the record has it; raise NoAnswer."""


class RoomLocator(Protocol):
    """Where rooms are opened: in this process, or wherever they are."""

    @property
    def services(self) -> "Services":
        """What the rooms of this process share."""

    async def open(self, room: RoomId) -> RoomRef:
        """Return the room once it serves; raise NoAnswer."""

    def find(self, room: RoomId) -> "RoomActor | None":
        """Return the room if it is in this process's memory."""

    async def online(self, rooms: Collection[RoomId]) -> Online:
        """Return who is connected to the rooms that are in memory somewhere within reach."""


class Subscription:
    """A connection's place in a room of this process."""

    __slots__ = ("_by", "_present", "_reader", "_room", "_viewer")

    def __init__(
        self, room: "RoomActor", reader: Reader, by: UserId, viewer: UserId, *, present: bool
    ) -> None:
        self._room = room
        self._reader = reader
        self._by = by
        self._viewer = viewer
        self._present = present

    @property
    def seq(self) -> int:
        return self._room.streams.seq(self._viewer)

    @property
    def member(self) -> Member | None:
        return self._room.state.members.get(self._by)

    def leave(self) -> None:
        self._room.detach(self._reader)
        if self._present:
            self._present = False
            self._room.presence.leave(self._by)


async def subscribe(
    room: "RoomActor",
    reader: Reader,
    by: UserId,
    viewer: UserId,
    resume: str | None,
    after: int | None,
) -> Subscription:
    """Follow a room of this process, as `RoomRef.follow` says."""
    seat = Subscription(room, reader, by, viewer, present=by == viewer)
    if by == viewer:
        await room.presence.enter(by)
    member = room.state.members.get(viewer)
    if member is None:
        seat.leave()
        raise NoSuchMember
    room.attach(member, reader, by, resume, after)
    return seat
