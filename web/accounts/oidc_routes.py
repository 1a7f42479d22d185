"""Signing in by another service: leaving for it, coming back, and which account that is."""

import hashlib
import logging
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from psycopg import errors
from pydantic import Field

from actors.runtime.clock import Clock
from events.core.state import UserId
from events.journal.database.pool import Pool
from events.text import BadName, clean_name
from web.accounts.auth import Auth, Identity
from web.accounts.links import Connection
from web.accounts.oidc import Attempt, Issuer, Person, SignInRefused
from web.accounts.routes import NO_PASSWORD, Accounts, clean_email, insert_account
from web.accounts.sign_in_log import Way
from web.http.api import Answer, Denied, Query, query_of, success
from web.http.openapi import described

logger = logging.getLogger(__name__)

COOKIE: Final = "hexroom_oidc"
PATH: Final = "/api/auth/oidc"
ATTEMPT_S: Final = 600
"""How long somebody may take at the other service."""


class SignInServices(Answer):
    services: tuple[str, ...]
    """The names on the buttons; one or none."""


class CallbackQuery(Query):
    code: str | None = Field(None, description="what stands for the person")
    state: str | None = Field(None, description="of the attempt")
    error: str | None = Field(None, description="why not")


class ServiceRoutes:
    """The call that names the services; none where no issuer is set."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/auth/services", self.services)

    @described(gives=SignInServices)
    async def services(self, request: web.Request) -> web.Response:
        """Name the services that people can sign in by."""
        return success(SignInServices(services=self._names))


class OidcRoutes:
    """The calls about one issuer."""

    def __init__(
        self, pool: Pool, clock: Clock, auth: Auth, accounts: Accounts, issuer: Issuer, name: str
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._accounts = accounts
        self._issuer = issuer
        self._name = name

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(f"{PATH}/start", self.start)
        app.router.add_get(f"{PATH}/callback", self.callback)

    @described(status=302, content="text/plain")
    async def start(self, request: web.Request) -> web.Response:
        """Send the browser to the other service."""
        attempt = Attempt.new()
        try:
            address = await self._issuer.address(attempt, self._redirect_uri(request))
        except SignInRefused as error:
            return self._problem(request, error)
        response = web.Response(status=302, headers={"Location": address})
        response.set_cookie(
            COOKIE,
            ".".join(attempt),
            max_age=ATTEMPT_S,
            path=self._auth.path(PATH),
            httponly=True,
            samesite="Lax",
            secure=self._auth.own_origin(request).startswith("https:"),
        )
        return response

    @described(
        status=302,
        content="text/plain",
        query=CallbackQuery,
    )
    async def callback(self, request: web.Request) -> web.Response:
        """Take the browser back, signed in; or to the first page with a word of why not."""
        try:
            user = await self._sign_in(request)
        except SignInRefused as error:
            return self._problem(request, error)
        response = web.Response(status=302, headers={"Location": self._auth.path("/")})
        response.del_cookie(COOKIE, path=self._auth.path(PATH))
        await self._auth.sign_in(request, response, user, Way.SERVICE)
        return response

    async def _sign_in(self, request: web.Request) -> UserId:
        query = query_of(request, CallbackQuery)
        parts = request.cookies.get(COOKIE, "").split(".")
        if len(parts) != 3 or query.state != parts[0]:
            raise SignInRefused("expired", "the answer belongs to no attempt of this browser")
        if query.code is None:
            raise SignInRefused("cancelled", f"the service said {query.error!r:.100}")
        person = await self._issuer.person(query.code, Attempt(*parts), self._redirect_uri(request))
        now = await self._auth.identify(request)
        async with self._pool.connection() as connection, connection.transaction():
            return await self._account_of(connection, person, now)

    async def _account_of(
        self, connection: Connection, person: Person, now: Identity | None
    ) -> UserId:
        """Return the account of the person: known, the guest or account of this browser, or a new one."""
        rows = await connection.execute(
            "SELECT account_id FROM account_identity WHERE issuer = %s AND subject = %s",
            (self._issuer.url, person.subject),
        )
        row = await rows.fetchone()
        if row is not None:
            return UserId(row[0])
        user = await self._joined(connection, person, now)
        await connection.execute(
            "INSERT INTO account_identity (issuer, subject, account_id, created_at)"
            " VALUES (%s, %s, %s, %s)",
            (self._issuer.url, person.subject, user, self._clock.now()),
        )
        return user

    async def _joined(self, connection: Connection, person: Person, now: Identity | None) -> UserId:
        if now is not None and not now.guest:
            return now.user
        try:
            await self._accounts.check_policy(now)
        except Denied as error:
            raise SignInRefused("closed", str(error)) from None
        name, email = _name_of(person), self._email_of(person)
        try:
            async with connection.transaction():
                if now is None:
                    user = await insert_account(connection, self._clock, name, email, NO_PASSWORD)
                else:
                    user = now.user
                    await connection.execute(
                        "UPDATE account SET email = %s, password_hash = %s"
                        " WHERE id = %s AND email IS NULL",
                        (email, NO_PASSWORD, user),
                    )
        except errors.UniqueViolation:
            # Whoever can make the other service say this address must not get the account here.
            raise SignInRefused("taken", "an account here has this e-mail") from None
        await self._accounts.make_first_admin(connection, user)
        return user

    def _email_of(self, person: Person) -> str:
        try:
            return clean_email(person.email or "")
        except ValueError:
            # Accounts are told from guests by their address; this one takes no mail.
            return clean_email(f"{_digest(self._issuer.url, person.subject)}@oidc.invalid")

    def _redirect_uri(self, request: web.Request) -> str:
        return f"{self._auth.own_address(request)}{PATH}/callback"

    def _problem(self, request: web.Request, error: SignInRefused) -> web.Response:
        logger.warning("sign-in by %s: %s: %s", self._name, error.reason, error)
        first_page = self._auth.path(f"/?{urlencode({'problem': error.reason})}")
        response = web.Response(status=302, headers={"Location": first_page})
        response.del_cookie(COOKIE, path=self._auth.path(PATH))
        return response


def _name_of(person: Person) -> str:
    for candidate in (person.name[:80], (person.email or "").partition("@")[0][:80]):
        try:
            return clean_name(candidate)
        except BadName:
            continue
    return "Traveller"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
