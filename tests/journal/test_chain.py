"""The hash chain: whatever is done to a row is found, and named."""

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg
import pytest

from events.core.features.members import RoomOpened
from events.core.state import SessionId, UserId
from events.journal.chain import (
    GENESIS,
    START,
    Fault,
    Head,
    Row,
    Seals,
    link,
    microseconds,
    verify,
)
from events.journal.codec import PageColumns, encode
from events.journal.postgres.pages import Page
from events.journal.postgres.queries import QUERIES
from tests.support.sample_commits import ANN, JOINED, NIGHT, STARTED, commit, insert, revealed, room

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "hash-chain.md"
ROOM, OTHER = room(1), room(2)
LATER = SessionId("99999999-2222-4333-8444-555555555555")
Connection = psycopg.Connection[tuple[Any, ...]]


def night() -> list[Row]:
    """Return forty rows with everything that a row can have, and can lack."""
    commits = [
        commit(0, RoomOpened(name="Die Sümpfe · 沼"), STARTED, session=NIGHT, id="a"),
        commit(2, JOINED, by=ANN, session=NIGHT),
    ]
    while (after := commits[-1].version) < 40:
        session = NIGHT if after < 20 else None
        id = f"c{after}" if after % 2 else None
        commits.append(commit(after, *(revealed(after),) * (1 + after % 3), session=session, id=id))
    return encode(ROOM, commits, START)


NIGHT_ROWS = night()
LAST = len(NIGHT_ROWS)
HEAD = Head(LAST, NIGHT_ROWS[-1].hash)


def fault_of(rows: list[Row], saved: Head | None = None) -> Fault:
    found = verify(rows, saved)
    assert isinstance(found, Fault), "this should not hold"
    return found


def test_a_record_that_holds_gives_its_head() -> None:
    assert verify(NIGHT_ROWS) == HEAD
    assert verify(NIGHT_ROWS, HEAD) == HEAD
    assert verify(NIGHT_ROWS, Head(5, NIGHT_ROWS[4].hash)) == HEAD
    assert verify([]) == START


CHANGES: dict[str, Callable[[Row], Any]] = {
    "campaign": lambda row: OTHER,
    "session": lambda row: None if row.session else room(9),
    "event_type": lambda row: row.event_type + "s",
    "user": lambda row: UserId("mallory"),
    "role": lambda row: "spectator",
    "command_id": lambda row: None if row.command_id else "x",
    "digest": lambda row: b"another" if row.digest else b"",
    "first_version": lambda row: row.first_version - 1,
    "created_at": lambda row: row.created_at + timedelta(microseconds=1),
    "payload": lambda row: row.payload.replace(":", ": ", 1) if ":" in row.payload else "{ }",
    "hash": lambda row: bytes(32),
}


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("version", [1, 2, 17, LAST])
def test_a_changed_field_is_named(field: str, version: int) -> None:
    rows = list(NIGHT_ROWS)
    row = rows[version - 1]
    rows[version - 1] = row._replace(**{field: CHANGES[field](row)})
    assert fault_of(rows).version == version
    assert "changed" in fault_of(rows).why


def test_fields_cannot_run_together() -> None:
    row = NIGHT_ROWS[0]
    one = row._replace(user="ab", role="c")
    other = row._replace(user="a", role="bc")
    assert link(GENESIS, one) != link(GENESIS, other)
    assert link(GENESIS, row._replace(command_id=None)) != link(
        GENESIS, row._replace(command_id="")
    )


def test_removed_put_in_and_reordered_rows_are_named() -> None:
    rows = NIGHT_ROWS
    assert fault_of([*rows[:6], *rows[7:]]) == Fault(7, "missing: version 8 comes after 6")
    assert fault_of([*rows[:6], rows[5], *rows[6:]]) == Fault(6, "out of order: it comes after 6")
    assert fault_of([*rows[:6], rows[7], rows[6], *rows[8:]]).version == 7
    forged = rows[3]._replace(version=LAST + 1, first_version=LAST + 1)
    assert fault_of([*rows, forged]).version == LAST + 1


