"""Accounts: sign-up, login, logout, and who am I."""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Final, Literal, NamedTuple

import psycopg
from aiohttp import web
from psycopg import errors
from pydantic import AfterValidator, Field

from actors.runtime.clock import Clock
from events.core.state import UserId
from events.journal.database.pool import Pool
from events.text import Name
from web.accounts.auth import Auth, Identity
from web.accounts.guesses import GuessThrottle
from web.accounts.passkeys import (
    Answered,
    Assertion,
    ChallengePurpose,
    PasskeyRefused,
    relying_party,
    use_passkey,
)
from web.accounts.passwords import Passwords
from web.accounts.second_factor import has_factor, use_code
from web.accounts.sign_in_log import Way
from web.http.api import (
    Answer,
    BadRequest,
    Body,
    CodeNeeded,
    Conflict,
    Denied,
    NotSignedIn,
    body_of,
    success,
)
from web.http.client_ip import Networks, counted_for
from web.http.openapi import described
from web.http.throttle import Throttle

SIGN_UPS: Final = 30
"""New accounts a minute for an address, but for this machine's: each costs a password's hash."""

SignUpPolicy = Literal["open", "invited", "closed"]
"""Who may make an account: anybody, guests who came by an invite, or nobody."""

NO_PASSWORD: Final = "!"
"""The hash that no password fits: such an account is entered by a link, or by another service."""
_BY_EMAIL: Final = """
SELECT id, name, password_hash, is_admin, EXISTS (
    SELECT FROM sign_in_log
    WHERE account_id = account.id AND succeeded AND address = %(address)s)
FROM account WHERE lower(email) = %(email)s
"""
_HAS_ADMIN: Final = "SELECT FROM account WHERE is_admin"
_FIRST_ADMIN_LOCK: Final = 0x61646D696E
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,185}")


def clean_email(text: str) -> str:
    """Return the address as it is stored and compared; raise ValueError."""
    email = unicodedata.normalize("NFC", text.strip()).lower()
    if not email.isprintable() or not _EMAIL.fullmatch(email):
        raise ValueError("expected an address like ann@example.org")
    return email


Email = Annotated[str, Field(max_length=254), AfterValidator(clean_email)]
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z -]{1,40}$")]
NewPassword = Annotated[str, Field(min_length=8, max_length=200)]


class SignUp(Body):
    name: Name
    email: Email
    password: NewPassword


class Login(Body):
    email: Email
    password: Annotated[str, Field(max_length=200)]
    code: Code | None = None
    """For an account with a second factor: of the authenticator app, or a recovery code."""
    passkey: Assertion | None = None
    """Or what a passkey answers to a challenge of `/api/auth/passkey`."""


class Me(Answer):
    user_id: UserId
    name: str
    email: str | None
    guest: bool
    admin: bool = False
    """Whether this account may run the server's admin page."""


class ByPassword(NamedTuple):
    """An account whose password was given."""

    user: UserId
    name: str
    stored: str
    is_admin: bool
    fits: Callable[[], Awaitable[None]]
    """Takes the attempt back: it was no guess."""


