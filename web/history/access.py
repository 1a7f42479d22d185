"""HistoryAccess: which member, viewpoint, session and moment a request about the past is for."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final

from aiohttp import web
from pydantic import Field

from events.core.state import RoomId, RoomState, SessionId, UserId
from events.journal.database.pool import Pool
from events.record.errors import BadQuestion, NotInRecord, RecordError, TooManyCampaigns
from events.record.reader import NumberedSession, Record, RoomAtVersion, member_called
from events.record.viewpoint import Viewer
from web.accounts.auth import Auth
from web.campaigns.routes import CampaignStore, Membership
from web.http.api import (
    ApiError,
    BadRequest,
    Denied,
    Missing,
    OverLimit,
    Query,
    Time,
    Whole,
    uuid_in,
    word_in,
)
from web.http.fair_queue import FairQueue

_OF_SESSION: Final = "SELECT campaign_id FROM game_session WHERE id = %s"


class NoSuchMoment(ApiError):
    """There is no such moment; the text says what there is."""

    status, code = 404, "not_found"


def refused(error: RecordError) -> ApiError:
    """Return the answer to a question that the record cannot answer."""
    match error:
        case NotInRecord():
            return NoSuchMoment(str(error))
        case TooManyCampaigns():
            return OverLimit(str(error))
        case BadQuestion():
            return BadRequest(str(error))
        case _:
            return NoSuchMoment("the record has no answer to this")


class MomentQuery(Query):
    """Which moment a request is about, and in whose eyes."""

    version: Whole | None = Field(None, description="the number of the last event; for DMs")
    at: Time | None = Field(None, description="a time, RFC 3339")
    as_: str | None = Field(
        None, alias="as", description="in whose eyes; a player only in their own"
    )


class HistoryAccess:
    """Finds out who asks for what, and refuses what they may not know."""

    def __init__(self, pool: Pool, auth: Auth, book: CampaignStore, record: Record) -> None:
        self._pool = pool
        self._auth = auth
        self._book = book
        self._record = record
        self._turns = FairQueue()

    def turn(self, user: UserId) -> AbstractAsyncContextManager[None]:
        """Wait for the asker's turn to have the record read at length; raise TooOften."""
        return self._turns.of(user)

    async def campaign(self, request: web.Request, *, dm: bool = False) -> Membership:
        """Return the asker's place in the campaign of the path."""
        return await self._book.require(request, dm=dm)

    async def session(
        self, request: web.Request, named: str, *, dm: bool = False
    ) -> tuple[Membership, NumberedSession]:
        """Return the session of that id and the asker's place in its campaign.

        Sessions of other campaigns answer like those that do not exist.
        """
        who = await self._auth.require(request)
        id_ = uuid_in(named, "session")
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_OF_SESSION, (id_,))).fetchone()
        place = None if row is None else await self._book.find(RoomId(row[0]), who.user)
        if place is None:
            raise Missing("session")
        if dm and not place.member.is_dm:
            raise Denied("this is for the DM")
        try:
            return place, await self._record.session(place.campaign, SessionId(str(id_)))
        except RecordError as error:
            raise refused(error) from None

    async def viewer(
        self, place: Membership, named: str | None, then: RoomState | None = None
    ) -> Viewer:
        """Return in whose eyes the asker looks: their own, or as a DM in anybody's."""
        if named is None or named == place.member.user:
            return Viewer(place.member, await self._book.earlier(place.campaign, place.member.user))
        if not place.member.is_dm:
            raise Denied("only a DM may look as somebody else")
        word_in(named, "member")
        try:
            member = (await self._record.viewer(place.campaign, named)).member
            return Viewer(member, await self._book.earlier(place.campaign, member.user))
        except RecordError as error:
            if then is not None and named in {str(user) for user in then.members}:
                return Viewer(member_called(then, named))
            raise refused(error) from None

    async def moment(
        self, place: Membership, version: int | None, at: datetime | None
    ) -> RoomAtVersion:
        """Return the room at a version or a time, else as it is recorded now."""
        number = await self.version(place, version, at)
        try:
            return await self._record.at_version(place.campaign, number)
        except RecordError as error:
            raise refused(error) from None

    async def version(
        self, place: Membership, version: int | None, at: datetime | None
    ) -> int | None:
        """Return the version that is asked for by its number or a time; None for the last one.

        Only DMs name versions: to others these would count what happened in secret.
        """
        if version is not None and at is not None:
            raise BadRequest("either version or at")
        if version is not None and not place.member.is_dm:
            raise Denied("players name a moment by its time")
        if at is None:
            return version
        try:
            return await self._record.version_at(place.campaign, at)
        except RecordError as error:
            raise refused(error) from None
