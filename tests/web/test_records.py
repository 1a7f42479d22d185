"""The calls that read the record: sessions for members, events in words for DMs."""

import pytest

from tests.support.seats import Campaign
from tests.web.conftest import Meet


@pytest.fixture
def rooms() -> None:
    """Real ones."""


async def play(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        await dm.ask("session:start")
        await dm.ask("hex:reveal", hexKeys=["0,0"], targets="all")
        await dm.ask("session:end")
        await dm.ask("hex:reveal", hexKeys=["1,0"], targets={"playerIds": [night.ann.id]})


async def test_sessions_are_listed_for_members(night: Campaign, meet: Meet) -> None:
    await play(night)
    (session,) = (await night.ann.get(f"/api/campaigns/{night.id}/sessions")).body["sessions"]
    assert session["status"] == "ended"
    assert session["startedBy"] == night.dm.id
    assert (await night.ben.get(f"/api/sessions/{session['id']}")).body == session
    stranger = await (await meet()).sign_up("Eve")
    assert (await stranger.get(f"/api/campaigns/{night.id}/sessions")).code == "not_found"
    assert (await stranger.get(f"/api/sessions/{session['id']}")).code == "not_found"
    assert (await night.ann.get("/api/sessions/nonsense")).code == "not_found"


async def test_events_come_in_pages_that_join_and_in_words(night: Campaign) -> None:
    await play(night)
    where = f"/api/campaigns/{night.id}/events"
    whole = (await night.dm.get(where)).body["events"]
    assert [event["version"] for event in whole] == list(range(1, len(whole) + 1))
    paged: list[object] = []
    while page := (await night.dm.get(f"{where}?after={len(paged)}&limit=2")).body["events"]:
        assert len(page) <= 2
        paged += page
    assert paged == whole
    captions = [event["caption"] for event in whole]
    assert "Ann became a member (player)" in captions
    assert "Revealed hex 1,0 to Ann" in captions


async def test_events_of_one_session_are_those_in_it(night: Campaign) -> None:
    await play(night)
    (session,) = (await night.dm.get(f"/api/campaigns/{night.id}/sessions")).body["sessions"]
    where = f"/api/campaigns/{night.id}/events?session={session['id']}"
    events = (await night.dm.get(where)).body["events"]
    assert [event["type"] for event in events] == ["session_start", "hex_reveal", "session_end"]
    missing = "00000000-0000-4000-8000-000000000000"
    refused = await night.dm.get(f"/api/campaigns/{night.id}/events?session={missing}")
    assert refused.code == "not_found"


async def test_events_are_for_dms(night: Campaign) -> None:
    assert (await night.ann.get(f"/api/campaigns/{night.id}/events")).code == "forbidden"


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=1.5", "after=１", "limit="])
async def test_a_page_that_is_no_number_is_refused(night: Campaign, query: str) -> None:
    refused = await night.dm.get(f"/api/campaigns/{night.id}/events?{query}")
    assert refused.code == "invalid_message"
