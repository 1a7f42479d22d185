"""Proof that it is the owner who changes how an account is opened: the password, and the second factor that is on."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from aiohttp import web
from pydantic import Field

from actors.runtime.clock import Clock
from events.journal.database.pool import Pool
from web.accounts.auth import Auth, Identity
from web.accounts.owner import OwnerCheck
from web.accounts.passkeys import (
    Answered,
    Assertion,
    ChallengePurpose,
    PasskeyRefused,
    RelyingParty,
    relying_party,
    use_passkey,
)
from web.accounts.routes import Code
from web.accounts.second_factor import has_factor, use_code
from web.http.api import Body, Conflict, Denied

NO_TOKENS = "a token has no say in how people sign in: sign in"


class Proof(Body):
    """The password, and where a second factor is on, a code or a passkey."""

    password: Annotated[str, Field(max_length=200)]
    code: Code | None = None
    passkey: Assertion | None = None


class ProofCheck:
    """Asked before the second factor of an account changes."""

    def __init__(self, pool: Pool, clock: Clock, auth: Auth, owner: OwnerCheck) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self.owner = owner

    def party(self, request: web.Request) -> RelyingParty:
        """Return the server as authenticators know it; raise Conflict where it can have no passkeys."""
        try:
            return relying_party(self._auth.page_origins(request))
        except PasskeyRefused as error:
            raise Conflict(str(error)) from None

    async def check(
        self, request: web.Request, who: Identity, proof: Proof
    ) -> Callable[[], Awaitable[None]]:
        """Spend the code or passkey; raise Denied, naming the field, or TooOften.

        Return what takes the attempt back, as `OwnerCheck.by_password` does.
        """
        fits = await self.owner.by_password(request, who, proof.password)
        async with self._pool.connection() as connection:
            if not await has_factor(connection, who.user):
                return fits
            now = self._clock.now()
            if proof.passkey is not None:
                party = self.party(request)
                answered = Answered(party, who.user, ChallengePurpose.PROVE, now, who.credential)
                try:
                    await use_passkey(connection, answered, proof.passkey)
                except PasskeyRefused as error:
                    raise Denied(f"passkey: {error}") from None
            elif not await use_code(connection, now, who.user, proof.code or ""):
                raise Denied("code: it does not fit, or was used before")
        return fits
