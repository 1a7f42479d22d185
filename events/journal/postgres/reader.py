"""PostgresReader: reads the record in ``session_event``, page by page."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, Final

from events.core.state import RoomId, UserId
from events.journal import (
    UNCHANGED_KEPT,
    BrokenRecord,
    CommandId,
    Commit,
    JournalUnavailable,
    Unchanged,
)
from events.journal.chain import Head, Row, Seals
from events.journal.codec import PageColumns, decode
from events.journal.database.away import database_errors
from events.journal.database.pool import Pool
from events.journal.forgotten import Forgotten
from events.journal.postgres.batch import RoomHeads
from events.journal.postgres.pages import Page
from events.journal.postgres.queries import QUERIES

logger = logging.getLogger(__name__)

PAGE_EVENTS: Final = 1_000


class PostgresReader:
    """Reads the record of all rooms in one database, over any connections of its pool.

    The part of `PostgresJournal` that reads. It remembers the heads of the rooms that it read to
    their end, which is where the next append goes on.
    """

    def __init__(self, pool: Pool, *, read_timeout_s: float = 30) -> None:
        self._pool = pool
        self._read_timeout_s = read_timeout_s
        self._heads = RoomHeads()
        self._forgotten: dict[RoomId, tuple[str, Forgotten]] = {}

    async def read(
        self, room: RoomId, after: int = 0, upto: int | None = None
    ) -> AsyncIterator[Commit]:
        """Yield commits in version order; raise BrokenRecord or JournalUnavailable.

        Lets other tasks run after each page; the next page is asked for while one is used.
        """
        async with aclosing(self._pages(room, after, upto)) as pages:
            async for page in pages:
                for commit in page.commits() or await self._one_by_one(room, page):
                    yield commit

    async def for_each_page(
        self,
        room: RoomId,
        use: Callable[[Sequence[Commit]], object],
        after: int = 0,
        upto: int | None = None,
    ) -> None:
        """Give what `read` yields to a function, some hundreds of commits at a time.

        For folding long stretches: a page is read and used at one go, and nothing is left of it.
        """
        async with aclosing(self._pages(room, after, upto)) as pages:
            async for page in pages:
                if not page.used(use):
                    use(await self._one_by_one(room, page))

    def sealed_pages(
        self, room: RoomId, after: int = 0, upto: int | None = None
    ) -> AsyncGenerator[Page, None]:
        """Yield the pages that `read` reads, with the hashes that it takes to verify them."""
        return self._pages(room, after, upto, "read_sealed_page")

    async def find(self, room: RoomId, user: UserId, command: CommandId) -> Commit | None:
        """Return what was recorded for the user's command id, if anything was."""
        params = {"room": room, "user": user, "command": command}
        rows = await self._fetch("find", params)
        if not rows:
            return None
        ((version,),) = rows
        page = await self._page(room, version - 1, None, most=1)
        return None if page is None else (page.commits() or await self._one_by_one(room, page))[0]

    async def unchanged(self, room: RoomId) -> Sequence[Unchanged]:
        """Return the commands that changed nothing, the newest `UNCHANGED_KEPT`, oldest first."""
        rows = await self._fetch("unchanged", {"room": room, "keep": UNCHANGED_KEPT})
        return [Unchanged(*row) for row in rows]

    async def rows(self, room: RoomId, start: int = 1, stop: int = 2**62) -> list[Row]:
        """Return the rows of a room as they are stored, between two versions, both included."""
        params = {"room": room, "start": start, "stop": stop}
        return [Row(*row) for row in await self._fetch("read_rows", params)]

    async def forgotten(self, room: RoomId) -> Forgotten | None:
        """Return the persons of a room who are to be forgotten; None where there are none.

        Their names are in the rows as they are stored, which are hashed, and in nothing else that
        the journal gives.
        """
        ((who,),) = await self._fetch("who_is_forgotten", {"room": room})
        return await self._names_of(room, who) if who else None

    async def _run(self, name: str, params: dict[str, object]) -> None:
        """Run a statement that returns nothing, on any connection of the pool."""
        with driver_errors():
            async with asyncio.timeout(self._read_timeout_s), self._pool.connection() as connection:
                await connection.execute(QUERIES[name], params)

    async def _fetch(self, name: str, params: dict[str, object]) -> list[tuple[Any, ...]]:
        """Return what a query finds, on any connection of the pool."""
        with driver_errors():
            async with asyncio.timeout(self._read_timeout_s), self._pool.connection() as connection:
                cursor = await connection.execute(QUERIES[name], params, prepare=True, binary=True)
                return await cursor.fetchall()

    async def _pages(
        self, room: RoomId, after: int, upto: int | None, query: str = "read_page"
    ) -> AsyncGenerator[Page, None]:
        page = await self._page(room, after, upto, query)
        while page is not None and page.is_full:
            following = asyncio.create_task(self._page(room, page.stop, upto, query))
            try:
                # The statement leaves now, and the server works while this page is read and used.
                await asyncio.sleep(0)
                yield page
                page = await following
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
        if page is not None:
            yield page

    async def _page(
        self,
        room: RoomId,
        after: int,
        upto: int | None,
        query: str = "read_page",
        most: int = PAGE_EVENTS,
    ) -> Page | None:
        """Return about the most rows after a version, not read yet; None if there are none."""
        size = most if upto is None else min(most, upto - after)
        if size <= 0:
            return None
        params = {"room": room, "after": after, "size": size}
        ((start, stop, end, forgotten, *rest),) = await self._fetch(query, params)
        if start is None:
            return None
        if start > after + 1:
            raise BrokenRecord(room, after + 1, "missing")
        head = self._heads.get(room)
        if head is None or head.version < stop:
            self._heads.remember(room, Head(stop, end))
        n = len(PageColumns._fields)
        seals = Seals(*rest[n:]) if rest[n:] else None
        columns = PageColumns(*rest[:n])
        if forgotten:
            columns = (await self._names_of(room, forgotten)).without_columns(columns)
        return Page(start, stop, upto, stop - after >= size, columns, seals)

    async def _names_of(self, room: RoomId, who: str) -> Forgotten:
        """Return the persons who are to be forgotten, looked up each time that these are others."""
        cached = self._forgotten.get(room)
        if cached is None or cached[0] != who:
            names = await self._fetch("forgotten_names", {"room": room})
            cached = self._forgotten[room] = who, Forgotten(dict(names))
        return cached[1]

    async def _one_by_one(self, room: RoomId, page: Page) -> Sequence[Commit]:
        """Return the commits of a page that could not be read at one go; raise BrokenRecord."""
        rows = await self.rows(room, page.start, page.stop)
        if (forgotten := await self.forgotten(room)) is not None:
            rows = [forgotten.without_row(row) for row in rows]
        return page.within(list(decode(rows)))


@contextmanager
def driver_errors() -> Iterator[None]:
    try:
        with database_errors():
            yield
    except JournalUnavailable as error:
        logger.warning("journal: the database is away: %s", error)
        raise
