"""A campaign's name and description, its archive, its keeper, and thirty days to take back a deletion."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from actors.runtime.clock import Clock
from events.core.state import RoomId, UserId
from events.journal.database.pool import Pool
from events.record.campaigns import check_may_open
from events.record.errors import TooManyCampaigns
from events.text import Name, clean_text
from web.accounts.auth import Auth
from web.campaigns.rooms import Rooms
from web.campaigns.routes import CampaignStore
from web.http.api import (
    Answer,
    Body,
    Denied,
    Missing,
    OverLimit,
    body_of,
    success,
    uuid_in,
    word_in,
)
from web.http.openapi import described

KEPT: Final = timedelta(days=30)
"""How long a deleted campaign can be taken back."""
LONGEST_DESCRIPTION: Final = 2_000

Description = Annotated[str, AfterValidator(lambda text: clean_text(text, LONGEST_DESCRIPTION))]


def _written_out(at: object) -> object:
    # Of a text pydantic would take a number of seconds, too.
    return datetime.fromisoformat(at) if isinstance(at, str) else at


class CampaignChange(Body):
    """What is left out stays as it is."""

    name: Name | None = None
    description: Description | None = None
    next_at: Annotated[AwareDatetime, BeforeValidator(_written_out)] | None = None
    """When people meet next; null takes it back."""


class CampaignDescribed(Answer):
    id: UUID
    name: str
    description: str
    next_at: datetime | None


class About(CampaignDescribed):
    archived: bool
    cover: str | None
    """The id of its picture, at `/api/campaigns/ID/cover/PICTURE`."""


class Archiving(Body):
    archived: bool


class Keeper(Body):
    to: str
    """A DM of the campaign, with an account."""


class CampaignKept(Answer):
    id: UUID
    keeper: UserId


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
_NEW_KEEPER: Final = """
SELECT campaign.created_by = %(asker)s OR NOT EXISTS (
        SELECT FROM campaign_member WHERE campaign_id = campaign.id
        AND account_id = campaign.created_by AND role = 'dm' AND removed_at IS NULL
    ), account.email IS NOT NULL
FROM campaign
JOIN campaign_member ON campaign_id = campaign.id AND role = 'dm' AND removed_at IS NULL
JOIN account ON account.id = account_id
WHERE campaign.id = %(campaign)s AND account_id = %(to)s
FOR UPDATE OF campaign
"""
_RESTORE: Final = """
UPDATE campaign SET deleted_at = NULL WHERE id = %(campaign)s AND deleted_at > %(since)s
    AND EXISTS (
        SELECT FROM campaign_member WHERE campaign_id = %(campaign)s
        AND account_id = %(user)s AND role = 'dm' AND removed_at IS NULL
    )
RETURNING name, description, next_at
"""


class LifecycleRoutes:
    """The calls by which a DM renames, archives, hands over and takes back a campaign."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        book: CampaignStore,
        rooms: Rooms,
        *,
        most_campaigns: int,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._book = book
        self._rooms = rooms
        self._most_campaigns = most_campaigns

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/deleted-campaigns", self.list_deleted)
        app.router.add_post("/api/deleted-campaigns/{id}/restore", self.restore)
        app.router.add_get("/api/campaigns/{id}/about", self.about)
        app.router.add_patch("/api/campaigns/{id}", self.change)
        app.router.add_put("/api/campaigns/{id}/archived", self.archive)
        app.router.add_put("/api/campaigns/{id}/keeper", self.hand_over)

    @described(gives=About)
    async def about(self, request: web.Request) -> web.Response:
        """Tell a member the campaign's name, description, cover and next date."""
        membership = await self._book.require(request)
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                "SELECT name, description, archived_at IS NOT NULL, next_at, cover"
                " FROM campaign WHERE id = %s",
                (membership.campaign,),
            )
            row = await rows.fetchone()
        if row is None:
            raise Missing("campaign")
        name, description, archived, next_at, cover = row
        return success(
            About(
                id=membership.campaign,
                name=name,
                description=description,
                next_at=next_at,
                archived=archived,
                cover=cover,
            )
        )

    @described(takes=CampaignChange, gives=CampaignDescribed)
    async def change(self, request: web.Request) -> web.Response:
        """Rename or describe the campaign, or say when people meet next, as its DM."""
        membership = await self._book.require(request, dm=True)
        change = await body_of(request, CampaignChange)
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                "UPDATE campaign SET name = coalesce(%s, name),"
                " description = coalesce(%s, description),"
                " next_at = CASE WHEN %s THEN %s ELSE next_at END"
                " WHERE id = %s AND deleted_at IS NULL RETURNING name, description, next_at",
                (
                    *(change.name, change.description),
                    *("next_at" in change.model_fields_set, change.next_at),
                    membership.campaign,
                ),
            )
            row = await rows.fetchone()
        if row is None:
            raise Missing("campaign")
        name, description, next_at = row
        if name != membership.name:
            await self._rooms.renamed(membership.campaign, name, membership.member)
        return success(
            CampaignDescribed(
                id=membership.campaign, name=name, description=description, next_at=next_at
            )
        )

    @described(takes=Archiving, status=204)
    async def archive(self, request: web.Request) -> web.Response:
        """Put the campaign away, as its DM, or take it out again: archived, it is read and not changed."""
        membership = await self._book.require(request, dm=True)
        body = await body_of(request, Archiving)
        await self._rooms.archived(membership.campaign, body.archived, membership.member)
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE campaign SET archived_at = %s WHERE id = %s",
                (self._clock.now() if body.archived else None, membership.campaign),
            )
        return web.Response(status=204)

    @described(takes=Keeper, gives=CampaignKept)
    async def hand_over(self, request: web.Request) -> web.Response:
        """Make another DM the campaign's keeper, among whose campaigns it then counts.

        For the keeper; for any DM, themself included, where the keeper is no DM of it any more.
        """
        membership = await self._book.require(request, dm=True)
        body = await body_of(request, Keeper)
        to = UserId(word_in(body.to, "member"))
        params = {"campaign": membership.campaign, "to": to, "asker": membership.member.user}
        async with self._pool.connection() as connection, connection.transaction():
            row = await (await connection.execute(_NEW_KEEPER, params)).fetchone()
            if row is None:
                raise Missing("DM of that id in this campaign")
            may, has_account = row
            if not may:
                raise Denied("only the keeper hands a campaign over")
            if not has_account:
                raise Denied("a guest keeps no campaign: let them sign up first")
            try:
                await check_may_open(connection, to, self._most_campaigns)
            except TooManyCampaigns as error:
                raise OverLimit(str(error)) from None
            await connection.execute(
                "UPDATE campaign SET created_by = %(to)s WHERE id = %(campaign)s", params
            )
        return success(CampaignKept(id=membership.campaign, keeper=to))

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
        name, description, next_at = row
        return success(
            CampaignDescribed(id=campaign, name=name, description=description, next_at=next_at)
        )

    def _since(self) -> datetime:
        return self._clock.now() - KEPT
