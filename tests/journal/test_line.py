"""The line: arrays as PostgreSQL reads them, and what a refused or a lost statement comes to."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import errors
from psycopg.adapt import Dumper
from psycopg.pq import Format

from events.journal.database.pool import Pool
from events.journal.postgres.line import ArrayConnection, ArrayQuery

ZONES = st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "bytea": st.none() | st.binary(),
    "text": st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    "timestamptz": st.none()
    | st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES),  # noqa: DTZ001
    "uuid": st.none() | st.uuids(),
}
KEEP = ArrayQuery.of("INSERT INTO kept SELECT unnest(%(n)b::bigint[]), unnest(%(said)b::text[])")


class Packed(bytes):
    """An array in its binary form."""


class AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return bytes(obj)


@pytest.fixture
async def line(pool: Pool) -> AsyncIterator[ArrayConnection]:
    async with pool.connection() as connection:
        await connection.execute("CREATE TABLE kept (n bigint PRIMARY KEY, said text)")
        yield ArrayConnection(connection)


async def kept(line: ArrayConnection) -> list[tuple[Any, ...]]:
    return await (await line.connection.execute("SELECT n, said FROM kept ORDER BY n")).fetchall()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_packed_is_what_postgresql_reads(database_url: str, kind: str) -> None:
    query = ArrayQuery.of(f"%(values)b::{kind}[]")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.adapters.register_dumper(Packed, AsItIs)

        @given(st.lists(KINDS[kind], max_size=5))
        def law(values: list[Any]) -> None:
            (packed,) = query.packed({"values": values})
            assert packed is not None
            read = connection.execute(f"SELECT %b::{kind}[]", [Packed(packed)])
            assert read.fetchone() == (values,)

        law()


async def test_a_parameter_that_is_named_twice_is_sent_once(line: ArrayConnection) -> None:
    twice = ArrayQuery.of(
        "INSERT INTO kept SELECT cardinality(%(n)b::bigint[]), array_to_string(%(n)b::bigint[], '+')"
    )
    assert await line.run(twice, {"n": [7, 8]}) == 1
    assert await kept(line) == [(2, "7+8")]


async def test_it_tells_how_many_rows_were_stored(line: ArrayConnection) -> None:
    assert await line.run(KEEP, {"n": [1, 2, 3], "said": ["a", None, "c"]}) == 3
    assert await line.run(KEEP, {"n": [], "said": []}) == 0
    assert await kept(line) == [(1, "a"), (2, None), (3, "c")]


async def test_a_refusal_says_which_constraint_and_the_line_goes_on(line: ArrayConnection) -> None:
    await line.run(KEEP, {"n": [1], "said": ["a"]})
    with pytest.raises(errors.UniqueViolation) as refused:
        await line.run(KEEP, {"n": [2, 1], "said": ["b", "again"]})
    assert refused.value.diag.constraint_name == "kept_pkey"
    assert await line.run(KEEP, {"n": [3], "said": ["c"]}) == 1
    assert await kept(line) == [(1, "a"), (3, "c")]


async def test_a_text_with_a_nul_is_a_data_error(line: ArrayConnection) -> None:
    with pytest.raises(errors.DataError):
        await line.run(KEEP, {"n": [1], "said": ["a\0b"]})


async def test_a_megabyte_goes_through(line: ArrayConnection) -> None:
    long = "hex " * 300_000
    assert await line.run(KEEP, {"n": [1, 2], "said": [long, long]}) == 2
    assert await kept(line) == [(1, long), (2, long)]


async def test_a_lost_connection_is_an_operational_error(pool: Pool, line: ArrayConnection) -> None:
    await line.run(KEEP, {"n": [1], "said": ["a"]})
    async with pool.connection() as other:
        await other.execute("SELECT pg_terminate_backend(%s)", [line.connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        await line.run(KEEP, {"n": [2], "said": ["b"]})


async def test_two_lines_of_one_connection_after_another(line: ArrayConnection) -> None:
    await line.run(KEEP, {"n": [1], "said": ["a"]})
    assert await ArrayConnection(line.connection).run(KEEP, {"n": [2], "said": ["b"]}) == 1
