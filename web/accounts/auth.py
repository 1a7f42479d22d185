"""Who is it: cookies and bearer tokens, and the origins whose pages may act for a user."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString, TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler

from actors.runtime.clock import Clock
from events.core.state import UserId
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import Pool
from web.accounts.access_events import Access, AccessEnded
from web.accounts.batched import Batched
from web.accounts.guesses import end_old_guesses
from web.accounts.sign_in_log import ADD, Way, add_refused, end_old
from web.http.api import Denied, NotSignedIn
from web.http.client_ip import Networks, counted_for
from web.settings import Settings, origin_of

logger = logging.getLogger(__name__)

COOKIE: Final = "hexroom_session"
"""The cookie of versions before; now each server adds a name of its own, as browsers ignore ports."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# Browsers keep the cookie as long as they may; how long it is good for, the server decides.
_COOKIE_MAX_AGE_S: Final = 400 * 24 * 3600
GUEST_LIFETIME: Final = timedelta(days=400)
"""A guest has nothing but the cookie, and a campaign may meet seldom."""
_LONGEST_DEVICE: Final = 200
_LONGEST_ORIGIN: Final = 200
_LONGEST_TOKEN: Final = 200


_BY_TOKEN: Final = """
SELECT token_hash, account.id, account.name, account.email, account.is_admin, NULL
FROM api_token JOIN account ON account.id = account_id
WHERE token_hash = ANY (%(hashes)s) AND revoked_at IS NULL
"""
_BY_SESSION: Final = """
SELECT token_hash, account.id, account.name, account.email, account.is_admin, last_used_at
FROM login_session JOIN account ON account.id = account_id
WHERE token_hash = ANY (%(hashes)s) AND expires_at > %(now)s
"""
_SIGN_IN: Final = f"""
WITH line AS ({ADD})
INSERT INTO login_session (token_hash, account_id, created_at, last_used_at, expires_at, device)
SELECT %(hash)s, id, %(now)s, %(now)s,
    %(now)s + CASE WHEN email IS NULL THEN %(guest)s ELSE %(account)s END, %(device)s
FROM account WHERE id = %(user)s
"""
_Row: TypeAlias = tuple[Any, ...]
"""An account's id, name, email and whether it is an admin's; when a sign-in was last used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody signed in, and what they showed for it."""

    user: UserId
    name: str
    email: str | None
    credential: bytes
    """The hash of the cookie or token, as `AccessEnded` names it."""
    by_token: bool
    is_admin: bool = False

    @property
    def guest(self) -> bool:
        return self.email is None


IDENTITY: Final = web.RequestKey("identity", Identity)


