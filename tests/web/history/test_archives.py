"""Campaigns forked, exported and imported: all of it, proved, or nothing at all."""

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from events.core.features.hexes import RevealHexes
from events.core.state import RoomId
from events.geometry.grid import Hex
from tests.support.hexroom_commands import Hexroom, lines, on
from tests.support.recorded_night import Night
from tests.web.conftest import Meet
from web.app import ROOMS


async def test_a_fork_has_the_history_up_to_then_and_verifies(night: Night) -> None:
    version = night.commits[2].version
    url = f"/api/campaigns/{night.id}"
    made = await night.dm.post(f"{url}/fork", {"version": version, "name": "What if"})
    assert made.status == 201
    new = f"/api/campaigns/{made.body['id']}"
    then = (await night.dm.get(f"{url}/state", params={"version": version})).body
    state = (await night.dm.get(f"{new}/state")).body
    same = ("revealedHexes", "terrain", "status", "tokens")
    assert {key: state[key] for key in same} == {key: then[key] for key in same}
    assert state["sessionId"] != then["sessionId"]
    assert (await night.dm.get(f"{new}/verify")).body["ok"] is True
    assert (await night.dm.get(f"{url}/verify")).body["ok"] is True


async def test_a_fork_is_a_room_like_any_other(night: Night) -> None:
    version = night.commits[2].version
    fork = f"/api/campaigns/{night.id}/fork"
    made = await night.dm.post(fork, {"version": version, "name": "What if"})
    room = await night.server.app[ROOMS].open(RoomId(UUID(made.body["id"])))
    assert (room.state.name, room.state.status) == ("What if", "active")
    listed = (await night.dm.get("/api/campaigns")).body["campaigns"]
    assert {each["name"] for each in listed} >= {"What if", "The Marches"}


async def test_the_only_member_of_a_fork_is_its_maker(night: Night, meet: Meet) -> None:
    campaign = f"/api/campaigns/{night.id}"
    eve = await (await meet()).sign_up("Eve")
    await eve.accept(await night.dm.invite(night.id, "dm"))
    await night.do(RevealHexes(hex_keys=(Hex(3, 0),), targets="all"))
    assert (await night.dm.delete(f"{campaign}/members/{eve.id}")).status == 204
    made = await night.dm.post(
        f"{campaign}/fork", {"version": night.commits[-1].version, "name": "What if"}
    )
    fork = f"/api/campaigns/{made.body['id']}"
    for former in (eve, night.ann, night.ben):
        listed = (await former.get("/api/campaigns")).body["campaigns"]
        assert made.body["id"] not in {each["id"] for each in listed}
        for path in ("", "/state", "/events", "/members"):
            assert (await former.get(f"{fork}{path}")).status == 404
    members = (await night.dm.get(f"{fork}/members")).body["members"]
    assert [each["userId"] for each in members] == [night.dm.id]
    people = (await night.dm.get(f"{fork}/state")).body["connectedPlayers"]
    assert [each["userId"] for each in people] == [night.dm.id]
    assert (await night.dm.get(f"{fork}/verify")).body["ok"] is True


async def test_whom_the_maker_invites_finds_their_place_in_the_fork(night: Night) -> None:
    made = await night.dm.post(f"/api/campaigns/{night.id}/fork", {"name": "What if"})
    await night.ben.accept(await night.dm.invite(made.body["id"]))
    for campaign in (night.id, made.body["id"]):
        state = (await night.ben.get(f"/api/campaigns/{campaign}/state")).body
        assert "5,3" in state["revealedHexes"]


async def test_a_fork_on_the_command_line_is_for_a_dm_of_today(
    night: Night, hexroom: Hexroom, meet: Meet
) -> None:
    eve = await (await meet()).sign_up("Eve")
    await eve.accept(await night.dm.invite(night.id, "dm"))
    moment = await night.do(RevealHexes(hex_keys=(Hex(3, 0),), targets="all"))
    await eve.delete(f"/api/campaigns/{night.id}/members/{night.dm.id}")
    at = str(moment.version)
    (new,) = lines(await hexroom("fork", "the", "--at", at, "--name", "What if"))
    assert (await night.dm.get(f"/api/campaigns/{new}")).status == 404
    assert (await eve.get(f"/api/campaigns/{new}")).body["role"] == "dm"


async def test_only_a_dm_forks_and_verifies(night: Night) -> None:
    url = f"/api/campaigns/{night.id}"
    assert (await night.ann.post(f"{url}/fork", {"name": "Mine"})).status == 403
    assert (await night.ann.get(f"{url}/verify")).status == 403
    assert (await night.dm.post(f"{url}/fork", {"name": ""})).status == 400
    assert (await night.dm.post(f"{url}/fork", {"name": "x", "version": 999})).status == 404
    assert (await night.dm.get(f"{url}/verify?against=7")).status == 400


