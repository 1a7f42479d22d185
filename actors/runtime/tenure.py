"""Tenure: until when this process may answer for its rooms, by its own clock."""

import asyncio
import math
from typing import Final

from actors.runtime.clock import Clock
from actors.runtime.errors import RoomUnavailable

PATIENCE_S: Final = 2.0
"""How long an answer waits for the leases to be renewed, as after a pause of the whole process."""


class Tenure:
    """Whether the leases of this process hold: always, unless somebody limits them.

    Appends need none of this: the epoch that they show refuses a former owner. It is for what is
    answered from memory. A process that was stopped for a while goes on without knowing it, so the
    time is looked at before each answer; no timer would be in time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = math.inf
        self._renewed = asyncio.Event()

    @property
    def holds(self) -> bool:
        """Whether nobody else can own the rooms now."""
        return self._until == math.inf or self._clock.monotonic() < self._until

    def limit(self, until: float) -> None:
        """Let it hold until a time of the clock's `monotonic`, and no longer."""
        self._until = until
        self._renewed.set()

    async def confirmed(self) -> None:
        """Return while it holds, waiting for a renewal if need be; raise RoomUnavailable."""
        if self.holds:
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not self.holds:
                    self._renewed.clear()
                    await self._renewed.wait()
        except TimeoutError:
            raise RoomUnavailable from None
