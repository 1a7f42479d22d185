"""The end of all that somebody is signed in with, as statements: browsers and bearer tokens."""

from datetime import datetime

from events.core.state import UserId
from web.accounts.links import Connection


async def end_sign_ins(connection: Connection, user: UserId, now: datetime) -> list[bytes]:
    """End every sign-in and token of the account; return their hashes, so that sockets can be closed."""
    ended = await connection.execute(
        "DELETE FROM login_session WHERE account_id = %s RETURNING token_hash", (user,)
    )
    revoked = await revoke_tokens(connection, user, now)
    return [*(bytes(row[0]) for row in await ended.fetchall()), *revoked]


async def revoke_tokens(connection: Connection, user: UserId, now: datetime) -> list[bytes]:
    """Revoke every bearer token of the account; return the hashes of those that were good."""
    revoked = await connection.execute(
        "UPDATE api_token SET revoked_at = %s WHERE account_id = %s AND revoked_at IS NULL"
        " RETURNING token_hash",
        (now, user),
    )
    return [bytes(row[0]) for row in await revoked.fetchall()]
