"""One DM who reveals and hides as many hexes as a command may, from another process.

Reads what to do as JSON from its first argument, prints ``up`` once it is connected and, when it is
done, how many seconds each answer took.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

COMMANDS = 16


@asynccontextmanager
async def a_socket(
    port: int, member: dict[str, str]
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Yield a socket of the member that has been told the state."""
    url = f"http://127.0.0.1:{port}/ws?campaignId={member['campaign']}"
    headers = {"Authorization": f"Bearer {member['token']}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.ws_connect(url, max_msg_size=0) as socket,
    ):
        while not (await socket.receive_str()).startswith('{"type":"session:state"'):
            pass
        yield socket


async def does_its_worst(port: int, member: dict[str, str], hexes: int) -> list[float]:
    """Return how long each answer took."""
    fields: dict[str, Any] = {"hexKeys": [f"{n % 250},{n // 250}" for n in range(hexes)]}
    took = []
    async with a_socket(port, member) as socket:
        print("up", flush=True)
        for number in range(COMMANDS):
            kind = ("hex:reveal", "hex:hide")[number % 2]
            text = json.dumps({"type": kind, "id": str(number), "targets": "all", **fields})
            begun = time.perf_counter()
            await socket.send_str(text)
            while not (await socket.receive_str()).startswith('{"type":"ack"'):
                pass
            took.append(time.perf_counter() - begun)
    return took


if __name__ == "__main__":
    print(json.dumps(asyncio.run(does_its_worst(**json.loads(sys.argv[1])))))
