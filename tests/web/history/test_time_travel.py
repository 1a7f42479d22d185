"""Time travel over HTTP: each asker sees what they were entitled to see then."""

import json

from tests.support.people import Person
from tests.support.recorded_night import Night


def url(night: Night, query: str = "", what: str = "state") -> str:
    return f"/api/campaigns/{night.id}/{what}{query}"


async def test_a_dm_opens_any_version(night: Night) -> None:
    version = night.commits[2].version
    then = (await night.dm.get(url(night, f"?version={version}"))).body
    assert then["version"] == version
    assert then["revealedHexes"] == ["0,0", "0,1"]
    now = (await night.dm.get(url(night))).body
    assert now["status"] == "ended"


async def test_a_player_names_a_moment_by_its_time_and_sees_their_own_view(night: Night) -> None:
    at = night.commits[3].at.isoformat()
    body = (await night.ann.get(url(night), params={"at": at})).body
    assert body["revealedHexes"] == ["0,0", "0,1"]
    assert "version" not in body
    assert "reveals" not in body
    ben = (await night.ben.get(url(night), params={"at": at})).body
    assert ben["revealedHexes"] == ["0,0", "0,1", "5,3"]


async def test_a_dm_looks_as_a_player(night: Night) -> None:
    body = (await night.dm.get(url(night, f"?as={night.ben.id}"))).body
    assert set(body["revealedHexes"]) == {"0,0", "1,0", "1,1", "5,3"}
    assert body["broadcastMode"] == "immediate"


MISTAKES = [
    ("?version=0", 404),
    ("?version=100000", 404),
    ("?version=-1", 400),
    ("?version=1_0", 400),
    ("?version=١", 400),
    ("?at=yesterday", 400),
    ("?at=1999-01-01T00:00:00Z", 404),
    ("?version=1&at=2026-01-01T00:00:00Z", 400),
    ("?as=nobody", 404),
    ("?as=%00", 404),
]


async def test_a_moment_that_is_not_there_is_refused(night: Night) -> None:
    for query, status in MISTAKES:
        got = await night.dm.get(url(night, query))
        assert got.status == status, query
        assert got.code in ("not_found", "invalid_message")


async def test_a_player_asks_neither_as_another_nor_by_version(night: Night) -> None:
    for query in (f"?as={night.ben.id}", f"?as={night.dm.id}", "?version=3", "?as=nobody"):
        assert (await night.ann.get(url(night, query))).status == 403


async def test_who_is_no_member_finds_no_campaign(night: Night, meet: object) -> None:
    stranger: Person = await (await meet()).sign_up("Stranger")  # type: ignore[operator]
    assert (await stranger.get(url(night))).status == 404
    assert (await stranger.get(url(night, what="knowledge"))).status == 404


async def test_knowledge_tells_two_players_apart(night: Night) -> None:
    query = f"?as={night.ben.id}&against={night.ann.id}"
    body = (await night.dm.get(url(night, query, "knowledge"))).body
    assert body["difference"]["hexes"]["only"] == {"5,3": {"tier": "full", "terrain": "marsh"}}
    assert body["difference"]["hexes"]["against"] == {}


async def test_knowledge_tells_two_moments_apart(night: Night) -> None:
    early, late = night.commits[2].at.isoformat(), night.commits[-1].at.isoformat()
    got = await night.ann.get(url(night, what="knowledge"), params={"at": early, "against": late})
    hexes = got.body["difference"]["hexes"]
    assert set(hexes["only"]) == {"0,1"}
    assert set(hexes["against"]) == {"1,0", "1,1"}
    assert "5,3" not in json.dumps(got.body)


async def test_a_player_does_not_learn_what_another_knew(night: Night) -> None:
    query = f"?against={night.ben.id}"
    assert (await night.ann.get(url(night, query, "knowledge"))).status == 403
