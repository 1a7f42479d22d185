"""Whether it is the owner of an account who changes it: signed in at a browser, by their password."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from aiohttp import web

from actors.runtime.clock import Clock
from events.core.state import UserId
from events.journal.database.pool import Pool
from web.accounts.auth import Auth, Identity
from web.accounts.guesses import GuessThrottle
from web.accounts.passwords import Passwords
from web.accounts.routes import NO_PASSWORD
from web.http.api import Denied
from web.http.client_ip import Networks, counted_for

_STORED: Final = "SELECT password_hash FROM account WHERE id = %s"


class OwnerCheck:
    """Asked before an account changes. Wrong passwords count together, whatever they were given for."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        passwords: Passwords,
        login_attempts: int,
        proxies: Networks,
    ) -> None:
        self._pool = pool
        self._auth = auth
        self._passwords = passwords
        self._attempts = GuessThrottle(pool, clock, "password", login_attempts)
        self._proxies = proxies

    async def by_cookie(self, request: web.Request, refusal: str) -> Identity:
        """Return who asks; raise NotSignedIn, and Denied with the refusal for a bearer token."""
        who = await self._auth.require(request)
        if who.by_token:
            raise Denied(refusal)
        return who

    async def has_password(self, user: UserId) -> bool:
        """Return whether the account has a password; guests have none, nor who came by a service."""
        return await self._stored(user) not in (None, NO_PASSWORD)

    async def by_password(
        self, request: web.Request, who: Identity, password: str, *, field: str = "password"
    ) -> Callable[[], Awaitable[None]]:
        """Compare the password; raise Denied, naming the field, or TooOften.

        Return what takes the attempt back, to be called once all else fits, too: an attempt counts
        until then, so that many at once are no way around.
        """
        keys = counted_for(request, self._proxies), f"account {who.user}"
        await self._attempts.begin(*keys)
        if not await self._passwords.fits(await self._stored(who.user), password):
            raise Denied(f"{field}: this is not your password")
        return partial(self._attempts.succeeded, *keys)

    async def _stored(self, user: UserId) -> str | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_STORED, (user,))).fetchone()
        return None if row is None else row[0]
