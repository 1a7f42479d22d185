"""Faults of the record: answers to a commit that are lost, and a room whose rows were damaged by hand."""

import asyncio
import signal
import time
from collections.abc import Iterable
from typing import Final

import aiohttp
import psycopg

from tests.chaos.clients import NotHere, Violation
from tests.chaos.visitors import Host, acknowledged, answered
from tests.chaos.world import Node, World
from tests.support.tampering import tamper

LOST_ANSWERS: Final = 5
REFUSED_S: Final = 60.0


async def commit_answers_lost(world: World) -> None:
    """PostgreSQL commits, and the line breaks before a node hears of it, a few times."""
    lost = 0
    for _ in range(LOST_ANSWERS):
        node = world.chance.choice(world.nodes)
        before = node.database.lost
        node.database.lose_next_commit()
        for _ in range(40):
            await world.some_work(0.05)
            if node.database.lost > before:
                break
        node.database.keep_answers()
        lost += node.database.lost - before
    if not lost:
        raise NotHere("no node committed anything just then")


async def record_damaged(world: World) -> None:
    """A row of a campaign is changed by hand: that room is refused and named, the others go on."""
    host = Host(await _campaign(world), world.tables[0].writers[0].token)
    reveal = {"type": "hex:reveal", "id": "kept", "hexKeys": ["7,7"], "targets": "all"}
    node = world.chance.choice(world.urls())
    await acknowledged(lambda: host.sit(node), reveal)
    url = world.primary.url
    where = f"WHERE campaign_id = '{host.campaign}' AND event_type = 'hex_reveal'"
    payload = await asyncio.to_thread(_payload, url, where)
    await _kill(world.nodes)
    await asyncio.to_thread(_forget_saved_state, url, host.campaign)
    await asyncio.to_thread(_set_payload, url, where, '{"no":"such"}')
    await _start(world.nodes)
    await _expect_quarantine(world, host)
    await _kill(world.nodes)
    await asyncio.to_thread(_set_payload, url, where, payload)
    await _start(world.nodes)
    async with asyncio.timeout(REFUSED_S), host.seated(world.chance.choice(world.urls())):
        pass


async def _campaign(world: World) -> str:
    headers = {"Authorization": f"Bearer {world.tables[0].writers[0].token}"}
    where = f"{world.nodes[0].url}/api/campaigns"
    async with aiohttp.ClientSession(headers=headers) as http:
        made = await answered(lambda: http.post(where, json={"name": "The Ruin"}))
    return str(made["id"])


def _payload(url: str, where: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            f"SELECT payload::text FROM session_event {where}".encode()
        ).fetchone()
    assert row is not None
    return str(row[0])


def _forget_saved_state(url: str, campaign: str) -> None:
    """Have the room read its record: one that was saved after the row is as it was, and needs no row."""
    with psycopg.connect(url) as connection:
        connection.execute(f"DELETE FROM room_snapshot WHERE campaign_id = '{campaign}'".encode())


def _set_payload(url: str, where: str, payload: str) -> None:
    tamper(url, f"UPDATE session_event SET payload = '{payload}' {where}")


async def _kill(nodes: Iterable[Node]) -> None:
    # All of them, before the row is changed: a node that is left could save the room as it was.
    for node in nodes:
        node.signal(signal.SIGKILL)
        await node.process.ended()


async def _start(nodes: Iterable[Node]) -> None:
    for node in nodes:
        await node.start()


async def _expect_quarantine(world: World, host: Host) -> None:
    """Raise Violation where the damaged room is shown, or no node says which room it is."""
    until_s = time.monotonic() + REFUSED_S
    while True:
        for node in world.nodes:
            async with (
                aiohttp.ClientSession(headers=host.headers) as http,
                http.ws_connect(f"{node.url}/ws?campaignId={host.campaign}") as socket,
            ):
                async for frame in socket:
                    if frame.json()["type"] == "session:state":
                        raise Violation("G9: a room was shown whose record is damaged")
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{node.served_at}/healthz") as answer,
            ):
                if host.campaign in (await answer.json())["quarantined"]:
                    return
        if time.monotonic() > until_s:
            raise Violation("G9: no node names the room whose record is damaged")
        await world.some_work(0.2)
