"""The commands on a real database, while the server runs on it."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from click.testing import CliRunner

from events.core.action import LARGE_HEXES
from events.core.canonical import state_hash
from events.core.features.hexes import RevealHexes
from events.core.state import RoomId
from events.geometry.grid import Hex
from events.journal.database.pool import Pool
from events.journal.snapshots import SnapshotStore
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.recorded_night import Night
from tests.support.tampering import tamper
from web.app import ROOMS
from web.cli.main import main


async def test_replay_tells_each_moment_in_a_line(night: Night, hexroom: Hexroom) -> None:
    told = lines(await hexroom("replay", "the m", "--speed", "max"))
    assert told[0] == "The Marches, Session 1"
    assert len(told) == 1 + len(night.commits[1:])
    assert "Revealed hex 0606 to Ben" in "\n".join(told)


async def test_replay_as_a_player_tells_only_theirs(night: Night, hexroom: Hexroom) -> None:
    told = "\n".join(lines(await hexroom("replay", night.id, "--speed", "max", "--as", "ann")))
    assert "Ben" not in told
    assert "0606" not in told
    assert "Ann's ranger moved to hex 0201" in told


async def test_replay_as_json_is_what_the_socket_streams(night: Night, hexroom: Hexroom) -> None:
    result = await hexroom("replay", night.id, "--speed", "max", "--as", night.ben.id, "--json")
    told = [json.loads(line) for line in lines(result)]
    live = [m for m in (await night.watch(night.ben)).got if not m["type"].startswith("replay:")]
    assert [{**m, "resume": ""} for m in told] == [{**m, "resume": ""} for m in live]


async def test_the_state_hash_is_that_of_the_live_room(night: Night, hexroom: Hexroom) -> None:
    live = state_hash((await night.server.app[ROOMS].open(RoomId(UUID(night.id)))).state).hex()
    fast = lines(await hexroom("replay", night.id, "--speed", "max", "--state-hash"))
    told = lines(await hexroom("replay", night.id, "--speed", "max", "--state-hash", "--json"))
    state = lines(await hexroom("state", night.id, "--state-hash"))
    assert (fast, told[-1], state) == ([live], live, [live])


async def test_the_state_hash_is_the_same_where_a_saved_state_lacks_old_actions(
    night: Night, hexroom: Hexroom, pool: Pool
) -> None:
    await night.do(RevealHexes(hex_keys=hexes_in_rows(LARGE_HEXES + 1), targets="all"))
    await night.do(RevealHexes(hex_keys=(Hex(0, -1),), targets="all"))
    room = await night.server.app[ROOMS].open(RoomId(UUID(night.id)))
    whole = lines(await hexroom("state", night.id, "--state-hash"))
    room.state.history.compact(0)
    assert state_hash(room.state).hex() != whole[0]
    await SnapshotStore(pool).save(room.id, room.version, room.state)

    assert lines(await hexroom("state", night.id, "--state-hash")) == whole
    since = ("--from", str(room.version), "--speed", "max", "--state-hash")
    assert lines(await hexroom("replay", night.id, *since)) == whole


def hexes_in_rows(number: int) -> tuple[Hex, ...]:
    return tuple(Hex(at % 100, at // 100) for at in range(number))


async def test_state_as_json_is_the_projection(night: Night, hexroom: Hexroom) -> None:
    version = str(night.commits[3].version)
    shown = lines(
        await hexroom("state", "The Marches", "--version", version, "--as", "Ben", "--json")
    )
    assert json.loads(shown[0])["revealedHexes"] == ["0,0", "0,1", "5,3"]


async def test_knowledge_answers_who_knew_what(night: Night, hexroom: Hexroom) -> None:
    result = await hexroom("knowledge", "the", "--as", "Ann", "--against", "Ben", "--json")
    hexes = json.loads(lines(result)[0])["difference"]["hexes"]
    assert set(hexes["against"]) == {"5,3"}
    words = "\n".join(lines(await hexroom("knowledge", "the", "--as", "Ann", "--against", "Ben")))
    assert "0606" in words


async def test_audit_writes_a_file_of_each_form(
    night: Night, hexroom: Hexroom, tmp_path: Path
) -> None:
    for form in ("html", "csv", "json"):
        out = tmp_path / f"report.{form}"
        lines(await hexroom("audit", "the", "--session", "1", "--format", form, "--out", str(out)))
        assert "Ann" in out.read_text()
    assert not list(tmp_path.glob(".*"))  # noqa: ASYNC240  # nothing half written is left


async def test_audit_of_a_hex_answers_in_a_line_for_each_player(
    night: Night, hexroom: Hexroom
) -> None:
    (told,) = lines(await hexroom("audit", "the", "--hex", "0606"))
    assert told.endswith("Dora showed hex 0606 to Ben: not delivered")
    shown, *_, hidden = lines(await hexroom("audit", "the", "--hex", "0102"))
    assert "Dora showed hex 0102 to" in shown
    assert "Dora hid hex 0102 from" in hidden
    assert lines(await hexroom("audit", "the", "--hex", "0505"))[0].startswith("nobody was shown")
    page = await hexroom("audit", "the", "--hex", "0606", "--format", "html")
    assert page.output.startswith("<!doctype html>")


async def test_audit_of_a_hex_says_who_showed_it(night: Night, hexroom: Hexroom) -> None:
    told = lines(await hexroom("audit", "the", "--hex", "0606", "--format", "json"))
    (exposure,) = json.loads(told[0])["exposures"]
    assert (exposure["name"], exposure["by"], exposure["shown"]) == ("Ben", "Dora", True)


async def test_verify_holds_and_head_is_kept(night: Night, hexroom: Hexroom) -> None:
    (head,) = lines(await hexroom("head", "the"))
    assert head in lines(await hexroom("verify", "the", "--against", head))[0]
    assert "holds" in lines(await hexroom("verify", "--all"))[0]


async def test_verify_names_the_event_that_was_changed(
    night: Night, hexroom: Hexroom, database_url: str
) -> None:
    at = night.commits[2].version
    tamper(database_url, f"UPDATE session_event SET user_id = 'ann' WHERE version = {at}")
    result = await hexroom("verify", "the")
    assert result.exit_code == 4
    assert f"DAMAGED at version {at}: changed" in result.output


async def test_verify_against_a_head_tells_what_was_cut_off(
    night: Night, hexroom: Hexroom, database_url: str
) -> None:
    (head,) = lines(await hexroom("head", "the"))
    last = int(head.split(":")[0])
    tamper(database_url, f"DELETE FROM session_event WHERE version = {last}")
    assert (await hexroom("verify", "the")).exit_code == 0
    result = await hexroom("verify", "the", "--against", head)
    assert result.exit_code == 4
    assert f"version {last}: missing" in result.output


async def test_a_replay_of_a_broken_record_goes_on_only_when_forced(
    night: Night, hexroom: Hexroom, database_url: str
) -> None:
    at = night.commits[4].version
    tamper(database_url, f"UPDATE session_event SET payload = '{{}}' WHERE version = {at}")
    stopped = await hexroom("replay", "the", "--speed", "max")
    assert stopped.exit_code == 4
    assert f"version {at}" in stopped.output
    forced = await hexroom("replay", "the", "--speed", "max", "--force")
    assert forced.exit_code == 0
    assert f"broken at version {at}" in forced.stderr
    assert "Ended the session" in forced.stdout


async def test_ctrl_c_ends_a_replay_that_waits_for_a_key(night: Night, database_url: str) -> None:
    environment = {**os.environ, "HEXROOM_DATABASE_URL": database_url}
    replay = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web.cli.main", "replay", "the", "--step",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=environment,
    )  # fmt: skip
    assert replay.stdin is not None
    assert replay.stdout is not None
    await replay.stdout.readline()
    replay.stdin.write(b"\n")
    assert b"Started the session" in await replay.stdout.readline()
    replay.send_signal(signal.SIGINT)
    async with asyncio.timeout(60):
        assert await replay.wait() == 130


async def test_a_file_that_cannot_be_written_changes_nothing(
    night: Night, hexroom: Hexroom, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = asyncio.create_task(asyncio.to_thread(pipe.read_bytes))
    assert (await hexroom("audit", "the", "--format", "csv", "--out", str(pipe))).exit_code == 0
    assert (await reading).startswith(b"version,at,")
    assert pipe.is_fifo()  # it was written to, not replaced
    for out in ("/", str(tmp_path)):
        assert (await hexroom("audit", "the", "--out", out)).exit_code == 2
    told = await hexroom("recap", "the", "--picture", str(tmp_path / "no/where.gif"))
    assert (told.exit_code, told.stdout) == (6, "")


MISTAKES: list[tuple[tuple[str, ...], int, str]] = [
        (("replay", "elsewhere"), 3, "no campaign"),
        (("replay", "the", "--session", "9"), 3, "no session"),
        (("replay", "the", "--from", "5", "--to", "2"), 2, "backwards"),
        (("replay", "the", "--from", "5", "--to", "900"), 3, "no version"),
        (("replay", "the", "--session", "1", "--from", "2"), 2, "either"),
        (("replay", "the", "--as", "nobody"), 3, "no member"),
        (("replay", "the", "--speed", "65"), 2, "0.5 to 64"),
        (("state", "the", "--at", "1999-01-01T00:00:00Z"), 3, "not begun"),
        (("state", "the", "--at", "never"), 2, "expected a time"),
        (("knowledge", "the", "--as", "nobody"), 3, "no member"),
        (("audit", "the", "--out", "/nowhere/at/all"), 6, "cannot write"),
        (("audit", "the", "--hex", "9999"), 3, "no hex"),
        (("verify", "the", "--against", "5"), 2, "VERSION:HASH"),
        (("verify",), 2, "either a campaign or --all"),
    ]  # fmt: skip


async def test_what_there_is_not_is_said_with_an_exit_code(night: Night, hexroom: Hexroom) -> None:
    for arguments, code, said in MISTAKES:
        result = await hexroom(*arguments)
        assert result.exit_code == code, (arguments, result.output)
        assert said in result.output
        assert "Traceback" not in result.output


async def test_two_campaigns_of_one_beginning_are_told_apart(
    night: Night, hexroom: Hexroom
) -> None:
    await night.dm.post("/api/campaigns", {"name": "The Moors"})
    result: Any = await hexroom("head", "the m")
    assert result.exit_code == 2
    assert "The Moors" in result.output
    assert lines(await hexroom("head", "the moo"))
    assert lines(await hexroom("head", night.id))


async def test_without_a_database_it_says_how_to_name_one(tmp_path: Path) -> None:
    env = {"HEXROOM_DATA_DIR": str(tmp_path / "none"), "HEXROOM_DATABASE_URL": None}
    result = await asyncio.to_thread(CliRunner(env=env).invoke, main, ["head", "x"])
    assert result.exit_code == 5
    assert "HEXROOM_DATABASE_URL" in result.output
