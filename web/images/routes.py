"""The picture under a campaign's grid: uploaded and aligned by a DM, seen by each as far as their hexes go.

Which picture lies there, and how, is in the record, so it can be undone and played again. The pixels are files
beside it; of those that a campaign brought, the newest few are kept for that.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from aiohttp import web
from pydantic import Field, ValidationError

from actors.runtime.clock import Clock
from events.core.features.pictures import AlignPicture, LayPicture, RemovePicture
from events.core.features.terrain import knows_extent
from events.core.image_placement import Alignment
from events.core.messages import Command
from events.core.state import Member, Picture, Role, RoomId, RoomState, UserId
from web.campaigns.room_client import HttpRoomClient, viewer_of
from web.campaigns.routes import CampaignStore, Membership
from web.http.api import (
    Answer,
    BadRequest,
    Missing,
    OverLimit,
    Query,
    query_of,
    raw_body_of,
    refusal_of,
    success,
)
from web.http.openapi import described
from web.images.campaign_files import Pictures
from web.images.ingest import MAX_BYTES, BadImage
from web.images.mask import SMALLEST_SIDE
from web.images.pyramid import TILE, levels
from web.images.store import NoSuchTile
from web.images.tiles import Tiles, alignment_of, tile_at
from web.images.upload import received

_SMALL: Final = 4096


class PictureShown(Answer):
    """What the page must know to lay the tiles of a picture."""

    id: str
    width: int
    height: int
    tile_size: int
    levels: int
    smallest_side: float
    """Levels on which hexes have shorter sides, in pixels, are empty for players."""
    alignment: Alignment


class TileQuery(Query):
    as_: str | None = Field(None, alias="as", description="a player, whose tile a DM asks for")


@dataclass(slots=True, eq=False)
class PictureRoutes:
    """The calls about pictures."""

    pictures: Pictures
    tiles: Tiles
    rooms: HttpRoomClient
    book: CampaignStore
    clock: Clock

    def add_routes(self, app: web.Application) -> None:
        path = "/api/campaigns/{id}/map/picture"
        app.router.add_get(path, self.look)
        app.router.add_put(path, self.upload)
        app.router.add_put(path + "/alignment", self.align)
        app.router.add_delete(path, self.remove)
        app.router.add_get(path + "/{picture}/{level}/{column}/{row}", self.tile)

    @described(gives=PictureShown, also={204: None})
    async def look(self, request: web.Request) -> web.Response:
        """Show which picture lies under the grid, and how; nothing where there is none."""
        membership = await self.book.require(request)
        state = await self.rooms.whole(membership)
        if state.picture is None or not knows_extent(state, membership.member):
            # Most maps have none: no error for a browser to complain of.
            return web.Response(status=204)
        return _shown(state.picture)

    @described(gives=PictureShown)
    async def upload(self, request: web.Request) -> web.Response:
        """Lay a picture, PNG, JPEG or WebP, under the grid, aligned as the one before, the first over all of the map."""
        membership = await self.book.require(request, dm=True)
        picture = str(UUID(int=self.clock.seed(), version=4))
        with tempfile.TemporaryDirectory(prefix="hexroom-upload-") as folder:
            upload = Path(folder) / "picture"
            try:
                await received(request, upload, MAX_BYTES)
                facts = await self.pictures.take(membership.campaign, picture, upload)
            except BadImage as bad:
                raise (OverLimit if bad.code == "too_large" else BadRequest)(bad.text) from None
        command = LayPicture(picture=picture, width=facts.width, height=facts.height)
        lies = await self._picture_after(membership, command)
        await self.pictures.forget_old(membership.campaign, but={lies.id})
        return _shown(lies)

    @described(takes=Alignment, gives=PictureShown)
    async def align(self, request: web.Request) -> web.Response:
        """Move, scale and turn the picture under the grid."""
        membership = await self.book.require(request, dm=True)
        raw = await raw_body_of(request, most_bytes=_SMALL)
        try:
            alignment = Alignment.model_validate_json(raw)
        except ValidationError as error:
            raise refusal_of(error) from None
        return _shown(await self._picture_after(membership, AlignPicture(alignment=alignment)))

    @described(status=204)
    async def remove(self, request: web.Request) -> web.Response:
        """Take the picture away; undo lays it again."""
        membership = await self.book.require(request, dm=True)
        await self.rooms.ask(membership, RemovePicture())
        return web.Response(status=204)

    @described(content="image/webp", query=TileQuery)
    async def tile(self, request: web.Request) -> web.Response:
        """Give one tile: to a DM all of it, to others only what lies wholly in hexes that they see fully.

        A DM gets those of earlier pictures too, for the past.
        """
        membership = await self.book.require(request)
        state = await self.rooms.whole(membership)
        viewer = viewer_of(membership, state)
        user = query_of(request, TileQuery).as_
        if user is not None and viewer.is_dm:
            viewer = state.members.get(UserId(user), Member(UserId(user), Role.SPECTATOR, ""))
        return await tile_answer(request, self.tiles, membership.campaign, state, viewer)

    async def _picture_after(self, membership: Membership, command: Command) -> Picture:
        """Return the picture that lies there once a command is carried out; raise Missing."""
        await self.rooms.ask(membership, command)
        return _picture_of(await self.rooms.whole(membership))


async def tile_answer(
    request: web.Request, tiles: Tiles, campaign: RoomId, room: RoomState, viewer: Member
) -> web.Response:
    """Answer the tile of the request's path as the viewer may see it in the room; raise Missing."""
    path = request.match_info
    try:
        tile = tile_at(path["level"], path["column"], path["row"])
        key, data = await tiles.tile(campaign, room, viewer, path["picture"], tile)
    except NoSuchTile:
        raise Missing("tile") from None
    # Kept by the viewer's own browser only, and asked about each time: hexes may be hidden again.
    headers = {"ETag": f'"{key}"', "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if f'"{key}"' in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=data, content_type="image/webp", headers=headers)


def _picture_of(state: RoomState) -> Picture:
    """Return the picture; raise Missing where another DM took it away just now."""
    if state.picture is None:
        raise Missing("picture")
    return state.picture


def _shown(picture: Picture) -> web.Response:
    return success(
        PictureShown(
            id=picture.id,
            width=picture.width,
            height=picture.height,
            tile_size=TILE,
            levels=levels(picture.width, picture.height),
            smallest_side=SMALLEST_SIDE,
            alignment=alignment_of(picture),
        )
    )
