"""The record as a backup has it where accounts were deleted: without their names, in chains that hold.

Only the campaigns whose record names one of them are written anew; the rows of all others are copied.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from events.journal.chain import GENESIS, Row, link
from events.journal.forgotten import Forgotten
from events.journal.postgres.queries import QUERIES

Connection = psycopg.Connection

TABLE: Final = "session_event"
_PAGE_ROWS: Final = 2_000
# What COPY writes is the text of each value, so it has to be the same words everywhere.
_SAME_WORDS: Final = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex'; SET LOCAL client_encoding = 'UTF8'"
_COLUMNS: Final = """
SELECT attname FROM pg_attribute
WHERE attrelid = 'session_event'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_HASHED: Final[LiteralString] = (
    "campaign_id, version, session_id, event_type, user_id, role, command_id, command_digest,"
    " first_version, created_at, payload::text, hash"
)


def affected_campaigns(connection: Connection) -> list[UUID]:
    """Return the campaigns whose record names somebody whose account was deleted."""
    return [row[0] for row in connection.execute(QUERIES["rooms_with_forgotten"])]


def write_rows(connection: Connection, file: Path, affected: Sequence[UUID]) -> list[str]:
    """Write all rows as the text that COPY reads, inside a transaction; return their columns."""
    connection.execute(_SAME_WORDS)
    columns = [row[0] for row in connection.execute(_COLUMNS)]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    others = sql.SQL(
        "COPY (SELECT {} FROM session_event WHERE campaign_id <> ALL({})) TO STDOUT"
    ).format(names, sql.Literal(list(affected)))
    with file.open("wb") as out:
        with connection.cursor() as cursor, cursor.copy(others) as copy:
            for block in copy:
                out.write(block)
        for campaign in affected:
            for line in _lines(connection, campaign, columns):
                out.write(line)
    return columns


def read_rows(connection: Connection, file: Path, columns: Sequence[str]) -> None:
    """Store the rows, inside a transaction. Raise psycopg.Error."""
    connection.execute(_SAME_WORDS)
    into = sql.SQL("COPY session_event ({}) FROM STDIN").format(
        sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with file.open("rb") as lines, connection.cursor() as cursor, cursor.copy(into) as copy:
        while block := lines.read(1 << 20):
            copy.write(block)


def _lines(connection: Connection, campaign: UUID, columns: Sequence[str]) -> Iterator[bytes]:
    named = connection.execute(QUERIES["forgotten_names"], {"room": campaign})
    forgotten = Forgotten(dict(named.fetchall()))
    texts = sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns
    )
    query = sql.SQL(
        "SELECT {}, {} FROM session_event WHERE campaign_id = {} ORDER BY session_event.version"
    ).format(sql.SQL(_HASHED), texts, sql.Literal(campaign))
    payload, hash_ = columns.index("payload"), columns.index("hash")
    before = sealed = GENESIS
    with connection.cursor("nameless") as cursor:
        cursor.itersize = _PAGE_ROWS
        for values in cursor.execute(query):
            row = Row(*values[: len(Row._fields)])
            told = forgotten.without_row(row)
            # A row that does not fit the one before is copied with its fault: it stays to be found.
            fits = link(before, row) == bytes(row.hash)
            before = bytes(row.hash)
            sealed = link(sealed, told) if fits else before
            written = list(values[len(Row._fields) :])
            written[payload], written[hash_] = told.payload, f"\\x{sealed.hex()}"
            yield "\t".join(map(_escaped, written)).encode() + b"\n"


def _escaped(value: str | None) -> str:
    if value is None:
        return "\\N"
    return (
        value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    )
