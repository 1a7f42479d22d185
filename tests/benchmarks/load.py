"""Load from another process: raw sockets at a server, a window of commands each, or a fixed rate.

Reads what to do as JSON from its first line of input, prints ``up`` once all are connected and, when it
is done, one JSON object with what it saw.
"""

import asyncio
import base64
import itertools
import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

WARM_S = 1.0
BACK_S = 0.1
"""How soon somebody whose connection was lost comes back."""


@dataclass
class Plan:
    """What to do."""

    port: int
    members: list[dict[str, str]]
    """Campaign, token and role of each connection; players also have the token they move."""
    window: int = 4
    """Commands under way for each connection; without a rate."""
    rate: int = 0
    """Commands a second of all together; 0: as many as the windows allow."""
    seconds: float = 4.0
    only_dms: bool = False
    """Whether the players only listen."""


@dataclass
class Seen:
    up: int = 0
    frames: int = 0
    received: int = 0
    latencies: list[float] = field(default_factory=list)
    errors: int = 0


def commands(member: dict[str, str]) -> Iterator[bytes]:
    """Yield what the member does over and over: a DM shows and hides, a player walks to and fro.

    All but perhaps the first changes something, whatever another load did before.
    """
    run = os.urandom(4).hex().encode()
    if member["role"] == "dm":
        for number in itertools.count():
            q = number // 2 % 280
            type_ = b"hex:hide" if number % 2 else b"hex:reveal"
            yield (
                b'{"type":"%b","id":"%b%d","hexKeys":["%d,2","%d,3","%d,4"],"targets":"all"}'
                % (type_, run, number, q, q, q)
            )
    for number in itertools.count():
        yield b'{"type":"token:move","id":"%b%d","tokenId":"%b","toHexKey":"%d,0"}' % (
            run,
            number,
            member["moves"].encode(),
            1 - number % 2,
        )


def masked(payload: bytes) -> bytes:
    """Return a client's text frame; its mask is zero, which is allowed and costs nothing."""
    if len(payload) < 126:
        return bytes((0x81, 0x80 | len(payload))) + b"\0\0\0\0" + payload
    return b"\x81\xfe" + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload


class Client(asyncio.Protocol):
    """One connection. Who is sent away, as when a room goes to another worker, comes back."""

    def __init__(self, plan: Plan, member: dict[str, str], seen: Seen) -> None:
        self._plan, self._member, self._seen = plan, member, seen
        self._commands = commands(member)
        self._sent: deque[float] = deque()
        self._tail = b""
        self._comings: list[asyncio.Task[None]] = []
        self._greeted = self._was_greeted = False
        self._acting = self.stopped = False
        self.talks = member["role"] == "dm" or not plan.only_dms

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /ws?campaignId={self._member['campaign']} HTTP/1.1\r\nHost: bench\r\n"
            f"Authorization: Bearer {self._member['token']}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def connection_lost(self, error: Exception | None) -> None:
        self._greeted, self._tail = False, b""
        self._sent.clear()
        if not self.stopped:
            loop = asyncio.get_running_loop()
            loop.call_later(BACK_S, lambda: self._comings.append(loop.create_task(self.connect())))

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, "127.0.0.1", self._plan.port)

    def act(self) -> None:
        """Have a window of commands under way from now on."""
        self._acting = True
        if self._greeted:
            self._fill()

    def _fill(self) -> None:
        for _ in range(self._plan.window if self.talks else 0):
            self.go()

    def go(self) -> None:
        if not self._greeted:
            return
        self._sent.append(time.perf_counter())
        self._transport.write(masked(next(self._commands)))

    def data_received(self, data: bytes) -> None:
        seen = self._seen
        seen.received += len(data)
        data = self._tail + data
        if not self._greeted and b'"session:state"' in data:
            self._greeted = True
            seen.up += not self._was_greeted
            self._was_greeted = True
            if self._acting:
                self._fill()
        # By marks, not by frames: a load that parses measures itself.
        answers = data.count(b'"type":"ack"')
        errors = data.count(b'"type":"error"')
        seen.errors += errors
        seen.frames += data.count(b'{"type":')
        cut = data.rfind(b"}")
        self._tail = data[cut + 1 :] if cut >= 0 else data[-64:]
        now = time.perf_counter()
        for _ in range(answers):
            seen.latencies.append(now - self._sent.popleft())
        # What refuses a connection answers no command.
        refused = min(errors, len(self._sent))
        for _ in range(refused):
            self._sent.popleft()
        if not self._plan.rate and not self.stopped:
            for _ in range(answers + refused):
                self.go()


async def run(plan: Plan) -> dict[str, float]:
    seen = Seen()
    begun = time.perf_counter()
    clients = [Client(plan, member, seen) for member in plan.members]
    await asyncio.gather(*(client.connect() for client in clients))
    while seen.up < len(clients):  # noqa: ASYNC110  # a benchmark may
        await asyncio.sleep(0.005)
    connect_s = time.perf_counter() - begun
    await asyncio.sleep(0.2)
    seen.errors = 0
    print("up", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    if plan.rate:
        begun = await at_a_rate(plan, clients, seen)
    else:
        for client in clients:
            client.act()
        await asyncio.sleep(WARM_S)
        print("warm", flush=True)
        seen.latencies.clear()
        seen.frames, begun = 0, time.perf_counter()
        await asyncio.sleep(plan.seconds)
    took, latencies = time.perf_counter() - begun, sorted(seen.latencies)
    for client in clients:
        client.stopped = True
    return {
        "commands": len(latencies),
        "seconds": took,
        "frames": seen.frames,
        "errors": seen.errors,
        "connect_s": connect_s,
        "p50": latencies[len(latencies) // 2] if latencies else 0.0,
        "p99": latencies[len(latencies) * 99 // 100] if latencies else 0.0,
    }


async def at_a_rate(plan: Plan, clients: list[Client], seen: Seen) -> float:
    start, sent, warm = time.perf_counter(), 0, False
    begun = start
    talking = [client for client in clients if client.talks]
    while (passed := time.perf_counter() - start) < plan.seconds + WARM_S:
        while sent < passed * plan.rate:
            talking[sent * 7919 % len(talking)].go()
            sent += 1
        if not warm and passed > WARM_S:
            warm, begun = True, time.perf_counter()
            print("warm", flush=True)
            seen.latencies.clear()
            seen.frames = 0
        # Not less: uvloop makes nothing of half a millisecond, and the load would take a core.
        await asyncio.sleep(0.001)
    return begun


if __name__ == "__main__":
    import uvloop

    print(json.dumps(uvloop.run(run(Plan(**json.loads(sys.stdin.readline()))))), flush=True)
