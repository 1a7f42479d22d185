"""Those who wait at the door: an invite may ask a DM to let each in who follows it."""

from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from actors.runtime.clock import Clock
from events.core.state import Member, Role, RoomId, UserId
from events.journal.database.pool import Pool
from events.record.campaigns import Connection
from web.campaigns.members import MembershipChanges
from web.campaigns.rooms import Rooms
from web.campaigns.routes import CampaignStore
from web.http.api import Answer, Missing, OverLimit, success, word_in
from web.http.openapi import described

MOST_WAITING: Final = 30
"""How many may wait for a campaign's DM at once."""
MOST_GUESTS_WAITING: Final = 20
"""How many of them may be guests: a flood of those keeps no account from asking."""
KEPT: Final = timedelta(days=1)
"""How long somebody waits before they have to ask again."""


class JoinRequest(Answer):
    user_id: UserId
    name: str
    role: Role
    requested_at: datetime


class JoinRequests(Answer):
    requests: tuple[JoinRequest, ...]


_ADD: Final = """
INSERT INTO join_request (campaign_id, account_id, role, name, requested_at)
SELECT %(campaign)s, %(user)s, %(role)s, %(name)s, %(now)s
WHERE (SELECT count(*) FROM join_request WHERE campaign_id = %(campaign)s) < %(most)s
    AND (EXISTS (SELECT FROM account WHERE id = %(user)s AND email IS NOT NULL) OR (
        SELECT count(*) FROM join_request JOIN account ON account.id = account_id
        WHERE campaign_id = %(campaign)s AND email IS NULL
    ) < %(most_guests)s)
ON CONFLICT (campaign_id, account_id) DO NOTHING
"""
_WAITS: Final = """
SELECT FROM join_request WHERE campaign_id = %s AND account_id = %s AND requested_at >= %s
"""
_FORGET_OLD: Final = "DELETE FROM join_request WHERE campaign_id = %s AND requested_at < %s"
_LIST: Final = """
SELECT account_id, name, role, requested_at FROM join_request
WHERE campaign_id = %s AND requested_at >= %s ORDER BY requested_at, account_id
"""
_COUNT: Final = "SELECT count(*) FROM join_request WHERE campaign_id = %s AND requested_at >= %s"
_TAKE: Final = """
DELETE FROM join_request WHERE campaign_id = %s AND account_id = %s RETURNING role, name
"""


async def is_waiting(connection: Connection, campaign: RoomId, user: UserId, now: datetime) -> bool:
    """Return whether the user waits to be let in already, and has not waited too long."""
    rows = await connection.execute(_WAITS, (campaign, user, now - KEPT))
    return await rows.fetchone() is not None


async def wait_for_dm(
    connection: Connection, campaign: RoomId, member: Member, now: datetime
) -> None:
    """Have the member wait to be let in, inside a transaction of the caller's; raise TooMany."""
    await connection.execute(_FORGET_OLD, (campaign, now - KEPT))
    params = {
        "campaign": campaign,
        "user": member.user,
        "role": member.role,
        "name": member.name,
        "now": now,
        "most": MOST_WAITING,
        "most_guests": MOST_GUESTS_WAITING,
    }
    if (await connection.execute(_ADD, params)).rowcount == 0:
        raise OverLimit(
            "too many people wait for the DM already; try again later, or sign up first"
        )


class JoinRequestRoutes:
    """The calls by which a DM lets people in, or not."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        book: CampaignStore,
        membership: MembershipChanges,
        rooms: Rooms,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._book = book
        self._membership = membership
        self._rooms = rooms

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/join-requests", self.list)
        app.router.add_post("/api/campaigns/{id}/join-requests/{user}", self.admit)
        app.router.add_delete("/api/campaigns/{id}/join-requests/{user}", self.decline)

    @described(gives=JoinRequests)
    async def list(self, request: web.Request) -> web.Response:
        """List who waits to be let in, the first first."""
        membership = await self._book.require(request, dm=True)
        async with self._pool.connection() as connection:
            rows = await connection.execute(_LIST, (membership.campaign, self._clock.now() - KEPT))
            waiting = tuple(
                JoinRequest(user_id=UserId(user), name=name, role=Role(role), requested_at=at)
                for user, name, role, at in await rows.fetchall()
            )
        return success(JoinRequests(requests=waiting))

    @described(status=204)
    async def admit(self, request: web.Request) -> web.Response:
        """Let somebody in who waits."""
        membership = await self._book.require(request, dm=True)
        campaign, user = membership.campaign, self._named(request)
        async with self._membership.changing(campaign):
            async with self._membership.transaction(campaign) as connection:
                rows = await connection.execute(_TAKE, (campaign, user))
                row = await rows.fetchone()
                if row is None:
                    raise Missing("join request")
                member = Member(user, Role(row[0]), row[1])
                await self._membership.add(connection, campaign, member)
            await self._membership.tell(campaign, member, membership.member)
        await self.tell_dms(campaign, membership.member)
        return web.Response(status=204)

    @described(status=204)
    async def decline(self, request: web.Request) -> web.Response:
        """Send somebody away who waits; they may ask again."""
        membership = await self._book.require(request, dm=True)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_TAKE, (membership.campaign, self._named(request)))
        if cursor.rowcount == 0:
            raise Missing("join request")
        await self.tell_dms(membership.campaign, membership.member)
        return web.Response(status=204)

    async def tell_dms(self, campaign: RoomId, by: Member) -> None:
        """Tell the DMs who are here how many wait, after a change of that."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(_COUNT, (campaign, self._clock.now() - KEPT))
            row = await rows.fetchone()
        await self._rooms.people_waiting(campaign, row[0] if row else 0, by)

    def _named(self, request: web.Request) -> UserId:
        return UserId(word_in(request.match_info["user"], "join request"))
