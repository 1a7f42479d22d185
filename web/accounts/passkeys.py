"""Passkeys: challenges, which are good once and for a few minutes, and what authenticators answer to them.

Source: Web Authentication Level 2 (W3C); signatures are verified by the library ``webauthn``.
"""

import base64
import ipaddress
import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    PublicKeyCredentialType,
    RegistrationCredential,
)

from events.core.state import UserId
from web.accounts.links import Connection
from web.http.api import Body

logger = logging.getLogger(__name__)

LIFETIME: Final = timedelta(minutes=5)
"""How long somebody may take to find the key, and to say a PIN."""
MOST_OPEN: Final = 8
"""Challenges of an account that wait for an answer; the oldest give way."""
_CHALLENGE_BYTES: Final = 32
# What the library raises for bytes that are none of an authenticator's, beside its own errors.
_MALFORMED: Final = (
    WebAuthnException,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)


def _is_base64url(text: str) -> str:
    if len(text) % 4 == 1:
        raise ValueError("this is not base64url")
    return text


Bytes64 = Annotated[
    str, Field(pattern=r"^[0-9A-Za-z_-]+$", max_length=16_384), AfterValidator(_is_base64url)
]
"""Bytes in base64url, without padding."""


class PasskeyRefused(Exception):
    """A passkey that opens nothing; the text says why, to somebody who knows the password."""


class ChallengePurpose(StrEnum):
    """What the answer to a challenge is good for; the values stand in the table."""

    SIGN_IN = "sign_in"
    ADD = "add"
    PROVE = "prove"
    """Something that needs the second factor once more."""


class Assertion(Body):
    """What an authenticator says to prove that it is there, as the browser gives it."""

    id: Bytes64
    client_data: Bytes64
    authenticator_data: Bytes64
    signature: Bytes64


class Attestation(Body):
    """What an authenticator says of a key that it has made."""

    id: Bytes64
    client_data: Bytes64
    attestation_object: Bytes64
    transports: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z-]{1,20}$")], ...], Field(max_length=8)
    ] = ()
    """How the browser reaches it: usb, nfc, ble, internal, hybrid."""


class RelyingParty(NamedTuple):
    """The server as browsers and authenticators know it."""

    host: str
    origins: list[str]


class Passkey(NamedTuple):
    """A passkey, without its key."""

    id: UUID
    name: str
    host: str
    created_at: datetime
    last_used_at: datetime | None
    credential_id: bytes
    transports: list[str]


_FORGET_CHALLENGES: Final = """
DELETE FROM passkey_challenge WHERE expires_at <= %(now)s OR challenge_hash IN (
    SELECT challenge_hash FROM passkey_challenge WHERE account_id = %(user)s
    ORDER BY expires_at DESC, challenge_hash OFFSET %(most)s
)
"""
_ADD_CHALLENGE: Final = """
INSERT INTO passkey_challenge (challenge_hash, account_id, purpose, session, expires_at)
VALUES (sha256(%(challenge)s), %(user)s, %(purpose)s, %(session)s, %(expires)s)
"""
_TAKE_CHALLENGE: Final = """
DELETE FROM passkey_challenge WHERE challenge_hash = sha256(%(challenge)s)
    AND account_id = %(user)s AND purpose = %(purpose)s AND expires_at > %(now)s
    AND session IS NOT DISTINCT FROM %(session)s
"""
_PASSKEYS: Final = """
SELECT id, name, host, created_at, last_used_at, credential_id, transports
FROM passkey WHERE account_id = %s ORDER BY created_at, id
"""
_KEY: Final = """
SELECT id, public_key, sign_count FROM passkey
WHERE account_id = %(user)s AND credential_id = %(credential)s
"""
# The count as it was: of two answers with one count, a copy's is refused.
_COUNT: Final = """
UPDATE passkey SET sign_count = %(count)s, last_used_at = %(now)s
WHERE id = %(id)s AND sign_count = %(before)s
"""


def relying_party(origins: Iterable[str]) -> RelyingParty:
    """Return the server by its origins, its own first; raise PasskeyRefused where it can have no passkeys."""
    own, *others = origins
    parts = urlsplit(own)
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith(".localhost")
    if _is_address(host) or not host or not (parts.scheme == "https" or local):
        raise PasskeyRefused(
            f"browsers allow none at {own or 'this address'}: open https://… with a host's name, or"
            " http://localhost…; whoever runs the server sets HEXROOM_PUBLIC_URL to that address"
        )
    return RelyingParty(host, [own, *(each for each in others if _is_below(each, host))])


