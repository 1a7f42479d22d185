"""MemoryJournal: a journal that lives as long as the process, for tests and what-if replays."""

from collections.abc import AsyncIterator, Callable, Sequence

from events.core.state import Member, RoomId, UserId
from events.journal import (
    UNCHANGED_KEPT,
    AlreadyRecorded,
    Append,
    Begun,
    CommandId,
    Commit,
    Epoch,
    Fenced,
    JournalError,
    Lease,
    Unchanged,
    VersionConflict,
)


class MemoryJournal:
    """Keeps commits in lists; refuses what PostgresJournal would refuse."""

    def __init__(self) -> None:
        self._rooms: dict[RoomId, list[Commit]] = {}
        self._ids: dict[tuple[RoomId, UserId, CommandId], Commit] = {}
        self._epochs: dict[RoomId, Epoch] = {}
        self._unchanged: dict[RoomId, dict[tuple[UserId, CommandId], Unchanged]] = {}

    async def append(self, batch: Sequence[Append]) -> Sequence[JournalError | None]:
        return [self._append(append) for append in batch]

    def begin(self, batch: Sequence[Append], done: Callable[[Begun], None]) -> bool:
        return False

    async def read(
        self, room: RoomId, after: int = 0, upto: int | None = None
    ) -> AsyncIterator[Commit]:
        for commit in tuple(self._rooms.get(room, ())):
            if after < commit.version and (upto is None or commit.version <= upto):
                yield commit

    async def for_each_page(
        self,
        room: RoomId,
        use: Callable[[Sequence[Commit]], object],
        after: int = 0,
        upto: int | None = None,
    ) -> None:
        use([commit async for commit in self.read(room, after, upto)])

    async def find(self, room: RoomId, user: UserId, command: CommandId) -> Commit | None:
        return self._ids.get((room, user, command))

    async def keep_unchanged(self, lease: Lease, commands: Sequence[Unchanged]) -> None:
        if lease.epoch != self._epochs.get(lease.room, Epoch(0)):
            raise Fenced(lease)
        unchanged = self._unchanged.setdefault(lease.room, {})
        for command in commands:
            unchanged.setdefault((command.user, command.id), command)

    async def unchanged(self, room: RoomId) -> Sequence[Unchanged]:
        return tuple(self._unchanged.get(room, {}).values())[-UNCHANGED_KEPT:]

    async def lease(self, room: RoomId, node: str) -> Lease:
        """Return the right to write the room, taken from whoever had it."""
        self._epochs[room] = Epoch(self._epochs.get(room, 0) + 1)
        return Lease(room, self._epochs[room])

    def fence(self, room: RoomId, epoch: Epoch) -> None:
        """Refuse appends of earlier epochs from now on."""
        self._epochs[room] = epoch

    def _append(self, append: Append) -> JournalError | None:
        room = append.lease.room
        recorded = self._rooms.setdefault(room, [])
        if append.lease.epoch != self._epochs.get(room, Epoch(0)):
            return Fenced(append.lease)
        if append.after != (recorded[-1].version if recorded else 0):
            return VersionConflict(room, append.after)
        ids = [(room, c.by.user, c.id) for c in append.commits if c.id is not None]
        if len(set(ids)) < len(ids) or any(key in self._ids for key in ids):
            return AlreadyRecorded(room)
        # A record has no names beside ids: who reads it must not find them here either.
        commits = [c._replace(by=Member(c.by.user, c.by.role)) for c in append.commits]
        recorded.extend(commits)
        self._ids.update(((room, c.by.user, c.id), c) for c in commits if c.id is not None)
        return None
