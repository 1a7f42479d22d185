"""Histories stored whole: all rows of a new campaign in one transaction, or none of them."""

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from events.core.state import Member, RoomId, UserId
from events.journal.chain import Row
from events.journal.derived import STATUS_AFTER, game_sessions, session_parameters
from events.journal.postgres.queries import QUERIES
from events.record.errors import TooManyCampaigns

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_COPY: Final = """
COPY session_event (campaign_id, version, session_id, event_type, user_id, role, command_id,
    command_digest, first_version, created_at, payload, hash, epoch) FROM STDIN
"""

_CAMPAIGN: Final = """
INSERT INTO campaign (id, name, created_by, created_at) VALUES (%s, %s, %s, %s)
"""

# Somebody known here keeps what they are; the others become guests, who cannot sign in.
_ACCOUNT: Final = """
INSERT INTO account (id, name, created_at) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING
"""

_MEMBER: Final = """
INSERT INTO campaign_member (campaign_id, account_id, role, name, joined_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (campaign_id, account_id) DO UPDATE SET role = excluded.role, removed_at = NULL
"""

_HOLD: Final = "SELECT FROM account WHERE id = %s FOR NO KEY UPDATE"
_OPENED: Final = "SELECT count(*) FROM campaign WHERE created_by = %s AND deleted_at IS NULL"

_KNOWN: Final = """
SELECT EXISTS (SELECT FROM campaign WHERE id = %(room)s)
    OR EXISTS (SELECT FROM session_event WHERE campaign_id = %(room)s)
"""


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """The tables' part of a campaign that comes with a history."""

    id: RoomId
    name: str
    created_by: UserId
    created_at: datetime
    members: Sequence[Member]


async def is_known(connection: Connection, room: RoomId) -> bool:
    """Say whether the database has a campaign of this id, or the record of one."""
    row = await (await connection.execute(_KNOWN, {"room": room})).fetchone()
    return row is not None and bool(row[0])


async def check_may_open(connection: Connection, user: UserId, most: int) -> None:
    """Raise TooManyCampaigns where the user made so many that are still there.

    Inside of a transaction of the caller's: until its end nobody else opens one for the user.
    """
    await connection.execute(_HOLD, (user,))
    row = await (await connection.execute(_OPENED, (user,))).fetchone()
    assert row is not None
    if row[0] >= most:
        raise TooManyCampaigns(most)


async def open_campaign(connection: Connection, campaign: NewCampaign) -> None:
    """Store the campaign and its members, inside of a transaction of the caller's."""
    at = campaign.created_at
    for member in campaign.members:
        await connection.execute(_ACCOUNT, (member.user, member.name, at))
    await connection.execute(_CAMPAIGN, (campaign.id, campaign.name, campaign.created_by, at))
    for member in campaign.members:
        await connection.execute(_MEMBER, (campaign.id, member.user, member.role, member.name, at))


async def store_rows(connection: Connection, rows: AsyncIterable[Row]) -> None:
    """Store rows as they are, and the game sessions they tell of, inside of a transaction."""
    told: list[Row] = []
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        async for row in rows:
            await copy.write_row(
                (
                    row.campaign, row.version, row.session, row.event_type, row.user, row.role,
                    row.command_id, row.digest, row.first_version, row.created_at, row.payload,
                    row.hash, 0,
                )
            )  # fmt: skip
            if row.event_type in STATUS_AFTER:
                told.append(row)
    sessions = game_sessions(told)
    if sessions:
        await connection.execute(
            QUERIES["insert_game_sessions"], session_parameters(sessions.values())
        )
