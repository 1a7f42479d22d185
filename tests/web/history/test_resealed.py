"""Stored rows written without the names of deleted accounts, while people play on."""

import asyncio
import re
import tarfile
import zipfile
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from events.core.canonical import state_json
from events.core.features.hexes import RevealHexes
from events.core.features.history import RedoAction, UndoAction
from events.core.features.members import PlayerLeft
from events.core.state import Member, Role, RoomId, UserId
from events.core.targets import Players
from events.geometry.grid import Hex
from events.journal import Append, VersionConflict
from events.journal.chain import Head, Row
from events.journal.codec import encode
from events.journal.database.partition import partition
from events.journal.database.pool import Pool, serving_conninfo
from events.journal.folding import folded
from events.journal.forgotten import FORMER
from events.journal.postgres.journal import PostgresJournal
from events.journal.postgres.pages import Page
from events.journal.snapshots import SnapshotStore
from events.record.campaigns import CampaignRow
from events.record.integrity import prove
from events.transfer.archive import write_archive
from events.transfer.reseal import Resealed, reseal
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.recorded_night import Night
from tests.support.sample_commits import commit
from tests.support.tampering import tamper
from tests.web.history.test_forgotten import in_words_of, rows_naming, told_of_ben
from web.app import ROOMS
from web.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """By the command alone."""
    return settings.model_copy(update={"reseal": False})


OPERATOR = Member(UserId("command line"), Role.DM)


async def ben_goes(night: Night) -> None:
    assert (await night.ben.post("/api/me/delete", {"password": "Ben's secret"})).status == 204


async def sealed_anew(
    database_url: str, night: Night, progress: Callable[[int], None] = lambda version: None
) -> Resealed | None:
    room, now = UUID(night.id), datetime.now(UTC)
    return await asyncio.to_thread(reseal, database_url, room, now, OPERATOR, progress)


def as_documented(database_url: str, campaign: str) -> str:
    """Return what the check answers that the docs give to those who have no Hexroom."""
    document = Path(__file__).parents[3] / "docs/reference/hash-chain.md"
    (program,) = re.findall(r"```python\n(.*?)```", document.read_text(), re.DOTALL)
    theirs: dict[str, Any] = {"__name__": "stranger"}
    exec(program, theirs)
    return str(theirs["check"](database_url, campaign))


@pytest.mark.parametrize("parts", [0, 2])
async def test_no_row_names_them_and_the_chain_holds(
    night: Night, hexroom: Hexroom, database_url: str, tmp_path: Path, parts: int
) -> None:
    await told_of_ben(night)
    if parts:
        await asyncio.to_thread(partition, database_url, parts)
    other = await night.dm.campaign("Nobody has left here")
    untouched, head = lines(await hexroom("head", other)), lines(await hexroom("head", night.id))[0]
    await ben_goes(night)
    assert rows_naming(database_url, night.id) > 0
    before = lines(await hexroom("state", night.id, "--state-hash"))

    (_, told) = lines(await hexroom("campaign", "reseal", "--all", "--yes"))

    assert head not in told, "Ben left after it"
    assert told.endswith(f"and is {lines(await hexroom('head', night.id))[0]}")
    assert rows_naming(database_url, night.id) == 0
    assert all("holds" in line for line in lines(await hexroom("verify", "--all")))
    assert lines(await hexroom("head", other)) == untouched
    assert as_documented(database_url, night.id) == lines(await hexroom("head", night.id))[0]
    assert lines(await hexroom("state", night.id, "--state-hash")) == before
    events = (await night.dm.get(f"/api/campaigns/{night.id}/events?limit=1000")).body["events"]
    assert (events[-1]["type"], events[-1]["userId"]) == ("record_reseal", "command line")
    assert FORMER in str(events)
    log = str((await night.dm.get("/api/admin/log")).body)
    assert ("record sealed anew" in log, "Ben" in log) == (True, False)
    lines(await hexroom("backup", str(tmp_path / "b.tar")))
    with tarfile.open(tmp_path / "b.tar") as archive:
        assert "events.copy" not in archive.getnames(), (
            "rows that name nobody are dumped as they are"
        )
    assert b"Ben" not in in_words_of(tmp_path / "b.tar")
    again = lines(await hexroom("campaign", "reseal", "--all", "--yes"))
    assert again == ["no stored row names anybody whose account was deleted"]


