"""Partitions: ``session_event`` cut by the hash of its campaign, for records past a billion rows.

A unique index of a partitioned table has to hold the partition key, so what is unique changes from
the position to (campaign_id, version), which was always the identity that mattered. Positions keep
coming from one sequence; their index is plain. Nothing that reads or appends can tell.
"""

from typing import Any, Final

import psycopg
from psycopg import sql

from events.journal.database.schema import SERVER_ROLE, migrate

TABLE: Final = "session_event"
WHOLE: Final = "session_event_whole"
SEQUENCE: Final = "session_event_positions"
MOST_PARTS: Final = 1024

Connection = psycopg.Connection


class AlreadyCut(RuntimeError):
    def __str__(self) -> str:
        return "session_event is partitioned already"


def partition(database_url: str, parts: int) -> int:
    """Cut the record into so many partitions; return how many rows were moved. Raise AlreadyCut.

    One transaction: it is all done or nothing. Appends and reads wait meanwhile, and nodes answer
    as unavailable, so it is for a quiet hour; it needs the room of the record once more. The user
    of the URL owns the table.
    """
    if not 2 <= parts <= MOST_PARTS:
        raise ValueError(f"expected 2 to {MOST_PARTS} parts, found {parts}")
    with psycopg.connect(database_url) as connection:
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(_name(TABLE)))
        if (
            _value(connection, "SELECT relkind FROM pg_class WHERE oid = %s::regclass", TABLE)
            == "p"
        ):
            raise AlreadyCut
        indexes = _definitions(connection, _INDEXES)
        triggers = _definitions(connection, _TRIGGERS)
        _put_aside(connection)
        _make(connection, parts)
        moved = connection.execute(
            sql.SQL("INSERT INTO {} SELECT * FROM {}").format(_name(TABLE), _name(WHOLE))
        ).rowcount
        _set_sequence(connection)
        # After the rows: an index that is built at once is smaller, and sooner there.
        connection.execute(f"ALTER TABLE {TABLE} ADD PRIMARY KEY (campaign_id, version)")
        connection.execute(f"CREATE INDEX session_event_position ON {TABLE} (position)")
        for name, definition in indexes:
            _index(connection, name, definition, parts)
        connection.execute(sql.SQL("DROP TABLE {}").format(_name(WHOLE)))
        for _, definition in triggers:
            connection.execute(definition.encode())
            for part in range(parts):
                # Who may reach a partition directly is held back there too.
                connection.execute(_on(definition, f"{TABLE}_{part}").encode())
        _grant_sequence(connection)
    migrate(database_url)
    return moved


_INDEXES: Final = """
SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = %s::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
_TRIGGERS: Final = """
SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgrelid = %s::regclass AND NOT tgisinternal
"""


def _put_aside(connection: Connection) -> None:
    connection.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(_name(TABLE), _name(WHOLE)))
    names = connection.execute(
        "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE indrelid = %s::regclass",
        (WHOLE,),
    ).fetchall()
    for (name,) in names:
        connection.execute(
            sql.SQL("ALTER INDEX {} RENAME TO {}").format(_name(name), _name(f"{name}_whole"))
        )


def _make(connection: Connection, parts: int) -> None:
    connection.execute(
        sql.SQL(
            "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS"
            " INCLUDING STORAGE) PARTITION BY HASH (campaign_id)"
        ).format(_name(TABLE), _name(WHOLE))
    )
    for part in range(parts):
        connection.execute(
            sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES WITH (MODULUS {}, REMAINDER {})")
            .format(_name(f"{TABLE}_{part}"), _name(TABLE), parts, part)
        )  # fmt: skip
    connection.execute(
        "COMMENT ON TABLE session_event IS 'The record: a row for each event, never changed.'"
    )


def _set_sequence(connection: Connection) -> None:
    # A sequence, not an identity: before 17 PostgreSQL has none for partitioned tables.
    connection.execute(sql.SQL("CREATE SEQUENCE {}").format(_name(SEQUENCE)))
    # From the old sequence, not from the greatest row: numbers that were given out stay given out.
    _value(
        connection,
        "SELECT setval(%s, greatest((SELECT last_value FROM pg_sequences"
        " WHERE (schemaname || '.' || sequencename)::regclass"
        " = pg_get_serial_sequence(%s, 'position')::regclass), 1))",
        SEQUENCE,
        WHOLE,
    )
    connection.execute(
        sql.SQL("ALTER TABLE {} ALTER COLUMN position SET DEFAULT nextval({})").format(
            _name(TABLE), sql.Literal(SEQUENCE)
        )
    )
    connection.execute(
        sql.SQL("ALTER SEQUENCE {} OWNED BY {}.position").format(_name(SEQUENCE), _name(TABLE))
    )


def _index(connection: Connection, name: str, definition: str, parts: int) -> None:
    """Make an index on each partition, under a name that begins like the whole one's."""
    connection.execute(_on(definition, f"ONLY {TABLE}").encode())
    for part in range(parts):
        of_part = _on(definition, f"{TABLE}_{part}").replace(
            f" INDEX {name} ON ", f" INDEX {name}_{part} ON ", 1
        )
        connection.execute(of_part.encode())
        connection.execute(
            sql.SQL("ALTER INDEX {} ATTACH PARTITION {}").format(
                _name(name), _name(f"{name}_{part}")
            )
        )


def _grant_sequence(connection: Connection) -> None:
    if _value(connection, "SELECT count(*) FROM pg_roles WHERE rolname = %s", SERVER_ROLE):
        connection.execute(
            sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(_name(SEQUENCE), _name(SERVER_ROLE))
        )


def _definitions(connection: Connection, query: Any) -> list[tuple[str, str]]:
    rows = connection.execute(query, (TABLE,)).fetchall()
    return [(name, definition) for name, definition in rows]


def _on(definition: str, table: str) -> str:
    """Return the definition of an index or trigger as one on that table."""
    head, _, tail = definition.partition(" ON ")
    return f"{head} ON {table} {tail.partition(' ')[2]}"


def _value(connection: Connection, query: Any, *params: str) -> Any:
    row = connection.execute(query, params).fetchone()
    assert row is not None, "it always has a row"
    return row[0]


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)
