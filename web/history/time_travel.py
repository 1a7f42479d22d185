"""HTTP routes for past states, and for what a member knew."""

from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import Field
from pydantic_core import to_json

from events.core.state import UserId
from events.record.knowledge import difference, known
from events.replay.timeline import state_messages, time_word
from web.campaigns.routes import Membership
from web.history.access import HistoryAccess, MomentQuery
from web.http.api import BadRequest, query_of, time_in
from web.http.openapi import described


class Comparison(MomentQuery):
    """A moment, and with what else a member's knowledge of it is compared."""

    against: str | None = Field(
        None,
        min_length=1,
        description="another member, or another time, to compare with",
    )


class PastRoutes:
    """Time travel over HTTP."""

    def __init__(self, access: HistoryAccess) -> None:
        self._access = access

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/state", self.state)
        app.router.add_get("/api/campaigns/{id}/knowledge", self.knowledge)

    @described(query=MomentQuery)
    async def state(self, request: web.Request) -> web.Response:
        """Answer ``session:state`` as it stood at ``version`` or ``at``, as the asker or ``as``."""
        place = await self._access.campaign(request)
        async with self._access.turn(place.member.user):
            return await self._state(place, query_of(request, MomentQuery))

    @described(query=Comparison)
    async def knowledge(self, request: web.Request) -> web.Response:
        """Answer what a member knew at ``at`` or ``version``.

        With ``against``, another member or another time, also how the two differ.
        """
        place = await self._access.campaign(request)
        async with self._access.turn(place.member.user):
            return await self._knowledge(place, query_of(request, Comparison))

    async def _state(self, place: Membership, query: MomentQuery) -> web.Response:
        # Who may not look as this member is refused before the record is read.
        if not place.member.is_dm:
            await self._access.viewer(place, query.as_)
        moment = await self._access.moment(place, query.version, query.at)
        viewer = await self._access.viewer(place, query.as_, moment.room)
        body = state_messages(moment.room, viewer)[0]
        if place.member.is_dm:
            body.update(version=moment.version, at=time_word(moment.at))
        return answer(body)

    async def _knowledge(self, place: Membership, query: Comparison) -> web.Response:
        named = str(place.member.user) if query.as_ is None else query.as_
        if not place.member.is_dm:
            await self._access.viewer(place, named)
        moment = await self._access.moment(place, query.version, query.at)
        viewer = await self._access.viewer(place, named, moment.room)
        mine = known(moment.room, viewer)
        body: dict[str, Any] = {"as": viewer.member.user, "known": mine}
        if place.member.is_dm:
            body.update(version=moment.version, at=time_word(moment.at))
        if (against := query.against) is not None:
            if against[:4].isdigit() and "T" in against:
                other = await self._access.moment(place, None, _time_in(against))
                theirs = known(other.room, viewer)
            else:
                versus = await self._access.viewer(place, UserId(against), moment.room)
                theirs = known(moment.room, versus)
            body.update(against=against, difference=difference(mine, theirs))
        return answer(body)


def _time_in(text: str) -> datetime:
    try:
        return time_in(text)
    except ValueError as error:
        raise BadRequest(f"against: {error}") from None


def answer(body: dict[str, Any]) -> web.Response:
    return web.Response(body=to_json(body), content_type="application/json")
