"""Commits for the journal's tests: a night in a few words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from events.core.features.hexes import HexesRevealed
from events.core.features.members import PlayerJoined
from events.core.features.sessions import (
    SessionEnded,
    SessionPaused,
    SessionResumed,
    SessionStarted,
)
from events.core.messages import Event
from events.core.state import Member, Role, RoomId, SessionId, UserId
from events.journal import Append, CommandId, Commit, Lease
from events.journal.chain import Row

DORA = Member(UserId("dora"), Role.DM)
ANN = Member(UserId("ann"), Role.PLAYER)
DUSK = datetime(2026, 1, 31, 20, 15, 0, 250_001, tzinfo=UTC)

NIGHT = SessionId("11111111-2222-4333-8444-555555555555")
STARTED, PAUSED, RESUMED = SessionStarted(session=NIGHT), SessionPaused(), SessionResumed()
ENDED = SessionEnded()
JOINED = PlayerJoined(user=ANN.user)


def room(number: int = 1) -> RoomId:
    return RoomId(UUID(int=number, version=4))


def revealed(q: int) -> Event:
    return HexesRevealed(hexes=((q, 0, 1),), to="all")


def commit(
    after: int,
    *events: Event,
    by: Member = DORA,
    session: SessionId | None = None,
    id: str | None = None,
) -> Commit:
    return Commit(
        after=after,
        events=events or (revealed(after),),
        by=by,
        at=DUSK + timedelta(microseconds=after),
        session=session,
        id=None if id is None else CommandId(id),
        digest=b"" if id is None else bytes(range(16)),
    )


def append(lease: Lease, after: int, *commits: Commit) -> Append:
    return Append(lease, after, commits or (commit(after),))


def insert(
    connection: psycopg.Connection[Any], rows: Sequence[Row], first_position: int | None = None
) -> None:
    """Store rows as they are, past the journal, in the connection's transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO session_event (campaign_id, version, session_id, event_type, user_id,"
            " role, command_id, command_digest, first_version, created_at, payload, hash, epoch,"
            " position) OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
            " %s::json, %s, 0, coalesce(%s,"
            " nextval(pg_get_serial_sequence('session_event', 'position'))))",
            [
                (*row, None if first_position is None else first_position + index)
                for index, row in enumerate(rows)
            ],
        )
