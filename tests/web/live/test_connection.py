"""The sending side of a socket: what may wait for a client, at its edges."""

import asyncio

import pytest

from actors.delivery.viewer_streams import CloseReason
from actors.runtime.metrics import Meters
from tests.support.actor_table import HandClock
from web.live.connection import Connection, Flusher, SendLimits
from web.live.frames import Close

LIMITS = SendLimits(buffer_bytes=1_000, buffer_messages=10, timeout_s=5)


class Pipe(asyncio.Transport):
    """A transport that keeps what is written until it is told that the client read some of it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.waiting = 0

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written += data
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None: ...

    def close(self) -> None: ...

    @property
    def close_code(self) -> int | None:
        """The code of the close frame at the end, if there is one."""
        at = self.written.rfind(b"\x88")
        return int.from_bytes(self.written[at + 2 : at + 4], "big") if at >= 0 else None


class Wire:
    def __init__(self) -> None:
        self.pipe, self.clock, self.meters = Pipe(), HandClock(), Meters()
        self.connection = Connection(self.pipe, Flusher(), LIMITS, self.clock, self.meters)

    def send(self, *messages: bytes) -> None:
        self.connection.push(messages)
        self.connection.flush()


@pytest.fixture
async def wire() -> Wire:
    return Wire()


async def test_all_messages_of_a_turn_are_one_write(wire: Wire) -> None:
    wire.connection.push([b"one"])
    wire.connection.push([b"two", b"x" * 200])
    assert wire.pipe.written == b""
    await asyncio.sleep(0)
    assert wire.pipe.written == b"\x81\x03one\x81\x03two\x81\x7e\x00\xc8" + b"x" * 200


async def test_as_many_messages_may_wait_as_the_limit_says_and_no_more(wire: Wire) -> None:
    wire.send(*[b"m"] * 10)
    wire.send(b"one more")
    assert not wire.connection.closing
    wire.send(b"and one")
    assert wire.pipe.close_code == Close.TOO_SLOW
    assert wire.meters.slow_consumers == 1


async def test_as_many_bytes_may_wait_as_the_limit_says_and_no_more(wire: Wire) -> None:
    wire.send(b"x" * 996)
    assert wire.pipe.waiting == 1_000
    wire.send(b"more")
    assert not wire.connection.closing
    wire.send(b"and more")
    assert wire.pipe.close_code == Close.TOO_SLOW


async def test_who_reads_goes_on_for_ever(wire: Wire) -> None:
    for _ in range(100):
        wire.send(*[b"m"] * 9)
        wire.pipe.waiting = 3
    assert not wire.connection.closing


async def test_one_big_message_may_wait_beside_the_limit(wire: Wire) -> None:
    wire.send(b"x" * 5_000_000)
    for _ in range(9):
        wire.send(b"small")
    assert not wire.connection.closing
    wire.send(b"y" * 5_000_000)
    wire.send(b"small")
    assert wire.pipe.close_code == Close.TOO_SLOW


async def test_who_takes_nothing_for_long_is_closed(wire: Wire) -> None:
    wire.send(b"message")
    wire.connection.check_progress()
    wire.clock.forward(4.9)
    wire.connection.check_progress()
    assert not wire.connection.closing
    wire.clock.forward(0.2)
    wire.connection.check_progress()
    assert wire.pipe.close_code == Close.TOO_SLOW


async def test_who_takes_a_little_is_not_stuck(wire: Wire) -> None:
    wire.send(b"x" * 900)
    for _ in range(5):
        wire.connection.check_progress()
        wire.clock.forward(4)
        wire.pipe.waiting -= 100
    assert not wire.connection.closing


async def test_what_was_pushed_before_the_close_is_sent_and_nothing_after(wire: Wire) -> None:
    wire.connection.push([b"before"])
    wire.connection.close(CloseReason.REMOVED)
    wire.send(b"after")
    assert wire.pipe.written.startswith(b"\x81\x06before\x88")
    assert b"after" not in wire.pipe.written
    assert wire.pipe.close_code == Close.NOT_ALLOWED
