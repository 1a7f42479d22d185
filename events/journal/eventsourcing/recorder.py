"""The `eventsourcing` library on ``session_event``: its recorder and mapper, on our rows and codec.

For those who read the record at leisure, in threads: `repository` for time travel with our fold as
projector, and tracked projections that follow all rooms. Rooms themselves write through
`PostgresJournal`; what either writes the other reads, byte for byte.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import psycopg
from eventsourcing.application import Repository
from eventsourcing.persistence import (
    ApplicationRecorder,
    EventStore,
    IntegrityError,
    JSONTranscoder,
    Mapper,
    Notification,
    OperationalError,
    StoredEvent,
)

from events.core.decider import advance
from events.core.messages import Event
from events.core.state import EMPTY, Member, RoomId, RoomState, SessionId
from events.journal import CommandId, Commit, Epoch, Lease
from events.journal.chain import START, Head, Row, link
from events.journal.codec import event, member, payload
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import ThreadPool
from events.journal.eventsourcing.following import PollingSubscription
from events.journal.postgres.batch import SealedRows, parameters, statement
from events.journal.postgres.queries import QUERIES

MOST_VERSIONS: Final = 2**62


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event with its place in the record: a domain event, as the library has it."""

    originator_id: UUID
    """The room."""
    originator_version: int
    event: Event
    first_version: int
    """Of the commit that it belongs to."""
    by: Member
    at: datetime
    session: SessionId | None = None
    id: CommandId | None = None
    digest: bytes = b""


@dataclass(frozen=True)
class StoredRow(StoredEvent):
    """A stored event with all of its row; ``state`` is the payload's text."""

    row: Row


@dataclass(frozen=True)
class RowNotification(Notification):
    """A stored event with its place in the order of all rooms."""

    row: Row


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """A room at a version."""

    id: UUID
    version: int
    state: RoomState


