"""Following the rows of all rooms in one order, including those to come, and tracking projections."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import ClassVar, Final, LiteralString

import psycopg
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    OperationalError,
    Subscription,
    Tracking,
    TrackingRecorder,
)

from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import ThreadPool
from events.journal.postgres.queries import QUERIES

POLL_S: Final = 0.1
"""How long a row may wait before it is followed. Appends tell nobody: that would cost each of them."""
PAGE_ROWS: Final = 500


class PollingSubscription(Subscription[ApplicationRecorder]):
    """Yields rows after a place; when there are none it asks again and again, until stopped."""

    def __init__(
        self, recorder: ApplicationRecorder, gt: int | None = None, topics: Sequence[str] = ()
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._page: Iterator[Notification] = iter(())
        self._stopped = Event()

    def stop(self) -> None:
        """End the iteration; may be called from any thread."""
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        while not self._stopped.is_set():
            for notification in self._page:
                return notification
            self._turn()
        raise StopIteration

    def _turn(self) -> None:
        rows = self._recorder.select_notifications(
            self._last_notification_id, PAGE_ROWS, topics=self._topics, inclusive_of_start=False
        )
        if rows:
            self._last_notification_id = rows[-1].id
        else:
            self._stopped.wait(POLL_S)
        self._page = iter(rows)


class TrackedView(TrackingRecorder):
    """A table of a projection's own, changed in one transaction with how far it has come.

    A subclass names its table in ``create`` and changes it inside ``tracked``: each row of the
    record is then counted once, whatever happens between the two.
    """

    create: ClassVar[tuple[LiteralString, ...]] = ()

    def __init__(self, pool: ThreadPool) -> None:
        self.pool = pool

    def create_tables(self) -> None:
        """Make the tables where they are missing; for the user who owns the database."""
        with self.pool.connection() as connection, connection.transaction():
            connection.execute(QUERIES["make_tracking"])
            for table in self.create:
                connection.execute(table)

    @contextmanager
    def tracked(self, tracking: Tracking) -> Iterator[psycopg.Connection]:
        """Open the transaction in which one row of the record is taken in.

        Raise IntegrityError when it was taken in before.
        """
        try:
            with self.pool.connection() as connection, connection.transaction():
                params = {"name": tracking.application_name, "place": tracking.notification_id}
                if connection.execute(QUERIES["move_tracking"], params).rowcount == 0:
                    raise IntegrityError(f"{tracking} was taken in before")
                yield connection
        except DATABASE_AWAY as error:
            raise OperationalError(str(error)) from error

    def insert_tracking(self, tracking: Tracking) -> None:
        """Note that a row was seen, and nothing is to be done about it."""
        with self.tracked(tracking):
            pass

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return the place up to which rows were taken in."""
        with self.pool.connection() as connection:
            row = connection.execute(QUERIES["reached"], {"name": application_name}).fetchone()
        return None if row is None else row[0]