def test_a_record_that_was_cut_off_shows_by_a_saved_head() -> None:
    assert verify(NIGHT_ROWS[:30]) == Head(30, NIGHT_ROWS[29].hash)
    assert fault_of(NIGHT_ROWS[:30], HEAD).version == 31
    assert "missing" in str(fault_of(NIGHT_ROWS[:30], HEAD))
    assert fault_of([], HEAD).version == 1


def test_a_record_that_was_written_anew_shows_by_a_saved_head() -> None:
    before, forged = NIGHT_ROWS[9].hash, []
    for row in NIGHT_ROWS[10:]:
        changed = row._replace(user="mallory")
        before = link(before, changed)
        forged.append(changed._replace(hash=before))
    rows = [*NIGHT_ROWS[:10], *forged]
    assert verify(rows) == Head(LAST, before)
    assert fault_of(rows, HEAD).version == LAST
    assert fault_of(rows, Head(12, NIGHT_ROWS[11].hash)).version == 12
    assert "rewritten" in fault_of(rows, HEAD).why


def test_a_moment_has_one_form_whatever_its_zone() -> None:
    at = datetime(2026, 1, 31, 20, 15, 0, 1, tzinfo=UTC)
    assert microseconds(at) == 1_769_890_500_000_001
    assert microseconds(at.astimezone(timezone(timedelta(hours=5, minutes=30)))) == microseconds(at)
    assert microseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


