"""What an admin sees and does, as statements: people, campaigns, the log. The command line uses it too."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from events.core.state import UserId
from web.accounts.links import Connection

MOST_ROWS: Final = 200


class ListedPerson(NamedTuple):
    """An account or a guest."""

    id: UserId
    name: str
    email: str | None
    is_admin: bool
    created_at: datetime
    last_seen_at: datetime | None
    campaigns: int
    second_factor: bool


class CampaignSize(NamedTuple):
    """A campaign, deleted ones included, with what it takes."""

    id: UUID
    name: str
    members: int
    events: int
    last_session_at: datetime | None
    deleted_at: datetime | None


class LogLine(NamedTuple):
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


class Totals(NamedTuple):
    accounts: int
    guests: int
    campaigns: int
    events: int
    database_bytes: int


_PEOPLE: Final = """
SELECT account.id, account.name, account.email, account.is_admin, account.created_at,
    (SELECT max(last_used_at) FROM login_session WHERE account_id = account.id),
    (SELECT count(*) FROM campaign_member JOIN campaign ON campaign.id = campaign_id
        WHERE account_id = account.id AND removed_at IS NULL AND deleted_at IS NULL),
    EXISTS (SELECT FROM passkey WHERE account_id = account.id) OR EXISTS (SELECT FROM account_factor
        WHERE account_id = account.id AND confirmed_at IS NOT NULL)
FROM account
WHERE (email IS NOT NULL OR %(guests)s) AND forgotten_at IS NULL
    AND (%(search)s = '' OR account.id = %(search)s
        OR position(lower(%(search)s) IN lower(account.name)) > 0
        OR position(lower(%(search)s) IN lower(coalesce(email, ''))) > 0)
ORDER BY created_at DESC, id LIMIT %(most)s
"""
_CAMPAIGNS: Final = """
SELECT campaign.id, campaign.name,
    (SELECT count(*) FROM campaign_member
        WHERE campaign_id = campaign.id AND removed_at IS NULL),
    coalesce((SELECT max(version) FROM session_event WHERE campaign_id = campaign.id), 0),
    (SELECT max(started_at) FROM game_session WHERE campaign_id = campaign.id), deleted_at
FROM campaign ORDER BY 5 DESC NULLS LAST, campaign.created_at DESC, campaign.id LIMIT %(most)s
"""
_LOG: Final = """
SELECT at, actor, action, subject, detail FROM admin_log ORDER BY id DESC LIMIT %(most)s
"""
# Counting every event of a large record takes seconds; the last position is as good, but for gaps.
_TOTALS: Final = """
SELECT (SELECT count(*) FROM account WHERE email IS NOT NULL),
    (SELECT count(*) FROM account WHERE email IS NULL AND forgotten_at IS NULL),
    (SELECT count(*) FROM campaign WHERE deleted_at IS NULL),
    (SELECT coalesce(max(position), 0) FROM session_event),
    pg_database_size(current_database())
"""


async def people(
    connection: Connection, search: str = "", *, guests: bool = False, most: int = MOST_ROWS
) -> Sequence[ListedPerson]:
    """Return accounts whose id, name or e-mail fits, the newest first."""
    query = {"search": search, "guests": guests, "most": most}
    return [ListedPerson(*row) for row in await _rows(connection, _PEOPLE, query)]


async def campaigns(connection: Connection, *, most: int = MOST_ROWS) -> Sequence[CampaignSize]:
    """Return campaigns, those played last first, deleted ones included."""
    return [CampaignSize(*row) for row in await _rows(connection, _CAMPAIGNS, {"most": most})]


async def log_lines(connection: Connection, *, most: int = MOST_ROWS) -> Sequence[LogLine]:
    """Return what admins and operators did, the latest first."""
    return [LogLine(*row) for row in await _rows(connection, _LOG, {"most": most})]


async def totals(connection: Connection) -> Totals:
    """Return how much there is; of events, the last position in the record."""
    (row,) = await _rows(connection, _TOTALS, {})
    return Totals(*row)


async def campaign_names(connection: Connection, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Return what campaigns are called, deleted ones included."""
    query = "SELECT id, name FROM campaign WHERE id = ANY(%(ids)s)"
    return dict(await _rows(connection, query, {"ids": list(ids)}))


async def is_there(connection: Connection, user: UserId) -> bool:
    """Return whether there is such an account or guest, who has not gone."""
    query = "SELECT FROM account WHERE id = %(user)s AND forgotten_at IS NULL"
    return bool(await _rows(connection, query, {"user": user}))


async def set_admin(connection: Connection, user: UserId, *, is_admin: bool) -> bool:
    """Give or take the admin's rights; return False, changing nothing, for the last admin.

    Call it in a transaction: two that demote each other wait for one another.
    """
    await connection.execute("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE")
    if not is_admin:
        others = await _rows(
            connection, "SELECT 1 FROM account WHERE is_admin AND id <> %(user)s", {"user": user}
        )
        if not others:
            return False
    await connection.execute("UPDATE account SET is_admin = %s WHERE id = %s", (is_admin, user))
    return True


async def delete_campaign(connection: Connection, campaign: UUID, now: datetime) -> str | None:
    """Mark the campaign as deleted; return its name, or None where there is none to delete."""
    rows = await _rows(
        connection,
        "UPDATE campaign SET deleted_at = %(now)s WHERE id = %(id)s AND deleted_at IS NULL"
        " RETURNING name",
        {"id": campaign, "now": now},
    )
    return rows[0][0] if rows else None


async def restore_campaign(
    connection: Connection, campaign: UUID, now: datetime, kept: timedelta
) -> str | None:
    """Take a deletion back that is not older than kept; return the name, or None."""
    rows = await _rows(
        connection,
        "UPDATE campaign SET deleted_at = NULL WHERE id = %(id)s AND deleted_at > %(since)s"
        " RETURNING name",
        {"id": campaign, "since": now - kept},
    )
    return rows[0][0] if rows else None


async def _rows(
    connection: Connection, query: str, params: dict[str, Any]
) -> list[tuple[Any, ...]]:
    return await (await connection.execute(query.encode(), params)).fetchall()
