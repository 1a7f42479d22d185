"""A guest's way back: a link that signs them in on another device, with everything that is theirs."""

from typing import Final
from uuid import UUID

from aiohttp import web

from actors.runtime.clock import Clock
from events.core.state import UserId
from events.journal.database.pool import Pool
from web.accounts.access_events import Access, AccessEnded
from web.accounts.auth import Auth
from web.accounts.guesses import GuessThrottle
from web.accounts.links import Connection, Purpose, owner_of, replace_link
from web.accounts.sign_in_log import Way
from web.campaigns.routes import CampaignStore
from web.http.api import Answer, Body, Denied, Missing, body_of, success, word_in
from web.http.client_ip import Networks, counted_for
from web.http.openapi import described
from web.http.qr_code import qr_answer

ATTEMPTS: Final = 20
"""Links a minute that an address may try."""


class NewWayBack(Body):
    end_others: bool = False
    """Whether browsers that are signed in as this guest are signed out: their phone was lost."""


class WayBackMade(Answer):
    """The only time that the link itself is told; the one before is good no more."""

    url: str


class WayBackShown(Answer):
    """What a link tells before it is used."""

    name: str
    campaigns: tuple[str, ...]


class WayBackTaken(Answer):
    user_id: UserId
    name: str
    campaigns: tuple[UUID, ...]


_GUEST: Final = "SELECT name FROM account WHERE id = %s AND email IS NULL"
_CAMPAIGNS: Final = """
SELECT campaign.id, campaign.name FROM campaign_member
JOIN campaign ON campaign.id = campaign_id
WHERE account_id = %s AND removed_at IS NULL AND deleted_at IS NULL ORDER BY joined_at, campaign.id
"""
_ELSEWHERE: Final = """
SELECT FROM campaign_member AS seat JOIN campaign ON campaign.id = seat.campaign_id
WHERE seat.account_id = %(guest)s AND seat.removed_at IS NULL AND deleted_at IS NULL
    AND NOT EXISTS (
        SELECT FROM campaign_member AS dm WHERE dm.campaign_id = seat.campaign_id
        AND dm.account_id = %(dm)s AND dm.role = 'dm' AND dm.removed_at IS NULL
    )
LIMIT 1
"""


class WayBackRoutes:
    """The calls by which guests, and DMs for them, make links back to a seat."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        access: Access,
        book: CampaignStore,
        proxies: Networks,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._access = access
        self._book = book
        self._proxies = proxies
        self._attempts = GuessThrottle(pool, clock, "way back", ATTEMPTS)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/me/way-back", self.make_own)
        app.router.add_post("/api/campaigns/{id}/members/{user}/way-back", self.make_for)
        app.router.add_get("/api/way-back/{token}", self.show)
        app.router.add_post("/api/way-back/{token}", self.take)
        app.router.add_get("/back/{token}/qr.svg", self.picture)

    @described(gives=WayBackMade, status=201)
    async def make_own(self, request: web.Request) -> web.Response:
        """Make a guest's own way back; the link made before ends."""
        who = await self._auth.require(request)
        if not who.guest:
            raise Denied("an account signs in with its password; only guests have a way back")
        async with self._pool.connection() as connection, connection.transaction():
            token = await replace_link(
                connection, self._clock, who.user, Purpose.WAY_BACK, who.user
            )
        return success(WayBackMade(url=self.url(request, token)), status=201)

    @described(takes=NewWayBack, gives=WayBackMade, status=201, optional_body=True)
    async def make_for(self, request: web.Request) -> web.Response:
        """Make a guest's way back, as the DM; refused where the guest also sits at tables of others."""
        membership = await self._book.require(request, dm=True)
        body = await body_of(request, NewWayBack) if request.can_read_body else NewWayBack()
        guest = UserId(word_in(request.match_info["user"], "member"))
        if await self._book.find(membership.campaign, guest) is None:
            raise Missing("member")
        ended: list[bytes] = []
        async with self._pool.connection() as connection, connection.transaction():
            if await (await connection.execute(_GUEST, (guest,))).fetchone() is None:
                raise Denied("this member has an account, and signs in with its password")
            await self._check_only_mine(connection, guest, membership.member.user)
            token = await replace_link(
                connection, self._clock, guest, Purpose.WAY_BACK, membership.member.user
            )
            if body.end_others:
                rows = await connection.execute(
                    "DELETE FROM login_session WHERE account_id = %s RETURNING token_hash", (guest,)
                )
                ended = [bytes(row[0]) for row in await rows.fetchall()]
        for credential in ended:
            self._access.publish(AccessEnded(credential=credential))
        return success(WayBackMade(url=self.url(request, token)), status=201)

    @described(gives=WayBackShown)
    async def show(self, request: web.Request) -> web.Response:
        """Tell whose seat a link leads to; nothing happens yet."""
        guest, name = await self._owner(request)
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_CAMPAIGNS, (guest,))).fetchall()
        return success(WayBackShown(name=name, campaigns=tuple(row[1] for row in rows)))

    @described(gives=WayBackTaken)
    async def take(self, request: web.Request) -> web.Response:
        """Sign in as the guest whose link it is. The link stays good until another replaces it."""
        guest, name = await self._owner(request)
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_CAMPAIGNS, (guest,))).fetchall()
        answer = WayBackTaken(user_id=guest, name=name, campaigns=tuple(row[0] for row in rows))
        response = success(answer)
        await self._auth.sign_in(request, response, guest, Way.WAY_BACK)
        return response

    async def picture(self, request: web.Request) -> web.Response:
        """Draw a link as a QR code; of any token, as it tells nothing but what was asked."""
        return qr_answer(self.url(request, word_in(request.match_info["token"], "link")))

    def url(self, request: web.Request, token: str) -> str:
        """Return the link as it is copied and scanned."""
        return f"{self._auth.own_address(request)}/back/{token}"

    async def _owner(self, request: web.Request) -> tuple[UserId, str]:
        token = word_in(request.match_info["token"], "link")
        await self._attempts.begin(counted_for(request, self._proxies))
        async with self._pool.connection() as connection:
            guest = await owner_of(connection, self._clock, token, Purpose.WAY_BACK)
            row = None
            if guest is not None:
                row = await (await connection.execute(_GUEST, (guest,))).fetchone()
        if guest is None or row is None:
            raise Missing("link, or a newer one replaced it: ask your DM for another")
        await self._attempts.succeeded(counted_for(request, self._proxies))
        return guest, row[0]

    async def _check_only_mine(self, connection: Connection, guest: UserId, dm: UserId) -> None:
        cursor = await connection.execute(_ELSEWHERE, {"guest": guest, "dm": dm})
        if await cursor.fetchone() is not None:
            raise Denied(
                "this guest also sits at a table of another DM, and the link would lead there too:"
                " let them make one from their own menu"
            )
