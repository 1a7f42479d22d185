"""The tables of a database, brought up to date; and the role that serves with no more than it needs."""

import functools
import logging
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import errors, sql
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

logger = logging.getLogger(__name__)

SERVER_ROLE: Final = "hexroom_server"
"""The role that the server takes on: it can add to the record, and change nothing of it."""

GRANTS: Final = {
    "session_event": ("SELECT", "INSERT"),
    "alembic_version": ("SELECT",),
    "game_session": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "room_lease": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "node": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "room_snapshot": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "account": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "login_session": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "account_factor": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "account_identity": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "account_link": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "admin_log": ("SELECT", "INSERT"),
    "api_token": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "passkey": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "passkey_challenge": ("SELECT", "INSERT", "DELETE"),
    "sign_in_log": ("SELECT", "INSERT", "DELETE"),
    "campaign": ("SELECT", "INSERT", "UPDATE"),
    "campaign_member": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "instance": ("SELECT",),
    "join_request": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "invite": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "delivery": ("SELECT", "INSERT"),
    "projection_tracking": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "report_event": ("SELECT", "INSERT", "DELETE"),
    "refused_command": ("SELECT", "INSERT", "UPDATE"),
    "recap_hook": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "recap_post": ("SELECT", "INSERT", "UPDATE"),
    "reseal_failure": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "attempt": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "command_receipt": ("SELECT", "INSERT", "DELETE"),
}
"""What the server may do with each table; a revision that makes a table adds it here."""

# Any number, as long as it is ours: two nodes that start at once go one after the other.
_MIGRATION_LOCK: Final = 0x4865786F6F6D


def migrate(database_url: str) -> None:
    """Bring the database's tables up to date; blocks. Two that migrate at once wait for each other.

    The user of the URL owns the tables. It makes the server's role and grants to it what is in
    GRANTS; where it may not make roles, an operator can, and the next start grants. Nothing is
    written where all of it is there.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        migrate_by(connection, database_url)


def migrate_by(connection: psycopg.Connection, database_url: str) -> None:
    """Migrate as `migrate` does, by a connection in autocommit, which others wait for until it closes."""
    connection.execute("SELECT pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
    if _revisions(connection) != [_newest_revision()]:
        _upgrade(database_url)
    _ensure_role(connection)
    _grant(connection)


def _revisions(connection: psycopg.Connection) -> list[str]:
    """Return the revision of the tables, or nothing where there are none."""
    exists = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if exists != (True,):
        return []
    return [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]


@functools.cache
def _newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def knows_revision(revision: object) -> bool:
    """Return whether this version can bring tables of a revision up to date."""
    revisions = ScriptDirectory.from_config(_config()).walk_revisions()
    return revision in {each.revision for each in revisions}


def _config() -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _upgrade(database_url: str) -> None:
    config = _config()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(database_url), poolclass=NullPool
    )
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _ensure_role(connection: psycopg.Connection) -> None:
    if _role_exists(connection):
        return
    role = sql.Identifier(SERVER_ROLE)
    try:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    except errors.InsufficientPrivilege:
        logger.warning(
            "database: its user may not make the role %s, so only triggers keep the record from "
            "being changed; CREATE ROLE %s and GRANT it to that user",
            SERVER_ROLE,
            SERVER_ROLE,
        )
    except (errors.DuplicateObject, errors.UniqueViolation):
        # Roles belong to the whole cluster: another database's migration was faster.
        pass


def _role_exists(connection: psycopg.Connection) -> bool:
    cursor = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (SERVER_ROLE,))
    return cursor.fetchone() is not None


_GRANTED: Final = """
SELECT relname, privilege_type FROM pg_class, aclexplode(relacl)
WHERE relnamespace = current_schema()::regnamespace AND grantee = %(role)s::regrole
UNION ALL
SELECT relname, privilege_type || ' of one column' FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl)
WHERE relnamespace = current_schema()::regnamespace AND grantee = %(role)s::regrole
"""
_MAY_USE_SCHEMA: Final = """
SELECT EXISTS (
    SELECT FROM pg_namespace, aclexplode(nspacl)
    WHERE nspname = current_schema() AND grantee = %s::regrole AND privilege_type = 'USAGE'
)
"""


def _grant(connection: psycopg.Connection) -> None:
    """Grant what GRANTS says and no more, table by table where that is not so already.

    A grant changes the catalogue, and has each connection of the other nodes read it anew.
    """
    if not _role_exists(connection):
        return
    with connection.transaction():
        if connection.execute(_MAY_USE_SCHEMA, (SERVER_ROLE,)).fetchone() != (True,):
            _grant_schema(connection)
        granted = defaultdict(set)
        for table, privilege in connection.execute(_GRANTED, {"role": SERVER_ROLE}):
            granted[table].add(privilege)
        for table, privileges in GRANTS.items():
            if granted[table] != set(privileges):
                _grant_table(connection, table, privileges)


def _grant_schema(connection: psycopg.Connection) -> None:
    schema = connection.execute("SELECT current_schema()").fetchone()
    assert schema is not None
    connection.execute(
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
            sql.Identifier(schema[0]), sql.Identifier(SERVER_ROLE)
        )
    )


def _grant_table(connection: psycopg.Connection, table: str, privileges: Iterable[str]) -> None:
    of_table, role = sql.Identifier(table), sql.Identifier(SERVER_ROLE)
    connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(of_table, role))
    connection.execute(
        sql.SQL("GRANT {} ON {} TO {}").format(
            sql.SQL(", ").join(map(sql.SQL, privileges)), of_table, role
        )
    )