async def test_an_export_imported_elsewhere_verifies_and_has_the_same_state(
    night: Night, hexroom: Hexroom, empty_database_url: str, tmp_path: Path
) -> None:
    file, elsewhere = str(tmp_path / "marches.zip"), on(empty_database_url, tmp_path / "elsewhere")
    assert (await hexroom("export", "the", file)).exit_code == 0
    (told,) = lines(await elsewhere("import", file))
    assert "it verifies" in told
    for question in (("head", night.id), ("state", night.id, "--state-hash")):
        assert lines(await elsewhere(*question)) == lines(await hexroom(*question))
    assert "holds" in lines(await elsewhere("verify", "--all"))[0]
    again = await elsewhere("import", file)
    assert again.exit_code == 7
    assert "here already" in again.output
    back = await hexroom("import", file)
    assert back.exit_code == 7


async def test_an_archive_holds_no_passwords_and_no_addresses(
    night: Night, hexroom: Hexroom, tmp_path: Path
) -> None:
    file = tmp_path / "marches.zip"
    await hexroom("export", "the", str(file))
    with zipfile.ZipFile(file) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert len(json.loads(archive.read("members.json"))) == 3
    assert b"argon2" not in content
    assert b"@" not in content


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Write the archive again with some of its files changed; None leaves one out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)


def events(change: Callable[[list[Any]], list[Any]]) -> Callable[[str, bytes], bytes]:
    def changed(name: str, content: bytes) -> bytes:
        if name != "events.ndjson":
            return content
        rows = change([json.loads(line) for line in content.splitlines()])
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    return changed


def at_some_time(rows: list[Any]) -> list[Any]:
    """Take the offset off the time of an event: it could be any of a day."""
    rows[3]["at"] = rows[3]["at"][:19]
    return rows


def without(left_out: str) -> Callable[[str, bytes], bytes | None]:
    return lambda name, content: None if name == left_out else content


def renamed(rows: list[Any]) -> list[Any]:
    rows[3]["user"] = "somebody"
    return rows


