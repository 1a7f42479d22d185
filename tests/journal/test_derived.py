"""game_session: true with each append, and the same when it is made anew."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from events.core.state import RoomId
from events.journal import Append, Lease
from events.journal.database.pool import Pool
from events.journal.derived import rebuild_game_sessions
from events.journal.postgres.journal import PostgresJournal
from tests.support.sample_commits import (
    DUSK,
    ENDED,
    JOINED,
    NIGHT,
    PAUSED,
    RESUMED,
    STARTED,
    commit,
    room,
)

ROOM, OTHER = room(1), room(2)
ID = UUID(NIGHT)


async def sessions(pool: Pool) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        found = await connection.execute("SELECT * FROM game_session ORDER BY id")
        return await found.fetchall()


async def write(journal: PostgresJournal, *commits: Any, of: RoomId = ROOM) -> None:
    assert await journal.append([Append(Lease(of), commits[0].after, commits)]) == [None]


def at(version: int) -> Any:
    return DUSK + timedelta(microseconds=version)


async def test_each_step_of_a_session_shows_at_once(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    steps = [
        (STARTED, "active", None),
        (PAUSED, "paused", None),
        (RESUMED, "active", None),
        (JOINED, "active", None),
        (ENDED, "ended", at(4)),
    ]
    for after, (event, status, ended) in enumerate(steps):
        await write(postgres_journal, commit(after, event, session=NIGHT))
        assert await sessions(pool) == [(ID, ROOM, "dora", status, at(0), ended)]


async def test_a_batch_leaves_the_last_step(pool: Pool, postgres_journal: PostgresJournal) -> None:
    night = [commit(0, STARTED, session=NIGHT), commit(1, PAUSED, session=NIGHT)]
    await write(postgres_journal, *night, commit(2, ENDED, session=NIGHT))
    assert await sessions(pool) == [(ID, ROOM, "dora", "ended", at(0), at(2))]


async def test_a_refused_append_tells_of_no_session(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    await write(postgres_journal, commit(0))
    for after in (0, 5):
        wrong = commit(after, STARTED, session=NIGHT)
        (refusal,) = await postgres_journal.append([Append(Lease(ROOM), after, (wrong,))])
        assert refusal is not None
    assert await sessions(pool) == []


async def test_another_campaign_cannot_change_a_session(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    await write(postgres_journal, commit(0, STARTED, session=NIGHT))
    await write(postgres_journal, commit(0, ENDED, session=NIGHT), of=OTHER)
    assert await sessions(pool) == [(ID, ROOM, "dora", "active", at(0), None)]


@pytest.mark.parametrize("damage", ["DELETE FROM game_session", "UPDATE game_session SET id = gen_random_uuid(), status = 'lost'"])  # fmt: skip
async def test_rebuilding_gives_what_the_appends_had_written(
    pool: Pool, postgres_journal: PostgresJournal, damage: str
) -> None:
    second = "99999999-2222-4333-8444-555555555555"
    again = STARTED.model_copy(update={"session": second})
    await write(
        postgres_journal,
        commit(0, STARTED, session=NIGHT),
        commit(1, ENDED, session=NIGHT),
        commit(2, again, session=second),  # type: ignore[arg-type]  # a SessionId
    )
    third = "aaaaaaaa-2222-4333-8444-555555555555"
    other = commit(0, STARTED.model_copy(update={"session": third}), session=third)  # type: ignore[arg-type]  # as above
    await write(postgres_journal, other, commit(1, PAUSED, session=third), of=OTHER)  # type: ignore[arg-type]  # as above
    written = await sessions(pool)
    assert [row[3] for row in written] == ["ended", "active", "paused"]
    async with pool.connection() as connection:
        await connection.execute(damage.encode())
        assert await rebuild_game_sessions(connection) == 3
    assert await sessions(pool) == written


async def test_an_append_during_a_rebuild_is_not_lost(
    pool: Pool, postgres_journal: PostgresJournal
) -> None:
    await write(postgres_journal, commit(0, STARTED, session=NIGHT))
    async with pool.connection() as blocker, pool.connection() as connection:
        # The rebuild has searched the record and waits for the lock, the append is done before it.
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE game_session IN ROW EXCLUSIVE MODE")
            rebuild = asyncio.create_task(rebuild_game_sessions(connection))
            await waiting_for_lock(pool)
            async with pool.connection() as writer:
                await insert_end(writer)
        assert await rebuild == 1
    assert [row[3] for row in await sessions(pool)] == ["ended"]


async def waiting_for_lock(pool: Pool) -> None:
    """Return when a connection waits for a lock."""
    async with pool.connection() as connection:
        while True:
            found = await connection.execute("SELECT FROM pg_locks WHERE NOT granted")
            if await found.fetchone() is not None:
                return


async def insert_end(connection: Any) -> None:
    """Record the end of the session, as an append that had its lock before."""
    await connection.execute(
        "INSERT INTO session_event (campaign_id, version, session_id, event_type, user_id, payload,"
        " created_at, hash, first_version, role, epoch) VALUES"
        " (%s, 2, %s, 'session_end', 'dora', '{}', %s, '', 2, 'dm', 0)",
        (ROOM, NIGHT, at(1)),
    )
