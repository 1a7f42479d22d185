"""A whole night: a DM and two players, real sockets, a real PostgreSQL, and a power cut in the middle."""

import signal
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.acceptance.test_crashes import check_views, recorded, refolded
from tests.support.party import Guest, Party, gather_party
from tests.support.processes import NodeProcess, a_server
from web.client import CommandRefused, RoomClient


async def sit(stack: AsyncExitStack, server: NodeProcess, night: Party, who: Guest) -> RoomClient:
    client = RoomClient(server.url, night.campaign, token=who.token)
    return await stack.enter_async_context(client)


async def until(client: RoomClient, type_: str, **fields: Any) -> Any:
    """Return the next message of that type with these fields."""
    async for message in client.messages():
        if message["type"] == type_ and all(message[k] == v for k, v in fields.items()):
            return message
    raise AssertionError("the connection ended")


@pytest.mark.timeout(600)
async def test_a_night_is_played_cut_short_and_goes_on(database_url: str) -> None:
    async with a_server(database_url) as server, AsyncExitStack() as stack:
        night = await gather_party(server.url)
        dm = await sit(stack, server, night, night.dm)
        ann, ben = [await sit(stack, server, night, player) for player in night.players]

        # The evening begins: everybody sees that it does, and what they are shown.
        await dm.update({"0,0": "plains", "1,0": "forest", "2,0": "hills", "3,0": "swamp"})
        await dm.start()
        await dm.reveal(["0,0"])
        for player in (ann, ben):
            await until(player, "session:statusChanged", status="active")
            shown = await until(player, "hex:revealed")
            assert shown["terrain"] == [{"key": "0,0", "terrain": "plains"}]

        # Ann scouts ahead; Ben does not learn of it. Players cannot reveal for themselves.
        await dm.reveal(["1,0"], {"playerIds": [night.players[0].id]})
        assert (await until(ann, "hex:revealed"))["hexKeys"] == ["1,0"]
        with pytest.raises(CommandRefused) as refused:
            await ben.reveal(["2,0"])
        assert refused.value.code == "forbidden"

        # The DM prepares in secret, and the power is cut.
        await dm.mode("staged")
        await dm.reveal(["2,0", "3,0"])
        await dm.update({"3,0": "water"})
        assert (await until(ben, "dm:preparing"))["preparing"] is True
        await server.stop(signal.SIGKILL)
        await server.start()

        # All come back by themselves; what was prepared is still there, and still secret.
        staged = await until(dm, "staged:changes")
        while len(staged["changes"]) < 2:
            staged = await until(dm, "staged:changes")
        assert [change["type"] for change in staged["changes"]] == ["hex:reveal", "hex:update"]
        assert (await until(ben, "session:state"))["revealedHexes"] == ["0,0"]
        assert sorted((await until(ann, "session:state"))["revealedHexes"]) == ["0,0", "1,0"]

        # Published at once, to everybody, in the order in which it was prepared.
        await dm.publish()
        for player in (ann, ben):
            shown = await until(player, "hex:revealed")
            assert shown["hexKeys"] == ["2,0", "3,0"]
            assert (await until(player, "dm:preparing"))["preparing"] is False

        # One reveal too many is taken back; while paused, players can only look.
        await dm.undo()
        assert set((await until(ben, "hex:hidden"))["hexKeys"]) == {"2,0", "3,0"}
        await dm.pause()
        with pytest.raises(CommandRefused) as refused:
            await ben.move("token", "0,0")
        assert refused.value.code == "invalid_state"
        await dm.resume()
        await dm.end()
        await until(ann, "session:statusChanged", status="ended")

        commits = await recorded(database_url, night)
        types = [event.tag for commit in commits for event in commit.events]
        for tag in ("session_start", "change_staged", "broadcast_publish", "session_end"):
            assert tag in types
        await check_views(server, night, refolded(commits))
