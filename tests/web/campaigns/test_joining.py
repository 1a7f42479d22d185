"""Joining by link: how many guests, how fast, and with a DM at the door."""

from datetime import timedelta

import pytest

from tests.support.people import Person, RoomsHeard, ShiftedClock
from tests.web.conftest import Meet
from web.campaigns import join_requests
from web.campaigns.invites import GUESTS_A_MINUTE
from web.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nobody is a proxy, so that the tests' own address is counted; few places for guests."""
    return settings.model_copy(update={"proxies": (), "guests": 25})


@pytest.fixture
async def campaign(ann: Person) -> str:
    return await ann.campaign()


async def test_guests_by_one_link_and_from_one_address_come_a_few_at_a_time(
    meet: Meet, ann: Person, campaign: str, clock: ShiftedClock
) -> None:
    link, other = await ann.invite(campaign), await ann.invite(campaign)
    for number in range(GUESTS_A_MINUTE):
        assert (await (await meet()).accept(link, f"Guest {number}")).status == 200
    for each in (link, other):
        refused = await (await meet()).accept(each, "One more")
        assert (refused.status, refused.code) == (429, "rate_limited")
    bob = await (await meet()).sign_up("Bob")
    assert (await bob.accept(link)).status == 200, "who has an account is not held up"
    clock.ahead += timedelta(seconds=61)
    assert (await (await meet()).accept(link, "One more")).status == 200


async def test_guests_leave_places_for_accounts(
    meet: Meet, ann: Person, campaign: str, clock: ShiftedClock
) -> None:
    link = await ann.invite(campaign)
    for number in range(25):
        clock.ahead += timedelta(seconds=4)
        assert (await (await meet()).accept(link, f"Guest {number}")).status == 200
    refused = await (await meet()).accept(link, "One more")
    assert (refused.status, refused.code) == (413, "too_large")
    bob = await (await meet()).sign_up("Bob")
    assert (await bob.accept(link)).status == 200


async def test_a_dm_lets_in_who_follows_a_link_with_approval(
    meet: Meet, ann: Person, campaign: str
) -> None:
    link, guest = await ann.invite(campaign, approval=True), await meet()
    assert (await guest.get(f"/api/invites/{link}")).body["approval"] is True
    asked = await guest.accept(link, "Gus")
    assert (asked.status, asked.body["waiting"]) == (202, True)
    guest.id = asked.body["userId"]
    assert (await guest.get(f"/api/campaigns/{campaign}")).status == 404
    assert (await guest.accept(link)).status == 202, "asking again waits on"

    requests = f"/api/campaigns/{campaign}/join-requests"
    (waiting,) = (await ann.get(requests)).body["requests"]
    assert (waiting["userId"], waiting["name"], waiting["role"]) == (guest.id, "Gus", "player")
    assert (await guest.post(f"{requests}/{guest.id}")).status == 404, "nobody lets themself in"
    assert (await ann.post(f"{requests}/{guest.id}")).status == 204
    assert (await ann.get(requests)).body == {"requests": []}
    assert (await guest.accept(link)).status == 200
    assert (await guest.get(f"/api/campaigns/{campaign}")).body["role"] == "player"
    assert (await ann.post(f"{requests}/{guest.id}")).status == 404
    uses = [
        each["uses"]
        for each in (await ann.get(f"/api/campaigns/{campaign}/invites")).body["invites"]
    ]
    assert uses == [1]


async def test_who_is_declined_stays_out_and_may_ask_again(
    meet: Meet, ann: Person, campaign: str
) -> None:
    link, guest = await ann.invite(campaign, approval=True), await meet()
    guest.id = (await guest.accept(link, "Gus")).body["userId"]
    requests = f"/api/campaigns/{campaign}/join-requests"
    assert (await ann.delete(f"{requests}/{guest.id}")).status == 204
    assert (await guest.get(f"/api/campaigns/{campaign}")).status == 404
    assert (await guest.accept(link)).status == 202


