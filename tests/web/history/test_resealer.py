"""The server itself takes the names of deleted accounts out of the stored record."""

import asyncio
import zlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from aiohttp.test_utils import TestServer
from psycopg import sql

from events.core.features.hexes import RevealHexes
from events.core.features.history import UndoAction
from events.core.state import RoomId, UserId
from events.core.targets import Players
from events.geometry.grid import Hex
from events.journal.database.pool import Database, open_database
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.people import Person, ShiftedClock
from tests.support.processes import a_server
from tests.support.recorded_night import Night
from tests.support.tampering import tamper
from tests.web.history.test_forgotten import rows_naming, told_of_ben
from tests.web.history.test_resealed import following_row, inserted, room_journal
from web.app import ROOMS, create_app
from web.ops import resealing
from web.ops.resealing import FIRST_BACKOFF, Resealer
from web.settings import Settings


async def goes(person: Person, name: str) -> None:
    assert (await person.post("/api/me/delete", {"password": f"{name}'s secret"})).status == 204


async def former_names(night: Night) -> dict[str, object]:
    told = (await night.dm.get("/api/admin")).body["formerNames"]
    assert isinstance(told, dict)
    return told


async def none_left(night: Night) -> None:
    """Wait until the server page says that no name is left."""
    while (await former_names(night))["campaigns"]:
        pass


