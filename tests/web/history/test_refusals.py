"""Refused commands are counted by session, whose they were and why; what they were is not kept."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest

from events.core.features.sessions import EndSession, StartSession
from events.core.state import RoomId, UserId
from events.report.refusals import RefusalCount
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.people import Person, ShiftedClock
from tests.support.recorded_night import Night
from web.live import refusal_counter as refusalcounter
from web.live.refusal_counter import RefusalCounter

REVEAL = {"type": "hex:reveal", "hexKeys": ["2,2"], "targets": "all"}
MOVE = {"type": "token:move", "tokenId": "00000000-0000-4000-8000-000000000001", "toHexKey": "1,0"}


Flush = Callable[[], Awaitable[None]]


@pytest.fixture(autouse=True)
def flush(monkeypatch: pytest.MonkeyPatch) -> Flush:
    """Return a function that stores what servers counted; they do not by themselves."""
    counters: list[RefusalCounter] = []

    def kept(*given: Any) -> RefusalCounter:
        counters.append(RefusalCounter(*given))
        return counters[-1]

    async def flush() -> None:
        for counter in counters:
            await counter.flush()

    monkeypatch.setattr(refusalcounter, "EVERY_S", 3600.0)
    monkeypatch.setattr("web.app.RefusalCounter", kept)
    return flush


async def ask(night: Night, person: Person, *messages: dict[str, Any]) -> list[str]:
    """Return the codes of the refusals of some commands over one socket."""
    headers = {"Origin": str(person.origin)}
    codes: list[str] = []
    async with person.http.ws_connect(f"/ws?campaignId={night.id}", headers=headers) as socket:
        for message in messages:
            await socket.send_json(message)
        while len(codes) < len(messages):
            said = await socket.receive_json(timeout=60)
            if said["type"] == "error":
                codes.append(said["code"])
    return codes


async def report(night: Night, session: str, flush: Flush) -> dict[str, Any]:
    """Return the report of a session once all that was refused is stored."""
    await flush()
    return dict((await night.dm.get(f"/api/sessions/{session}/report")).body)


async def test_the_report_counts_who_was_refused_and_why(
    night: Night, hexroom: Hexroom, database_url: str, flush: Flush
) -> None:
    await ask(night, night.ann, REVEAL)
    started = str((await night.do(StartSession())).session)
    assert await ask(night, night.ann, REVEAL, REVEAL, MOVE) == ["forbidden"] * 2 + ["not_found"]
    assert await ask(night, night.ben, {"type": "hex:reveal"}) == ["invalid_message"]
    told = await report(night, started, flush)
    assert sorted((each["name"], each["code"], each["count"]) for each in told["refused"]) == [
        ("Ann", "forbidden", 2),
        ("Ann", "not_found", 1),
        ("Ben", "invalid_message", 1),
    ]
    url = f"/api/sessions/{started}/report"
    html = (await night.dm.get(url, params={"format": "html"})).body
    assert "<b>4</b> commands refused" in html
    assert "<td>Ann</td><td>not found</td>" in html
    csv = (await night.dm.get(url, params={"format": "csv"})).body
    assert "not_found" not in csv
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT sum(count) FROM refused_command").fetchone() == (5,)
    shown = lines(await hexroom("audit", "the"))
    assert "<b>5</b> commands refused" in "\n".join(shown)


async def test_each_session_has_its_own_counts(night: Night, flush: Flush) -> None:
    first = str((await night.do(StartSession())).session)
    await ask(night, night.ann, REVEAL)
    await report(night, first, flush)
    await night.do(EndSession())
    second = str((await night.do(StartSession())).session)
    await ask(night, night.ann, REVEAL, REVEAL)
    assert [each["count"] for each in (await report(night, second, flush))["refused"]] == [2]
    assert [each["count"] for each in (await report(night, first, flush))["refused"]] == [1]
    assert (await report(night, night.session, flush))["refused"] == []


async def test_counts_wait_for_a_database_that_is_away(clock: ShiftedClock) -> None:
    stored: list[RefusalCount] = []
    away = True

    async def store(refused: Sequence[RefusalCount]) -> None:
        if away:
            raise ConnectionError
        stored.extend(refused)

    room = RoomId(UUID(int=1))
    counter = RefusalCounter(store, clock, (ConnectionError,))
    counter.count(room, UserId("ann"), "busy")
    await counter.flush()
    counter.count(room, UserId("ann"), "busy")
    away = False
    await counter.flush()
    await counter.flush()
    assert sum(each.count for each in stored) == 2
