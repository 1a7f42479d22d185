"""Backoff: longer and longer pauses between attempts, of which chance takes up to half."""

import asyncio
from collections.abc import Callable
from typing import Final

from actors.runtime.clock import SystemClock

_CLOCK: Final = SystemClock()
_PARTS: Final = 1024


class Backoff:
    """The pauses of one caller. Each is twice the one before, up to the longest.

    Up to half of each is taken away at random, so that many who failed together do not come back
    together.
    """

    def __init__(
        self, first_s: float, longest_s: float, seed: Callable[[], int] = _CLOCK.seed
    ) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._seed = seed
        self._next_s = first_s

    def reset(self) -> None:
        """Begin anew with the first pause: an attempt succeeded."""
        self._next_s = self._first_s

    def next_s(self) -> float:
        """Return how long the next pause is, in seconds; the one after it is longer."""
        pause_s = self._next_s * (1 - self._seed() % _PARTS / _PARTS / 2)
        self._next_s = min(2 * self._next_s, self._longest_s)
        return pause_s

    async def wait(self) -> None:
        """Pause."""
        await asyncio.sleep(self.next_s())
