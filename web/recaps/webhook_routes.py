"""HTTP routes for a campaign's webhook: set it, test it, and see what became of the last post."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from aiohttp import web
from pydantic import Field

from actors.runtime.clock import Clock
from events.core.state import RoomId, SessionId
from events.record.errors import NotInRecord
from events.record.reader import Record
from web.accounts.auth import Auth
from web.history.access import HistoryAccess
from web.http.api import Answer, BadRequest, Body, Missing, TooOften, body_of, success
from web.http.openapi import described
from web.http.throttle import Throttle
from web.recaps.webhook_sender import RecapPoster
from web.recaps.webhook_store import DMS, PLAYERS, Hook, Hooks, Posted
from web.recaps.webhook_url import BadHookUrl, Permitted, hook_url, masked

TRIALS_A_MINUTE: Final = 5


class NewHook(Body):
    """A webhook in Discord's form; without an address the one that is set is kept."""

    url: str | None = Field(None, repr=False)
    audience: str = PLAYERS
    """``players``: what all of them were told; ``dm``; or the id of a player or spectator."""
    picture: bool = True
    """Whether an animated map comes along."""


class LastPost(Answer):
    """What became of the latest recap: waiting, making, sending, sent or given up."""

    session_id: SessionId
    state: str
    tries: int
    at: datetime
    why: str


class HookSet(Answer):
    """The webhook as a DM is shown it: of the address no more than to know it by."""

    url: str | None = None
    audience: str = PLAYERS
    picture: bool = True
    last: LastPost | None = None


class Tried(Answer):
    ok: bool
    why: str
    """Why it did not arrive; empty where it did."""


@dataclass(slots=True, eq=False)
class HookRoutes:
    """Webhooks of campaigns, for their DMs alone."""

    hooks: Hooks
    poster: RecapPoster
    record: Record
    access: HistoryAccess
    auth: Auth
    clock: Clock
    permitted: Permitted
    _trials: Throttle = field(init=False)

    def __post_init__(self) -> None:
        self._trials = Throttle(self.clock, TRIALS_A_MINUTE)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/webhook", self.show)
        app.router.add_put("/api/campaigns/{id}/webhook", self.set)
        app.router.add_delete("/api/campaigns/{id}/webhook", self.remove)
        app.router.add_post("/api/campaigns/{id}/webhook/test", self.test)

    @described(gives=HookSet)
    async def show(self, request: web.Request) -> web.Response:
        """Show where recaps are posted, its address masked, and what became of the last one."""
        place = await self.access.campaign(request, dm=True)
        return success(await self._shown(place.campaign))

    @described(takes=NewHook, gives=HookSet)
    async def set(self, request: web.Request) -> web.Response:
        """Set where the recap of each session that ends from now on is posted, and for whom."""
        place = await self.access.campaign(request, dm=True)
        body = await body_of(request, NewHook)
        stored = await self.hooks.of(place.campaign)
        if body.url is None and stored is None:
            raise BadRequest("url: expected an address")
        try:
            url = stored.url if body.url is None and stored else body.url or ""
            url = hook_url(url, self.permitted)
            await check_audience(self.record, place.campaign, body.audience)
        except (BadHookUrl, BadAudience) as error:
            raise BadRequest(str(error)) from None
        hook = Hook(url, body.audience, body.picture, self.auth.own_address(request))
        await self.hooks.set(place.campaign, hook, self.clock.now())
        return success(await self._shown(place.campaign))

    @described(status=204)
    async def remove(self, request: web.Request) -> web.Response:
        """Forget the webhook; nothing is posted any more."""
        place = await self.access.campaign(request, dm=True)
        await self.hooks.remove(place.campaign)
        return web.Response(status=204)

    @described(gives=Tried)
    async def test(self, request: web.Request) -> web.Response:
        """Post a test message now, and say whether it arrived; a few times a minute."""
        place = await self.access.campaign(request, dm=True)
        hook = await self.hooks.of(place.campaign)
        if hook is None:
            raise Missing("webhook")
        try:
            self._trials.begin(str(place.campaign))
        except TooOften:
            raise TooOften(f"at most {TRIALS_A_MINUTE} tests a minute") from None
        answered = await self.poster.try_out(hook, place.name)
        return success(Tried(ok=answered.taken, why=answered.why))

    async def _shown(self, room: RoomId) -> HookSet:
        hook, last = await self.hooks.of(room), await self.hooks.last(room)
        if hook is None:
            return HookSet(last=_last(last))
        return HookSet(
            url=masked(hook.url), audience=hook.audience, picture=hook.picture, last=_last(last)
        )


class BadAudience(ValueError):
    """Nobody whom recaps can be told for; the text says why."""


async def check_audience(record: Record, room: RoomId, audience: str) -> None:
    """Raise BadAudience unless recaps can be told for it: players, dm, or a member's id."""
    if audience in (PLAYERS, DMS):
        return
    try:
        viewer = await record.viewer(room, audience)
    except NotInRecord:
        raise BadAudience(f"audience: {PLAYERS}, {DMS}, or the id of a member") from None
    if viewer.is_dm or viewer.member.user != audience:
        raise BadAudience(f"audience: {DMS} is for DMs; otherwise the id of a player")


def _last(of: Posted | None) -> LastPost | None:
    if of is None:
        return None
    return LastPost(session_id=of.session, state=of.state, tries=of.tries, at=of.at, why=of.why)
