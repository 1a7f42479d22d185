"""Proving a record: page by page where it holds, row by row where it does not."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from events.journal import Commit, Lease
from events.journal.chain import Fault, Head, Row, verify
from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal
from events.record.integrity import checked, prove
from events.record.reader import Span
from tests.support.sample_commits import DORA, append, commit, revealed, room

ROOM = room(1)
VERSIONS = 2_500
"""More than two pages."""


@pytest.fixture
async def journal(pool: Pool) -> AsyncIterator[PostgresJournal]:
    """Yield a journal with a long record in it."""
    made = PostgresJournal(pool)
    commits: list[Commit] = []
    while (after := commits[-1].version if commits else 0) < VERSIONS:
        commits.append(commit(after, *(revealed(n) for n in range(1 + after % 3))))
    assert await made.append([append(Lease(ROOM), 0, *commits)]) == [None]
    yield made
    await made.close()


async def spoil(pool: Pool, *statements: str) -> None:
    async with pool.connection() as connection:
        await connection.execute("SET session_replication_role = replica")
        for statement in statements:
            assert (await connection.execute(statement)).rowcount > 0
        await connection.execute("RESET session_replication_role")


async def last_of(journal: PostgresJournal) -> int:
    return (await journal.rows(ROOM))[-1].version


class Counted:
    """A record that counts how often it is walked row by row."""

    def __init__(self, journal: PostgresJournal) -> None:
        self._journal = journal
        self.sealed_pages, self.forgotten = journal.sealed_pages, journal.forgotten
        self.walks = 0

    async def rows(self, of: Any, start: int = 1, stop: int = 2**62) -> list[Row]:
        self.walks += 1
        return await self._journal.rows(of, start, stop)


async def test_a_record_that_holds_is_proved_without_a_walk(journal: PostgresJournal) -> None:
    rows = await journal.rows(ROOM)
    last, record = rows[-1].version, Counted(journal)
    told: list[int] = []
    found = await prove(record, ROOM, last, Head(1_200, rows[1_199].hash), told.append)
    assert found == verify(rows) == Head(last, rows[-1].hash)
    assert record.walks == 0
    assert told[-1] == last
    assert len(told) > 2


@pytest.mark.parametrize("saved", [7, 1_400, 2_499])
async def test_a_saved_head_that_is_another_is_named(journal: PostgresJournal, saved: int) -> None:
    other = Head(saved, bytes(32))
    found = await prove(journal, ROOM, await last_of(journal), other)
    assert found == verify(await journal.rows(ROOM), other)
    assert isinstance(found, Fault)
    assert found.version == saved


async def test_a_record_that_was_cut_off_is_named(journal: PostgresJournal) -> None:
    last = await last_of(journal)
    found = await prove(journal, ROOM, last, Head(last + 5, bytes(32)))
    assert isinstance(found, Fault)
    assert found.version == last + 1


FIRST, MIDDLE, LATE = 1, 1_234, 2_400
DAMAGE = {
    "changed": "UPDATE session_event SET payload = (payload::text || ' ')::json WHERE version = {}",
    "who": "UPDATE session_event SET user_id = 'mallory' WHERE version = {}",
    "when": "UPDATE session_event SET created_at = created_at + interval '1 us' WHERE version = {}",
    "hash": "UPDATE session_event SET hash = sha256(hash) WHERE version = {}",
    "removed": "DELETE FROM session_event WHERE version = {}",
}


@pytest.mark.parametrize("version", [FIRST, MIDDLE, LATE])
@pytest.mark.parametrize("damage", DAMAGE)
async def test_what_was_done_to_a_row_is_found_as_row_by_row(
    journal: PostgresJournal, pool: Pool, damage: str, version: int
) -> None:
    last = await last_of(journal)
    await spoil(pool, DAMAGE[damage].format(version))
    found = await prove(journal, ROOM, last)
    assert found == verify(await journal.rows(ROOM))
    assert isinstance(found, Fault)
    assert found.version == version


async def test_rows_that_are_gone_at_the_end_are_missed(
    journal: PostgresJournal, pool: Pool
) -> None:
    last = await last_of(journal)
    await spoil(pool, f"DELETE FROM session_event WHERE version > {last - 700}")
    assert await prove(journal, ROOM, last) == Fault(
        last - 699, "missing: later versions are there"
    )


async def played(
    journal: PostgresJournal, span: Span, faults: list[Fault] | None = None
) -> list[Commit]:
    told = [] if faults is None else faults
    found = [each async for each in checked(journal, ROOM, span, told.append)]
    assert faults is not None or told == []
    return found


@pytest.mark.parametrize(("after", "upto"), [(0, 2_500), (0, 10), (1_000, 2_000), (999, 2_001)])
async def test_what_is_checked_is_what_is_read(
    journal: PostgresJournal, after: int, upto: int
) -> None:
    expected = [each async for each in journal.read(ROOM, after, upto)]
    assert await played(journal, Span(after, upto)) == expected


@pytest.mark.parametrize("version", [FIRST, MIDDLE, LATE])
async def test_what_does_not_hold_is_told_before_its_commit_and_the_rest_goes_on(
    journal: PostgresJournal, pool: Pool, version: int
) -> None:
    last = await last_of(journal)
    whole = await played(journal, Span(0, last))
    await spoil(pool, DAMAGE["when"].format(version))
    order: list[int | Fault] = []
    async for each in checked(journal, ROOM, Span(0, last), order.append):
        order.append(each.version)  # noqa: PERF401  # faults come into it between
    faults = [each for each in order if isinstance(each, Fault)]
    assert [fault.version for fault in faults] == [version]
    ends = [each.version for each in whole]
    assert [each for each in order if not isinstance(each, Fault)] == ends
    where = order.index(faults[0])
    assert order[:where] == [end for end in ends if end < version]


async def test_what_cannot_be_read_is_told_and_left_out(
    journal: PostgresJournal, pool: Pool
) -> None:
    last = await last_of(journal)
    whole = await played(journal, Span(0, last))
    chance = random.Random(3)
    spoiled = chance.choice([each for each in whole if each.version > MIDDLE])
    await spoil(
        pool, f"UPDATE session_event SET event_type = 'x' WHERE version = {spoiled.version}"
    )
    faults: list[Fault] = []
    left = await played(journal, Span(0, last), faults)
    assert left == [each for each in whole if each != spoiled]
    assert {fault.version for fault in faults} == {spoiled.version}
    assert spoiled.by == DORA
