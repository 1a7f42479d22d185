"""The calls by which people switch the second factor of their account on and off."""

import secrets
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from actors.runtime.clock import Clock
from events.journal.database.pool import Pool
from web.accounts.auth import Identity
from web.accounts.passkeys import Assertion, Passkey, passkeys_of
from web.accounts.proof import NO_TOKENS, Proof, ProofCheck
from web.accounts.routes import Code
from web.accounts.second_factor import (
    SECRET_BYTES,
    lock_factor,
    renew_recovery,
    secret_text,
    secret_url,
    step_of,
    switch_off,
    switch_off_if_empty,
    switch_on,
)
from web.http.api import Answer, Body, Conflict, Denied, body_of, success
from web.http.openapi import described
from web.http.qr_code import qr_svg

NO_PASSWORD: Final = "a second factor goes with a password, and this account has none"
_ISSUER: Final = "Hexroom"
_STATE: Final = """
SELECT confirmed_at IS NOT NULL, confirmed_at IS NOT NULL AND secret IS NOT NULL,
    coalesce(cardinality(recovery), 0)
FROM account_factor WHERE account_id = %s
"""
_START: Final = """
INSERT INTO account_factor (account_id, pending, created_at)
VALUES (%(user)s, %(secret)s, %(now)s)
ON CONFLICT (account_id) DO UPDATE SET pending = excluded.pending
WHERE account_factor.confirmed_at IS NULL OR account_factor.secret IS NULL
"""
_CONFIRM: Final = """
UPDATE account_factor SET secret = pending, pending = NULL, last_step = %(step)s,
    confirmed_at = coalesce(confirmed_at, %(now)s)
WHERE account_id = %(user)s AND pending = %(secret)s
"""
_NO_APP: Final = """
UPDATE account_factor SET secret = NULL, pending = NULL
WHERE account_id = %s AND confirmed_at IS NOT NULL AND secret IS NOT NULL
"""


class PasskeyListed(Answer):
    id: UUID
    name: str
    host: str
    """Where it was made; browsers offer it there alone."""
    created_at: datetime
    last_used_at: datetime | None


class FactorState(Answer):
    on: bool
    available: bool
    """Whether the account has a password, to which something can come second."""
    recovery_codes_left: int
    app: bool
    """Whether a code of an authenticator app is one way."""
    passkeys: tuple[PasskeyListed, ...]


class FactorStarted(Answer):
    """Not on yet: a code has to show that the authenticator app knows the secret."""

    secret: str
    url: str
    """The same for authenticator apps, otpauth://totp/…"""
    picture: str
    """The url as a QR code, in SVG."""


class FactorConfirmation(Body):
    password: Annotated[str, Field(max_length=200)]
    code: Code
    """Of the app that is being set up."""
    passkey: Assertion | None = None
    recovery_code: Code | None = None
    """This or a passkey, where passkeys are on already."""


class RecoveryCodes(Answer):
    """The only time that the codes are told; only their hashes are kept."""

    recovery_codes: tuple[str, ...]
    """None where those that were told before are still good."""


