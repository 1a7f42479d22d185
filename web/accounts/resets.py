"""Forgotten passwords: a link by mail, or from an operator, that sets a new one once."""

import asyncio
import logging
from typing import Final

from aiohttp import web

from actors.runtime.clock import Clock
from events.core.state import UserId
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import Pool
from web.accounts.access_events import Access, AccessEnded
from web.accounts.auth import Auth
from web.accounts.guesses import GuessThrottle
from web.accounts.links import Connection, Purpose, replace_link, use_up
from web.accounts.passwords import Passwords
from web.accounts.routes import Email, NewPassword
from web.accounts.sign_outs import end_sign_ins
from web.http.api import Answer, Body, Missing, body_of, success, word_in
from web.http.client_ip import Networks, counted_for
from web.http.openapi import described
from web.mail import Mailer

logger = logging.getLogger(__name__)

RESETS: Final = 5
"""Requests a minute for an address, and for an account: each may send a mail."""

MAILS_AT_ONCE: Final = 8
"""Connections to the mail server; further mails wait."""

_TEXT: Final = """\
Hello {name},

somebody, probably you, asked for a new password at {address}.
This link sets one; it is good for an hour, and once:

{address}/reset/{token}

If it was not you, do nothing: your password stays as it is.
"""


class ForgottenPassword(Body):
    email: Email


class ForgottenAnswer(Answer):
    mail: bool
    """Whether this server sends mail at all; the same for every address."""


class Reset(Body):
    password: NewPassword


class ResetRoutes:
    """The calls for who forgot the password."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        access: Access,
        passwords: Passwords,
        mailer: Mailer | None,
        proxies: Networks,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._access = access
        self._passwords = passwords
        self._mailer = mailer
        self._proxies = proxies
        self._attempts = GuessThrottle(pool, clock, "reset", RESETS)
        self._sending: set[asyncio.Task[None]] = set()
        self._at_once = asyncio.Semaphore(MAILS_AT_ONCE)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/auth/forgotten", self.forgotten)
        app.router.add_post("/api/auth/reset/{token}", self.reset)
        app.on_cleanup.append(self._finish)

    @described(takes=ForgottenPassword, gives=ForgottenAnswer, status=202)
    async def forgotten(self, request: web.Request) -> web.Response:
        """Have a link for a new password mailed; any address gets the same answer at the same time."""
        body = await body_of(request, ForgottenPassword)
        await self._attempts.begin(counted_for(request, self._proxies), f"email {body.email}")
        if self._mailer is not None:
            task = asyncio.create_task(
                self._mail(self._mailer, body.email, self._auth.own_address(request))
            )
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return success(ForgottenAnswer(mail=self._mailer is not None), status=202)

    @described(takes=Reset, status=204)
    async def reset(self, request: web.Request) -> web.Response:
        """Set a new password by a link; the link, every sign-in and every token of the account end."""
        token = word_in(request.match_info["token"], "link")
        body = await body_of(request, Reset)
        await self._attempts.begin(counted_for(request, self._proxies))
        stored = await self._passwords.hash(body.password)
        async with self._pool.connection() as connection, connection.transaction():
            user = await use_up(connection, self._clock, token, Purpose.RESET)
            if user is None:
                raise Missing("link, or it is used or older than an hour: ask for another")
            await connection.execute(
                "UPDATE account SET password_hash = %s WHERE id = %s AND email IS NOT NULL",
                (stored, user),
            )
            await end_sign_ins(connection, user, self._clock.now())
        self._access.publish(AccessEnded(user=user))
        return web.Response(status=204)

    async def _mail(self, mailer: Mailer, email: str, address: str) -> None:
        try:
            async with self._pool.connection() as connection, connection.transaction():
                rows = await connection.execute(
                    "SELECT id, name FROM account WHERE lower(email) = %s", (email,)
                )
                row = await rows.fetchone()
                if row is None:
                    return
                token = await make_reset(connection, self._clock, UserId(row[0]))
        except DATABASE_AWAY as error:
            logger.warning("mail: no link for a new password was made: %s", error)
            return
        text = _TEXT.format(name=row[1], address=address, token=token)
        async with self._at_once:
            await mailer.send(email, "A new password for Hexroom", text)

    async def _finish(self, _: web.Application) -> None:
        for task in tuple(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)


async def make_reset(
    connection: Connection, clock: Clock, user: UserId, by: UserId | None = None
) -> str:
    """Return the token of a new link that sets the account's password once, within an hour."""
    return await replace_link(connection, clock, user, Purpose.RESET, by)
