"""Links that sign somebody in: a guest's way back, and the new password of an account."""

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import psycopg

from actors.runtime.clock import Clock
from events.core.state import UserId
from web.accounts.auth import hash_of

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

RESET_LIFETIME: Final = timedelta(hours=1)


class Purpose(StrEnum):
    """What a link is good for; the values stand in the table."""

    WAY_BACK = "way_back"
    """Signs a guest in on another device, again and again, until a newer link replaces it."""
    RESET = "reset"
    """Sets a new password, once, within an hour."""


async def replace_link(
    connection: Connection, clock: Clock, user: UserId, purpose: Purpose, by: UserId | None = None
) -> str:
    """Return the token of a new link; those made before for the same purpose end. Only its hash is kept."""
    token = secrets.token_urlsafe(24)
    now = clock.now()
    await connection.execute(
        "DELETE FROM account_link WHERE account_id = %s AND purpose = %s", (user, purpose)
    )
    await connection.execute(
        "INSERT INTO account_link (token_hash, account_id, purpose, created_by, created_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (
            hash_of(token),
            user,
            purpose,
            by,
            now,
            now + RESET_LIFETIME if purpose is Purpose.RESET else None,
        ),
    )
    return token


async def owner_of(
    connection: Connection, clock: Clock, token: str, purpose: Purpose
) -> UserId | None:
    """Return whose link it is; None for one that is unknown, replaced, used or expired."""
    rows = await connection.execute(
        "SELECT account_id FROM account_link WHERE token_hash = %s AND purpose = %s"
        " AND (expires_at IS NULL OR expires_at > %s)",
        (hash_of(token), purpose, clock.now()),
    )
    row = await rows.fetchone()
    return None if row is None else UserId(row[0])


async def use_up(
    connection: Connection, clock: Clock, token: str, purpose: Purpose
) -> UserId | None:
    """Return whose link it was, which is good no more; None as `owner_of`."""
    rows = await connection.execute(
        "DELETE FROM account_link WHERE token_hash = %s AND purpose = %s"
        " AND (expires_at IS NULL OR expires_at > %s) RETURNING account_id",
        (hash_of(token), purpose, clock.now()),
    )
    row = await rows.fetchone()
    return None if row is None else UserId(row[0])
