"""What the journal costs, beside what PostgreSQL gives in the same run."""

import random
import statistics
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import psycopg
import pytest
from psycopg.types.numeric import Int8BinaryDumper

from events import EMPTY, RoomState, advance
from events.core.features.hexes import HexesRevealed
from events.core.features.members import PlayerJoined, PlayerLeft
from events.core.features.terrain import MapSet, painted
from events.core.messages import Event
from events.core.state import Member, Role, RoomId, UserId, ground
from events.geometry.grid import Hex, runs
from events.journal import Append, CommandId, Commit, Lease
from events.journal.chain import GENESIS, Head
from events.journal.codec import encode
from events.journal.database.pool import Pool
from events.journal.folding import folded
from events.journal.postgres.journal import PostgresJournal
from events.journal.postgres.queries import QUERIES
from events.journal.postgres.reader import PAGE_EVENTS
from events.journal.snapshots import SnapshotStore
from tests.support.sample_commits import NIGHT, room

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("as_served"),
]

DORA = Member(UserId("5f0c7d2e-8a41-4f0e-9a57-0c2f6f3f1b11"), Role.DM)
DUSK = datetime(2026, 1, 31, 20, 15, tzinfo=UTC)
ROOMS: Final = [room(n) for n in range(1, 21)]
BARE: Final = """
INSERT INTO session_event (campaign_id, version, session_id, event_type, user_id, role, command_id,
    command_digest, first_version, created_at, payload, hash, epoch)
SELECT a, b, c, d, e, f, g, h, i, j, k::json, l, 0
FROM unnest(%b::uuid[], %b::int8[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[],
    %b::bytea[], %b::int8[], %b::timestamptz[], %b::text[], %b::bytea[])
    AS x (a, b, c, d, e, f, g, h, i, j, k, l)
"""


def report(what: str, figure: float, unit: str, limit: float, of: str) -> None:
    print(f"\n{what}: {figure:,.3g} {unit}; {of}: {limit:,.3g} {unit}; ratio {figure / limit:.2f}")


@pytest.fixture
async def journal(pool: Pool) -> AsyncIterator[PostgresJournal]:
    made = PostgresJournal(pool)
    yield made
    await made.close()


