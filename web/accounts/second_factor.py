"""The second factor of an account: codes of an authenticator app, and recovery codes, each used once."""

import base64
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final
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
WHERE account_id = %(user)s AND confirmed_at IS NOT NULL AND last_step < %(step)s
"""
_TAKE_RECOVERY: Final = """
UPDATE account_factor SET recovery = array_remove(recovery, %(hash)s)
WHERE account_id = %(user)s AND confirmed_at IS NOT NULL AND %(hash)s = ANY(recovery)
"""


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
    """Return whether the account is asked for a code."""
    rows = await connection.execute(
        "SELECT FROM account_factor WHERE account_id = %s AND confirmed_at IS NOT NULL", (user,)
    )
    return await rows.fetchone() is not None


async def use_code(connection: Connection, now: datetime, user: UserId, code: str) -> bool:
    """Return whether the code opens the account, and spend it: of two at once, one gets True."""
    bare = _bare(code)
    if not (len(bare) == DIGITS and bare.isascii() and bare.isdigit()):
        done = await connection.execute(_TAKE_RECOVERY, {"user": user, "hash": hash_of(bare)})
        return done.rowcount == 1
    rows = await connection.execute(
        "SELECT secret FROM account_factor WHERE account_id = %s AND confirmed_at IS NOT NULL",
        (user,),
    )
    row = await rows.fetchone()
    step = None if row is None else step_of(bytes(row[0]), bare, now)
    if step is None:
        return False
    done = await connection.execute(_TAKE_STEP, {"user": user, "step": step})
    return done.rowcount == 1


async def switch_off(connection: Connection, user: UserId) -> bool:
    """Remove the factor, and one that was never confirmed; return whether one was on."""
    rows = await connection.execute(
        "DELETE FROM account_factor WHERE account_id = %s RETURNING confirmed_at", (user,)
    )
    row = await rows.fetchone()
    return row is not None and row[0] is not None


def _bare(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()
