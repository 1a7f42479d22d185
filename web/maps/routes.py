"""The calls about a campaign's map: read as the asker may, laid by a DM, generated from a seed."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from actors.runtime.clock import Clock
from events.core.features.hexes import HexProjection
from events.core.features.terrain import frame_for
from events.core.state import HexTerrain, Member, RoomState, ground
from events.geometry.grid import Hex
from events.geometry.offset import Cell
from events.maps import (
    ImportedMap,
    MapDocument,
    document_of_room,
    export_json,
    generate,
    generate_country,
    lay,
    lay_import,
)
from events.maps.document import map_document
from events.maps.hexroom_json import document, export_whole
from events.text import Name
from web.accounts.auth import Auth
from web.campaigns.room_client import HttpRoomClient, viewer_of
from web.campaigns.routes import CampaignStore, Membership
from web.http.api import (
    Answer,
    Body,
    Missing,
    OverLimit,
    body_of,
    raw_body_of,
    success,
)
from web.http.openapi import described
from web.maps.thread_pool import MapWork
from web.settings import Settings

Weight = Annotated[float, Field(ge=0, le=1_000_000)]


class GeneratedMap(Body):
    """From what a map is made; the same is always made of the same."""

    seed: Annotated[int, Field(ge=0, le=2**63 - 1)]
    width: Annotated[int, Field(ge=1, le=1_000)]
    height: Annotated[int, Field(ge=1, le=1_000)]
    orientation: Literal["flat", "pointy"] = "flat"
    mix: dict[str, Weight] | None = Field(None, max_length=50)
    name: Name = "Generated map"
    countryside: bool = True
    """Whether rivers, roads, settlements, realms and sites lie on it."""
    bare: bool = False
    """Whether it has no terrain at all: a grid for a picture, or to be painted by hand."""


class MapLaid(Answer):
    """The map that the campaign has now."""

    name: str
    grid_width: int
    grid_height: int
    hex_size: float
    orientation: str
    hexes: int
    paths: int = 0
    sites: int = 0
    regions: int = 0
    labels: int = 0


@dataclass(slots=True, eq=False)
class MapRoutes:
    """The calls about maps. Whole maps are worked on one at a time."""

    rooms: HttpRoomClient
    book: CampaignStore
    auth: Auth
    clock: Clock
    settings: Settings
    _work: MapWork = field(init=False, default_factory=lambda: MapWork(at_once=1))

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/map", self.read)
        app.router.add_put("/api/campaigns/{id}/map", self.put)
        app.router.add_post("/api/campaigns/{id}/map/generate", self.generate)
        app.router.add_post("/api/maps/preview", self.preview)

    @described(gives=MapDocument)
    async def read(self, request: web.Request) -> web.Response:
        """Return the map: all of it to a DM, to others the hexes that they were shown."""
        membership = await self.book.require(request)
        state = await self.rooms.whole(membership)
        viewer = viewer_of(membership, state)
        body = await self._work(lambda: _written(state, viewer))
        return web.Response(body=body, content_type="application/json")

    @described(takes=MapDocument, gives=MapLaid)
    async def put(self, request: web.Request) -> web.Response:
        """Lay another map; what players were shown stays shown where the new map has it too."""
        membership = await self.book.require(request, dm=True)
        raw = await raw_body_of(request, most_bytes=self.settings.body_bytes)
        return await self._lay(membership, await self._work(lambda: document(raw)))

    @described(takes=GeneratedMap, gives=MapLaid)
    async def generate(self, request: web.Request) -> web.Response:
        """Generate a map from a seed, and lay it in place of all that lies on the map but the notes."""
        membership = await self.book.require(request, dm=True)
        generated = await self._generated(await body_of(request, GeneratedMap))
        command = await self._work(
            lambda: lay_import(generated, "replace", keep_notes=True).stamped(self.clock.seed)
        )
        await self.rooms.ask(membership, command)
        return success(
            _answer_of(generated.document).model_copy(
                update={
                    "paths": len(generated.paths),
                    "sites": len(generated.sites),
                    "regions": len(generated.regions),
                    "labels": len(generated.labels),
                }
            )
        )

    @described(takes=GeneratedMap, gives=MapDocument)
    async def preview(self, request: web.Request) -> web.Response:
        """Generate a map from a seed, and only show it, as the file that an export would give."""
        await self.auth.require(request)
        generated = await self._generated(await body_of(request, GeneratedMap))
        body = await self._work(lambda: export_whole(generated))
        return web.Response(body=body, content_type="application/json")

    async def _generated(self, wish: GeneratedMap) -> ImportedMap:
        self._check_size(wish.width * wish.height)
        sized = (wish.seed, wish.width, wish.height, wish.orientation, wish.mix)
        if wish.bare:
            grid = Cell(wish.width, wish.height)
            bare = map_document(wish.name, {}, wish.orientation, grid=grid)
            return ImportedMap(bare, (), ())
        if wish.countryside:
            return await self._work(lambda: generate_country(*sized, name=wish.name))
        return await self._work(lambda: ImportedMap(generate(*sized, name=wish.name), (), ()))

    async def _lay(self, membership: Membership, document: MapDocument) -> web.Response:
        self._check_size(len(document.hexes))
        command = await self._work(lambda: lay(document))
        await self.rooms.ask(membership, command)
        return success(_answer_of(document))

    def _check_size(self, hexes: int) -> None:
        if hexes > self.settings.map_hexes:
            raise OverLimit(f"a map has at most {self.settings.map_hexes} hexes, not {hexes}")


def _answer_of(document: MapDocument) -> MapLaid:
    return MapLaid(
        name=document.name,
        grid_width=document.grid_width,
        grid_height=document.grid_height,
        hex_size=document.hex_size,
        orientation=document.orientation,
        hexes=len(document.hexes),
    )


def _written(room: RoomState, viewer: Member) -> bytes:
    """Return the map as the viewer knows it; raise Missing where there is none."""
    terrain = seen_terrain(room, viewer)
    frame = frame_for(room, viewer, terrain)
    if frame is None:
        raise Missing("map")
    return export_json(document_of_room(frame, terrain))


def seen_terrain(room: RoomState, viewer: Member) -> dict[Hex, HexTerrain]:
    """Return what the viewer knows hexes to be made of."""
    part = HexProjection()
    terrain = {}
    for at in part.keys(room, viewer):
        shown = part.visible(room, viewer, at)
        if shown is not None and "terrain" in shown:
            terrain[at] = ground(shown["terrain"], shown.get("variant", 0))
    return terrain
