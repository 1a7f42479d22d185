"""Appends that are begun: the short way over the socket, and what becomes of those it cannot store."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from actors.runtime.clock import SystemClock
from actors.runtime.group_commit import Writer
from actors.runtime.metrics import Meters
from events.core.state import RoomId
from events.journal import (
    AlreadyRecorded,
    Append,
    Begun,
    CommandId,
    Fenced,
    JournalUnavailable,
    Lease,
    VersionConflict,
)
from events.journal.chain import Head, verify
from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal
from events.journal.postgres.line import ArrayConnection
from tests.journal.test_postgres import ROOM, Blocked, kill, someone_waits, stored, versions
from tests.support.sample_commits import (
    DORA,
    ENDED,
    NIGHT,
    STARTED,
    append,
    commit,
    revealed,
    room,
)


async def begun(journal: PostgresJournal, *batch: Append) -> Begun:
    """Return what an append comes to that is begun; fail if it cannot be."""
    came: asyncio.Future[Begun] = asyncio.get_running_loop().create_future()
    assert journal.begin(batch, came.set_result)
    assert not came.done(), "nobody is called back before the statement is answered"
    return await came


@pytest.fixture
async def journal(postgres_journal: PostgresJournal) -> PostgresJournal:
    """Return a journal that has its connection, and a room with one event."""
    await stored(postgres_journal, append(Lease(ROOM), 0))
    return postgres_journal


async def test_what_is_begun_is_stored_and_holds(journal: PostgresJournal) -> None:
    assert await begun(journal, append(Lease(ROOM), 1, commit(1, id="a"))) is True
    several = commit(2, revealed(1), revealed(2), id="b")
    assert await begun(journal, append(Lease(ROOM), 2, several), append(Lease(room(2)), 0)) is True
    night = [commit(4, STARTED, session=NIGHT), commit(5, ENDED, session=NIGHT)]
    assert await begun(journal, append(Lease(ROOM), 4, *night)) is True
    assert await versions(journal) == [1, 2, 4, 5, 6]
    assert await journal.find(ROOM, DORA.user, CommandId("b")) == several
    assert isinstance(verify(await journal.rows(ROOM)), Head)


async def test_one_is_begun_at_a_time_and_others_wait_for_it(journal: PostgresJournal) -> None:
    came: list[Begun] = []
    assert journal.begin([append(Lease(ROOM), 1)], came.append)
    assert not journal.begin([append(Lease(room(2)), 0)], came.append)
    assert await journal.append([append(Lease(ROOM), 2)]) == [None]
    assert came == [True]
    assert await versions(journal) == [1, 2, 3]


async def test_what_is_not_plain_is_not_begun(postgres_journal: PostgresJournal) -> None:
    came: list[Begun] = []
    assert not postgres_journal.begin([append(Lease(ROOM), 0)], came.append), "no connection yet"
    await stored(postgres_journal, append(Lease(ROOM), 0))
    assert not postgres_journal.begin([append(Lease(ROOM), 7)], came.append), "no such head"
    gap = append(Lease(ROOM), 1, commit(3))
    assert not postgres_journal.begin([gap], came.append), "its commits do not follow"
    assert await begun(postgres_journal, append(Lease(ROOM), 1)) is True
    assert came == []


async def test_a_refused_append_is_left_to_the_careful_way(
    journal: PostgresJournal, pool: Pool
) -> None:
    second = PostgresJournal(pool)
    await stored(second, append(Lease(ROOM), 1, commit(1, id="theirs")))
    await second.close()
    late = append(Lease(ROOM), 1)
    assert await begun(journal, late) is False
    (refusal,) = await journal.append([late])
    assert isinstance(refusal, VersionConflict)
    await stored(journal, append(Lease(ROOM), 2))
    repeated = append(Lease(ROOM), 3, commit(3, id="theirs"))
    assert await begun(journal, repeated) is False
    (refusal,) = await journal.append([repeated])
    assert isinstance(refusal, AlreadyRecorded)


async def test_an_owner_who_was_fenced_begins_nothing(
    postgres_journal: PostgresJournal, pool: Pool
) -> None:
    former = await postgres_journal.lease(ROOM, "north")
    await stored(postgres_journal, append(former, 0))
    async with pool.connection() as taking:
        async with taking.transaction():
            await taking.execute("UPDATE room_lease SET node = 'south', epoch = epoch + 1")
            late = asyncio.create_task(begun(postgres_journal, append(former, 1)))
            await someone_waits(pool)
        assert await late is False
    (refusal,) = await postgres_journal.append([append(former, 1)])
    assert isinstance(refusal, Fenced)
    assert await versions(postgres_journal) == [1]


async def test_of_two_writers_in_a_hurry_one_wins_each_version(
    journal: PostgresJournal, pool: Pool
) -> None:
    second = PostgresJournal(pool)
    await stored(second, append(Lease(room(2)), 0))
    for after in range(1, 200):
        await versions(second)  # it knows the head now
        outcomes = await asyncio.gather(
            begun(journal, append(Lease(ROOM), after)), begun(second, append(Lease(ROOM), after))
        )
        assert sorted(map(bool, outcomes)) == [False, True]
        await versions(journal)
    await second.close()
    assert isinstance(verify(await journal.rows(ROOM)), Head)


async def test_a_connection_that_is_cut_before_the_commit_leaves_it_unknown(
    journal: PostgresJournal, pool: Pool
) -> None:
    async with pool.connection() as connection, Blocked(connection, version=2):
        waiting = asyncio.create_task(begun(journal, append(Lease(ROOM), 1)))
        await someone_waits(pool)
        await kill(pool, of="%INSERT INTO session_event%SELECT%")
        assert isinstance(await waiting, JournalUnavailable)
    assert await versions(journal) == [1]
    await stored(journal, append(Lease(ROOM), 1))


async def test_an_answer_that_is_lost_after_the_commit_leaves_it_unknown(
    journal: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:

        def finish(line: ArrayConnection, outcome: Any) -> None:
            assert outcome == 1, "it is in the record"
            whole(line, psycopg.OperationalError("server closed the connection unexpectedly"))

        whole = ArrayConnection._finish
        fault.setattr(ArrayConnection, "_finish", finish)
        asked = append(Lease(ROOM), 1, commit(1, id="a"))
        assert isinstance(await begun(journal, asked), JournalUnavailable)
    assert await journal.find(ROOM, DORA.user, CommandId("a")) is not None
    (again,) = await journal.append([asked])
    assert isinstance(again, VersionConflict)


async def test_the_watchdog_ends_the_wait_and_what_hung_is_not_stored_later(pool: Pool) -> None:
    journal = PostgresJournal(pool, append_timeout_s=1)
    await stored(journal, append(Lease(ROOM), 0))
    async with pool.connection() as connection, Blocked(connection, version=2):
        assert isinstance(await begun(journal, append(Lease(ROOM), 1)), JournalUnavailable)
    await stored(journal, append(Lease(ROOM), 1))
    assert await begun(journal, append(Lease(ROOM), 2)) is True
    await journal.close()


async def test_a_commit_that_comes_after_the_watchdog_is_found(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = PostgresJournal(pool, append_timeout_s=1)
    await stored(journal, append(Lease(ROOM), 0))

    async def nothing(*_: Any, **__: Any) -> None: ...

    monkeypatch.setattr(psycopg.AsyncConnection, "cancel_safe", nothing)
    asked = append(Lease(ROOM), 1, commit(1, id="late"))
    async with pool.connection() as connection, Blocked(connection, version=2):
        assert isinstance(await begun(journal, asked), JournalUnavailable)
    while await journal.find(ROOM, DORA.user, CommandId("late")) is None:
        pass
    (again,) = await journal.append([asked])
    assert isinstance(again, VersionConflict | AlreadyRecorded)
    await journal.close()


async def test_closing_waits_for_what_was_begun(journal: PostgresJournal) -> None:
    came: list[Begun] = []
    assert journal.begin([append(Lease(ROOM), 1)], came.append)
    await journal.close()
    assert came == [True]


class Waiting:
    """A room with one append to make, and what it hears of it."""

    def __init__(self, of: RoomId, after: int) -> None:
        self._append: Append | None = append(Lease(of), after)
        self.heard: asyncio.Future[int | Exception] = asyncio.get_running_loop().create_future()

    def take(self) -> Append | None:
        taken, self._append = self._append, None
        return taken

    def stored(self, version: int) -> None:
        self.heard.set_result(version)

    def failed(self, error: Exception) -> None:
        self.heard.set_result(error)


async def test_a_batch_with_one_stale_room_is_tried_again_room_by_room(
    journal: PostgresJournal, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    rooms = [room(number) for number in range(1, 6)]
    await stored(journal, *(append(Lease(of), 0) for of in rooms[1:]))
    second = PostgresJournal(pool)
    await stored(second, append(Lease(rooms[3]), 1))
    await second.close()
    meters = Meters()
    writer = Writer(journal, SystemClock(), meters)
    running = asyncio.create_task(writer.run())
    sources: Sequence[Waiting] = [Waiting(of, 1) for of in rooms]
    for source in sources:
        writer.want(source)
    heard = [await source.heard for source in sources]
    assert [outcome for n, outcome in enumerate(heard) if n != 3] == [2] * 4
    assert isinstance(heard[3], VersionConflict)
    assert meters.batch_commits.sum == 5, "all went in one batch"
    running.cancel()
