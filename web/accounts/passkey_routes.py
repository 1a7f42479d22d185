"""The calls about passkeys: to add, name and remove one's own, and to be asked for one after the password."""

from typing import Annotated, Final
from uuid import UUID

from aiohttp import web
from psycopg import errors
from pydantic import Field
from webauthn.helpers import bytes_to_base64url

from actors.runtime.clock import Clock
from events.core.state import UserId
from events.journal.database.pool import Pool
from events.text import Name
from web.accounts.auth import Auth, Identity
from web.accounts.factor_routes import NO_PASSWORD, PasskeyListed, RecoveryCodes, listed
from web.accounts.passkeys import (
    LIFETIME,
    Answered,
    Attestation,
    ChallengePurpose,
    Passkey,
    PasskeyRefused,
    new_challenge,
    passkeys_of,
    verified_key,
)
from web.accounts.proof import NO_TOKENS, Proof, ProofCheck
from web.accounts.routes import Accounts, Email
from web.accounts.second_factor import lock_factor, switch_off_if_empty, switch_on
from web.http.api import (
    Answer,
    Body,
    Conflict,
    Denied,
    Missing,
    OverLimit,
    body_of,
    success,
    uuid_in,
)
from web.http.openapi import described

MOST_PASSKEYS: Final = 20
ALGORITHMS: Final = (-8, -7, -257)
"""EdDSA, ECDSA and RSA, each with SHA-256, as COSE numbers them."""
_TIMEOUT_MS: Final = int(LIFETIME.total_seconds() * 1000)
_ADD: Final = """
INSERT INTO passkey
    (id, account_id, credential_id, public_key, sign_count, transports, host, name, created_at)
SELECT %(id)s, %(user)s, %(credential)s, %(key)s, %(count)s, %(transports)s, %(host)s, %(name)s,
    %(now)s
WHERE (SELECT count(*) FROM passkey WHERE account_id = %(user)s) < %(most)s
"""


class Credential(Answer):
    id: str
    """In base64url."""
    transports: tuple[str, ...]


class Challenge(Answer):
    """What the browser hands to an authenticator; good once, for a few minutes."""

    challenge: str
    """In base64url, as all bytes of passkeys are."""
    host: str
    """The id of the relying party."""
    passkeys: tuple[Credential, ...]
    timeout_ms: int


class NewPasskeyChallenge(Challenge):
    """The passkeys are those that there are already: an authenticator is not added twice."""

    user: str
    """What authenticators know the account by, in base64url."""
    user_name: str
    algorithms: tuple[int, ...]


class SignInForPasskey(Body):
    email: Email
    password: Annotated[str, Field(max_length=200)]


class NewPasskey(Body):
    name: Name
    passkey: Attestation


class PasskeyName(Body):
    name: Name


class PasskeyAdded(RecoveryCodes):
    """With recovery codes, this once, where it is the first second factor of the account."""

    passkey: PasskeyListed


