"""Record: finds campaigns, sessions, members and versions in a database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from events.core.state import EMPTY, Member, RoomId, RoomState, SessionId, Status
from events.journal import BrokenRecord, Commit, Journal
from events.journal.chain import GENESIS, Head
from events.journal.database.pool import Pool
from events.journal.folding import folded
from events.record.errors import (
    Backwards,
    BeforeBeginning,
    ManyCampaigns,
    ManyMembers,
    MemberNotInRecord,
    NoSuchCampaign,
    NoSuchSession,
    NoSuchVersion,
)
from events.record.viewpoint import Viewer

CAMPAIGN: Final = """
SELECT id, name FROM campaign
WHERE id::text = %(named)s OR (starts_with(lower(name), lower(%(named)s)) AND deleted_at IS NULL)
    OR (length(%(named)s) >= 4 AND starts_with(id::text, lower(%(named)s)))
ORDER BY id::text = %(named)s DESC, lower(name) = lower(%(named)s) DESC, name
LIMIT 10
"""

CAMPAIGNS: Final = "SELECT id, name FROM campaign ORDER BY created_at, id"

SESSIONS: Final = """
SELECT id, status, started_by, started_at, ended_at FROM game_session
WHERE campaign_id = %s ORDER BY started_at, id
"""

SPAN: Final = """
SELECT min(first_version), max(version) FROM session_event
WHERE session_id = %s AND campaign_id = %s
"""

VERSION_AT: Final = """
SELECT max(version) FROM session_event WHERE campaign_id = %s AND created_at <= %s
"""

LAST: Final = """
SELECT version, hash FROM session_event WHERE campaign_id = %s ORDER BY version DESC LIMIT 1
"""

# A version may lie within a commit: what anybody ever saw is the state after the whole of it.
# By >= and not =, as queries.sql says of pages.
WHOLE: Final = """
SELECT coalesce((SELECT version - 1 FROM session_event
        WHERE campaign_id = %(room)s AND version > %(version)s AND first_version >= version
        ORDER BY version LIMIT 1), %(last)s), created_at
FROM session_event WHERE campaign_id = %(room)s AND version = %(version)s
"""


@dataclass(frozen=True, slots=True)
class Campaign:
    id: RoomId
    name: str


@dataclass(frozen=True, slots=True)
class NumberedSession:
    """One game session: the number-th of its campaign."""

    number: int
    id: SessionId
    status: Status
    started_by: str | None
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def name(self) -> str:
        return f"Session {self.number}"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a room's versions: past after, up to upto."""

    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class RoomAtVersion:
    """A room as it stood after the commit that ends at the version."""

    version: int
    at: datetime
    room: RoomState


class SnapshotsByVersion(Protocol):
    """Saved states by version; any may be missing."""

    async def before(self, room: RoomId, version: int) -> tuple[int, RoomState] | None:
        """Return the newest saved state at or before a version, with its version."""