async def new_challenge(
    connection: Connection,
    now: datetime,
    user: UserId,
    purpose: ChallengePurpose,
    session: bytes | None = None,
) -> str:
    """Return a challenge in base64url; only its hash is kept."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    await connection.execute(_FORGET_CHALLENGES, {"now": now, "user": user, "most": MOST_OPEN - 1})
    await connection.execute(
        _ADD_CHALLENGE,
        {
            "challenge": challenge,
            "user": user,
            "purpose": purpose,
            "session": session,
            "expires": now + LIFETIME,
        },
    )
    return bytes_to_base64url(challenge)


async def passkeys_of(connection: Connection, user: UserId) -> list[Passkey]:
    """Return the account's passkeys, the oldest first."""
    rows = await connection.execute(_PASSKEYS, (user,))
    return [
        Passkey(UUID(str(id_)), name, host, created, used, bytes(credential), transports)
        for id_, name, host, created, used, credential, transports in await rows.fetchall()
    ]


class Answered(NamedTuple):
    """Who answers a challenge, what for, and when."""

    party: RelyingParty
    user: UserId
    purpose: ChallengePurpose
    now: datetime
    session: bytes | None = None


async def use_passkey(connection: Connection, answer: Answered, assertion: Assertion) -> UUID:
    """Return which passkey has signed the challenge; raise PasskeyRefused. The challenge is spent either way.

    Call it outside a transaction, so that a refusal takes nothing back.
    """
    challenge = await _take_challenge(connection, answer, assertion.client_data)
    credential = _bytes(assertion.id)
    rows = await connection.execute(_KEY, {"user": answer.user, "credential": credential})
    row = await rows.fetchone()
    if row is None:
        raise PasskeyRefused("it is none of this account, or was removed")
    id_, public_key, count = row
    try:
        verified = verify_authentication_response(
            credential=AuthenticationCredential(
                id=assertion.id,
                raw_id=credential,
                response=AuthenticatorAssertionResponse(
                    client_data_json=_bytes(assertion.client_data),
                    authenticator_data=_bytes(assertion.authenticator_data),
                    signature=_bytes(assertion.signature),
                ),
                type=PublicKeyCredentialType.PUBLIC_KEY,
            ),
            expected_challenge=challenge,
            expected_rp_id=answer.party.host,
            expected_origin=answer.party.origins,
            credential_public_key=bytes(public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise PasskeyRefused(f"its answer cannot be trusted: {error}") from None
    params = {"id": id_, "count": verified.new_sign_count, "before": count, "now": answer.now}
    went_on = verified.new_sign_count > count or verified.new_sign_count == count == 0
    if not went_on or (await connection.execute(_COUNT, params)).rowcount == 0:
        logger.warning(
            "passkey %s of account %s: its count went from %d to %d; refused, as a copy would do so",
            id_, answer.user, count, verified.new_sign_count,
        )  # fmt: skip
        raise PasskeyRefused(
            "its count went back, as that of a copy would: sign in otherwise, and remove it"
        )
    return UUID(str(id_))


class NewKey(NamedTuple):
    """What is kept of a key that an authenticator has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


async def verified_key(
    connection: Connection, answer: Answered, attestation: Attestation
) -> NewKey:
    """Return the key of a new passkey; raise PasskeyRefused. The challenge is spent either way."""
    challenge = await _take_challenge(connection, answer, attestation.client_data)
    try:
        verified = verify_registration_response(
            credential=RegistrationCredential(
                id=attestation.id,
                raw_id=_bytes(attestation.id),
                response=AuthenticatorAttestationResponse(
                    client_data_json=_bytes(attestation.client_data),
                    attestation_object=_bytes(attestation.attestation_object),
                ),
                type=PublicKeyCredentialType.PUBLIC_KEY,
            ),
            expected_challenge=challenge,
            expected_rp_id=answer.party.host,
            expected_origin=answer.party.origins,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise PasskeyRefused(f"what the browser says of it cannot be trusted: {error}") from None
    if verified.credential_id != _bytes(attestation.id):
        raise PasskeyRefused("what the browser says of it cannot be trusted: two ids")
    return NewKey(verified.credential_id, verified.credential_public_key, verified.sign_count)


async def _take_challenge(connection: Connection, answer: Answered, client_data: str) -> bytes:
    try:
        challenge = parse_client_data_json(_bytes(client_data)).challenge
    except _MALFORMED:
        raise PasskeyRefused("its answer is none of a browser's") from None
    params = {
        "challenge": challenge,
        "user": answer.user,
        "purpose": answer.purpose,
        "session": answer.session,
        "now": answer.now,
    }
    if (await connection.execute(_TAKE_CHALLENGE, params)).rowcount == 0:
        raise PasskeyRefused("that took too long, or was answered before: try again")
    return challenge


def _bytes(text: str) -> bytes:
    """Return the bytes of base64url; raise ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_below(origin: str, host: str) -> bool:
    name = urlsplit(origin).hostname or ""
    return name == host or name.endswith(f".{host}")
