"""Maps as files over HTTP: brought along by a DM, shown before they are laid; taken away by each as they may."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import ValidationError

from actors.runtime.clock import Clock
from events.core.features.notes import NoteProjection
from events.core.features.terrain import frame_for
from events.core.state import Member, RoomState
from events.geometry.grid import Hex
from events.maps import (
    ImportedNote,
    ImportOptions,
    LabelStyle,
    MapDocument,
    Preview,
    document_of_room,
    export_csv,
    export_json,
    import_map,
    lay_import,
    preview,
    svg,
)
from events.maps.reading import Problem
from web.accounts.auth import Auth
from web.campaigns.room_client import HttpRoomClient, viewer_of
from web.campaigns.routes import CampaignStore
from web.http.api import (
    Answer,
    BadRequest,
    BodyTooLarge,
    Missing,
    TooMany,
    refusal_of,
    success,
)
from web.http.openapi import described
from web.maps.png import png
from web.maps.routes import seen_terrain
from web.maps.thread_pool import MapWork
from web.settings import Settings

_AT_A_TIME: Final = 2
"""Files read and pictures drawn at once."""
_OPTIONS_BYTES: Final = 256 * 1024
_FORM_BYTES: Final = 64 * 1024
"""What a form may have besides its file and options."""


class MapImported(Answer):
    """What was laid, and what of the file was left out."""

    name: str
    grid_width: int
    grid_height: int
    hexes: int
    notes: int
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A map as a viewer may see it."""

    map: MapDocument
    notes: tuple[ImportedNote, ...]
    labels: LabelStyle | None


