"""The connections that everybody uses: one pool, in the server's role, to a database that keeps its word."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from events.journal.database.schema import SERVER_ROLE, migrate_by

logger = logging.getLogger(__name__)

Pool: TypeAlias = AsyncConnectionPool[psycopg.AsyncConnection]
ThreadPool: TypeAlias = ConnectionPool[psycopg.Connection]
"""Connections of those who read the record at leisure, in threads."""

_MUST_BE_ON: Final = ("fsync", "full_page_writes", "synchronous_commit")

_OLDEST: Final = 140000


class DatabaseUnfit(RuntimeError):
    """Hexroom refuses to start on this database; the text says why."""


class UnsafeSetting(DatabaseUnfit):
    def __init__(self, setting: str) -> None:
        self.setting = setting
        super().__init__(
            f"the database runs with {setting} = off and may lose what was acknowledged: "
            f"turn {setting} on"
        )


class DatabaseTooOld(DatabaseUnfit):
    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(
            f"expected PostgreSQL {_OLDEST // 10000} or newer, found {version // 10000}"
        )


class DatabaseAway(RuntimeError):
    """The database cannot be reached at the start; the text is the driver's, without the password."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database: migrated, checked, and with connections in the server's role."""

    conninfo: str
    """For those who need connections of their own; they too get the server's role."""
    pool: Pool
    """Connections in autocommit; whoever needs a transaction opens one."""
    owner_url: str = field(repr=False)
    """How the owner of the tables reaches it, for the one thing that the server's role may not do."""

    async def close(self) -> None:
        await self.pool.close(timeout=2)


async def open_database(database_url: str, *, max_connections: int = 10) -> Database:
    """Return the database, migrated; the caller closes it.

    Raise DatabaseUnfit where a setting breaks the promise of durability, DatabaseAway where
    there is none.
    """
    try:
        conninfo = await asyncio.to_thread(_prepared, database_url)
    except psycopg.OperationalError as error:
        raise DatabaseAway(f"the database does not answer: {error}") from error
    pool: Pool = AsyncConnectionPool(
        conninfo,
        kwargs={"autocommit": True},
        min_size=min(2, max_connections),
        max_size=max_connections,
        timeout=5,
        # After giving up, the next who asks starts a new attempt at once.
        reconnect_timeout=2,
        open=False,
        name="hexroom",
    )
    await pool.open(wait=True, timeout=30)
    return Database(conninfo, pool, database_url)


def serving_conninfo(database_url: str) -> str:
    """Return how to connect in the server's role, or as the URL says where there is no such role."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        return _serving_conninfo(connection, database_url)


def check_promises(conninfo: str) -> None:
    """Raise DatabaseUnfit when the database does not keep what is committed, or is too old."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        _check_promises(connection)


def _prepared(database_url: str) -> str:
    with psycopg.connect(database_url, autocommit=True) as connection:
        _check_promises(connection)
        migrate_by(connection, database_url)
        conninfo = _serving_conninfo(connection, database_url)
    # Again: a role can have settings of its own.
    check_promises(conninfo)
    return conninfo


def _serving_conninfo(connection: psycopg.Connection, database_url: str) -> str:
    usable = connection.execute(
        "SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s", (SERVER_ROLE,)
    ).fetchone()
    if usable is None or not usable[0]:
        logger.warning("database: serving without the role %s", SERVER_ROLE)
        return make_conninfo(database_url, application_name="hexroom")
    own_options = conninfo_to_dict(database_url).get("options") or ""
    options = f"{own_options} -c role={SERVER_ROLE}".strip()
    return make_conninfo(database_url, options=options, application_name="hexroom")


def _check_promises(connection: psycopg.Connection) -> None:
    if connection.info.server_version < _OLDEST:
        raise DatabaseTooOld(connection.info.server_version)
    for setting in _MUST_BE_ON:
        value = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
        # synchronous_commit = local flushes here too; it only waits for no replica.
        if value is None or value[0] == "off":
            raise UnsafeSetting(setting)
