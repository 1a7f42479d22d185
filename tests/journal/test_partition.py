from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import errors
from psycopg_pool import AsyncConnectionPool

from events.journal import AlreadyRecorded, Lease, VersionConflict
from events.journal.chain import Head, verify
from events.journal.database.partition import AlreadyCut, partition
from events.journal.database.pool import Pool, serving_conninfo
from events.journal.postgres.journal import PostgresJournal
from tests.support.sample_commits import ANN, append, commit, room

ROOMS = 20


@pytest.fixture
async def cut(database_url: str, postgres_journal: PostgresJournal) -> str:
    """Return the database of a populated record that was cut into four."""
    for number in range(ROOMS):
        lease = Lease(room(number))
        done = await postgres_journal.append(
            [append(lease, 0, commit(0, by=ANN, id="one"), commit(1), commit(2))]
        )
        assert done == [None]
    await postgres_journal.close()
    assert partition(database_url, 4) == 3 * ROOMS
    return database_url


@pytest.fixture
async def served(cut: str) -> AsyncIterator[PostgresJournal]:
    """Yield a journal of the server's role on it."""
    pool: Pool = AsyncConnectionPool(
        serving_conninfo(cut), kwargs={"autocommit": True}, min_size=1, max_size=3, open=False
    )
    async with pool:
        journal = PostgresJournal(pool)
        yield journal
        await journal.close()


async def test_the_record_is_the_same_after_it_was_cut(served: PostgresJournal, cut: str) -> None:
    for number in range(ROOMS):
        head = verify(await served.rows(room(number)))
        assert isinstance(head, Head)
        assert head.version == 3
    with psycopg.connect(cut) as connection:
        found = connection.execute(
            "SELECT count(DISTINCT tableoid), count(DISTINCT position) FROM session_event"
        ).fetchone()
    assert found == (4, 3 * ROOMS)


async def test_rooms_are_appended_to_after_it_was_cut(served: PostgresJournal, cut: str) -> None:
    with psycopg.connect(cut) as connection:
        before = connection.execute("SELECT max(position) FROM session_event").fetchone()
    lease = Lease(room(1))

    assert await served.append([append(lease, 3, commit(3))]) == [None]

    with psycopg.connect(cut) as connection:
        last = connection.execute("SELECT max(position) FROM session_event").fetchone()
    assert last is not None
    assert before is not None
    assert last > before
    assert [each.version async for each in served.read(room(1))] == [1, 2, 3, 4]


async def test_what_was_refused_is_refused_after_it_was_cut(served: PostgresJournal) -> None:
    lease = Lease(room(2))

    (repeated,) = await served.append([append(lease, 3, commit(3, by=ANN, id="one"))])
    (stale,) = await served.append([append(lease, 2, commit(2))])

    assert isinstance(repeated, AlreadyRecorded)
    assert isinstance(stale, VersionConflict)


@pytest.mark.parametrize("table", ["session_event", "session_event_0", "session_event_3"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET role = 'dm'", "TRUNCATE {}"])
async def test_it_is_append_only_after_it_was_cut(cut: str, table: str, change: str) -> None:
    with (
        psycopg.connect(cut) as connection,
        pytest.raises(errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(change.format(table).encode())


async def test_it_is_cut_once(cut: str) -> None:
    with pytest.raises(AlreadyCut):
        partition(cut, 4)
