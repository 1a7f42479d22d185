"""Commits become rows and come back the same, in any version they were written in."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import Event, RoomState, fold
from events.core.features.hexes import HexesRevealed
from events.core.messages import JSON
from events.core.state import Member, SessionId, UserId
from events.journal import Append, BrokenRecord, CommandId, Commit, Lease, Unrecordable
from events.journal.chain import START, Head, Row, verify
from events.journal.codec import (
    DECODE_ERRORS,
    UPCASTERS,
    PageColumns,
    Unreadable,
    decode,
    decode_page,
    encode,
    event,
    payload,
    upcaster,
)
from events.journal.postgres.journal import PostgresJournal
from tests.support.random_nights import START as SETTING
from tests.support.random_nights import Step, play
from tests.support.sample_commits import DORA, DUSK, NIGHT, PAUSED, STARTED, commit, revealed, room
from tests.support.strategies import nights

ROOM = room(1)


def page(rows: list[Row]) -> PageColumns:
    """Return rows as the server gives a page of them."""
    heads = [row for row in rows if row.version == row.first_version]
    return PageColumns(
        tags=[row.event_type for row in rows],
        payloads=[row.payload for row in rows],
        first=[row.first_version for row in heads],
        session=[None if row.session is None else SessionId(str(row.session)) for row in heads],
        user=[row.user for row in heads],
        role=[row.role for row in heads],
        command=[None if row.command_id is None else CommandId(row.command_id) for row in heads],
        digest=[row.digest for row in heads],
        at=json.dumps([row.created_at.isoformat() for row in heads]),
    )


NO_ZONE = DUSK.replace(tzinfo=None)
times = st.integers(0, 2**52).map(
    lambda n: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=n)
)
sessions = st.none() | st.uuids().map(lambda id: SessionId(str(id)))
ids = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
).map(CommandId)


@settings(max_examples=200, deadline=None)
@given(nights(), st.data())
def test_commits_become_rows_and_come_back(night: list[Step], data: st.DataObject) -> None:
    written: list[Commit] = []
    for change in play(fold(SETTING), night, version=0):
        # Names are not kept beside ids: who it was says the list of members.
        found = change.commit
        written.append(
            found._replace(
                by=Member(found.by.user, found.by.role),
                at=data.draw(times),
                session=data.draw(sessions),
                id=data.draw(ids),
                digest=data.draw(st.binary(min_size=16, max_size=16) | st.just(b"")),
            )
        )
    written = [commit for commit in written if commit.events]
    rows = encode(ROOM, written, START)
    assert list(decode(rows)) == written
    if rows:
        assert decode_page(page(rows), 1, len(rows)) == written
        assert verify(rows) == Head(rows[-1].version, rows[-1].hash)


def test_a_stretch_is_encoded_after_its_head() -> None:
    commits = [commit(0, STARTED, revealed(1), session=NIGHT, id="a"), commit(2), commit(3)]
    rows = encode(ROOM, commits, START)
    again = encode(ROOM, commits[1:], Head(2, rows[1].hash))
    assert again == rows[2:]


@pytest.mark.parametrize(
    "wrong",
    [
        commit(1),
        commit(0)._replace(at=NO_ZONE),
        commit(0, session=SessionId("tonight")),
        commit(0, id="\ud800"),
        commit(0, HexesRevealed.model_construct(hexes=((0, 0, 1),), to=(UserId("\ud800"),))),
    ],
    ids=["gap", "no zone", "session is no uuid", "lone surrogate", "lone surrogate in payload"],
)
async def test_what_cannot_be_recorded_is_refused_alone(
    postgres_journal: PostgresJournal, wrong: Commit
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        encode(ROOM, [wrong], START)
    outcome = await postgres_journal.append(
        [Append(Lease(ROOM), 0, (wrong,)), Append(Lease(room(2)), 0, (commit(0),))]
    )
    assert [type(refusal) for refusal in outcome] == [Unrecordable, type(None)]


async def test_what_the_database_cannot_hold_is_refused_alone(
    postgres_journal: PostgresJournal,
) -> None:
    wrong = commit(0, id="nul\0")
    outcome = await postgres_journal.append(
        [Append(Lease(ROOM), 0, (wrong,)), Append(Lease(room(2)), 0, (commit(0),))]
    )
    assert [type(refusal) for refusal in outcome] == [Unrecordable, type(None)]
    assert await postgres_journal.append([Append(Lease(ROOM), 0, (commit(0),))]) == [None]


@pytest.mark.parametrize(
    ("tag", "text", "says"),
    [
        ("no_such_event", "{}", "no event is called"),
        ("hex_reveal", "{}", "no hex_reveal"),
        ("hex_reveal", '{"hexes":[],"to":"all","secret":1}', "no hex_reveal"),
        ("hex_reveal", '{"v":2,"hexes":[],"to":"all"}', "newer than this program"),
        ("hex_reveal", '{"v":"1","hexes":[],"to":"all"}', "no hex_reveal"),
        ("hex_reveal", "[]", "no hex_reveal"),
        ("hex_reveal", "{", "no hex_reveal"),
        ("hex_reveal", "[" * 100_000, "no hex_reveal"),
        ("change_staged", '{"change":1,"command":{"type":"x"},"by":"a","description":""}', "no ch"),
        ("change_staged", '{"change":1,"command":7,"by":"a","description":""}', "no ch"),
    ],
)
def test_what_is_no_event_is_unreadable_and_not_repeated(tag: str, text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as raised:
        event(tag, text)
    assert "secret" not in str(raised.value)
    rows = [encode(ROOM, [commit(0)], START)[0]._replace(event_type=tag, payload=text)]
    with pytest.raises(BrokenRecord, match=f"room {ROOM}@1"):
        list(decode(rows))


class Torch(Event):
    """An event that had another name for its field, and then a colour."""

    tag = "torch_for_tests"
    schema_version = 3
    lit: bool
    colour: str = "red"

    def evolve(self, room: RoomState) -> RoomState:
        return room


del Event.known[Torch.tag]


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Torch]]:
    """Make the event known, with what reads its old versions."""
    monkeypatch.setitem(Event.known, Torch.tag, Torch)

    @upcaster(Torch.tag, 1)
    def second(fields: dict[str, JSON]) -> dict[str, JSON]:
        return {"lit": fields["burning"]}

    @upcaster(Torch.tag, 2)
    def third(fields: dict[str, JSON]) -> dict[str, JSON]:
        return {**fields, "colour": "old red"}

    yield Torch
    del UPCASTERS[Torch.tag, 1], UPCASTERS[Torch.tag, 2]


def test_a_payload_says_its_version_first(torch: type[Torch]) -> None:
    assert payload(torch(lit=True)) == b'{"v":3,"lit":true,"colour":"red"}'
    assert payload(revealed(1)).startswith(b'{"hexes"')


def test_a_payload_without_fields_says_its_version_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(PAUSED), "schema_version", 2)
    assert payload(PAUSED) == b'{"v":2}'
    assert event(PAUSED.tag, payload(PAUSED)) == PAUSED


@pytest.mark.parametrize(
    ("text", "lit", "colour"),
    [
        ('{"burning":true}', True, "old red"),
        ('{"v":2,"lit":false}', False, "old red"),
        ('{"v":3,"lit":true,"colour":"blue"}', True, "blue"),
    ],
)
def test_old_payloads_are_read_as_what_they_would_be_today(
    torch: type[Torch], text: str, lit: bool, colour: str
) -> None:
    assert event(torch.tag, text) == torch(lit=lit, colour=colour)


def test_a_version_that_nothing_reads_is_unreadable(torch: type[Torch]) -> None:
    with pytest.raises(Unreadable):
        event(torch.tag, '{"v":0,"lit":true}')


def test_one_upcaster_reads_a_version(torch: type[Torch]) -> None:
    with pytest.raises(TypeError, match="two upcasters"):
        upcaster(torch.tag, 1)(lambda fields: fields)


async def test_a_record_of_many_versions_is_read_in_order(
    torch: type[Torch], postgres_journal: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = [commit(n, torch(lit=n % 4 == 0), revealed(n)) for n in range(0, 1_400, 2)]
    assert await postgres_journal.append([Append(Lease(ROOM), 0, tuple(today))]) == [None]
    assert [c async for c in postgres_journal.read(ROOM)] == today
    # As if the next version of the program read it.
    monkeypatch.setattr(torch, "schema_version", 4)
    monkeypatch.setitem(UPCASTERS, (torch.tag, 3), lambda fields: {**fields, "colour": "new"})
    later = [c async for c in postgres_journal.read(ROOM)]
    assert [c.version for c in later] == [c.version for c in today]
    assert {c.events[0] for c in later} == {torch(lit=True, colour="new"), torch(lit=False, colour="new")}  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "version", "says"),
    [
        ("DELETE FROM session_event WHERE version = 2", 2, "missing"),
        ("DELETE FROM session_event WHERE version = 1", 1, "missing"),
        ("DELETE FROM session_event WHERE version = 4", 3, "not whole"),
        ("UPDATE session_event SET payload = '{}' WHERE version = 4", 4, "no hex_reveal"),
        ("UPDATE session_event SET event_type = 'x' WHERE version = 4", 4, "no event is called"),
        ("UPDATE session_event SET event_type = '\"' WHERE version = 4", 4, "no event is called"),
        ("UPDATE session_event SET role = 'king' WHERE first_version = 3", 3, "king"),
        ("UPDATE session_event SET first_version = 1 WHERE version = 2", 1, ""),
    ],
)
async def test_a_row_that_cannot_be_read_is_named(
    postgres_journal: PostgresJournal, pool: Any, damage: str, version: int, says: str
) -> None:
    night = (commit(0), commit(1), commit(2, *(revealed(n) for n in range(3))), commit(5))
    assert await postgres_journal.append([Append(Lease(ROOM), 0, night)]) == [None]
    async with pool.connection() as connection:
        await connection.execute("SET session_replication_role = replica")
        assert (await connection.execute(damage)).rowcount > 0
        await connection.execute("RESET session_replication_role")
    if not says:
        # Rows that were put into another commit can be read: it is the chain that tells.
        assert [c.version async for c in postgres_journal.read(ROOM)] == [2, 5, 6]
        return
    with pytest.raises(BrokenRecord, match=says) as raised:
        async for _ in postgres_journal.read(ROOM):
            pass
    assert (raised.value.room, raised.value.version) == (ROOM, version)


def test_a_page_with_a_row_missing_is_not_taken_for_whole() -> None:
    rows = encode(ROOM, [commit(0, revealed(0), revealed(1)), commit(2)], START)
    for left in (rows[1:], [rows[0], rows[2]], rows[:1] + rows[2:]):
        with pytest.raises(DECODE_ERRORS):
            decode_page(page(left), left[0].version, left[-1].version)
    assert UUID(str(ROOM)) == ROOM
    assert DORA.is_dm
