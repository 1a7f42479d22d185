"""Faults of people: access that ends while somebody is connected, lines that go dead, and rubbish that is sent."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiohttp

from tests.chaos.cable import Cable
from tests.chaos.clients import Violation
from tests.chaos.visitors import TRY_LATER, Host, Visitor, until_closed, until_present
from tests.chaos.world import World
from tests.support.ports import free_port

ACCESS_S: Final = 5.0
PRESENCE_S: Final = 45.0
BUSY: Final = 3.0
"""How many times as long as promised something may take on a machine that does all of this at once."""
ENDED: Final = (4001, 4003)

RUBBISH: Final[tuple[str | bytes, ...]] = (
    "",
    "{",
    "null",
    "[" * 3000,
    "NaN",
    '{"type":"nothing:known","id":"r"}',
    '{"type":"hex:reveal","id":"r","hexKeys":["1e9,0"],"targets":"all"}',
    '{"type":"hex:reveal","id":"r","hexKeys":[],"targets":"all"}',
    '{"type":"hex:reveal","id":"r","hexKeys":["0,0"],"targets":{"playerIds":["\\u0000"]}}',
    '{"type":"member:set","id":"r","user":"x","name":"X","role":"dm"}',
    '{"type":"room:open","id":"r","name":"Mine"}',
    '{"type":"staged:undo","id":"r","index":1000000}',
    '{"type":"broadcast:publish","id":"r","changeIds":["999999999"]}',
    '{"type":"note:delete","id":"r","noteId":"\\ud800"}',
    '{"type":"token:move","id":"r","tokenId":"none","toHexKey":"0,0"}',
    '{"type":"history:undo","id":"r","version":999999999}',
    '{"type":"hex:reveal","id":{},"hexKeys":true}',
    b"\x00\xff",
)
"""Nothing of it may take effect, whoever sends it."""


def _host(world: World) -> Host:
    table = world.chance.choice(world.tables)
    return Host(table.id, table.writers[0].token)


async def member_removed(world: World) -> None:
    """A DM removes a member who is connected to another node."""
    host = _host(world)

    async def remove(visitor: Visitor) -> None:
        await host.call("DELETE", world.chance.choice(world.urls()), f"/members/{visitor.id}")

    await _access_ends(world, host, remove)


async def signed_out(world: World) -> None:
    """Somebody signs out at one node while they are connected to another."""
    await _access_ends(
        world, _host(world), lambda visitor: visitor.sign_out(world.chance.choice(world.urls()))
    )


async def _access_ends(world: World, host: Host, end: Callable[[Visitor], Awaitable[None]]) -> None:
    async with host.visited(world.chance.choice(world.urls()), world.chance) as visitor:
        async with visitor.seated(world.chance.choice(world.urls())) as socket:
            began = time.monotonic()
            await end(visitor)
            try:
                code = await asyncio.wait_for(until_closed(socket), BUSY * ACCESS_S)
            except TimeoutError:
                raise Violation("G15: a connection outlived its access") from None
        world.took("access ended, connection closed", time.monotonic() - began)
        codes = [await visitor.code_at(url) for url in world.urls()]
        # A node may have put the connection off in that moment; where it comes back it is refused.
        for closed in codes if code == TRY_LATER else (code, *codes):
            if closed not in ENDED:
                raise Violation(f"G15: closed with {closed} after access had ended")


async def player_gone_dead(world: World) -> None:
    """A player's line carries nothing any more and nobody is told; the others see them leave."""
    host, node = _host(world), world.chance.choice(world.nodes)
    line, port = Cable(node.clients.to), free_port()
    await line.lay(("127.0.0.1", port))
    try:
        async with (
            host.visited(world.chance.choice(world.urls()), world.chance) as visitor,
            visitor.seated(f"http://127.0.0.1:{port}"),
        ):
            watched_at = world.chance.choice(world.urls())
            came = until_present(lambda: host.sit(watched_at), visitor.id, present=True)
            try:
                await asyncio.wait_for(came, PRESENCE_S)
            except TimeoutError:
                raise Violation("G16: who came was not shown as present") from None
            line.hold()
            began = time.monotonic()
            left = until_present(lambda: host.sit(watched_at), visitor.id, present=False)
            try:
                await asyncio.wait_for(left, PRESENCE_S)
            except TimeoutError:
                raise Violation("G16: a dead connection was shown as present") from None
            world.took("line dead, shown as away", time.monotonic() - began)
            line.cut()
    finally:
        await line.take_away()


async def rubbish_sent(world: World) -> None:
    """A guest and a DM send what is no command, or must not take effect, at nodes of their own."""
    host = _host(world)
    async with host.visited(world.chance.choice(world.urls()), world.chance) as visitor:
        await _send_rubbish(world, visitor.sit)
    await _send_rubbish(world, host.seated)


async def _send_rubbish(world: World, sit: Callable[[str], Any]) -> None:
    for _ in range(5):
        async with sit(world.chance.choice(world.urls())) as socket:
            for _ in range(12):
                rubbish = world.chance.choice(RUBBISH)
                try:
                    await _send(socket, rubbish)
                    if await _effect(socket):
                        raise Violation(f"G9: {rubbish!r} took effect")
                except ConnectionError:
                    break  # Who goes on sending rubbish is closed.


async def _send(socket: aiohttp.ClientWebSocketResponse, frame: str | bytes) -> None:
    await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
    await socket.send_str('{"type":"ping"}')


async def _effect(socket: aiohttp.ClientWebSocketResponse) -> bool:
    """Return whether what was sent last was carried out; raise Violation for a fault of the server's."""
    done = False
    async for frame in socket:
        message = frame.json()
        match message["type"]:
            case "pong":
                return done
            case "ack":
                done = True
            case "error" if message["code"] == "internal":
                raise Violation(f"G9: a fault of the server's: {message}")
            case _:
                pass
    raise ConnectionError
