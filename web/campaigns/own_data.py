"""What the server keeps on a person, as a file; and the end of their account."""

from typing import Annotated, Any, Final

from aiohttp import web
from psycopg.rows import dict_row
from pydantic import Field
from pydantic_core import to_json

from actors.runtime.clock import Clock
from events.journal.database.pool import Pool
from web.accounts.auth import Auth
from web.accounts.owner import OwnerCheck
from web.campaigns.account_deletion import AccountDeletion
from web.campaigns.forgetting import OnlyAdmin, OnlyDm
from web.http.api import Body, Conflict, body_of
from web.http.openapi import described

_NO_TOKENS: Final = "a token neither takes nor ends an account: sign in"

_KEPT: Final = {
    "account": "SELECT id, name, email, is_admin, created_at FROM account WHERE id = %(user)s",
    "signIns": (
        "SELECT device, created_at, last_used_at, expires_at FROM login_session"
        " WHERE account_id = %(user)s ORDER BY created_at"
    ),
    "tokens": (
        "SELECT name, created_at, revoked_at FROM api_token WHERE account_id = %(user)s"
        " ORDER BY created_at"
    ),
    "services": (
        "SELECT issuer, subject, created_at FROM account_identity WHERE account_id = %(user)s"
    ),
    "secondFactor": (
        "SELECT confirmed_at, cardinality(recovery) AS recovery_codes_left FROM account_factor"
        " WHERE account_id = %(user)s AND confirmed_at IS NOT NULL"
    ),
    "passkeys": (
        "SELECT name, host, created_at, last_used_at FROM passkey WHERE account_id = %(user)s"
        " ORDER BY created_at"
    ),
    "signInLog": (
        "SELECT at, way, succeeded, address, device FROM sign_in_log WHERE account_id = %(user)s"
        " ORDER BY id"
    ),
    "links": (
        "SELECT purpose, created_at, expires_at FROM account_link WHERE account_id = %(user)s"
    ),
    "campaigns": (
        "SELECT campaign.id, campaign.name, role, campaign_member.name AS called, joined_at,"
        " removed_at FROM campaign_member JOIN campaign ON campaign.id = campaign_id"
        " WHERE account_id = %(user)s ORDER BY joined_at"
    ),
    "joinRequests": (
        "SELECT campaign_id, name, requested_at FROM join_request WHERE account_id = %(user)s"
    ),
    "invites": (
        "SELECT campaign_id, role, created_at, revoked_at FROM invite"
        " WHERE created_by = %(user)s ORDER BY created_at"
    ),
    "record": (
        "SELECT campaign_id, event_type, count(*) AS events, min(created_at) AS first,"
        " max(created_at) AS last FROM session_event WHERE user_id = %(user)s"
        " AND campaign_id IN (SELECT campaign_id FROM campaign_member WHERE account_id = %(user)s)"
        " GROUP BY campaign_id, event_type ORDER BY campaign_id, event_type"
    ),
    "deliveries": (
        "SELECT campaign_id, count(*) AS deliveries, max(at) AS last FROM delivery"
        " WHERE user_id = %(user)s AND campaign_id IN"
        " (SELECT campaign_id FROM campaign_member WHERE account_id = %(user)s)"
        " GROUP BY campaign_id"
    ),
    "adminLog": (
        "SELECT at, action, detail FROM admin_log WHERE subject = %(user)s OR actor = %(user)s"
        " ORDER BY id"
    ),
}
"""What is kept on a person, by the name that it has in the file. Of the record how much and when:
what an event says may be the DM's secret."""


class Farewell(Body):
    """An account with a password says it once more."""

    password: Annotated[str, Field(max_length=200)] | None = None


class OwnDataRoutes:
    """The calls by which people take what is kept on them, and go."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        owner: OwnerCheck,
        deletion: AccountDeletion,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._owner = owner
        self._deletion = deletion

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/me/data", self.download)
        app.router.add_post("/api/me/delete", self.delete)

    @described()
    async def download(self, request: web.Request) -> web.Response:
        """Return what the server keeps on the asker, as a JSON file."""
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        stored: dict[str, Any] = {"at": self._clock.now()}
        async with self._pool.connection() as connection:
            for name, query in _KEPT.items():
                cursor = connection.cursor(row_factory=dict_row)
                await cursor.execute(query.encode(), {"user": who.user})
                stored[name] = await cursor.fetchall()
        return web.Response(
            body=to_json(stored, indent=1),
            content_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="hexroom-my-data.json"'},
        )

    @described(takes=Farewell, status=204)
    async def delete(self, request: web.Request) -> web.Response:
        """Delete the asker's account: sign-ins, tokens, e-mail and name go at once, and every seat.

        Campaigns without another member are deleted. Refused for the only DM of one that has others,
        and for the only admin of a server with other accounts.
        """
        who = await self._owner.by_cookie(request, _NO_TOKENS)
        body = await body_of(request, Farewell)
        if await self._owner.has_password(who.user):
            fits = await self._owner.by_password(request, who, body.password or "")
            await fits()
        try:
            await self._deletion.delete(who.user)
        except OnlyAdmin:
            raise Conflict(
                "you are this server's only admin: make somebody else one first"
            ) from None
        except OnlyDm as needed:
            raise Conflict(
                f"you are the only DM of {needed}: make somebody else a DM there, or delete it, first"
            ) from None
        response = web.Response(status=204)
        await self._auth.sign_out(request, response)
        return response
