"""Databases of a test's own: clones of one that was made before."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from events.journal.database.embedded import EmbeddedPostgres

_numbers = itertools.count(1)


@contextmanager
def cloned(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """Yield the owner's URL of a new database that is like the template; it is dropped at the end."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres.url, dbname="postgres", autocommit=True) as connection:
        connection.execute(
            # Files are copied in half the time that logging each block takes, at least in memory.
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        yield make_conninfo(postgres.url, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
