"""Figures of the whole server, beside what its parts give bare: load comes from another process."""

import asyncio
import json
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from urllib.request import urlopen

import psycopg
import pytest

from actors.delivery.viewer_streams import ViewerStream
from actors.runtime.clock import SystemClock
from actors.runtime.metrics import Meters
from events.core.features.hexes import RevealHexes
from events.geometry.grid import Hex
from tests.benchmarks.conftest import Show
from tests.benchmarks.served import Served, a_bare_server, a_database, a_server
from tests.benchmarks.worst import a_socket
from tests.support.actor_table import a_table
from tests.support.given import ANN
from web.live.connection import Connection, Flusher, SendLimits
from web.live.frames import header

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

IDLE = 500
BATCH, BATCHES = 10, 2_000


@pytest.fixture
def database() -> Iterator[str]:
    with a_database() as url:
        yield url


def test_commands_of_twenty_rooms_in_a_closed_loop(database: str, show: Show) -> None:
    with a_server(database, pinned=True) as server:
        ours = server.load(pinned=True, window=4)
        with a_bare_server(server.members, pinned=True) as bare:
            limit = bare.load(pinned=True, window=4)
    assert not ours["errors"]
    show("a command, 20 rooms of 1 + 5", ours["cpu_us"], "µs", "≤ 30", limit["cpu_us"], "bare ack")
    rate, most = ours["commands"] / ours["seconds"], limit["commands"] / limit["seconds"]
    show("commands, all durable", rate, "/s", "≥ 30 000", most, "bare ack")


def test_commands_before_two_hundred(database: str, show: Show) -> None:
    """A DM has four commands under way; two hundred people are told of each."""
    with a_server(database, pinned=True, rooms=1, players=199) as server:
        ours = server.load(pinned=True, window=4, only_dms=True)
    assert not ours["errors"]
    show("commands, 1 x 200, four under way", ours["commands"] / ours["seconds"], "/s", "≥ 1 000")
    show("a message of these, CPU", ours["cpu_us"] * ours["commands"] / ours["frames"], "µs", "")


def test_one_command_at_a_time(database: str, show: Show) -> None:
    """A DM reveals, hides and waits for each answer while five players listen."""
    with a_server(database, pinned=False, rooms=1) as server:
        ours = server.load(pinned=False, window=1, only_dms=True)
        with a_bare_server(server.members, pinned=False) as bare:
            limit = bare.load(pinned=False, window=1, only_dms=True)
        floor = 1e3 * limit["p50"] + bare_commit_ms(database)
    of = "bare ack + bare commit"
    show("one command at a time, p50", ours["p50"] * 1e3, "ms", "limit + 0.2", floor, of)
    show("one command at a time, p99", ours["p99"] * 1e3, "ms", "≤ 1.5")
    show("one command at a time, CPU", ours["cpu_us"], "µs", "≤ 275", limit["cpu_us"], "bare ack")


def bare_commit_ms(database: str) -> float:
    """Return the median time of a commit of one small row."""
    took = []
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (n bigint)")
        for number in range(500):
            begun = time.perf_counter()
            connection.execute("INSERT INTO bare VALUES (%s)", (number,), prepare=True)
            took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1e3


@pytest.mark.parametrize(("rooms", "players"), [(80, 4), (4, 199)])
def test_connects_at_once(database: str, show: Show, rooms: int, players: int) -> None:
    with a_server(database, pinned=True, rooms=rooms, players=players) as server:
        ours = server.connect(pinned=True)
        of = len(server.members)
    what = f"connects of {rooms} x {players + 1} at once"
    show(what, of / ours["connect_s"], "/s", "≥ 1 000")
    show(f"{what}, each", ours["cpu_us"], "µs", "≤ 1 000")


def test_commands_while_crowds_connect(database: str, show: Show) -> None:
    """A DM acts in one room while four others of 160 people fill, over and over."""
    with a_server(database, pinned=True, rooms=5, players=159) as server:
        table = replace(server, members=server.members[:6])
        crowd = server.members[160:]
        calm = table.load(pinned=True, window=1, only_dms=True)
        with ThreadPoolExecutor(1) as pool:
            playing = pool.submit(table.load, pinned=True, window=1, only_dms=True)
            while not playing.done():
                server.load_of(crowd, pinned=True)
        stormy = playing.result()
        lag_s = _loop_lag_s(server)
    show("the loop is late while 640 connect, p99 at most", lag_s * 1e3, "ms", "≤ 20")
    show("one command at a time, p99", calm["p99"] * 1e3, "ms", "≤ 1.5")
    show(
        "the same while 640 connect",
        stormy["p99"] * 1e3,
        "ms",
        "as calm",
        calm["p99"] * 1e3,
        "calm",
    )


def test_two_workers_beside_one(database: str, show: Show) -> None:
    """Load and PostgreSQL share the cores with the workers: what is left over is less than two."""
    rates = []
    for workers in (1, 2):
        with a_server(database, pinned=False, workers=workers) as server:
            server.load(pinned=False, window=4)  # Rooms find their workers meanwhile.
            saw = server.load(pinned=False, window=4)
        assert not saw["errors"]
        rates.append(saw["commands"] / saw["seconds"])
    show("two workers on two cores beside one", rates[1] / rates[0], "x", "≥ 1.7")


def _loop_lag_s(server: Served) -> float:
    """Return the bound, of those of the metric, below which 99 of 100 turns of the loop were late."""
    with urlopen(f"http://127.0.0.1:{server.port}/metrics") as metrics:
        lags = re.findall(
            r'hexroom_loop_lag_seconds_bucket{le="([^"]+)"} ([\d.]+)', metrics.read().decode()
        )
    late = [(float(bound), float(count)) for bound, count in lags]
    most = late[-1][1]
    return next(bound for bound, count in late if count >= 0.99 * most)