class Record:
    """Reads the record in one database, outside the rooms; it never writes."""

    def __init__(
        self, pool: Pool, journal: Journal, snapshots: SnapshotsByVersion | None = None
    ) -> None:
        self._pool = pool
        self._journal = journal
        self._snapshots = snapshots

    async def campaign(self, named: str) -> Campaign:
        """Return the campaign of that id, name, or beginning of either, if it is the only one."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(CAMPAIGN, {"named": named})
            rows = [Campaign(RoomId(id_), name) for id_, name in await cursor.fetchall()]
        if not rows:
            raise NoSuchCampaign(named, [each.name for each in await self.campaigns()])
        exact = [row for row in rows if named in (str(row.id), row.name)] or rows
        if len(exact) > 1:
            raise ManyCampaigns(named, [f"{row.name} ({row.id})" for row in exact])
        return exact[0]

    async def campaigns(self) -> tuple[Campaign, ...]:
        """Return all campaigns, deleted ones included: their record stays."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(CAMPAIGNS)
            return tuple(Campaign(RoomId(id_), name) for id_, name in await cursor.fetchall())

    async def sessions(self, room: RoomId) -> tuple[NumberedSession, ...]:
        """Return the room's game sessions, the first first."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(SESSIONS, (room,))
            rows = await cursor.fetchall()
        return tuple(
            NumberedSession(number, SessionId(str(id_)), Status(status), *rest)
            for number, (id_, status, *rest) in enumerate(rows, 1)
        )

    async def session(self, room: RoomId, named: str) -> NumberedSession:
        """Return the session of that number or id; raise NoSuchSession."""
        sessions = await self.sessions(room)
        for session in sessions:
            if named in (str(session.number), session.id):
                return session
        raise NoSuchSession(named, len(sessions))

    async def span(self, room: RoomId, session: NumberedSession | None = None) -> Span:
        """Return the versions of a session, or of all there is."""
        if session is None:
            return Span(0, (await self.head(room)).version)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(SPAN, (UUID(session.id), room))
            row = await cursor.fetchone()
        if row is None or row[0] is None:
            raise NoSuchSession(str(session.number), 0)
        return Span(row[0] - 1, row[1])

    async def between(self, room: RoomId, start: int, stop: int | None) -> Span:
        """Return the span from one version to another, both included; raise Backwards and others."""
        last = (await self.head(room)).version
        stop = last if stop is None else stop
        for version in (start, stop):
            if not 1 <= version <= last:
                raise NoSuchVersion(version, last)
        if start > stop:
            raise Backwards(start, stop)
        return Span(start - 1, stop)

    async def head(self, room: RoomId) -> Head:
        """Return the last version and its hash."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(LAST, (room,))).fetchone()
        return Head(0, GENESIS) if row is None else Head(row[0], bytes(row[1]))

    async def version_at(self, room: RoomId, at: datetime) -> int:
        """Return the last version at that time; raise BeforeBeginning."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(VERSION_AT, (room, at))).fetchone()
        if row is None or row[0] is None:
            raise BeforeBeginning
        return int(row[0])

    async def at_version(self, room: RoomId, version: int | None = None) -> RoomAtVersion:
        """Return the room as it stood at a version, else as it is recorded now."""
        last = (await self.head(room)).version
        if version is None:
            version = last
        if not 1 <= version <= last:
            raise NoSuchVersion(version, last)
        async with self._pool.connection() as connection:
            params = {"room": room, "version": version, "last": last}
            row = await (await connection.execute(WHOLE, params)).fetchone()
        if row is None:
            raise BrokenRecord(room, version, "missing")
        return RoomAtVersion(row[0], row[1], await self.state(room, row[0]))

    async def state(self, room: RoomId, version: int) -> RoomState:
        """Return the fold of all commits up to a version."""
        saved = await self._snapshots.before(room, version) if self._snapshots else None
        _, state = await folded(self._journal, room, saved or (0, EMPTY), version)
        return state

    async def whole_state(self, room: RoomId, version: int) -> RoomState:
        """Return the fold from the first commit, whose hash is the same everywhere.

        A saved state may lack what its older actions changed, which the record has.
        """
        _, state = await folded(self._journal, room, (0, EMPTY), version)
        return state

    def commits(self, room: RoomId, span: Span) -> AsyncIterator[Commit]:
        """Yield the commits of a span."""
        return self._journal.read(room, span.after, span.upto)

    async def viewer(self, room: RoomId, named: str) -> Viewer:
        """Return the member of that id or name as they are now; raise NoSuchMember."""
        now = (await self.at_version(room)).room
        return Viewer(member_called(now, named))


def member_called(room: RoomState, named: str) -> Member:
    """Return the room's member of that id, or of that name if only one has it."""
    members = {str(user): member for user, member in room.members.items()}
    if named in members:
        return members[named]
    called = [member for member in members.values() if member.name.lower() == named.lower()]
    if not called:
        raise MemberNotInRecord(named, [member.name for member in members.values()])
    if len(called) > 1:
        raise ManyMembers(named)
    return called[0]
