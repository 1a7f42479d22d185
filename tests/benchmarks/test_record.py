"""What reading the record costs: replay, time travel, verify, report, and the report tables."""

import statistics
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from psycopg_pool import ConnectionPool

from events import EMPTY
from events.core.canonical import state_hash
from events.core.features.hexes import HexesHidden, HexesRevealed
from events.core.features.members import MemberSet, PlayerJoined, PlayerLeft
from events.core.features.sessions import SessionEnded, SessionStarted
from events.core.features.terrain import HexesUpdated
from events.core.messages import Event
from events.core.state import RoomId, SessionId
from events.geometry.grid import Hex, runs
from events.journal import Append, Commit, Lease
from events.journal.chain import Fault, Head
from events.journal.database.pool import Pool, ThreadPool
from events.journal.eventsourcing.saved import project_saved, travelled
from events.journal.folding import fold_all
from events.journal.postgres.journal import PostgresJournal
from events.journal.snapshots import SnapshotStore
from events.record.integrity import checked, prove
from events.record.reader import Record, Span
from events.record.viewpoint import Viewer
from events.replay.playback import played
from events.report.build import Audit, audit
from events.report.table_projection import ReportView, rebuild
from tests.benchmarks.conftest import Show
from tests.support.given import ANN, BEN, DM
from tests.support.sample_commits import DORA, DUSK, NIGHT, room

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("as_served"),
]

EVENTS = 100_000
EVENING = 5_000


def happenings(session: SessionId | None, number: int) -> Iterator[Event]:
    """Yield what goes on for ever: mostly reveals, some hiding, painting, coming and going."""
    at = Hex(number % 100, number // 100 % 100)
    match number % 10:
        case 0:
            yield PlayerJoined(user=ANN.user) if number % 20 else PlayerLeft(user=ANN.user)
        case 1:
            yield HexesUpdated(painted=(("hills", number % 3, ((at.q, at.r, 3),)),))
        case 2:
            yield HexesHidden(hexes=runs([at]), to="all")
        case 3 | 4:
            yield HexesRevealed(hexes=runs([at]), to=(BEN.user,))
        case _:
            yield HexesRevealed(hexes=((at.q, at.r, 5),), to="all", tier="full")


async def fill(journal: PostgresJournal, of: RoomId, events: int) -> None:
    """Store a campaign with an evening of so many events."""
    opening: list[Event] = [
        *(MemberSet(user=w.user, name=w.name, role=w.role) for w in (DM, ANN, BEN)),
        SessionStarted(session=NIGHT),
    ]
    groups: list[tuple[Event, ...]] = [tuple(opening)]
    groups += [tuple(happenings(NIGHT, number)) for number in range(events - len(opening) - 1)]
    groups.append((SessionEnded(),))
    commits, after = [], 0
    for number, group in enumerate(groups):
        at = DUSK + timedelta(seconds=number)
        commits.append(Commit(after, group, DORA, at, NIGHT))
        after = commits[-1].version
    for start in range(0, len(commits), 1000):
        page = tuple(commits[start : start + 1000])
        assert await journal.append([Append(Lease(of), page[0].after, page)]) == [None]


@pytest.fixture
async def journal(pool: Pool) -> AsyncIterator[PostgresJournal]:
    made = PostgresJournal(pool)
    yield made
    await made.close()


def stop(fault: Fault) -> None:
    raise AssertionError(fault)


async def test_replay_at_full_speed(pool: Pool, journal: PostgresJournal, show: Show) -> None:
    await fill(journal, room(), EVENTS)
    record = Record(pool, journal)
    span = Span(0, EVENTS)
    begun = time.perf_counter()
    state = await record.state(room(), EVENTS)
    plain = EVENTS / (time.perf_counter() - begun)
    show("replay at max, folded", plain, "events/s", ">= 100 000")
    begun = time.perf_counter()
    again = await fold_all(EMPTY, checked(journal, room(), span, stop))
    show(
        "replay at max, chain checked too", EVENTS / (time.perf_counter() - begun), "events/s", "-"
    )
    assert state_hash(again) == state_hash(state)
    begun = time.perf_counter()
    async for _moment in played(EMPTY, record.commits(room(), span), Viewer(ANN)):
        pass
    show(
        "replay at max, worded for a player",
        EVENTS / (time.perf_counter() - begun),
        "events/s",
        "-",
    )


async def test_time_travel(
    pool: Pool, journal: PostgresJournal, database_url: str, show: Show
) -> None:
    await fill(journal, room(), EVENTS)
    snapshots = SnapshotStore(pool)
    record = Record(pool, journal, snapshots)
    for kept in (None, snapshots):
        if kept is not None:
            for version in range(16_384, EVENTS, 16_384):
                await kept.save(room(), version, await record.state(room(), version))
        took = []
        for number in range(20):
            version = 1 + (number * 7_919 + 95_003) % EVENTS
            begun = time.perf_counter()
            await record.at_version(room(), version)
            took.append(time.perf_counter() - begun)
        what = "time travel in 100 000 events, " + ("snapshots" if kept else "no snapshot")
        show(f"{what}, p95", statistics.quantiles(took, n=20)[-1], "s", "<= 1")
    show("the same by the library's Repository, p95", await _by_the_library(database_url), "s", "-")


async def _by_the_library(database_url: str) -> float:
    """Return the p95 of opening the same moments through `eventsourcing`, snapshots included."""
    took = []
    with ConnectionPool(database_url, kwargs={"autocommit": True}, min_size=1) as threads:
        rooms = travelled(threads)
        for number in range(20):
            version = 1 + (number * 7_919 + 95_003) % EVENTS
            begun = time.perf_counter()
            rooms.get(room(), version=version, projector_func=project_saved)
            took.append(time.perf_counter() - begun)
    return statistics.quantiles(took, n=20)[-1]


async def test_verify(pool: Pool, journal: PostgresJournal, show: Show) -> None:
    await fill(journal, room(), EVENTS)
    begun = time.perf_counter()
    assert isinstance(await prove(journal, room(), EVENTS), Head)
    show("verify", EVENTS / (time.perf_counter() - begun), "events/s", ">= 200 000")


async def test_report_of_an_evening(pool: Pool, journal: PostgresJournal, show: Show) -> None:
    await fill(journal, room(), EVENING)
    record = Record(pool, journal)
    begun = time.perf_counter()
    made: Audit = await audit(record, pool, room(), "The Marches", span=Span(0, EVENING))
    size = len(made.written("html"))
    show("report of 5 000 events as HTML", time.perf_counter() - begun, "s", "<= 3")
    assert size > 100_000


async def test_report_tables_keep_up(
    pool: Pool, journal: PostgresJournal, database_url: str, show: Show
) -> None:
    await fill(journal, room(), EVENTS)
    threads: ThreadPool = ConnectionPool(
        database_url, kwargs={"autocommit": True}, min_size=1, max_size=3
    )
    with threads:
        begun = time.perf_counter()
        assert rebuild(ReportView(threads)) == EVENTS
        show("report tables", EVENTS / (time.perf_counter() - begun), "events/s", ">= 10 000")
