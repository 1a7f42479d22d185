"""ArrayConnection: a connection that runs the queries whose parameters are all arrays, which it packs itself.

A driver that takes any parameters looks at each element of each list to find out how to send it:
55 µs for the lists of one commit, more than all else that an append costs its sender. The queries
say of which type their arrays are, so here each is packed at once, in 8 µs.
"""

import re
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final, TypeAlias
from uuid import UUID

import psycopg
from psycopg import generators, pq
from psycopg.errors import error_from_result

from events.journal.chain import microseconds

Pack: TypeAlias = Callable[[Any], bytes]

_ARRAY = re.compile(r"%\((\w+)\)b::(\w+)\[\]")
_NULL: Final = struct.pack(">i", -1)
_BIGINT: Final = struct.Struct(">iq").pack
_HEADER: Final = struct.Struct(">iiIii").pack
_NAMES: Final = count(1)
"""Of no connection's statements twice: it may have been another ArrayConnection's before."""
_SINCE_1970_US: Final = 946_684_800_000_000
"""PostgreSQL counts from the beginning of 2000."""


@dataclass(frozen=True, slots=True)
class ArrayQuery:
    """A query as it is prepared, and what packs each of its parameters, in order."""

    text: bytes
    packs: Sequence[tuple[str, Pack]]

    @classmethod
    def of(cls, query: str) -> "ArrayQuery":
        """Return the query of queries.sql, whose parameters are all written ``%(name)b::type[]``."""
        packs: dict[str, Pack] = {}

        def placed(found: re.Match[str]) -> str:
            name, kind = found.groups()
            packs.setdefault(name, _PACKS[kind])
            return f"${[*packs].index(name) + 1}::{kind}[]"

        return cls(_ARRAY.sub(placed, query).encode(), tuple(packs.items()))

    def packed(self, asked: Mapping[str, Sequence[Any]]) -> list[bytes]:
        """Return the parameters in PostgreSQL's binary form."""
        return [pack(asked[name]) for name, pack in self.packs]


class ArrayConnection:
    """Runs one query after another; the caller sees to it that no two run at once.

    The connection is the caller's: it may run other statements on it in between, and gives it back.
    """

    def __init__(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        self.connection = connection
        self._prepared: dict[int, bytes] = {}

    async def run(self, query: ArrayQuery, asked: Mapping[str, Sequence[Any]]) -> int:
        """Return how many rows the query stored; raise psycopg.Error."""
        name = self._prepared.get(id(query)) or await self._prepare(query)
        parameters = query.packed(asked)
        pgconn = self.connection.pgconn
        pgconn.send_query_prepared(
            name, parameters, param_formats=[pq.Format.BINARY] * len(parameters)
        )
        return (await self._answer()).command_tuples or 0

    async def _prepare(self, query: ArrayQuery) -> bytes:
        name = b"line_%d" % next(_NAMES)
        self.connection.pgconn.send_prepare(name, query.text)
        await self._answer()
        self._prepared[id(query)] = name
        return name

    async def _answer(self) -> pq.abc.PGresult:
        results = await self.connection.wait(generators.execute(self.connection.pgconn))
        result: pq.abc.PGresult = results[-1]
        if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
            raise error_from_result(result)
        return result


# Source: PostgreSQL's array_recv: dimensions, whether there are nulls, the elements' type; length and
# lower bound of the one dimension; and each element after its length, -1 for null.
def _array(kind: int, elements: Sequence[bytes], *, nulls: bool) -> bytes:
    if not elements:
        return _HEADER(0, 0, kind, 0, 0)[:12]
    return _HEADER(1, nulls, kind, len(elements), 1) + b"".join(elements)


def _pack_bytes(kind: int, values: Iterable[bytes | None]) -> bytes:
    elements = [
        _NULL if value is None else len(value).to_bytes(4, "big") + value for value in values
    ]
    return _array(kind, elements, nulls=_NULL in elements)


def _bytea(values: Sequence[bytes | None]) -> bytes:
    return _pack_bytes(17, values)


def _text(values: Sequence[str | None]) -> bytes:
    return _pack_bytes(25, [None if value is None else value.encode() for value in values])


def _uuid(values: Sequence[UUID | None]) -> bytes:
    return _pack_bytes(2950, [None if value is None else value.bytes for value in values])


def _bigint(values: Sequence[int]) -> bytes:
    return _array(20, [_BIGINT(8, value) for value in values], nulls=False)


def _timestamptz(values: Sequence[datetime | None]) -> bytes:
    elements = [
        _NULL if value is None else _BIGINT(8, microseconds(value) - _SINCE_1970_US)
        for value in values
    ]
    return _array(1184, elements, nulls=_NULL in elements)


_PACKS: Final[Mapping[str, Pack]] = {
    "bigint": _bigint,
    "bytea": _bytea,
    "text": _text,
    "timestamptz": _timestamptz,
    "uuid": _uuid,
}
