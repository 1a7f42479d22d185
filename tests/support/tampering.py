"""The record changed by hand, as somebody who owns the database could."""

import psycopg


def tamper(url: str, statement: str) -> None:
    """Carry out a statement that the record's trigger forbids."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE session_event DISABLE TRIGGER append_only")
        connection.execute(statement.encode())
        connection.execute("ALTER TABLE session_event ENABLE TRIGGER append_only")
