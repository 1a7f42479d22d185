"""The second factor of an account: codes of an authenticator app, recovery codes, each used once, and passkeys."""

import base64
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote, urlencode

from events.core.state import UserId
from web.accounts.auth import hash_of
from web.accounts.links import Connection

STEP_S: Final = 30
DIGITS: Final = 6
WINDOW: Final = 1
"""Steps that the clock of an authenticator app may be early or late."""
SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 8
_RECOVERY_BYTES: Final = 10
"""So many random bits that a hash without salt keeps them."""

_TAKE_STEP: Final = """
UPDATE account_factor SET last_step = %(step)s
WHERE account_id = %(user)s AND confirmed_at IS NOT NULL AND secret = %(secret)s
    AND last_step < %(step)s
"""
_TAKE_RECOVERY: Final = """
UPDATE account_factor SET recovery = array_remove(recovery, %(hash)s)
WHERE account_id = %(user)s AND confirmed_at IS NOT NULL AND %(hash)s = ANY(recovery)
"""


_SECRET: Final = """
SELECT secret FROM account_factor
WHERE account_id = %s AND confirmed_at IS NOT NULL AND secret IS NOT NULL
"""
# A secret that a code of an older version's confirmed never is none.
_SWITCH_ON: Final = """
INSERT INTO account_factor (account_id, created_at, confirmed_at, recovery)
VALUES (%(user)s, %(now)s, %(now)s, %(recovery)s)
ON CONFLICT (account_id) DO UPDATE SET recovery = excluded.recovery,
    confirmed_at = coalesce(account_factor.confirmed_at, excluded.confirmed_at),
    secret = CASE WHEN account_factor.confirmed_at IS NOT NULL THEN account_factor.secret END
WHERE account_factor.confirmed_at IS NULL OR cardinality(account_factor.recovery) = 0
"""
_HAS: Final = """
SELECT WHERE EXISTS (
    SELECT FROM account_factor WHERE account_id = %(user)s AND confirmed_at IS NOT NULL
) OR EXISTS (SELECT FROM passkey WHERE account_id = %(user)s)
"""
_OFF: Final = """
WITH factor AS (
    DELETE FROM account_factor WHERE account_id = %(user)s RETURNING confirmed_at
), passkeys AS (
    DELETE FROM passkey WHERE account_id = %(user)s RETURNING id
)
SELECT EXISTS (SELECT FROM factor WHERE confirmed_at IS NOT NULL)
    OR EXISTS (SELECT FROM passkeys)
"""
_OFF_IF_EMPTY: Final = """
DELETE FROM account_factor WHERE account_id = %(user)s AND secret IS NULL AND pending IS NULL
    AND NOT EXISTS (SELECT FROM passkey WHERE account_id = %(user)s)
"""
_LOCK: Final = "SELECT FROM account_factor WHERE account_id = %s FOR UPDATE"

Used = Literal["app", "recovery"]
"""Of which kind a code was."""


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a time step. Source: RFC 6238 with SHA-1, and RFC 4226 for the digits."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the time step that the code is of, within the window around now; None if of none."""
    current = step_at(now)
    fitting = [
        step
        for step in range(current - WINDOW, current + WINDOW + 1)
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode())
    ]
    return max(fitting, default=None)


def step_at(now: datetime) -> int:
    """Return the number of whole steps since 1970."""
    return int(now.timestamp()) // STEP_S


def secret_text(secret: bytes) -> str:
    """Return the secret as people type it into an authenticator app."""
    return base64.b32encode(secret).decode().rstrip("=")


def secret_url(secret: bytes, email: str, issuer: str) -> str:
    """Return the address that authenticator apps read from a QR code."""
    label = quote(f"{issuer}:{email}")
    query = urlencode({"secret": secret_text(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def new_recovery_codes() -> tuple[str, ...]:
    """Return codes for who lost the app; the only time that they are told."""
    texts = (secret_text(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))
    return tuple("-".join(re.findall("....", text.lower())) for text in texts)


def recovery_hashes(codes: Iterable[str]) -> list[bytes]:
    """Return what is stored of recovery codes."""
    return [hash_of(_bare(code)) for code in codes]


async def has_factor(connection: Connection, user: UserId) -> bool:
    """Return whether the account is asked for more than its password."""
    return await (await connection.execute(_HAS, {"user": user})).fetchone() is not None


async def use_code(connection: Connection, now: datetime, user: UserId, code: str) -> Used | None:
    """Return of which kind the code is that opens the account, and spend it; None if it does not.

    Of two at once, one gets None.
    """
    bare = _bare(code)
    if not (len(bare) == DIGITS and bare.isascii() and bare.isdigit()):
        cursor = await connection.execute(_TAKE_RECOVERY, {"user": user, "hash": hash_of(bare)})
        return "recovery" if cursor.rowcount == 1 else None
    row = await (await connection.execute(_SECRET, (user,))).fetchone()
    if row is None or (step := step_of(bytes(row[0]), bare, now)) is None:
        return None
    cursor = await connection.execute(_TAKE_STEP, {"user": user, "step": step, "secret": row[0]})
    return "app" if cursor.rowcount == 1 else None


async def switch_on(connection: Connection, now: datetime, user: UserId) -> tuple[str, ...]:
    """Have the account ask for a second factor; return recovery codes, none where some are left."""
    codes = new_recovery_codes()
    params = {"user": user, "now": now, "recovery": recovery_hashes(codes)}
    cursor = await connection.execute(_SWITCH_ON, params)
    return codes if cursor.rowcount == 1 else ()


async def renew_recovery(connection: Connection, user: UserId) -> tuple[str, ...]:
    """Return new recovery codes in the place of those that were left; none where no factor is on."""
    codes = new_recovery_codes()
    cursor = await connection.execute(
        "UPDATE account_factor SET recovery = %s WHERE account_id = %s AND confirmed_at IS NOT NULL",
        (recovery_hashes(codes), user),
    )
    return codes if cursor.rowcount == 1 else ()


async def lock_factor(connection: Connection, user: UserId) -> None:
    """Have what else changes the account's factor wait for the end of the transaction."""
    await connection.execute(_LOCK, (user,))


async def switch_off(connection: Connection, user: UserId) -> bool:
    """Remove app, passkeys and recovery codes, and what was never confirmed; return whether one was on."""
    row = await (await connection.execute(_OFF, {"user": user})).fetchone()
    return row is not None and bool(row[0])


async def switch_off_if_empty(connection: Connection, user: UserId) -> None:
    """Ask for the password alone, once neither an app nor a passkey is left; recovery codes go."""
    await connection.execute(_OFF_IF_EMPTY, {"user": user})


def _bare(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()
