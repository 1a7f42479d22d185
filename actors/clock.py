"""Clock: where the shell takes times, ids and chance from."""

import secrets
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Times and chance; a fixture in tests."""

    def now(self) -> datetime:
        """Return the time in UTC."""

    def monotonic(self) -> float:
        """Return seconds from some beginning, never going back."""

    def seed(self) -> int:
        """Return 128 random bits that nobody can guess."""


class SystemClock:
    """The machine's clock, and its chance."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # this is the one place

    def monotonic(self) -> float:
        return time.monotonic()

    def seed(self) -> int:
        return secrets.randbits(128)
