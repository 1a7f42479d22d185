"""FairQueue: long work over the record, a little at a time, so that the tables go on meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from events.core.state import UserId
from web.http.api import TooOften

AT_A_TIME: Final = 2
"""Ten recaps of a long evening at once held up every table for four seconds."""
MOST_WAITING: Final = 8
"""How many of one user's calls may be under way or wait."""


class FairQueue:
    """Lets a few go on at once; the others wait in the order in which they came."""

    def __init__(self, at_a_time: int = AT_A_TIME, most_waiting: int = MOST_WAITING) -> None:
        self._going = asyncio.Semaphore(at_a_time)
        self._most_waiting = most_waiting
        self._asking: Counter[UserId] = Counter()

    @asynccontextmanager
    async def of(self, user: UserId) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raise TooOften where too many of the user's wait already."""
        if self._asking[user] >= self._most_waiting:
            raise TooOften("you ask for much at once; one after the other, please")
        self._asking[user] += 1
        try:
            async with self._going:
                yield
        finally:
            self._asking[user] -= 1
            if not self._asking[user]:
                del self._asking[user]
