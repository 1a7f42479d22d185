"""PostgresJournal under faults: what is unknown is said to be, and looked up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from events import EMPTY
from events.core.state import RoomId
from events.journal import (
    AlreadyRecorded,
    Append,
    CommandId,
    Commit,
    Fenced,
    JournalError,
    JournalUnavailable,
    Lease,
    Unchanged,
    VersionConflict,
)
from events.journal.chain import Head, verify
from events.journal.database.partition import partition
from events.journal.database.pool import Pool, serving_conninfo
from events.journal.derived import rebuild_game_sessions
from events.journal.postgres.journal import PostgresJournal
from events.journal.postgres.line import ArrayConnection
from events.journal.snapshots import SnapshotStore
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

ROOM, OTHER = room(1), room(2)


async def versions(journal: PostgresJournal, of: RoomId = ROOM) -> list[int]:
    return [commit.version async for commit in journal.read(of)]


async def stored(journal: PostgresJournal, *batch: Append) -> None:
    assert await journal.append(batch) == [None] * len(batch)


async def kill(pool: Pool, *, of: str) -> None:
    """Cut the connections that ran such a statement last."""
    async with pool.connection() as connection:
        killed = await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database() AND query LIKE %s",
            (of,),
        )
        assert killed.rowcount > 0


async def someone_waits(pool: Pool, number: int = 1) -> None:
    async with pool.connection() as connection:
        while True:
            found = await connection.execute("SELECT FROM pg_locks WHERE NOT granted")
            if found.rowcount >= number:
                return


class Blocked:
    """A room whose next version is being written by somebody who does not finish."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], version: int = 1) -> None:
        self.connection = connection
        self.version = version

    async def __aenter__(self) -> "Blocked":
        await self.connection.execute("BEGIN")
        await self.connection.execute(
            "INSERT INTO session_event (campaign_id, version, event_type, user_id, payload,"
            " created_at, hash, first_version, role, epoch)"
            " VALUES (%s, %s, 'room_open', 'x', '{}', now(), '', %s, 'dm', 0)",
            (ROOM, self.version, self.version),
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.connection.execute("ROLLBACK")


async def test_a_connection_that_was_cut_is_replaced(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    await stored(postgres_journal, append(Lease(ROOM), 0))
    await kill(pool, of="%INSERT INTO session_event%")
    with pytest.raises(JournalUnavailable):
        await postgres_journal.append([append(Lease(ROOM), 1)])
    await stored(postgres_journal, append(Lease(ROOM), 1))
    assert await versions(postgres_journal) == [1, 2]


async def test_a_connection_that_is_cut_at_the_commit_leaves_it_unknown(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    async with pool.connection() as connection, Blocked(connection):
        waiting = asyncio.create_task(postgres_journal.append([append(Lease(ROOM), 0)]))
        await someone_waits(pool)
        await kill(pool, of="%INSERT INTO session_event%SELECT%")
        with pytest.raises(JournalUnavailable):
            await waiting
    assert await versions(postgres_journal) == []
    await stored(postgres_journal, append(Lease(ROOM), 0))


async def test_what_was_stored_before_the_answer_was_lost_is_found(
    postgres_journal: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = commit(1, revealed(1), revealed(2), id="a")
    await stored(postgres_journal, append(Lease(ROOM), 0))
    with monkeypatch.context() as fault:
        fault.setattr(ArrayConnection, "run", losing_the_answer(ArrayConnection.run))
        with pytest.raises(JournalUnavailable):
            await postgres_journal.append([append(Lease(ROOM), 1, asked)])
    assert await postgres_journal.find(ROOM, DORA.user, CommandId("a")) == asked
    (again,) = await postgres_journal.append([append(Lease(ROOM), 1, asked)])
    assert isinstance(again, VersionConflict)
    await stored(postgres_journal, append(Lease(ROOM), 3))
    assert await versions(postgres_journal) == [1, 3, 4]
    assert isinstance(verify(await postgres_journal.rows(ROOM)), Head)


def losing_the_answer(run: Callable[..., Awaitable[int]]) -> Callable[..., Awaitable[int]]:
    async def run_and_lose(*asked: Any) -> int:
        await run(*asked)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    return run_and_lose


async def test_a_database_that_does_not_answer_in_time_is_unavailable(pool: Pool) -> None:
    journal = PostgresJournal(pool, append_timeout_s=1)
    async with pool.connection() as connection, Blocked(connection):
        with pytest.raises(JournalUnavailable):
            await journal.append([append(Lease(ROOM), 0)])
    await stored(journal, append(Lease(ROOM), 0))
    await journal.close()


async def test_an_append_that_is_cancelled_harms_none_after_it(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    async with pool.connection() as connection, Blocked(connection):
        waiting = asyncio.create_task(postgres_journal.append([append(Lease(ROOM), 0)]))
        await someone_waits(pool)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await stored(postgres_journal, append(Lease(ROOM), 0))


async def test_without_a_database_all_is_unavailable(database_url: str) -> None:
    pool: Pool = AsyncConnectionPool(
        database_url + " port=1 host=127.0.0.1",
        kwargs={"autocommit": True, "connect_timeout": 1},
        min_size=1, timeout=0.2, reconnect_timeout=0, open=False,
    )  # fmt: skip
    await pool.open()
    journal = PostgresJournal(pool)
    with pytest.raises(JournalUnavailable):
        await journal.append([append(Lease(ROOM), 0)])
    with pytest.raises(JournalUnavailable):
        await versions(journal)
    with pytest.raises(JournalUnavailable):
        await journal.find(ROOM, DORA.user, CommandId("a"))
    with pytest.raises(JournalUnavailable):
        await journal.lease(ROOM, "north")
    store = SnapshotStore(pool)
    await store.save(ROOM, 1, EMPTY)
    assert await store.load(ROOM) is None
    await journal.close()
    await pool.close()


@pytest.fixture
async def second(pool: Pool) -> AsyncIterator[PostgresJournal]:
    """Yield another journal on the same database, as another process has it."""
    journal = PostgresJournal(pool)
    yield journal
    await journal.close()


async def test_of_two_writers_one_wins_each_version(
    postgres_journal: PostgresJournal, second: PostgresJournal
) -> None:
    for after in range(1_000):
        commits = [commit(after, id=f"{who}{after}") for who in "ab"]
        outcomes: list[JournalError | None] = []
        for (outcome,) in await asyncio.gather(
            postgres_journal.append([append(Lease(ROOM), after, commits[0])]),
            second.append([append(Lease(ROOM), after, commits[1])]),
        ):
            outcomes.append(outcome)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == [
            "NoneType",
            "VersionConflict",
        ]
    assert await versions(second) == list(range(1, 1_001))
    assert isinstance(verify(await second.rows(ROOM)), Head)


async def test_writers_in_turn_build_on_each_other(
    postgres_journal: PostgresJournal, second: PostgresJournal
) -> None:
    for after in range(6):
        await stored((postgres_journal, second)[after % 2], append(Lease(ROOM), after))
    assert isinstance(verify(await second.rows(ROOM)), Head)


async def test_an_owner_who_wakes_up_after_the_lease_was_taken_is_fenced(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    former = await postgres_journal.lease(ROOM, "north")
    async with pool.connection() as taking:
        async with taking.transaction():
            await taking.execute("UPDATE room_lease SET node = 'south', epoch = epoch + 1")
            late = asyncio.create_task(postgres_journal.append([append(former, 0)]))
            await someone_waits(pool)
        (refusal,) = await late
    assert isinstance(refusal, Fenced)
    assert await versions(postgres_journal) == []


async def test_the_lease_is_taken_after_the_append_under_way(
    pool: Pool, postgres_journal: PostgresJournal, second: PostgresJournal
) -> None:
    former = await postgres_journal.lease(ROOM, "north")
    async with pool.connection() as connection, Blocked(connection):
        under_way = asyncio.create_task(postgres_journal.append([append(former, 0)]))
        await someone_waits(pool)
        taking = asyncio.create_task(second.lease(ROOM, "south"))
        await someone_waits(pool, 2)
    assert await under_way == [None]
    await taking
    assert await versions(second) == [1]


async def test_a_record_that_lost_its_end_is_not_gone_on_with(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    await stored(postgres_journal, append(Lease(ROOM), 0, commit(0), commit(1), commit(2)))
    async with pool.connection() as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("DELETE FROM session_event WHERE version = 3")
        await connection.execute("RESET session_replication_role")
    (refusal,) = await postgres_journal.append([append(Lease(ROOM), 3)])
    assert isinstance(refusal, VersionConflict)
    await stored(postgres_journal, append(Lease(ROOM), 2))
    assert await versions(postgres_journal) == [1, 2, 3]


async def test_heads_that_were_forgotten_are_looked_up(
    postgres_journal: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.journal.postgres.batch.MOST_HEADS", 2)
    rooms = [room(n) for n in range(1, 6)]
    for after in range(3):
        await stored(postgres_journal, *(append(Lease(of), after) for of in rooms))
    for of in rooms:
        assert isinstance(verify(await postgres_journal.rows(of)), Head)


async def test_a_batch_of_which_two_rooms_are_stale_stores_the_others(
    postgres_journal: PostgresJournal, second: PostgresJournal
) -> None:
    rooms = [room(n) for n in range(1, 21)]
    await stored(postgres_journal, *(append(Lease(of), 0) for of in rooms))
    await stored(second, append(Lease(rooms[3]), 1), append(Lease(rooms[11]), 1))
    outcome = await postgres_journal.append([append(Lease(of), 1) for of in rooms])
    assert [n for n, refusal in enumerate(outcome) if refusal] == [3, 11]
    for of in rooms:
        assert await versions(second, of) == [1, 2]


async def test_a_read_that_is_left_gives_its_connection_back(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    long = tuple(commit(n) for n in range(1_500))
    await stored(postgres_journal, append(Lease(ROOM), 0, *long))
    for _ in range(20):
        reading = postgres_journal.read(ROOM)
        async for found in reading:
            assert found.version == 1
            break
        await reading.aclose()  # type: ignore[attr-defined]  # an async generator
    assert len(await versions(postgres_journal)) == 1_500


async def test_the_servers_role_suffices(database_url: str) -> None:
    pool: Pool = AsyncConnectionPool(
        serving_conninfo(database_url), kwargs={"autocommit": True}, min_size=2, max_size=4,
        open=False,
    )  # fmt: skip
    async with pool:
        journal, store = PostgresJournal(pool), SnapshotStore(pool)
        lease = await journal.lease(ROOM, "north")
        night: list[Commit] = [commit(0, STARTED, session=NIGHT), commit(1, ENDED, session=NIGHT)]
        await stored(journal, append(lease, 0, *night))
        assert await versions(journal) == [1, 2]
        await store.save(ROOM, 2, EMPTY)
        await store.save(ROOM, 1, EMPTY)
        assert await store.load(ROOM) == (2, EMPTY)
        async with pool.connection() as connection:
            assert await rebuild_game_sessions(connection) == 1
        await journal.close()


async def test_a_read_that_is_not_answered_in_time_is_unavailable(pool: Pool) -> None:
    journal = PostgresJournal(pool, read_timeout_s=1)
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("LOCK TABLE session_event IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(JournalUnavailable):
            await versions(journal)
        with pytest.raises(JournalUnavailable):
            await journal.find(ROOM, DORA.user, CommandId("a"))
    assert await versions(journal) == []


async def test_a_journal_closes_after_its_connection_was_cut(pool: Pool) -> None:
    journal = PostgresJournal(pool)
    await stored(journal, append(Lease(ROOM), 0))
    await kill(pool, of="%INSERT INTO session_event%")
    await journal.close()
    await stored(journal, append(Lease(ROOM), 1))
    await journal.close()


async def test_a_closed_journal_leaves_its_connection_as_it_was(pool: Pool) -> None:
    journal = PostgresJournal(pool)
    await stored(journal, append(Lease(ROOM), 0))
    await journal.close()
    for _ in range(6):
        async with pool.connection() as connection:
            found = await connection.execute("SHOW plan_cache_mode")
            assert await found.fetchone() == ("auto",)


async def test_a_partitioned_record_refuses_for_the_same_reasons(
    database_url: str, postgres_journal: PostgresJournal
) -> None:
    await stored(postgres_journal, append(Lease(ROOM), 0, commit(0, id="a")))
    await postgres_journal.close()
    await asyncio.to_thread(partition, database_url, 4)
    outcome = await postgres_journal.append(
        [append(Lease(ROOM), 1, commit(1, id="a")), append(Lease(OTHER), 0)]
    )
    assert [type(refusal) for refusal in outcome] == [AlreadyRecorded, type(None)]
    (refusal,) = await postgres_journal.append([append(Lease(ROOM), 0, commit(0, id="b"))])
    assert isinstance(refusal, VersionConflict)
    await stored(postgres_journal, append(Lease(ROOM), 1))
    assert await versions(postgres_journal) == [1, 2]


async def test_the_oldest_that_changed_nothing_are_forgotten(
    postgres_journal: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.journal.postgres.journal.UNCHANGED_KEPT", 5)
    monkeypatch.setattr("events.journal.postgres.journal.THIN_EVERY", 4)
    for number in range(12):
        kept = Unchanged(DORA.user, CommandId(f"c{number}"), bytes(16), number)
        await postgres_journal.keep_unchanged(Lease(ROOM), [kept])
    assert [each.version for each in await postgres_journal.unchanged(ROOM)] == [*range(7, 12)]
