import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from aiohttp.test_utils import TestServer

from events.core.state import Member, Role, UserId
from tests.support.people import Person, RoomsHeard, ShiftedClock
from tests.web.conftest import Meet
from web.accounts.access_events import AccessChange, AccessEnded, RoleChanged
from web.app import ACCESS

NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def campaign(ann: Person) -> str:
    return await ann.campaign()


@pytest.fixture
async def bob(meet: Meet, ann: Person, campaign: str) -> Person:
    """A player of the campaign."""
    person = await (await meet()).sign_up("Bob")
    await person.accept(await ann.invite(campaign))
    return person


@pytest.fixture
def heard(server: TestServer) -> list[AccessChange]:
    heard: list[AccessChange] = []
    server.app[ACCESS].subscribe(heard.append)
    return heard


async def test_who_opens_a_campaign_is_its_dm(ann: Person, rooms: RoomsHeard) -> None:
    made = await ann.post("/api/campaigns", {"name": " The Sunken Marches "})
    assert made.status == 201
    id_ = made.body["id"]
    assert made.body == {"id": id_, "name": "The Sunken Marches", "role": "dm"}
    assert rooms.told == [
        ("opened", id_, "The Sunken Marches", Member(UserId(ann.id), Role.DM, "Ann"))
    ]
    listed = {"id": id_, "name": "The Sunken Marches", "role": "dm", "online": 0}
    unplanned = {"lastSession": None, "nextAt": None, "cover": None}
    assert (await ann.get("/api/campaigns")).body == {"campaigns": [listed | unplanned]}


async def test_a_campaign_shows_its_members_who_is_online_and_the_last_session(
    ann: Person, bob: Person, campaign: str, rooms: RoomsHeard, database_url: str
) -> None:
    rooms.connected = {UserId(bob.id)}
    with psycopg.connect(database_url) as connection:
        for number, began in ((1, "2026-01-01"), (2, "2026-02-01")):
            connection.execute(
                "INSERT INTO game_session VALUES (%s, %s, %s, 'ended', %s, %s)",
                (UUID(int=number), campaign, ann.id, f"{began} 18:00Z", f"{began} 22:00Z"),
            )
    shown = (await bob.get(f"/api/campaigns/{campaign}")).body
    assert shown == {
        "id": campaign,
        "name": "The Marches",
        "role": "player",
        "online": 1,
        "lastSession": {
            "id": str(UUID(int=2)),
            "startedAt": "2026-02-01T18:00:00Z",
            "endedAt": "2026-02-01T22:00:00Z",
            "status": "ended",
        },
        "nextAt": None,
        "cover": None,
        "members": [
            {"userId": ann.id, "name": "Ann", "role": "dm", "online": False},
            {"userId": bob.id, "name": "Bob", "role": "player", "online": True},
        ],
    }
    listed = (await bob.get("/api/campaigns")).body["campaigns"]
    assert listed == [{key: shown[key] for key in shown if key != "members"}]


@pytest.mark.parametrize("id_", [NOBODYS, "x", "%00", "7" * 5000, NOBODYS.replace("-", "")])
async def test_campaigns_of_others_and_none_at_all_answer_alike(
    meet: Meet, campaign: str, id_: str
) -> None:
    eve = await (await meet()).sign_up("Eve")
    for method, path, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("GET", "/members", None),
        ("PATCH", "/members/x", {"role": "dm"}),
        ("DELETE", f"/members/{eve.id}", None),
        ("GET", "/invites", None),
        ("POST", "/invites", {"role": "dm"}),
        ("DELETE", "/invites/x", None),
    ):
        others = await eve.call(method, f"/api/campaigns/{campaign}{path}", body)
        none = await eve.call(method, f"/api/campaigns/{id_}{path}", body)
        assert others.status == none.status == 404
        assert others.body == none.body


@pytest.mark.parametrize(
    "body", [{}, {"name": "a\u0000"}, {"name": ["a"]}, {"name": "a", "id": "b"}]
)
async def test_a_bad_campaign_is_refused(ann: Person, body: Any) -> None:
    answer = await ann.post("/api/campaigns", body)
    assert (answer.status, answer.code) == (400, "invalid_message")
    assert (await ann.get("/api/campaigns")).body == {"campaigns": []}