def test_the_loops_lag_under_load(database: str, show: Show) -> None:
    with a_server(database, pinned=False) as server:
        server.load(pinned=False, rate=400)
        lag_s = _loop_lag_s(server)
    show("the loop is late at 400/s, p99 at most", lag_s * 1e3, "ms", "≤ 20")


def test_latency_at_two_thousand_commands_a_second(database: str, show: Show) -> None:
    with a_server(database, pinned=False) as server:
        ours = server.load(pinned=False, rate=2_000)
        with a_bare_server(server.members, pinned=False) as bare:
            limit = bare.load(pinned=False, rate=2_000)
    for name, budget in (("p50", "≤ 0.6"), ("p99", "≤ 3")):
        of = limit[name] * 1e3
        show(f"latency at 2 000/s, {name}", ours[name] * 1e3, "ms", budget, of, "bare ack")


def test_an_idle_connection(database: str, show: Show) -> None:
    with a_server(database, pinned=False, rooms=1, HEXROOM_SOCKETS_PER_MEMBER="1000") as server:
        ours = server.idle(IDLE)
        with a_bare_server(server.members, pinned=False) as bare:
            limit = bare.idle(IDLE)
    show("an idle connection", ours / 1024, "KiB", "≤ 20", limit / 1024, "bare aiohttp")


async def test_one_message_to_one_client(show: Show) -> None:
    """Ten messages joined, numbered and framed, beside one write of the ten frames made before."""
    body = b'{"type":"hex:revealed","hexKeys":["0,0","1,0"],"terrain":[],"tier":"full"'
    frame = header(len(body) + 10) + body + b',"seq":123}'
    async with a_pipe() as transport:
        connection = Connection(
            transport, Flusher(), SendLimits(2**40, 2**40), SystemClock(), Meters()
        )
        stream = ViewerStream(ANN, "token", readers={connection: ANN.user})
        ours = limit = 1e9
        for _ in range(5):
            begun = time.process_time()
            for _ in range(BATCHES):
                stream.take([body] * BATCH, bytes)
                connection.flush()
                await drained(transport)
            ours = min(ours, time.process_time() - begun)
            begun = time.process_time()
            for _ in range(BATCHES):
                transport.write(b"".join([frame] * BATCH))
                await drained(transport)
            limit = min(limit, time.process_time() - begun)
    count = BATCH * BATCHES / 1e6
    show(
        "a message to a client, by ten", ours / count, "µs", "≤ 1.3 x", limit / count, "bare write"
    )


async def test_a_command_costs_the_same_in_an_old_room_and_among_many(show: Show) -> None:
    young = await cost_of_a_command(before=0)
    old = await cost_of_a_command(before=20_000)
    show("a command after 20 000 events", old, "µs", "as before", young, "after none")


async def cost_of_a_command(before: int) -> float:
    async with a_table() as table:
        for number in range(before):
            table.post(show_hex(number))
            if number % 200 == 199:
                await table.settled()
        await table.settled()
        best = 1e9
        for round_ in range(5):
            begun = time.process_time()
            for number in range(200):
                table.post(show_hex(100_000 + 200 * round_ + number))
            await table.settled()
            best = min(best, (time.process_time() - begun) / 200 * 1e6)
        assert {"ok"} == set(table.outcomes())
        return best


def show_hex(number: int) -> RevealHexes:
    return RevealHexes(hex_keys=(Hex(number % 300, number // 300),), targets="all")


@asynccontextmanager
async def a_pipe() -> AsyncIterator[asyncio.Transport]:
    """Yield a transport whose other end another process reads."""
    near, far = socket.socketpair()
    reading = await asyncio.create_subprocess_exec(
        "cat", stdin=far.fileno(), stdout=subprocess.DEVNULL
    )
    far.close()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=near)
    try:
        yield transport
    finally:
        transport.close()
        await reading.wait()


async def drained(transport: asyncio.Transport) -> None:
    while transport.get_write_buffer_size():  # noqa: ASYNC110  # it is about the buffer
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("hexes", [20_000, 50_000])
async def test_a_ping_while_another_room_does_its_worst(
    database: str, show: Show, hexes: int
) -> None:
    """One DM, in another process, reveals and hides as much as a command may; another one's pings are timed."""
    with ThreadPoolExecutor(1) as aside, ExitStack() as stack:
        starting = partial(a_server, database, pinned=False, rooms=2, players=1)
        server = await asyncio.get_running_loop().run_in_executor(
            aside, lambda: stack.enter_context(starting())
        )
        busy, other = [member for member in server.members if member["role"] == "dm"]
        what = json.dumps({"port": server.port, "member": busy, "hexes": hexes})
        worst = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.benchmarks.worst", what, stdout=asyncio.subprocess.PIPE
        )
        assert worst.stdout is not None
        async with a_socket(server.port, other) as socket:
            assert await worst.stdout.readline() == b"up\n"
            took: list[float] = []
            answered = asyncio.create_task(worst.communicate())
            while not answered.done():
                begun = time.perf_counter()
                await socket.send_str('{"type":"ping"}')
                await socket.receive()
                took.append(time.perf_counter() - begun)
                await asyncio.sleep(0.005)
            each = json.loads((await answered)[0])
    took.sort()
    name = f"while another room turns {hexes:,} hexes"
    show(f"a ping {name}, p50", took[len(took) // 2] * 1e3, "ms", "")
    show(f"a ping {name}, p99", took[len(took) * 99 // 100] * 1e3, "ms", "≤ 25")
    show(f"a ping {name}, slowest of {len(took)}", took[-1] * 1e3, "ms", "")
    show(f"such a command, {hexes:,} hexes", statistics.median(each) * 1e3, "ms", "")