async def test_an_archive_and_a_fork_of_it_hold(
    night: Night, hexroom: Hexroom, elsewhere: Hexroom, tmp_path: Path
) -> None:
    await ben_goes(night)
    lines(await hexroom("campaign", "reseal", night.id, "--yes"))
    await night.do(RevealHexes(hex_keys=(Hex(3, 3),), targets="all"))
    head = lines(await hexroom("head", night.id))
    lines(await hexroom("export", night.id, str(tmp_path / "a")))
    assert "it verifies" in lines(await elsewhere("import", str(tmp_path / "a")))[0]
    assert lines(await elsewhere("head", night.id)) == head
    (fork,) = lines(await hexroom("fork", night.id, "--name", "What if"))
    assert "holds" in lines(await hexroom("verify", fork))[0]
    forged = await hexroom("verify", fork, "--against", "9:" + "0" * 64)
    assert (forged.exit_code, "DAMAGED" in forged.output) == (4, True)


class ResealedMeanwhile:
    """A record that is sealed anew after its first rows were read."""

    def __init__(self, night: Night, database_url: str) -> None:
        self._night, self._url, self._journal = night, database_url, room_journal(night)
        self.forgotten = self._journal.forgotten

    async def rows(self, room: RoomId, start: int = 1, stop: int = 2**62) -> list[Row]:
        found = await self._journal.rows(room, start, stop)
        if start == 1:
            await sealed_anew(self._url, self._night)
        return found

    async def sealed_pages(
        self, room: RoomId, after: int = 0, upto: int | None = None
    ) -> AsyncGenerator[Page, None]:
        for page in list[Page]():
            yield page


