"""The picture under a campaign's grid: uploaded and aligned by a DM, seen by each as far as their hexes go.

Which picture lies there, and how, is in the record, so it can be undone and played again. The pixels are files
beside it; of those that a campaign brought, the newest few are kept for that.
"""

import asyncio
import tempfile
from collections import OrderedDict
from dataclasses import asdict
from pathlib import Path
from typing import Final
from uuid import UUID

from aiohttp import web
from pydantic import ValidationError

from actors.clock import Clock
from actors.errors import NoAnswer
from events.features.hexes import HexProjection
from events.features.pictures import AlignPicture, LayPicture, RemovePicture
from events.features.terrain import knows_extent
from events.grid import Hex
from events.journal import Request
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
from web.imagestore import ImageFacts, ImageStore, NoSuchTile
from web.mapimage import SMALLEST_SIDE, TILE, Showing, Tile, levels
from web.roster import Roster, unanswered

_SMALL: Final = 4096
_KEPT: Final = 8
"""Pictures of a campaign whose pixels are kept: what undo and replay can show again."""
_REMEMBERED: Final = 64


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


class Pictures:
    """The pictures that campaigns brought: a mark for each, beside the pixels."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "brought"
        self.store = ImageStore(folder / "tiles")

    def brought(self, campaign: RoomId, picture: str) -> bool:
        """Return whether the pixels are this campaign's; ids of others are no secret."""
        return picture in self._marks(campaign)

    async def take(self, campaign: RoomId, picture: str, upload: Path) -> ImageFacts:
        """Keep a picture under a new id; raise BadImage."""
        facts = await self.store.take(picture, upload)
        mark = self._folder / str(campaign) / picture
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch(exist_ok=False)
        return facts

    async def forget_old(self, campaign: RoomId, *, but: str) -> None:
        """Delete all but the newest pictures, and the one that lies under the grid."""
        for picture in self._marks(campaign)[_KEPT:]:
            if picture != but:
                await self.store.remove(picture)
                (self._folder / str(campaign) / picture).unlink(missing_ok=True)

    def _marks(self, campaign: RoomId) -> list[str]:
        """Return the pictures, newest first."""
        folder = self._folder / str(campaign)
        if not folder.is_dir():
            return []
        # Another node may be deleting the same.
        marks = [(mark.stat().st_mtime_ns, mark.name) for mark in folder.iterdir() if mark.exists()]
        return [name for _, name in sorted(marks, reverse=True)]


