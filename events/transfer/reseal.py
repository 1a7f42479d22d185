"""Sealing anew: the stored rows of a campaign written without the names of deleted accounts.

While a server plays on. Nearly all of it is done beside the room; at the end the room's appends wait for
some milliseconds, in which the last rows are written and an entry is added that says what happened. A
room in memory, on whatever node, then finds that its next version is taken, and reads the record again.
A room without a lease that is always appending is given some tries to be between two appends; then the
appends of all rooms wait for these milliseconds.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import psycopg
from psycopg import errors

from events.core.features.resealing import RecordResealed
from events.core.state import Member, RoomId, SessionId
from events.journal import BrokenRecord, Commit
from events.journal.chain import GENESIS, START, Fault, Head, Row, verify
from events.journal.codec import encode
from events.journal.forgotten import Forgotten, sealed_anew
from events.journal.postgres.queries import QUERIES

Connection = psycopg.Connection

_PAGE_ROWS: Final = 2_000
_FEW_ROWS: Final = 100
"""So many rows are written in a moment: appends may wait for them."""
_FREE_TRIES: Final = 10
"""So often an append may be first; then appends have to wait."""
_MOST_TRIES: Final = 20
_WAIT_FOR_ROOM: Final = "SET LOCAL lock_timeout = '2s'"
_WAIT_FOR_ALL: Final = "SET LOCAL lock_timeout = '200ms'"
"""Who waits for the appends under way holds up those that come after them, in all rooms."""
_NO_APPENDS: Final = "LOCK TABLE session_event IN SHARE ROW EXCLUSIVE MODE"
_WRITE: Final = """
UPDATE session_event SET payload = coalesce(anew.payload::json, session_event.payload), hash = anew.hash
FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS anew (version, payload, hash)
WHERE campaign_id = %s AND session_event.version BETWEEN %s AND %s
    AND session_event.version = anew.version