class MapFileRoutes:
    """The calls that bring maps along and take them away."""

    def __init__(
        self,
        rooms: HttpRoomClient,
        book: CampaignStore,
        auth: Auth,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._rooms = rooms
        self._book = book
        self._auth = auth
        self._clock = clock
        self._most_bytes = settings.body_bytes
        self._most_hexes = settings.map_hexes
        self._work = MapWork(_AT_A_TIME)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/maps/import/preview", self.preview_alone)
        app.router.add_post("/api/campaigns/{id}/map/preview", self.preview)
        app.router.add_post("/api/campaigns/{id}/map/import", self.take)
        app.router.add_get("/api/campaigns/{id}/map/export", self.export)

    @described(gives=Preview)
    async def preview(self, request: web.Request) -> web.Response:
        """Show what an import of the form's file with its options would lay; store nothing."""
        await self._book.require(request, dm=True)
        return await self._preview(request)

    @described(gives=Preview)
    async def preview_alone(self, request: web.Request) -> web.Response:
        """Show what an import would lay in a campaign that is still to be made."""
        await self._auth.require(request)
        return await self._preview(request)

    async def _preview(self, request: web.Request) -> web.Response:
        data, filename, options = await self._form(request)
        shown = await self._work(lambda: preview(data, filename, options))
        text = shown.model_dump_json(by_alias=True)
        return web.Response(text=text, content_type="application/json")

    @described(gives=MapImported)
    async def take(self, request: web.Request) -> web.Response:
        """Lay the map in the form's file, read with its options, and write its notes."""
        membership = await self._book.require(request, dm=True)
        data, filename, options = await self._form(request)
        imported = await self._work(lambda: import_map(data, filename, options))
        laid = imported.document
        if len(laid.hexes) > self._most_hexes:
            raise TooMany(f"a map has at most {self._most_hexes} hexes, not {len(laid.hexes)}")
        command = await self._work(lambda: lay_import(imported).stamped(self._clock.seed))
        await self._rooms.ask(membership, command)
        return success(
            MapImported(
                name=laid.name,
                grid_width=laid.grid_width,
                grid_height=laid.grid_height,
                hexes=len(laid.hexes),
                notes=len(imported.notes),
                warnings=tuple(Problem(text=w.text, line=w.line) for w in imported.warnings),
            )
        )

    @described(
        content="application/octet-stream",
        query={"format": "json, csv, svg or png", "labels": "1 draws labels in a picture"},
    )
    async def export(self, request: web.Request) -> web.Response:
        """Give the map as a file: to a DM all of it, to others what they see."""
        membership = await self._book.require(request)
        kind = request.query.get("format", "json")
        if kind not in _WRITERS:
            raise BadRequest("format: expected json, csv, svg or png")
        content_type, write = _WRITERS[kind]
        labels = LabelStyle() if request.query.get("labels") == "1" else None
        state = await self._rooms.whole(membership)
        viewer = viewer_of(membership, state)
        seen = await self._work(lambda: _seen(state, viewer, labels))
        body = await self._work(lambda: write(seen))
        name = quote(f"{seen.map.name}.{kind}", safe="")
        headers = {
            # Always a download: an SVG of this origin is not to be opened as a page.
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return web.Response(body=body, content_type=content_type, headers=headers)

    async def _form(self, request: web.Request) -> tuple[bytes, str, ImportOptions]:
        """Return the parts ``file``, its name, and ``options`` (JSON) of a multipart form."""
        if request.content_type != "multipart/form-data":
            raise BadRequest("expected multipart/form-data with a file and perhaps options")
        if (request.content_length or 0) > self._most_bytes + _OPTIONS_BYTES + _FORM_BYTES:
            raise BodyTooLarge(self._most_bytes)
        data: bytes | None = None
        filename, options = "", ImportOptions()
        try:
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader) or part.name not in ("file", "options"):
                    raise BadRequest("expected a form with file and options, and no more")
                if part.name == "file":
                    data, filename = await _read(part, self._most_bytes), part.filename or ""
                else:
                    options = _options(await _read(part, _OPTIONS_BYTES))
        # aiohttp asserts that a form does not end in the middle of a part.
        except (ValueError, HttpProcessingError, AssertionError):
            raise BadRequest("the form is damaged") from None
        if data is None:
            raise BadRequest("file: expected a file in the form")
        return data, filename, options


def _seen(state: RoomState, viewer: Member, labels: LabelStyle | None) -> _Seen:
    """Return the map as the projections show it to the viewer; raise Missing without one."""
    seen = seen_terrain(state, viewer)
    frame = frame_for(state, viewer, seen)
    if frame is None:
        raise Missing("map")
    document = document_of_room(frame, seen)
    return _Seen(document, tuple(_notes(state, viewer)), labels)


def _notes(state: RoomState, viewer: Member) -> Iterable[ImportedNote]:
    part = NoteProjection()
    for key in part.keys(state, viewer):  # a projection, no mapping
        shown = part.visible(state, viewer, key)
        if shown is not None:
            yield ImportedNote(
                Hex.parse(shown["hexKey"]),
                shown["title"],
                shown["playerText"],
                shown.get("dmText", ""),
                dm_only=shown.get("audience", "seen") not in ("seen", "all"),
            )


async def _read(part: BodyPartReader, most_bytes: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        data += chunk
        if len(data) > most_bytes:
            raise BodyTooLarge(most_bytes)
    return bytes(data)


def _options(data: bytes) -> ImportOptions:
    try:
        return ImportOptions.model_validate_json(data)
    except ValidationError as error:
        raise refusal_of(error) from None


def _csv(seen: _Seen) -> bytes:
    return export_csv(seen.map.terrain(), seen.notes, LabelStyle(), seen.map.orientation)


def _svg(seen: _Seen) -> bytes:
    drawn = seen.map
    return svg(
        drawn.terrain(), drawn.orientation, drawn.hex_size, title=drawn.name, labels=seen.labels
    ).encode()


def _png(seen: _Seen) -> bytes:
    drawn = seen.map
    return png(drawn.terrain(), drawn.orientation, drawn.hex_size, labels=seen.labels)


_WRITERS: Final[Mapping[str, tuple[str, Callable[[_Seen], bytes]]]] = {
    "json": ("application/json", lambda seen: export_json(seen.map)),
    "csv": ("text/csv", _csv),
    "svg": ("image/svg+xml", _svg),
    "png": ("image/png", _png),
}
