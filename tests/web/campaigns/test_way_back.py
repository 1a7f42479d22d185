"""A guest's way back to their seat."""

import pytest
from aiohttp.test_utils import TestServer

from tests.support.people import Person
from tests.support.seats import Campaign, a_campaign
from tests.web.conftest import Meet


@pytest.fixture
def rooms() -> None:
    """Real ones."""


def token_of(url: str) -> str:
    return url.rpartition("/back/")[2]


async def own_link(guest: Person) -> str:
    made = await guest.post("/api/me/way-back")
    assert made.status == 201
    return token_of(made.body["url"])


async def dms_link(night: Campaign, guest: Person, **body: bool) -> str:
    path = f"/api/campaigns/{night.id}/members/{guest.id}/way-back"
    made = await night.dm.post(path, body or None)
    assert made.status == 201, made
    return token_of(made.body["url"])


async def test_a_guest_comes_back_on_another_device_with_the_same_seat(
    night: Campaign, meet: Meet
) -> None:
    token, phone = await own_link(night.ann), await meet()
    shown = await phone.get(f"/api/way-back/{token}")
    assert shown.body == {"name": "Ann", "campaigns": ["Night"]}
    assert (await phone.get("/api/me")).status == 401, "looking at a link signs nobody in"
    code = await phone.get(f"/back/{token}/qr.svg")
    assert (code.status, code.headers["Cache-Control"]) == (200, "private, no-store")
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert (await phone.get("/back/no%20link/qr.svg")).status == 404
    taken = await phone.post(f"/api/way-back/{token}")
    assert taken.body == {"userId": night.ann.id, "name": "Ann", "campaigns": [night.id]}
    assert (await phone.get("/api/me")).body["userId"] == night.ann.id
    assert (await (await meet()).post(f"/api/way-back/{token}")).status == 200, "and again"


async def test_a_newer_link_replaces_the_older(night: Campaign, meet: Meet) -> None:
    old = await own_link(night.ann)
    new = await dms_link(night, night.ann)
    gone = await (await meet()).post(f"/api/way-back/{old}")
    assert (gone.status, gone.code) == (404, "not_found")
    assert (await (await meet()).post(f"/api/way-back/{new}")).status == 200


async def test_a_dm_can_sign_out_the_phone_that_was_lost(night: Campaign, meet: Meet) -> None:
    token = await dms_link(night, night.ann, endOthers=True)
    assert (await night.ann.get("/api/me")).status == 401
    phone = await meet()
    assert (await phone.post(f"/api/way-back/{token}")).status == 200


async def test_a_lost_phone_is_sent_off_the_table(night: Campaign) -> None:
    async with night.seat(night.ann) as seat:
        await dms_link(night, night.ann, endOthers=True)
        assert await seat.closed() == 4001


async def test_a_player_makes_no_link_for_others(night: Campaign) -> None:
    path = f"/api/campaigns/{night.id}/members/{night.ann.id}/way-back"
    refused = await night.ben.post(path)
    assert (refused.status, refused.code) == (403, "forbidden")


async def test_an_account_has_no_way_back(night: Campaign, meet: Meet) -> None:
    cleo = await (await meet()).sign_up("Cleo")
    await cleo.accept(await night.dm.invite(night.id))
    path = f"/api/campaigns/{night.id}/members/{cleo.id}/way-back"
    refused = await night.dm.post(path)
    assert (refused.status, refused.code) == (403, "forbidden")
    assert (await cleo.post("/api/me/way-back")).status == 403


async def test_a_dm_makes_no_link_that_also_leads_to_anothers_table(
    server: TestServer, night: Campaign, meet: Meet
) -> None:
    eve = await (await meet()).sign_up("Eve")
    elsewhere = await a_campaign(server, eve, await meet(), await meet())
    await night.ann.accept(await eve.invite(elsewhere.id))
    path = f"/api/campaigns/{night.id}/members/{night.ann.id}/way-back"
    refused = await night.dm.post(path)
    assert (refused.status, refused.code) == (403, "forbidden")
    assert (await night.ann.post("/api/me/way-back")).status == 201


async def test_no_member_no_link(night: Campaign, meet: Meet) -> None:
    eve = await (await meet()).sign_up("Eve")
    for user in (eve.id, "nobody"):
        path = f"/api/campaigns/{night.id}/members/{user}/way-back"
        missing = await night.dm.post(path)
        assert (missing.status, missing.code) == (404, "not_found")


async def test_who_was_removed_comes_back_to_no_table(night: Campaign, meet: Meet) -> None:
    token = await own_link(night.ann)
    await night.dm.delete(f"/api/campaigns/{night.id}/members/{night.ann.id}")
    phone = await meet()
    taken = await phone.post(f"/api/way-back/{token}")
    assert taken.body["campaigns"] == []
    assert (await phone.get(f"/api/campaigns/{night.id}")).status == 404


async def test_trying_links_is_throttled(meet: Meet) -> None:
    someone = await meet()
    answers = [await someone.get(f"/api/way-back/guess{n}") for n in range(21)]
    assert [answer.status for answer in answers] == [404] * 20 + [429]


async def test_a_link_takes_nobody_in_from_a_foreign_page(night: Campaign, meet: Meet) -> None:
    token, victim = await own_link(night.ann), await meet()
    victim.origin = "https://evil.example"
    refused = await victim.post(f"/api/way-back/{token}")
    assert (refused.status, refused.code) == (403, "forbidden")
