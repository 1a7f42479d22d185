"""The socket: who may come in, what they are told first, how commands are answered."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from events.core.features.members import RemoveMember
from events.core.state import UserId
from events.journal import Request
from tests.support.people import ShiftedClock
from tests.support.seats import Campaign
from tests.web.conftest import Meet


@pytest.fixture
def rooms() -> None:
    """Real ones."""


async def test_a_connection_is_told_who_it_is_then_the_state(night: Campaign) -> None:
    async with night.socket(night.ann) as ann:
        assert await ann.next() == {
            "type": "connected",
            "userId": night.ann.id,
            "role": "player",
        }
        state = await ann.next()
        assert state["type"] == "session:state"
        assert state["status"] == "waiting"
        assert state["broadcastMode"] == "immediate"
        assert state["revealedHexes"] == []
        assert [p["name"] for p in state["connectedPlayers"] if p["online"]] == ["Ann"]


async def test_terrain_is_told_in_runs_to_who_asks_for_it(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        changes = [{"key": key, "terrain": "hills"} for key in ("0,0", "1,0", "5,5")]
        await dm.ask("hex:update", changes=changes)
        await dm.ask("hex:reveal", hexKeys=["0,0", "1,0"], targets="all")
    async with night.socket(night.ann, terrain="runs") as ann:
        state = await ann.until("session:state")
        assert state["terrain"] == []
        assert state["painted"] == [{"terrain": "hills", "runs": [[0, 0, 2]]}]
    async with night.socket(night.ann) as ann:
        state = await ann.until("session:state")
        assert [each["key"] for each in state["terrain"]] == ["0,0", "1,0"]
        assert "painted" not in state


async def test_the_others_are_told_who_came_and_who_left(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        async with night.seat(night.ann):
            assert (await dm.next())["type"] == "player:joined"
            presence = await dm.next()
            assert presence["type"] == "player:presence"
            assert {p["name"]: p["online"] for p in presence["players"]} == {
                "Dora": True,
                "Ann": True,
                "Ben": False,
            }
        left = await dm.next()
        assert (left["type"], left["userId"]) == ("player:left", night.ann.id)


async def test_a_second_device_is_not_a_second_arrival(night: Campaign) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ann):
        await dm.quiet()
        async with night.seat(night.ann):
            assert await dm.quiet() == []
        assert await dm.quiet() == []


async def test_a_reveal_reaches_its_targets_and_nobody_else(night: Campaign) -> None:
    async with (
        night.seat(night.dm) as dm,
        night.seat(night.ann) as ann,
        night.seat(night.ben) as ben,
    ):
        await ann.quiet()
        answer = await dm.ask("hex:reveal", hexKeys=["0,0"], targets={"playerIds": [night.ann.id]})
        assert answer["type"] == "ack"
        (told,) = await ann.quiet()
        assert told["type"] == "hex:revealed"
        assert told["hexKeys"] == ["0,0"]
        assert "targets" not in told
        assert await ben.quiet() == []


async def test_an_ack_tells_the_number_by_which_the_command_was_told(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        await dm.send("hex:reveal", id="x", hexKeys=["0,0"], targets="all")
        revealed = await dm.until("hex:revealed")
        ack = await dm.until("ack")
        assert ack["id"] == "x"
        assert ack["seq"] >= revealed["seq"]


async def test_without_an_id_success_is_silent(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        await dm.send("session:start")
        told = await dm.quiet()
        assert [message["type"] for message in told] == ["session:statusChanged"]


async def test_answers_come_in_the_order_of_the_commands(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        for number in range(8):
            type_ = ("session:pause", "hex:reveal")[number % 2]
            fields = {} if number % 2 == 0 else {"hexKeys": [f"{number},0"], "targets": "all"}
            await dm.send(type_, id=str(number), **fields)
            await dm.socket.send_str("{")
        await dm.send("ping")
        answers = []
        while (message := await dm.next())["type"] != "pong":
            if message["type"] in ("ack", "error"):
                answers.append(message.get("id", message.get("code")))
        assert answers == [x for n in range(8) for x in (str(n), "invalid_json")]


async def test_a_repeated_id_is_acknowledged_again_and_changes_nothing(night: Campaign) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann:
        await ann.quiet()
        for _ in range(2):
            await dm.send("session:start", id="same")
            assert (await dm.until("ack"))["id"] == "same"
        assert [message["type"] for message in await ann.quiet()] == ["session:statusChanged"]
        await dm.send("session:pause", id="same")
        assert (await dm.until("error"))["code"] == "invalid_message"


async def test_a_resume_gets_what_was_missed(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        async with night.socket(night.ann) as ann:
            state = await ann.until("session:state")
        for number in range(3):
            await dm.ask("hex:reveal", hexKeys=[f"{number},0"], targets="all")
        async with night.socket(night.ann, resume=state["resume"]) as ann:
            assert (await ann.next())["type"] == "connected"
            told = await ann.quiet()
            revealed = [m for m in told if m["type"] == "hex:revealed"]
            assert [m["hexKeys"] for m in revealed] == [["0,0"], ["1,0"], ["2,0"]]
            assert [m["seq"] for m in told] == list(
                range(state["seq"] + 1, state["seq"] + 1 + len(told))
            )
        async with night.socket(night.ann, resume=state["resume"], after="999999") as ann:
            await ann.next()
            assert (await ann.next())["type"] == "session:state"


async def test_a_dm_looks_as_a_player_and_may_only_look(night: Campaign) -> None:
    async with (
        night.seat(night.dm) as dm,
        night.seat(night.ann) as ann,
        night.seat(night.dm, **{"as": night.ann.id}) as looking,
    ):
        await dm.ask("hex:reveal", hexKeys=["0,0"], targets={"playerIds": [night.ben.id]})
        await dm.ask("hex:reveal", hexKeys=["1,0"], targets={"playerIds": [night.ann.id]})
        seen = await looking.quiet()
        assert seen == [m for m in await ann.quiet() if m["type"] == "hex:revealed"]
        assert [m["hexKeys"] for m in seen] == [["1,0"]]
        assert (await looking.ask("session:start"))["code"] == "forbidden"
    assert await night.refused(night.ann, **{"as": night.ben.id}) == ("forbidden", 4003)
    async with night.socket(night.dm, **{"as": "nobody"}) as nobody:
        assert (await nobody.until("error"))["code"] == "forbidden"
        assert await nobody.closed() == 4003


# Who may come in


async def test_who_is_not_signed_in_is_closed_with_4001(night: Campaign, meet: Meet) -> None:
    assert await night.refused(await meet()) == ("forbidden", 4001)


@pytest.mark.parametrize("campaign", ["", "nonsense", "1", "{}", "a" * 5000])
async def test_without_a_campaign_it_is_closed_with_4002(night: Campaign, campaign: str) -> None:
    assert await night.refused(night.dm, campaignId=campaign) == ("invalid_message", 4002)


async def test_a_stranger_and_a_campaign_that_is_not_there_get_the_same_close(
    night: Campaign, meet: Meet
) -> None:
    stranger = await (await meet()).sign_up("Eve")
    missing = "00000000-0000-4000-8000-000000000000"
    refused = await night.refused(stranger)
    assert refused == await night.refused(stranger, campaignId=missing) == ("forbidden", 4003)


@pytest.mark.parametrize("origin", ["https://evil.example", None])
async def test_a_foreign_origin_is_closed_with_4003(night: Campaign, origin: str | None) -> None:
    night.dm.origin = origin
    assert await night.refused(night.dm) == ("forbidden", 4003)


async def test_a_bearer_token_needs_no_origin(night: Campaign, meet: Meet) -> None:
    made = await night.dm.post("/api/tokens", {"name": "bot"})
    bot = await meet()
    bot.token, bot.origin = made.body["token"], None
    async with night.seat(bot) as seat:
        assert await seat.quiet() == []


async def test_a_socket_too_many_is_refused(night: Campaign) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(20):
            await stack.enter_async_context(night.seat(night.ann))
        assert await night.refused(night.ann) == ("rate_limited", 4029)
        async with night.seat(night.ben) as ben:
            assert await ben.quiet() == []


# When a right ends


async def test_signing_out_closes_the_socket(night: Campaign) -> None:
    async with night.seat(night.ann) as ann:
        await night.ann.post("/api/auth/logout")
        assert await ann.closed() == 4001


async def test_removal_closes_the_socket_and_the_room_forgets_the_member(night: Campaign) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann:
        await dm.quiet()
        await night.dm.call("DELETE", f"/api/campaigns/{night.id}/members/{night.ann.id}")
        assert await ann.closed() == 4003
        presence = await dm.until("player:presence")
        assert night.ann.id not in {p["userId"] for p in presence["players"]}
    assert await night.refused(night.ann) == ("forbidden", 4003)


async def test_a_new_role_acts_at_once(night: Campaign) -> None:
    async with night.seat(night.ann) as ann:
        assert (await ann.ask("session:start"))["code"] == "forbidden"
        path = f"/api/campaigns/{night.id}/members/{night.ann.id}"
        await night.dm.call("PATCH", path, {"role": "dm"})
        assert (await ann.until("connected"))["role"] == "dm"
        assert "staged" in await ann.until("session:state")
        assert (await ann.ask("session:start"))["type"] == "ack"


async def test_another_dm_hears_of_an_older_action_that_is_undone_and_players_do_not(
    night: Campaign,
) -> None:
    await night.dm.patch(f"/api/campaigns/{night.id}/members/{night.ann.id}", {"role": "dm"})
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann, night.seat(night.ben) as ben:  # fmt: skip
        for key in ("0,0", "1,0"):
            changes = [{"key": key, "terrain": "hills"}]
            assert (await dm.ask("hex:update", changes=changes))["type"] == "ack"
        await ann.quiet()
        older = (await night.dm.get(f"/api/campaigns/{night.id}/events?limit=1000")).body["events"]
        version = next(each["version"] for each in older if each["type"] == "hex_update")

        assert (await dm.ask("history:undo", version=version))["type"] == "ack"

        assert (await ann.until("history:changed"))["undone"] == {
            "version": version,
            "description": "Turned hex 0,0 into hills",
            "userId": night.dm.id,
            "name": "Dora",
            "undoneBy": night.dm.id,
            "undoneByName": "Dora",
        }
        heard = {message["type"] for message in await ben.quiet()}
        assert heard <= {"player:joined", "player:presence"}


async def test_deleting_the_campaign_closes_its_sockets(night: Campaign) -> None:
    async with night.seat(night.ann) as ann:
        await night.dm.call("DELETE", f"/api/campaigns/{night.id}")
        assert await ann.closed() == 4003


async def test_an_orderly_shutdown_closes_with_1001(night: Campaign) -> None:
    async with night.seat(night.ann) as ann:
        closing = asyncio.ensure_future(night.server.close())
        assert await ann.closed() == 1001
        await closing


async def test_the_room_learns_of_members_it_was_not_told_about(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        room = night.room
        ben = room.state.members[UserId(night.ben.id)]
        await room.ask(Request(RemoveMember(user=ben.user), ben, ShiftedClock().now()))
        await dm.quiet()
        async with night.seat(night.ben):
            presence = await dm.until("player:presence")
            assert night.ben.id in {p["userId"] for p in presence["players"]}


async def test_the_record_says_who_changed_a_membership(night: Campaign) -> None:
    """Not the member who was given another role or removed: the DM who did it."""
    path = f"/api/campaigns/{night.id}/members/{night.ann.id}"
    await night.dm.patch(path, {"role": "spectator"})
    await night.dm.delete(path)

    recorded = (await night.dm.get(f"/api/campaigns/{night.id}/events?limit=1000")).body["events"]

    about_ann = [each for each in recorded if each["payload"].get("user") == night.ann.id]
    assert [(each["type"], each["userId"]) for each in about_ann] == [
        ("member_set", night.ann.id),
        ("member_set", night.dm.id),
        ("member_remove", night.dm.id),
    ]


async def test_a_dm_at_the_table_hears_who_waits_and_players_do_not(
    night: Campaign, meet: Meet
) -> None:
    link = await night.dm.invite(night.id, approval=True)
    async with night.seat(night.dm) as dm, night.seat(night.ann) as player:
        assert (await (await meet()).accept(link, "Gus")).status == 202
        assert (await dm.until("member:waiting"))["waiting"] == 1
        assert [m for m in await player.quiet() if m["type"].startswith("member")] == []
