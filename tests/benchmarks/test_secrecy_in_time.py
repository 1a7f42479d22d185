"""Whether a player can tell by their pings what the DM does: the same load, in secret or for all to see."""

import asyncio
import itertools
import json
import random
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import chain
from typing import Any, Final

import aiohttp
import pytest

from tests.benchmarks.conftest import Show
from tests.benchmarks.distinguishable import told_apart
from tests.benchmarks.served import a_database, a_server
from tests.benchmarks.worst import a_socket

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

BLOCKS, BLOCK_S, RATE = 60, 0.4, 40
"""Blocks of each load, in an order by chance, and how many commands a second the DM sends."""
LIMIT: Final = 0.05
"""How far from ½ the area under the curve may be, past what chance gives."""


@pytest.fixture
def database() -> Iterator[str]:
    with a_database() as url:
        yield url


def shown_to(targets: Any, run: str) -> Iterator[str]:
    """Yield commands that show and hide three hexes, over and over; the run is part of their ids."""
    for number in itertools.count():
        q = number // 2 % 250
        kind = ("hex:reveal", "hex:hide")[number % 2]
        keys = [f"{q},{r}" for r in (2, 3, 4)]
        yield json.dumps(
            {"type": kind, "id": f"{run}{number}", "hexKeys": keys, "targets": targets}
        )


def notes() -> Iterator[str]:
    """Yield commands that write a note for DMs alone, over and over."""
    for number in itertools.count():
        note = {"id": "n", "kind": "lore", "title": f"Draft {number}", "audience": "dm"}
        yield json.dumps({"type": "note:set", "id": f"n{number}", "hexKey": "5,5", "note": note})


async def pinged(socket: aiohttp.ClientWebSocketResponse, until: float) -> list[float]:
    """Return how long pings of a player took, up to a moment."""
    took = []
    while time.perf_counter() < until:
        begun = time.perf_counter()
        await socket.send_str('{"type":"ping"}')
        while (await socket.receive_str()) != '{"type":"pong"}':
            pass
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(0.004)
    return took


async def loaded(
    socket: aiohttp.ClientWebSocketResponse, commands: Iterator[str], until: float
) -> None:
    """Send commands at the rate, up to a moment."""
    for number in itertools.count():
        if time.perf_counter() > until:
            return
        await socket.send_str(next(commands))
        await asyncio.sleep(max(0.0, until - BLOCK_S + (number + 1) / RATE - time.perf_counter()))


async def drained(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Read what a DM is told; fail at the first command that was not carried out."""
    async for frame in socket:
        assert not frame.data.startswith('{"type":"error"'), frame.data


async def test_a_players_pings_do_not_tell_secret_work_from_public(
    database: str, show: Show
) -> None:
    with ThreadPoolExecutor(1) as aside, ExitStack() as stack:
        starting = partial(a_server, database, pinned=False, rooms=1, players=2)
        server = await asyncio.get_running_loop().run_in_executor(
            aside, lambda: stack.enter_context(starting())
        )
        dm, watching, other = server.members
        # The second shows what is told of two loads that are the same.
        loads = {
            "public": shown_to("all", "p"),
            "public again": shown_to("all", "q"),
            "for another player": shown_to({"playerIds": [other["user"]]}, "o"),
            "notes for DMs": notes(),
        }
        timed: dict[str, list[list[float]]] = {name: [] for name in loads}
        order = [*loads] * BLOCKS
        random.Random(7).shuffle(order)
        async with a_socket(server.port, dm) as sends, a_socket(server.port, watching) as player:
            draining = asyncio.create_task(drained(sends))
            for name in [*loads, *order]:
                until = time.perf_counter() + BLOCK_S
                took, _ = await asyncio.gather(
                    pinged(player, until), loaded(sends, loads[name], until)
                )
                timed[name].append(took)
                if draining.done():
                    draining.result()
            draining.cancel()
    public = timed.pop("public")[1:]  # The first of each is for warming up.
    quartiles = [round(each * 1e3, 2) for each in statistics.quantiles(chain(*public), n=4)]
    print(f"\npings while the work was public, quartiles: {quartiles} ms")
    for name, blocks in timed.items():
        told = told_apart(public, blocks[1:])
        how = f"telling {name} from public by a ping"
        show(f"{how}, area under the curve", told.auc, "", "½")
        show(f"{how}, by chance up to", 0.5 + told.band, "", "")
        show(f"{how}, past chance", told.beyond_chance, "", f"≤ {LIMIT}")
        assert told.beyond_chance <= LIMIT, name
