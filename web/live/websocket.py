"""DirectSocket: aiohttp's websocket, whose messages go to a function as they are parsed.

aiohttp queues each message and wakes the task that receives it, which costs a turn of the loop.
Here text and binary messages are handed over in the transport's own callback. Pings, pongs, closes,
errors and the heartbeat stay aiohttp's.

This overrides a public method of the queue and a private one of the response, `_post_start`, to use
that queue: setup.cfg holds aiohttp to the minor version that it was written for, and
tests/web/live/test_websocket.py fails where another one behaves otherwise.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

from aiohttp import WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http import WebSocketReader, WebSocketWriter

logger = logging.getLogger(__name__)

QUEUE_BYTES: Final = 64 * 1024
"""What may wait before the socket takes messages; with twice as much, reading pauses."""

Take: TypeAlias = Callable[[bytes | None], None]
"""Takes the bytes of a text message, None for a binary one."""


class DirectQueue(WebSocketDataQueue):
    """Hands messages to a function, once it has one. Control frames, and messages before, are kept."""

    __slots__ = ("heard_at", "kept", "take")

    take: Take | None
    kept: int
    """Messages that came before there was a function."""
    heard_at: float
    """When anything came last, a pong too; seconds of the loop's clock."""

    def __init__(
        self, protocol: web.RequestHandler, limit: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(protocol, limit, loop=loop)
        self.take, self.kept, self.heard_at = None, 0, loop.time()

    def feed_data(self, data: Any, size: int) -> None:
        kind = data[0]
        if kind is not WSMsgType.TEXT and kind is not WSMsgType.BINARY:
            super().feed_data(data, size)
        elif self.take is None:
            self.kept += 1
            super().feed_data(data, size)
        else:
            try:
                self.take(data[1] if kind is WSMsgType.TEXT else None)
            except Exception as error:
                # The edge of a connection: it alone is closed, and aiohttp's parser goes on.
                self.broken(error)

    def broken(self, error: Exception) -> None:
        """Log a fault of ours in taking a message, and take no more."""
        logger.error("websocket: a message cannot be taken", exc_info=error)
        self.take = _ignored
        self.set_exception(error)


class DirectSocket(web.WebSocketResponse[Literal[False]]):
    """A websocket that is served by `each`; nothing else may receive from it.

    It has no attributes of its own: with more than thirty, aiohttp's included, Python keeps them in
    a dict of 1.6 KB for each socket instead of a table that all share.
    """

    _reader: DirectQueue

    def __init__(self, *, timeout: float, heartbeat: float, max_msg_size: int) -> None:
        super().__init__(
            timeout=timeout,
            heartbeat=heartbeat,
            compress=False,
            max_msg_size=max_msg_size,
            decode_text=False,
        )

    @property
    def heard_at(self) -> float:
        """When anything came last, a pong too; seconds of the loop's clock."""
        return self._reader.heard_at

    async def each(self, take: Take) -> None:
        """Have each message taken, in order, until either side closes.

        What `take` raises is logged, and closes the socket.
        """
        queue = self._reader
        while queue.kept:
            message = await self.receive()
            if message.type is not WSMsgType.TEXT and message.type is not WSMsgType.BINARY:
                return
            queue.kept -= 1
            take(message.data if message.type is WSMsgType.TEXT else None)

        queue.take = take
        try:
            await self.receive()
        finally:
            queue.take = _ignored

    def broken(self, error: Exception) -> None:
        """Log a fault of ours in taking a message, and close."""
        self._reader.broken(error)

    def pause(self) -> None:
        """Read nothing from the client for now; what was read already is still handed over."""
        self._reader._protocol.pause_reading()

    def resume(self) -> None:
        """Read on."""
        self._reader._protocol.resume_reading()

    def _post_start(
        self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter
    ) -> None:
        # As aiohttp 3.14 has it, but for the queue.
        self._ws_protocol = protocol
        self._writer = writer
        self._reset_heartbeat()
        assert self._loop is not None, "it was prepared"
        self._reader = DirectQueue(request.protocol, QUEUE_BYTES, self._loop)
        self._parser = WebSocketReader(
            self._reader, self._max_msg_size, compress=False, decode_text=False
        )
        request.protocol.set_parser(self._parser, data_received_cb=self._note_heard)
        request.protocol.keep_alive(False)

    def _note_heard(self) -> None:
        assert self._loop is not None, "it was prepared"
        self._reader.heard_at = self._loop.time()
        self._on_data_received()


def _ignored(_: bytes | None) -> None:
    """Take a message of a socket that is closing."""
