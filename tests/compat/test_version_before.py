"""The version before: its archives and databases are read, its clients answered as they were."""

import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiohttp.test_utils import TestServer

from events.journal.database.schema import migrate
from tests.support.hexroom_commands import lines, on
from tests.support.people import Person
from tests.support.seats import Campaign, Seat
from tests.web.conftest import (  # noqa: F401  # fixtures
    Meet,
    clock,
    meet,
    passwords,
    server,
    settings,
)
from web.app import create_app
from web.settings import Settings

BEFORE = Path(__file__).parent / "before"
TRANSCRIPT: dict[str, Any] = json.loads((BEFORE / "transcript.json").read_text(encoding="utf-8"))
USERS: dict[str, str] = TRANSCRIPT["users"]


@pytest.fixture
def rooms() -> None:
    """Real ones."""


async def test_its_archive_is_read(empty_database_url: str, tmp_path: Path) -> None:
    hexroom = on(empty_database_url, tmp_path)
    (told,) = lines(await hexroom("import", str(BEFORE / "campaign.zip")))
    assert "1 pictures, it verifies" in told
    assert lines(await hexroom("head", "the")) == [TRANSCRIPT["head"]]
    assert lines(await hexroom("state", "the", "--state-hash")) == [TRANSCRIPT["stateHash"]]
    with psycopg.connect(empty_database_url) as connection:
        rows = connection.execute("SELECT account_id, role FROM campaign_member").fetchall()
    assert dict(rows) == {USERS["dora"]: "dm", USERS["ann"]: "player", USERS["ben"]: "player"}


async def test_its_database_is_migrated_and_served(empty_database_url: str, tmp_path: Path) -> None:
    _restore(empty_database_url)
    hexroom = on(empty_database_url, tmp_path)
    assert "holds" in lines(await hexroom("verify", "--all"))[0]
    assert lines(await hexroom("state", "the", "--state-hash")) == [TRANSCRIPT["stateHash"]]
    chosen = Settings(database_url=empty_database_url, database_connections=3, data_dir=tmp_path)
    async with AsyncExitStack() as stack:
        served = TestServer(await create_app(chosen))
        await stack.enter_async_context(served)
        people = {name: Person(served) for name in USERS}
        for name, person in people.items():
            stack.push_async_callback(person.http.session.close)
            person.id, person.token = USERS[name], TRANSCRIPT["tokens"][name]
        dm, ann, ben = people["dora"], people["ann"], people["ben"]
        campaign = Campaign(TRANSCRIPT["campaign"], served, dm, ann, ben)
        async with campaign.socket(ann) as seat:
            state = await seat.until("session:state")
        assert state["revealedHexes"] == ["0,0", "1,0", "2,0"]
        assert [token["label"] for token in state["tokens"]] == ["Ann's hero"]
        assert [note["title"] for note in state["notes"]] == ["The Last Inn"]
        assert "spy" not in json.dumps(state)
        async with campaign.seat(dm) as seat:
            assert (await seat.ask("broadcast:publish"))["type"] == "ack"
            assert (await seat.ask("history:undo"))["type"] == "ack"
        assert await campaign.refused(people["eve"]) == ("forbidden", 4003)


async def test_its_clients_are_answered_as_they_were(server: TestServer, meet: Meet) -> None:  # noqa: F811
    dm, ann, ben, eve = [await (await meet()).sign_up(name) for name in USERS_BY_SEAT]
    people = {"dora": dm, "ann": ann, "ben": ben, "eve": eve}
    campaign = Campaign(await dm.campaign("The Old Marches"), server, dm, ann, ben)
    for person in (ann, ben):
        await person.accept(await dm.invite(campaign.id))
    await eve.accept(await dm.invite(campaign.id, "dm"))
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in USERS}
    async with AsyncExitStack() as stack:
        seats: dict[str, Seat] = {}
        for name in ("dora", "ann", "eve"):
            seats[name] = await stack.enter_async_context(campaign.socket(people[name]))
            while not told[name] or told[name][-1]["type"] != "session:state":
                told[name].append(await seats[name].next())
        for step in TRANSCRIPT["log"]:
            if "sent" in step:
                seat, name = seats[step["who"]], step["who"]
                await seat.socket.send_str(_as_now(step["sent"], people))
                while told[name][-1].get("id") != step["sent"]["id"]:
                    told[name].append(await seat.next())
        for name, seat in seats.items():
            told[name] += await seat.quiet()
    for name in seats:
        then = [
            json.loads(_as_now(step["got"], people))
            for step in TRANSCRIPT["log"]
            if step["who"] == name and "got" in step and step["got"]["type"] != "pong"
        ]
        kinds = {message["type"] for message in then}
        now = [message for message in told[name] if message["type"] in kinds]
        assert [m["type"] for m in now[: len(then)]] == [m["type"] for m in then]
        for old, new in zip(then, now, strict=False):
            _has_all_of(new, old, f"{name}: {old['type']}")


USERS_BY_SEAT = ("Dora", "Ann", "Ben", "Eve")


def _restore(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute((BEFORE / "database.sql").read_bytes())
    migrate(database_url)


def _as_now(frame: dict[str, Any], people: dict[str, Person]) -> str:
    text = json.dumps(frame)
    for name, person in people.items():
        text = text.replace(USERS[name], person.id)
    return text


def _has_all_of(new: Any, old: Any, where: str) -> None:
    """Assert that what clients were sent is there still, and of the same kind."""
    if isinstance(old, dict):
        assert isinstance(new, dict), where
        for key, value in old.items():
            assert key in new, f"{where}.{key} is gone"
            _has_all_of(new[key], value, f"{where}.{key}")
    elif isinstance(old, list):
        assert isinstance(new, list), where
        assert len(new) == len(old), where
        for number, (new_item, old_item) in enumerate(zip(new, old, strict=True)):
            _has_all_of(new_item, old_item, f"{where}[{number}]")
    elif where.endswith("].id") and "staged:changes" in where:
        assert new == str(old), "the original protocol has strings; the version before sent numbers"
    elif where.endswith(("canUndo", "canRedo")):
        assert new is None or isinstance(new, str), "each DM is told of their own actions now"
    elif old is not None:
        assert type(new) is type(old), where
