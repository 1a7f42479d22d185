"""Webhooks of campaigns, and the posts that are due: plain tables, shared by all nodes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from events.core.state import RoomId, SessionId
from events.journal.database.pool import Pool

PLAYERS: Final = "players"
DMS: Final = "dm"
"""Audiences; any other is the id of a member."""

OLDEST: Final = timedelta(days=1)
"""A session that ended longer ago is not posted any more."""
MAKING: Final = timedelta(minutes=5)
"""A recap that takes longer was being made by a node that is gone: another one makes it."""
SENDING: Final = timedelta(minutes=2)
"""A post that takes longer was being sent by one: nobody knows whether it arrived."""

LOST: Final = "the server stopped while it was being posted; it may have arrived"

_HOOK: Final = (
    "SELECT url, audience, picture, origin, set_at FROM recap_hook WHERE campaign_id = %s"
)

# The time says from when on sessions are posted; another audience does not change that.
_SET: Final = """
INSERT INTO recap_hook AS known (campaign_id, url, audience, picture, origin, set_at)
VALUES (%(room)s, %(url)s, %(audience)s, %(picture)s, %(origin)s, %(now)s)
ON CONFLICT (campaign_id) DO UPDATE SET url = excluded.url, audience = excluded.audience,
    picture = excluded.picture, origin = excluded.origin,
    set_at = CASE WHEN known.url = excluded.url THEN known.set_at ELSE excluded.set_at END
"""

FIND: Final = """
INSERT INTO recap_post (session_id, campaign_id, state, at)
SELECT played.id, played.campaign_id, 'waiting', %(now)s
FROM game_session AS played
JOIN recap_hook AS hook USING (campaign_id)
JOIN campaign ON campaign.id = campaign_id AND deleted_at IS NULL
WHERE played.status = 'ended' AND played.ended_at > hook.set_at AND played.ended_at > %(oldest)s
    AND NOT EXISTS (SELECT FROM recap_post WHERE session_id = played.id)
ON CONFLICT DO NOTHING
"""

_ABANDONED: Final = """
UPDATE recap_post SET
    state = CASE state WHEN 'making' THEN 'waiting' ELSE 'given up' END,
    why = CASE state WHEN 'making' THEN why ELSE %(lost)s END,
    at = %(now)s
WHERE (state = 'making' AND at < %(making)s) OR (state = 'sending' AND at < %(sending)s)
RETURNING campaign_id, session_id, state
"""

TAKE: Final = """
UPDATE recap_post SET state = 'making', tries = tries + 1, at = %(now)s
WHERE session_id IN (
    SELECT session_id FROM recap_post WHERE state = 'waiting' AND at <= %(now)s
    ORDER BY at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING campaign_id, session_id, tries,
    (SELECT name FROM campaign WHERE campaign.id = campaign_id)
"""

# Only whoever took it last moves it on: a node that was frozen meanwhile finds it gone.
_MOVE: Final = """
UPDATE recap_post SET state = %(state)s, at = %(at)s, why = %(why)s
WHERE session_id = %(session)s AND tries = %(tries)s AND state = %(was)s
"""

_LAST: Final = """
SELECT session_id, state, tries, at, why FROM recap_post
WHERE campaign_id = %s ORDER BY at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a campaign's recaps are posted, and for whom they are told."""

    url: str = field(repr=False)
    """A secret."""
    audience: str
    picture: bool
    origin: str
    """How browsers reach the server, for the link."""
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A post that this node makes now."""

    room: RoomId
    session: SessionId
    tries: int
    campaign: str

    def __str__(self) -> str:
        return f"room {self.room}: recap of session {self.session}"


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a post, so far."""

    session: SessionId
    state: str
    tries: int
    at: datetime
    why: str


class Hooks:
    """The tables ``recap_hook`` and ``recap_post``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, room: RoomId) -> Hook | None:
        """Return a campaign's webhook."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_HOOK, (room,))).fetchone()
        return None if row is None else Hook(*row)

    async def set(self, room: RoomId, hook: Hook, now: datetime) -> None:
        """Keep a campaign's webhook; sessions that end from now on are posted to it."""
        params = {
            "room": room, "url": hook.url, "audience": hook.audience,
            "picture": hook.picture, "origin": hook.origin, "now": now,
        }  # fmt: skip
        async with self._pool.connection() as connection:
            await connection.execute(_SET, params)

    async def remove(self, room: RoomId) -> None:
        """Forget a campaign's webhook."""
        async with self._pool.connection() as connection:
            await connection.execute("DELETE FROM recap_hook WHERE campaign_id = %s", (room,))

    async def last(self, room: RoomId) -> Posted | None:
        """Return what became of a campaign's latest post."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_LAST, (room,))).fetchone()
        return None if row is None else Posted(SessionId(str(row[0])), *row[1:])

    async def find(self, now: datetime) -> None:
        """Note a post for each session that ended and has none yet."""
        async with self._pool.connection() as connection:
            await connection.execute(FIND, {"now": now, "oldest": now - OLDEST})

    async def abandoned(self, now: datetime) -> tuple[SessionId, ...]:
        """Take over from nodes that are gone; return the sessions whose posts may have arrived."""
        params = {"now": now, "making": now - MAKING, "sending": now - SENDING, "lost": LOST}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_ABANDONED, params)).fetchall()
        return tuple(SessionId(str(session)) for _, session, state in rows if state == "given up")

    async def take(self, now: datetime, most: int) -> tuple[Due, ...]:
        """Return posts that are due, which are this node's from now on."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(TAKE, {"now": now, "most": most})
            rows = await cursor.fetchall()
        return tuple(Due(RoomId(r), SessionId(str(s)), tries, name) for r, s, tries, name in rows)

    async def move(self, due: Due, was: str, state: str, at: datetime, why: str = "") -> bool:
        """Move a post on; return whether it was still ours."""
        params = {
            "session": due.session, "tries": due.tries, "was": was,
            "state": state, "at": at, "why": why,
        }  # fmt: skip
        async with self._pool.connection() as connection:
            return (await connection.execute(_MOVE, params)).rowcount == 1