def manifest(**fields: Any) -> Callable[[str, bytes], bytes]:
    def changed(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return json.dumps({**json.loads(content), **fields}).encode()

    return changed


DAMAGE: dict[str, tuple[Callable[[str, bytes], bytes | None], str]] = {
    "an event changed": (events(renamed), "broken at version 4"),
    "an event removed": (events(lambda rows: rows[:5] + rows[6:]), "missing"),
    "events reordered": (events(lambda rows: [rows[1], rows[0], *rows[2:]]), "broken"),
    "a time without its offset": (events(at_some_time), "line 4: not a row"),
    "a start without its offset": (manifest(created_at="2026-11-06T19:00:00"), "the time is none"),
    "a time before all calendars": (
        manifest(created_at="0001-01-01T00:00:00+12:00"),
        "the time is none",
    ),
    "the tail cut off": (events(lambda rows: rows[:-1]), "ends at version"),
    "no events": (without("events.ndjson"), "lacks files"),
    "another state": (manifest(state="0" * 64), "another state"),
    "another campaign": (manifest(campaign="not-an-id"), "no proper id"),
    "a future format": (manifest(version=4), "manifest.json is not"),
    "a bad name": (manifest(name="\u202e"), "manifest.json is not"),
    "no JSON": (lambda name, content: b"{" if name == "members.json" else content, "members.json"),
    "deep JSON": (
        lambda name, content: b"[" * 100_000 if name == "members.json" else content,
        "members.json",
    ),
    "too large": (
        lambda name, content: content + b" " * 2**21 if name == "manifest.json" else content,
        "larger than",
    ),
}


async def test_a_damaged_archive_is_refused_and_nothing_of_it_stays(
    night: Night, hexroom: Hexroom, empty_database_url: str, tmp_path: Path
) -> None:
    whole, bad = tmp_path / "whole.zip", tmp_path / "bad.zip"
    assert (await hexroom("export", "the", str(whole))).exit_code == 0
    elsewhere = on(empty_database_url, tmp_path / "elsewhere")
    for what, (damage, said) in DAMAGE.items():
        rewritten(whole, bad, damage)
        result = await elsewhere("import", str(bad))
        assert (result.exit_code, "Traceback" in result.output) == (7, False), (what, result.output)
        assert said in result.output, what
    bad.write_bytes(whole.read_bytes())
    with zipfile.ZipFile(bad, "a") as archive:
        archive.writestr("../../etc/passwd", b"x")
    assert "does not belong" in (await elsewhere("import", str(bad))).output
    bad.write_bytes(whole.read_bytes()[:2000])
    assert (await elsewhere("import", str(bad))).exit_code == 7
    bad.write_bytes(b"hello")
    assert (await elsewhere("import", str(bad))).exit_code == 7
    async with await psycopg.AsyncConnection.connect(empty_database_url) as connection:
        for table in ("session_event", "campaign", "account", "campaign_member", "game_session"):
            found = await connection.execute(f"SELECT count(*) FROM {table}".encode())
            assert await found.fetchone() == (0,), table


def shuffled(source: Path, target: Path, chance: random.Random) -> None:
    """Write the archive again with a file of it, or all of it, cut or with some bytes turned over."""
    part = chance.choice(("manifest.json", "members.json", "events.ndjson", "", ""))

    def worn(content: bytes) -> bytes:
        bytes_ = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            bytes_[chance.randrange(len(bytes_))] ^= 1 << chance.randrange(8)
        return bytes(bytes_[: chance.choice((len(bytes_), chance.randrange(len(bytes_))))])

    if part:
        rewritten(source, target, lambda name, of: worn(of) if name == part else of)
    else:
        target.write_bytes(worn(source.read_bytes()))


async def test_an_archive_damaged_anywhere_is_refused_with_a_sentence_or_was_not_hurt(
    night: Night, hexroom: Hexroom, empty_database_url: str, tmp_path: Path
) -> None:
    whole, bad = tmp_path / "whole.zip", tmp_path / "bad.zip"
    assert (await hexroom("export", "the", str(whole))).exit_code == 0
    elsewhere = on(empty_database_url, tmp_path / "elsewhere")
    taken = 0
    for seed in range(12):
        shuffled(whole, bad, random.Random(seed))
        result = await elsewhere("import", str(bad))
        # A name beside the record may be another; nothing that the record holds may.
        assert result.exit_code in (0, 7), (seed, result.output)
        assert "Traceback" not in result.output, seed
        assert result.output.strip(), seed
        taken += result.exit_code == 0
    async with await psycopg.AsyncConnection.connect(empty_database_url) as connection:
        found = await connection.execute("SELECT count(*) FROM campaign")
        assert await found.fetchone() == (min(taken, 1),)
    if taken:
        assert "holds" in lines(await elsewhere("verify", "--all"))[0]


async def test_an_import_believes_the_record_and_not_the_list_of_members(
    night: Night, hexroom: Hexroom, empty_database_url: str, tmp_path: Path
) -> None:
    whole, altered = tmp_path / "whole.zip", tmp_path / "altered.zip"
    lines(await hexroom("export", "the", str(whole)))

    def promoted(name: str, content: bytes) -> bytes:
        if name != "members.json":
            return content
        members = [{**each, "role": "dm"} for each in json.loads(content)]
        return json.dumps([*members, {"id": "eve", "name": "Eve", "role": "dm"}]).encode()

    rewritten(whole, altered, promoted)
    lines(await on(empty_database_url, tmp_path / "elsewhere")("import", str(altered)))
    async with await psycopg.AsyncConnection.connect(empty_database_url) as connection:
        rows = await connection.execute("SELECT account_id, role FROM campaign_member")
        roles: dict[str, str] = dict(await rows.fetchall())
    assert roles == {night.dm.id: "dm", night.ann.id: "player", night.ben.id: "player"}


async def test_a_creator_who_was_removed_is_no_member_of_the_import(
    night: Night, hexroom: Hexroom, empty_database_url: str, tmp_path: Path, meet: Meet
) -> None:
    eve = await (await meet()).sign_up("Eve")
    await eve.accept(await night.dm.invite(night.id, "dm"))
    await eve.delete(f"/api/campaigns/{night.id}/members/{night.dm.id}")
    file = str(tmp_path / "marches.zip")
    lines(await hexroom("export", "the", file))
    lines(await on(empty_database_url, tmp_path / "elsewhere")("import", file))
    async with await psycopg.AsyncConnection.connect(empty_database_url) as connection:
        rows = await connection.execute("SELECT account_id FROM campaign_member")
        assert {user for (user,) in await rows.fetchall()} == {eve.id, night.ann.id, night.ben.id}


async def test_whoever_imports_may_become_its_dm(
    night: Night, hexroom: Hexroom, empty_database_url: str, tmp_path: Path
) -> None:
    file, elsewhere = str(tmp_path / "marches.zip"), on(empty_database_url, tmp_path / "elsewhere")
    await hexroom("export", "the", file)
    unknown = await elsewhere("import", file, "--dm", "zoe@example.org")
    assert unknown.exit_code == 3
    async with await psycopg.AsyncConnection.connect(empty_database_url) as connection:
        await connection.execute(
            "INSERT INTO account (id, name, email, password_hash, created_at)"
            " VALUES ('zoe', 'Zoe', 'zoe@example.org', 'x', now())"
        )
    lines(await elsewhere("import", file, "--dm", "zoe@example.org"))
    async with await psycopg.AsyncConnection.connect(empty_database_url) as connection:
        found = await connection.execute(
            "SELECT role FROM campaign_member WHERE account_id = 'zoe'"
        )
        assert await found.fetchone() == ("dm",)


@pytest.mark.parametrize("arguments", [("export", "the", "/nowhere/x.zip"), ("import", "/nowhere")])
async def test_a_file_that_cannot_be_is_said(
    night: Night, hexroom: Hexroom, arguments: tuple[str, ...]
) -> None:
    assert (await hexroom(*arguments)).exit_code in (2, 6)


async def test_fork_prints_the_new_campaign(night: Night, hexroom: Hexroom) -> None:
    version = str(night.commits[2].version)
    (new,) = lines(await hexroom("fork", "the", "--at", version, "--name", "What if"))
    assert "What if" in lines(await hexroom("verify", new))[0]
    assert (await hexroom("fork", "the", "--name", "\u200b")).exit_code == 2
    assert (await hexroom("fork", "the", "--at", "999", "--name", "x")).exit_code == 3
