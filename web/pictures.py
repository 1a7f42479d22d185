"""The picture under a campaign's grid: uploaded and aligned by a DM, seen by each as far as their hexes go.

Which picture lies there, and how, is in the record, so it can be undone and played again. The pixels are files
beside it; of those that a campaign brought, the newest few are kept for that.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Final
from uuid import UUID

from aiohttp import web
from pydantic import ValidationError

from actors.clock import Clock
from events.features.pictures import AlignPicture, LayPicture, RemovePicture
from events.features.terrain import knows_extent
from events.maps.alignment import Alignment
from events.messages import Command
from events.state import Member, Picture, Role, RoomId, RoomState, UserId
from web.api import (
    Answer,
    BadRequest,
    BodyTooLarge,
    Missing,
    TooMany,
    raw_body_of,
    refusal_of,
    success,
)
from web.campaigns import CampaignBook, Standing
from web.describe import described
from web.imageintake import MAX_BYTES, BadImage
from web.imagestore import NoSuchTile
from web.mapimage import SMALLEST_SIDE, TILE, levels
from web.openrooms import OpenRooms, viewer_of
from web.picturefiles import Pictures
from web.picturetiles import Tiles, alignment_of, tile_at

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


class PictureCalls:
    """The calls about pictures."""

    def __init__(
        self, pictures: Pictures, tiles: Tiles, rooms: OpenRooms, book: CampaignBook, clock: Clock
    ) -> None:
        self._pictures = pictures
        self._tiles = tiles
        self._rooms = rooms
        self._book = book
        self._clock = clock

    def add_routes(self, app: web.Application) -> None:
        path = "/api/campaigns/{id}/map/picture"
        app.router.add_get(path, self.look)
        app.router.add_put(path, self.upload)
        app.router.add_put(path + "/alignment", self.align)
        app.router.add_delete(path, self.remove)
        app.router.add_get(path + "/{picture}/{level}/{column}/{row}", self.tile)

    @described(gives=PictureShown)
    async def look(self, request: web.Request) -> web.Response:
        """Show which picture lies under the grid, and how; nothing where there is none."""
        standing = await self._book.require(request)
        state = await self._rooms.whole(standing)
        if state.picture is None or not knows_extent(state, standing.member):
            # Most maps have none: no error for a browser to complain of.
            return web.Response(status=204)
        return _shown(state.picture)

    @described(gives=PictureShown)
    async def upload(self, request: web.Request) -> web.Response:
        """Lay a picture, PNG, JPEG or WebP, under the grid, aligned as the one before, the first over all of the map."""
        standing = await self._book.require(request, dm=True)
        picture = str(UUID(int=self._clock.seed(), version=4))
        with tempfile.TemporaryDirectory(prefix="hexroom-upload-") as folder:
            upload = Path(folder) / "picture"
            try:
                await _received(request, upload)
                facts = await self._pictures.take(standing.campaign, picture, upload)
            except BadImage as bad:
                raise (TooMany if bad.code == "too_large" else BadRequest)(bad.text) from None
        laid = LayPicture(picture=picture, width=facts.width, height=facts.height)
        lies = await self._picture_after(standing, laid)
        await self._pictures.forget_old(standing.campaign, but=lies.id)
        return _shown(lies)

    @described(takes=Alignment, gives=PictureShown)
    async def align(self, request: web.Request) -> web.Response:
        """Move, scale and turn the picture under the grid."""
        standing = await self._book.require(request, dm=True)
        raw = await raw_body_of(request, most_bytes=_SMALL)
        try:
            alignment = Alignment.model_validate_json(raw)
        except ValidationError as error:
            raise refusal_of(error) from None
        return _shown(await self._picture_after(standing, AlignPicture(alignment=alignment)))

    @described(status=204)
    async def remove(self, request: web.Request) -> web.Response:
        """Take the picture away; undo lays it again."""
        standing = await self._book.require(request, dm=True)
        await self._rooms.ask(standing, RemovePicture())
        return web.Response(status=204)

    @described(content="image/webp", query={"as": "a player, whose tile a DM asks for"})
    async def tile(self, request: web.Request) -> web.Response:
        """Give one tile: to a DM all of it, to others only what lies wholly in hexes that they see fully.

        A DM gets those of earlier pictures too, for the past.
        """
        standing = await self._book.require(request)
        state = await self._rooms.whole(standing)
        viewer = viewer_of(standing, state)
        eyes = request.query.get("as")
        if eyes is not None and viewer.is_dm:
            viewer = state.members.get(UserId(eyes), Member(UserId(eyes), Role.SPECTATOR, ""))
        return await tile_answer(request, self._tiles, standing.campaign, state, viewer)

    async def _picture_after(self, standing: Standing, command: Command) -> Picture:
        """Return the picture that lies there once a command is carried out; raise Missing."""
        await self._rooms.ask(standing, command)
        return _picture_of(await self._rooms.whole(standing))


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


async def _received(request: web.Request, upload: Path) -> None:
    """Write the body to a file; raise BodyTooLarge as soon as that is known."""
    if (request.content_length or 0) > MAX_BYTES:
        raise BodyTooLarge(MAX_BYTES)
    received = 0
    file = await asyncio.to_thread(upload.open, "wb")
    try:
        async for chunk in request.content.iter_chunked(256 * 1024):
            received += len(chunk)
            if received > MAX_BYTES:
                raise BodyTooLarge(MAX_BYTES)
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)
