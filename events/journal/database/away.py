"""When the database is away: one list of the driver's errors that say so, and their translation."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from events.journal import JournalUnavailable

DATABASE_AWAY: Final = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
    JournalUnavailable,
    TimeoutError,
)
"""No connection, a lost or refused one, a full disk, a replica that takes no writes, no answer in time.

The pool's errors are OperationalErrors. A fault of our own SQL (ProgrammingError, DataError,
IntegrityError) is none of these: it is a bug, and is logged as one.
"""


@contextmanager
def database_errors() -> Iterator[None]:
    """Raise JournalUnavailable for what says that the database is away; let all else pass."""
    try:
        yield
    except DATABASE_AWAY as error:
        raise JournalUnavailable(str(error)) from error