async def test_nothing_works_signed_out(meet: Meet, campaign: str) -> None:
    stranger = await meet()
    for method, path, body in (
        ("GET", "/api/campaigns", None),
        ("POST", "/api/campaigns", {"name": "x"}),
        ("GET", f"/api/campaigns/{campaign}", None),
        ("GET", f"/api/campaigns/{campaign}/members", None),
        ("POST", f"/api/campaigns/{campaign}/invites", {"role": "dm"}),
        ("POST", "/api/tokens", None),
    ):
        answer = await stranger.call(method, path, body)
        assert (answer.status, answer.code) == (401, "forbidden")


async def test_players_do_not_do_what_is_for_the_dm(
    ann: Person, bob: Person, campaign: str
) -> None:
    for method, path, body in (
        ("DELETE", "", None),
        ("GET", "/members", None),
        ("PATCH", f"/members/{bob.id}", {"role": "dm"}),
        ("DELETE", f"/members/{ann.id}", None),
        ("GET", "/invites", None),
        ("POST", "/invites", {"role": "dm"}),
        ("DELETE", "/invites/x", None),
    ):
        answer = await bob.call(method, f"/api/campaigns/{campaign}{path}", body)
        assert (answer.status, answer.code) == (403, "forbidden")


async def test_a_guest_joins_by_link_with_a_name_only(
    meet: Meet, ann: Person, campaign: str, rooms: RoomsHeard
) -> None:
    made = await ann.post(f"/api/campaigns/{campaign}/invites", {"role": "player"})
    token = made.body["token"]
    assert len(token) >= 22
    assert made.body["url"] == f"{ann.origin}/join/{token}"
    guest = await meet()
    shown = await guest.get(f"/api/invites/{token}")
    assert shown.body == {"campaignName": "The Marches", "role": "player"}
    joined = await guest.accept(token, "  Bobby ")
    assert joined.body == {"campaignId": campaign, "role": "player", "userId": guest.id}
    assert rooms.told[-1] == (campaign, guest.id, "Bobby", Role.PLAYER, guest.id)
    me = (await guest.get("/api/me")).body
    assert me == {"userId": guest.id, "name": "Bobby", "email": None, "guest": True, "admin": False}
    refused = await guest.post("/api/campaigns", {"name": "My own"})
    assert (refused.status, refused.code) == (403, "forbidden")


@pytest.mark.parametrize("name", [None, "", "a\u202eb", "x" * 81])
async def test_a_guest_without_a_fit_name_does_not_join(
    meet: Meet, ann: Person, campaign: str, name: str | None, database_url: str
) -> None:
    token = await ann.invite(campaign, maxUses=1)
    body = None if name is None else {"name": name}
    answer = await (await meet()).post(f"/api/invites/{token}/accept", body)
    assert (answer.status, answer.code) == (400, "invalid_message")
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM account").fetchone() == (1,)
        assert connection.execute("SELECT uses FROM invite").fetchone() == (0,)


async def test_a_member_who_follows_a_link_again_stays_as_they_are(
    ann: Person, bob: Person, campaign: str
) -> None:
    token = await ann.invite(campaign, role="spectator", maxUses=1)
    answer = await bob.accept(token)
    assert answer.body["role"] == "player"
    assert (await ann.get(f"/api/campaigns/{campaign}/invites")).body["invites"][-1]["uses"] == 0


async def test_an_invite_is_good_for_so_many_even_at_once(
    meet: Meet, ann: Person, campaign: str
) -> None:
    token = await ann.invite(campaign, maxUses=2)
    guests = [await meet() for _ in range(6)]
    answers = await asyncio.gather(*(each.accept(token, "Bob") for each in guests))
    assert sorted(answer.status for answer in answers) == [200, 200, 404, 404, 404, 404]
    members = (await ann.get(f"/api/campaigns/{campaign}/members")).body["members"]
    assert len(members) == 3


