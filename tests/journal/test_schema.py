from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from events.journal.database.embedded import EmbeddedPostgres
from events.journal.database.pool import (
    DatabaseAway,
    UnsafeSetting,
    check_promises,
    open_database,
    serving_conninfo,
)
from events.journal.database.schema import GRANTS, migrate

INSERT = """
    INSERT INTO session_event (campaign_id, version, event_type, user_id, command_id, payload,
        created_at, hash, first_version, role, epoch)
    VALUES (%s, %s, 'hex_reveal', 'ann', %s, '{ "b":1, "a":1,"a":2 }', now(), '\\x00', %s, 'dm', 1)
    RETURNING position, transaction_id = pg_current_xact_id(), payload::text
"""
ROOM = "7f3a0000-0000-4000-8000-000000000000"


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        return {row[0] for row in rows}


def test_an_empty_database_gets_all_tables_and_a_second_time_changes_nothing(
    empty_database_url: str,
) -> None:
    assert tables(empty_database_url) == set()
    migrate(empty_database_url)
    assert {"session_event", "game_session", "account", "campaign"} <= tables(empty_database_url)
    migrate(empty_database_url)


def test_a_start_writes_nothing_where_all_is_there(database_url: str) -> None:
    written = "SELECT relname, xmin::text FROM pg_class ORDER BY 1"
    with psycopg.connect(database_url, autocommit=True) as connection:
        before = connection.execute(written).fetchall()
        migrate(database_url)
        assert connection.execute(written).fetchall() == before


@pytest.mark.parametrize(
    "change",
    [
        "REVOKE INSERT ON session_event FROM hexroom_server",
        "GRANT DELETE ON session_event TO hexroom_server",
        "GRANT UPDATE (payload) ON session_event TO hexroom_server",
        "REVOKE ALL ON instance FROM hexroom_server",
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC, hexroom_server",
    ],
)
def test_the_next_start_grants_what_is_missing_and_takes_back_the_rest(
    database_url: str, change: str
) -> None:
    query = (
        "SELECT relname, relacl::text, (SELECT array_agg(attacl::text) FROM pg_attribute"
        " WHERE attrelid = pg_class.oid AND attacl IS NOT NULL AND attacl <> '{}') FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    may = "SELECT has_schema_privilege('hexroom_server', 'public', 'USAGE')"
    with psycopg.connect(database_url, autocommit=True) as connection:
        before = connection.execute(query).fetchall()
        connection.execute(change.encode())
        migrate(database_url)
        assert connection.execute(query).fetchall() == before
        assert connection.execute(may).fetchone() == (True,)


def test_nodes_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as nodes:
        for done in [nodes.submit(migrate, empty_database_url) for _ in range(4)]:
            done.result()
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_each_table_says_what_the_server_may_do_with_it(database_url: str) -> None:
    assert tables(database_url) == set(GRANTS)


def test_the_server_adds_to_the_record_and_the_text_is_kept(database_url: str) -> None:
    with psycopg.connect(serving_conninfo(database_url)) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("hexroom_server",)
        row = connection.execute(INSERT, (ROOM, 1, "c1", 1)).fetchone()
    assert row == (1, True, '{ "b":1, "a":1,"a":2 }')


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE session_event SET user_id = 'bob'",
        "DELETE FROM session_event",
        "TRUNCATE session_event",
        "INSERT INTO session_event (position) VALUES (7)",
        "ALTER TABLE session_event DISABLE TRIGGER ALL",
        "SET session_replication_role = replica; DELETE FROM session_event",
        "DROP TABLE session_event",
        "UPDATE alembic_version SET version_num = ''",
        "RESET ROLE; DELETE FROM session_event",
    ],
)
def test_the_server_cannot_change_the_record(database_url: str, change: str) -> None:
    with psycopg.connect(serving_conninfo(database_url), autocommit=True) as connection:
        connection.execute(INSERT, (ROOM, 1, None, 1))
        # By its role, before the trigger is asked.
        with pytest.raises(
            (errors.InsufficientPrivilege, errors.GeneratedAlways),
            match=r"permission denied|must be owner|cannot insert a non-DEFAULT value",
        ):
            connection.execute(change.encode())
        assert connection.execute("SELECT count(*) FROM session_event").fetchone() == (1,)


@pytest.mark.parametrize(
    "change", ["UPDATE session_event SET version = 2", "TRUNCATE session_event"]
)
def test_the_owner_is_stopped_by_the_second_wall(database_url: str, change: str) -> None:
    with (
        psycopg.connect(database_url) as connection,
        pytest.raises(errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(change.encode())


def test_one_effect_for_a_command_id_and_one_row_for_a_version(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(INSERT, (ROOM, 1, "c1", 1))
        connection.execute(INSERT, (ROOM, 2, "c1", 1))
        with pytest.raises(errors.UniqueViolation, match="session_event_command"):
            connection.execute(INSERT, (ROOM, 3, "c1", 3))
        with pytest.raises(errors.UniqueViolation, match="campaign_id_version"):
            connection.execute(INSERT, (ROOM, 2, "c2", 2))
        connection.execute(INSERT, (ROOM, 3, None, 3))
        connection.execute(INSERT, (ROOM, 4, None, 4))


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
async def test_a_database_that_could_lose_what_was_acknowledged_is_refused(
    data_folder: Path, setting: str
) -> None:
    with EmbeddedPostgres(data_folder, settings=[f"{setting}=off"]) as database:
        with pytest.raises(UnsafeSetting, match=f"{setting} = off"):
            await open_database(database.url)
        assert tables(database.url) == set()


def test_a_setting_of_one_database_is_seen_too(database_url: str) -> None:
    check_promises(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
    with pytest.raises(UnsafeSetting, match="synchronous_commit"):
        check_promises(database_url)


async def test_the_pool_serves_in_the_servers_role(database_url: str) -> None:
    database = await open_database(database_url, max_connections=1)
    async with database.pool.connection() as connection:
        row = await (await connection.execute("SELECT current_user")).fetchone()
        assert connection.autocommit
    await database.close()
    assert row == ("hexroom_server",)


async def test_without_the_right_to_make_roles_triggers_still_guard(
    empty_database_url: str, postgres: EmbeddedPostgres, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute("CREATE ROLE humble LOGIN")
        connection.execute(f"ALTER DATABASE {name} OWNER TO humble".encode())
    humble = make_conninfo(empty_database_url, user="humble")
    database = await open_database(humble, max_connections=1)
    async with database.pool.connection() as connection_:
        with pytest.raises(errors.InsufficientPrivilege, match="append-only"):
            await connection_.execute("DELETE FROM session_event")
    await database.close()
    assert "serving without the role" in caplog.text


async def test_no_database_is_said_so(data_folder: Path) -> None:
    with pytest.raises(DatabaseAway, match="does not answer"):
        await open_database(f"postgresql://ann:secret@/none?host={data_folder}")
