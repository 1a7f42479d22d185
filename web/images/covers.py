"""The cover of a campaign: a picture that a DM chose, for all of its members."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from aiohttp import web

from actors.runtime.clock import Clock
from events.journal.database.pool import Pool
from web.campaigns.routes import CampaignStore
from web.http.api import Answer, BadRequest, Missing, OverLimit, success
from web.http.openapi import described
from web.images.campaign_files import Pictures
from web.images.ingest import BadImage
from web.images.store import NoSuchTile
from web.images.upload import received

COVER_BYTES: Final = 10 * 2**20
"""The largest file for a cover."""
KIND: Final = "c"

_SET: Final = "UPDATE campaign SET cover = %s WHERE id = %s"
_COVER: Final = "SELECT cover FROM campaign WHERE id = %s"


class CoverTaken(Answer):
    """The cover's id, and its size in pixels."""

    id: str
    width: int
    height: int


@dataclass(slots=True, eq=False)
class CoverRoutes:
    """The calls about covers."""

    pool: Pool
    pictures: Pictures
    book: CampaignStore
    clock: Clock

    def add_routes(self, app: web.Application) -> None:
        path = "/api/campaigns/{id}/cover"
        app.router.add_put(path, self.choose)
        app.router.add_delete(path, self.remove)
        app.router.add_get(path + "/{picture}", self.look)

    @described(gives=CoverTaken)
    async def choose(self, request: web.Request) -> web.Response:
        """Give the campaign a cover, PNG, JPEG or WebP, as its DM; the one before is deleted."""
        membership = await self.book.require(request, dm=True)
        picture = f"{KIND}-{UUID(int=self.clock.seed(), version=4)}"
        with tempfile.TemporaryDirectory(prefix="hexroom-upload-") as folder:
            upload = Path(folder) / "picture"
            await received(request, upload, COVER_BYTES)
            try:
                facts = await self.pictures.take(membership.campaign, picture, upload, "handout")
            except BadImage as bad:
                raise (OverLimit if bad.code == "too_large" else BadRequest)(bad.text) from None
        async with self.pool.connection() as connection:
            await connection.execute(_SET, (picture, membership.campaign))
        await self.pictures.forget_old(membership.campaign, but={picture}, kind=KIND)
        return success(CoverTaken(id=picture, width=facts.width, height=facts.height))

    @described(status=204)
    async def remove(self, request: web.Request) -> web.Response:
        """Take the cover away, as the campaign's DM."""
        membership = await self.book.require(request, dm=True)
        async with self.pool.connection() as connection:
            await connection.execute(_SET, (None, membership.campaign))
        await self.pictures.forget_old(membership.campaign, but=(), kind=KIND)
        return web.Response(status=204)

    @described(content="image/webp")
    async def look(self, request: web.Request) -> web.Response:
        """Give the cover to a member."""
        membership = await self.book.require(request)
        picture = request.match_info["picture"]
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_COVER, (membership.campaign,))).fetchone()
        if row is None or row[0] != picture:
            raise Missing("cover")
        try:
            content = await self.pictures.store.whole(picture)
        except NoSuchTile:
            raise Missing("cover") from None
        headers = {"ETag": f'"{picture}"', "Cache-Control": "private, no-cache", "Vary": "Cookie"}
        if f'"{picture}"' in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=content, content_type="image/webp", headers=headers)
