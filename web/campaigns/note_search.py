"""The call that searches a campaign's notes, as the asker may know them."""

import asyncio
from typing import Final

from aiohttp import web
from pydantic import Field

from events.core.note_search import search
from web.campaigns.room_client import HttpRoomClient, viewer_of
from web.campaigns.routes import CampaignStore
from web.http.api import Answer, Query, query_of, success
from web.http.openapi import described

QUERY_CHARS: Final = 200


class NoteFound(Answer):
    """A note that holds all the words."""

    id: str
    hex_key: str
    kind: str
    title: str
    excerpt: str


class NotesFound(Answer):
    """What was found, notes with the words in their titles first; at most 100."""

    notes: list[NoteFound]


class SearchQuery(Query):
    q: str = Field(
        min_length=1, max_length=QUERY_CHARS, description="the words, all of which a note must hold"
    )


class SearchRoutes:
    """The call about searching."""

    def __init__(self, rooms: HttpRoomClient, book: CampaignStore) -> None:
        self._rooms = rooms
        self._book = book

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/search", self.search)

    @described(gives=NotesFound, query=SearchQuery)
    async def search(self, request: web.Request) -> web.Response:
        """Search the notes that the asker may know: a DM all of them, texts for DMs included."""
        membership = await self._book.require(request)
        text = query_of(request, SearchQuery).q
        room = await self._rooms.whole(membership)
        viewer = viewer_of(membership, room)
        # In a thread: ten thousand notes of 20 000 characters take longer than a room may wait.
        hits = await asyncio.to_thread(search, room, viewer, text)
        notes = [NoteFound.model_validate(hit.to_json()) for hit in hits]
        return success(NotesFound(notes=notes))
