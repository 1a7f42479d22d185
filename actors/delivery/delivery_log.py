"""Deliveries: who was handed what a room told, noted beside the writer's path and stored in batches."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

from actors.runtime.clock import Clock
from events.core.state import RoomId, UserId
from events.report.deliveries import Delivery

logger = logging.getLogger(__name__)

EVERY_S: Final = 1.0
"""How long deliveries gather; their times are true to this."""
MOST_WAITING: Final = 50_000
"""What is kept while the database is away; past it the oldest are given up, and it is said."""

Noted = tuple[RoomId, Delivery]
Store = Callable[[Sequence[Noted]], Awaitable[None]]


class DeliveringRoom(Protocol):
    """A room, as far as its deliveries go."""

    id: RoomId
    version: int

    def present(self) -> Iterable[UserId]:
        """Return who has a connection of their own now."""


class Deliveries(Protocol):
    """Where rooms say that they told something; nothing here waits or raises."""

    def delivered(self, room: DeliveringRoom) -> None:
        """Note that those present were told all up to the room's version."""

    def settle(self, room: DeliveringRoom) -> None:
        """Take down who was present so far; called before that changes."""

    def greeted(self, room: DeliveringRoom, user: UserId, *, whole: bool) -> None:
        """Note that a user's new connection got the state, or the messages it had missed."""


class NoDeliveries:
    """Takes down nothing."""

    def delivered(self, room: DeliveringRoom) -> None: ...

    def settle(self, room: DeliveringRoom) -> None: ...

    def greeted(self, room: DeliveringRoom, user: UserId, *, whole: bool) -> None: ...


class DeliveryLog:
    """Gathers deliveries of all rooms and stores them every second, in one statement.

    Made; noted to by the rooms; stored by `run`, which ends by being cancelled and stores the rest.
    A commit costs one entry in a dict, whatever the number of its viewers.
    """

    def __init__(self, store: Store, clock: Clock, failures: tuple[type[Exception], ...]) -> None:
        """Take what storing may raise while the database is away."""
        self._store = store
        self._clock = clock
        self._failures = failures
        self._delivered: dict[RoomId, tuple[DeliveringRoom, int, datetime]] = {}
        self._waiting: deque[Noted] = deque(maxlen=MOST_WAITING)
        self._lost = 0

    def delivered(self, room: DeliveringRoom) -> None:
        self._delivered[room.id] = (room, room.version, self._clock.now())

    def settle(self, room: DeliveringRoom) -> None:
        latest = self._delivered.pop(room.id, None)
        if latest is not None:
            _, version, at = latest
            for user in room.present():
                self._note(room.id, Delivery(user, version, whole=False, at=at))

    def greeted(self, room: DeliveringRoom, user: UserId, *, whole: bool) -> None:
        self._note(room.id, Delivery(user, room.version, whole=whole, at=self._clock.now()))

    async def run(self) -> None:
        """Store what gathers, for ever."""
        try:
            while True:
                await asyncio.sleep(EVERY_S)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Store all that was noted; what cannot be stored now is kept for the next time."""
        for room, _, _ in tuple(self._delivered.values()):
            self.settle(room)
        batch = tuple(self._waiting)
        if not batch:
            return
        self._waiting.clear()
        try:
            await self._store(batch)
        except BaseException as error:
            self._waiting.extendleft(reversed(batch))
            if not isinstance(error, self._failures):
                raise
            logger.warning("deliveries: %d wait for the database: %s", len(batch), error)
            return
        if self._lost:
            logger.warning("deliveries: %d were given up while the database was away", self._lost)
            self._lost = 0

    def _note(self, room: RoomId, delivery: Delivery) -> None:
        self._lost += len(self._waiting) == MOST_WAITING
        self._waiting.append((room, delivery))
