"""HTTP routes for a campaign's sessions, and for pages of its events in words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from aiohttp import web
from cachetools import LRUCache
from pydantic import Field

from events.core.decider import advance
from events.core.state import EMPTY, RoomId, RoomState
from events.journal import BrokenRecord, Commit, Journal, JournalUnavailable
from events.journal.database.pool import Pool
from web.accounts.auth import Auth
from web.campaigns.routes import CampaignStore
from web.http.api import (
    Answer,
    Conflict,
    Missing,
    Query,
    Unavailable,
    Whole,
    query_of,
    success,
    uuid_in,
)
from web.http.openapi import described

MOST_EVENTS: Final = 1_000
USUAL_EVENTS: Final = 100
KEPT_STATES: Final = 64
"""States at the ends of pages read lately: who reads on folds only the next page."""

_SESSIONS: Final = """
SELECT id, campaign_id, status, started_by, started_at, ended_at FROM game_session
WHERE campaign_id = %s ORDER BY started_at DESC, id
"""

_SESSION: Final = """
SELECT id, campaign_id, status, started_by, started_at, ended_at FROM game_session WHERE id = %s
"""

_SESSION_SPAN: Final = """
SELECT min(first_version) - 1, max(version) FROM session_event
WHERE campaign_id = %s AND session_id = %s
"""


class SessionListed(Answer):
    id: UUID
    campaign_id: UUID
    status: str | None
    started_by: str | None
    started_at: datetime | None
    ended_at: datetime | None


class Sessions(Answer):
    sessions: tuple[SessionListed, ...]


class EventListed(Answer):
    """One row of the record."""

    version: int
    type: str
    session_id: str | None
    user_id: str
    command_id: str | None
    created_at: datetime
    payload: dict[str, Any]
    caption: str
    """What happened, in a DM's words."""


class Events(Answer):
    events: tuple[EventListed, ...]


class EventsQuery(Query):
    after: Whole = Field(0, description="the version to begin behind; 0 is the beginning")
    limit: Whole = Field(USUAL_EVENTS, description=f"how many events at most, up to {MOST_EVENTS}")
    session: str | None = Field(None, description="only those of this game session")


class RecordRoutes:
    """The calls about sessions and events."""

    def __init__(self, pool: Pool, journal: Journal, auth: Auth, book: CampaignStore) -> None:
        self._pool = pool
        self._journal = journal
        self._auth = auth
        self._book = book
        self._states: LRUCache[tuple[RoomId, int], RoomState] = LRUCache(KEPT_STATES)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/sessions", self.sessions)
        app.router.add_get("/api/sessions/{id}", self.session)
        app.router.add_get("/api/campaigns/{id}/events", self.events)

    @described(gives=Sessions)
    async def sessions(self, request: web.Request) -> web.Response:
        """List the campaign's game sessions, the newest first."""
        membership = await self._book.require(request)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_SESSIONS, (membership.campaign,))
            rows = await cursor.fetchall()
        return success(Sessions(sessions=tuple(_listed(row) for row in rows)))

    @described(gives=SessionListed)
    async def session(self, request: web.Request) -> web.Response:
        """Return one game session, to the members of its campaign."""
        who = await self._auth.require(request)
        session = uuid_in(request.match_info["id"], "session")
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_SESSION, (session,))).fetchone()
        if row is None or await self._book.find(RoomId(row[1]), who.user) is None:
            raise Missing("session")
        return success(_listed(row))

    @described(
        gives=Events,
        query=EventsQuery,
    )
    async def events(self, request: web.Request) -> web.Response:
        """Return a page of the record, oldest first; DMs only."""
        membership = await self._book.require(request, dm=True)
        query = query_of(request, EventsQuery)
        after, limit, session = query.after, min(query.limit, MOST_EVENTS), query.session
        upto: int | None = None
        if session is not None:
            session = str(uuid_in(session, "session"))
            begin, upto = await self._span(membership.campaign, UUID(session))
            after = max(after, begin)
        try:
            page = await self._page(membership.campaign, after, limit, upto, session)
        except JournalUnavailable as error:
            raise Unavailable from error
        except BrokenRecord as error:
            raise Conflict("the record of this campaign is broken: run hexroom verify") from error
        return success(Events(events=tuple(page)))

    async def _span(self, campaign: RoomId, session: UUID) -> tuple[int, int]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_SESSION_SPAN, (campaign, session))
            row = await cursor.fetchone()
        if row is None or row[0] is None:
            raise Missing("session")
        return row[0], row[1]

    async def _page(
        self, room: RoomId, after: int, limit: int, upto: int | None, session: str | None
    ) -> list[EventListed]:
        page: list[EventListed] = []
        version, state = self._nearest(room, after)
        async for commit in self._journal.read(room, version, upto):
            for listed in _events_of(commit, state) if commit.version > after else ():
                wanted = session is None or listed.session_id == session
                if listed.version > after and wanted and len(page) < limit:
                    page.append(listed)
            state, version = advance(state, commit), commit.version
            if len(page) >= limit:
                break
        self._keep(room, version, state)
        return page

    def _nearest(self, room: RoomId, version: int) -> tuple[int, RoomState]:
        """Return the newest kept state of the room at or before the version."""
        versions = [at for of, at in self._states if of == room and at <= version]
        if not versions:
            return 0, EMPTY
        key = (room, max(versions))
        return key[1], self._states[key]

    def _keep(self, room: RoomId, version: int, state: RoomState) -> None:
        self._states[room, version] = state


def _events_of(commit: Commit, room: RoomState) -> Iterator[EventListed]:
    """Yield the rows of a commit; room is the room before it."""
    for version, event in enumerate(commit.events, commit.after + 1):
        yield EventListed(
            version=version,
            type=event.tag,
            session_id=commit.session,
            user_id=commit.by.user,
            command_id=commit.id,
            created_at=commit.at,
            payload=event.model_dump(mode="json"),
            caption=event.describe(room),
        )
        room = event.evolve(room)


def _listed(row: tuple[Any, ...]) -> SessionListed:
    id_, campaign, status, started_by, started_at, ended_at = row
    return SessionListed(
        id=id_,
        campaign_id=campaign,
        status=status,
        started_by=started_by,
        started_at=started_at,
        ended_at=ended_at,
    )
