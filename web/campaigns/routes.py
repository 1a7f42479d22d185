"""Campaigns: made by whoever becomes their DM, listed, opened, deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, NamedTuple
from uuid import UUID

from aiohttp import web
from pydantic import Field

from actors.runtime.clock import Clock
from events.core.state import Member, Role, RoomId, UserId
from events.journal.database.pool import Pool
from events.record.campaigns import CampaignRow, check_may_open, open_campaign, put_member
from events.record.errors import TooManyCampaigns
from events.text import Name
from web.accounts.access_events import Access, AccessEnded
from web.accounts.auth import Auth, Identity
from web.accounts.batched import Batched
from web.campaigns.rooms import Rooms
from web.http.api import (
    Answer,
    Body,
    Denied,
    Missing,
    OverLimit,
    Query,
    body_of,
    query_of,
    success,
    uuid_in,
)
from web.http.openapi import described


class NewCampaign(Body):
    name: Name


class LastSession(Answer):
    id: UUID
    started_at: datetime | None
    ended_at: datetime | None
    status: str | None


class CampaignListed(Answer):
    id: UUID
    name: str
    role: Role
    online: int
    """How many of its members are connected."""
    last_session: LastSession | None
    archived: Annotated[bool, Field(exclude_if=lambda archived: not archived)] = False
    """Whether it is put away: members look at it, and change nothing."""
    next_at: datetime | None
    """When people meet next, if the DM said so."""
    cover: str | None
    """The id of its picture, at `/api/campaigns/ID/cover/PICTURE`."""


class Campaigns(Answer):
    campaigns: tuple[CampaignListed, ...]


class ListQuery(Query):
    archived: bool = Field(False, description="whether those that were put away are listed instead")


class MemberListed(Answer):
    user_id: UserId
    name: str
    role: Role
    online: bool


class MemberDetails(MemberListed):
    """A member as a DM sees them, who may know two of one name."""

    guest: bool
    joined_at: datetime
    last_seen_at: datetime | None
    """When a browser was last used; of guests who sit at no table of another DM."""
    device: str
    """What that browser called itself, or nothing."""


class MembersDetailed(Answer):
    members: tuple[MemberDetails, ...]


class CampaignMade(Answer):
    id: UUID
    name: str
    role: Role


class CampaignOpened(CampaignListed):
    members: tuple[MemberListed, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """A campaign, and what the asker is in it."""

    campaign: RoomId
    name: str
    member: Member


class Details(NamedTuple):
    """What tells a member from another of the same name."""

    guest: bool
    joined_at: datetime
    last_seen_at: datetime | None
    device: str


_LISTED: Final = """
SELECT campaign.id, campaign.name, campaign_member.role,
    last.id, last.started_at, last.ended_at, last.status, archived_at IS NOT NULL,
    campaign.next_at, campaign.cover
FROM campaign_member
JOIN campaign ON campaign.id = campaign_member.campaign_id
LEFT JOIN LATERAL (
    SELECT id, started_at, ended_at, status FROM game_session
    WHERE game_session.campaign_id = campaign.id ORDER BY started_at DESC, id LIMIT 1
) AS last ON true
WHERE account_id = %(user)s AND removed_at IS NULL AND deleted_at IS NULL
    AND CASE WHEN %(campaign)s::uuid IS NULL THEN (archived_at IS NOT NULL) = %(archived)s
        ELSE campaign.id = %(campaign)s END
