"""Saved states: sparse, checked against the record, and never needed."""

import zlib
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from events import EMPTY, RoomState, UserId, advance
from events.core.features.members import MemberSet
from events.core.state import Role
from events.journal import Append, Commit, Lease
from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal
from events.journal.snapshots import BLOCK, FOLD_FOLDERS, SnapshotStore, code_hash
from tests.support.sample_commits import NIGHT, STARTED, commit, revealed, room

ROOM, OTHER = room(1), room(2)


@pytest.fixture
def store(pool: Pool) -> SnapshotStore:
    return SnapshotStore(pool)


@pytest.fixture
async def night(postgres_journal: PostgresJournal) -> list[Commit]:
    """Record a short night in two rooms, and return its commits."""
    commits = [commit(0, STARTED, session=NIGHT), *(commit(n) for n in range(1, 12))]
    for of in (ROOM, OTHER):
        assert await postgres_journal.append([Append(Lease(of), 0, tuple(commits))]) == [None]
    return commits


def state_at(night: list[Commit], version: int) -> RoomState:
    state = EMPTY
    for each in night[:version]:
        state = advance(state, each)
    return state


async def versions(pool: Pool) -> list[int]:
    async with pool.connection() as connection:
        found = await connection.execute("SELECT version FROM room_snapshot ORDER BY version")
        return [row[0] for row in await found.fetchall()]


async def change(pool: Pool, statement: Any, *values: object) -> None:
    async with pool.connection() as connection:
        await connection.execute("SET session_replication_role = replica")
        done = await connection.execute(statement, values)
        assert done.rowcount > 0
        await connection.execute("RESET session_replication_role")


async def test_a_saved_state_comes_back_as_it_was(
    store: SnapshotStore, night: list[Commit]
) -> None:
    state = state_at(night, 5)
    await store.save(ROOM, 5, state)
    assert await store.load(ROOM) == (5, state)
    assert await store.load(OTHER) is None


async def test_the_newest_before_a_version_is_found(
    store: SnapshotStore, night: list[Commit]
) -> None:
    for version in (3, 6, 9):
        await store.save(ROOM, version, state_at(night, version))
    assert await store.load(ROOM) == (9, state_at(night, 9))
    assert await store.before(ROOM, 8) == (6, state_at(night, 6))
    assert await store.before(ROOM, 6) == (6, state_at(night, 6))
    assert await store.before(ROOM, 2) is None


async def test_a_state_saved_again_replaces_the_first(
    store: SnapshotStore, night: list[Commit]
) -> None:
    await store.save(ROOM, 5, EMPTY)
    await store.save(ROOM, 5, state_at(night, 5))
    assert await store.load(ROOM) == (5, state_at(night, 5))


async def test_no_state_is_saved_that_still_names_who_is_to_be_forgotten(
    store: SnapshotStore, postgres_journal: PostgresJournal, pool: Pool, night: list[Commit]
) -> None:
    ann = MemberSet(user=UserId("x"), name="Ann", role=Role.PLAYER)
    joined = Append(Lease(ROOM), 12, (commit(12, ann),))
    assert await postgres_journal.append([joined]) == [None]
    await store.load(ROOM)
    await change(
        pool,
        "INSERT INTO account (id, name, created_at, forgotten_at)"
        " VALUES ('x', 'a former member', now(), now())",
    )

    await store.save(ROOM, 3, state_at(night, 3))
    assert await versions(pool) == []

    await store.load(ROOM)
    await store.save(ROOM, 4, state_at(night, 4))
    assert await versions(pool) == [4]


async def test_a_version_that_is_not_recorded_is_not_saved(
    store: SnapshotStore, pool: Pool, night: list[Commit]
) -> None:
    await store.save(ROOM, 13, state_at(night, 12))
    assert await versions(pool) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", b"no state"),
        ("state", zlib.compress(b'{"name":"Elsewhere"}')),
        ("state", b""),
        ("hash", bytes(32)),
    ],
)
async def test_a_broken_state_is_passed_over_for_an_older_one(
    store: SnapshotStore, pool: Pool, night: list[Commit], column: str, value: bytes
) -> None:
    await store.save(ROOM, 3, state_at(night, 3))
    await store.save(ROOM, 9, state_at(night, 9))
    await change(pool, f"UPDATE room_snapshot SET {column} = %s WHERE version = 9", value)
    assert await store.load(ROOM) == (3, state_at(night, 3))


@pytest.mark.parametrize("text", [b"{}{", b'{"status":"dreaming"}', b"\xff", b"null"])
async def test_a_state_that_cannot_be_read_is_passed_over(
    store: SnapshotStore, pool: Pool, night: list[Commit], text: bytes
) -> None:
    await store.save(ROOM, 9, state_at(night, 9))
    await change(
        pool,
        "UPDATE room_snapshot AS s SET state = %s, hash = sha256(e.hash || %s) FROM session_event"
        " AS e WHERE e.campaign_id = s.campaign_id AND e.version = s.version",
        *[zlib.compress(text)] * 2,
    )
    assert await store.load(ROOM) is None