async def test_invites_over_revoked_and_unknown_answer_alike(
    meet: Meet, ann: Person, campaign: str, clock: ShiftedClock
) -> None:
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    over = await ann.invite(campaign, expiresAt=soon)
    by_token, by_id = await ann.invite(campaign), await ann.invite(campaign, role="dm")
    listed = (await ann.get(f"/api/campaigns/{campaign}/invites")).body["invites"]
    assert [each["role"] for each in listed] == ["player", "player", "dm"]
    assert not any("token" in each for each in listed)
    assert (await ann.delete(f"/api/campaigns/{campaign}/invites/{by_token}")).status == 204
    assert (await ann.delete(f"/api/campaigns/{campaign}/invites/{listed[2]['id']}")).status == 204
    assert (await ann.delete(f"/api/campaigns/{campaign}/invites/{by_token}")).status == 404
    clock.ahead += timedelta(hours=2)
    guest = await meet()
    answers = [
        await guest.accept(token, "Bob")
        for token in (over, by_token, by_id, "unknown", "%00", "a" * 5000)
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({str(answer.body) for answer in answers}) == 1
    assert (await ann.get(f"/api/campaigns/{campaign}/invites")).body == {"invites": []}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"role": "god"},
        {"role": "DM"},
        {"role": "player", "maxUses": 0},
        {"role": "player", "maxUses": True},
        {"role": "player", "maxUses": 1.5},
        {"role": "player", "maxUses": 10**30},
        {"role": "player", "expiresAt": "yesterday"},
        {"role": "player", "expiresAt": "2020-01-01T00:00:00Z"},
        {"role": "player", "expiresAt": "2999-01-01T00:00:00"},
        {"role": "player", "expiresAt": "9999-12-31T23:59:59-23:59"},
        {"role": "player", "max_uses": 1},
    ],
)
async def test_a_bad_invite_is_refused(ann: Person, campaign: str, body: Any) -> None:
    answer = await ann.post(f"/api/campaigns/{campaign}/invites", body)
    assert (answer.status, answer.code) == (400, "invalid_message")
    assert (await ann.get(f"/api/campaigns/{campaign}/invites")).status == 200


async def test_a_new_role_holds_at_once_and_is_told(
    ann: Person, bob: Person, campaign: str, rooms: RoomsHeard, heard: list[AccessChange]
) -> None:
    answer = await ann.patch(f"/api/campaigns/{campaign}/members/{bob.id}", {"role": "dm"})
    assert answer.body == {"userId": bob.id, "name": "Bob", "role": "dm", "online": False}
    assert rooms.told[-1] == (campaign, bob.id, "Bob", Role.DM, ann.id)
    assert heard == [RoleChanged(UserId(bob.id), UUID(campaign), Role.DM)]
    assert (await bob.get(f"/api/campaigns/{campaign}/members")).status == 200


async def test_a_removed_member_is_out_and_it_is_told(
    ann: Person, bob: Person, campaign: str, rooms: RoomsHeard, heard: list[AccessChange]
) -> None:
    assert (await ann.delete(f"/api/campaigns/{campaign}/members/{bob.id}")).status == 204
    assert rooms.told[-1] == (campaign, bob.id, "Bob", None, ann.id)
    assert heard == [AccessEnded(user=UserId(bob.id), campaign=UUID(campaign))]
    assert (await bob.get(f"/api/campaigns/{campaign}")).status == 404
    assert (await bob.get("/api/campaigns")).body == {"campaigns": []}
    again = await ann.delete(f"/api/campaigns/{campaign}/members/{bob.id}")
    assert (again.status, again.code) == (404, "not_found")
    await bob.accept(await ann.invite(campaign, role="spectator"))
    assert (await bob.get(f"/api/campaigns/{campaign}")).body["role"] == "spectator"


async def test_whom_a_dm_removed_no_older_invite_lets_in_again(
    meet: Meet, ann: Person, bob: Person, campaign: str
) -> None:
    """Neither an account nor a guest who is still known by the cookie."""
    old, guest = await ann.invite(campaign), await meet()
    assert (await guest.accept(old, "Gus")).status == 200
    gone = guest.id
    for person in (bob, guest):
        await ann.delete(f"/api/campaigns/{campaign}/members/{person.id}")
        refused = await person.accept(old, "Back again")
        assert (refused.status, refused.code) == (403, "forbidden")
        assert (await person.get(f"/api/campaigns/{campaign}")).status == 404
    shown = (await ann.get(f"/api/campaigns/{campaign}/invites")).body["invites"]
    assert [each["uses"] for each in shown] == [1, 1], "bob's and the guest's first"

    new = await ann.invite(campaign)
    for person in (bob, guest):
        assert (await person.accept(new)).status == 200
        assert (await person.accept(old)).status == 200, "who is a member stays one"
    assert guest.id == gone