class PictureCalls:
    """The calls about pictures."""

    def __init__(
        self, pictures: Pictures, roster: Roster, book: CampaignBook, clock: Clock
    ) -> None:
        self._pictures = pictures
        self._roster = roster
        self._book = book
        self._clock = clock
        self._visible: OrderedDict[tuple[RoomId, str], tuple[RoomState, frozenset[Hex]]]
        self._visible = OrderedDict()

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
        state = await self._state(standing)
        if state.picture is None or not knows_extent(state, standing.member):
            # Most maps have none: no error for a browser to complain of.
            return web.Response(status=204)
        return _shown(state.picture)

    @described(gives=PictureShown)
    async def upload(self, request: web.Request) -> web.Response:
        """Lay a picture, PNG, JPEG or WebP, under the grid, in place of the one that was; aligned as that."""
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
        state = await self._do(standing, laid)
        await self._pictures.forget_old(standing.campaign, but=_picture_of(state).id)
        return _shown(_picture_of(state))

    @described(takes=Alignment, gives=PictureShown)
    async def align(self, request: web.Request) -> web.Response:
        """Move, scale and turn the picture under the grid."""
        standing = await self._book.require(request, dm=True)
        raw = await raw_body_of(request, most_bytes=_SMALL)
        try:
            alignment = Alignment.model_validate_json(raw)
        except ValidationError as error:
            raise refusal_of(error) from None
        return _shown(_picture_of(await self._do(standing, AlignPicture(alignment=alignment))))

    @described(status=204)
    async def remove(self, request: web.Request) -> web.Response:
        """Take the picture away; undo lays it again."""
        standing = await self._book.require(request, dm=True)
        await self._do(standing, RemovePicture())
        return web.Response(status=204)

    @described(content="image/webp", query={"as": "a player, whose tile a DM asks for"})
    async def tile(self, request: web.Request) -> web.Response:
        """Give one tile: to a DM all of it, to others only what lies wholly in hexes that they see fully.

        A DM gets those of earlier pictures too, for the past.
        """
        standing = await self._book.require(request)
        state = await self._state(standing)
        picture, tile = request.match_info["picture"], _tile(request)
        showing = await self._showing(standing, state, picture, request.query.get("as"))
        if tile is None or showing is None:
            raise Missing("tile")
        try:
            key, data = await self._pictures.store.tile(picture, tile, showing)
        except NoSuchTile:
            raise Missing("tile") from None
        # Kept by the viewer's own browser only, and asked about each time: hexes may be hidden again.
        headers = {"ETag": f'"{key}"', "Cache-Control": "private, no-cache", "Vary": "Cookie"}
        if f'"{key}"' in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=data, content_type="image/webp", headers=headers)

    async def _do(self, standing: Standing, command: Command) -> RoomState:
        """Return the room as it is after a command."""
        try:
            room = await self._roster.enter(standing, self._book)
            await room.ask(Request(command, standing.member, self._clock.now()))
            return await room.whole()
        except NoAnswer as error:
            raise unanswered(error) from error

    async def _state(self, standing: Standing) -> RoomState:
        try:
            return await (await self._roster.enter(standing, self._book)).whole()
        except NoAnswer as error:
            raise unanswered(error) from error

    async def _showing(
        self, standing: Standing, state: RoomState, picture: str, eyes: str | None
    ) -> Showing | None:
        """Return what the asker, or the player whose eyes a DM borrows, may see of a picture.

        None while there is no map to lay it under, and for a picture that is not theirs to see or know of.
        """
        if state.map is None:
            return None
        viewer = state.members.get(standing.member.user, standing.member)
        if eyes is not None and viewer.is_dm:
            viewer = state.members.get(UserId(eyes), Member(UserId(eyes), Role.SPECTATOR, ""))
        if not knows_extent(state, viewer):
            return None  # Numbers of tiles tell how far the picture goes.
        frame = (state.map.hex_size, state.map.orientation)
        if state.picture is not None and state.picture.id == picture:
            visible = None if viewer.is_dm else await self._seen(standing.campaign, state, viewer)
            return Showing(_alignment(state.picture), visible, *frame)
        # What hexes an earlier one lay under is past: it is for those who see all of it.
        if viewer.is_dm and self._pictures.brought(standing.campaign, picture):
            return Showing(Alignment(), None, *frame)
        return None

    async def _seen(self, campaign: RoomId, state: RoomState, viewer: Member) -> frozenset[Hex]:
        """Return the hexes the viewer sees fully; remembered, as a page asks for many tiles at once."""
        key = (campaign, viewer.user)
        found = self._visible.pop(key, None)
        if found is None or found[0] is not state:
            found = (state, await asyncio.to_thread(_fully_seen, state, viewer))
        self._visible[key] = found
        while len(self._visible) > _REMEMBERED:
            self._visible.popitem(last=False)
        return found[1]


def _picture_of(state: RoomState) -> Picture:
    """Return the picture; raise Missing where another DM took it away just now."""
    if state.picture is None:
        raise Missing("picture")
    return state.picture


def _alignment(picture: Picture) -> Alignment:
    return Alignment(**asdict(picture.lies))


def _shown(picture: Picture) -> web.Response:
    return success(
        PictureShown(
            id=picture.id,
            width=picture.width,
            height=picture.height,
            tile_size=TILE,
            levels=levels(picture.width, picture.height),
            smallest_side=SMALLEST_SIDE,
            alignment=_alignment(picture),
        )
    )


def _fully_seen(state: RoomState, viewer: Member) -> frozenset[Hex]:
    part = HexProjection()
    return frozenset(
        at
        for at in part.keys(state, viewer)
        if (shown := part.show(state, viewer, at)) is not None and shown.get("tier") == "full"
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


def _tile(request: web.Request) -> Tile | None:
    numbers = [request.match_info[name] for name in ("level", "column", "row")]
    if not all(number.isascii() and number.isdecimal() and len(number) < 5 for number in numbers):
        return None
    return Tile(*map(int, numbers))
