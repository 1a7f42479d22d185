"""RoomRef: a room wherever it runs, as all that is above the directory sees it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, TypeAlias

from actors.delivery.viewer_streams import Reader
from actors.room.mailbox import Answer
from events.core.state import Member, RoomId, RoomState, UserId
from events.journal import Commit, Request


class RoomMembers(NamedTuple):
    """Whom a room knows."""

    name: str
    members: Mapping[UserId, Member]
    online: frozenset[UserId]


Online: TypeAlias = Mapping[RoomId, frozenset[UserId]]
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