class Table:
    """Rooms that are written in turn, one reveal a commit."""

    def __init__(self, rooms: list[RoomId]) -> None:
        self.versions = dict.fromkeys(rooms, 0)
        self.numbers = count()

    def batch(self, size: int) -> list[Append]:
        """Return that many commits, spread over at most twenty rooms."""
        share = max(1, size // len(self.versions))
        appends = []
        for of in list(self.versions)[: size // share]:
            after = self.versions[of]
            commits = tuple(self.commit(after + n) for n in range(share))
            appends.append(Append(Lease(of), after, commits))
            self.versions[of] = after + share
        return appends

    def commit(self, after: int) -> Commit:
        number = next(self.numbers)
        event = HexesRevealed(hexes=((number % 300, 7, 3), (number % 300, 8, 3)), to="all")
        return Commit(
            after, (event,), DORA, DUSK + timedelta(milliseconds=number), NIGHT,
            CommandId(f"cmd-{number}"), b"0123456789abcdef",
        )  # fmt: skip


class Bare:
    """The limit: the same rows, made before, by one plain statement."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], rooms: list[RoomId]) -> None:
        self.cursor = connection.cursor(binary=True)
        self.cursor.adapters.register_dumper(int, Int8BinaryDumper)
        self.table = Table(rooms)

    def columns(self, size: int) -> list[list[Any]]:
        rows = [
            row
            for append in self.table.batch(size)
            for row in encode(append.lease.room, append.commits, Head(append.after, GENESIS))
        ]
        return [list(column) for column in zip(*rows, strict=True)]

    async def insert(self, columns: list[list[Any]]) -> None:
        await self.cursor.execute(BARE, columns, prepare=True)


async def seconds(work: Callable[[Any], Awaitable[object]], inputs: list[Any]) -> list[float]:
    spent = []
    for given in inputs:
        start = time.perf_counter()
        await work(given)
        spent.append(time.perf_counter() - start)
    return spent


@pytest.mark.parametrize(("size", "times"), [(1, 600), (100, 60), (1_000, 12)])
async def test_append_against_a_bare_insert(
    pool: Pool, journal: PostgresJournal, size: int, times: int
) -> None:
    table = Table(ROOMS)
    async with pool.connection() as connection:
        bare = Bare(connection, [room(n) for n in range(101, 121)])
        ours, limits = [], []
        for _ in range(5):
            limits += await seconds(bare.insert, [bare.columns(size) for _ in range(times)])
            ours += await seconds(journal.append, [table.batch(size) for _ in range(times)])
    report(
        f"append by {size}",
        size / statistics.median(ours),
        "events/s",
        size / statistics.median(limits),
        "bare INSERT … SELECT FROM unnest",
    )
    if size == 1:
        report(
            "one commit, p50",
            statistics.median(ours) * 1e3,
            "ms",
            statistics.median(limits) * 1e3,
            "bare INSERT of one row",
        )


def night(events: int) -> Iterator[Event]:
    """Yield events as a night has them: steps of presence, and reveals."""
    for n in range(events):
        match n % 10:
            case 0 | 1 | 2:
                yield HexesRevealed(hexes=((n % 300, 7, 3), (n % 300, 8, 2)), to="all")
            case 3 | 5 | 7 | 9:
                yield PlayerJoined(user=UserId(f"5f0c7d2e-8a41-4f0e-9a57-{n % 7:012}"))
            case _:
                yield PlayerLeft(user=UserId(f"5f0c7d2e-8a41-4f0e-9a57-{n % 7:012}"))


async def record(journal: PostgresJournal, of: RoomId, events: int) -> None:
    commits = [
        Commit(
            n, (event,), DORA, DUSK + timedelta(seconds=n), NIGHT, CommandId(f"cmd-{n}"), bytes(16)
        )
        for n, event in enumerate(night(events))
    ]
    for start in range(0, events, 2_000):
        assert await journal.append(
            [Append(Lease(of), start, tuple(commits[start : start + 2_000]))]
        ) == [None]


async def test_rebuilding_a_room(pool: Pool, journal: PostgresJournal) -> None:
    events = 100_000
    await record(journal, ROOMS[0], events)
    async with pool.connection() as connection:
        await connection.execute("VACUUM ANALYZE session_event")
    read, folded, pages = [], [], []
    for _ in range(5):
        start = time.perf_counter()
        async with pool.connection() as connection:
            for after in range(0, events, PAGE_EVENTS):
                asked = {"room": ROOMS[0], "after": after, "size": PAGE_EVENTS}
                page = await connection.execute(
                    QUERIES["read_page"], asked, prepare=True, binary=True
                )
                await page.fetchone()
        pages.append(events / (time.perf_counter() - start))
        start = time.perf_counter()
        await journal.for_each_page(ROOMS[0], len)
        read.append(events / (time.perf_counter() - start))
        start = time.perf_counter()
        await state_of(journal, ROOMS[0])
        folded.append(events / (time.perf_counter() - start))
    limit = statistics.median(pages)
    report("read a room", statistics.median(read), "events/s", limit, "its pages, not decoded")
    report("rebuild a room", statistics.median(folded), "events/s", limit, "its pages, not decoded")


async def state_of(journal: PostgresJournal, of: RoomId) -> RoomState:
    _, state = await folded(journal, of)
    return state


async def test_a_saved_state_against_a_fold(pool: Pool, journal: PostgresJournal) -> None:
    store, side = SnapshotStore(pool), 100
    chance = random.Random(1)
    map_ = MapSet(
        name="Wide", grid_width=side, grid_height=side, hex_size=30.0, orientation="flat",
        painted=painted(
            (Hex(q, r), ground(chance.choice(["hills", "marsh", "forest", "lake"]), chance.randrange(3)))
            for q in range(side) for r in range(side)
        ),
    )  # fmt: skip
    seen = tuple(Hex(chance.randrange(side), chance.randrange(side)) for _ in range(5_000))
    laid = Commit(0, (map_, HexesRevealed(hexes=runs(seen), to="all")), DORA, DUSK)
    assert await journal.append([Append(Lease(ROOMS[0]), 0, (laid,))]) == [None]
    state = await state_of(journal, ROOMS[0])
    assert len(state.terrain) == side * side
    await store.save(ROOMS[0], 2, state)
    spent, fetched = [], []
    for _ in range(20):
        start = time.perf_counter()
        assert await store.load(ROOMS[0]) is not None
        spent.append(time.perf_counter() - start)
        start = time.perf_counter()
        async with pool.connection() as connection:
            found = await connection.execute("SELECT state FROM room_snapshot", binary=True)
            row = await found.fetchone()
        assert row is not None
        zlib.decompress(row[0])
        fetched.append(time.perf_counter() - start)
    report(
        f"load a room of {side * side} hexes",
        statistics.median(spent) * 1e3,
        "ms",
        statistics.median(fetched) * 1e3,
        "its bytes, not read",
    )


async def test_travelling_in_time(pool: Pool, journal: PostgresJournal) -> None:
    events, store = 100_000, SnapshotStore(pool)
    await record(journal, ROOMS[0], events)
    state = EMPTY
    async for commit in journal.read(ROOMS[0]):
        state = advance(state, commit)
        if commit.version % 1_000 == 0:
            await store.save(ROOMS[0], commit.version, state)
    spent = []
    for version in range(5_000, events, 9_000):
        start = time.perf_counter()
        saved = await store.before(ROOMS[0], version) or (0, EMPTY)
        await folded(journal, ROOMS[0], saved, version)
        spent.append(time.perf_counter() - start)
    start = time.perf_counter()
    await state_of(journal, ROOMS[0])
    whole = time.perf_counter() - start
    report("a version of 100 000, slowest", max(spent) * 1e3, "ms", whole * 1e3, "all folded")