ORDER BY coalesce(last.started_at, campaign.created_at) DESC, campaign.id
"""

_MEMBERSHIPS: Final = """
SELECT campaign_id, account_id, campaign.name, campaign_member.role, campaign_member.name
FROM unnest(%s::uuid[], %s::text[]) AS asked (campaign_id, account_id)
JOIN campaign_member USING (campaign_id, account_id) JOIN campaign ON campaign.id = campaign_id
WHERE removed_at IS NULL AND deleted_at IS NULL
"""

_MEMBERS: Final = """
SELECT account_id, name, role FROM campaign_member
WHERE campaign_id = %s AND removed_at IS NULL ORDER BY joined_at, account_id
"""


_DETAILS: Final = """
SELECT seat.account_id, email IS NULL, seat.joined_at, browser.last_used_at, browser.device
FROM campaign_member AS seat JOIN account ON account.id = seat.account_id
LEFT JOIN LATERAL (
    SELECT last_used_at, device FROM login_session WHERE login_session.account_id = seat.account_id
    AND email IS NULL AND NOT EXISTS (
        SELECT FROM campaign_member AS other WHERE other.account_id = seat.account_id
        AND other.removed_at IS NULL AND NOT EXISTS (
            SELECT FROM campaign_member AS dm WHERE dm.campaign_id = other.campaign_id
            AND dm.account_id = %(dm)s AND dm.role = 'dm' AND dm.removed_at IS NULL
        )
    )
    ORDER BY last_used_at DESC LIMIT 1
) AS browser ON true
WHERE seat.campaign_id = %(campaign)s AND seat.removed_at IS NULL
"""

_EARLIER: Final = """
WITH RECURSIVE earlier AS (
    SELECT account_id, joined_at FROM campaign_member
    WHERE campaign_id = %(campaign)s AND merged_into = %(user)s AND removed_at IS NOT NULL
    UNION
    SELECT seat.account_id, seat.joined_at FROM campaign_member AS seat
    JOIN earlier ON seat.merged_into = earlier.account_id
    WHERE seat.campaign_id = %(campaign)s AND seat.removed_at IS NOT NULL
)
SELECT account_id FROM earlier ORDER BY joined_at, account_id
"""


class CampaignStore:
    """Who is what in which campaign, from the tables; asked by every part of the web."""

    def __init__(self, pool: Pool, auth: Auth) -> None:
        self._pool = pool
        self._auth = auth
        self._memberships: Batched[tuple[RoomId, UserId], Membership] = Batched(self._find)

    async def find(self, campaign: RoomId, user: UserId) -> Membership | None:
        """Return what the user is in the campaign; None for no member and for no campaign alike."""
        return await self._memberships.find((campaign, user))

    async def _find(
        self, keys: Sequence[tuple[RoomId, UserId]]
    ) -> Mapping[tuple[RoomId, UserId], Membership]:
        campaigns, users = zip(*keys, strict=True)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_MEMBERSHIPS, (list(campaigns), list(users)))
            return {
                (campaign, user): Membership(campaign, name, Member(user, Role(role), called))
                for campaign, user, name, role, called in await cursor.fetchall()
            }

    async def require(self, request: web.Request, *, dm: bool = False) -> Membership:
        """Return the asker's membership in the campaign of the path ({id}).

        Raise NotSignedIn, Missing, or Denied where a DM is needed.
        """
        who = await self._auth.require(request)
        campaign = RoomId(uuid_in(request.match_info["id"], "campaign"))
        membership = await self.find(campaign, who.user)
        if membership is None:
            raise Missing("campaign")
        if dm and not membership.member.is_dm:
            raise Denied("this is for the DM")
        return membership

    async def members(self, campaign: RoomId) -> tuple[Member, ...]:
        """Return all members, in the order in which they joined."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_MEMBERS, (campaign,))
            return tuple(
                Member(UserId(user), Role(role), name)
                for user, name, role in await cursor.fetchall()
            )

    async def details(self, membership: Membership) -> dict[UserId, Details]:
        """Return of each member what tells them from another of the same name, for a DM."""
        params = {"campaign": membership.campaign, "dm": membership.member.user}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_DETAILS, params)).fetchall()
        return {
            UserId(user): Details(guest, joined, last_seen, device or "")
            for user, guest, joined, last_seen, device in rows
        }

    async def earlier(self, campaign: RoomId, user: UserId) -> tuple[UserId, ...]:
        """Return whose seats were merged into the member's, the oldest first."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(_EARLIER, {"campaign": campaign, "user": user})
            return tuple(UserId(row[0]) for row in await rows.fetchall())


class CampaignRoutes:
    """The calls about whole campaigns."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        access: Access,
        book: CampaignStore,
        rooms: Rooms,
        *,
        most_campaigns: int,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._access = access
        self._book = book
        self._rooms = rooms
        self._most_campaigns = most_campaigns

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/campaigns", self.make)
        app.router.add_get("/api/campaigns", self.list)
        app.router.add_get("/api/campaigns/{id}", self.open)
        app.router.add_delete("/api/campaigns/{id}", self.delete)

    @described(takes=NewCampaign, gives=CampaignMade, status=201)
    async def make(self, request: web.Request) -> web.Response:
        """Open a campaign, whose DM is who asks."""
        who = await self._auth.require(request)
        body = await body_of(request, NewCampaign)
        if who.guest:
            raise Denied("guests join campaigns: sign up to open your own")
        campaign = await self.create(body.name, who.user, who.name)
        return success(CampaignMade(id=campaign, name=body.name, role=Role.DM), status=201)

    async def create(self, name: str, user: UserId, called: str) -> RoomId:
        """Return the id of a new campaign whose DM is the user; raise TooMany."""
        campaign = RoomId(UUID(int=self._clock.seed(), version=4))
        now, dm = self._clock.now(), Member(user, Role.DM, called)
        async with self._pool.connection() as connection, connection.transaction():
            try:
                await check_may_open(connection, user, self._most_campaigns)
            except TooManyCampaigns as error:
                raise OverLimit(str(error)) from None
            await open_campaign(connection, CampaignRow(campaign, name, user, now))
            await put_member(connection, campaign, dm, now)
        await self._rooms.opened(campaign, name, dm)
        return campaign

    @described(gives=Campaigns, query=ListQuery)
    async def list(self, request: web.Request) -> web.Response:
        """List the campaigns of who asks, the latest first."""
        who = await self._auth.require(request)
        archived = query_of(request, ListQuery).archived
        return success(Campaigns(campaigns=await self._listed(who, archived=archived)))

    @described(gives=CampaignOpened)
    async def open(self, request: web.Request) -> web.Response:
        """Show a campaign and its members; a browser keeps its cookie from then on as long as at first."""
        membership = await self._book.require(request)
        who = await self._auth.require(request)
        listed = await self._listed(who, membership.campaign)
        if not listed:
            raise Missing("campaign")
        online = await self._rooms.online([membership.campaign])
        members = listed_members(
            await self._book.members(membership.campaign), online[membership.campaign]
        )
        response = success(CampaignOpened(**dict(listed[0]), members=members))
        if not who.by_token:
            # Whoever kept the address of the table comes by no other page.
            self._auth.renew_cookie(request, response)
        return response

    @described(status=204)
    async def delete(self, request: web.Request) -> web.Response:
        """Delete the campaign for its members. Its record stays, as every record does."""
        membership = await self._book.require(request, dm=True)
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE campaign SET deleted_at = %s WHERE id = %s",
                (self._clock.now(), membership.campaign),
            )
        self._access.publish(AccessEnded(campaign=membership.campaign))
        return web.Response(status=204)

    async def _listed(
        self, who: Identity, campaign: RoomId | None = None, *, archived: bool = False
    ) -> tuple[CampaignListed, ...]:
        async with self._pool.connection() as connection:
            params = {"user": who.user, "campaign": campaign, "archived": archived}
            cursor = await connection.execute(_LISTED, params)
            rows = await cursor.fetchall()
        present = await self._rooms.online([RoomId(row[0]) for row in rows])
        return tuple(
            CampaignListed(
                id=id_,
                name=name,
                role=Role(role),
                online=len(present[RoomId(id_)]),
                last_session=None
                if last is None
                else LastSession(id=last, started_at=began, ended_at=ended, status=status),
                archived=away,
                next_at=next_at,
                cover=cover,
            )
            for id_, name, role, last, began, ended, status, away, next_at, cover in rows
        )


def listed_members(
    members: tuple[Member, ...], online: frozenset[UserId]
) -> tuple[MemberListed, ...]:
    return tuple(
        MemberListed(user_id=each.user, name=each.name, role=each.role, online=each.user in online)
        for each in members
    )
