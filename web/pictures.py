"""The picture under a campaign's grid: uploaded and aligned by a DM, seen by each as far as their hexes go.

A campaign has one picture at most. It is a file beside the record, not in it: laying another one is no event.
"""

import asyncio
import json
import tempfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from aiohttp import web
from pydantic import ValidationError

from actors.clock import Clock
from actors.errors import NoAnswer
from events.features.hexes import HexProjection
from events.features.pictures import TellOfPicture
from events.grid import Hex
from events.journal import Request
from events.maps.alignment import Alignment
from events.state import Member, Role, RoomId, RoomState, UserId
from web.api import (
    Answer,
    BadRequest,
    BodyTooLarge,
    Busy,
    Missing,
    TooMany,
    Unavailable,
    raw_body_of,
    refusal_of,
    success,
)
from web.campaigns import CampaignBook, Standing
from web.describe import described
from web.imageintake import MAX_BYTES, BadImage
from web.imagestore import ImageStore, NoSuchTile
from web.mapimage import SMALLEST_SIDE, TILE, Showing, Tile
from web.roster import Roster

_SMALL: Final = 4096
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
    """Which picture a campaign has, and how it lies: a small file a campaign, beside the pictures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.store = ImageStore(folder / "tiles")

    def find(self, campaign: RoomId) -> tuple[str, Alignment] | None:
        try:
            said = json.loads(self._at(campaign).read_text())
        except FileNotFoundError:
            return None
        return said["id"], Alignment.model_validate(said["alignment"])

    def set(self, campaign: RoomId, picture: str, alignment: Alignment) -> None:
        """Let this be the campaign's picture; at once and whole, whatever fails."""
        part = self._at(campaign).with_suffix(".part")
        part.write_text(json.dumps({"id": picture, "alignment": alignment.model_dump()}))
        part.replace(self._at(campaign))

    def forget(self, campaign: RoomId) -> None:
        self._at(campaign).unlink(missing_ok=True)

    def _at(self, campaign: RoomId) -> Path:
        return self._folder / f"{campaign}.json"


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
        # Every page asks, and most maps have none: no error for the browser to complain of.
        if self._pictures.find(standing.campaign) is None:
            return web.Response(status=204)
        return self._shown(standing)

    @described(gives=PictureShown)
    async def upload(self, request: web.Request) -> web.Response:
        """Lay a picture, PNG, JPEG or WebP, under the grid, in place of the one that was; aligned as that."""
        standing = await self._book.require(request, dm=True)
        picture = str(UUID(int=self._clock.seed(), version=4))
        with tempfile.TemporaryDirectory(prefix="hexroom-upload-") as folder:
            upload = Path(folder) / "picture"
            try:
                await _received(request, upload)
                await self._pictures.store.take(picture, upload)
            except BadImage as bad:
                raise (TooMany if bad.code == "too_large" else BadRequest)(bad.text) from None
        before = self._pictures.find(standing.campaign)
        alignment = before[1] if before else Alignment()
        self._pictures.set(standing.campaign, picture, alignment)
        if before:
            await self._pictures.store.remove(before[0])
        await self._tell(standing)
        return self._shown(standing)

    @described(takes=Alignment, gives=PictureShown)
    async def align(self, request: web.Request) -> web.Response:
        """Move, scale and turn the picture under the grid."""
        standing = await self._book.require(request, dm=True)
        raw = await raw_body_of(request, most_bytes=_SMALL)
        try:
            alignment = Alignment.model_validate_json(raw)
        except ValidationError as error:
            raise refusal_of(error) from None
        picture, _ = self._found(standing)
        self._pictures.set(standing.campaign, picture, alignment)
        await self._tell(standing)
        return self._shown(standing)

    @described(status=204)
    async def remove(self, request: web.Request) -> web.Response:
        """Take the picture away for good."""
        standing = await self._book.require(request, dm=True)
        picture, _ = self._found(standing)
        self._pictures.forget(standing.campaign)
        await self._pictures.store.remove(picture)
        await self._tell(standing)
        return web.Response(status=204)

    @described(content="image/webp", query={"as": "a player, whose tile a DM asks for"})
    async def tile(self, request: web.Request) -> web.Response:
        """Give one tile: to a DM all of it, to others only what lies wholly in hexes that they see fully."""
        standing = await self._book.require(request)
        picture, alignment = self._found(standing)
        tile = _tile(request)
        if request.match_info["picture"] != picture or tile is None:
            raise Missing("tile")
        showing = await self._showing(standing, alignment, request.query.get("as"))
        if showing is None:
            raise Missing("map")
        try:
            key, data = await self._pictures.store.tile(picture, tile, showing)
        except NoSuchTile:
            raise Missing("tile") from None
        # Kept by the viewer's own browser only, and asked about each time: hexes may be hidden again.
        headers = {"ETag": f'"{key}"', "Cache-Control": "private, no-cache", "Vary": "Cookie"}
        if f'"{key}"' in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=data, content_type="image/webp", headers=headers)

    def _found(self, standing: Standing) -> tuple[str, Alignment]:
        found = self._pictures.find(standing.campaign)
        if found is None:
            raise Missing("picture")
        return found

    def _shown(self, standing: Standing) -> web.Response:
        picture, alignment = self._found(standing)
        facts = self._pictures.store.facts(picture)
        return success(
            PictureShown(
                id=picture,
                width=facts.width,
                height=facts.height,
                tile_size=TILE,
                levels=facts.levels,
                smallest_side=SMALLEST_SIDE,
                alignment=alignment,
            )
        )

    async def _tell(self, standing: Standing) -> None:
        """Tell the pages that are open; those who cannot be told see it when they come back."""
        with suppress(NoAnswer):
            room = await self._roster.enter(standing, self._book)
            await room.ask(Request(TellOfPicture(), standing.member, self._clock.now()))

    async def _showing(
        self, standing: Standing, alignment: Alignment, eyes: str | None
    ) -> Showing | None:
        """Return what the asker, or the player whose eyes a DM borrows, may see of the picture.

        None while there is no map to lay it under.
        """
        try:
            state = await (await self._roster.enter(standing, self._book)).whole()
        except NoAnswer as error:
            raise (Busy(str(error)) if error.code == Busy.code else Unavailable()) from error
        if state.map is None:
            return None
        viewer = state.members.get(standing.member.user, standing.member)
        if eyes is not None and viewer.is_dm:
            viewer = state.members.get(UserId(eyes), Member(UserId(eyes), Role.SPECTATOR, ""))
        visible = None if viewer.is_dm else await self._seen(standing.campaign, state, viewer)
        return Showing(alignment, visible, state.map.hex_size, state.map.orientation)

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
