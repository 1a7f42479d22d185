"""The audit report over HTTP, and the proof that the record holds."""

from typing import Any, Final

from aiohttp import web

from events.audit import CONTENT_TYPES, Format, audit
from events.grid import BadHexKey, Hex
from events.journal.database import Pool
from events.record.errors import RecordError
from events.record.reader import Record
from events.record.tables import ParquetMissing
from events.state import RoomState
from web.api import BadRequest
from web.asked import Asked, refused
from web.describe import described

_FORMATS: Final[dict[str, Format]] = {
    "html": "html",
    "csv": "csv",
    "json": "json",
    "parquet": "parquet",
}


class ReportCalls:
    """Reports of sessions, for their DMs."""

    def __init__(self, pool: Pool, asked: Asked, record: Record) -> None:
        self._pool = pool
        self._asked = asked
        self._record = record

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/sessions/{session}/report", self.report)

    @described(
        content="text/html",
        query={
            "format": f"one of {', '.join(_FORMATS)}; json where none is named",
            "hex": "only what was about this hex",
        },
    )
    async def report(self, request: web.Request) -> web.Response:
        """Answer the audit report of a session: ``format`` json, html, csv or parquet; ``hex``."""
        named = request.match_info["session"]
        place, session = await self._asked.session(request, named, dm=True)
        format_ = _FORMATS.get(request.query.get("format", "json"))
        if format_ is None:
            raise BadRequest(f"format: one of {', '.join(_FORMATS)}")
        try:
            async with self._asked.turn(place.member.user):
                made = await audit(self._record, self._pool, place.campaign, place.name, session)
                if (hex_ := request.query.get("hex")) is not None:
                    made = made.about(hex_called(made.report.after, hex_))
                body = made.written(format_)
        except RecordError as error:
            raise refused(error) from None
        except (BadHexKey, ParquetMissing) as error:
            raise BadRequest(str(error)) from None
        return download(body, CONTENT_TYPES[format_], f"session-{session.number}.{format_}")


def hex_called(room: RoomState, named: str) -> Hex:
    """Return the hex of a key or of a label as the map has them; raise BadHexKey."""
    try:
        return Hex.parse(named)
    except BadHexKey:
        for at in (*room.terrain, *room.sights):
            if room.label(at) == named:
                return at
        raise BadHexKey(f"there is no hex {named!r}; expected a key or label of the map") from None


def download(body: bytes, content_type: str, name: str) -> web.Response:
    """Return a file that a browser shows where it can, and saves under the name."""
    headers: dict[str, Any] = {"Content-Disposition": f'inline; filename="{name}"'}
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=body, content_type=content_type, charset=charset, headers=headers)
