"""ArrayConnection: runs prepared statements on libpq's socket, with parameters that it packs itself.

A driver that takes any parameters looks at each element of each list to find out how to send it:
55 µs for the lists of one commit, more than all else that an append costs its sender. The queries
say of which type their parameters are, so here each is packed at once, in 8 µs.

It reads the socket itself, too, with one reader for as long as the connection lives: the driver's
coroutine registers one for each statement, and with the task, the timeout and the lock around it
that takes longer than the statement.
"""

import asyncio
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
Outcome: TypeAlias = int | psycopg.Error
"""How many rows a statement stored, or why it stored none."""

_PARAMETER = re.compile(r"%\((\w+)\)b::(\w+)(\[\])?")
_NULL: Final = struct.pack(">i", -1)
_BIGINT: Final = struct.Struct(">iq").pack
_SINGLE_BIGINT: Final = struct.Struct(">q").pack
_HEADER: Final = struct.Struct(">iiIii").pack
_NAMES: Final = count(1)
"""Of no connection's statements twice: it may have been another ArrayConnection's before."""
_SINCE_1970_US: Final = 946_684_800_000_000
"""PostgreSQL counts from the beginning of 2000."""
_FINE: Final = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


@dataclass(frozen=True, slots=True)
class ArrayQuery:
    """A query as it is prepared, and what packs each of its parameters, in order."""

    text: bytes
    packs: Sequence[tuple[str, Pack]]
    formats: Sequence[pq.Format]

    @classmethod
    def of(cls, query: str) -> "ArrayQuery":
        """Return the query of queries.sql, whose parameters are all written ``%(name)b::type[]``.

        Without the brackets it is a single value, null where it is None.
        """
        packs: dict[str, Pack] = {}

        def placed(match: re.Match[str]) -> str:
            name, kind, brackets = match.groups(default="")
            packs.setdefault(name, (_PACKS if brackets else _SINGLE)[kind])
            return f"${[*packs].index(name) + 1}::{kind}{brackets}"

        text = _PARAMETER.sub(placed, query).encode()
        return cls(text, tuple(packs.items()), [pq.Format.BINARY] * len(packs))

    def packed(self, params: Mapping[str, Any]) -> list[bytes | None]:
        """Return the parameters in PostgreSQL's binary form."""
        return [
            None if (value := params[name]) is None else pack(value) for name, pack in self.packs
        ]


class ArrayConnection:
    """Runs one query after another; the caller sees to it that no two run at once.

    The connection is the caller's: it may run other statements on it in between, and gives it back.
    """

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._loop = asyncio.get_running_loop()
        # libpq closes it when the connection is lost, and then cannot say any more which it was.
        self._fd = connection.pgconn.socket
        self._prepared: dict[int, bytes] = {}
        self._reading = self._writing = False
        self._done: Callable[[Outcome], None] | None = None
        self._result: pq.abc.PGresult | None = None

    @property
    def connection(self) -> psycopg.AsyncConnection:
        """The connection, for the driver to use until the next query is sent or run."""
        self._stop()
        return self._connection

    async def prepare(self, *queries: ArrayQuery) -> None:
        """Prepare queries, so that they can be sent; raise psycopg.Error."""
        for query in queries:
            if id(query) not in self._prepared:
                name = b"line_%d" % next(_NAMES)
                self._stop()
                self._pgconn.send_prepare(name, query.text)
                results = await self._connection.wait(generators.execute(self._pgconn))
                if results[-1].status not in _FINE:
                    raise error_from_result(results[-1])
                self._prepared[id(query)] = name

    def send(
        self, query: ArrayQuery, params: Mapping[str, Any], done: Callable[[Outcome], None]
    ) -> None:
        """Send a prepared query; later, `done` is called once with its outcome.

        Raise psycopg.Error where the connection is lost, and nothing was sent. After `close`
        nothing is called any more.
        """
        name, parameters = self._prepared[id(query)], query.packed(params)
        try:
            self._pgconn.send_query_prepared(name, parameters, param_formats=query.formats)
            unsent = self._pgconn.flush()
        except psycopg.Error:
            self._stop()
            raise
        self._done = done
        if not self._reading:
            self._loop.add_reader(self._fd, self._readable)
            self._reading = True
        if unsent:
            self._loop.add_writer(self._fd, self._writable)
            self._writing = True

    async def run(self, query: ArrayQuery, params: Mapping[str, Any]) -> int:
        """Return how many rows the query stored; raise psycopg.Error.

        After it was cancelled nothing may be run on the connection any more: the statement still is.
        """
        await self.prepare(query)
        answer: asyncio.Future[Outcome] = self._loop.create_future()
        self.send(query, params, answer.set_result)
        try:
            outcome = await answer
        except asyncio.CancelledError:
            self.close()
            raise
        if isinstance(outcome, psycopg.Error):
            raise outcome
        return outcome

    def close(self) -> None:
        """Read nothing any more; the connection is still the caller's."""
        self._done = None
        self._stop()

    def _stop(self) -> None:
        if self._reading:
            self._loop.remove_reader(self._fd)
            self._reading = False
        if self._writing:
            self._loop.remove_writer(self._fd)
            self._writing = False

    def _writable(self) -> None:
        try:
            if self._pgconn.flush():
                return
        except psycopg.Error as error:
            self._finish(error)
            return
        self._loop.remove_writer(self._fd)
        self._writing = False

    def _readable(self) -> None:
        pgconn = self._pgconn
        try:
            pgconn.consume_input()
            while not pgconn.is_busy():
                result = pgconn.get_result()
                if result is None:
                    break
                self._result = result
            else:
                return
        except psycopg.Error as error:
            self._finish(error)
            return
        result, self._result = self._result, None
        if result is not None:
            self._finish(
                (result.command_tuples or 0)
                if result.status in _FINE
                else error_from_result(result)
            )

    def _finish(self, outcome: Outcome) -> None:
        if isinstance(outcome, psycopg.OperationalError):
            # A lost connection is ready to be read for ever. Where nothing is asked of it now, the
            # next query cannot be sent.
            self._stop()
        done, self._done = self._done, None
        if done is not None:
            done(outcome)


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
_SINGLE: Final[Mapping[str, Pack]] = {
    "bigint": _SINGLE_BIGINT,
    "bytea": bytes,
    "text": str.encode,
    "timestamptz": lambda value: _SINGLE_BIGINT(microseconds(value) - _SINCE_1970_US),
    "uuid": lambda value: value.bytes,
}
