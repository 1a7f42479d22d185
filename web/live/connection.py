"""Connection: the sending side of one socket; it never waits, and it does not let itself be held up."""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from actors.delivery.viewer_streams import CloseReason
from actors.runtime.clock import Clock
from actors.runtime.metrics import Meters
from events.core.numbering import numbered
from web.live.frames import Close, close_frame, header

BIG_BYTES: Final = 128 * 1024
"""From here on a message is big: one at a time may wait beside the limit."""
CLOSE_TIMEOUT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class SendLimits:
    """What may wait for one client."""

    buffer_bytes: int = 1024 * 1024
    buffer_messages: int = 1_000
    timeout_s: float = 5.0


class Flusher:
    """Writes once a loop turn and connection, whatever was pushed in it.

    A write is a system call of 5 µs, a message joined to it costs half of one.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._dirty: list[Connection] = []

    def add(self, connection: "Connection") -> None:
        if not self._dirty:
            self._loop.call_soon(self._flush)
        self._dirty.append(connection)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for connection in dirty:
            connection.flush()


class Connection:
    """Open; closing, when nothing more is sent; gone at most `CLOSE_TIMEOUT_S` later."""

    __slots__ = (
        "_clock", "_exempt", "_flusher", "_limits", "_marks", "_meters", "_pending", "_stuck_at",
        "_stuck_since", "_transport", "_waiting_messages", "_written", "closing", "staged_delta",
        "terrain_in_runs",
    )  # fmt: skip

    def __init__(
        self,
        transport: asyncio.Transport,
        flusher: Flusher,
        limits: SendLimits,
        clock: Clock,
        meters: Meters,
    ) -> None:
        self.closing = False
        self.staged_delta = False
        """Whether it asked to be sent what changes in the queue, not whole lists."""
        self.terrain_in_runs = False
        """Whether it asked for hexes of the same terrain in runs."""
        self._transport = transport
        self._flusher = flusher
        self._limits = limits
        self._clock = clock
        self._meters = meters
        self._pending: list[bytes] = []
        self._written = 0
        # Not a deque, which takes 1.2 KB: most connections hold one mark at most.
        self._marks: list[tuple[int, int]] = []
        """For each write that may not be sent: where it ended, and how many messages it held."""
        self._waiting_messages = 0
        self._exempt = (0, 0)
        """From where to where the one big message goes that may wait beside the limit."""
        self._stuck_at = -1
        self._stuck_since = 0.0

    def push(self, messages: Sequence[bytes]) -> None:
        """Send the messages in this loop turn."""
        pending = self._pending
        if not pending and messages:
            self._flusher.add(self)
        for message in messages:
            pending.append(header(len(message)))
            pending.append(message)

    def push_stream(self, bodies: Sequence[bytes], first: int) -> None:
        """Send messages of a stream, numbered from the first number on."""
        self.push(numbered(bodies, first))

    def flush(self) -> None:
        """Write what is pending, or close if the client does not read."""
        pending, self._pending = self._pending, []
        if self.closing or not pending or self._transport.is_closing():
            return
        if self._is_slow():
            self._meters.slow_consumers += 1
            self._finish(Close.TOO_SLOW, "you do not read fast enough")
            return
        data = b"".join(pending)
        self._note(pending, len(data))
        self._transport.write(data)

    def close(self, why: CloseReason) -> None:
        """Close as the room asks."""
        if why is CloseReason.REMOVED:
            self.end(Close.NOT_ALLOWED, why.value)
        else:
            self.end(Close.TRY_LATER, why.value)

    def end(self, code: Close, why: str) -> None:
        """Close after what is pending; does nothing if it is closing already."""
        self.flush()
        if not self.closing:
            self._finish(code, why)

    def check_progress(self) -> None:
        """Close if the client has taken nothing for too long; called about once a second."""
        waiting = 0 if self._transport.is_closing() else self._transport.get_write_buffer_size()
        sent = self._written - waiting
        now = self._clock.monotonic()
        if not waiting or sent != self._stuck_at:
            self._stuck_at, self._stuck_since = sent, now
        elif now - self._stuck_since >= self._limits.timeout_s and not self.closing:
            self._meters.slow_consumers += 1
            self._finish(Close.TOO_SLOW, "you do not read")

    def _is_slow(self) -> bool:
        waiting = self._transport.get_write_buffer_size()
        if not waiting:
            self._marks.clear()
            self._waiting_messages = 0
            return False
        sent = self._written - waiting
        gone = bisect_right(self._marks, sent, key=itemgetter(0))
        self._waiting_messages -= sum([count for _, count in self._marks[:gone]])
        del self._marks[:gone]
        begin, end = self._exempt
        beside = max(0, end - max(begin, sent))
        return (
            waiting - beside > self._limits.buffer_bytes
            or self._waiting_messages > self._limits.buffer_messages
        )

    def _note(self, pending: list[bytes], size: int) -> None:
        if size > BIG_BYTES:
            self._exempt_a_big_one(pending)
        self._written = at = self._written + size
        count = len(pending) // 2
        self._waiting_messages += count
        self._marks.append((at, count))

    def _exempt_a_big_one(self, pending: list[bytes]) -> None:
        at = self._written
        for part in pending:
            if len(part) > BIG_BYTES and self._exempt[1] <= self._sent():
                self._exempt = (at, at + len(part))
            at += len(part)

    def _sent(self) -> int:
        return self._written - self._transport.get_write_buffer_size()

    def _finish(self, code: Close, why: str) -> None:
        # Our own close frame, and then the handler reads on until the client's comes: were the
        # transport closed at once, what the client sends meanwhile would take the code from it.
        self.closing = True
        if not self._transport.is_closing():
            self._transport.write(close_frame(code, why))
        asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._give_up)

    def _give_up(self) -> None:
        # An abort takes what is sent but not yet read from the client too: only who never read.
        if self._transport.is_closing() or self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()
