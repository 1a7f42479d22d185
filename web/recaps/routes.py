"""HTTP routes for recaps: any viewpoint for a DM, their own for everyone else."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from pydantic import Field
from pydantic_core import to_json

from events.record.reader import Record
from events.record.viewpoint import ALL_PLAYERS
from events.replay.timeline import time_word
from events.report.recap import Recap, markdown, recap_html
from web.history.access import HistoryAccess
from web.history.reports import download
from web.http.api import Query, query_of
from web.http.openapi import described
from web.images.backdrop import BackdropRenderer
from web.images.campaign_files import Pictures
from web.recaps.animation import Kind, animated
from web.recaps.read import read_recap


class RecapQuery(Query):
    format: Literal["md", "html", "json", "webp", "gif"] = Field(
        "md", description="how the recap is written"
    )
    as_: str | None = Field(
        None,
        alias="as",
        description="in whose eyes; a DM may say players, for what all of them were told",
    )


@dataclass(slots=True, eq=False)
class RecapRoutes:
    """What happened in a session, to be told to those who were away."""

    access: HistoryAccess
    record: Record
    pictures: Pictures

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/sessions/{session}/recap", self.recap)

    @described(
        content="text/markdown",
        query=RecapQuery,
    )
    async def recap(self, request: web.Request) -> web.Response:
        """Answer the recap as ``format`` md, html, json, webp or gif, in the eyes of ``as``.

        A DM may name a member, or ``players`` for what every player was told.
        """
        query = query_of(request, RecapQuery)
        place, session = await self.access.session(request, request.match_info["session"])
        if query.as_ == "players" and place.member.is_dm:
            viewer = ALL_PLAYERS
        else:
            viewer = await self.access.viewer(place, query.as_)
        async with self.access.turn(place.member.user):
            recap = await read_recap(self.record, place.campaign, place.name, session, viewer)
            renderer = BackdropRenderer(self.pictures, place.campaign)
            return await _written(
                recap, renderer, query.format, f"recap-{session.number}.{query.format}"
            )


async def _written(
    recap: Recap, renderer: BackdropRenderer, format_: str, name: str
) -> web.Response:
    match format_:
        case "html":
            page = await asyncio.to_thread(recap_html, recap, renderer.webp)
            return download(page.encode(), "text/html", name)
        case "md":
            return download(markdown(recap).encode(), "text/markdown", name)
        case "json":
            return download(to_json(_recap_json(recap)), "application/json", name)
        case _:
            kind: Kind = "gif" if format_ == "gif" else "webp"
            body = await asyncio.to_thread(animated, recap, kind, renderer)
            return download(body, f"image/{kind}", name)


def _recap_json(of: Recap) -> dict[str, object]:
    return {
        "campaign": of.campaign,
        "session": of.session,
        "audience": of.audience,
        "markdown": markdown(of),
        "newHexes": of.new_hexes if of.frames else 0,
        "path": [str(at) for at in of.path()],
        "lines": [
            {"at": time_word(line.at), "kind": line.kind, "what": line.what} for line in of.lines
        ],
    }
