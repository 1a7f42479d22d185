"""A batch on its way into the record: the heads it follows, its rows, and the parameters of the queries."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, LiteralString, NamedTuple

from events.core.state import RoomId
from events.journal import Append, JournalError, Lease, Unrecordable, VersionConflict
from events.journal.chain import Head, Row
from events.journal.codec import encode, gc_paused
from events.journal.derived import STATUS_AFTER, game_sessions, session_parameters
from events.journal.postgres.line import ArrayQuery
from events.journal.postgres.queries import QUERIES

MOST_HEADS: Final = 10_000
"""How many rooms' heads are kept in memory; the oldest is looked up again when needed."""


class RoomHeads(dict[RoomId, Head]):
    """Where the record of each room ends, as far as that is known; at most `MOST_HEADS`."""

    def remember(self, room: RoomId, head: Head) -> None:
        """Keep the head as the newest; forget the oldest where there are too many."""
        self.pop(room, None)
        if len(self) >= MOST_HEADS:
            del self[next(iter(self))]
        self[room] = head


class SealedRows(NamedTuple):
    """Rows of one room, one at least, that follow the head."""

    lease: Lease
    head: Head
    rows: Sequence[Row]

    @property
    def head_after(self) -> Head:
        return Head(self.rows[-1].version, self.rows[-1].hash)


def prepare(append: Append, head: Head | None) -> SealedRows | JournalError:
    """Return the rows of an append on top of a head; where that cannot be, the error to answer with."""
    room = append.lease.room
    if head is None:
        return VersionConflict(room, append.after)
    try:
        with gc_paused():
            return SealedRows(append.lease, head, encode(room, append.commits, head))
    except ValueError as error:
        return Unrecordable(room, type(error).__name__)


def parameters(ready: Sequence[SealedRows]) -> dict[str, list[Any]]:
    """Return what the append queries ask for: a column for each field, of rooms and of rows."""
    rows = [row for sealed in ready for row in sealed.rows]
    columns = dict(zip(Row._fields, map(list, zip(*rows, strict=True)), strict=True))
    columns["epoch"] = [sealed.lease.epoch for sealed in ready for _ in sealed.rows]
    columns["rooms"] = [sealed.lease.room for sealed in ready]
    columns["epochs"] = [sealed.lease.epoch for sealed in ready]
    columns["afters"] = [sealed.head.version for sealed in ready]
    columns["heads"] = [sealed.head.hash for sealed in ready]
    if any(row.event_type in STATUS_AFTER for row in rows):
        columns.update(session_parameters(game_sessions(rows).values()))
    return columns


def statement(params: Mapping[str, object]) -> LiteralString:
    """Return the query that appends what the parameters say."""
    return QUERIES["append_with_sessions" if "s_id" in params else "append"]


def array_query(ready: Sequence[SealedRows]) -> tuple[ArrayQuery, Mapping[str, Any]]:
    """Return the query of `STATEMENTS` that appends the rows, and its parameters."""
    if len(ready) == 1 and len(ready[0].rows) == 1:
        sealed, (row,) = ready[0], ready[0].rows
        if row.event_type not in STATUS_AFTER:
            fields = dict(zip(Row._fields, row, strict=True))
            fields["epoch"], fields["head"] = sealed.lease.epoch, sealed.head.hash
            return _APPEND_ONE, fields
    params = parameters(ready)
    return _WITH_SESSIONS if "s_id" in params else _APPEND, params


_APPEND: Final = ArrayQuery.of(QUERIES["append"])
_APPEND_ONE: Final = ArrayQuery.of(QUERIES["append_one"])
_WITH_SESSIONS: Final = ArrayQuery.of(QUERIES["append_with_sessions"])
STATEMENTS: Final = (_APPEND, _APPEND_ONE, _WITH_SESSIONS)
"""All that `array_query` may return."""
