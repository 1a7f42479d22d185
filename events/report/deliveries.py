"""When messages reached a client of a viewer, as recorded by the server."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Final

from events.core.state import RoomId, UserId
from events.journal.database.pool import Pool

STORE: Final = """
INSERT INTO delivery (campaign_id, user_id, version, whole, at)
SELECT * FROM unnest(%(rooms)s::uuid[], %(users)s::text[], %(versions)s::bigint[],
    %(wholes)s::boolean[], %(times)s::timestamptz[])
"""

READ: Final = """
SELECT user_id, version, whole, at FROM delivery
WHERE campaign_id = %s AND version > %s ORDER BY user_id, at, version
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """By that time, all that a user may know of the room up to the version was handed to a client."""

    user: UserId
    version: int
    whole: bool
    """As a state of the room then, in which what was shown and hidden again is not."""
    at: datetime


class DeliveryIndex:
    """All deliveries of a room, ready to be asked about."""

    def __init__(self, of: Iterable[Delivery] = ()) -> None:
        by_user: dict[UserId, list[Delivery]] = {}
        for each in sorted(of, key=lambda delivery: (delivery.at, delivery.version)):
            by_user.setdefault(each.user, []).append(each)
        self._by_user = by_user
        # The highest version delivered so far grows with time, so the first that covers a
        # version is found by halving.
        self._reached: Mapping[UserId, list[int]] = {
            user: list(accumulate((d.version for d in all_), max)) for user, all_ in by_user.items()
        }

    def first(self, user: UserId, version: int) -> Delivery | None:
        """Return the first delivery to the user that covers the version."""
        reached = self._reached.get(user)
        if reached is None:
            return None
        place = bisect_left(reached, version)
        return self._by_user[user][place] if place < len(reached) else None


async def store(pool: Pool, room_of: Iterable[tuple[RoomId, Delivery]]) -> None:
    """Store deliveries, in one statement."""
    rows = tuple(room_of)
    if not rows:
        return
    params = {
        "rooms": [room for room, _ in rows],
        "users": [delivery.user for _, delivery in rows],
        "versions": [delivery.version for _, delivery in rows],
        "wholes": [delivery.whole for _, delivery in rows],
        "times": [delivery.at for _, delivery in rows],
    }
    async with pool.connection() as connection:
        await connection.execute(STORE, params)


async def deliveries(pool: Pool, room: RoomId, after: int = 0) -> DeliveryIndex:
    """Return what was delivered of versions past that one."""
    async with pool.connection() as connection:
        cursor = await connection.execute(READ, (room, after))
        rows = await cursor.fetchall()
    return DeliveryIndex(Delivery(UserId(user), *rest) for user, *rest in rows)
