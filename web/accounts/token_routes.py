"""Bearer tokens for bots and tools: made, listed and revoked by the owner of an account."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from aiohttp import web

from actors.runtime.clock import Clock
from events.journal.database.pool import Pool
from events.text import Name
from web.accounts.access_events import Access, AccessEnded
from web.accounts.auth import Auth, hash_of
from web.http.api import Answer, Body, Denied, Missing, OverLimit, body_of, success, uuid_in
from web.http.openapi import described

TOKEN_PREFIX: Final = "hexroom_"
MOST_TOKENS: Final = 50


class NewToken(Body):
    name: Name = "token"


class TokenMade(Answer):
    """The only time that the token itself is told."""

    id: UUID
    name: str
    token: str
    created_at: datetime


class TokenListed(Answer):
    id: UUID
    name: str
    created_at: datetime


class Tokens(Answer):
    tokens: tuple[TokenListed, ...]


class TokenRoutes:
    """The calls about bearer tokens."""

    def __init__(self, pool: Pool, clock: Clock, auth: Auth, access: Access) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._access = access

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/tokens", self.make_token)
        app.router.add_get("/api/tokens", self.list_tokens)
        app.router.add_delete("/api/tokens/{id}", self.revoke_token)

    @described(takes=NewToken, gives=TokenMade, status=201, optional_body=True)
    async def make_token(self, request: web.Request) -> web.Response:
        """Make a bearer token: only for those who signed in by cookie, and have an account."""
        who = await self._auth.require(request)
        body = await body_of(request, NewToken) if request.can_read_body else NewToken()
        if who.guest:
            raise Denied("guests have no tokens: sign up first")
        if who.by_token:
            raise Denied("a token cannot make further tokens")
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        answer = TokenMade(
            id=UUID(int=self._clock.seed(), version=4),
            name=body.name,
            token=token,
            created_at=self._clock.now(),
        )
        async with self._pool.connection() as connection:
            stored = await connection.execute(
                "INSERT INTO api_token (id, token_hash, account_id, name, created_at)"
                " SELECT %s, %s, %s, %s, %s WHERE (SELECT count(*) FROM api_token"
                " WHERE account_id = %s AND revoked_at IS NULL) < %s",
                (
                    answer.id,
                    hash_of(token),
                    who.user,
                    answer.name,
                    answer.created_at,
                    who.user,
                    MOST_TOKENS,
                ),
            )
        if stored.rowcount == 0:
            raise OverLimit(f"at most {MOST_TOKENS} tokens; revoke one first")
        return success(answer, status=201)

    @described(gives=Tokens)
    async def list_tokens(self, request: web.Request) -> web.Response:
        """List the bearer tokens, without the tokens themselves."""
        who = await self._auth.require(request)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, name, created_at FROM api_token"
                " WHERE account_id = %s AND revoked_at IS NULL ORDER BY created_at, id",
                (who.user,),
            )
            tokens = tuple(
                TokenListed(id=id_, name=name, created_at=at)
                for id_, name, at in await cursor.fetchall()
            )
        return success(Tokens(tokens=tokens))

    @described(status=204)
    async def revoke_token(self, request: web.Request) -> web.Response:
        """Revoke a bearer token; its sockets close."""
        who = await self._auth.require(request)
        token = uuid_in(request.match_info["id"], "token")
        async with self._pool.connection() as connection:
            revoked = await connection.execute(
                "UPDATE api_token SET revoked_at = %s"
                " WHERE id = %s AND account_id = %s AND revoked_at IS NULL RETURNING token_hash",
                (self._clock.now(), token, who.user),
            )
            row = await revoked.fetchone()
        if row is None:
            raise Missing("token")
        self._access.publish(AccessEnded(credential=bytes(row[0])))
        return web.Response(status=204)
