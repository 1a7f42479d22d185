"""The calls that tell the log of sign-ins: to each person their own, to admins all of it."""

from datetime import datetime

from aiohttp import web

from events.core.state import UserId
from events.journal.database.pool import Pool
from web.accounts.auth import Auth
from web.accounts.owner import OwnerCheck
from web.accounts.sign_in_log import SignInLine, Way, sign_in_lines
from web.http.api import Answer, success
from web.http.openapi import described


class SignInLogged(Answer):
    at: datetime
    way: Way
    """By what: a password alone, with an app's code, a recovery code, a passkey …"""
    succeeded: bool
    address: str
    device: str


class SignInLog(Answer):
    lines: tuple[SignInLogged, ...]


class SignInOfPerson(SignInLogged):
    user_id: UserId
    name: str


class SignInsOfAll(Answer):
    lines: tuple[SignInOfPerson, ...]


class SignInLogRoutes:
    """The calls about who signed in."""

    def __init__(self, pool: Pool, auth: Auth, owner: OwnerCheck) -> None:
        self._pool = pool
        self._auth = auth
        self._owner = owner

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/me/sign-in-log", self.own)
        app.router.add_get("/api/admin/sign-in-log", self.all)

    @described(gives=SignInLog)
    async def own(self, request: web.Request) -> web.Response:
        """Tell how the asker's account was signed in to, and what was refused, the latest first."""
        who = await self._owner.by_cookie(request, "a token reads no sign-ins: sign in")
        async with self._pool.connection() as connection:
            lines = await sign_in_lines(connection, who.user)
        return success(SignInLog(lines=tuple(SignInLogged(**_shown(line)) for line in lines)))

    @described(gives=SignInsOfAll)
    async def all(self, request: web.Request) -> web.Response:
        """Tell an admin who signed in by what, and what was refused, the latest first."""
        await self._auth.require_admin(request)
        async with self._pool.connection() as connection:
            lines = await sign_in_lines(connection)
        return success(
            SignInsOfAll(
                lines=tuple(
                    SignInOfPerson(user_id=line.account, name=line.name, **_shown(line))
                    for line in lines
                )
            )
        )


def _shown(line: SignInLine) -> dict[str, object]:
    return {name: getattr(line, name) for name in SignInLogged.model_fields}
