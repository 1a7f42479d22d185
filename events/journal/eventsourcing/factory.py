"""The factory by which the `eventsourcing` library builds an application on our record."""

from typing import Any, Final
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    InfrastructureFactory,
    InfrastructureFactoryError,
    Mapper,
    ProcessRecorder,
    Transcoder,
)
from eventsourcing.utils import Environment, EnvType
from psycopg_pool import ConnectionPool

from events.journal.database.pool import ThreadPool
from events.journal.eventsourcing.following import TrackedView
from events.journal.eventsourcing.recorder import RecordMapper, RecordRecorder

CONNINFO: Final = "RECORD_CONNINFO"
"""The key in an application's ``env`` that says how to connect."""


class RecordFactory(InfrastructureFactory[TrackedView]):
    """Makes recorders on a pool of its own; `close` closes it."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        conninfo = self.env.get(CONNINFO)
        if conninfo is None:
            raise InfrastructureFactoryError(f"{CONNINFO} is not set")
        self.pool: ThreadPool = ConnectionPool(
            conninfo, kwargs={"autocommit": True}, min_size=1, max_size=4, open=True
        )

    def close(self) -> None:
        """Close the connections."""
        self.pool.close()

    def mapper(
        self,
        transcoder: Transcoder | None = None,
        mapper_class: type[Mapper[Any]] | None = None,
    ) -> Mapper[Any]:
        """Return the mapper to rows; it needs no transcoder, our codec is one."""
        return RecordMapper()

    def application_recorder(self) -> RecordRecorder:
        """Return a recorder of ``session_event``."""
        return RecordRecorder(self.pool)

    def tracking_recorder(
        self, tracking_recorder_class: type[TrackedView] | None = None
    ) -> TrackedView:
        """Return a view of the class, with its tables."""
        view = (tracking_recorder_class or TrackedView)(self.pool)
        view.create_tables()
        return view

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Return a recorder of events; snapshots are `SnapshotStore`'s."""
        if purpose != "events":
            raise InfrastructureFactoryError(f"nothing is recorded for {purpose} here")
        return RecordRecorder(self.pool)

    def process_recorder(self) -> ProcessRecorder:
        """Refuse: what follows the record does not write into it."""
        raise InfrastructureFactoryError("what follows the record does not write into it")


class RecordApplication(Application[UUID]):
    """All rooms, as an application of the library's: ``RecordApplication(environment(conninfo))``."""

    name = "record"


def environment(conninfo: str) -> dict[str, str]:
    """Return what assembles the library's classes on the record of a database."""
    return {
        "PERSISTENCE_MODULE": "events.journal.eventsourcing.factory:RecordFactory",
        CONNINFO: conninfo,
    }