async def test_so_many_wait_and_no_more_and_none_for_ever(
    meet: Meet, ann: Person, campaign: str, clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(join_requests, "MOST_WAITING", 2)
    link = await ann.invite(campaign, approval=True)
    for name in ("Gus", "Gil"):
        assert (await (await meet()).accept(link, name)).status == 202
    refused = await (await meet()).accept(link, "Gwen")
    assert (refused.status, refused.code) == (413, "too_large")
    clock.ahead += timedelta(days=1, seconds=1)
    assert (await (await meet()).accept(link, "Gwen")).status == 202
    waiting = (await ann.get(f"/api/campaigns/{campaign}/join-requests")).body["requests"]
    assert [each["name"] for each in waiting] == ["Gwen"]


async def test_guests_who_wait_leave_room_for_accounts(
    meet: Meet, ann: Person, campaign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(join_requests, "MOST_WAITING", 3)
    monkeypatch.setattr(join_requests, "MOST_GUESTS_WAITING", 2)
    link = await ann.invite(campaign, approval=True)
    guests = [await meet() for _ in range(3)]
    for guest, status in zip(guests, (202, 202, 413), strict=True):
        assert (await guest.accept(link, "Gus")).status == status
    assert (await guests[2].get("/api/me")).status == 401, "no account was made"
    for name, status in (("Bob", 202), ("Cleo", 413)):
        person = await (await meet()).sign_up(name)
        assert (await person.accept(link)).status == status


async def test_a_guest_whom_a_dm_lets_in_takes_a_guest_s_place(
    meet: Meet, ann: Person, campaign: str, clock: ShiftedClock
) -> None:
    link, door = await ann.invite(campaign), await ann.invite(campaign, approval=True)
    for number in range(24):
        clock.ahead += timedelta(seconds=4)
        assert (await (await meet()).accept(link, f"Guest {number}")).status == 200
    requests = f"/api/campaigns/{campaign}/join-requests"
    waiting = [await meet(), await meet()]
    for guest in waiting:
        guest.id = (await guest.accept(door, "Gus")).body["userId"]
    assert (await ann.post(f"{requests}/{waiting[0].id}")).status == 204
    refused = await ann.post(f"{requests}/{waiting[1].id}")
    assert (refused.status, refused.code) == (413, "too_large")
    assert "25 guests" in refused.body["error"]["message"]
    still = (await ann.get(requests)).body["requests"]
    assert [each["userId"] for each in still] == [waiting[1].id], "nothing changed"

    await waiting[1].sign_up("Gwen")

    assert (await ann.post(f"{requests}/{waiting[1].id}")).status == 204
    members = (await ann.get(f"/api/campaigns/{campaign}/members")).body["members"]
    assert len(members) == 27


async def test_who_waits_learns_what_became_of_it_without_asking_again(
    meet: Meet, ann: Person, campaign: str, clock: ShiftedClock
) -> None:
    link, guest = await ann.invite(campaign, approval=True, maxUses=1), await meet()
    standing, requests = f"/api/invites/{link}/request", f"/api/campaigns/{campaign}/join-requests"

    async def now() -> str:
        answer = await guest.get(standing)
        assert (answer.status, answer.body["campaignId"]) == (200, campaign)
        return str(answer.body["standing"])

    assert await now() == "out"
    guest.id = (await guest.accept(link, "Gus")).body["userId"]
    assert await now() == "waiting", "also where the link is used up by that"
    await ann.delete(f"{requests}/{guest.id}")
    assert await now() == "out"
    assert (await ann.get(requests)).body == {"requests": []}, "looking asks for nothing"

    link = await ann.invite(campaign, approval=True)
    standing = f"/api/invites/{link}/request"
    assert (await guest.accept(link)).status == 202
    clock.ahead += timedelta(days=1, seconds=1)
    assert await now() == "out", "nobody waits for ever"
    assert (await guest.accept(link)).status == 202
    await ann.post(f"{requests}/{guest.id}")
    assert await now() == "in"
    assert (await guest.get("/api/invites/nothing/request")).status == 404


async def test_rooms_are_told_how_many_wait(
    meet: Meet, ann: Person, campaign: str, rooms: RoomsHeard
) -> None:
    def heard() -> list[int]:
        return [told[2] for told in rooms.told if told[:2] == ("waiting", campaign)]

    link, requests = (
        await ann.invite(campaign, approval=True),
        f"/api/campaigns/{campaign}/join-requests",
    )
    guests = [await meet(), await meet()]
    for guest, name in zip(guests, ("Gus", "Gil"), strict=True):
        guest.id = (await guest.accept(link, name)).body["userId"]
    await guests[0].accept(link)
    assert heard() == [1, 2], "waiting on is no news"
    await ann.post(f"{requests}/{guests[0].id}")
    await ann.delete(f"{requests}/{guests[1].id}")
    assert heard() == [1, 2, 1, 0]
