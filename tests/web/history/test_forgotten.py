"""Somebody whose account was deleted: nothing that is read or made later names them, and the chain holds."""

import asyncio
import json
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import psycopg
import pytest

from events.core.features.hexes import RevealHexes
from events.core.features.history import UndoAction
from events.core.features.staging import Publish, SetMode
from events.core.state import Mode, UserId
from events.core.targets import Players
from events.geometry.grid import Hex
from events.journal.database.partition import partition
from events.journal.database.programs import client_program
from events.journal.forgotten import FORMER, Forgotten
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.recorded_night import Night
from tests.support.tampering import tamper
from web.settings import Settings

NAME = "Ben"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As long as the stored rows have the names."""
    return settings.model_copy(update={"reseal": False})


async def told_of_ben(night: Night) -> None:
    """Have the record name Ben in all ways in which it names people."""
    only_ben = Players(player_ids=(UserId(night.ben.id),))
    await night.do(RevealHexes(hex_keys=(Hex(2, 3),), targets=only_ben))
    await night.do(UndoAction())
    await night.do(SetMode(mode=Mode.STAGED))
    await night.do(RevealHexes(hex_keys=(Hex(3, 3),), targets=only_ben))
    await night.do(Publish())


async def test_nothing_that_is_made_later_names_who_is_forgotten(
    night: Night, hexroom: Hexroom, elsewhere: Hexroom, database_url: str, tmp_path: Path
) -> None:
    await told_of_ben(night)
    where, session = f"/api/campaigns/{night.id}", f"/api/sessions/{night.session}"
    asked = (
        *(f"{where}/events?limit=1000", f"{where}/state", f"{where}/members", where),
        *(f"{session}/report", f"{session}/report?format=html", f"{session}/recap"),
        f"{session}/report?format=csv",
    )
    before = [str((await night.dm.get(path)).body) for path in asked]
    assert sum(NAME in text for text in before) >= 5
    head = lines(await hexroom("head", night.id))

    assert (await night.ben.post("/api/me/delete", {"password": "Ben's secret"})).status == 204

    for path in asked:
        answer = await night.dm.get(path)
        assert answer.status == 200, path
        assert NAME not in str(answer.body), path
    assert FORMER in str((await night.dm.get(f"{session}/report")).body)
    for command in (
        ("audit", night.id, "--session", "1"),
        ("export", night.id, str(tmp_path / "a")),
    ):
        assert NAME not in (await hexroom(*command)).output, command
    assert lines(await hexroom("head", night.id)) != head
    assert "holds" in lines(await hexroom("verify", "--all"))[0]
    with zipfile.ZipFile(tmp_path / "a") as archive:
        assert NAME.encode() not in b"".join(archive.read(name) for name in archive.namelist())
    (told,) = lines(await elsewhere("import", str(tmp_path / "a")))
    assert "it verifies" in told
    assert "holds" in lines(await elsewhere("verify", "--all"))[0]
    states = [lines(await run("state", night.id, "--state-hash")) for run in (hexroom, elsewhere)]
    assert states[0] == states[1]
    made = await night.dm.post(f"{where}/fork", {"name": "What if"})
    with psycopg.connect(database_url) as connection:
        named = connection.execute(
            "SELECT count(*) FROM session_event WHERE campaign_id = %s AND payload::text LIKE %s",
            (made.body["id"], f"%{NAME}%"),
        ).fetchone()
    assert named == (0,)


@pytest.mark.parametrize("parts", [0, 2])
async def test_a_backup_made_later_names_them_nowhere_and_its_chains_hold(
    night: Night,
    hexroom: Hexroom,
    elsewhere: Hexroom,
    database_url: str,
    empty_database_url: str,
    tmp_path: Path,
    parts: int,
) -> None:
    await told_of_ben(night)
    if parts:
        await asyncio.to_thread(partition, database_url, parts)
    other = await night.dm.campaign("Nobody has left here")
    untouched = lines(await hexroom("head", other))
    whole, nameless = tmp_path / "whole.tar", tmp_path / "nameless.tar"
    lines(await hexroom("backup", str(whole)))
    assert NAME.encode() in in_words_of(whole)

    assert (await night.ben.post("/api/me/delete", {"password": "Ben's secret"})).status == 204
    lines(await hexroom("backup", str(nameless)))

    told = in_words_of(nameless)
    assert re.search(rb"\bBen\b", told) is None, told[told.index(b"Ben") - 300 :][:600]
    assert FORMER.encode() in told
    assert lines(await elsewhere("restore", str(nameless)))[-1] == "every record verifies"
    assert lines(await elsewhere("head", other)) == untouched
    states = [lines(await run("state", night.id, "--state-hash")) for run in (hexroom, elsewhere)]
    assert states[0] == states[1]
    reports = [
        json.loads(lines(await run("audit", night.id, "--session", "1", "--format", "json"))[0])
        for run in (hexroom, elsewhere)
    ]
    assert reports[0].pop("head") != reports[1].pop("head"), "a chain of its own"
    assert reports[0] == reports[1]
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        position = "SELECT max(position) FROM session_event"
        named = "'session_event_positions'"
        if not parts:
            named = "pg_get_serial_sequence('session_event', 'position')"
        sequence = f"SELECT nextval({named})"
        (last,), (following,) = (
            connection.execute(query.encode()).fetchone() or (0,) for query in (position, sequence)
        )
    assert following > last, "what is appended comes after"


async def test_a_backup_hides_no_damage(
    night: Night, hexroom: Hexroom, elsewhere: Hexroom, database_url: str, tmp_path: Path
) -> None:
    assert (await night.ben.post("/api/me/delete", {"password": "Ben's secret"})).status == 204
    tamper(database_url, "UPDATE session_event SET payload = '{}' WHERE version = 3")
    lines(await hexroom("backup", str(tmp_path / "damaged.tar")))
    restored = await elsewhere("restore", str(tmp_path / "damaged.tar"))
    assert restored.exit_code == 4
    assert "DAMAGED at version 3" in restored.output


def in_words_of(backup: Path) -> bytes:
    """Return all that a backup's files say, its dump as the SQL that restores it."""
    with tarfile.open(backup) as archive:
        archive.extractall(backup.with_suffix(""), filter="data")
    folder = backup.with_suffix("")
    sql = subprocess.run(
        [client_program("pg_restore"), "--file=-", folder / "database.dump"],
        capture_output=True,
        check=True,
    ).stdout
    beside = folder / "events.copy"
    return (
        sql
        + (folder / "backup.json").read_bytes()
        + (beside.read_bytes() if beside.exists() else b"")
    )