"""
_ADD: Final = """
INSERT INTO session_event (campaign_id, version, session_id, event_type, user_id, role, command_id,
    command_digest, first_version, created_at, payload, hash, epoch)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_SESSION: Final = """
SELECT id::text FROM game_session WHERE campaign_id = %s AND status IN ('active', 'paused')
"""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of a record."""

    before: Head
    """Where it ended."""
    after: Head
    since: int
    """The first version that has another hash than before."""


def campaigns_to_reseal(database_url: str) -> list[UUID]:
    """Return the campaigns whose stored rows name somebody whose account was deleted; blocks."""
    with psycopg.connect(database_url) as connection:
        return [row[0] for row in connection.execute(QUERIES["rooms_with_forgotten"])]


def reseal(
    database_url: str,
    campaign: UUID,
    at: datetime,
    by: Member,
    progress: Callable[[int], None] = lambda version: None,
    *,
    page_rows: int = _PAGE_ROWS,
    between_pages: Callable[[], None] = lambda: None,
) -> Resealed | None:
    """Write the campaign's rows without the names of deleted accounts, all or none; blocks.

    The user of the URL owns the table. Return None where no row names such a person. Raise BrokenRecord,
    and change nothing, where the chain does not hold: then it would hold afterwards, and hide it. Raise
    psycopg.errors.LockNotAvailable where appends of the room go on for longer than others may wait.
    ``between_pages`` may take its time, or raise to break off: nothing waits for it. It is called between
    tries to end, too.
    """
    with psycopg.connect(database_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        # Two that seal one campaign anew go one after the other.
        connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(campaign),)
        )
        named = connection.execute(QUERIES["forgotten_names"], {"room": campaign}).fetchall()
        if not named:
            return None
        connection.execute("SET LOCAL hexroom.resealing = 'on'")
        rewriting = _Rewriting(
            connection, RoomId(campaign), Forgotten(dict(named)), page_rows, progress
        )
        while rewriting.catch_up(between_pages) > _FEW_ROWS:
            pass
        for number in range(_MOST_TRIES):
            if (done := _end(rewriting, at, by, alone=number >= _FREE_TRIES)) is not None:
                return done
            between_pages()
        raise errors.LockNotAvailable("appends of this room went on and on")


class _Rewriting:
    """Writes the rows of one campaign anew, from the first to the last there is by now."""

    def __init__(
        self,
        connection: Connection,
        campaign: RoomId,
        forgotten: Forgotten,
        page_rows: int,
        progress: Callable[[int], None],
    ) -> None:
        self.connection = connection
        self.campaign = campaign
        self.before = START
        """The head of what was read."""
        self.after = GENESIS
        """The hash that its last row has now."""
        self.since = 0
        self._page_rows = page_rows
        self._forgotten = forgotten
        self._progress = progress

    def catch_up(self, between_pages: Callable[[], None] = lambda: None) -> int:
        """Write the rows that came since; return how many. Raise BrokenRecord.

        It ends also where rows come all the time: those that come while the last page is written are left.
        """
        start = self.before.version
        while page := self._page():
            outcome = verify(page, head=self.before)
            if isinstance(outcome, Fault):
                raise BrokenRecord(self.campaign, outcome.version, outcome.why)
            self._write(page)
            self.before = outcome
            self._progress(outcome.version)
            between_pages()
            if len(page) < self._page_rows:
                break
        return self.before.version - start

    def _page(self) -> list[Row]:
        after = self.before.version
        asked = {"room": self.campaign, "start": after + 1, "stop": after + self._page_rows}
        return [Row(*row) for row in self.connection.execute(QUERIES["read_rows"], asked)]

    def _write(self, page: list[Row]) -> None:
        written: list[tuple[int, str | None, bytes]] = []
        for row, anew in zip(page, sealed_anew(self._forgotten, page, self.after), strict=True):
            self.after = anew.hash
            if anew.hash != bytes(row.hash):
                payload = None if anew.payload == row.payload else anew.payload
                written.append((row.version, payload, anew.hash))
        if written:
            self.since = self.since or written[0][0]
            columns = [list(column) for column in zip(*written, strict=True)]
            # Without its bounds each page would look at all rows of the campaign.
            bounds = (written[0][0], written[-1][0])
            self.connection.execute(_WRITE, (*columns, self.campaign, *bounds))

    def is_behind(self) -> bool:
        """Return whether there are later rows: they came since, or some before them are missing."""
        last = self.connection.execute(
            "SELECT max(version) FROM session_event WHERE campaign_id = %s", (self.campaign,)
        ).fetchone()
        return last is not None and (last[0] or 0) > self.before.version


class _Behind(Exception):
    """An append was first."""


def _end(rewriting: _Rewriting, at: datetime, by: Member, *, alone: bool) -> Resealed | None:
    """Add the entry while no append can come between; return None where one did.

    Where the room has a lease its appends wait for us. Where it has none, one that was under way may be
    first, and take the version of the entry; unless ``alone``, when the appends of all rooms wait.
    """
    connection, campaign = rewriting.connection, rewriting.campaign
    trying = copy.copy(rewriting)
    try:
        with connection.transaction():
            if alone:
                connection.execute(_WAIT_FOR_ALL)
                connection.execute(_NO_APPENDS)
            connection.execute(_WAIT_FOR_ROOM)
            lease = connection.execute(
                "SELECT epoch FROM room_lease WHERE campaign_id = %s FOR UPDATE", (campaign,)
            ).fetchone()
            trying.catch_up()
            if trying.is_behind():
                if alone:
                    raise BrokenRecord(campaign, trying.before.version + 1, "missing")
                raise _Behind
            session = connection.execute(_SESSION, (campaign,)).fetchone()
            head = trying.before
            entry = Commit(
                head.version,
                (RecordResealed(since=trying.since),),
                by,
                at,
                session=None if session is None else SessionId(session[0]),
            )
            (row,) = encode(campaign, [entry], Head(head.version, trying.after))
            *fields, payload, hash_ = row
            connection.execute(_ADD, (*fields, payload, hash_, 0 if lease is None else lease[0]))
            connection.execute("DELETE FROM room_snapshot WHERE campaign_id = %s", (campaign,))
    except (_Behind, errors.UniqueViolation, errors.LockNotAvailable):
        return None
    return Resealed(head, Head(row.version, row.hash), trying.since)