class FactorRoutes:
    """The calls about the second factor of one's own account."""

    def __init__(self, pool: Pool, clock: Clock, proof: ProofCheck) -> None:
        self._pool = pool
        self._clock = clock
        self._proof = proof
        self._owner = proof.owner

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/me/second-factor", self.tell)
        app.router.add_post("/api/me/second-factor", self.start)
        app.router.add_post("/api/me/second-factor/confirm", self.confirm)
        app.router.add_post("/api/me/second-factor/recovery-codes", self.renew)
        app.router.add_post("/api/me/second-factor/app/off", self.end_app)
        app.router.add_post("/api/me/second-factor/off", self.end)

    @described(gives=FactorState)
    async def tell(self, request: web.Request) -> web.Response:
        """Tell whether a second factor is on, and which, never its secret."""
        who = await self._owner.by_cookie(request, NO_TOKENS)
        available = await self._owner.has_password(who.user)
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_STATE, (who.user,))).fetchone()
            passkeys = await passkeys_of(connection, who.user)
        on, app, left = (False, False, 0) if row is None else row
        return success(
            FactorState(
                on=on or bool(passkeys),
                available=available,
                recovery_codes_left=left if on else 0,
                app=app,
                passkeys=tuple(listed(passkey) for passkey in passkeys),
            )
        )

    @described(gives=FactorStarted, status=201)
    async def start(self, request: web.Request) -> web.Response:
        """Make a secret for an authenticator app; nothing is asked for until a code confirms it."""
        who = await self._owner.by_cookie(request, NO_TOKENS)
        if who.email is None or not await self._owner.has_password(who.user):
            raise Denied(NO_PASSWORD)
        secret = secrets.token_bytes(SECRET_BYTES)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                _START, {"user": who.user, "secret": secret, "now": self._clock.now()}
            )
        if cursor.rowcount == 0:
            raise Conflict("an authenticator app is on already: switch it off first")
        url = secret_url(secret, who.email, _ISSUER)
        return success(
            FactorStarted(secret=secret_text(secret), url=url, picture=qr_svg(url).decode()),
            status=201,
        )

    @described(takes=FactorConfirmation, gives=RecoveryCodes)
    async def confirm(self, request: web.Request) -> web.Response:
        """Switch the app on by the password and a code; return recovery codes, this once."""
        who = await self._owner.by_cookie(request, NO_TOKENS)
        body = await body_of(request, FactorConfirmation)
        proof = Proof(password=body.password, code=body.recovery_code, passkey=body.passkey)
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                "SELECT pending FROM account_factor WHERE account_id = %s", (who.user,)
            )
            row = await rows.fetchone()
        if row is None or row[0] is None:
            fits = await self._owner.by_password(request, who, body.password)
            await fits()
            raise Conflict("there is no second factor to confirm: start again")
        secret, now = bytes(row[0]), self._clock.now()
        fits = await self._proof.check(request, who, proof)
        step = step_of(secret, body.code.replace(" ", ""), now)
        if step is None:
            raise Denied("code: it does not fit; is the clock of your phone right?")
        await fits()
        params = {"user": who.user, "secret": secret, "step": step, "now": now}
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(_CONFIRM, params)
            if cursor.rowcount == 0:
                raise Conflict("there is no second factor to confirm: start again")
            codes = await switch_on(connection, now, who.user)
        return success(RecoveryCodes(recovery_codes=codes))

    @described(takes=Proof, gives=RecoveryCodes)
    async def renew(self, request: web.Request) -> web.Response:
        """Make new recovery codes; those of before are good no more."""
        who = await self._proven(request)
        async with self._pool.connection() as connection:
            codes = await renew_recovery(connection, who.user)
        if not codes:
            raise Conflict("no second factor is on")
        return success(RecoveryCodes(recovery_codes=codes))

    @described(takes=Proof, status=204)
    async def end_app(self, request: web.Request) -> web.Response:
        """Switch the authenticator app off; passkeys and their recovery codes stay."""
        who = await self._proven(request)
        async with self._pool.connection() as connection, connection.transaction():
            await lock_factor(connection, who.user)
            if (await connection.execute(_NO_APP, (who.user,))).rowcount == 0:
                raise Conflict("no authenticator app is on")
            await switch_off_if_empty(connection, who.user)
        return web.Response(status=204)

    @described(takes=Proof, status=204)
    async def end(self, request: web.Request) -> web.Response:
        """Switch all of it off, by the password and a code, a recovery code or a passkey."""
        who = await self._proven(request)
        async with self._pool.connection() as connection:
            if not await switch_off(connection, who.user):
                raise Conflict("no second factor is on")
        return web.Response(status=204)

    async def _proven(self, request: web.Request) -> Identity:
        who = await self._owner.by_cookie(request, NO_TOKENS)
        fits = await self._proof.check(request, who, await body_of(request, Proof))
        await fits()
        return who


def listed(passkey: Passkey) -> PasskeyListed:
    """Return what its owner is told of a passkey."""
    return PasskeyListed(
        id=passkey.id,
        name=passkey.name,
        host=passkey.host,
        created_at=passkey.created_at,
        last_used_at=passkey.last_used_at,
    )
