"""The journal: the append-only record of each room, and the errors of keeping it."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, NewType, Protocol, TypeAlias

from events.core.messages import Command, Event
from events.core.state import Member, RoomId, RoomState, SessionId, UserId

CommandId = NewType("CommandId", str)
Epoch = NewType("Epoch", int)

DIGEST_BYTES = 16


# Tuples: each command makes one of each, recovery a commit for each few events, and a frozen
# dataclass takes 0.8 µs more to make (tests/benchmarks/test_journal.py).
class Request(NamedTuple):
    """A stamped command: who asks, when, under which id."""

    command: Command
    by: Member
    at: datetime
    id: CommandId | None = None
    """The client's id for it, unique per user and campaign; None where it gave none."""
    digest: bytes = b""
    """What `digest` made of the command before it was stamped."""


class Commit(NamedTuple):
    """What one request caused: the unit stored, told and replayed."""

    after: int
    """The version before."""
    events: tuple[Event, ...]
    by: Member
    at: datetime
    session: SessionId | None = None
    """The game session it belongs to; None outside of one."""
    id: CommandId | None = None
    digest: bytes = b""

    @property
    def version(self) -> int:
        """The version of its last event."""
        return self.after + len(self.events)


class Unchanged(NamedTuple):
    """That a user's command was carried out and changed nothing, so that it left no event."""

    user: UserId
    id: CommandId
    digest: bytes
    version: int
    """That of the room then."""


UNCHANGED_KEPT: Final = 10_000
"""How many such commands of a room are remembered, the newest."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one room; the epoch is its fence."""

    room: RoomId
    epoch: Epoch = Epoch(0)


@dataclass(frozen=True, slots=True)
class Append:
    """Commits of one room that are stored together or not at all."""

    lease: Lease
    after: int
    """The version the room is expected to have."""
    commits: tuple[Commit, ...]


class JournalError(Exception):
    """The record could not be written or read."""


class VersionConflict(JournalError):
    def __init__(self, room: RoomId, expected: int) -> None:
        super().__init__(room, expected)
        self.room, self.expected = room, expected

    def __str__(self) -> str:
        return f"room {self.room}: version {self.expected} is not the last one"


class Fenced(JournalError):
    """The room belongs to another owner now."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(lease)
        self.lease = lease

    def __str__(self) -> str:
        return f"room {self.lease.room}: epoch {self.lease.epoch} is over"


class AlreadyRecorded(JournalError):
    """A command id of this batch is in the record already; nothing of the batch was stored."""

    def __init__(self, room: RoomId) -> None:
        super().__init__(room)
        self.room = room

    def __str__(self) -> str:
        return f"room {self.room}: a command id was recorded before"


class Unrecordable(JournalError):
    """The database (or JSON) cannot hold what the batch says; nothing of it was stored."""

    def __init__(self, room: RoomId, why: str) -> None:
        super().__init__(room, why)
        self.room, self.why = room, why

    def __str__(self) -> str:
        return f"room {self.room}: cannot be recorded: {self.why}"


class JournalUnavailable(JournalError):
    """The database is away, or its answer was lost: whether anything was stored is unknown."""


class BrokenRecord(JournalError):
    """A stored row cannot be read, or does not fit its neighbours."""

    def __init__(self, room: RoomId, version: int, why: str) -> None:
        super().__init__(room, version, why)
        self.room, self.version, self.why = room, version, why

    def __str__(self) -> str:
        return f"room {self.room}@{self.version}: {self.why}"


Begun: TypeAlias = bool | JournalUnavailable
"""What an append that was begun came to."""


class Journal(Protocol):
    """The append-only record of all rooms."""

    async def append(self, batch: Sequence[Append]) -> Sequence[JournalError | None]:
        """Store each append as versions after+1 …; return for each None, or why it was not stored.

        Each append is all or nothing; one that fails harms no other. Raise JournalUnavailable when
        the outcome of any is unknown.
        """

    def begin(self, batch: Sequence[Append], done: Callable[[Begun], None]) -> bool:
        """Begin to append without waiting; return False, and do nothing, where only `append` can.

        ``done`` is called once, later: with True when all is stored; with False when nothing is,
        and `append` would say why; with JournalUnavailable when the outcome is unknown.
        """

    def read(self, room: RoomId, after: int = 0, upto: int | None = None) -> AsyncIterator[Commit]:
        """Yield commits in version order; raise BrokenRecord or JournalUnavailable.

        ``after`` and ``upto`` are versions; a commit is yielded if its last event lies in
        ``(after, upto]``.
        """

    async def for_each_page(
        self,
        room: RoomId,
        use: Callable[[Sequence[Commit]], object],
        after: int = 0,
        upto: int | None = None,
    ) -> None:
        """Give what `read` yields to a function, many commits at a time, for half the price."""

    async def find(self, room: RoomId, user: UserId, command: CommandId) -> Commit | None:
        """Return what was recorded for the user's command id, if anything was."""

    async def keep_unchanged(self, lease: Lease, commands: Sequence[Unchanged]) -> None:
        """Keep that commands changed nothing; raise Fenced or JournalUnavailable."""

    async def unchanged(self, room: RoomId) -> Sequence[Unchanged]:
        """Return the commands that changed nothing, the newest `UNCHANGED_KEPT`, oldest first."""


def digest(command: Command) -> bytes:
    """Return 16 bytes that tell one command from another: SHA-256 of its tag and fields."""
    text = command.tag.encode() + command.to_json()
    return hashlib.sha256(text).digest()[:DIGEST_BYTES]


def commit(
    request: Request, before: RoomState, after: RoomState, version: int, events: Sequence[Event]
) -> Commit:
    """Return the commit of a request that turned one state, at this version, into another."""
    return Commit(
        after=version,
        events=tuple(events),
        by=request.by,
        at=request.at,
        session=after.running or before.running,
        id=request.id,
        digest=request.digest,
    )
