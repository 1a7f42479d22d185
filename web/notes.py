"""Searching a campaign's notes over HTTP: everyone finds what they may read."""

import asyncio
from typing import Final

from aiohttp import web

from actors.errors import NoAnswer
from events.search import search
from web.api import Answer, BadRequest, Busy, Unavailable, success
from web.campaigns import CampaignBook
from web.describe import described
from web.roster import Roster

MOST_SEARCH_CHARS: Final = 200


class NoteFound(Answer):
    """A note that holds all the words, and the text around the first of them."""

    id: str
    hex_key: str
    kind: str
    title: str
    excerpt: str


class NotesFound(Answer):
    notes: tuple[NoteFound, ...]


class NoteCalls:
    """The call about notes; writing them is for the socket."""

    def __init__(self, roster: Roster, book: CampaignBook) -> None:
        self._roster = roster
        self._book = book

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/notes", self.find)

    @described(gives=NotesFound, query={"search": "words that a note must all hold"})
    async def find(self, request: web.Request) -> web.Response:
        """Find notes by their words: a DM in all texts, others in what they may read."""
        standing = await self._book.require(request)
        words = request.query.get("search", "")
        if len(words) > MOST_SEARCH_CHARS:
            raise BadRequest(f"search: expected at most {MOST_SEARCH_CHARS} characters")
        try:
            state = await (await self._roster.enter(standing, self._book)).whole()
        except NoAnswer as error:
            raise (Busy(str(error)) if error.code == Busy.code else Unavailable()) from error
        viewer = state.members.get(standing.member.user, standing.member)
        found = await asyncio.to_thread(search, state, viewer, words)
        notes = tuple(NoteFound.model_validate(hit.to_json()) for hit in found)
        return success(NotesFound(notes=notes))
