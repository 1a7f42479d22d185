"""Every open socket looked up again, every few seconds: no right outlives its end for long."""

import asyncio
from typing import Final

from actors.runtime.clock import Clock
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import Pool
from web.accounts.access_events import Access, AccessEnded

EVERY_S: Final = 2.0


_STILL_GOOD: Final = """
SELECT held.number::int - 1,
    EXISTS (
        SELECT FROM login_session WHERE token_hash = held.credential
        AND account_id = held.account AND expires_at > %(now)s
    ) OR EXISTS (
        SELECT FROM api_token WHERE token_hash = held.credential
        AND account_id = held.account AND revoked_at IS NULL
    ),
    EXISTS (
        SELECT FROM campaign_member JOIN campaign ON campaign.id = campaign_id
        WHERE campaign_id = held.campaign AND account_id = held.account
        AND removed_at IS NULL AND deleted_at IS NULL
    )
FROM unnest(%(credentials)s::bytea[], %(accounts)s::text[], %(campaigns)s::uuid[])
    WITH ORDINALITY AS held (credential, account, campaign, number)
"""


class Recheck:
    """Finds what no event told: an end on another node, or between a handshake and its socket."""

    def __init__(self, pool: Pool, clock: Clock, access: Access) -> None:
        self._pool = pool
        self._clock = clock
        self._access = access

    async def run(self) -> None:
        """Look every few seconds, until cancelled. While the database is away nobody is sent off."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.look()
            except DATABASE_AWAY:
                continue

    async def look(self) -> None:
        """Tell of each right that is over."""
        held = tuple(dict.fromkeys(self._access.held()))
        if not held:
            return
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                _STILL_GOOD,
                {
                    "now": self._clock.now(),
                    "credentials": [each.credential for each in held],
                    "accounts": [each.user for each in held],
                    "campaigns": [each.campaign for each in held],
                },
            )
            rows = await cursor.fetchall()
        for number, signed_in, member in rows:
            user, credential, campaign = held[number]
            if not signed_in:
                self._access.hear(AccessEnded(credential=credential))
            elif not member:
                self._access.hear(AccessEnded(user=user, campaign=campaign))
