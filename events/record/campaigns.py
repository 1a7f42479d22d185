"""The tables of campaigns and their members, written in one place: opened, joined, counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg

from events.core.state import Member, Role, RoomId, UserId
from events.record.errors import TooManyCampaigns

Connection = psycopg.AsyncConnection

_CAMPAIGN: Final = """
INSERT INTO campaign (id, name, created_by, created_at) VALUES (%s, %s, %s, %s)
"""

# A membership that ended and begins anew keeps nothing of what it was.
_MEMBER: Final = """
INSERT INTO campaign_member (campaign_id, account_id, role, name, joined_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (campaign_id, account_id) DO UPDATE
SET role = excluded.role, name = excluded.name, joined_at = excluded.joined_at,
    removed_at = NULL, removed_by = NULL, merged_into = NULL
"""

# Accounts that are here stay as they are; the others become guests, who cannot sign in.
_ACCOUNT: Final = """
INSERT INTO account (id, name, created_at) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING
"""

_FIRST_DM: Final = """
SELECT account_id, name FROM campaign_member
WHERE campaign_id = %s AND role = 'dm' AND removed_at IS NULL ORDER BY joined_at, account_id LIMIT 1
"""

_HOLD: Final = "SELECT FROM account WHERE id = %s FOR NO KEY UPDATE"
_OPENED: Final = "SELECT count(*) FROM campaign WHERE created_by = %s AND deleted_at IS NULL"

_KNOWN: Final = """
SELECT EXISTS (SELECT FROM campaign WHERE id = %(room)s)
    OR EXISTS (SELECT FROM session_event WHERE campaign_id = %(room)s)
"""


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign as its table has it."""

    id: RoomId
    name: str
    created_by: UserId
    created_at: datetime


async def open_campaign(connection: Connection, campaign: CampaignRow) -> None:
    """Store a campaign without members, inside a transaction of the caller's.

    After calling this: add its members with `put_member`.
    """
    await connection.execute(
        _CAMPAIGN, (campaign.id, campaign.name, campaign.created_by, campaign.created_at)
    )


async def put_member(connection: Connection, room: RoomId, member: Member, at: datetime) -> None:
    """Store a member who joins now, or anew; the caller tells the room after the transaction."""
    await connection.execute(_MEMBER, (room, member.user, member.role, member.name, at))


async def put_account(connection: Connection, user: UserId, name: str, at: datetime) -> None:
    """Create a guest account under the id unless there is an account already."""
    await connection.execute(_ACCOUNT, (user, name, at))


async def first_dm(connection: Connection, room: RoomId) -> Member | None:
    """Return the campaign's DM who has been one for longest, as of now."""
    row = await (await connection.execute(_FIRST_DM, (room,))).fetchone()
    return None if row is None else Member(UserId(row[0]), Role.DM, row[1])


async def is_known(connection: Connection, room: RoomId) -> bool:
    """Return whether the database has a campaign of this id, or the record of one."""
    row = await (await connection.execute(_KNOWN, {"room": room})).fetchone()
    return row is not None and bool(row[0])


async def check_may_open(connection: Connection, user: UserId, most: int) -> None:
    """Raise TooManyCampaigns where the user made so many that are still there.

    Inside a transaction of the caller's: until its end nobody else opens one for the user.
    """
    await connection.execute(_HOLD, (user,))
    row = await (await connection.execute(_OPENED, (user,))).fetchone()
    assert row is not None
    if row[0] >= most:
        raise TooManyCampaigns(most)
