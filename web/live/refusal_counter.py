"""Counts refused commands beside the sockets' path, and stores the counts now and then."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from actors.runtime.clock import Clock
from events.core.state import RoomId, UserId
from events.report.refusals import RefusalCount

logger = logging.getLogger(__name__)

EVERY_S: Final = 5.0
MOST_WAITING: Final = 20_000
"""Counts that are kept while the database is away; what comes on top is not counted."""

Store = Callable[[Sequence[RefusalCount]], Awaitable[None]]
_Key = tuple[RoomId, UserId, str, int]


class RefusalCounter:
    """How often whose commands were refused, by code.

    Made; counted into; stored by `run`, which ends by being cancelled and stores the rest. A
    refusal costs one entry in a dict, and those of one second share it.
    """

    def __init__(self, store: Store, clock: Clock, failures: tuple[type[Exception], ...]) -> None:
        """Take what storing may raise while the database is away."""
        self._store = store
        self._clock = clock
        self._failures = failures
        self._counted: dict[_Key, tuple[datetime, int]] = {}

    def count(self, room: RoomId, user: UserId, code: str) -> None:
        """Count one refusal."""
        now = self._clock.now()
        key = (room, user, code, int(now.timestamp()))
        at, count = self._counted.get(key, (now, 0))
        if count or len(self._counted) < MOST_WAITING:
            self._counted[key] = (at, count + 1)

    async def run(self) -> None:
        """Store what gathers, for ever."""
        try:
            while True:
                await asyncio.sleep(EVERY_S)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Store all that was counted; what cannot be stored now is kept for the next time."""
        counted, self._counted = self._counted, {}
        if not counted:
            return
        try:
            await self._store(
                [
                    RefusalCount(room, user, code, at, count)
                    for (room, user, code, _), (at, count) in counted.items()
                ]
            )
        except BaseException as error:
            self._keep(counted)
            if not isinstance(error, self._failures):
                raise
            logger.warning("refusals: %d counts wait for the database", len(self._counted))

    def _keep(self, counted: dict[_Key, tuple[datetime, int]]) -> None:
        for key, (at, count) in counted.items():
            since = self._counted.get(key)
            self._counted[key] = (at, count + (since[1] if since else 0))
