"""Maps as files over HTTP: brought along by a DM, shown before they are laid; taken away by each as they may."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import Field, ValidationError

from actors.runtime.clock import Clock
from events.core.state import Member, RoomState
from events.core.values import MapLook
from events.geometry.offset import Parity
from events.maps import (
    ImportedMap,
    ImportOptions,
    LabelStyle,
    Preview,
    import_map,
    lay_import,
    preview,
    svg,
)
from events.maps.hexroom_json import export_whole
from events.maps.overlay import Things
from events.maps.reading import Problem
from events.maps.spreadsheet_export import export_whole as export_csv
from events.maps.text_mapper_export import export as export_text
from web.accounts.auth import Auth
from web.campaigns.room_client import HttpRoomClient, viewer_of
from web.campaigns.routes import CampaignStore
from web.http.api import (
    ASCII_DIGITS,
    Answer,
    BadRequest,
    BodyTooLarge,
    OverLimit,
    Query,
    query_of,
    refusal_of,
    success,
)
from web.http.openapi import described
from web.maps.pdf import Paper, pdf
from web.maps.png import MAX_SIDE, png
from web.maps.seen_map import seen_map
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
    paths: int
    sites: int
    regions: int
    labels: int
    warnings: tuple[Problem, ...]
    version: int
    """By which ``history:undo`` takes it back, whatever was done since."""


EXPORTED_AS: Final = {
    "json": "application/json",
    "text": "text/plain",
    "csv": "text/csv",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}
"""The content types of exports, by format."""


class ExportQuery(Query):
    """How a map is wanted."""

    format: Literal["json", "text", "csv", "svg", "png", "pdf"] = "json"
    labels: bool = Field(False, description="whether labels are drawn in a picture")
    side: Annotated[int, Field(ge=64, le=MAX_SIDE), ASCII_DIGITS] | None = Field(
        None, description="pixels of the longer side of a PNG"
    )
    paper: Paper = Field("a4", description="of a PDF")
    look: MapLook | None = Field(
        None, description="how a picture is painted; left out, as the campaign's map is"
    )
    miles: Annotated[float, Field(gt=0, le=9999)] | None = Field(
        None, description="from side to side of a hex, for the scale bar of a PDF"
    )


@dataclass(slots=True, eq=False)
class MapFileRoutes:
    """The calls that bring maps along and take them away."""

    rooms: HttpRoomClient
    book: CampaignStore
    auth: Auth
    clock: Clock
    settings: Settings
    _work: MapWork = field(init=False, default_factory=lambda: MapWork(_AT_A_TIME))

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/maps/import/preview", self.preview_alone)
        app.router.add_post("/api/campaigns/{id}/map/preview", self.preview)
        app.router.add_post("/api/campaigns/{id}/map/import", self.take)
        app.router.add_get("/api/campaigns/{id}/map/export", self.export)

    @described(gives=Preview)
    async def preview(self, request: web.Request) -> web.Response:
        """Show what an import of the form's file with its options would lay; store nothing."""
        membership = await self.book.require(request, dm=True)
        state = await self.rooms.whole(membership)
        return await self._preview(request, state, viewer_of(membership, state))

    @described(gives=Preview)
    async def preview_alone(self, request: web.Request) -> web.Response:
        """Show what an import would lay in a campaign that is still to be made."""
        await self.auth.require(request)
        return await self._preview(request)

    async def _preview(
        self, request: web.Request, room: RoomState | None = None, by: Member | None = None
    ) -> web.Response:
        data, filename, options = await self._form(request)
        options = _as_written(options, room)
        shown = await self._work(lambda: preview(data, filename, options, room, by))
        text = shown.model_dump_json(by_alias=True)
        return web.Response(text=text, content_type="application/json")

    @described(gives=MapImported)
    async def take(self, request: web.Request) -> web.Response:
        """Lay the map in the form's file, read with its options, and write its notes."""
        membership = await self.book.require(request, dm=True)
        data, filename, options = await self._form(request)
        options = _as_written(options, await self.rooms.whole(membership))
        imported = await self._work(lambda: import_map(data, filename, options))
        document = imported.document
        if len(document.hexes) > self.settings.map_hexes:
            raise OverLimit(
                f"a map has at most {self.settings.map_hexes} hexes, not {len(document.hexes)}"
            )
        command = await self._work(
            lambda: lay_import(imported, options.again).stamped(self.clock.seed)
        )
        version = await self.rooms.ask(membership, command)
        return success(
            MapImported(
                name=document.name,
                grid_width=document.grid_width,
                grid_height=document.grid_height,
                hexes=len(document.hexes),
                notes=len(imported.notes),
                paths=len(imported.paths),
                sites=len(imported.sites),
                regions=len(imported.regions),
                labels=len(imported.labels),
                warnings=tuple(Problem(text=w.text, line=w.line) for w in imported.warnings),
                version=version,
            )
        )

    @described(
        content=EXPORTED_AS.values(),
        query=ExportQuery,
    )
    async def export(self, request: web.Request) -> web.Response:
        """Give the map as a file: to a DM all of it, to others what they see."""
        membership = await self.book.require(request)
        wish = query_of(request, ExportQuery)
        ending, write = _WRITERS[wish.format]
        state = await self.rooms.whole(membership)
        viewer, wish = viewer_of(membership, state), _look_of(state, wish)
        visible_map = await self._work(lambda: seen_map(state, viewer))
        style = _campaign_labels(state, parity=visible_map.document.parity) if wish.labels else None
        body = await self._work(lambda: write(visible_map, wish, style))
        name = quote(f"{visible_map.document.name}.{ending}", safe="")
        headers = {
            # Always a download: an SVG of this origin is not to be opened as a page.
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return web.Response(body=body, content_type=EXPORTED_AS[wish.format], headers=headers)

    async def _form(self, request: web.Request) -> tuple[bytes, str, ImportOptions]:
        """Return the parts ``file``, its name, and ``options`` (JSON) of a multipart form."""
        if request.content_type != "multipart/form-data":
            raise BadRequest("expected multipart/form-data with a file and perhaps options")
        if (request.content_length or 0) > self.settings.body_bytes + _OPTIONS_BYTES + _FORM_BYTES:
            raise BodyTooLarge(self.settings.body_bytes)
        data: bytes | None = None
        filename, options = "", ImportOptions()
        try:
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader) or part.name not in ("file", "options"):
                    raise BadRequest("expected a form with file and options, and no more")
                if part.name == "file":
                    data, filename = (
                        await _read(part, self.settings.body_bytes),
                        part.filename or "",
                    )
                else:
                    options = _options(await _read(part, _OPTIONS_BYTES))
        # aiohttp asserts that a form does not end in the middle of a part.
        except (ValueError, HttpProcessingError, AssertionError):
            raise BadRequest("the form is damaged") from None
        if data is None:
            raise BadRequest("file: expected a file in the form")
        return data, filename, options


