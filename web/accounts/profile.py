"""One's own account: name, e-mail, password, and the sign-ins that are open."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from aiohttp import web
from psycopg import errors
from pydantic import Field

from actors.runtime.clock import Clock
from events.journal.database.pool import Pool
from events.text import Name
from web.accounts.access_events import Access, AccessEnded
from web.accounts.auth import Auth, Identity
from web.accounts.links import Connection
from web.accounts.owner import OwnerCheck
from web.accounts.passwords import Passwords
from web.accounts.routes import Email, Me, NewPassword
from web.accounts.sign_outs import revoke_tokens
from web.http.api import (
    Answer,
    BadRequest,
    Body,
    Conflict,
    Denied,
    Missing,
    body_of,
    success,
    uuid_in,
)
from web.http.openapi import described

_NO_TOKENS: Final = "a token cannot change the account: sign in"


class ProfileChange(Body):
    """What is left out stays as it is. A new e-mail or password needs the password of now."""

    name: Name | None = None
    email: Email | None = None
    password: NewPassword | None = None
    current_password: Annotated[str, Field(max_length=200)] | None = None


class SignIn(Answer):
    id: UUID
    device: str
    """What the browser called itself."""
    created_at: datetime
    last_used_at: datetime
    current: bool
    """Whether the request came by this one."""


class SignIns(Answer):
    sign_ins: tuple[SignIn, ...]


_OWN: Final = """
SELECT id, device, created_at, last_used_at, token_hash = %(current)s
FROM login_session WHERE account_id = %(user)s AND expires_at > %(now)s
ORDER BY last_used_at DESC, id
"""


class ProfileRoutes:
    """The calls by which people change their own account."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        access: Access,
        passwords: Passwords,
        owner: OwnerCheck,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._access = access
        self._passwords = passwords
        self._owner = owner

    def add_routes(self, app: web.Application) -> None:
        app.router.add_patch("/api/me", self.change)
        app.router.add_get("/api/me/sign-ins", self.list)
        app.router.add_delete("/api/me/sign-ins", self.end_others)
        app.router.add_delete("/api/me/sign-ins/{id}", self.end)

    @described(takes=ProfileChange, gives=Me)
    async def change(self, request: web.Request) -> web.Response:
        """Change one's name, e-mail or password; a new password ends all other sign-ins."""
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        change = await body_of(request, ProfileChange)
        stored = None
        if change.email is not None or change.password is not None:
            if who.guest:
                raise Denied("guests have neither e-mail nor password: sign up first")
            if change.current_password is None:
                raise BadRequest("currentPassword: needed for a new e-mail or password")
            fits = await self._owner.by_password(
                request, who, change.current_password, field="currentPassword"
            )
            await fits()
        if change.password is not None:
            stored = await self._passwords.hash(change.password)
        ended: Iterable[bytes] = ()
        try:
            async with self._pool.connection() as connection, connection.transaction():
                rows = await connection.execute(
                    "UPDATE account SET name = coalesce(%s, name), email = coalesce(%s, email),"
                    " password_hash = coalesce(%s, password_hash) WHERE id = %s RETURNING name, email",
                    (change.name, change.email, stored, who.user),
                )
                row = await rows.fetchone()
                if stored is not None:
                    ended = await _end(connection, who, all_but=who.credential)
        except errors.UniqueViolation:
            raise Conflict("there is an account with this email already") from None
        if row is None:
            raise Missing("account")
        self._tell(ended)
        return success(
            Me(
                user_id=who.user,
                name=row[0],
                email=row[1],
                guest=row[1] is None,
                admin=who.is_admin,
            )
        )

    @described(gives=SignIns)
    async def list(self, request: web.Request) -> web.Response:
        """List the browsers that are signed in as the asker, the latest first."""
        who = await self._auth.require(request)
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                _OWN, {"current": who.credential, "user": who.user, "now": self._clock.now()}
            )
            sign_ins = tuple(
                SignIn(
                    id=id_, device=device, created_at=created, last_used_at=used, current=current
                )
                for id_, device, created, used, current in await rows.fetchall()
            )
        return success(SignIns(sign_ins=sign_ins))

    @described(status=204)
    async def end(self, request: web.Request) -> web.Response:
        """End one sign-in; its sockets close."""
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        sign_in = uuid_in(request.match_info["id"], "sign-in")
        async with self._pool.connection() as connection:
            ended = await _end(connection, who, only=sign_in)
        if not ended:
            raise Missing("sign-in")
        self._tell(ended)
        return web.Response(status=204)

    @described(status=204)
    async def end_others(self, request: web.Request) -> web.Response:
        """End all sign-ins but that of the request, and revoke all bearer tokens."""
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        async with self._pool.connection() as connection, connection.transaction():
            ended = await _end(connection, who, all_but=who.credential)
            ended += await revoke_tokens(connection, who.user, self._clock.now())
        self._tell(ended)
        return web.Response(status=204)

    def _tell(self, ended: Iterable[bytes]) -> None:
        """Have the sockets close that were opened with these."""
        for credential in ended:
            self._access.publish(AccessEnded(credential=credential))


async def _end(
    connection: Connection,
    who: Identity,
    *,
    only: UUID | None = None,
    all_but: bytes | None = None,
) -> list[bytes]:
    """End one's sign-ins in browsers: one, or all but one; return their hashes."""
    rows = await connection.execute(
        "DELETE FROM login_session WHERE account_id = %(user)s"
        " AND (%(only)s::uuid IS NULL OR id = %(only)s)"
        " AND (%(all_but)s::bytea IS NULL OR token_hash <> %(all_but)s)"
        " RETURNING token_hash",
        {"user": who.user, "only": only, "all_but": all_but},
    )
    return [bytes(row[0]) for row in await rows.fetchall()]