def tables_naming(database_url: str, *words: str) -> set[str]:
    """Return the tables in which a row has one of these words, also in what is compressed there."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        return {
            table
            for (table,) in tables
            for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            if any(word in _in_words(value) for word in words for value in row)
        }


def _in_words(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode(errors="replace")
    except zlib.error:
        return value.decode(errors="replace")


def reseals(database_url: str, campaign: str) -> list[str]:
    """Return by whom the record was sealed anew, each time."""
    with psycopg.connect(database_url) as connection:
        query = (
            "SELECT user_id FROM session_event WHERE campaign_id = %s"
            " AND event_type = 'record_reseal' ORDER BY version"
        )
        return [row[0] for row in connection.execute(query, (campaign,))]


async def test_after_a_deletion_no_row_of_any_table_names_them(
    night: Night, hexroom: Hexroom, database_url: str
) -> None:
    await told_of_ben(night)
    assert (await night.ben.post("/api/tokens", {"name": "a bot"})).status == 201
    assert "session_event" in tables_naming(database_url, "Ben", "ben@")
    state = lines(await hexroom("state", night.id, "--state-hash"))

    await goes(night.ben, "Ben")
    await none_left(night)

    assert tables_naming(database_url, "Ben", "ben@") == set()
    assert reseals(database_url, night.id) == ["server"]
    assert all("holds" in line for line in lines(await hexroom("verify", "--all")))
    log = (await night.dm.get("/api/admin/log")).body["lines"]
    assert [(line["actor"], line["action"]) for line in log] == [("server", "record sealed anew")]
    await night.do(UndoAction())
    only_ann = Players(player_ids=(UserId(night.ann.id),))
    await night.do(RevealHexes(hex_keys=(Hex(4, 4),), targets=only_ann))
    assert tables_naming(database_url, "Ben", "ben@") == set()
    assert lines(await hexroom("state", night.id, "--state-hash")) != state
    assert "holds" in lines(await hexroom("verify", night.id))[0]
    metrics = (await night.dm.get("/metrics")).body
    for line in ("waiting 0.0", "lag_seconds 0.0", "failures_total 0.0"):
        assert f"\nhexroom_reseal_{line}\n" in metrics
    assert "\nhexroom_reseals_total 1.0\n" in metrics


async def test_what_the_command_line_deletes_is_taken_out_too(
    night: Night, hexroom: Hexroom, database_url: str, server: TestServer
) -> None:
    """And their seat ends at a table that others sit at, which nobody told."""
    path, headers = f"/ws?campaignId={night.id}", {"Origin": night.dm.origin or ""}
    async with night.dm.http.ws_connect(path, headers=headers) as socket:
        room = server.app[ROOMS].room(RoomId(UUID(night.id)))
        lines(await hexroom("user", "delete", night.ben.id, "--yes"))
        assert night.ben.id in room.state.members
        server.app[resealing.RESEALER].soon()
        await none_left(night)
        assert night.ben.id not in room.state.members
        assert not socket.closed
    assert tables_naming(database_url, "Ben", "ben@") == set()


@pytest.mark.parametrize("end", ["archived", "deleted"])
async def test_campaigns_that_are_over_are_sealed_anew_as_well(
    night: Night, hexroom: Hexroom, database_url: str, end: str
) -> None:
    where = f"/api/campaigns/{night.id}"
    if end == "archived":
        put = await night.dm.call("PUT", f"{where}/archived", {"archived": True})
        assert put.status == 204, put
    else:
        assert (await night.dm.delete(where)).status == 204
    assert rows_naming(database_url, night.id) > 0
    await goes(night.ben, "Ben")
    await none_left(night)
    assert rows_naming(database_url, night.id) == 0
    assert all("holds" in line for line in lines(await hexroom("verify", "--all")))


async def test_a_damaged_record_is_named_and_sealed_anew_once_it_is_repaired(
    night: Night, hexroom: Hexroom, database_url: str, server: TestServer, clock: ShiftedClock
) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT payload::text FROM session_event WHERE campaign_id = %s AND version = 9",
            (night.id,),
        ).fetchone()
    assert row is not None
    tamper(database_url, "UPDATE session_event SET payload = '{}' WHERE version = 9")
    await goes(night.ben, "Ben")
    while not (failed := (await former_names(night))["failed"]):
        pass
    assert isinstance(failed, list)
    assert [(each["id"], each["name"]) for each in failed] == [(night.id, "The Marches")]
    assert "9" in failed[0]["why"]
    assert rows_naming(database_url, night.id) > 0
    resealer = server.app[resealing.RESEALER]
    before = await failures(database_url)
    await resealer.work_off()
    assert await failures(database_url) == before == [1], "not before its time"
    clock.ahead += FIRST_BACKOFF
    await resealer.work_off()
    assert await failures(database_url) == [2]

    repaired = row[0].replace("'", "''")
    tamper(database_url, f"UPDATE session_event SET payload = '{repaired}' WHERE version = 9")
    clock.ahead += 3 * FIRST_BACKOFF
    resealer.soon()
    await none_left(night)
    assert rows_naming(database_url, night.id) == 0
    assert await failures(database_url) == []
    assert all("holds" in line for line in lines(await hexroom("verify", "--all")))


async def failures(database_url: str) -> list[int]:
    """Return how often it was tried in vain, by campaign."""
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        rows = await connection.execute("SELECT tries FROM reseal_failure")
        return [tries for (tries,) in await rows.fetchall()]


async def test_who_goes_soon_after_another_waits_for_a_while(
    night: Night, database_url: str, server: TestServer, clock: ShiftedClock, meet: object
) -> None:
    assert callable(meet)
    cleo = await (await meet()).sign_up("Cleo")
    await cleo.accept(await night.dm.invite(night.id))
    await goes(night.ben, "Ben")
    await none_left(night)
    await goes(cleo, "Cleo")
    resealer = server.app[resealing.RESEALER]
    clock.ahead += timedelta(minutes=9)
    while not await resealer.work_off():
        pass
    told = await former_names(night)
    assert (told["campaigns"], told["failed"]) == (1, [])
    assert isinstance(told["lagS"], float)
    assert told["lagS"] > 9 * 60
    clock.ahead += timedelta(minutes=1)
    resealer.soon()
    await none_left(night)
    assert tables_naming(database_url, "Ben", "Cleo") == set()
    assert reseals(database_url, night.id) == ["server"] * 2


async def test_of_two_nodes_one_does_it_and_the_other_leaves_it_alone(
    night: Night, hexroom: Hexroom, database_url: str, settings: Settings
) -> None:
    elsewhere = await create_app(settings, clock=night.clock)
    other = TestServer(elsewhere)
    await other.start_server()
    try:
        with psycopg.connect(database_url, autocommit=True) as node:
            node.execute("SELECT pg_advisory_lock(%s)", (resealing.LOCK,))
            await goes(night.ben, "Ben")
            assert not await elsewhere[resealing.RESEALER].work_off()
            assert rows_naming(database_url, night.id) > 0
        both = [each.app[resealing.RESEALER] for each in (night.server, other)]
        for resealer in both:
            resealer.soon()
        await asyncio.gather(*(resealer.work_off() for resealer in both))
        await none_left(night)
    finally:
        await other.close()
    assert reseals(database_url, night.id) == ["server"]
    assert all("holds" in line for line in lines(await hexroom("verify", "--all")))


async def test_an_operator_may_keep_it_for_the_command(
    night: Night, hexroom: Hexroom, database_url: str, clock: ShiftedClock
) -> None:
    database = await open_database(database_url, max_connections=2)
    try:
        off = Resealer(database, clock, enabled=False)
        with psycopg.connect(database_url, autocommit=True) as node:
            node.execute("SELECT pg_advisory_lock(%s)", (resealing.LOCK,))
            await goes(night.ben, "Ben")
            assert await off.work_off()
            assert rows_naming(database_url, night.id) > 0
            (waiting, lag, *_) = off.collect()
            assert waiting.samples[0].value == 1
            assert lag.samples[0].value >= 0
            lines(await hexroom("campaign", "reseal", "--all", "--yes"))
        assert reseals(database_url, night.id) == ["command line"]
    finally:
        await database.close()


async def test_a_server_that_is_told_to_stop_breaks_off_and_changes_nothing(
    night: Night, hexroom: Hexroom, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "SHARE", 1e-9)
    head = lines(await hexroom("head", night.id))
    await night.server.close()
    database: Database = await open_database(database_url, max_connections=2)
    with psycopg.connect(database_url, autocommit=True) as connection:
        forgotten = "UPDATE account SET forgotten_at = now() WHERE name = 'Ben'"
        connection.execute(forgotten.encode())
        working = asyncio.create_task(Resealer(database, night.clock, enabled=True).work_off())
        rests = (
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            " AND datname = current_database() AND query LIKE '%%anew%%'"
        )
        while connection.execute(rests.encode()).fetchone() != (1,):
            lines(await hexroom("head", night.id))
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await database.close()
    assert lines(await hexroom("head", night.id)) == head
    assert rows_naming(database_url, night.id) > 0


async def test_a_server_killed_in_the_middle_goes_on_when_it_is_started_again(
    night: Night, hexroom: Hexroom, database_url: str, tmp_path: Path
) -> None:
    await told_of_ben(night)
    folder = {"HEXROOM_DATA_DIR": str(tmp_path)}
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (resealing.LOCK,))
        await goes(night.ben, "Ben")
        (*_, last) = await room_journal(night).rows(RoomId(UUID(night.id)))
        await night.server.close()
        # The night's clock is ahead of the one of the server that follows.
        connection.execute("UPDATE account SET forgotten_at = now() WHERE forgotten_at > now()")
    head = lines(await hexroom("head", night.id))
    with (
        psycopg.connect(database_url) as appending,
        psycopg.connect(database_url, autocommit=True) as connection,
    ):
        # An append that is under way holds up the end.
        inserted(appending, following_row(last))
        async with a_server(database_url, **folder) as server:
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
            while connection.execute(waits.encode()).fetchone() != (1,):
                lines(await hexroom("head", night.id))
            await server.close()
            appending.rollback()
            assert rows_naming(database_url, night.id) > 0
            assert lines(await hexroom("head", night.id)) == head
            await server.start()
            await server.says(f"campaign {night.id}: sealed anew")
    assert rows_naming(database_url, night.id) == 0
    assert reseals(database_url, night.id) == ["server"]
    assert all("holds" in line for line in lines(await hexroom("verify", "--all")))
