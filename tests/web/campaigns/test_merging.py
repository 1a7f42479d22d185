"""The guest who lost her phone, and came back as somebody new."""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.core.features.history import UndoAction
from events.core.state import UserId
from events.journal import Request
from tests.support.people import Person, ShiftedClock
from tests.support.seats import Campaign, Message, Seat
from tests.web.conftest import Meet
from web.app import ROOMS


@pytest.fixture
def rooms() -> None:
    """Real ones."""


async def another_ann(night: Campaign, meet: Meet) -> Person:
    """Return Ann on a new phone: a guest of the same name."""
    phone = await meet()
    await phone.accept(await night.dm.invite(night.id), "Ann")
    return phone


async def played(night: Campaign, dm: Seat) -> None:
    """Give Ann a token, and show her a hex."""
    await dm.ask("hex:update", changes=[{"key": "1,1", "terrain": "hills"}])
    await dm.ask("hex:reveal", hexKeys=["1,1"], targets={"playerIds": [night.ann.id]})
    await dm.ask("token:create", hexKey="1,1", label="Ann the Bold", ownerId=night.ann.id)


def path(night: Campaign, user: str) -> str:
    return f"/api/campaigns/{night.id}/members/{user}/merge"


async def merged(night: Campaign, user: str, into: str) -> None:
    answer = await night.dm.post(path(night, user), {"into": into})
    assert answer.status == 204, answer


async def state_of(night: Campaign, person: Person) -> Message:
    async with night.socket(person) as seat:
        return await seat.until("session:state")


async def until_listed(seat: Seat, user: str, *, listed: bool) -> None:
    """Wait until the members told to the seat have the user, or have not."""
    while True:
        told = await seat.until("player:presence")
        if any(each["userId"] == user for each in told["players"]) is listed:
            return


async def test_the_new_phone_gets_the_tokens_and_the_map_of_the_lost_one(
    night: Campaign, meet: Meet
) -> None:
    phone = await another_ann(night, meet)
    async with night.seat(night.dm) as dm, night.seat(phone) as seat:
        await played(night, dm)
        told = await night.dm.get(path(night, night.ann.id) + f"?into={phone.id}")
        assert told.body == {
            "name": "Ann", "intoName": "Ann", "tokens": ["Ann the Bold"], "hexes": 1,
            "things": [], "rules": 0, "skills": [],
        }  # fmt: skip
        await merged(night, night.ann.id, phone.id)
        assert (await seat.until("hex:revealed"))["hexKeys"] == ["1,1"]
        token = (await seat.until("token:created"))["token"]
        assert (token["label"], token["ownerId"]) == ("Ann the Bold", phone.id)
    members = (await night.dm.get(f"/api/campaigns/{night.id}/members")).body["members"]
    assert [each["userId"] for each in members] == [night.dm.id, night.ben.id, phone.id]


async def test_the_lost_phone_ends_everywhere(night: Campaign, meet: Meet) -> None:
    phone = await another_ann(night, meet)
    link = (await night.ann.post("/api/me/way-back")).body["url"].rpartition("/back/")[2]
    old_invite = await night.dm.invite(night.id)
    async with night.seat(night.ann) as lost:
        await merged(night, night.ann.id, phone.id)
        assert await lost.closed() in (4001, 4003)
    assert (await night.ann.get("/api/me")).status == 401
    assert (await (await meet()).post(f"/api/way-back/{link}")).status == 404
    assert (await phone.get(f"/api/campaigns/{night.id}")).status == 200
    again = await night.ann.accept(old_invite, "Ann")
    assert again.body["userId"] != phone.id


async def test_an_account_stays_signed_in_but_has_no_seat(night: Campaign, meet: Meet) -> None:
    cleo = await (await meet()).sign_up("Cleo")
    invite = await night.dm.invite(night.id)
    await cleo.accept(invite)
    await merged(night, cleo.id, night.ann.id)
    assert (await cleo.get("/api/me")).status == 200
    assert (await cleo.get(f"/api/campaigns/{night.id}")).status == 404
    assert (await cleo.accept(invite)).status == 403, "no older invite lets them in again"


async def test_undo_gives_the_seat_back_and_redo_ends_it_again(night: Campaign, meet: Meet) -> None:
    phone = await another_ann(night, meet)
    async with night.seat(night.dm) as dm:
        await played(night, dm)
        await merged(night, night.ann.id, phone.id)
        await until_listed(dm, night.ann.id, listed=False)
        assert (await dm.ask("history:undo"))["type"] == "ack"
        await until_listed(dm, night.ann.id, listed=True)
        made = await night.dm.post(f"/api/campaigns/{night.id}/members/{night.ann.id}/way-back")
        link = made.body["url"].rpartition("/back/")[2]
        assert (await night.ann.post(f"/api/way-back/{link}")).status == 200
        assert (await state_of(night, night.ann))["revealedHexes"] == ["1,1"]
        assert (await state_of(night, phone))["revealedHexes"] == []
        assert (await dm.ask("history:redo"))["type"] == "ack"
        await until_listed(dm, night.ann.id, listed=False)
    assert (await night.ann.get(f"/api/campaigns/{night.id}")).status in (401, 404)
    assert (await state_of(night, phone))["revealedHexes"] == ["1,1"]


