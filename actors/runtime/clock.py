"""Clock: where the shell takes times, ids and chance from."""

import os
import time
from datetime import UTC, datetime
from typing import Final, Protocol

CHANCE_BYTES: Final = 4096
_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Times and chance; a fixture in tests."""

    def now(self) -> datetime:
        """Return the time in UTC."""

    def monotonic(self) -> float:
        """Return seconds from some beginning, never going back; a machine that sleeps does not stop it."""

    def seed(self) -> int:
        """Return 128 random bits that nobody can guess."""


class SystemClock:
    """The machine's clock, and its chance."""

    def __init__(self) -> None:
        self._chance = b""
        self._used = 0

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # this is the one place

    def monotonic(self) -> float:
        return time.clock_gettime(_STEADY)

    def seed(self) -> int:
        # Fetched in bulk: each command is stamped, and a system call costs 5 µs, as much as a tenth
        # of the command.
        if self._used >= len(self._chance):
            self._chance, self._used = os.urandom(CHANCE_BYTES), 0
        start, self._used = self._used, self._used + 16
        return int.from_bytes(self._chance[start : self._used], "big")
