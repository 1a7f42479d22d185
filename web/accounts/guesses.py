"""How often passwords, codes and links may be guessed at, counted for all nodes together in the database."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from actors.runtime.clock import Clock
from events.journal.database.pool import Pool
from events.record.campaigns import Connection
from web.http.api import TooOften
from web.http.throttle import WINDOW_S

_WINDOW: Final = timedelta(seconds=WINDOW_S)

# In the order of the keys, so that two at once wait for one another and never in a circle.
_BEGIN: Final = """
INSERT INTO attempt AS kept (key, times, last_at)
SELECT key, ARRAY[%(now)s::timestamptz], %(now)s FROM unnest(%(keys)s::bytea[]) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at, times = excluded.times || ARRAY(
    SELECT at FROM unnest(kept.times) AS at WHERE at > %(since)s)
WHERE (SELECT count(*) FROM unnest(kept.times) AS at WHERE at > %(since)s) < %(most)s
"""
_TAKE_BACK: Final = """
WITH found AS (
    SELECT key FROM attempt WHERE key = ANY(%(keys)s::bytea[]) ORDER BY key FOR UPDATE
) UPDATE attempt SET times = times[2:] FROM found WHERE attempt.key = found.key
"""
_END: Final = """
DELETE FROM attempt WHERE key IN (
    SELECT key FROM attempt WHERE last_at <= %s FOR UPDATE SKIP LOCKED)
"""


class GuessThrottle:
    """Counts attempts by key over a minute, takes back those that succeed, and refuses past the limit."""

    def __init__(self, pool: Pool, clock: Clock, purpose: str, most: int) -> None:
        """Take what is guessed at: attempts at one purpose do not count for another."""
        self._pool = pool
        self._clock = clock
        self._purpose = purpose
        self._most = most

    async def begin(self, *keys: str) -> None:
        """Count an attempt for each key; raise TooOften, counting nothing, past the limit of any.

        Counted before the outcome is known, so that many at once are no way around.
        """
        now = self._clock.now()
        params = self._params(keys) | {"now": now, "since": now - _WINDOW, "most": self._most}
        async with self._pool.connection() as connection, connection.transaction():
            counted = await connection.execute(_BEGIN, params)
            if counted.rowcount < len(set(keys)):
                raise TooOften("too many attempts; wait a minute")

    async def succeeded(self, *keys: str) -> None:
        """Take back the latest attempt of each key: it was no failure."""
        async with self._pool.connection() as connection:
            await connection.execute(_TAKE_BACK, self._params(keys))

    def _params(self, keys: tuple[str, ...]) -> dict[str, Any]:
        # Addresses and e-mails are nobody's to read there.
        texts = {f"{self._purpose} {key}" for key in keys}
        return {"keys": [hashlib.sha256(text.encode()).digest() for text in texts]}


async def end_old_guesses(connection: Connection, now: datetime) -> None:
    """Remove the attempts that count no more."""
    await connection.execute(_END, (now - _WINDOW,))