async def test_a_state_of_another_record_is_passed_over(
    store: SnapshotStore, pool: Pool, night: list[Commit]
) -> None:
    await store.save(ROOM, 9, state_at(night, 9))
    await change(pool, "UPDATE session_event SET hash = sha256('other') WHERE version = 9")
    assert await store.load(ROOM) is None
    await change(pool, "DELETE FROM session_event WHERE version >= 9")
    assert await store.load(ROOM) is None


async def test_a_state_of_another_room_is_passed_over(
    store: SnapshotStore, pool: Pool, postgres_journal: PostgresJournal, night: list[Commit]
) -> None:
    await store.save(ROOM, 9, state_at(night, 9))
    await change(pool, "UPDATE room_snapshot SET campaign_id = %s", OTHER)
    assert await store.load(OTHER) is None


async def test_what_other_rules_folded_is_not_used_and_goes_with_the_next(
    store: SnapshotStore, pool: Pool, night: list[Commit]
) -> None:
    await store.save(ROOM, 9, state_at(night, 9))
    await change(pool, "UPDATE room_snapshot SET code = 'older'")
    assert await store.load(ROOM) is None
    await store.save(ROOM, 10, state_at(night, 10))
    assert await versions(pool) == [10]


async def test_old_states_are_kept_sparsely(store: SnapshotStore, pool: Pool) -> None:
    journal = PostgresJournal(pool)
    long = [commit(0, *(revealed(n) for n in range(2 * BLOCK)))]
    assert await journal.append([Append(Lease(ROOM), 0, tuple(long))]) == [None]
    await journal.close()
    saved = [100, 200, BLOCK - 1, BLOCK, BLOCK + 7, BLOCK + 8, 2 * BLOCK - 2, 2 * BLOCK - 1]
    for version in saved:
        await store.save(ROOM, version, EMPTY)
    assert await versions(pool) == [BLOCK - 1, *saved[-3:]]


async def test_without_a_database_nothing_is_found_and_nothing_fails(
    store: SnapshotStore, database_url: str, night: list[Commit]
) -> None:
    await store.save(ROOM, 5, state_at(night, 5))
    away = SnapshotStore(AsyncConnectionPool(database_url, open=False))
    assert await away.load(ROOM) is None
    await away.save(ROOM, 6, state_at(night, 6))
    assert await store.load(ROOM) == (5, state_at(night, 5))


async def test_a_database_that_does_not_answer_holds_nobody_up(
    pool: Pool, night: list[Commit]
) -> None:
    await SnapshotStore(pool).save(ROOM, 5, state_at(night, 5))
    store = SnapshotStore(pool, timeout_s=0.2)
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("LOCK TABLE room_snapshot IN ACCESS EXCLUSIVE MODE")
        assert await store.load(ROOM) is None
        await store.save(ROOM, 6, state_at(night, 6))
    found = await SnapshotStore(pool).load(ROOM)
    assert found is not None
    assert found[0] == 5


def test_the_driver_is_the_one_that_raises() -> None:
    # The store swallows psycopg.Error: a pool that gives up must raise one.
    from psycopg_pool import PoolClosed, PoolTimeout

    assert issubclass(PoolTimeout, psycopg.Error)
    assert issubclass(PoolClosed, psycopg.Error)


CODE = '"""A module."""\n\nNAME = "a"\n"""What it is called."""\n\n\ndef add(a, b):\n    """Return both."""\n    return a + b\n'


def test_saved_states_outlive_a_changed_comment_and_no_changed_rule(tmp_path: Path) -> None:
    module = tmp_path / "fold.py"
    module.write_text(CODE)
    before = code_hash([tmp_path])
    module.write_text(CODE.replace("Return both.", "Return the sum.\n") + "# a comment\n")
    assert code_hash([tmp_path]) == before
    module.write_text(CODE.replace("What it", "How it"))
    assert code_hash([tmp_path]) == before
    module.write_text(CODE.replace("a + b", "a - b"))
    assert code_hash([tmp_path]) != before
    module.write_text(CODE.replace('= "a"', '= "b"'))
    assert code_hash([tmp_path]) != before


def test_saved_states_are_bound_to_the_code_that_folds() -> None:
    folds = {path.name for folder in FOLD_FOLDERS for path in folder.rglob("*.py")}
    assert {"decider.py", "state.py", "tilemap.py", "hexes.py"} <= folds
    assert folds.isdisjoint({"report.py", "codec.py", "timeline.py"})