class Accounts:
    """The calls about accounts."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        passwords: Passwords,
        login_attempts: int,
        proxies: Networks,
        sign_up: SignUpPolicy = "open",
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._passwords = passwords
        self._attempts = GuessThrottle(pool, clock, "sign-in", login_attempts)
        self._sign_ups = Throttle(clock, SIGN_UPS)
        self._proxies = proxies
        self._policy: SignUpPolicy = sign_up

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/auth/signup", self.sign_up)
        app.router.add_post("/api/auth/login", self.log_in)
        app.router.add_post("/api/auth/logout", self.log_out)
        app.router.add_get("/api/me", self.me)

    @described(takes=SignUp, gives=Me, status=201)
    async def sign_up(self, request: web.Request) -> web.Response:
        """Make an account and sign in; a guest who signs up keeps campaigns and user id."""
        body = await body_of(request, SignUp)
        address = counted_for(request, self._proxies)
        if address not in self._proxies:
            self._sign_ups.begin(address)
        now = await self._auth.identify(request)
        await self.check_policy(now)
        stored = await self._passwords.hash(body.password)
        try:
            if now is not None and now.guest:
                user = await self._settle(now.user, body, stored)
            else:
                user = await self.create(body.name, body.email, stored)
            is_admin = await self._admin_if_first(user)
        except errors.UniqueViolation:
            raise Conflict("there is an account with this email already") from None
        response = success(
            Me(user_id=user, name=body.name, email=body.email, guest=False, admin=is_admin),
            status=201,
        )
        await self._auth.sign_in(request, response, user, Way.SIGN_UP)
        return response

    @described(takes=Login, gives=Me)
    async def log_in(self, request: web.Request) -> web.Response:
        """Sign in. A wrong password and an unknown email get the same answer in the same time.

        An account with a second factor gets `code_needed` after the right password, until a code
        comes along that fits and was not used before.
        """
        body = await body_of(request, Login)
        account = await self.by_password(request, body.email, body.password)
        way = await self._second_way(request, account, body)
        await account.fits()
        if self._passwords.outdated(account.stored):
            await self._renew_hash(account.user, body.password)
        me = Me(
            user_id=account.user,
            name=account.name,
            email=body.email,
            guest=False,
            admin=account.is_admin,
        )
        response = success(me)
        await self._auth.sign_in(request, response, account.user, way)
        return response

    async def by_password(self, request: web.Request, email: str, password: str) -> ByPassword:
        """Return whose e-mail and password these are; raise NotSignedIn, or TooOften.

        The attempt counts until `fits` of the answer is called.
        """
        address = counted_for(request, self._proxies)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_BY_EMAIL, {"email": email, "address": address})
            row = await cursor.fetchone()
        user, name, stored, is_admin, came_from_there = row or (None, None, None, False, False)
        keys = [address]
        # Guesses at one account from many addresses are counted together, but for addresses that
        # it signed in from: strangers do not keep its owner out.
        if not came_from_there:
            keys.append(f"account {email}")
        await self._attempts.begin(*keys)
        if not await self._passwords.fits(stored, password):
            self._auth.note_refused(request, user, Way.PASSWORD)
            raise NotSignedIn("this email and password do not fit")
        fits = partial(self._attempts.succeeded, *keys)
        return ByPassword(UserId(user), name, stored, is_admin, fits)

    async def _second_way(self, request: web.Request, account: ByPassword, body: Login) -> Way:
        """Return by what the account is opened, and spend it; raise CodeNeeded."""
        user, now = account.user, self._clock.now()
        async with self._pool.connection() as connection:
            if not await has_factor(connection, user):
                return Way.PASSWORD
            if body.passkey is not None:
                try:
                    party = relying_party(self._auth.page_origins(request))
                    answered = Answered(party, user, ChallengePurpose.SIGN_IN, now)
                    await use_passkey(connection, answered, body.passkey)
                except PasskeyRefused as error:
                    self._auth.note_refused(request, user, Way.PASSKEY)
                    raise CodeNeeded(f"passkey: {error}") from None
                return Way.PASSKEY
            if body.code is None:
                await account.fits()  # Nothing was guessed.
                raise CodeNeeded
            used = await use_code(connection, now, user, body.code)
        if used is None:
            self._auth.note_refused(request, user, Way.APP)
            raise CodeNeeded
        return Way.APP if used == "app" else Way.RECOVERY

    @described(status=204)
    async def log_out(self, request: web.Request) -> web.Response:
        """End the sign-in of the cookie; its sockets close."""
        response = web.Response(status=204)
        await self._auth.sign_out(request, response)
        return response

    @described(gives=Me)
    async def me(self, request: web.Request) -> web.Response:
        """Tell who is signed in; a browser keeps its cookie from then on as long as at first."""
        who = await self._auth.require(request)
        response = success(
            Me(
                user_id=who.user,
                name=who.name,
                email=who.email,
                guest=who.guest,
                admin=who.is_admin,
            )
        )
        if not who.by_token:
            self._auth.renew_cookie(request, response)
        return response

    async def create(self, name: str, email: str, password_hash: str) -> UserId:
        """Return the id of a new account; raise UniqueViolation where the email has one."""
        async with self._pool.connection() as connection:
            return await insert_account(connection, self._clock, name, email, password_hash)

    async def _settle(self, guest: UserId, body: SignUp, stored: str) -> UserId:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "UPDATE account SET name = %s, email = %s, password_hash = %s"
                " WHERE id = %s AND email IS NULL",
                (body.name, body.email, stored, guest),
            )
        if cursor.rowcount == 0:
            raise BadRequest("you have an account already")
        return guest

    async def check_policy(self, now: Identity | None) -> None:
        """Raise Denied where whoever asks, perhaps a guest, may not make an account."""
        if self._policy == "open" or (self._policy == "invited" and now is not None and now.guest):
            return
        async with self._pool.connection() as connection:
            rows = await connection.execute(_HAS_ADMIN)
            if await rows.fetchone() is None:
                return  # A fresh server lets its first account in, whatever the policy.
        if self._policy == "invited":
            raise Denied("join a campaign by its invite link first; then you can sign up")
        raise Denied("sign-up is closed: ask the server's admin for an account")

    async def _admin_if_first(self, user: UserId) -> bool:
        async with self._pool.connection() as connection, connection.transaction():
            return await self.make_first_admin(connection, user)

    async def make_first_admin(
        self, connection: psycopg.AsyncConnection[tuple[Any, ...]], user: UserId
    ) -> bool:
        """Make the first account of a server its admin, in a transaction; return whether it is."""
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_FIRST_ADMIN_LOCK,))
        rows = await connection.execute(
            f"UPDATE account SET is_admin = true WHERE id = %s AND NOT EXISTS ({_HAS_ADMIN})"
            " RETURNING id",
            (user,),
        )
        return await rows.fetchone() is not None

    async def _renew_hash(self, user: UserId, password: str) -> None:
        stored = await self._passwords.hash(password)
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE account SET password_hash = %s WHERE id = %s", (stored, user)
            )


async def insert_account(
    connection: psycopg.AsyncConnection[tuple[Any, ...]],
    clock: Clock,
    name: str,
    email: str | None = None,
    password_hash: str | None = None,
) -> UserId:
    """Return the id of a new account; without email and password it is a guest's."""
    user = UserId(f"{clock.seed():032x}"[:20])
    await connection.execute(
        "INSERT INTO account (id, name, email, password_hash, created_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (user, name, email, password_hash, clock.now()),
    )
    return user
