"""Tables derived from the record: game_session, updated with each append and rebuilt by one function."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

import psycopg

from events.core.state import Status
from events.journal.chain import Row
from events.journal.postgres.queries import QUERIES

Connection: TypeAlias = psycopg.AsyncConnection

STATUS_AFTER: Final[Mapping[str, Status]] = {
    "session_start": Status.ACTIVE,
    "session_pause": Status.PAUSED,
    "session_resume": Status.ACTIVE,
    "session_end": Status.ENDED,
}
"""What a game session is after an event, by tag."""


@dataclass(frozen=True, slots=True)
class GameSession:
    """One row of ``game_session``."""

    id: UUID
    campaign: UUID
    started_by: str | None
    status: Status
    started_at: datetime | None
    ended_at: datetime | None = None


def game_sessions(rows: Iterable[Row]) -> dict[UUID, GameSession]:
    """Return the game sessions that rows of the record tell of, as the last of them leaves each.

    Of a session whose start is not among the rows, who started it and when is left out.
    """
    sessions: dict[UUID, GameSession] = {}
    for row in rows:
        status = STATUS_AFTER.get(row.event_type)
        if status is None or row.session is None:
            continue
        if row.event_type == "session_start":
            sessions[row.session] = GameSession(
                row.session, row.campaign, row.user, status, row.created_at
            )
            continue
        was = sessions.get(row.session) or GameSession(
            row.session, row.campaign, None, status, None
        )
        ended = row.created_at if status is Status.ENDED else None
        sessions[row.session] = replace(was, status=status, ended_at=ended)
    return sessions


async def rebuild_game_sessions(connection: Connection) -> int:
    """Make game_session anew from the record, in one transaction; return how many rows it has.

    Appends that tell of sessions wait for the end of it, but not while the record is searched.
    """
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute(QUERIES["oldest_open"])
        since = await cursor.fetchone()
        rows = await _rows(cursor, since="0")
        await cursor.execute(QUERIES["lock_game_sessions"])
        rows.update(await _rows(cursor, since=since[0] if since else "0"))
        sessions = game_sessions(rows[key] for key in sorted(rows))
        await cursor.execute(QUERIES["forget_game_sessions"])
        await cursor.execute(QUERIES["insert_game_sessions"], session_parameters(sessions.values()))
        return len(sessions)


def session_parameters(sessions: Iterable[GameSession]) -> dict[str, list[object]]:
    """Return the sessions as the parameters that the queries name."""
    of = tuple(sessions)
    return {
        "s_id": [session.id for session in of],
        "s_campaign_id": [session.campaign for session in of],
        "s_started_by": [session.started_by for session in of],
        "s_status": [session.status.value for session in of],
        "s_started_at": [session.started_at for session in of],
        "s_ended_at": [session.ended_at for session in of],
    }


async def _rows(cursor: psycopg.AsyncCursor, since: str) -> dict[tuple[UUID, int], Row]:
    params = {"tags": list(STATUS_AFTER), "since": since}
    await cursor.execute(QUERIES["rows_of_sessions"], params)
    rows = [Row(*row) for row in await cursor.fetchall()]
    return {(row.campaign, row.version): row for row in rows}
