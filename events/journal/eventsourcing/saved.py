"""Our snapshots in the form of the `eventsourcing` library, for its Repository."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from eventsourcing.application import Repository
from eventsourcing.persistence import EventStore

from events.journal.codec import DECODE_ERRORS
from events.journal.database.pool import ThreadPool
from events.journal.eventsourcing.recorder import (
    MOST_VERSIONS,
    RecordMapper,
    RecordRecorder,
    StoredRoom,
    project,
    store,
)
from events.journal.postgres.queries import QUERIES
from events.journal.snapshots import fingerprint, opened


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved state: what the library takes for a snapshot."""

    originator_id: UUID
    originator_version: int
    standing: StoredRoom


class SavedStates(EventStore[UUID]):
    """``room_snapshot``, read by the library; what cannot be read is passed over.

    It writes nothing: states are saved by the rooms.
    """

    def __init__(self, pool: ThreadPool) -> None:
        super().__init__(RecordMapper(), RecordRecorder(pool))
        self._pool = pool

    def get(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Iterator[Any]:
        """Yield the newest saved state of a room up to a version, if there is one."""
        params = {
            "room": originator_id,
            "version": MOST_VERSIONS if lte is None else lte,
            "code": fingerprint(),
        }
        with self._pool.connection() as connection:
            row = connection.execute(QUERIES["find_snapshot"], params, binary=True).fetchone()
        if row is None:
            return
        version, sealed, state, record = row
        try:
            room = opened(sealed, state, record)
        except (*DECODE_ERRORS, zlib.error):
            return
        id_ = UUID(str(originator_id))
        yield Saved(id_, version, StoredRoom(id_, version, room))


def project_saved(initial: StoredRoom | None, events: Any) -> StoredRoom | None:
    """Return the room after events that may begin with a saved state: a projector of the library's."""
    coming = iter(events)
    for first in coming:
        if isinstance(first, Saved):
            return project(first.standing, coming)
        return project(initial, chain((first,), coming))
    return initial


def travelled(pool: ThreadPool) -> Repository[UUID]:
    """Return rooms at any version: ``.get(room, version=v, projector_func=project_saved)``."""
    return Repository(store(pool), snapshot_store=SavedStates(pool))
