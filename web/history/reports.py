"""HTTP routes for audit reports and exposures."""

import asyncio
from datetime import datetime
from typing import Any, Literal

from aiohttp import web
from pydantic import Field

from events.core.state import RoomState, UserId
from events.geometry.grid import BadHexKey, Hex
from events.journal.database.pool import Pool
from events.record.errors import RecordError
from events.record.reader import Record
from events.report.build import CONTENT_TYPES, audit
from events.report.deliveries import deliveries
from events.report.export import ParquetMissing
from events.report.hex_history import HexStory, hex_story
from web.history.access import HistoryAccess, refused
from web.http.api import Answer, BadRequest, Query, query_of, success
from web.http.openapi import described
from web.images.backdrop import BackdropRenderer
from web.images.campaign_files import Pictures


class ReportQuery(Query):
    format: Literal["json", "html", "csv", "parquet"] = Field(
        "json", description="how the report is written"
    )
    hex: str | None = Field(None, description="only what was about this hex, by key or label")


class ExposuresQuery(Query):
    hex: str = Field("", description="the hex, by key or label")


class HexExposure(Answer):
    """One player who was shown a hex, or from whom it was hidden."""

    version: int
    at: datetime
    session_id: str | None
    by: str
    what: str
    """What was done, in words."""
    user_id: UserId
    name: str
    shown: bool
    tier: str | None
    delivered_at: datetime | None
    """When it was handed to a client of theirs; null: not yet, as far as is recorded."""


class HexExposures(Answer):
    hex_key: str
    label: str
    exposures: list[HexExposure]


class ReportRoutes:
    """Reports of sessions, for their DMs."""

    def __init__(
        self, pool: Pool, access: HistoryAccess, record: Record, pictures: Pictures
    ) -> None:
        self._pool = pool
        self._pictures = pictures
        self._access = access
        self._record = record

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/sessions/{session}/report", self.report)
        app.router.add_get("/api/campaigns/{id}/exposures", self.exposures)

    @described(
        content="text/html",
        query=ReportQuery,
    )
    async def report(self, request: web.Request) -> web.Response:
        """Answer the audit report of a session: ``format`` json, html, csv or parquet; ``hex``."""
        named = request.match_info["session"]
        place, session = await self._access.session(request, named, dm=True)
        query = query_of(request, ReportQuery)
        try:
            async with self._access.turn(place.member.user):
                result = await audit(self._record, self._pool, place.campaign, place.name, session)
                if query.hex is not None:
                    result = result.about(hex_called(result.report.after, query.hex))
                painter = BackdropRenderer(self._pictures, place.campaign).webp
                body = await asyncio.to_thread(result.written, query.format, painter)
        except RecordError as error:
            raise refused(error) from None
        except (BadHexKey, ParquetMissing) as error:
            raise BadRequest(str(error)) from None
        return download(
            body, CONTENT_TYPES[query.format], f"session-{session.number}.{query.format}"
        )

    @described(gives=HexExposures, query=ExposuresQuery)
    async def exposures(self, request: web.Request) -> web.Response:
        """Answer who showed or hid a hex, when, to whom, and when that reached them; the last first."""
        place = await self._access.campaign(request, dm=True)
        try:
            async with self._access.turn(place.member.user):
                now = (await self._record.at_version(place.campaign)).room
                at = hex_called(now, query_of(request, ExposuresQuery).hex)
                delivered = await deliveries(self._pool, place.campaign)
                span = await self._record.span(place.campaign)
                story = await hex_story(self._record.commits(place.campaign, span), at, delivered)
        except RecordError as error:
            raise refused(error) from None
        except BadHexKey as error:
            raise BadRequest(str(error)) from None
        return success(_exposed(story))


def _exposed(story: HexStory) -> HexExposures:
    return HexExposures(
        hex_key=str(story.at),
        label=story.room.label(story.at),
        exposures=[
            HexExposure(
                version=each.version,
                at=each.at,
                session_id=story.turns[each.version].session,
                by=each.by,
                what=story.turns[each.version].what,
                user_id=each.user,
                name=story.room.name_of(each.user),
                shown=each.shown,
                tier=each.tier or None,
                delivered_at=each.delivered_at,
            )
            for each in reversed(story.exposures)
        ],
    )


def hex_called(room: RoomState, named: str) -> Hex:
    """Return the hex of a key or of a label as the map has them; raise BadHexKey."""
    try:
        return Hex.parse(named)
    except BadHexKey:
        # Zeros in front mean nothing: 003004 is 0304.
        half = len(named) // 2
        pair = (named[:half].lstrip("0"), named[half:].lstrip("0"))
        for at in (*room.terrain, *room.visibility):
            label = room.label(at)
            middle = len(label) // 2
            if named == label or pair == (label[:middle].lstrip("0"), label[middle:].lstrip("0")):
                return at
        raise BadHexKey(f"there is no hex {named!r}; expected a key or label of the map") from None


def download(body: bytes, content_type: str, name: str) -> web.Response:
    """Return a file that a browser shows where it can, and saves under the name."""
    headers: dict[str, Any] = {"Content-Disposition": f'inline; filename="{name}"'}
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=body, content_type=content_type, charset=charset, headers=headers)
