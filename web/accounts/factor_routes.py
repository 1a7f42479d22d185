"""The calls by which people switch the second factor of their account on and off."""

import io
import secrets
from typing import Annotated, Final

import segno
from aiohttp import web
from pydantic import Field

from actors.runtime.clock import Clock
from events.core.state import UserId
from events.journal.database.pool import Pool
from web.accounts.owner import OwnerCheck
from web.accounts.routes import Code
from web.accounts.second_factor import (
    SECRET_BYTES,
    new_recovery_codes,
    recovery_hashes,
    secret_text,
    secret_url,
    step_of,
    switch_off,
    use_code,
)
from web.http.api import Answer, Body, Conflict, Denied, body_of, success
from web.http.openapi import described

_ISSUER: Final = "Hexroom"
_NO_TOKENS: Final = "a token has no say in how people sign in: sign in"
_STATE: Final = """
SELECT confirmed_at IS NOT NULL, coalesce(cardinality(recovery), 0)
FROM account_factor WHERE account_id = %s
"""
_START: Final = """
INSERT INTO account_factor (account_id, secret, created_at)
VALUES (%(user)s, %(secret)s, %(now)s)
ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at
WHERE account_factor.confirmed_at IS NULL
"""
_CONFIRM: Final = """
UPDATE account_factor SET confirmed_at = %(now)s, last_step = %(step)s, recovery = %(recovery)s
WHERE account_id = %(user)s AND confirmed_at IS NULL AND secret = %(secret)s
"""


class FactorState(Answer):
    on: bool
    available: bool
    """Whether the account has a password, to which a code can come second."""
    recovery_codes_left: int


class FactorStarted(Answer):
    """Not on yet: a code has to show that the authenticator app knows the secret."""

    secret: str
    url: str
    """The same for authenticator apps, otpauth://totp/…"""
    picture: str
    """The url as a QR code, in SVG."""


class FactorProof(Body):
    password: Annotated[str, Field(max_length=200)]
    code: Code


class RecoveryCodes(Answer):
    """The only time that the codes are told; only their hashes are kept."""

    recovery_codes: tuple[str, ...]


class FactorRoutes:
    """The calls about the second factor of one's own account."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        owner: OwnerCheck,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._owner = owner

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/me/second-factor", self.tell)
        app.router.add_post("/api/me/second-factor", self.start)
        app.router.add_post("/api/me/second-factor/confirm", self.confirm)
        app.router.add_post("/api/me/second-factor/off", self.end)

    @described(gives=FactorState)
    async def tell(self, request: web.Request) -> web.Response:
        """Tell whether a second factor is on, never its secret."""
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        on, left = await self._state(who.user)
        available = await self._owner.has_password(who.user)
        return success(
            FactorState(on=on, available=available, recovery_codes_left=left if on else 0)
        )

    @described(gives=FactorStarted, status=201)
    async def start(self, request: web.Request) -> web.Response:
        """Make a secret for an authenticator app; nothing is asked for until a code confirms it."""
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        if who.email is None or not await self._owner.has_password(who.user):
            raise Denied("a second factor goes with a password, and this account has none")
        secret = secrets.token_bytes(SECRET_BYTES)
        async with self._pool.connection() as connection:
            done = await connection.execute(
                _START, {"user": who.user, "secret": secret, "now": self._clock.now()}
            )
        if done.rowcount == 0:
            raise Conflict("a second factor is on already: switch it off first")
        url = secret_url(secret, who.email, _ISSUER)
        return success(
            FactorStarted(secret=secret_text(secret), url=url, picture=_drawn(url)), status=201
        )

    @described(takes=FactorProof, gives=RecoveryCodes)
    async def confirm(self, request: web.Request) -> web.Response:
        """Switch the factor on by the password and a code; return recovery codes, this once."""
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        asked = await body_of(request, FactorProof)
        fits = await self._owner.by_password(request, who, asked.password)
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                "SELECT secret FROM account_factor WHERE account_id = %s AND confirmed_at IS NULL",
                (who.user,),
            )
            row = await rows.fetchone()
        if row is None:
            fits()
            raise Conflict("there is no second factor to confirm: start again")
        secret, now, codes = bytes(row[0]), self._clock.now(), new_recovery_codes()
        step = step_of(secret, asked.code.replace(" ", ""), now)
        if step is None:
            raise Denied("code: it does not fit; is the clock of your phone right?")
        fits()
        params = {"user": who.user, "secret": secret, "now": now, "step": step}
        async with self._pool.connection() as connection:
            done = await connection.execute(
                _CONFIRM, {**params, "recovery": recovery_hashes(codes)}
            )
        if done.rowcount == 0:
            raise Conflict("there is no second factor to confirm: start again")
        return success(RecoveryCodes(recovery_codes=codes))

    @described(takes=FactorProof, status=204)
    async def end(self, request: web.Request) -> web.Response:
        """Switch the factor off by the password and a code, or a recovery code."""
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        asked = await body_of(request, FactorProof)
        fits = await self._owner.by_password(request, who, asked.password)
        async with self._pool.connection() as connection, connection.transaction():
            if not await use_code(connection, self._clock.now(), who.user, asked.code):
                raise Denied("code: it does not fit, or was used before")
            await switch_off(connection, who.user)
        fits()
        return web.Response(status=204)

    async def _state(self, user: UserId) -> tuple[bool, int]:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_STATE, (user,))).fetchone()
        return (False, 0) if row is None else (row[0], row[1])


def _drawn(url: str) -> str:
    drawn = io.BytesIO()
    code = segno.make_qr(url, error="m")
    code.save(drawn, kind="svg", scale=6, dark="#10191c", light="#fff")
    return drawn.getvalue().decode()
