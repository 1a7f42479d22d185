"""The server is killed under load, again and again: nothing acknowledged is lost, repeated or reordered.

``HEXROOM_CRASH_CYCLES`` tells how often; a hundred for the full proof.
"""

import asyncio
import json
import os
import random
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from events import EMPTY, RoomState, project, state_fields
from events.core.decider import advance
from events.core.state import RoomId, UserId
from events.journal import Commit
from events.journal.database.pool import open_database
from events.journal.postgres.journal import PostgresJournal
from tests.support.party import Guest, Party, gather_party
from tests.support.processes import NodeProcess, a_server

CYCLES = int(os.environ.get("HEXROOM_CRASH_CYCLES", "4"))
PIPELINE = 8


@dataclass
class Sender:
    """A DM's connection that sends reveals, eight at a time, and remembers what was answered."""

    name: str
    sent: list[str] = field(default_factory=list)
    """Ids in the order in which they were first sent."""
    acked: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    """Hexes that the server said were revealed."""
    numbers: list[int] = field(default_factory=list)

    def frame(self, id_: str) -> str:
        """Return the command of an id, always the same: each reveals a hex of its own."""
        number = int(id_.split("-")[1])
        key = f"{number % 1000},{number // 1000 + (500 if self.name == 'b' else 0)}"
        return json.dumps({"type": "hex:reveal", "id": id_, "hexKeys": [key], "targets": "all"})

    async def play(self, url: str, campaign: Party, chance: random.Random) -> None:
        """Send until the connection is lost; first what was not answered, and some that was."""
        headers = {"Authorization": f"Bearer {campaign.dm.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(f"{url}/ws?campaignId={campaign.campaign}", max_msg_size=0) as socket,
        ):
            open_ = [id_ for id_ in self.sent if id_ not in self.acked]
            again = chance.sample(sorted(self.acked), min(3, len(self.acked)))
            for id_ in (*open_, *again):
                await socket.send_str(self.frame(id_))
            waiting = len(open_) + len(again)
            async for message in socket:
                waiting -= self._take(json.loads(message.data))
                while waiting < PIPELINE:
                    self.sent.append(f"{self.name}-{len(self.sent)}")
                    await socket.send_str(self.frame(self.sent[-1]))
                    waiting += 1

    def _take(self, message: dict[str, Any]) -> int:
        match message["type"]:
            case "ack":
                self.acked.add(message["id"])
                return 1
            case "error":
                raise AssertionError(message)
            case "hex:revealed":
                self.seen.update(message["hexKeys"])
            case _:
                pass
        if "seq" in message:
            self._count(message)
        return 0

    def _count(self, message: dict[str, Any]) -> None:
        if message["type"] == "session:state":
            self.numbers = [message["seq"]]
        else:
            assert message["seq"] == self.numbers[-1] + 1
            self.numbers.append(message["seq"])


@pytest.mark.timeout(240 + 40 * CYCLES)
async def test_killed_under_load_nothing_acknowledged_is_lost(database_url: str) -> None:
    chance = random.Random(7)
    senders = [Sender("a"), Sender("b")]
    async with a_server(database_url) as server:
        campaign = await gather_party(server.url)
        commits: list[Commit] = []
        for _ in range(CYCLES):
            await played_until_killed(server, campaign, senders, chance)
            commits = await recorded(database_url, campaign)
            check(senders, commits)
            await server.start()
        await check_views(server, campaign, refolded(commits))


async def played_until_killed(
    server: NodeProcess, campaign: Party, senders: list[Sender], chance: random.Random
) -> None:
    playing = [asyncio.create_task(sender.play(server.url, campaign, chance)) for sender in senders]
    before = sum(len(sender.acked) for sender in senders)
    wanted = chance.randrange(1, 200)
    while sum(len(sender.acked) for sender in senders) < before + wanted:
        await asyncio.sleep(chance.random() / 1000)
        for task in playing:
            if task.done():
                task.result()
    await server.stop(signal.SIGKILL)
    for task in playing:
        with suppress(aiohttp.ClientError, ConnectionError):
            await task


def check(senders: list[Sender], commits: list[Commit]) -> None:
    """Compare what was answered and shown with what is recorded."""
    versions = [0, *(commit.version for commit in commits)]
    assert [commit.after for commit in commits] == versions[:-1]
    ids = [str(commit.id) for commit in commits if commit.id is not None]
    assert len(ids) == len(set(ids)), "an id took effect twice"
    shown = refolded(commits).visibility
    revealed = {str(at) for at in shown}
    for sender in senders:
        assert sender.acked <= set(ids), "something acknowledged was lost"
        assert sender.seen <= revealed, "something was shown that is not recorded"
        mine = [id_ for id_ in ids if id_.startswith(f"{sender.name}-")]
        assert mine == sender.sent[: len(mine)], "commands of one connection changed their order"


async def check_views(server: NodeProcess, campaign: Party, state: RoomState) -> None:
    """Compare what each member is shown with the fold of the record."""
    for member in (campaign.dm, *campaign.players):
        shown = await first_state(server, campaign, member)
        known = state.members[UserId(member.id)]
        expected = json.loads(json.dumps(state_fields(project(state, known)), default=dict))
        for part in ("revealedHexes", "terrain", "status", "sessionId", "broadcastMode", "tokens"):
            assert shown[part] == expected[part]


async def first_state(server: NodeProcess, campaign: Party, member: Guest) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {member.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.ws_connect(
            f"{server.url}/ws?campaignId={campaign.campaign}", max_msg_size=0
        ) as socket,
    ):
        assert (await socket.receive_json())["type"] == "connected"
        state: dict[str, Any] = await socket.receive_json()
        return state


async def recorded(database_url: str, campaign: Party) -> list[Commit]:
    """Return all commits, read past the server."""
    database = await open_database(database_url, max_connections=2)
    try:
        journal = PostgresJournal(database.pool)
        return [commit async for commit in journal.read(RoomId(UUID(campaign.campaign)))]
    finally:
        await database.close()


def refolded(commits: list[Commit]) -> RoomState:
    state = EMPTY
    for commit in commits:
        state = advance(state, commit)
    return state