async def _read(part: BodyPartReader, most_bytes: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        data += chunk
        if len(data) > most_bytes:
            raise BodyTooLarge(most_bytes)
    return bytes(data)


def _as_written(options: ImportOptions, room: RoomState | None) -> ImportOptions:
    """Return the options with the labels of the room, which the links of a file are to be written in."""
    if room is None or options.written is not None:
        return options
    # A map that is merged into another is labelled as that one is, else by the columns that its file pushes.
    merged = room.map is not None and options.again in ("merge", "add")
    style = _campaign_labels(room, **({"parity": room.map.parity} if merged and room.map else {}))
    return options.model_copy(update={"written": style})


def _campaign_labels(room: RoomState, **more: Parity) -> LabelStyle:
    """Return how the campaign labels its hexes."""
    style = room.settings.label_style
    order = "row-column" if style.order == "rowColumn" else "column-row"
    return LabelStyle.model_validate(
        {"order": order, "firstColumn": style.origin, "firstRow": style.origin, **more}
    )


def _options(data: bytes) -> ImportOptions:
    try:
        return ImportOptions.model_validate_json(data)
    except ValidationError as error:
        raise refusal_of(error) from None


def _look_of(state: RoomState, wish: ExportQuery) -> ExportQuery:
    """Return the wish with the look of the campaign, unless it names another."""
    return wish.model_copy(update={"look": wish.look or state.settings.map_look})


def _things(visible_map: ImportedMap) -> Things:
    return Things(
        visible_map.paths,
        (*visible_map.sites, *visible_map.drawings()),
        visible_map.regions,
        visible_map.labels,
    )


def _svg(visible_map: ImportedMap, wish: ExportQuery, style: LabelStyle | None) -> bytes:
    drawn = visible_map.document
    return svg(
        drawn.terrain(), drawn.orientation, drawn.hex_size, title=drawn.name, labels=style, things=_things(visible_map), map_look=wish.look or "atlas",
    ).encode()  # fmt: skip


def _png(visible_map: ImportedMap, wish: ExportQuery, style: LabelStyle | None) -> bytes:
    drawn = visible_map.document
    return png(
        drawn.terrain(), drawn.orientation, drawn.hex_size, labels=style, side=wish.side, things=_things(visible_map), map_look=wish.look or "atlas",
    )  # fmt: skip


def _pdf(visible_map: ImportedMap, wish: ExportQuery, style: LabelStyle | None) -> bytes:
    drawn = visible_map.document
    return pdf(
        drawn.terrain(), drawn.orientation, drawn.hex_size, title=drawn.name, paper=wish.paper, miles=wish.miles, labels=style,
        things=_things(visible_map), map_look=wish.look or "atlas",
    )  # fmt: skip


_Writer = Callable[[ImportedMap, ExportQuery, LabelStyle | None], bytes]
_WRITERS: Final[Mapping[str, tuple[str, _Writer]]] = {
    "json": ("json", lambda seen, *_: export_whole(seen)),
    "text": ("txt", lambda seen, *_: export_text(seen)),
    "csv": ("csv", lambda seen, *_: export_csv(seen, LabelStyle())),
    "svg": ("svg", _svg),
    "png": ("png", _png),
    "pdf": ("pdf", _pdf),
}
