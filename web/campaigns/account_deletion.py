"""Deletes accounts: in the tables, then at the tables where people play."""

import logging
from collections.abc import Callable
from typing import Final

from actors.runtime.clock import Clock
from events.core.state import Member, Role, RoomId, UserId
from events.journal.database.pool import Pool
from events.journal.forgotten import FORMER
from web.accounts.access_events import Access, AccessEnded
from web.accounts.admin_log import note
from web.campaigns.forgetting import Gone, forget
from web.campaigns.rooms import Rooms
from web.http.api import Denied, Unavailable

logger = logging.getLogger(__name__)

_GONE: Final = """
SELECT account_id, role FROM campaign_member
JOIN account ON account.id = account_id JOIN campaign ON campaign.id = campaign_id
WHERE campaign_id = %s AND forgotten_at IS NOT NULL AND deleted_at IS NULL
"""
_IS_ADMIN: Final = "SELECT FROM account WHERE id = %s AND is_admin"


class AccountDeletion:
    """The end of accounts, whoever asked for it."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        access: Access,
        rooms: Rooms,
        deleted: Callable[[], None],
    ) -> None:
        """Take what is called after each deletion, when the stored record still has the name."""
        self._pool = pool
        self._clock = clock
        self._access = access
        self._rooms = rooms
        self._deleted = deleted

    async def delete(self, user: UserId, *, admin: UserId | None = None) -> None:
        """Delete the account; an admin who did it is noted.

        Raise OnlyAdmin, OnlyDm, or Denied for an admin whom another deleted meanwhile; then nothing changes.
        """
        async with self._pool.connection() as connection, connection.transaction():
            gone = await forget(connection, user, self._clock.now())
            if admin is not None:
                rows = await connection.execute(_IS_ADMIN, (admin,))
                if await rows.fetchone() is None:
                    raise Denied("you are no admin any more")
                await note(connection, self._clock, admin, "account deleted", user)
        try:
            await self._tell(user, gone)
        finally:
            self._deleted()

    async def end_seats(self, campaign: RoomId) -> None:
        """End the seats of deleted accounts in the room: the command line deletes them in the tables alone."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_GONE, (campaign,))).fetchall()
        for user, role in rows:
            former = Member(UserId(user), Role(role), FORMER)
            await self._rooms.membership_changed(campaign, former.user, FORMER, None, former)

    async def _tell(self, user: UserId, gone: Gone) -> None:
        for credential in gone.credentials:
            self._access.publish(AccessEnded(credential=credential))
        for campaign, role in gone.seats:
            self._access.publish(AccessEnded(user=user, campaign=campaign))
            former = Member(user, role, FORMER)
            try:
                await self._rooms.membership_changed(campaign, user, FORMER, role, former)
                await self._rooms.membership_changed(campaign, user, FORMER, None, former)
            except Unavailable:
                # The account is gone all the same; the seat ends when the room next agrees with the tables.
                logger.warning("campaign %s: not told yet that an account was deleted", campaign)