async def test_who_verifies_meanwhile_is_not_alarmed(
    night: Night, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ben_goes(night)
    monkeypatch.setattr("events.record.integrity.PAGE_ROWS", 10)
    room = RoomId(UUID(night.id))
    last = (await room_journal(night).rows(room))[-1].version
    found = await prove(ResealedMeanwhile(night, database_url), room, last)
    assert isinstance(found, Head)
    assert found.version == last + 1


async def test_who_exports_meanwhile_gets_a_whole_archive(
    night: Night, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ben_goes(night)
    monkeypatch.setattr("events.transfer.archive.writing.PAGE_ROWS", 10)
    room, file = RoomId(UUID(night.id)), BytesIO()
    last = (await room_journal(night).rows(room))[-1].version
    campaign = CampaignRow(room, "The Marches", UserId(night.dm.id), datetime.now(UTC))
    record = ResealedMeanwhile(night, database_url)
    manifest = await write_archive(record, file, campaign, (), last)
    assert manifest.events == last + 1
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.read("events.ndjson").count(b"\n") == last + 1


@pytest.mark.parametrize("query", ["", "&force=1"])
async def test_who_opens_a_replay_meanwhile_sees_all_of_it(
    night: Night, database_url: str, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """Of what is read row by row the first part is of before, and the rest of after it."""
    whole = await night.watch(night.dm, query)
    await ben_goes(night)
    monkeypatch.setattr("events.record.integrity.PAGE_ROWS", 5)
    stored = PostgresJournal.rows
    times: list[Resealed | None] = []

    async def rows(
        self: PostgresJournal, room: RoomId, start: int = 1, stop: int = 2**62
    ) -> list[Row]:
        found = await stored(self, room, start, stop)
        if len(found) == 5 and not times:
            times.append(await sealed_anew(database_url, night))
        return found

    async def no_pages(
        self: PostgresJournal, room: RoomId, after: int = 0, upto: int | None = None
    ) -> AsyncGenerator[Page, None]:
        for page in list[Page]():
            yield page

    monkeypatch.setattr(PostgresJournal, "rows", rows)
    monkeypatch.setattr(PostgresJournal, "sealed_pages", no_pages)
    seen = await night.watch(night.dm, query)
    assert times != [None]
    assert (seen.closed, seen.types()) == (None, whole.types())
    assert "Ben" not in str(seen.got)
    tamper(database_url, "UPDATE session_event SET payload = '{}' WHERE version = 9")
    closed = (await night.watch(night.dm)).closed
    assert closed == 1011, "a fault is one, though the record was sealed anew once"


async def test_a_head_of_before_is_answered_in_words(
    night: Night, hexroom: Hexroom, database_url: str
) -> None:
    head = lines(await hexroom("head", night.id))[0]
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT encode(hash, 'hex') FROM session_event WHERE campaign_id = %s AND version = 1",
            (night.id,),
        ).fetchone()
    assert row is not None
    await ben_goes(night)
    lines(await hexroom("campaign", "reseal", night.id, "--yes"))

    told = await hexroom("verify", night.id, "--against", head)
    assert (told.exit_code, "DAMAGED" in told.output) == (1, False)
    assert "the names of deleted accounts were taken out" in told.output
    answer = await night.dm.get(f"/api/campaigns/{night.id}/verify?against={head}")
    assert answer.body["ok"] is False
    assert "the names of deleted accounts" in answer.body["reason"]
    assert "holds" in lines(await hexroom("verify", night.id, "--against", f"1:{row[0]}"))[0]
    now = lines(await hexroom("head", night.id))[0]
    forged = now.partition(":")[0] + ":" + "0" * 64
    assert (await hexroom("verify", night.id, "--against", forged)).exit_code == 4
    tamper(database_url, "UPDATE session_event SET payload = '{}' WHERE version = 3")
    assert "DAMAGED at version 3" in (await hexroom("verify", night.id, "--against", head)).output


async def test_it_is_asked_first(night: Night, hexroom: Hexroom, database_url: str) -> None:
    await ben_goes(night)
    asked = await hexroom("campaign", "reseal", "--all")
    assert (asked.exit_code, "Heads that were kept" in asked.output) == (1, True)
    assert rows_naming(database_url, night.id) > 0
    assert (await hexroom("campaign", "reseal")).exit_code == 2


async def test_a_record_that_does_not_hold_stays_as_it_is(
    night: Night, hexroom: Hexroom, database_url: str
) -> None:
    await ben_goes(night)
    tamper(database_url, "UPDATE session_event SET payload = '{}' WHERE version = 9")
    head = lines(await hexroom("head", night.id))
    refused = await hexroom("campaign", "reseal", "--all", "--yes")
    assert (refused.exit_code, "changed" in refused.output) == (4, True), refused.output
    assert lines(await hexroom("head", night.id)) == head
    assert rows_naming(database_url, night.id) > 0


@pytest.mark.parametrize("watched", [True, False])
async def test_a_room_that_is_open_reads_itself_again_and_records_no_name(
    night: Night, hexroom: Hexroom, database_url: str, watched: bool
) -> None:
    only_ben = Players(player_ids=(UserId(night.ben.id),))
    await night.do(RevealHexes(hex_keys=(Hex(2, 3),), targets=only_ben))
    async with AsyncExitStack() as stack:
        if watched:
            path, headers = f"/ws?campaignId={night.id}", {"Origin": night.dm.origin or ""}
            await stack.enter_async_context(night.dm.http.ws_connect(path, headers=headers))
        await ben_goes(night)
        room = night.server.app[ROOMS].room(RoomId(UUID(night.id)))
        assert b"Ben" in state_json(room.state), "in the words for what can be undone"
        lines(await hexroom("campaign", "reseal", "--all", "--yes"))

        await night.do(UndoAction())
        await night.do(RedoAction())

        assert rows_naming(database_url, night.id) == 0
        assert "holds" in lines(await hexroom("verify", night.id))[0]
        _, again = await folded(room_journal(night), room.id)
        assert state_json(room.state) == state_json(again)


def room_journal(night: Night) -> PostgresJournal:
    journal = night.server.app[ROOMS].services.journal
    assert isinstance(journal, PostgresJournal)
    return journal


async def test_what_breaks_off_changed_nothing_and_is_done_again(
    night: Night, hexroom: Hexroom, database_url: str
) -> None:
    await ben_goes(night)
    head = lines(await hexroom("head", night.id))

    def die(version: int) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ).fetchall()
            assert ended == [(True,)]

    with pytest.raises(psycopg.OperationalError):
        await sealed_anew(database_url, night, die)
    assert lines(await hexroom("head", night.id)) == head
    assert "holds" in lines(await hexroom("verify", night.id))[0]
    await night.do(RevealHexes(hex_keys=(Hex(3, 3),), targets="all"))
    assert await sealed_anew(database_url, night) is not None
    assert rows_naming(database_url, night.id) == 0
    assert "holds" in lines(await hexroom("verify", night.id))[0]


async def test_what_is_recorded_meanwhile_is_in_the_chain(
    night: Night, hexroom: Hexroom, database_url: str
) -> None:
    await ben_goes(night)
    loop = asyncio.get_running_loop()
    hexes = [Hex(5, 0), Hex(5, 1)]

    def play(version: int) -> None:
        if hexes:
            reveal = night.do(RevealHexes(hex_keys=(hexes.pop(),), targets="all"))
            asyncio.run_coroutine_threadsafe(reveal, loop).result(20)

    done = await sealed_anew(database_url, night, play)
    assert done is not None
    assert done.after.version == done.before.version + 1
    await night.do(RevealHexes(hex_keys=(Hex(5, 2),), targets="all"))
    assert "holds" in lines(await hexroom("verify", night.id))[0]
    assert rows_naming(database_url, night.id) == 0


async def test_an_append_that_is_under_way_goes_first(night: Night, database_url: str) -> None:
    await ben_goes(night)
    with (
        psycopg.connect(database_url) as appending,
        psycopg.connect(database_url, autocommit=True) as watching,
    ):
        journal = room_journal(night)
        rows = await journal.rows(RoomId(UUID(night.id)))
        following = following_row(rows[-1])
        inserted(appending, following)
        sealing = asyncio.create_task(sealed_anew(database_url, night))
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
        while watching.execute(waits).fetchone() != (1,):
            await night.dm.get("/healthz")
        appending.commit()
        done = await sealing
    assert done is not None
    assert done.before.version == rows[-1].version + 1
    verified = await night.dm.get(f"/api/campaigns/{night.id}/verify")
    assert verified.body["head"] == {"version": done.after.version, "hash": done.after.hash.hex()}


_INSERT = """
INSERT INTO session_event (campaign_id, version, session_id, event_type, user_id, role, command_id,
    command_digest, first_version, created_at, payload, hash, epoch)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0)
"""


async def test_a_room_that_appends_all_the_time_waits_in_the_end(
    night: Night, database_url: str
) -> None:
    await ben_goes(night)
    loop, journal = asyncio.get_running_loop(), room_journal(night)
    with psycopg.connect(database_url, autocommit=True) as watching:
        waits = (
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
            " AND relation = 'session_event'::regclass)"
        )

        async def append() -> None:
            (*_, last) = await journal.rows(RoomId(UUID(night.id)))
            async with await psycopg.AsyncConnection.connect(database_url) as connection:
                await connection.execute(_INSERT, following_row(last))

        def play(version: int) -> None:
            appending = asyncio.run_coroutine_threadsafe(append(), loop)
            while not appending.done() and watching.execute(waits).fetchone() != (True,):
                pass

        done = await sealed_anew(database_url, night, play)
    assert done is not None
    assert rows_naming(database_url, night.id) == 0
    (*_, last) = await journal.rows(RoomId(UUID(night.id)))
    assert last.version == done.after.version, "the append that waited was too late"


async def test_who_waits_for_all_rooms_gives_up_soon_and_changes_nothing(
    night: Night, database_url: str
) -> None:
    """An import that takes its time holds up the end, and the end holds up nobody for long."""
    await ben_goes(night)
    journal, room = room_journal(night), RoomId(UUID(night.id))
    rows, rests = await journal.rows(room), list[int]()

    def play(version: int) -> None:
        with psycopg.connect(database_url) as appending:
            rows.append(following_row(rows[-1]))
            inserted(appending, rows[-1])

    with psycopg.connect(database_url) as importing:
        importing.execute("LOCK TABLE session_event IN ROW EXCLUSIVE MODE")
        with pytest.raises(errors.LockNotAvailable):
            await asyncio.to_thread(
                reseal, database_url, room, datetime.now(UTC), OPERATOR, play,
                between_pages=lambda: rests.append(len(rows)),
            )  # fmt: skip
    assert rests[-10:] == [len(rows)] * 10, "between the last tries others go on"
    assert [row.hash for row in await journal.rows(room)] == [row.hash for row in rows]


def inserted(connection: psycopg.Connection, row: Row) -> None:
    """Insert a row, in a transaction that goes on."""
    connection.execute(_INSERT, row)


def following_row(last: Row) -> Row:
    """Return a row that says somebody came, and follows another."""
    room, version = RoomId(last.campaign), last.version
    (row,) = encode(room, [commit(version, PlayerLeft(user=UserId("x")))], Head(version, last.hash))
    return row


async def test_a_node_that_has_the_room_is_refused_until_it_has_read_it_again(
    night: Night, pool: Pool, database_url: str
) -> None:
    await ben_goes(night)
    room = RoomId(UUID(night.id))
    nodes = [PostgresJournal(pool), PostgresJournal(pool)]
    lease = await nodes[0].lease(room, "a")
    last = (await nodes[0].rows(room))[-1].version
    assert await nodes[0].append([Append(lease, last, (commit(last),))]) == [None]

    done = await sealed_anew(database_url, night)

    assert done is not None
    stale = commit(last + 1)
    (refused,) = await nodes[0].append([Append(lease, last + 1, (stale,))])
    assert isinstance(refused, VersionConflict)
    taken = await nodes[1].lease(room, "b")
    now = commit(last + 2)
    assert await nodes[1].append([Append(taken, last + 2, (now,))]) == [None]
    (fenced,) = await nodes[0].append([Append(lease, last + 3, (commit(last + 3),))])
    assert fenced is not None
    assert (await night.dm.get(f"/api/campaigns/{night.id}/verify")).body["ok"] is True
    for node in nodes:
        await node.close()


async def test_no_state_is_saved_that_was_in_memory_meanwhile(
    night: Night, pool: Pool, database_url: str
) -> None:
    room, store = RoomId(UUID(night.id)), SnapshotStore(pool)
    await store.load(room)
    version, state = await folded(room_journal(night), room)
    await ben_goes(night)
    assert await sealed_anew(database_url, night) is not None
    await store.save(room, version, state)
    async with pool.connection() as connection:
        saved = await connection.execute("SELECT version FROM room_snapshot")
        assert await saved.fetchall() == []
    await store.load(room)
    await store.save(room, version, state)
    async with pool.connection() as connection:
        saved = await connection.execute("SELECT version FROM room_snapshot")
        assert await saved.fetchall() == [(version,)]


def test_only_the_owner_of_the_table_may_and_nobody_removes_a_row(database_url: str) -> None:
    update = "UPDATE session_event SET payload = '{}'"
    for url, statement in (
        (serving_conninfo(database_url), update),
        (database_url, "DELETE FROM session_event"),
        (database_url, "TRUNCATE session_event"),
    ):
        with psycopg.connect(url) as connection:
            connection.execute("SET LOCAL hexroom.resealing = 'on'")
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement.encode())
    with psycopg.connect(database_url) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(update.encode())