async def test_who_comes_without_a_cookie_is_somebody_new(
    meet: Meet, ann: Person, campaign: str
) -> None:
    invite, guest, browser = await ann.invite(campaign), await meet(), await meet()
    await guest.accept(invite, "Gus")
    await ann.delete(f"/api/campaigns/{campaign}/members/{guest.id}")
    assert (await browser.accept(invite, "Gus")).status == 200
    assert browser.id != guest.id


async def test_members_leave_by_themselves_and_may_come_back(
    ann: Person, bob: Person, campaign: str
) -> None:
    invite = await ann.invite(campaign)
    assert (await bob.delete(f"/api/campaigns/{campaign}/members/{bob.id}")).status == 204
    assert (await bob.get(f"/api/campaigns/{campaign}")).status == 404
    assert (await bob.accept(invite)).status == 200


async def test_who_left_comes_back_by_an_old_link_as_no_more_than_they_were(
    ann: Person, campaign: str, meet: Meet
) -> None:
    eve = await (await meet()).sign_up("Eve")
    old = await ann.invite(campaign, "dm")
    await eve.accept(old)
    assert (
        await ann.patch(f"/api/campaigns/{campaign}/members/{eve.id}", {"role": "player"})
    ).status == 200
    assert (await eve.delete(f"/api/campaigns/{campaign}/members/{eve.id}")).status == 204
    assert (await eve.accept(old)).body["role"] == "player"
    assert (await eve.delete(f"/api/campaigns/{campaign}/members/{eve.id}")).status == 204
    assert (await eve.accept(await ann.invite(campaign, "dm"))).body["role"] == "dm"


async def test_the_last_dm_stays_even_when_two_demote_each_other(
    ann: Person, bob: Person, campaign: str
) -> None:
    members = f"/api/campaigns/{campaign}/members"
    for refused in (
        await ann.patch(f"{members}/{ann.id}", {"role": "player"}),
        await ann.delete(f"{members}/{ann.id}"),
    ):
        assert (refused.status, refused.code) == (409, "invalid_state")
    await ann.patch(f"{members}/{bob.id}", {"role": "dm"})
    answers = await asyncio.gather(
        ann.patch(f"{members}/{bob.id}", {"role": "player"}),
        bob.patch(f"{members}/{ann.id}", {"role": "player"}),
    )
    assert 200 in {answer.status for answer in answers}
    rows = (await ann.get(f"/api/campaigns/{campaign}")).body["members"]
    assert [row["role"] for row in rows].count("dm") == 1


@pytest.mark.parametrize("user", ["nobody", "%00", "x" * 3000])
async def test_unknown_members_are_not_found(ann: Person, campaign: str, user: str) -> None:
    path = f"/api/campaigns/{campaign}/members/{user}"
    for answer in (await ann.patch(path, {"role": "dm"}), await ann.delete(path)):
        assert (answer.status, answer.code) == (404, "not_found")


async def test_a_deleted_campaign_is_gone_for_all_and_its_record_stays(
    meet: Meet,
    ann: Person,
    bob: Person,
    campaign: str,
    heard: list[AccessChange],
    database_url: str,
) -> None:
    token = await ann.invite(campaign)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO session_event (campaign_id, version, event_type, user_id, payload,"
            " created_at, hash, first_version, role, epoch)"
            " VALUES (%s, 1, 'x', 'ann', '{}', now(), '', 1, 'dm', 1)",
            (campaign,),
        )
    assert (await ann.delete(f"/api/campaigns/{campaign}")).status == 204
    assert heard == [AccessEnded(campaign=UUID(campaign))]
    for person in (ann, bob):
        for path in ("", "/members", "/invites", "/map", "/events", "/sessions"):
            assert (await person.get(f"/api/campaigns/{campaign}{path}")).status == 404
        assert (await person.get("/api/campaigns")).body == {"campaigns": []}
    assert (await (await meet()).accept(token, "Eve")).status == 404
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM session_event").fetchone() == (1,)
