"""Somebody whose account was deleted: nothing that is read or made later names them, and the chain holds."""

import json
import zipfile
from pathlib import Path

import psycopg

from events.core.features.hexes import RevealHexes
from events.core.features.history import UndoAction
from events.core.features.staging import Publish, SetMode
from events.core.state import Mode, UserId
from events.core.targets import Players
from events.geometry.grid import Hex
from events.journal.forgotten import FORMER, Forgotten
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.recorded_night import Night

NAME = "Ben"


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
