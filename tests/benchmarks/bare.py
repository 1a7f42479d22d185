"""The limit of a server: a socket that answers each command, and does nothing for it."""

import asyncio
import sys

import uvloop
from aiohttp import WSMsgType, web

from web.live.frames import header

ACK = b'{"type":"ack","id":"1","seq":1}'
STATE = '{"type":"session:state","seq":0}'


async def handle(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False, decode_text=False, heartbeat=15)
    await socket.prepare(request)
    await socket.send_str(STATE)
    assert request.transport is not None
    answer = header(len(ACK)) + ACK
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            request.transport.write(answer)
    return socket


async def main() -> None:
    app = web.Application()
    app.router.add_get("/ws", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"at http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