class RecordMapper(Mapper[UUID]):
    """Between events and rows, by the codec that the journal uses."""

    def __init__(self) -> None:
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: Any) -> StoredRow:
        """Return the row of an event, not hashed yet."""
        recorded: Recorded = domain_event
        text = payload(recorded.event)
        row = Row(
            campaign=recorded.originator_id,
            version=recorded.originator_version,
            session=None if recorded.session is None else UUID(recorded.session),
            event_type=recorded.event.tag,
            user=recorded.by.user,
            role=recorded.by.role.value,
            command_id=recorded.id,
            digest=recorded.digest or None,
            first_version=recorded.first_version,
            created_at=recorded.at,
            payload=text.decode(),
        )
        return StoredRow(
            recorded.originator_id, recorded.originator_version, recorded.event.tag, text, row
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Return the event of a row, upcast; raise Unreadable."""
        assert isinstance(stored_event, StoredRow | RowNotification), "made by RecordRecorder"
        row = stored_event.row
        return Recorded(
            originator_id=row.campaign,
            originator_version=row.version,
            event=event(row.event_type, row.payload),
            first_version=row.first_version,
            by=member(row.user, row.role),
            at=row.created_at,
            session=None if row.session is None else SessionId(str(row.session)),
            id=None if row.command_id is None else CommandId(row.command_id),
            digest=row.digest or b"",
        )


class RecordRecorder(ApplicationRecorder):
    """Stores and selects rows of ``session_event``; any thread may use it.

    The order of all rooms is by transaction, then position, and only of transactions before which
    none is open: else a reader would go past one that commits late. A notification's id is the
    transaction's times 2²², plus the row's place in it.
    """

    def __init__(self, pool: ThreadPool) -> None:
        self.pool = pool

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Store rows of any rooms, all or none, and return their places in the order.

        Raise IntegrityError where a room has another version, or another epoch than
        ``epochs[room]`` says (0 where it says nothing).
        """
        epochs: Mapping[UUID, Epoch] = kwargs.get("epochs", {})
        rows = [stored.row for stored in stored_events if isinstance(stored, StoredRow)]
        if not rows:
            return None
        with self._connection() as connection:
            ready = [
                self._ready(connection, RoomId(room), tuple(of), epochs.get(room, Epoch(0)))
                for room, of in groupby(rows, key=lambda row: row.campaign)
            ]
            params = parameters(ready)
            if connection.execute(statement(params), params).rowcount == 0:
                raise IntegrityError("another version, or another owner, than expected")
            places = connection.execute(
                QUERIES["places"], {"room": rows[0].campaign, "version": rows[0].version}
            ).fetchall()
        ids = {(room, version): id for room, version, id in places}
        return [ids[row.campaign, row.version] for row in rows]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return rows of a room; a commit that is not whole by ``lte`` is left out."""
        params = {
            "room": originator_id,
            "gt": gt or 0,
            "lte": MOST_VERSIONS if lte is None else lte,
            "limit": limit,
        }
        with self._connection() as connection:
            name = "select_backwards" if desc else "select_forwards"
            rows = connection.execute(QUERIES[name], params, binary=True).fetchall()
        return [_stored(Row(*row)) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return rows of all rooms in their order, none of which can be overtaken any more."""
        params = {
            "after": max(0, (start or 0) - inclusive_of_start),
            "stop": MOST_VERSIONS if stop is None else stop,
            "topics": list(topics),
            "limit": limit,
        }
        with self._connection() as connection:
            rows = connection.execute(QUERIES["notifications"], params, binary=True).fetchall()
        return [_notified(Row(*row), id) for *row, id in rows]

    def max_notification_id(self) -> int | None:
        """Return the place of the last row that can be followed."""
        with self._connection() as connection:
            row = connection.execute(QUERIES["last_place"]).fetchone()
        return None if row is None else row[0]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> PollingSubscription:
        """Return the rows after a place, and those to come, one by one."""
        return PollingSubscription(self, gt, topics)

    def _ready(
        self,
        connection: psycopg.Connection,
        room: RoomId,
        rows: Sequence[Row],
        epoch: Epoch,
    ) -> SealedRows:
        head, after = START, rows[0].version - 1
        if after:
            params = {"rooms": [room], "afters": [after]}
            head_row = connection.execute(QUERIES["hashes"], params, binary=True).fetchone()
            if head_row is None:
                raise IntegrityError(f"room {room}: version {after} is not recorded")
            head = Head(after, head_row[2])
        sealed, before = [], head.hash
        for version, row in enumerate(rows, after + 1):
            if row.version != version:
                raise IntegrityError(f"expected version {version}, found {row.version}")
            before = link(before, row)
            sealed.append(row._replace(hash=before))
        return SealedRows(Lease(room, epoch), head, sealed)

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        try:
            with self.pool.connection() as connection:
                yield connection
        except psycopg.IntegrityError as error:
            raise IntegrityError(str(error)) from error
        except DATABASE_AWAY as error:
            raise OperationalError(str(error)) from error


def recorded(room: RoomId, commits: Iterable[Commit]) -> list[Recorded]:
    """Return the events of commits as the library takes them."""
    return [
        Recorded(
            room, version, event, commit.after + 1, commit.by, commit.at, commit.session,
            commit.id, commit.digest,
        )
        for commit in commits
        for version, event in enumerate(commit.events, commit.after + 1)
    ]  # fmt: skip


def commits(of: Iterable[Recorded]) -> Iterator[Commit]:
    """Yield the commits that a room's events, in order, belong to."""
    for _, group in groupby(of, key=lambda recorded: recorded.first_version):
        yield _commit(tuple(group))


def project(initial: StoredRoom | None, events: Iterable[Recorded]) -> StoredRoom | None:
    """Return the room after events: our fold, as a projector function of the library's."""
    standing = initial
    for _, group in groupby(events, key=lambda recorded: recorded.first_version):
        of = tuple(group)
        commit = _commit(of)
        state = EMPTY if standing is None else standing.state
        standing = StoredRoom(of[0].originator_id, commit.version, advance(state, commit))
    return standing


def store(pool: ThreadPool) -> EventStore[UUID]:
    """Return the record as the library's event store."""
    return EventStore(RecordMapper(), RecordRecorder(pool))


def repository(pool: ThreadPool) -> Repository[UUID]:
    """Return rooms at any version: ``repository(pool).get(room, version=v, projector_func=project)``."""
    return Repository(store(pool))


def _commit(of: Sequence[Recorded]) -> Commit:
    head = of[0]
    return Commit(
        after=head.first_version - 1,
        events=tuple(recorded.event for recorded in of),
        by=head.by,
        at=head.at,
        session=head.session,
        id=head.id,
        digest=head.digest,
    )


def _stored(row: Row) -> StoredRow:
    return StoredRow(row.campaign, row.version, row.event_type, row.payload.encode(), row)


def _notified(row: Row, id: int) -> RowNotification:
    return RowNotification(row.campaign, row.version, row.event_type, row.payload.encode(), id, row)
