"""HTTP routes for pictures at a past moment: tiles of the backdrop, and what goes with tokens."""

import asyncio
from typing import Final

from aiohttp import web
from cachetools import LRUCache

from events.core.state import Member, RoomId, RoomState
from events.record.errors import RecordError
from events.record.reader import Record, RoomAtVersion
from web.campaigns.routes import Membership
from web.history.access import HistoryAccess, MomentQuery, refused
from web.http.api import query_of
from web.http.openapi import described
from web.images.attached import image_answer
from web.images.routes import tile_answer
from web.images.tiles import Tiles

REMEMBERED: Final = 16
"""Moments whose room is kept: a page asks for many tiles of one."""


class PastTiles:
    """Time travel to the picture: each tile as its viewer could have had it then."""

    def __init__(self, access: HistoryAccess, record: Record, tiles: Tiles) -> None:
        self._access = access
        self._record = record
        self._tiles = tiles
        self._moments: LRUCache[tuple[RoomId, int], RoomAtVersion] = LRUCache(REMEMBERED)
        self._opening = asyncio.Lock()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(
            "/api/campaigns/{id}/state/picture/{picture}/{level}/{column}/{row}", self.tile
        )
        app.router.add_get("/api/campaigns/{id}/state/images/{image}", self.image)

    @described(content="image/webp", query=MomentQuery)
    async def tile(self, request: web.Request) -> web.Response:
        """Give one tile of the picture as it lay then, as far as the asker or ``as`` saw its hexes then."""
        campaign, room, viewer = await self._asked(request)
        return await tile_answer(request, self._tiles, campaign, room, viewer)

    @described(content="image/webp", query=MomentQuery)
    async def image(self, request: web.Request) -> web.Response:
        """Give a picture that goes with something the asker, or ``as``, saw then."""
        campaign, room, viewer = await self._asked(request)
        return await image_answer(request, self._tiles.pictures, campaign, room, viewer)

    async def _asked(self, request: web.Request) -> tuple[RoomId, RoomState, Member]:
        """Return the campaign, its room at the moment of the request, and who looks."""
        place = await self._access.campaign(request)
        query = query_of(request, MomentQuery)
        # Who may not look as this member is refused before the record is read.
        if not place.member.is_dm:
            await self._access.viewer(place, query.as_)
        version = await self._access.version(place, query.version, query.at)
        moment = await self._moment(place, version)
        viewer = await self._access.viewer(place, query.as_, moment.room)
        return place.campaign, moment.room, viewer.at(moment.room)

    async def _moment(self, place: Membership, version: int | None) -> RoomAtVersion:
        if version is None:
            version = (await self._record.head(place.campaign)).version
        key = (place.campaign, version)
        # Whoever finds it kept waits for nobody; the others open it once, however many ask.
        if (moment := self._moments.get(key)) is not None:
            return moment
        async with self._access.turn(place.member.user), self._opening:
            moment = self._moments.get(key) or await self._open(key)
            self._moments[key] = moment
        return moment

    async def _open(self, key: tuple[RoomId, int]) -> RoomAtVersion:
        try:
            return await self._record.at_version(*key)
        except RecordError as error:
            raise refused(error) from None