async def test_a_seat_whose_return_was_missed_comes_back_with_the_room(
    night: Campaign, meet: Meet
) -> None:
    phone = await another_ann(night, meet)
    async with night.seat(night.dm):
        await merged(night, night.ann.id, phone.id)
        dora = night.room.state.members[UserId(night.dm.id)]
        # No session hears of this one: as if the server had died right after it.
        await night.room.ask(Request(UndoAction(), dora, ShiftedClock().now()))
        night.server.app[ROOMS].dismiss(night.room)
    async with night.seat(night.dm):
        members = (await night.dm.get(f"/api/campaigns/{night.id}/members")).body["members"]
    assert night.ann.id in [each["userId"] for each in members]


@pytest.mark.parametrize(
    ("user", "into", "status", "code"),
    [
        ("ann", "ann", 409, "invalid_state"),
        ("ann", "dm", 409, "invalid_state"),
        ("dm", "ann", 409, "invalid_state"),
        ("ann", "nobody", 404, "not_found"),
        ("nobody", "ann", 404, "not_found"),
    ],
)
async def test_what_is_no_merge_is_refused_and_changes_nothing(
    night: Campaign, user: str, into: str, status: int, code: str
) -> None:
    ids = {"ann": night.ann.id, "dm": night.dm.id, "nobody": "nobody"}
    for answer in (
        await night.dm.post(path(night, ids[user]), {"into": ids[into]}),
        await night.dm.get(path(night, ids[user]) + f"?into={ids[into]}"),
    ):
        assert (answer.status, answer.code) == (status, code)
    members = (await night.dm.get(f"/api/campaigns/{night.id}/members")).body["members"]
    assert len(members) == 3


async def test_players_neither_merge_nor_preview(night: Campaign) -> None:
    for answer in (
        await night.ann.post(path(night, night.ben.id), {"into": night.ann.id}),
        await night.ann.get(path(night, night.ben.id) + f"?into={night.ann.id}"),
        await night.ann.get(f"/api/campaigns/{night.id}/members"),
    ):
        assert (answer.status, answer.code) == (403, "forbidden")


async def test_what_waits_for_the_lost_phone_comes_first(night: Campaign, meet: Meet) -> None:
    phone = await another_ann(night, meet)
    async with night.seat(night.dm) as dm:
        await played(night, dm)
        await dm.ask("broadcast:mode", mode="staged")
        await dm.ask("hex:reveal", hexKeys=["0,0"], targets={"playerIds": [night.ann.id]})
        refused = await night.dm.post(path(night, night.ann.id), {"into": phone.id})
        assert (refused.status, refused.code) == (409, "invalid_state")
        await dm.ask("broadcast:publish")
        await merged(night, night.ann.id, phone.id)
    assert set((await state_of(night, phone))["revealedHexes"]) == {"0,0", "1,1"}


async def test_a_dm_can_tell_two_of_one_name_apart(night: Campaign, meet: Meet) -> None:
    phone = await another_ann(night, meet)
    body: Any = (await night.dm.get(f"/api/campaigns/{night.id}/members")).body
    first, second = [each for each in body["members"] if each["name"] == "Ann"]
    assert (first["userId"], second["userId"]) == (night.ann.id, phone.id)
    assert first["joinedAt"] < second["joinedAt"]
    assert (first["guest"], first["lastSeenAt"] is None) == (True, False)
    assert "Python" in first["device"]
    dora = body["members"][0]
    assert (dora["guest"], dora["lastSeenAt"], dora["device"]) == (False, None, "")


async def test_the_past_of_the_lost_phone_is_the_new_ones(night: Campaign, meet: Meet) -> None:
    async with night.seat(night.dm) as dm:
        await played(night, dm)
    before = datetime.now(UTC).isoformat()
    phone = await another_ann(night, meet)
    await merged(night, night.ann.id, phone.id)
    seen = await phone.get(f"/api/campaigns/{night.id}/state", params={"at": before})
    assert seen.status == 200, seen
    assert seen.body["revealedHexes"] == ["1,1"]
    ben = await night.ben.get(f"/api/campaigns/{night.id}/state", params={"at": before})
    assert ben.body["revealedHexes"] == []