@pytest.fixture
def table(database_url: str) -> Iterator[Connection]:
    """Yield the owner's connection, past the triggers, in a transaction, the night recorded."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        insert(connection, NIGHT_ROWS)
        connection.commit()
        yield connection


def stored(connection: Connection) -> list[Row]:
    asked = {"room": ROOM, "start": 0, "stop": 2**62}
    found = connection.execute(QUERIES["read_rows"], asked, binary=True, prepare=True)
    return [Row(*row) for row in found.fetchall()]


COLUMNS = {
    "session_id": "CASE WHEN session_id IS NULL THEN gen_random_uuid() END",
    "event_type": "event_type || 's'",
    "user_id": "user_id || ' '",
    "role": "CASE role WHEN 'dm' THEN 'player' ELSE 'dm' END",
    "command_id": "CASE WHEN command_id IS NULL THEN 'x' END",
    "command_digest": "coalesce(command_digest, '') || '\\x00'",
    "created_at": "created_at + interval '1 microsecond'",
    "payload": "(payload::text || ' ')::json",
    "hash": "sha256(hash)",
}


def edit(connection: Connection, chance: random.Random) -> int:
    """Do something to the table, and return the first version that it is done to."""
    version, other = sorted(chance.sample(range(1, LAST + 1), 2))
    kind = chance.choice(["change", "change", "remove", "move", "put in", "append", "swap"])
    match kind:
        case "change":
            column = chance.choice(list(COLUMNS))
            done = (
                f"UPDATE session_event SET {column} = {COLUMNS[column]} WHERE version = {version}"
            )
        case "remove":
            done = f"DELETE FROM session_event WHERE version = {version}"
        case "move":
            done = (
                f"UPDATE session_event SET campaign_id = '{OTHER}'"
                f" WHERE version BETWEEN {version} AND {other - 1}"
            )
        case "append":
            version = LAST + 1
            connection.execute(f"{COPY} WHERE version = {other}")
            done = f"UPDATE session_event SET version = {LAST + 1} WHERE version = 1000000"
        case "put in":
            connection.execute(f"{COPY} WHERE version = {other}")
            connection.execute(
                "UPDATE session_event SET version = version + 2000000"
                f" WHERE version BETWEEN {version} AND {LAST}"
            )
            connection.execute(
                "UPDATE session_event SET version = version - 1999999 WHERE version > 2000000"
            )
            done = (
                f"UPDATE session_event SET version = {version},"
                f" first_version = least(first_version, {version}) WHERE version = 1000000"
            )
        case _:
            connection.execute(
                "UPDATE session_event SET first_version = 1 WHERE version IN (%s, %s)",
                (version, other),
            )
            connection.execute(
                "UPDATE session_event SET version = version + 3000000 WHERE version = %s", (other,)
            )
            connection.execute(
                "UPDATE session_event SET version = %s WHERE version = %s", (other, version)
            )
            done = f"UPDATE session_event SET version = {version} WHERE version > 3000000"
    assert connection.execute(done).rowcount > 0
    return version


COPY = (
    "INSERT INTO session_event (campaign_id, version, session_id, event_type, user_id, payload,"
    " created_at, hash, first_version, role, epoch) SELECT campaign_id, 1000000, session_id,"
    " event_type, user_id, payload, created_at, hash, first_version, role, epoch FROM session_event"
)


def test_a_thousand_edits_of_the_table_are_each_named(table: Connection) -> None:
    assert verify(stored(table)) == HEAD
    for seed in range(1_000):
        with table.transaction(force_rollback=True):
            version = edit(table, random.Random(seed))
            assert fault_of(stored(table)).version == version, f"seed {seed}"
            # None, or what holds before the rows that are gone.
            by_pages = by_page(table, 3 if seed % 2 else 100)
            assert by_pages is None or by_pages.version < version, f"seed {seed}"
    assert verify(stored(table), HEAD) == HEAD


def by_page(connection: Connection, size: int) -> Head | None:
    """Return the head as the check by page finds it; None where a page does not hold."""
    head: Head | None = START
    while head is not None:
        page = sealed_page(connection, head.version, size)
        if page is None:
            return head
        head = page.follows(head)
    return None


def sealed_page(connection: Connection, after: int = 0, size: int = 100) -> Page | None:
    asked = {"room": ROOM, "after": after, "size": size}
    found = connection.execute(QUERIES["read_sealed_page"], asked, binary=True).fetchone()
    assert found is not None
    start, stop, _, _, *rest = found
    n = len(PageColumns._fields)
    return start and Page(start, stop, None, False, PageColumns(*rest[:n]), Seals(*rest[n:]))


@pytest.mark.parametrize("size", [1, 3, 100])
def test_the_database_words_rows_as_we_do(table: Connection, size: int) -> None:
    assert by_page(table, size) == HEAD
    page = sealed_page(table)
    assert page is not None
    assert page.seals is not None
    for row, text in zip(NIGHT_ROWS, page.seals.texts, strict=True):
        assert text is not None
        assert link(b"before", row) == hashlib.sha256(b"before" + text).digest()


def test_a_page_holds_a_saved_head_or_does_not(table: Connection) -> None:
    page = sealed_page(table)
    assert page is not None
    assert page.follows(START, Head(5, NIGHT_ROWS[4].hash)) == HEAD
    assert page.follows(START, Head(5, NIGHT_ROWS[5].hash)) is None
    assert page.follows(START, Head(LAST + 1, bytes(32))) == HEAD
    assert page.follows(Head(1, NIGHT_ROWS[0].hash)) is None
    assert page.follows(Head(0, NIGHT_ROWS[0].hash)) is None
    assert page.seals is not None
    out_of_place = page.seals._replace(in_place=False)
    assert replace(page, seals=out_of_place).follows(START) is None


def test_the_documented_checks_agree_with_ours(table: Connection, database_url: str) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    query, _ = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    theirs: dict[str, Any] = {"__name__": "stranger"}
    exec(program, theirs)
    assert theirs["check"](database_url, ROOM) == f"{LAST}:{HEAD.hash.hex()}"
    assert table.execute(query, (ROOM,)).fetchall() == []
    table.execute("UPDATE session_event SET role = 'dm' WHERE version = 3")
    table.execute("DELETE FROM session_event WHERE version = 20")
    table.commit()
    assert theirs["check"](database_url, ROOM) == "version 3 does not hold"
    assert [row[0] for row in table.execute(query, (ROOM,)).fetchall()] == [3, 21]