class PasskeyRoutes:
    """The calls about the passkeys of one's own account, and the challenge for signing in by one."""

    def __init__(
        self, pool: Pool, clock: Clock, auth: Auth, accounts: Accounts, proof: ProofCheck
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._accounts = accounts
        self._proof = proof
        self._owner = proof.owner

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/auth/passkey", self.ask_to_sign_in)
        app.router.add_post("/api/me/second-factor/challenge", self.ask_to_prove)
        app.router.add_post("/api/me/passkeys/challenge", self.ask_to_add)
        app.router.add_post("/api/me/passkeys", self.add)
        app.router.add_patch("/api/me/passkeys/{id}", self.rename)
        app.router.add_post("/api/me/passkeys/{id}/remove", self.remove)

    @described(takes=SignInForPasskey, gives=Challenge)
    async def ask_to_sign_in(self, request: web.Request) -> web.Response:
        """Ask for a passkey after the right password; its answer goes to login, with both once more."""
        body = await body_of(request, SignInForPasskey)
        account = await self._accounts.by_password(request, body.email, body.password)
        await account.fits()
        return success(await self._challenge(request, account.user, ChallengePurpose.SIGN_IN))

    @described(gives=Challenge)
    async def ask_to_prove(self, request: web.Request) -> web.Response:
        """Ask for a passkey once more, to change the second factor."""
        who = await self._owner.by_cookie(request, NO_TOKENS)
        return success(
            await self._challenge(request, who.user, ChallengePurpose.PROVE, who.credential)
        )

    @described(takes=Proof, gives=NewPasskeyChallenge)
    async def ask_to_add(self, request: web.Request) -> web.Response:
        """Begin to add a passkey: by the password, and the second factor that is on."""
        who = await self._owner.by_cookie(request, NO_TOKENS)
        body = await body_of(request, Proof)
        party = self._proof.party(request)
        if who.email is None or not await self._owner.has_password(who.user):
            raise Denied(NO_PASSWORD)
        fits = await self._proof.check(request, who, body)
        await fits()
        async with self._pool.connection() as connection:
            passkeys = await passkeys_of(connection, who.user)
            if len(passkeys) >= MOST_PASSKEYS:
                raise OverLimit(f"at most {MOST_PASSKEYS} passkeys; remove one first")
            challenge = await new_challenge(
                connection, self._clock.now(), who.user, ChallengePurpose.ADD, who.credential
            )
        return success(
            NewPasskeyChallenge(
                challenge=challenge,
                host=party.host,
                passkeys=_credentials(passkeys, party.host),
                timeout_ms=_TIMEOUT_MS,
                user=bytes_to_base64url(who.user.encode()),
                user_name=who.email,
                algorithms=ALGORITHMS,
            )
        )

    @described(takes=NewPasskey, gives=PasskeyAdded, status=201)
    async def add(self, request: web.Request) -> web.Response:
        """Add the passkey that an authenticator has made for the challenge."""
        who = await self._owner.by_cookie(request, NO_TOKENS)
        body = await body_of(request, NewPasskey)
        party, now = self._proof.party(request), self._clock.now()
        answered = Answered(party, who.user, ChallengePurpose.ADD, now, who.credential)
        async with self._pool.connection() as connection:
            try:
                key = await verified_key(connection, answered, body.passkey)
            except PasskeyRefused as error:
                raise Denied(f"passkey: {error}") from None
            id_ = UUID(int=self._clock.seed(), version=4)
            params = {
                "id": id_,
                "user": who.user,
                "credential": key.credential_id,
                "key": key.public_key,
                "count": key.sign_count,
                "transports": list(body.passkey.transports),
                "host": party.host,
                "name": body.name,
                "now": now,
                "most": MOST_PASSKEYS,
            }
            try:
                async with connection.transaction():
                    codes = await switch_on(connection, now, who.user)
                    if (await connection.execute(_ADD, params)).rowcount == 0:
                        raise OverLimit(f"at most {MOST_PASSKEYS} passkeys; remove one first")
            except errors.UniqueViolation:
                raise Conflict("this passkey was added before") from None
        passkey = Passkey(id_, body.name, party.host, now, None, key.credential_id, [])
        return success(PasskeyAdded(passkey=listed(passkey), recovery_codes=codes), status=201)

    @described(takes=PasskeyName, status=204)
    async def rename(self, request: web.Request) -> web.Response:
        """Call a passkey something else."""
        who, id_ = await self._named(request)
        body = await body_of(request, PasskeyName)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "UPDATE passkey SET name = %s WHERE id = %s AND account_id = %s",
                (body.name, id_, who.user),
            )
        if cursor.rowcount == 0:
            raise Missing("passkey")
        return web.Response(status=204)

    @described(takes=Proof, status=204)
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a passkey; with the last, where there is no app, the second factor is off."""
        who, id_ = await self._named(request)
        fits = await self._proof.check(request, who, await body_of(request, Proof))
        await fits()
        async with self._pool.connection() as connection, connection.transaction():
            await lock_factor(connection, who.user)
            cursor = await connection.execute(
                "DELETE FROM passkey WHERE id = %s AND account_id = %s", (id_, who.user)
            )
            if cursor.rowcount == 0:
                raise Missing("passkey")
            await switch_off_if_empty(connection, who.user)
        return web.Response(status=204)

    async def _challenge(
        self,
        request: web.Request,
        user: UserId,
        purpose: ChallengePurpose,
        session: bytes | None = None,
    ) -> Challenge:
        party = self._proof.party(request)
        async with self._pool.connection() as connection:
            passkeys = await passkeys_of(connection, user)
            here = _credentials(passkeys, party.host)
            if not here:
                elsewhere = ", ".join(sorted({passkey.host for passkey in passkeys}))
                where = f"; those that there are belong to {elsewhere}" if elsewhere else ""
                raise Conflict(f"this account has no passkey for {party.host}{where}")
            challenge = await new_challenge(connection, self._clock.now(), user, purpose, session)
        return Challenge(
            challenge=challenge, host=party.host, passkeys=here, timeout_ms=_TIMEOUT_MS
        )

    async def _named(self, request: web.Request) -> tuple[Identity, UUID]:
        who = await self._owner.by_cookie(request, NO_TOKENS)
        return who, uuid_in(request.match_info["id"], "passkey")


def _credentials(passkeys: list[Passkey], host: str) -> tuple[Credential, ...]:
    return tuple(
        Credential(
            id=bytes_to_base64url(passkey.credential_id), transports=tuple(passkey.transports)
        )
        for passkey in passkeys
        if passkey.host == host
    )
