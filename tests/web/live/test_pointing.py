from aiohttp.test_utils import TestServer

from tests.support.people import Person
from tests.support.seats import a_campaign
from tests.web.conftest import Meet


async def test_pointing_reaches_who_sees_the_hex_and_is_not_numbered(
    server: TestServer, ann: Person, meet: Meet
) -> None:
    campaign = await a_campaign(server, ann, await meet(), await meet())
    async with campaign.seat(campaign.dm) as dm, campaign.seat(campaign.ann) as player:
        await dm.ask("hex:reveal", hexKeys=["0,0"], targets="all")
        await player.until("hex:revealed")
        assert (await dm.ask("hex:point", hexKey="9,9"))["type"] == "ack"
        assert (await dm.ask("hex:point", hexKey="0,0"))["type"] == "ack"
        assert await player.quiet() == [
            {"type": "hex:pointed", "userId": campaign.dm.id, "hexKey": "0,0"}
        ]
