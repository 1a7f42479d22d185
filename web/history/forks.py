"""HTTP routes that verify a campaign's record, fork it, and duplicate what was prepared in it."""

from uuid import UUID

from aiohttp import web
from pydantic import Field

from actors.runtime.clock import Clock
from events.core.state import Member, Role, RoomId
from events.journal.chain import Fault
from events.journal.database.pool import Pool
from events.record.errors import RecordError
from events.record.integrity import BadHead, Rows, head_of, prove
from events.record.reader import Record
from events.text import Name
from events.transfer.fork import fork
from events.transfer.template import duplicate
from web.history.access import HistoryAccess, refused
from web.http.api import Answer, BadRequest, Body, Query, body_of, query_of, success
from web.http.openapi import described
from web.images.campaign_files import Pictures
from web.images.transfer import shared


class NewFork(Body):
    version: int | None = None
    name: Name


class NewDuplicate(Body):
    name: Name


class Forked(Answer):
    id: RoomId
    name: str
    version: int


class ForkHead(Answer):
    version: int
    hash: str


class Verified(Answer):
    """Whether the record holds; where it does not, the first event, and why."""

    ok: bool
    head: ForkHead | None = None
    version: int | None = None
    reason: str | None = None


class VerifyQuery(Query):
    against: str | None = Field(None, description="a head that was kept, version:hash")


class ForkRoutes:
    """Verify and fork, for DMs."""

    def __init__(
        self,
        pool: Pool,
        rows: Rows,
        clock: Clock,
        access: HistoryAccess,
        record: Record,
        pictures: Pictures,
        most_campaigns: int,
    ) -> None:
        self._pool = pool
        self._pictures = pictures
        self._rows = rows
        self._clock = clock
        self._access = access
        self._record = record
        self._most_campaigns = most_campaigns

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/verify", self.verify)
        app.router.add_post("/api/campaigns/{id}/fork", self.fork)
        app.router.add_post("/api/campaigns/{id}/duplicate", self.duplicate)

    @described(gives=Verified, query=VerifyQuery)
    async def verify(self, request: web.Request) -> web.Response:
        """Answer whether the campaign's hash chain holds; ``against`` a head that was kept."""
        place = await self._access.campaign(request, dm=True)
        saved = None
        if (against := query_of(request, VerifyQuery).against) is not None:
            try:
                saved = head_of(against)
            except BadHead as error:
                raise BadRequest(str(error)) from None
        last = (await self._record.head(place.campaign)).version
        outcome = await prove(self._rows, place.campaign, last, saved)
        if isinstance(outcome, Fault):
            return success(Verified(ok=False, version=outcome.version, reason=outcome.why))
        return success(
            Verified(ok=True, head=ForkHead(version=outcome.version, hash=outcome.hash.hex()))
        )

    @described(takes=NewFork, gives=Forked, status=201)
    async def fork(self, request: web.Request) -> web.Response:
        """Make a new campaign with the history of this one up to a version; the asker is its only member."""
        place = await self._access.campaign(request, dm=True)
        body = await body_of(request, NewFork)
        new = RoomId(UUID(int=self._clock.seed(), version=4))
        by = Member(place.member.user, Role.DM, place.member.name)
        try:
            last = body.version or (await self._record.head(place.campaign)).version
            async with shared(self._pool, self._pictures, place.campaign, last, new):
                opened = await fork(
                    self._record, self._pool, place.campaign, body.version, body.name,
                    id_=new, at=self._clock.now(), by=by, most=self._most_campaigns,
                )  # fmt: skip
        except RecordError as error:
            raise refused(error) from None
        return success(Forked(id=new, name=body.name, version=opened.version), status=201)

    @described(takes=NewDuplicate, gives=Forked, status=201)
    async def duplicate(self, request: web.Request) -> web.Response:
        """Make a new campaign with what was prepared in this one: no history, and no people but the asker.

        It has the map, the image under it, notes, paths, sites, regions, labels, settings and rules.
        """
        place = await self._access.campaign(request, dm=True)
        body = await body_of(request, NewDuplicate)
        new = RoomId(UUID(int=self._clock.seed(), version=4))
        try:
            last = (await self._record.head(place.campaign)).version
            async with (
                self._access.turn(place.member.user),
                shared(self._pool, self._pictures, place.campaign, last, new),
            ):
                opened = await duplicate(
                    self._record, self._pool, place.campaign, body.name,
                    id_=new, at=self._clock.now(), by=place.member, most=self._most_campaigns,
                )  # fmt: skip
        except RecordError as error:
            raise refused(error) from None
        return success(Forked(id=new, name=body.name, version=opened.version), status=201)