def test_only_whole_names_are_taken_out_and_only_of_who_is_forgotten() -> None:
    forgotten = Forgotten({"a": ["Al", "Al Capone", "C.J."]})
    for said, read in (
        ("Revealed 2 hexes to Al and Bo", f"Revealed 2 hexes to {FORMER} and Bo"),
        ("Set Stealth of Al Capone to 3", f"Set Stealth of {FORMER} to 3"),
        ("Revealed Alba to C.J., C1J. and Al", f"Revealed Alba to {FORMER}, C1J. and {FORMER}"),
    ):
        payload = json.dumps({"description": said, "because": "", "change": 1})
        assert json.loads(forgotten.without("change_staged", payload))["description"] == read
    for kept in ('{"user":"b","name":"Al"}', '{ "user": "b", "name": "Al" }'):
        assert forgotten.without("member_set", kept) == kept
    gone = forgotten.without("member_set", '{"user":"a","name":"Al","role":"player"}')
    assert json.loads(gone) == {"user": "a", "name": FORMER, "role": "player"}
    assert forgotten.without("note_set", '{"title":"Al"}') == '{"title":"Al"}'


def test_who_had_no_name_yet_takes_no_word_out() -> None:
    payload = '{"description":"Revealed 2 hexes"}'
    assert json.loads(Forgotten({"a": []}).without("x", payload)) == json.loads(payload)


def rows_naming(database_url: str, campaign: str) -> int:
    """Return how many stored rows of a campaign name Ben."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            r"SELECT count(*) FROM session_event WHERE campaign_id = %s AND payload::text ~ '\mBen\M'",
            (campaign,),
        ).fetchone()
    assert found is not None
    return int(found[0])


def forget(database_url: str, user: str) -> None:
    """Delete an account that nobody can sign in to."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE account SET name = %s, forgotten_at = now() WHERE id = %s", (FORMER, user)
        )
        connection.execute(
            "UPDATE campaign_member SET name = %s WHERE account_id = %s", (FORMER, user)
        )


