"""DirectSocket on a real connection: what is handed over, when, and what stays aiohttp's.

These hold aiohttp to what the class overrides of it; a new version of it that fails here needs
web/live/websocket.py read again.
"""

import asyncio
import logging
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.http import WebSocketReader
from aiohttp.test_utils import TestServer

from web.live.websocket import DirectSocket

MOST = 1_000
TEXT, BINARY, CLOSE, PING, PONG, MORE = 1, 2, 8, 9, 10, 0


def frame(opcode: int, payload: bytes, *, fin: bool = True, rsv1: bool = False) -> bytes:
    """Return a client's frame; its mask is not zero."""
    mask, size = b"\x01\x02\x03\x04", len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return bytes([fin << 7 | rsv1 << 6 | opcode]) + length + mask + masked


class Peer:
    """A client that writes bytes and reads whole frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, *frames: bytes) -> None:
        """Send all in one write."""
        self._writer.write(b"".join(frames))

    async def next(self) -> tuple[int, bytes]:
        """Return the opcode and payload of the next frame."""
        first, second = await self._reader.readexactly(2)
        assert second < 126
        return first & 0xF, await self._reader.readexactly(second)

    async def close_code(self) -> int:
        """Return the code of the close frame that comes next."""
        opcode, payload = await self.next()
        assert opcode == CLOSE
        return int(struct.unpack(">H", payload[:2])[0])

    def gone(self) -> None:
        self._writer.close()


Serve = Callable[[DirectSocket], Awaitable[None]]


@asynccontextmanager
async def connected(serve: Serve) -> AsyncIterator[Peer]:
    """Yield a client of a socket that is served so."""

    async def handle(request: web.Request) -> web.StreamResponse:
        socket = DirectSocket(timeout=1.0, heartbeat=30.0, max_msg_size=MOST + 1)
        await socket.prepare(request)
        await serve(socket)
        return socket

    app = web.Application()
    app.router.add_get("/ws", handle)
    async with TestServer(app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head
        assert b"permessage-deflate" not in head
        yield Peer(reader, writer)
        writer.close()


class Taken:
    """What a socket was handed, and when it ended."""

    def __init__(self) -> None:
        self.messages: list[bytes | None] = []
        self.inside: list[str] = []
        self.ended = asyncio.Event()

    def take(self, data: bytes | None) -> None:
        self.messages.append(data)
        task = asyncio.current_task()
        self.inside.append("no task" if task is None else task.get_name())

    async def serve(self, socket: DirectSocket) -> None:
        try:
            await socket.each(self.take)
        finally:
            self.ended.set()


@pytest.fixture
def taken() -> Taken:
    return Taken()


async def answered(peer: Peer) -> None:
    """Wait until all that was sent is taken."""
    peer.send(frame(PING, b"?"))
    assert await peer.next() == (PONG, b"?")


async def test_messages_are_taken_in_order_without_a_task(taken: Taken) -> None:
    async with connected(taken.serve) as peer:
        await answered(peer)
        peer.send(frame(TEXT, b"a"), frame(BINARY, b"b"), frame(TEXT, b"c"))
        await answered(peer)
    assert taken.messages == [b"a", None, b"c"]
    assert taken.inside == ["no task"] * 3, "aiohttp queues them again"


async def test_what_came_before_is_taken_first(taken: Taken) -> None:
    opened = asyncio.Event()

    async def late(socket: DirectSocket) -> None:
        await opened.wait()
        await taken.serve(socket)

    async with connected(late) as peer:
        peer.send(frame(TEXT, b"1"), frame(PING, b""), frame(TEXT, b"2"))
        await asyncio.sleep(0)
        opened.set()
        assert await peer.next() == (PONG, b"")
        peer.send(frame(TEXT, b"3"))
        await answered(peer)
    assert taken.messages == [b"1", b"2", b"3"]


async def test_a_fragmented_message_is_taken_whole_and_a_ping_may_come_between(
    taken: Taken,
) -> None:
    async with connected(taken.serve) as peer:
        peer.send(frame(TEXT, b"one, ", fin=False), frame(MORE, b"two, ", fin=False))
        await answered(peer)
        assert taken.messages == []
        peer.send(frame(MORE, b"three"))
        await answered(peer)
    assert taken.messages == [b"one, two, three"]


async def test_a_frame_cut_anywhere_is_taken_whole(taken: Taken) -> None:
    whole = frame(TEXT, b"x" * 300)
    async with connected(taken.serve) as peer:
        for cut in (1, 2, 3, 5, 8, 9, 200):
            peer.send(whole[:cut])
            await asyncio.sleep(0)
            peer.send(whole[cut:])
            await answered(peer)
    assert taken.messages == [b"x" * 300] * 7


async def test_a_compressed_frame_that_nobody_agreed_to_is_a_protocol_error(taken: Taken) -> None:
    async with connected(taken.serve) as peer:
        peer.send(frame(TEXT, b"\xaaV*\x01\x00", rsv1=True))
        assert await peer.close_code() == 1002
    assert taken.messages == []


async def test_a_message_of_exactly_the_limit_is_taken_and_one_byte_more_closes(
    taken: Taken,
) -> None:
    async with connected(taken.serve) as peer:
        peer.send(frame(TEXT, b"x" * MOST))
        await answered(peer)
        peer.send(frame(TEXT, b"x" * (MOST + 1)))
        assert await peer.close_code() == 1009
    assert taken.messages == [b"x" * MOST]


async def test_a_close_is_answered_and_ends_it(taken: Taken) -> None:
    async with connected(taken.serve) as peer:
        peer.send(frame(TEXT, b"last"), frame(CLOSE, struct.pack(">H", 1000)))
        assert await peer.close_code() == 1000
        await taken.ended.wait()
    assert taken.messages == [b"last"]


async def test_a_client_that_is_gone_ends_it(taken: Taken) -> None:
    async with connected(taken.serve) as peer:
        await answered(peer)
        peer.gone()
        await taken.ended.wait()


async def test_a_message_that_cannot_be_taken_is_logged_and_closes_this_socket(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[bytes | None] = []

    def take(data: bytes | None) -> None:
        seen.append(data)
        raise LookupError("a fault of ours")

    async def serve(socket: DirectSocket) -> None:
        await socket.each(take)

    async with connected(serve) as peer:
        await answered(peer)
        with caplog.at_level(logging.ERROR, "web.live.websocket"):
            peer.send(frame(TEXT, b"1"), frame(TEXT, b"2"))
            assert await peer.close_code() in (1000, 1006, 1011)
    assert seen == [b"1"]
    assert "cannot be taken" in caplog.text


def test_the_parser_is_the_compiled_one() -> None:
    assert WebSocketReader.__module__ == "aiohttp._websocket.reader_c"
