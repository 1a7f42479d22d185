"""A past session over a websocket, for members only, each in their own eyes."""

import json
from urllib.parse import quote

import psycopg
import pytest

from tests.support.people import Person
from tests.support.recorded_night import Night
from tests.support.tampering import tamper
from web.history.access import HistoryAccess


async def test_a_player_watches_the_evening_as_it_was_for_them(night: Night) -> None:
    seen = await night.watch(night.ann)
    assert seen.types()[:4] == ["replay:timeline", "connected", "session:state", "replay:position"]
    assert [kind for kind in seen.types()[4:] if kind != "replay:position"] == [
        "session:statusChanged", "hex:revealed", "token:created", "dm:preparing", "hex:revealed",
        "dm:preparing", "hex:hidden", "token:moved", "session:statusChanged",
    ]  # fmt: skip
    said = json.dumps(seen.got)
    for secret in ("5,3", "ruins", "staged", "Ben only"):
        assert secret not in said


async def test_a_dm_watches_as_a_player_the_very_same(night: Night) -> None:
    own = await night.watch(night.ben)
    as_ben = await night.watch(night.dm, f"&as={night.ben.id}")
    assert as_ben.got == own.got


async def test_a_dm_sees_every_commit_by_version(night: Night) -> None:
    seen = await night.watch(night.dm)
    timeline = seen.got[0]
    in_session = night.commits[1:]
    assert (timeline["from"], timeline["to"]) == (in_session[0].after, in_session[-1].version)
    assert seen.got[-1]["version"] == in_session[-1].version
    assert seen.got[-1]["count"] == len(in_session)


async def test_it_may_begin_at_a_version_and_wait(night: Night) -> None:
    version = night.commits[4].version
    seen = await night.watch(night.dm, f"&from={version}&paused=1")
    assert (seen.got[-1]["version"], seen.got[-1]["playing"]) == (version, False)


async def test_a_time_is_the_same_moment_in_all_eyes(night: Night) -> None:
    timeline = (await night.watch(night.dm, "&paused=1")).got[0]
    assert len(timeline["marks"]) > 3
    for mark in timeline["marks"]:
        at = f"&at={quote(mark['at'])}&paused=1"
        seen = (await night.watch(night.dm, at)).got
        assert seen[-1]["version"] == mark["version"]
        own = (await night.watch(night.ben, at)).got
        assert own == (await night.watch(night.dm, f"{at}&as={night.ben.id}")).got
        assert own[-1]["index"] == 0 or own[-1]["at"] <= mark["at"]
        query = f"?at={quote(mark['at'])}"
        then = await night.ben.get(f"/api/campaigns/{night.id}/state{query}")
        state = next(message for message in own if message["type"] == "session:state")
        assert state["revealedHexes"] == then.body["revealedHexes"]


async def test_a_session_that_is_not_named_is_refused(night: Night) -> None:
    headers = {"Origin": str(night.ann.origin)}
    for query, code in (("", 4002), ("?sessionId=7", 4003), ("?sessionId=", 4003)):
        async with night.ann.http.ws_connect(f"/ws/replay{query}", headers=headers) as socket:
            assert (await socket.receive_json())["type"] == "error"
            await socket.receive()
            assert socket.close_code == code


async def test_who_may_not_watch_is_told_why(night: Night, meet: object) -> None:
    stranger: Person = await (await meet()).sign_up("Stranger")  # type: ignore[operator]
    nobody: Person = await meet()  # type: ignore[operator]
    foreign = night.ann
    assert (await night.watch(stranger)).closed == 4003
    assert (await night.watch(nobody)).closed == 4001
    assert (await night.watch(night.ann, f"&as={night.ben.id}")).closed == 4003
    for query in ("&from=x", "&at=x", "&from=1&at=2026-01-31T20:15:00Z"):
        assert (await night.watch(night.dm, query)).closed == 4002
    foreign.origin = "https://elsewhere.example"
    assert (await night.watch(foreign)).closed == 4003


async def test_while_the_database_is_away_a_replay_is_refused_for_now(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise psycopg.OperationalError("the connection was lost")

    monkeypatch.setattr(HistoryAccess, "session", away)
    watched = await night.watch(night.ann)
    assert (watched.closed, watched.got[-1]["code"]) == (1013, "unavailable")
    assert "connection" not in watched.got[-1]["message"]


async def test_a_broken_record_is_said_and_goes_on_only_when_a_dm_says_so(
    night: Night, database_url: str
) -> None:
    at = night.commits[4].version
    tamper(database_url, f"UPDATE session_event SET user_id = 'ann' WHERE version = {at}")
    stopped = await night.watch(night.dm)
    assert stopped.closed == 1011
    assert f"version {at}: changed" in stopped.got[-1]["message"]
    assert "session:state" not in stopped.types()
    forced = await night.watch(night.dm, "&force=1")
    assert (forced.got[0]["type"], forced.got[0]["version"]) == ("replay:fault", at)
    assert forced.got[0]["reason"].startswith("changed")
    assert forced.got[-1]["caption"] == "Ended the session"
    player = await night.watch(night.ann)
    assert player.closed == 1011
    assert str(at) not in player.got[-1]["message"]
    assert (await night.watch(night.ann, "&force=1")).closed == 4003
