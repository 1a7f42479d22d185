import pytest
from aiohttp.test_utils import TestServer

from tests.support.people import Person
from tests.support.seats import Campaign, a_campaign
from tests.web.conftest import Meet

WELL = {
    "id": "well",
    "kind": "poi",
    "title": "Well",
    "playerText": "Deep water.",
    "dmText": "A ghoul below.",
}
HUT = {"id": "hut", "kind": "lore", "title": "Hut", "playerText": "Deep in the woods."}


@pytest.fixture
async def campaign(server: TestServer, ann: Person, meet: Meet) -> Campaign:
    """A campaign with a note on a hex that is seen, and one in the dark."""
    made = await a_campaign(server, ann, await meet(), await meet())
    async with made.seat(made.dm) as seat:
        for fields in ({"hexKey": "0,0", "note": WELL}, {"hexKey": "9,9", "note": HUT}):
            assert (await seat.ask("note:set", **fields))["type"] == "ack"
        shown = await seat.ask("hex:reveal", hexKeys=["0,0"], targets="all")
        assert shown["type"] == "ack"
    return made


async def test_a_search_finds_what_the_asker_may_know(campaign: Campaign) -> None:
    path = f"/api/campaigns/{campaign.id}/search"
    well = {"id": "well", "hexKey": "0,0", "kind": "poi", "title": "Well"}
    found = await campaign.ann.get(f"{path}?q=deep")
    assert found.body == {"notes": [{**well, "excerpt": "Deep water."}]}
    assert (await campaign.ann.get(f"{path}?q=ghoul")).body == {"notes": []}
    everything = await campaign.dm.get(f"{path}?q=deep")
    assert [note["id"] for note in everything.body["notes"]] == ["hut", "well"]
    ghoul = await campaign.dm.get(f"{path}?q=ghoul")
    assert ghoul.body == {"notes": [{**well, "excerpt": "A ghoul below."}]}


@pytest.mark.parametrize("query", ["", "?q=", f"?q={'x' * 201}"])
async def test_a_search_needs_words(campaign: Campaign, query: str) -> None:
    assert (await campaign.dm.get(f"/api/campaigns/{campaign.id}/search{query}")).status == 400


async def test_strangers_search_nothing(campaign: Campaign, meet: Meet) -> None:
    stranger = await (await meet()).sign_up("Sue")
    nowhere = "/api/campaigns/00000000-0000-4000-8000-000000000000/search?q=well"
    there = await stranger.get(f"/api/campaigns/{campaign.id}/search?q=well")
    assert (there.status, there.body) == ((await stranger.get(nowhere)).status, there.body)
    assert there.status == 404