async def test_a_fork_made_before_names_them_no_more(
    night: Night, hexroom: Hexroom, database_url: str, tmp_path: Path
) -> None:
    await told_of_ben(night)
    made = await night.dm.post(f"/api/campaigns/{night.id}/fork", {"name": "What if"})
    fork = made.body["id"]
    events, state = f"/api/campaigns/{fork}/events?limit=1000", f"/api/campaigns/{fork}/state"
    version = (await night.dm.get(events)).body["events"][9]["version"]
    paths = (events, f"{state}?version={version}", f"/api/campaigns/{fork}")
    assert NAME in str((await night.dm.get(events)).body)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO room_snapshot (campaign_id, version, code, hash, state, created_at)"
            " VALUES (%s, 5, 'x', 'x', 'Ben', now())",
            (fork,),
        )

    assert (await night.ben.post("/api/me/delete", {"password": "Ben's secret"})).status == 204

    for path in paths:
        answer = await night.dm.get(path)
        assert answer.status == 200, path
        assert re.search(r"\bBen\b", str(answer.body)) is None, path
    assert NAME not in (await hexroom("replay", fork, "--json")).output
    lines(await hexroom("export", fork, str(tmp_path / "a")))
    with zipfile.ZipFile(tmp_path / "a") as archive:
        assert re.search(rb"\bBen\b", archive.read("events.ndjson")) is None
    lines(await hexroom("backup", str(tmp_path / "b.tar")))
    assert re.search(rb"\bBen\b", in_words_of(tmp_path / "b.tar")) is None
    assert "holds" in lines(await hexroom("verify", fork))[0]


@pytest.mark.parametrize("left", [True, False])
async def test_an_archive_made_before_is_imported_without_them(
    night: Night,
    hexroom: Hexroom,
    elsewhere: Hexroom,
    empty_database_url: str,
    tmp_path: Path,
    left: bool,
) -> None:
    await told_of_ben(night)
    first, second = tmp_path / "first", tmp_path / "second"
    lines(await hexroom("export", night.id, str(first)))
    other = await night.dm.campaign("Another")
    await night.ben.accept(await night.dm.invite(other))
    if left:
        await night.dm.delete(f"/api/campaigns/{other}/members/{night.ben.id}")
    lines(await hexroom("export", other, str(second)))
    lines(await elsewhere("import", str(first)))
    forget(empty_database_url, night.ben.id)

    told = await elsewhere("import", str(second))
    assert "1 of its people deleted their accounts here" in told.output
    assert "it verifies" in told.output

    assert rows_naming(empty_database_url, other) == 0
    assert rows_naming(empty_database_url, night.id) > 0, "was imported before"
    assert ["holds" in line for line in lines(await elsewhere("verify", "--all"))] == [True, True]
    with psycopg.connect(empty_database_url) as connection:
        seats = connection.execute(
            "SELECT campaign_id::text FROM campaign_member WHERE account_id = %s", (night.ben.id,)
        ).fetchall()
    assert seats == [(night.id,)]
    lines(await elsewhere("backup", str(tmp_path / "b.tar")))
    assert re.search(rb"\bBen\b", in_words_of(tmp_path / "b.tar")) is None


async def test_who_had_left_before_the_archive_was_made_is_forgotten_where_it_was_imported(
    night: Night, hexroom: Hexroom, elsewhere: Hexroom, empty_database_url: str, tmp_path: Path
) -> None:
    archives = [tmp_path / "first", tmp_path / "second"]
    other = await night.dm.campaign("Another")
    await night.ben.accept(await night.dm.invite(other))
    await told_of_ben(night)
    await night.dm.delete(f"/api/campaigns/{night.id}/members/{night.ben.id}")
    for campaign, archive in zip((other, night.id), archives, strict=True):
        lines(await hexroom("export", campaign, str(archive)))
        lines(await elsewhere("import", str(archive)))
    assert NAME in (await elsewhere("audit", night.id, "--session", "1")).output

    forget(empty_database_url, night.ben.id)

    assert (
        re.search(r"\bBen\b", (await elsewhere("audit", night.id, "--session", "1")).output) is None
    )
    lines(await elsewhere("backup", str(tmp_path / "b.tar")))
    assert re.search(rb"\bBen\b", in_words_of(tmp_path / "b.tar")) is None
