"""What GUARANTEES.md promises, checked on what clients saw and on what is in the record."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg

from events.journal.chain import Head, Row, verify
from tests.support.party import Party
from web.client import CommandRefused, RoomClient

PATIENCE_S = 60.0
"""How long a table may take to go on. What is promised is less, and measured by the benchmarks, where
the machine is quiet; here it only has to come, however slow the machine."""


class Watcher:
    """Reads all a client is told, and keeps what a player would see."""

    def __init__(self, client: RoomClient) -> None:
        self.client = client
        self.seen: set[str] = set()
        self.told: list[str] = []
        """Every hex that a message revealed; one twice is one too many."""
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._watch())

    async def until_seen(self, hexes: set[str]) -> None:
        """Wait until all of the hexes were seen."""
        async with asyncio.timeout(PATIENCE_S):
            while not hexes <= self.seen:
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        """Stop reading; raise what was wrong with anything read."""
        await _ended(self._task)

    async def _watch(self) -> None:
        self._take(self.client.state)
        async for message in self.client.messages():
            self._take(message)
            self._news.set()

    def _take(self, message: Any) -> None:
        match message.get("type"):
            case "session:state":
                assert self.seen <= set(message["revealedHexes"]), "what was seen is durable"
                self.seen = set(message["revealedHexes"])
            case "hex:revealed":
                new = message["hexKeys"]
                assert not self.seen & set(new), "nothing is revealed twice"
                self.seen |= set(new)
                self.told += new
            case _:
                pass


class Workload:
    """A DM who reveals one hex after the other, each under an id that is sent again if need be."""

    def __init__(self, dm: RoomClient, row: int = 0) -> None:
        self.done: list[str] = []
        self._dm = dm
        self._row = row
        self._q = 0
        self._news = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def go(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def some(self, count: int) -> None:
        """Wait until so many more are acknowledged."""
        target = len(self.done) + count
        async with asyncio.timeout(PATIENCE_S):
            while len(self.done) < target:
                assert self._running is not None
                assert not self._running.done(), self._running
                self._news.clear()
                await self._news.wait()

    async def stop(self) -> None:
        assert self._running is not None
        await _ended(self._running)

    async def _run(self) -> None:
        while True:
            key = f"{self._q},{self._row}"
            self._q += 1
            await self._dm.reveal([key])
            self.done.append(key)
            self._news.set()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()):
        raise error


async def refused(client: RoomClient, key: str) -> str:
    """Return the code with which one command is refused at once, without trying again."""
    client._patience_s, patience = 0.0, client._patience_s
    try:
        await client.reveal([key])
    except CommandRefused as refusal:
        return refusal.code
    finally:
        client._patience_s = patience
    return "ack"


def record_holds(database_url: str, party: Party, acknowledged: list[str]) -> None:
    """Check the record: chain whole, one writer at a time, each command once, nothing lost."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT campaign_id, version, session_id, event_type, user_id, role, command_id,"
            " command_digest, first_version, created_at, payload::text, hash, epoch"
            " FROM session_event WHERE campaign_id = %s ORDER BY version",
            (party.campaign,),
        ).fetchall()
    assert isinstance(verify(Row(*row[:-1]) for row in rows), Head)
    assert {row[0] for row in rows} == {UUID(party.campaign)}
    epochs = [row[-1] for row in rows]
    assert epochs == sorted(epochs), "a former owner wrote"
    ids = [(row[4], row[6]) for row in rows if row[6] is not None and row[1] == row[8]]
    assert len(ids) == len(set(ids)), "a command took effect twice"
    reveals = [row[10] for row in rows if row[3] == "hex_reveal"]
    assert len(reveals) == len(set(reveals)), "a hex was revealed twice"
    assert len(reveals) >= len(acknowledged), "something acknowledged is lost"
