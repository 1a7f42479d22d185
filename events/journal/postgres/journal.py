"""PostgresJournal: the record in ``session_event``, a batch of all rooms in one statement."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import errors

from events.core.state import RoomId
from events.journal import (
    UNCHANGED_KEPT,
    AlreadyRecorded,
    Append,
    Begun,
    Epoch,
    Fenced,
    JournalError,
    JournalUnavailable,
    Lease,
    Unchanged,
    Unrecordable,
    VersionConflict,
)
from events.journal.chain import START, Head
from events.journal.database.pool import Pool
from events.journal.postgres.batch import STATEMENTS, SealedRows, array_query, prepare
from events.journal.postgres.line import ArrayConnection, Outcome
from events.journal.postgres.queries import QUERIES
from events.journal.postgres.reader import PostgresReader, driver_errors

logger = logging.getLogger(__name__)

REFUSALS: Final = (errors.IntegrityError, errors.DataError, errors.DeadlockDetected)
"""What a statement is refused with that stored nothing."""
CANCEL_S: Final = 1.0
THIN_EVERY: Final = 1_000
"""After how many commands that changed nothing the oldest of a room are forgotten."""
COMMAND_INDEX: Final = "session_event_command"


@dataclass(slots=True)
class UnderWay:
    """An append that was begun and is not answered yet."""

    ready: Sequence[SealedRows]
    done: Callable[[Begun], None]
    deadline: float


class PostgresJournal(PostgresReader):
    """The record of all rooms in one database.

    Made with an open pool, of connections in autocommit. It takes one connection for appends, at
    the first one, and again after it broke; `close` gives it back. Appends go one after the other,
    reads beside them. Two journals on one database, in whatever processes, are safe: the database
    decides who was first.
    """

    def __init__(
        self, pool: Pool, *, append_timeout_s: float = 5, read_timeout_s: float = 30
    ) -> None:
        super().__init__(pool, read_timeout_s=read_timeout_s)
        self._append_timeout_s = append_timeout_s
        self._appending = asyncio.Lock()
        self._under_way: UnderWay | None = None
        self._free = asyncio.Event()
        """Set while nothing that was begun is under way."""
        self._free.set()
        self._unthinned = 0
        self._watchdog: asyncio.TimerHandle | None = None
        self._giving_up: asyncio.Task[None] | None = None
        self._line: ArrayConnection | None = None

    async def close(self) -> None:
        """Give the connection for appends back, after the append under way."""
        async with self._appending:
            await self._free.wait()
            await self._release()
        if self._giving_up is not None:
            await self._giving_up
        if self._watchdog is not None:
            self._watchdog.cancel()

    async def append(self, batch: Sequence[Append]) -> Sequence[JournalError | None]:
        """Store each append as versions after+1 …; return for each None, or why it was not stored.

        All go in one statement; if that is refused, each room goes on its own. Raise
        JournalUnavailable when the outcome of any is unknown.
        """
        async with self._appending:
            await self._free.wait()
            try:
                with driver_errors():
                    return await self._append(batch)
            except BaseException:
                # Unknown: what is in the record has to be read again, on another connection.
                for append in batch:
                    self._heads.pop(append.lease.room, None)
                await self._release(broken=True)
                raise

    def begin(self, batch: Sequence[Append], done: Callable[[Begun], None]) -> bool:
        """Begin to append without waiting; return False, and do nothing, where only `append` can.

        No task, timeout or lock: one statement is sent, and ``done`` is called from the socket's
        reader. What is not plain (a new connection, a head to look up, what cannot be encoded)
        and what is refused is `append`'s. One timer watches over all that is begun.
        """
        line = self._line
        if line is None or self._under_way is not None or self._appending.locked():
            return False
        ready = self._ready(batch)
        if not ready:
            return False
        try:
            line.send(*array_query(ready), self._ended)
        except psycopg.Error:
            return False
        loop = asyncio.get_running_loop()
        self._under_way = UnderWay(ready, done, loop.time() + self._append_timeout_s)
        self._free.clear()
        if self._watchdog is None:
            self._watchdog = loop.call_later(self._append_timeout_s, self._watch)
        return True

    async def keep_unchanged(self, lease: Lease, commands: Sequence[Unchanged]) -> None:
        """Keep that commands changed nothing; raise Fenced or JournalUnavailable."""
        users, ids, digests, versions = zip(*commands, strict=True)
        await self._run(
            "keep_unchanged",
            {
                "room": lease.room, "epoch": lease.epoch, "users": list(users), "ids": list(ids),
                "digests": list(digests), "versions": list(versions),
            },
        )  # fmt: skip
        # Epochs only rise: what it is now it was, or was less, when they were kept.
        if await self._fetch("fence", {"room": lease.room}) != [(lease.epoch,)]:
            raise Fenced(lease)
        self._unthinned += len(commands)
        if self._unthinned >= THIN_EVERY:
            self._unthinned = 0
            await self._run("thin_unchanged", {"room": lease.room, "keep": UNCHANGED_KEPT})

    async def lease(self, room: RoomId, node: str) -> Lease:
        """Return the right to write the room, taken from whoever had it."""
        params = {"room": room, "node": node}
        ((epoch,),) = await self._fetch("take_lease", params)
        return Lease(room, Epoch(epoch))

    def _ready(self, batch: Sequence[Append]) -> list[SealedRows] | None:
        """Return the rows of a batch if every room's head is at hand and all of it is in order."""
        ready = []
        for append in batch:
            head = self._heads.get(append.lease.room) if append.after else START
            if head is None or head.version != append.after:
                return None
            prepared = prepare(append, head)
            if isinstance(prepared, JournalError) or not prepared.rows:
                return None
            ready.append(prepared)
        return ready

    def _ended(self, outcome: Outcome) -> None:
        under_way = self._under_way
        assert under_way is not None, "only what is under way ends"
        if isinstance(outcome, int):
            for sealed in under_way.ready if outcome else ():
                self._heads.remember(sealed.lease.room, sealed.head_after)
            self._answer(under_way, bool(outcome))
        elif isinstance(outcome, REFUSALS):
            self._answer(under_way, False)
        else:
            self._lost(under_way, outcome)

    def _answer(self, under_way: UnderWay, outcome: Begun) -> None:
        self._under_way = None
        self._free.set()
        under_way.done(outcome)

    def _lost(self, under_way: UnderWay, error: Exception) -> None:
        """Have it answered that the outcome is unknown; the next append has another connection."""
        if self._giving_up is not None and not self._giving_up.done():
            return
        logger.warning("journal: the database is away: %s", error)
        for sealed in under_way.ready:
            self._heads.pop(sealed.lease.room, None)
        if self._line is not None:
            self._line.close()
        self._giving_up = asyncio.create_task(self._give_up(under_way, error))

    async def _give_up(self, under_way: UnderWay, error: Exception) -> None:
        # First the statement is ended, if it can be: else it may be stored while it is looked up.
        try:
            await self._release(broken=True)
        finally:
            self._answer(under_way, JournalUnavailable(str(error)))

    def _watch(self) -> None:
        self._watchdog = None
        under_way, loop = self._under_way, asyncio.get_running_loop()
        if under_way is None:
            return
        if loop.time() < under_way.deadline:
            self._watchdog = loop.call_at(under_way.deadline, self._watch)
        else:
            late = TimeoutError(f"no answer to an append within {self._append_timeout_s} s")
            self._lost(under_way, late)

    async def _discard(self, connection: psycopg.AsyncConnection) -> None:
        """Close a connection whose statement may still run: it is cancelled, if it can be."""
        with suppress(psycopg.Error, OSError):
            await connection.cancel_safe(timeout=CANCEL_S)
        await connection.close()
        await self._pool.putconn(connection)

    async def _append(self, batch: Sequence[Append]) -> list[JournalError | None]:
        if len({append.lease.room for append in batch}) < len(batch):
            return [(await self._append([append]))[0] for append in batch]
        line = await self._writer()
        heads = await self._heads_of(line, batch)
        outcome: list[JournalError | None] = []
        ready: list[tuple[int, SealedRows]] = []
        for index, append in enumerate(batch):
            prepared = prepare(append, heads.get(append.lease.room))
            outcome.append(prepared if isinstance(prepared, JournalError) else None)
            if isinstance(prepared, SealedRows) and prepared.rows:
                ready.append((index, prepared))
        if not ready or await self._stored(line, [sealed for _, sealed in ready]):
            return outcome
        for index, sealed in ready:
            outcome[index] = await self._store_alone(line, sealed)
        return outcome

    async def _stored(self, line: ArrayConnection, ready: Sequence[SealedRows]) -> bool:
        """Return whether the statement stored them; if it did not, nothing was stored."""
        try:
            if not await self._store(line, ready):
                return False
        except REFUSALS:
            return False
        for sealed in ready:
            self._heads.remember(sealed.lease.room, sealed.head_after)
        return True

    async def _store(self, line: ArrayConnection, ready: Sequence[SealedRows]) -> int:
        async with asyncio.timeout(self._append_timeout_s):
            return await line.run(*array_query(ready))

    async def _store_alone(self, line: ArrayConnection, sealed: SealedRows) -> JournalError | None:
        """Store the rows of one room; return why they were not."""
        lease, after = sealed.lease, sealed.head.version
        try:
            stored = await self._store(line, [sealed])
        except errors.UniqueViolation as violation:
            self._heads.pop(lease.room, None)
            if (violation.diag.constraint_name or "").startswith(COMMAND_INDEX):
                return AlreadyRecorded(lease.room)
            return VersionConflict(lease.room, after)
        except (errors.IntegrityError, errors.DataError) as refusal:
            return Unrecordable(lease.room, type(refusal).__name__)
        if stored:
            self._heads.remember(lease.room, sealed.head_after)
            return None
        self._heads.pop(lease.room, None)
        cursor = await line.connection.execute(QUERIES["fence"], {"room": lease.room})
        fence = await cursor.fetchone()
        if fence is not None and fence[0] != lease.epoch:
            return Fenced(lease)
        return VersionConflict(lease.room, after)

    async def _heads_of(self, line: ArrayConnection, batch: Sequence[Append]) -> dict[RoomId, Head]:
        """Return the head that each append builds on, where there is such a one."""
        heads: dict[RoomId, Head] = {}
        unknown: list[Append] = []
        for append in batch:
            head = self._heads.get(append.lease.room) if append.after else START
            if head is not None and head.version == append.after:
                heads[append.lease.room] = head
            else:
                unknown.append(append)
        if unknown:
            params = {
                "rooms": [append.lease.room for append in unknown],
                "afters": [append.after for append in unknown],
            }
            async with asyncio.timeout(self._append_timeout_s):
                cursor = await line.connection.execute(QUERIES["hashes"], params, binary=True)
                for room, version, hash_ in await cursor.fetchall():
                    heads[room] = Head(version, hash_)
        return heads

    async def _writer(self) -> ArrayConnection:
        if self._line is None:
            connection = await self._pool.getconn()
            self._line = line = ArrayConnection(connection)
            # The plans of our statements depend on no parameter, and making one takes longer than
            # a commit: 0.7 ms to 0.5.
            await connection.execute("SET plan_cache_mode = force_generic_plan")
            await line.prepare(*STATEMENTS)
        return self._line

    async def _release(self, *, broken: bool = False) -> None:
        if self._line is None:
            return
        connection, self._line = self._line.connection, None
        if broken:
            await self._discard(connection)
        else:
            with suppress(psycopg.Error):
                await connection.execute("RESET plan_cache_mode")
            await self._pool.putconn(connection)
