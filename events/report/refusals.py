"""Counts of refused commands, by game session, member and reason; the commands themselves are not kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from events.core.state import RoomId, SessionId, UserId
from events.journal.database.pool import Pool

# A session is found by the time, for whoever refuses need not know the room's state.
STORE: Final = """
INSERT INTO refused_command AS known (campaign_id, session_id, user_id, code, count)
SELECT told.campaign_id, played.id, told.user_id, told.code, sum(told.count)
FROM unnest(%(rooms)s::uuid[], %(users)s::text[], %(codes)s::text[], %(times)s::timestamptz[],
    %(counts)s::bigint[]) AS told (campaign_id, user_id, code, at, count)
LEFT JOIN LATERAL (
    SELECT id FROM game_session
    WHERE game_session.campaign_id = told.campaign_id AND started_at <= told.at
        AND (ended_at IS NULL OR ended_at >= told.at)
    ORDER BY started_at DESC LIMIT 1
) AS played ON true
GROUP BY told.campaign_id, played.id, told.user_id, told.code
ON CONFLICT (campaign_id, coalesce(session_id, campaign_id), user_id, code)
    DO UPDATE SET count = known.count + excluded.count
"""

READ: Final = """
SELECT user_id, code, sum(count)::bigint FROM refused_command
WHERE campaign_id = %(room)s AND (%(session)s::uuid IS NULL OR session_id = %(session)s::uuid)
GROUP BY user_id, code ORDER BY 3 DESC, user_id, code
"""


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """So many commands of one user were refused for one reason, the first of them then."""

    room: RoomId
    user: UserId
    code: str
    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often a user's commands were refused with a code, in all that is reported."""

    user: UserId
    code: str
    count: int


async def store(pool: Pool, refused: Iterable[RefusalCount]) -> None:
    """Add to what was counted, in one statement."""
    rows = tuple(refused)
    params = {
        "rooms": [each.room for each in rows],
        "users": [each.user for each in rows],
        "codes": [each.code for each in rows],
        "times": [each.at for each in rows],
        "counts": [each.count for each in rows],
    }
    async with pool.connection() as connection:
        await connection.execute(STORE, params)


async def refusals(
    pool: Pool, room: RoomId, session: SessionId | None = None
) -> tuple[Refusals, ...]:
    """Return what was refused in a session, or in the whole campaign; the most first."""
    async with pool.connection() as connection:
        cursor = await connection.execute(READ, {"room": room, "session": session})
        rows = await cursor.fetchall()
    return tuple(Refusals(UserId(user), code, count) for user, code, count in rows)
