"""Renaming a campaign, and taking its deletion back."""

from datetime import timedelta

import pytest

from tests.support.people import Person, RoomsHeard, ShiftedClock
from tests.web.conftest import Meet


async def test_a_dm_renames_and_the_room_hears(ann: Person, rooms: RoomsHeard) -> None:
    campaign = await ann.campaign("The Marches")
    changed = await ann.patch(f"/api/campaigns/{campaign}", {"name": "The Drowned Marches"})
    assert changed.body == {
        "id": campaign,
        "name": "The Drowned Marches",
        "description": "",
        "nextAt": None,
    }
    assert (await ann.get(f"/api/campaigns/{campaign}")).body["name"] == "The Drowned Marches"
    assert rooms.told[-1] == ("renamed", campaign, "The Drowned Marches", ann.id)


async def test_a_description_is_for_members(ann: Person, meet: Meet, rooms: RoomsHeard) -> None:
    campaign = await ann.campaign()
    before = len(rooms.told)
    text = "Salt, reeds and\nold kings."
    assert (await ann.patch(f"/api/campaigns/{campaign}", {"description": text})).status == 200
    ben, eve = await meet(), await (await meet()).sign_up("Eve")
    await ben.accept(await ann.invite(campaign), "Ben")
    about = await ben.get(f"/api/campaigns/{campaign}/about")
    assert about.body["description"] == text
    assert (await eve.get(f"/api/campaigns/{campaign}/about")).status == 404
    assert not [told for told in rooms.told[before:] if told[0] == "renamed"]


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"name": "a\u200bb"}, {"description": "x" * 2001}]
)
async def test_a_bad_change_is_refused_whole(ann: Person, change: dict[str, str]) -> None:
    campaign = await ann.campaign("Old")
    refused = await ann.patch(f"/api/campaigns/{campaign}", {"description": "new"} | change)
    assert (refused.status, refused.code) == (400, "invalid_message")
    about = (await ann.get(f"/api/campaigns/{campaign}/about")).body
    untouched = {"description": "", "archived": False, "nextAt": None, "cover": None}
    assert about == {"id": campaign, "name": "Old", **untouched}


async def test_a_player_changes_nothing(ann: Person, meet: Meet) -> None:
    campaign, ben = await ann.campaign("Old"), await meet()
    await ben.accept(await ann.invite(campaign), "Ben")
    refused = await ben.patch(f"/api/campaigns/{campaign}", {"name": "Mine"})
    assert (refused.status, refused.code) == (403, "forbidden")


async def test_a_deleted_campaign_comes_back_whole_within_thirty_days(
    ann: Person, meet: Meet, clock: ShiftedClock
) -> None:
    campaign, ben = await ann.campaign("Old"), await meet()
    await ben.accept(await ann.invite(campaign), "Ben")
    assert (await ann.delete(f"/api/campaigns/{campaign}")).status == 204
    assert (await ben.get(f"/api/campaigns/{campaign}")).status == 404
    clock.ahead += timedelta(days=29)
    await ann.post("/api/auth/login", {"email": "ann@example.org", "password": "Ann's secret"})
    (listed,) = (await ann.get("/api/deleted-campaigns")).body["campaigns"]
    assert (listed["id"], listed["name"]) == (campaign, "Old")
    back = await ann.post(f"/api/deleted-campaigns/{campaign}/restore")
    assert (back.status, back.body["name"]) == (200, "Old")
    members = (await ben.get(f"/api/campaigns/{campaign}")).body["members"]
    assert {member["name"] for member in members} == {"Ann", "Ben"}
    assert not (await ann.get("/api/deleted-campaigns")).body["campaigns"]


async def test_after_thirty_days_it_is_gone(ann: Person, clock: ShiftedClock) -> None:
    campaign = await ann.campaign()
    await ann.delete(f"/api/campaigns/{campaign}")
    clock.ahead += timedelta(days=30, seconds=1)
    await ann.post("/api/auth/login", {"email": "ann@example.org", "password": "Ann's secret"})
    assert not (await ann.get("/api/deleted-campaigns")).body["campaigns"]
    late = await ann.post(f"/api/deleted-campaigns/{campaign}/restore")
    assert (late.status, late.code) == (404, "not_found")


async def test_only_its_dm_takes_a_deletion_back(ann: Person, meet: Meet) -> None:
    campaign, ben = await ann.campaign(), await meet()
    await ben.accept(await ann.invite(campaign), "Ben")
    await ann.delete(f"/api/campaigns/{campaign}")
    for person in (ben, await (await meet()).sign_up("Eve")):
        assert not (await person.get("/api/deleted-campaigns")).body["campaigns"]
        refused = await person.post(f"/api/deleted-campaigns/{campaign}/restore")
        assert (refused.status, refused.code) == (404, "not_found")


async def test_an_archived_campaign_is_out_of_the_list_and_comes_back(
    ann: Person, meet: Meet, rooms: RoomsHeard
) -> None:
    campaign, ben = await ann.campaign("Old"), await meet()
    await ben.accept(await ann.invite(campaign), "Ben")
    archived = f"/api/campaigns/{campaign}/archived"
    assert (await ben.call("PUT", archived, {"archived": True})).status == 403
    assert (await ann.call("PUT", archived, {"archived": True})).status == 204
    assert rooms.told[-1] == ("archived", campaign, True, ann.id)
    for member in (ann, ben):
        assert (await member.get("/api/campaigns")).body["campaigns"] == []
        (away,) = (await member.get("/api/campaigns?archived=1")).body["campaigns"]
        assert (away["id"], away["archived"]) == (campaign, True)
        assert (await member.get(f"/api/campaigns/{campaign}")).body["archived"] is True
    assert (await ann.call("PUT", archived, {"archived": False})).status == 204
    (listed,) = (await ben.get("/api/campaigns")).body["campaigns"]
    assert (listed["id"], "archived" in listed) == (campaign, False)


async def test_a_campaign_is_handed_over_to_another_dm(ann: Person, meet: Meet) -> None:
    campaign, path = await ann.campaign("Old"), "/api/campaigns/{}/keeper"
    ben, guest = await (await meet()).sign_up("Ben"), await meet()
    await ben.accept(await ann.invite(campaign, "dm"))
    await guest.accept(await ann.invite(campaign, "dm"), "Gil")
    keeper = path.format(campaign)
    for asker, to, status in (
        (ben, ben.id, 403),
        (ann, guest.id, 403),
        (ann, "nobody", 404),
    ):
        assert (await asker.call("PUT", keeper, {"to": to})).status == status
    handed = await ann.call("PUT", keeper, {"to": ben.id})
    assert handed.body == {"id": campaign, "keeper": ben.id}
    assert (await ann.call("PUT", keeper, {"to": ann.id})).status == 403
    members = (await ann.get(f"/api/campaigns/{campaign}/members")).body["members"]
    assert {each["userId"]: each["role"] for each in members}[ann.id] == "dm"


async def test_a_campaign_without_its_keeper_is_taken_by_a_dm(ann: Person, meet: Meet) -> None:
    campaign, ben = await ann.campaign("Old"), await (await meet()).sign_up("Ben")
    await ben.accept(await ann.invite(campaign, "dm"))
    await ann.delete(f"/api/campaigns/{campaign}/members/{ann.id}")
    taken = await ben.call("PUT", f"/api/campaigns/{campaign}/keeper", {"to": ben.id})
    assert taken.status == 200
