"""The log of sign-ins: who came in by what, and what was refused; for its person, and for admins."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from events.core.state import UserId
from events.record.campaigns import Connection

KEPT: Final = timedelta(days=90)
MOST_REFUSED: Final = 200
"""Refused lines of an account: whoever guesses on and on pushes out no sign-in that succeeded."""
MOST_SHOWN: Final = 200


class Way(StrEnum):
    """What somebody showed; the values stand in the table."""

    SIGN_UP = "sign-up"
    PASSWORD = "password"
    APP = "password and app code"
    RECOVERY = "password and recovery code"
    PASSKEY = "password and passkey"
    SERVICE = "other service"
    WAY_BACK = "way back"
    INVITE = "invite"
    DEMO = "demo"


class SignInLine(NamedTuple):
    """A sign-in, or one that was refused."""

    at: datetime
    account: UserId
    name: str
    way: Way
    succeeded: bool
    address: str
    device: str


ADD: Final = """
INSERT INTO sign_in_log (at, account_id, way, succeeded, address, device)
SELECT %(now)s, id, %(way)s, %(succeeded)s, %(address)s, %(device)s
FROM account WHERE id = %(user)s AND forgotten_at IS NULL
"""
_KEEP_BOUNDED: Final = """
DELETE FROM sign_in_log WHERE account_id = %(user)s AND NOT succeeded AND id <= (
    SELECT id FROM sign_in_log WHERE account_id = %(user)s AND NOT succeeded
    ORDER BY id DESC OFFSET %(most)s LIMIT 1
)
"""
_LINES: Final = """
SELECT at, account_id, account.name, way, succeeded, address, device
FROM sign_in_log JOIN account ON account.id = account_id
WHERE %(user)s::text IS NULL OR account_id = %(user)s
ORDER BY sign_in_log.id DESC LIMIT %(most)s
"""


async def add_refused(connection: Connection, line: dict[str, Any]) -> None:
    """Note what was refused; of an account the latest are kept. The line is as `ADD` takes it."""
    await connection.execute(ADD, line)
    await connection.execute(_KEEP_BOUNDED, {"user": line["user"], "most": MOST_REFUSED})


async def sign_in_lines(
    connection: Connection, user: UserId | None = None, *, most: int = MOST_SHOWN
) -> list[SignInLine]:
    """Return the lines of one account, or of all, the latest first."""
    rows = await connection.execute(_LINES, {"user": user, "most": most})
    return [
        SignInLine(at, UserId(account), name, Way(way), succeeded, address, device)
        for at, account, name, way, succeeded, address, device in await rows.fetchall()
    ]


async def end_old(connection: Connection, now: datetime) -> None:
    """Remove lines that were kept long enough."""
    await connection.execute("DELETE FROM sign_in_log WHERE at < %s", (now - KEPT,))
