"""Inserts the whole history of a new campaign in one transaction."""

from collections.abc import AsyncIterable
from typing import Final

from events.journal.chain import Row
from events.journal.derived import STATUS_AFTER, game_sessions, session_parameters
from events.journal.postgres.queries import QUERIES
from events.record.campaigns import Connection

_COPY: Final = """
COPY session_event (campaign_id, version, session_id, event_type, user_id, role, command_id,
    command_digest, first_version, created_at, payload, hash, epoch) FROM STDIN
"""


async def store_rows(connection: Connection, rows: AsyncIterable[Row]) -> None:
    """Store rows as they are, and the game sessions they tell of, inside of a transaction."""
    session_rows: list[Row] = []
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
                session_rows.append(row)
    sessions = game_sessions(session_rows)
    if sessions:
        await connection.execute(
            QUERIES["insert_game_sessions"], session_parameters(sessions.values())
        )