class Auth:
    """Recognises users, and ends their sign-ins."""

    def __init__(
        self, pool: Pool, clock: Clock, access: Access, settings: Settings, instance: str
    ) -> None:
        self._pool = pool
        self._tokens: Batched[bytes, _Row] = Batched(self._find_tokens)
        self._sessions: Batched[bytes, _Row] = Batched(self._find_sessions)
        self._cookie = f"{COOKIE}_{instance}"
        self._clock = clock
        self._access = access
        self._settings = settings
        self._lifetime = timedelta(days=settings.session_days)
        self._proxies = Networks(settings.proxies)
        self._noting: set[asyncio.Task[None]] = set()

    async def identify(self, request: web.Request) -> Identity | None:
        """Return who sent the request, or None. A token that is no good is not made up for by a cookie."""
        if IDENTITY in request:
            return request[IDENTITY]
        if (token := _bearer(request)) is not None:
            identity = await self._by_token(token)
        else:
            identity = await self._by_cookie(self._token_of(request))
        if identity is not None:
            request[IDENTITY] = identity
        return identity

    async def require(self, request: web.Request) -> Identity:
        """Return who sent the request; raise NotSignedIn."""
        identity = await self.identify(request)
        if identity is None:
            raise NotSignedIn
        return identity

    async def require_admin(self, request: web.Request) -> Identity:
        """Return the admin who sent the request; raise NotSignedIn, or Denied."""
        identity = await self.require(request)
        if not identity.is_admin:
            raise Denied("this is for the server's admins")
        return identity

    def allows_origin(self, request: web.Request) -> bool:
        """Return whether the page that made a browser send this may act for its user."""
        try:
            origin = origin_of(request.headers.get("Origin", ""))
        except ValueError:
            return False
        return origin == self.own_origin(request) or origin in self._settings.allowed_origins

    def own_origin(self, request: web.Request) -> str:
        """Return under which origin the server was reached."""
        if self._settings.public_origin is not None:
            return self._settings.public_origin
        try:
            return origin_of(f"{request.scheme}://{request.host}")
        except ValueError:
            return ""

    def page_origins(self, request: web.Request) -> tuple[str, ...]:
        """Return the origins whose pages may act for a user, the server's own first."""
        return self.own_origin(request), *self._settings.allowed_origins

    def own_address(self, request: web.Request) -> str:
        """Return what links to the server begin with: its origin, and its path where it has one."""
        return self.own_origin(request) + self.path()

    def path(self, path: str = "") -> str:
        """Return a path of the server's as browsers know it."""
        return self._settings.path_prefix + path

    def why_not(self, request: web.Request) -> str:
        """Return why the request's origin is refused and which setting mends it; log it, too."""
        origin = request.headers.get("Origin", "")[:_LONGEST_ORIGIN] or "no origin"
        text = (
            f"{origin} may not act here, this server is {self.own_origin(request) or 'unnamed'}: "
            "whoever runs it sets HEXROOM_PUBLIC_URL to the address in the browser, or adds it to "
            "HEXROOM_ALLOWED_ORIGINS"
        )
        logger.warning("origin refused: %s", "".join(char for char in text if char.isprintable()))
        return text

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse unsafe requests that a foreign page could have sent; a bearer token it has not."""
        if request.method not in SAFE_METHODS:
            if _bearer(request) is not None:
                await self.require(request)
            elif not self.allows_origin(request):
                raise Denied(self.why_not(request))
        return await handler(request)

    async def sign_in(
        self, request: web.Request, response: web.Response, user: UserId, way: Way
    ) -> None:
        """Begin a sign-in, note by what, and give the browser its cookie."""
        token = secrets.token_urlsafe(32)
        async with self._pool.connection() as connection:
            await connection.execute(
                _SIGN_IN,
                {
                    **self._line(request, user, way, succeeded=True),
                    "hash": hash_of(token),
                    "guest": self._lifetime_of(guest=True),
                    "account": self._lifetime,
                },
            )
        self._give_cookie(request, response, token)
        self._forget_wider_cookie(response)

    def note_refused(self, request: web.Request, user: UserId | None, way: Way) -> None:
        """Note a sign-in that was refused, beside the answer: it comes at the same time for any address."""
        if user is None:
            return
        line = self._line(request, user, way, succeeded=False)

        async def add() -> None:
            try:
                async with self._pool.connection() as connection:
                    await add_refused(connection, line)
            except DATABASE_AWAY as error:
                logger.warning("sign-in log: a refusal is not noted: %s", error)

        task = asyncio.create_task(add())
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def close(self) -> None:
        """Wait for what is still being noted."""
        await asyncio.gather(*self._noting)

    async def sign_out(self, request: web.Request, response: web.Response) -> None:
        """End the sign-in of the request's cookie, if it has one; its sockets close."""
        credential = hash_of(self._token_of(request))
        async with self._pool.connection() as connection:
            ended = await connection.execute(
                "DELETE FROM login_session WHERE token_hash = %s", (credential,)
            )
        self._access.publish(AccessEnded(credential=credential))
        response.del_cookie(self._cookie, path=self._cookie_path)
        self._forget_wider_cookie(response)
        if ended.rowcount and self._cookie not in request.cookies:
            response.del_cookie(COOKIE)  # Else it is another server's.

    async def end_expired(self) -> int:
        """End the sign-ins whose time is over; return how many."""
        async with self._pool.connection() as connection:
            ended = await connection.execute(
                "DELETE FROM login_session WHERE expires_at <= %s RETURNING token_hash",
                (self._clock.now(),),
            )
            credentials = [bytes(row[0]) for row in await ended.fetchall()]
            await end_old(connection, self._clock.now())
            await end_old_guesses(connection, self._clock.now())
        for credential in credentials:
            self._access.publish(AccessEnded(credential=credential))
        return len(credentials)

    def _line(
        self, request: web.Request, user: UserId, way: Way, *, succeeded: bool
    ) -> dict[str, Any]:
        return {
            "user": user,
            "way": way,
            "succeeded": succeeded,
            "now": self._clock.now(),
            "address": counted_for(request, self._proxies),
            "device": device_of(request),
        }

    def renew_cookie(self, request: web.Request, response: web.Response) -> None:
        """Let the browser keep the cookie that it showed from now on as long as at first.

        A browser forgets it 400 days after it was set, however often it is used.
        """
        if token := request.cookies.get(self._cookie):
            self._give_cookie(request, response, token)

    def _give_cookie(self, request: web.Request, response: web.Response, token: str) -> None:
        response.set_cookie(
            self._cookie,
            token,
            max_age=_COOKIE_MAX_AGE_S,
            path=self._cookie_path,
            httponly=True,
            samesite="Lax",
            secure=self.own_origin(request).startswith("https:"),
        )

    @property
    def _cookie_path(self) -> str:
        return self.path() or "/"

    def _forget_wider_cookie(self, response: web.Response) -> None:
        """Delete the cookie of before the server moved below a path: a browser would send both."""
        if self._cookie_path != "/":
            response.headers.add("Set-Cookie", f"{self._cookie}=; Max-Age=0; Path=/")

    def _token_of(self, request: web.Request) -> str:
        return request.cookies.get(self._cookie) or request.cookies.get(COOKIE, "")

    async def _by_cookie(self, token: str) -> Identity | None:
        if not 0 < len(token) <= _LONGEST_TOKEN:
            return None
        return await self._find(hash_of(token), by_token=False)

    async def _by_token(self, token: str) -> Identity | None:
        if not 0 < len(token) <= _LONGEST_TOKEN:
            return None
        return await self._find(hash_of(token), by_token=True)

    async def _find(self, credential: bytes, *, by_token: bool) -> Identity | None:
        row = await (self._tokens if by_token else self._sessions).find(credential)
        if row is None:
            return None
        user, name, email, is_admin, last_used_at = row
        if last_used_at is not None:
            await self._prolong(credential, last_used_at, guest=email is None)
        return Identity(UserId(user), name, email, credential, by_token, is_admin)

    async def _find_tokens(self, hashes: Sequence[bytes]) -> Mapping[bytes, _Row]:
        return await self._rows(_BY_TOKEN, {"hashes": list(hashes)})

    async def _find_sessions(self, hashes: Sequence[bytes]) -> Mapping[bytes, _Row]:
        return await self._rows(_BY_SESSION, {"hashes": list(hashes), "now": self._clock.now()})

    async def _rows(self, query: LiteralString, params: dict[str, Any]) -> Mapping[bytes, _Row]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(query, params)
            return {bytes(hash_): tuple(row) for hash_, *row in await cursor.fetchall()}

    def _lifetime_of(self, *, guest: bool) -> timedelta:
        return max(self._lifetime, GUEST_LIFETIME) if guest else self._lifetime

    async def _prolong(self, credential: bytes, last_used_at: datetime, *, guest: bool) -> None:
        now = self._clock.now()
        # Not with each request: a hundredth of the lifetime is exact enough.
        if now - last_used_at < self._lifetime / 100:
            return
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE login_session SET last_used_at = %s, expires_at = %s WHERE token_hash = %s",
                (now, now + self._lifetime_of(guest=guest), credential),
            )


def device_of(request: web.Request) -> str:
    """Return what the browser calls itself, short enough to be kept, without control characters."""
    text = request.headers.get("User-Agent", "")[:_LONGEST_DEVICE]
    return "".join(char for char in text if char.isprintable())


def hash_of(token: str) -> bytes:
    """Return what is stored of a secret; it has so many random bits that no salt is needed."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()


def _bearer(request: web.Request) -> str | None:
    """Return the request's bearer token; None where it shows none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
