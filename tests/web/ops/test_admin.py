"""The admin's calls: seen by admins alone, and each change in the log."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.people import Person, ShiftedClock
from tests.web.conftest import Meet
from web.settings import Settings

CALLS = [
    ("GET", "/api/admin"),
    ("GET", "/api/admin/people"),
    ("PATCH", "/api/admin/people/x"),
    ("DELETE", "/api/admin/people/x"),
    ("POST", "/api/admin/people/x/reset"),
    ("DELETE", "/api/admin/people/x/sign-ins"),
    ("DELETE", "/api/admin/people/x/second-factor"),
    ("GET", "/api/admin/campaigns"),
    ("DELETE", "/api/admin/campaigns/x"),
    ("POST", "/api/admin/campaigns/x/restore"),
    ("GET", "/api/admin/log"),
]


async def log(admin: Person) -> list[str]:
    lines = (await admin.get("/api/admin/log")).body["lines"]
    return [f"{line['action']} {line['subject']}" for line in lines]


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_nobody_but_admins_is_told_anything(
    ann: Person, meet: Meet, method: str, path: str
) -> None:
    assert (await (await meet()).call(method, path)).status == 401
    ben = await (await meet()).sign_up("Ben")
    refused = await ben.call(method, path)
    assert (refused.status, refused.code) == (403, "forbidden")


async def test_the_overview_counts_and_keeps_passwords_to_itself(
    ann: Person, meet: Meet, database_url: str
) -> None:
    campaign = await ann.campaign()
    await (await meet()).accept(await ann.invite(campaign), "Guest")
    told = (await ann.get("/api/admin")).body
    assert (told["accounts"], told["guests"], told["campaigns"]) == (1, 1, 1)
    assert told["databaseBytes"] > 1_000_000
    assert 0 < told["diskFreeBytes"] < told["diskBytes"]
    assert (told["nodes"], told["quarantined"]) == ([], [])
    settings = {each["name"]: each["value"] for each in told["settings"]}
    assert settings["HEXROOM_DATABASE_URL"] == "(set)"
    assert settings["HEXROOM_SIGN_UP"] == "open"
    assert set(settings) == {f"HEXROOM_{name.upper()}" for name in Settings.model_fields}


async def test_people_are_found_by_part_of_a_name(ann: Person, meet: Meet) -> None:
    for name in ("Benedict", "Cleo"):
        await (await meet()).sign_up(name)
    everybody = (await ann.get("/api/admin/people")).body["people"]
    assert [each["name"] for each in everybody] == ["Cleo", "Benedict", "Ann"]
    some = (await ann.get("/api/admin/people", params={"search": "BENE"})).body["people"]
    assert [each["name"] for each in some] == ["Benedict"]
    assert not (await ann.get("/api/admin/people", params={"search": "%"})).body["people"]


async def test_the_last_admin_stays_one(ann: Person, meet: Meet) -> None:
    ben = await (await meet()).sign_up("Ben")
    refused = await ann.patch(f"/api/admin/people/{ann.id}", {"admin": False})
    assert (refused.status, refused.code) == (409, "invalid_state")
    assert (await ann.patch(f"/api/admin/people/{ben.id}", {"admin": True})).status == 204
    assert (await ben.get("/api/admin")).status == 200
    assert (await ann.patch(f"/api/admin/people/{ann.id}", {"admin": False})).status == 204
    assert (await ann.get("/api/admin")).status == 403
    assert await log(ben) == [f"no admin any more {ann.id}", f"made admin {ben.id}"]


async def test_a_reset_link_is_made_for_an_account_and_not_for_a_guest(
    ann: Person, meet: Meet
) -> None:
    ben, guest = await (await meet()).sign_up("Ben"), await meet()
    await guest.accept(await ann.invite(await ann.campaign()), "Guest")
    made = await ann.post(f"/api/admin/people/{ben.id}/reset")
    token = made.body["url"].rpartition("/reset/")[2]
    assert (await ben.post(f"/api/auth/reset/{token}", {"password": "a new one"})).status == 204
    refused = await ann.post(f"/api/admin/people/{guest.id}/reset")
    assert (refused.status, refused.code) == (409, "invalid_state")
    assert await log(ann) == [f"reset link made {ben.id}"]


async def test_signing_somebody_out_ends_their_browsers_and_bots(ann: Person, meet: Meet) -> None:
    ben, bot = await (await meet()).sign_up("Ben"), await meet()
    bot.token = (await ben.post("/api/tokens")).body["token"]
    assert (await ann.delete(f"/api/admin/people/{ben.id}/sign-ins")).status == 204
    assert [(await each.get("/api/me")).status for each in (ben, bot)] == [401, 401]


async def test_an_admin_deletes_an_account_and_a_guest(ann: Person, meet: Meet) -> None:
    ben, guest, bot = await (await meet()).sign_up("Ben"), await meet(), await meet()
    campaign = await ann.campaign()
    await ben.accept(await ann.invite(campaign))
    await guest.accept(await ann.invite(campaign), "Guest")
    bot.token = (await ben.post("/api/tokens")).body["token"]
    for person in (ben, guest):
        assert (await ann.delete(f"/api/admin/people/{person.id}")).status == 204
    assert [(await each.get("/api/me")).status for each in (ben, guest, bot)] == [401] * 3
    query = {"guests": "1"}
    (left,) = (await ann.get("/api/admin/people", params=query)).body["people"]
    assert left["name"] == "Ann"
    members = (await ann.get(f"/api/campaigns/{campaign}/members")).body["members"]
    assert [each["name"] for each in members] == ["Ann"]
    assert (await ann.get("/api/admin")).body["guests"] == 0
    again = await ann.delete(f"/api/admin/people/{ben.id}")
    assert (again.status, again.code) == (404, "not_found")
    lines = [f"account deleted {person.id}" for person in (guest, ben)]
    assert [line for line in await log(ann) if "account" in line] == lines


async def test_an_admin_deletes_neither_themselves_nor_the_only_dm_of_others(
    ann: Person, meet: Meet
) -> None:
    ben, cleo = await (await meet()).sign_up("Ben"), await (await meet()).sign_up("Cleo")
    await cleo.accept(await ben.invite(await ben.campaign("Alone")))
    for person, why in ((ann, "your own account"), (ben, "Alone")):
        refused = await ann.delete(f"/api/admin/people/{person.id}")
        assert (refused.status, refused.code) == (409, "invalid_state")
        assert why in refused.body["error"]["message"]
    assert [(await each.get("/api/me")).status for each in (ann, ben)] == [200, 200]
    assert await log(ann) == []


async def test_of_two_admins_who_delete_each_other_one_stays(ann: Person, meet: Meet) -> None:
    ben = await (await meet()).sign_up("Ben")
    assert (await ann.patch(f"/api/admin/people/{ben.id}", {"admin": True})).status == 204
    answers = await asyncio.gather(
        ann.delete(f"/api/admin/people/{ben.id}"), ben.delete(f"/api/admin/people/{ann.id}")
    )
    statuses = [answer.status for answer in answers]
    assert sorted(statuses)[0] == 204
    assert sorted(statuses)[1] in (401, 403), "signed out by then, or no admin any more"
    left = ann if statuses[0] == 204 else ben
    assert len((await left.get("/api/admin/people")).body["people"]) == 1


async def test_a_campaign_is_deleted_and_restored_within_thirty_days(
    ann: Person, meet: Meet, clock: ShiftedClock
) -> None:
    ben = await (await meet()).sign_up("Ben")
    campaign = await ben.campaign("Old")
    assert (await ann.get(f"/api/campaigns/{campaign}")).status == 404, "an admin is no member"
    assert (await ann.delete(f"/api/admin/campaigns/{campaign}")).status == 204
    assert (await ben.get(f"/api/campaigns/{campaign}")).status == 404
    (listed,) = (await ann.get("/api/admin/campaigns")).body["campaigns"]
    assert (listed["name"], listed["deletedAt"] is None) == ("Old", False)
    assert (await ann.post(f"/api/admin/campaigns/{campaign}/restore")).status == 204
    assert (await ben.get(f"/api/campaigns/{campaign}")).status == 200
    assert (await ann.delete(f"/api/admin/campaigns/{campaign}")).status == 204
    clock.ahead += timedelta(days=31)
    await ann.post("/api/auth/login", {"email": "ann@example.org", "password": "Ann's secret"})
    late = await ann.post(f"/api/admin/campaigns/{campaign}/restore")
    assert (late.status, late.code) == (404, "not_found")
