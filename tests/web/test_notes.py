"""Notes are found by their words, each by those who may read them."""

import pytest
from aiohttp.test_utils import TestServer

from tests.web.conftest import Meet
from tests.web.people import Person
from tests.web.seats import Campaign, a_campaign

STONES = {
    "kind": "poi",
    "title": "Stones",
    "playerText": "A ring of stones.",
    "dmText": "Cultists.",
}


@pytest.fixture
async def night(server: TestServer, ann: Person, meet: Meet) -> Campaign:
    return await a_campaign(server, ann, await meet(), await meet())


async def found(who: Person, campaign: Campaign, words: str) -> list[tuple[str, str]]:
    answer = await who.get(f"/api/campaigns/{campaign.id}/notes?search={words}")
    assert answer.status == 200, answer
    return [(note["title"], note["excerpt"]) for note in answer.body["notes"]]


async def test_a_player_finds_a_note_once_its_hex_is_seen_and_never_the_dms_text(
    night: Campaign,
) -> None:
    async with night.seat(night.dm) as dm:
        await dm.ask("note:set", hexKey="1,1", note=STONES)
        assert await found(night.ann, night, "ring") == []
        await dm.ask("hex:reveal", hexKeys=["1,1"], targets="all")

    assert await found(night.ann, night, "ring") == [("Stones", "A ring of stones.")]
    assert await found(night.ann, night, "cultists") == []
    assert await found(night.dm, night, "CULTISTS") == [("Stones", "Cultists.")]


async def test_strangers_and_endless_questions_are_refused(night: Campaign, meet: Meet) -> None:
    eve = await (await meet()).sign_up("Eve")
    path = f"/api/campaigns/{night.id}/notes"

    assert (await eve.get(f"{path}?search=ring")).code == "not_found"
    assert (await night.dm.get(f"{path}?search={'x' * 201}")).code == "invalid_message"
    assert (await night.dm.get(path)).body == {"notes": []}
