"""The end of an account: what goes from which table, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from events.core.state import Role, RoomId, UserId
from events.journal.forgotten import FORMER
from events.record.campaigns import Connection

_ALONE: Final = """
SELECT mine.campaign_id, campaign.name, mine.role, EXISTS (
    SELECT FROM campaign_member AS other WHERE other.campaign_id = mine.campaign_id
    AND other.account_id <> %(user)s AND other.removed_at IS NULL AND other.role = 'dm'
), EXISTS (
    SELECT FROM campaign_member AS other WHERE other.campaign_id = mine.campaign_id
    AND other.account_id <> %(user)s AND other.removed_at IS NULL
)
FROM campaign_member AS mine JOIN campaign ON campaign.id = mine.campaign_id
WHERE mine.account_id = %(user)s AND mine.removed_at IS NULL AND campaign.deleted_at IS NULL
ORDER BY mine.campaign_id FOR UPDATE OF campaign
"""
_LAST_ADMIN: Final = """
SELECT FROM account WHERE id = %(user)s AND is_admin
    AND NOT EXISTS (SELECT FROM account WHERE is_admin AND id <> %(user)s)
    AND EXISTS (SELECT FROM account WHERE email IS NOT NULL AND id <> %(user)s)
"""
# Guests who turned out to be the user, by a merge that holds, and have no seat of their own left.
_SAME_PERSON: Final = """
WITH RECURSIVE same AS (
    SELECT %(user)s::text AS id
    UNION
    SELECT account.id FROM same
    JOIN campaign_member ON merged_into = same.id AND removed_at IS NOT NULL
    JOIN account ON account.id = account_id
    WHERE email IS NULL AND forgotten_at IS NULL AND NOT EXISTS (
        SELECT FROM campaign_member AS seat
        WHERE seat.account_id = account.id AND seat.removed_at IS NULL)
        AND NOT EXISTS (SELECT FROM account_identity WHERE account_identity.account_id = account.id)
) SELECT id FROM same WHERE id <> %(user)s
"""
_FORGET: Final = (
    "UPDATE account SET name = %(former)s, email = NULL, password_hash = NULL, is_admin = false,"
    " forgotten_at = %(now)s"
    " WHERE id = ANY(%(persons)s)",
    "UPDATE campaign_member SET name = %(former)s, removed_by = CASE WHEN removed_at IS NULL"
    " THEN account_id ELSE removed_by END, removed_at = coalesce(removed_at, %(now)s)"
    " WHERE account_id = ANY(%(persons)s)",
    "DELETE FROM join_request WHERE account_id = ANY(%(persons)s)",
    "DELETE FROM account_identity WHERE account_id = ANY(%(persons)s)",
    "DELETE FROM account_factor WHERE account_id = ANY(%(persons)s)",
    "DELETE FROM passkey WHERE account_id = ANY(%(persons)s)",
    "DELETE FROM passkey_challenge WHERE account_id = ANY(%(persons)s)",
    "DELETE FROM sign_in_log WHERE account_id = ANY(%(persons)s)",
    "DELETE FROM account_link WHERE account_id = ANY(%(persons)s)",
    "UPDATE invite SET revoked_at = coalesce(revoked_at, %(now)s) WHERE created_by = ANY(%(persons)s)",
)
_END: Final = (
    "DELETE FROM login_session WHERE account_id = ANY(%(persons)s) RETURNING token_hash",
    "DELETE FROM api_token WHERE account_id = ANY(%(persons)s) RETURNING token_hash",
)
# Saved states are made anew from the record. Whoever is about to save one waits, and finds out.
_NO_STATES: Final = "LOCK TABLE room_snapshot IN SHARE ROW EXCLUSIVE MODE"
_DROP_STATES: Final = """
DELETE FROM room_snapshot WHERE campaign_id IN (
    SELECT campaign_id FROM session_event
    WHERE event_type = 'member_set' AND payload->>'user' = ANY(%(persons)s))
"""


class OnlyAdmin(Exception):
    """The account is the only admin of a server with others."""


class OnlyDm(Exception):
    """The account is the only DM of campaigns that have other members; the text is their names."""

    def __init__(self, campaigns: Sequence[str]) -> None:
        super().__init__(", ".join(campaigns))


class Gone(NamedTuple):
    """What ended with an account."""

    seats: Sequence[tuple[RoomId, Role]]
    """The rooms that have to be told."""
    credentials: Sequence[bytes]
    """Hashes of sign-ins and tokens, whose sockets have to be closed."""


async def forget(connection: Connection, user: UserId, now: datetime) -> Gone:
    """Take a person out of every table that can forget, inside a transaction.

    Campaigns without another member are deleted. Raise OnlyAdmin or OnlyDm.
    """
    params: dict[str, Any] = {"user": user, "now": now, "former": FORMER}
    # Two admins who go at once wait for one another.
    await connection.execute("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE")
    if await (await connection.execute(_LAST_ADMIN, params)).fetchone() is not None:
        raise OnlyAdmin
    rows = await (await connection.execute(_ALONE, params)).fetchall()
    only_dm_of = [
        name for _, name, role, dms, others in rows if role == "dm" and others and not dms
    ]
    if only_dm_of:
        raise OnlyDm(only_dm_of)
    empty = [campaign for campaign, _, role, _, others in rows if role == "dm" and not others]
    await connection.execute("UPDATE campaign SET deleted_at = %s WHERE id = ANY(%s)", (now, empty))
    cursor = await connection.execute(_SAME_PERSON, params)
    params["persons"] = [user, *(row[0] for row in await cursor.fetchall())]
    for statement in _FORGET:
        await connection.execute(statement.encode(), params)
    await connection.execute(_NO_STATES)
    await connection.execute(_DROP_STATES, params)
    ended: list[bytes] = []
    for statement in _END:
        cursor = await connection.execute(statement.encode(), params)
        ended += [bytes(row[0]) for row in await cursor.fetchall()]
    return Gone([(RoomId(UUID(str(row[0]))), Role(row[2])) for row in rows], ended)
