"""A campaign's name and description, and thirty days to take its deletion back."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from aiohttp import web
from pydantic import AfterValidator

from actors.runtime.clock import Clock
from events.core.state import RoomId
from events.journal.database.pool import Pool
from events.text import Name, clean_text
from web.accounts.auth import Auth
from web.campaigns.rooms import Rooms
from web.campaigns.routes import CampaignStore
from web.http.api import Answer, Body, Missing, body_of, success, uuid_in
from web.http.openapi import described

KEPT: Final = timedelta(days=30)
"""How long a deleted campaign can be taken back."""
LONGEST_DESCRIPTION: Final = 2_000

Description = Annotated[str, AfterValidator(lambda text: clean_text(text, LONGEST_DESCRIPTION))]


class CampaignChange(Body):
    """What is left out stays as it is."""

    name: Name | None = None
    description: Description | None = None


class CampaignDescribed(Answer):
    id: UUID
    name: str
    description: str


class DeletedCampaign(Answer):
    id: UUID
    name: str
    deleted_at: datetime
    kept_until: datetime


class DeletedCampaigns(Answer):
    campaigns: tuple[DeletedCampaign, ...]


_DELETED: Final = """
SELECT campaign.id, campaign.name, deleted_at FROM campaign
JOIN campaign_member ON campaign_id = campaign.id
WHERE account_id = %(user)s AND role = 'dm' AND removed_at IS NULL AND deleted_at > %(since)s
ORDER BY deleted_at DESC, campaign.id
"""
_RESTORE: Final = """
UPDATE campaign SET deleted_at = NULL WHERE id = %(campaign)s AND deleted_at > %(since)s
    AND EXISTS (
        SELECT FROM campaign_member WHERE campaign_id = %(campaign)s
        AND account_id = %(user)s AND role = 'dm' AND removed_at IS NULL
    )
RETURNING name, description
"""


class LifecycleRoutes:
    """The calls by which a DM renames, describes and takes back a campaign."""

    def __init__(
        self, pool: Pool, clock: Clock, auth: Auth, book: CampaignStore, rooms: Rooms
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._book = book
        self._rooms = rooms

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/deleted-campaigns", self.list_deleted)
        app.router.add_post("/api/deleted-campaigns/{id}/restore", self.restore)
        app.router.add_get("/api/campaigns/{id}/about", self.about)
        app.router.add_patch("/api/campaigns/{id}", self.change)

    @described(gives=CampaignDescribed)
    async def about(self, request: web.Request) -> web.Response:
        """Tell a member the campaign's name and description."""
        membership = await self._book.require(request)
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                "SELECT name, description FROM campaign WHERE id = %s", (membership.campaign,)
            )
            row = await rows.fetchone()
        if row is None:
            raise Missing("campaign")
        return success(CampaignDescribed(id=membership.campaign, name=row[0], description=row[1]))

    @described(takes=CampaignChange, gives=CampaignDescribed)
    async def change(self, request: web.Request) -> web.Response:
        """Rename or describe the campaign, as its DM."""
        membership = await self._book.require(request, dm=True)
        change = await body_of(request, CampaignChange)
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                "UPDATE campaign SET name = coalesce(%s, name),"
                " description = coalesce(%s, description)"
                " WHERE id = %s AND deleted_at IS NULL RETURNING name, description",
                (change.name, change.description, membership.campaign),
            )
            row = await rows.fetchone()
        if row is None:
            raise Missing("campaign")
        name, description = row
        if name != membership.name:
            await self._rooms.renamed(membership.campaign, name, membership.member)
        return success(
            CampaignDescribed(id=membership.campaign, name=name, description=description)
        )

    @described(gives=DeletedCampaigns)
    async def list_deleted(self, request: web.Request) -> web.Response:
        """List the campaigns that the asker, their DM, can still take back."""
        who = await self._auth.require(request)
        async with self._pool.connection() as connection:
            rows = await connection.execute(_DELETED, {"user": who.user, "since": self._since()})
            campaigns = tuple(
                DeletedCampaign(id=id_, name=name, deleted_at=at, kept_until=at + KEPT)
                for id_, name, at in await rows.fetchall()
            )
        return success(DeletedCampaigns(campaigns=campaigns))

    @described(gives=CampaignDescribed)
    async def restore(self, request: web.Request) -> web.Response:
        """Take back a deletion of the last thirty days: members, map and history are as before."""
        who = await self._auth.require(request)
        campaign = RoomId(uuid_in(request.match_info["id"], "campaign"))
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                _RESTORE, {"campaign": campaign, "user": who.user, "since": self._since()}
            )
            row = await rows.fetchone()
        if row is None:
            raise Missing("deleted campaign of yours, or its thirty days are over")
        return success(CampaignDescribed(id=campaign, name=row[0], description=row[1]))

    def _since(self) -> datetime:
        return self._clock.now() - KEPT
