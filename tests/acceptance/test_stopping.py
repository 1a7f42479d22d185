"""Stopping: by SIGTERM under load, and with the database away, in order and in time."""

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import aiohttp
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.acceptance.test_crashes import Sender, check, recorded
from tests.support.party import gather_party
from tests.support.processes import a_server
from web.server import LEAVE_AFTER_S

IN_TIME_S = 40
"""Ten seconds are promised; a server that would hang hangs for ever, and a slow machine is only late."""


async def test_sigterm_under_load_answers_what_was_accepted_and_closes_with_1001(
    database_url: str,
) -> None:
    async with a_server(database_url) as server:
        campaign = await gather_party(server.url, players=1)
        sender = Sender("a")
        playing = asyncio.create_task(sender.play(server.url, campaign, random.Random(1)))
        headers = {"Authorization": f"Bearer {campaign.players[0].token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(f"{server.url}/ws?campaignId={campaign.campaign}") as socket,
        ):
            reading = asyncio.create_task(read_to_the_end(socket))
            while len(sender.acked) < 50:  # noqa: ASYNC110  # the load is what is waited for
                await asyncio.sleep(0.001)
            async with asyncio.timeout(IN_TIME_S):
                assert await server.stop() == 0
            await reading
            assert socket.close_code == 1001
        with suppress(aiohttp.ClientError, ConnectionError, AssertionError):
            await playing
        check([sender], await recorded(database_url, campaign))


def test_a_server_leaves_within_the_ten_seconds_whatever_hangs() -> None:
    assert LEAVE_AFTER_S < 10


async def test_a_database_that_went_away_is_said_and_the_room_goes_on_when_it_is_back(
    database_url: str,
) -> None:
    async with a_server(database_url) as server:
        campaign = await gather_party(server.url, players=1)
        headers = {"Authorization": f"Bearer {campaign.dm.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(f"{server.url}/ws?campaignId={campaign.campaign}") as socket,
        ):
            for number in range(30):
                if number in (10, 20):
                    cut_connections(database_url)
                key = f"{number},0"
                await ask(socket, f"c{number}", "hex:reveal", hexKeys=[key], targets="all")
        commits = await recorded(database_url, campaign)
        ids = [str(commit.id) for commit in commits if commit.id]
        assert ids == [f"c{number}" for number in range(30)]


async def test_stopping_takes_no_longer_with_the_database_away(database_url: str) -> None:
    async with a_server(database_url, HEXROOM_SHUTDOWN_S="1") as server:
        campaign = await gather_party(server.url, players=1)
        headers = {"Authorization": f"Bearer {campaign.dm.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(f"{server.url}/ws?campaignId={campaign.campaign}") as socket,
        ):
            await socket.send_str('{"type":"ping"}')
            with refusing(database_url):
                reveal = {"type": "hex:reveal", "id": "x", "hexKeys": ["0,0"], "targets": "all"}
                await socket.send_str(json.dumps(reveal))
                async with asyncio.timeout(IN_TIME_S):
                    assert await server.stop() == 0


async def read_to_the_end(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass


async def ask(
    socket: aiohttp.ClientWebSocketResponse, id_: str, type_: str, **fields: object
) -> None:
    """Ask until it is acknowledged; only "unavailable" may come before."""
    while True:
        await socket.send_str(json.dumps({"type": type_, "id": id_, **fields}))
        while True:
            message = await socket.receive_json()
            if message["type"] in ("ack", "error"):
                break
        if message["type"] == "ack":
            assert message["id"] == id_
            return
        assert message["code"] == "unavailable", message
        await asyncio.sleep(0.05)


def cut_connections(database_url: str) -> None:
    """End all the server's connections, wherever they are in what they do."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def refusing(database_url: str) -> Iterator[None]:
    """Let nobody into the database, and end who is in it."""
    name = str(conninfo_to_dict(database_url)["dbname"])
    allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    with psycopg.connect(database_url, dbname="postgres", autocommit=True) as connection:
        connection.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        try:
            yield
        finally:
            connection.execute(allow.format(sql.Identifier(name), sql.SQL("true")))
