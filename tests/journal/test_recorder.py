"""The library and the journal on one record: what either wrote, the other reads."""

from collections.abc import AsyncIterator, Iterator
from typing import ClassVar, LiteralString
from uuid import UUID

import psycopg
import pytest
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.persistence import IntegrityError, Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from events import EMPTY, RoomState, advance
from events.core.canonical import state_json
from events.core.state import RoomId
from events.journal import Append, Epoch, Lease
from events.journal.chain import START, Head, verify
from events.journal.codec import encode
from events.journal.database.pool import Pool, ThreadPool
from events.journal.database.schema import migrate
from events.journal.eventsourcing.factory import (
    CONNINFO,
    RecordApplication,
    RecordFactory,
    environment,
)
from events.journal.eventsourcing.following import TrackedView
from events.journal.eventsourcing.recorder import (
    Recorded,
    RecordRecorder,
    commits,
    project,
    recorded,
    repository,
    store,
)
from events.journal.eventsourcing.saved import project_saved, travelled
from events.journal.postgres.journal import PostgresJournal
from events.journal.snapshots import SnapshotStore
from events.record.reader import Record
from tests.support.sample_commits import (
    ANN,
    ENDED,
    JOINED,
    NIGHT,
    STARTED,
    commit,
    insert,
    revealed,
    room,
)

ROOM, OTHER = room(1), room(2)
EVENING = (
    commit(0, STARTED, revealed(0), session=NIGHT, id="a"),
    commit(2, JOINED, by=ANN, session=NIGHT),
    commit(3, revealed(1), revealed(2), revealed(3), session=NIGHT, id="b"),
    commit(6, ENDED, session=NIGHT),
)


@pytest.fixture
def threads(database_url: str) -> Iterator[ThreadPool]:
    """Yield connections for threads, as the library uses them."""
    with ConnectionPool(database_url, kwargs={"autocommit": True}, min_size=1) as pool:
        yield pool


@pytest.fixture
async def elsewhere(empty_database_url: str) -> AsyncIterator[PostgresJournal]:
    """Yield a journal on a second database."""
    migrate(empty_database_url)
    pool: Pool = AsyncConnectionPool(
        empty_database_url, kwargs={"autocommit": True}, min_size=1, max_size=3, open=False
    )
    async with pool:
        journal = PostgresJournal(pool)
        yield journal
        await journal.close()


def state_at(version: int) -> RoomState:
    state = EMPTY
    for each in EVENING:
        if each.version <= version:
            state = advance(state, each)
    return state


async def test_what_the_library_wrote_is_what_the_journal_would_have_written(
    threads: ThreadPool, postgres_journal: PostgresJournal, elsewhere: PostgresJournal
) -> None:
    store(threads).put(recorded(ROOM, EVENING))
    assert await elsewhere.append([Append(Lease(ROOM), 0, EVENING)]) == [None]
    written = await postgres_journal.rows(ROOM)
    assert written == await elsewhere.rows(ROOM)
    assert verify(written) == Head(7, written[-1].hash)
    assert [c async for c in postgres_journal.read(ROOM)] == list(EVENING)


async def test_what_the_journal_wrote_is_read_by_the_library(
    threads: ThreadPool, postgres_journal: PostgresJournal
) -> None:
    await postgres_journal.append([Append(Lease(ROOM), 0, EVENING)])
    found = [one for one in store(threads).get(ROOM) if isinstance(one, Recorded)]
    assert found == recorded(ROOM, EVENING)
    assert tuple(commits(found)) == EVENING


async def test_either_goes_on_where_the_other_stopped(
    threads: ThreadPool, postgres_journal: PostgresJournal
) -> None:
    await postgres_journal.append([Append(Lease(ROOM), 0, EVENING[:1])])
    store(threads).put(recorded(ROOM, EVENING[1:3]))
    assert await postgres_journal.append([Append(Lease(ROOM), 6, EVENING[3:])]) == [None]
    assert isinstance(verify(await postgres_journal.rows(ROOM)), Head)
    assert [c async for c in postgres_journal.read(ROOM)] == list(EVENING)


async def test_the_library_derives_game_sessions_too(threads: ThreadPool) -> None:
    store(threads).put(recorded(ROOM, EVENING))
    with threads.connection() as connection:
        found = connection.execute("SELECT id::text, status FROM game_session").fetchall()
    assert found == [(NIGHT, "ended")]


@pytest.mark.parametrize(
    ("version", "stands"), [(7, 7), (6, 6), (5, 3), (4, 3), (3, 3), (2, 2), (None, 7)]
)
async def test_a_room_is_rebuilt_as_it_stood_after_whole_commits(
    threads: ThreadPool, version: int | None, stands: int
) -> None:
    store(threads).put(recorded(ROOM, EVENING))
    found = repository(threads).get(ROOM, version=version, projector_func=project)
    assert (found.version, found.state) == (stands, state_at(stands))


def test_a_room_that_is_not_there_is_not_found(threads: ThreadPool) -> None:
    store(threads).put(recorded(ROOM, EVENING))
    with pytest.raises(AggregateNotFoundError):
        repository(threads).get(OTHER, projector_func=project)
    with pytest.raises(AggregateNotFoundError):
        repository(threads).get(ROOM, version=1, projector_func=project)


def test_rows_are_selected_either_way_round(threads: ThreadPool) -> None:
    store(threads).put(recorded(ROOM, EVENING))
    recorder = RecordRecorder(threads)

    def versions(**bounds: int | bool) -> list[int]:
        found = recorder.select_events(ROOM, **bounds)  # type: ignore[arg-type]  # one of both
        return [one.originator_version for one in found]

    assert versions() == [1, 2, 3, 4, 5, 6, 7]
    assert versions(gt=3, lte=6, desc=True) == [6, 5, 4]
    assert versions(gt=1, limit=2) == [2, 3]
    assert versions(desc=True, limit=1) == [7]


def test_another_version_is_refused_and_nothing_stored(threads: ThreadPool) -> None:
    events = store(threads)
    events.put(recorded(ROOM, EVENING[:2]))
    for wrong in (EVENING[:1], EVENING[3:], (EVENING[2], EVENING[2])):
        with pytest.raises(IntegrityError):
            events.put([*recorded(OTHER, EVENING), *recorded(ROOM, wrong)])
    assert len(list(events.get(ROOM))) == 3
    assert list(events.get(OTHER)) == []


async def test_a_room_that_somebody_owns_is_written_with_their_epoch_only(
    threads: ThreadPool, postgres_journal: PostgresJournal
) -> None:
    lease = await postgres_journal.lease(ROOM, "north")
    events = store(threads)
    with pytest.raises(IntegrityError):
        events.put(recorded(ROOM, EVENING))
    events.put(recorded(ROOM, EVENING), epochs={ROOM: lease.epoch})
    assert len(list(events.get(ROOM))) == 7


def places(
    recorder: RecordRecorder, after: int = 0, limit: int = 100
) -> list[tuple[int, UUID, int]]:
    found = recorder.select_notifications(after, limit, inclusive_of_start=False)
    return [(one.id, one.originator_id, one.originator_version) for one in found]  # type: ignore[misc]  # rooms are UUIDs


def test_all_rooms_have_one_order_in_which_pages_follow_one_another(threads: ThreadPool) -> None:
    events, recorder = store(threads), RecordRecorder(threads)
    assert recorder.max_notification_id() is None
    told = [
        *events.put([*recorded(ROOM, EVENING[:1]), *recorded(OTHER, EVENING[:2])]),
        *events.put(recorded(ROOM, EVENING[1:])),
    ]
    whole = places(recorder)
    assert [(id, version) for id, _, version in whole] == [
        (one.notification.id, one.notification.originator_version) for one in told
    ]
    assert recorder.max_notification_id() == whole[-1][0]
    paged: list[tuple[int, UUID, int]] = []
    while page := places(recorder, paged[-1][0] if paged else 0, limit=2):
        paged += page
    assert paged == whole
    assert [n.id for n in recorder.select_notifications(whole[1][0], 2)] == [
        whole[1][0],
        whole[2][0],
    ]
    assert [
        (n.originator_version, n.topic)
        for n in recorder.select_notifications(None, 9, whole[4][0], ["session_start"])
    ] == [(1, "session_start"), (1, "session_start")]


def naive(connection: psycopg.Connection[tuple[int, ...]], after: int) -> list[int]:
    found = connection.execute(
        "SELECT position FROM session_event WHERE position > %s ORDER BY position", (after,)
    )
    return [row[0] for row in found.fetchall()]


@pytest.mark.parametrize("number_first", [True, False])
def test_a_row_that_is_committed_late_is_not_missed(
    threads: ThreadPool, database_url: str, number_first: bool
) -> None:
    """By position alone it would be: shown beside."""
    recorder = RecordRecorder(threads)
    late_rows = encode(ROOM, EVENING[:1], START)
    with psycopg.connect(database_url) as late, psycopg.connect(database_url) as early:
        position = None
        if number_first:
            with threads.connection() as connection:
                position = connection.execute(
                    "SELECT nextval(pg_get_serial_sequence('session_event', 'position'))"
                    " FROM generate_series(1, 2)"
                ).fetchall()[0][0]
        else:
            insert(late, late_rows)
        insert(early, encode(OTHER, EVENING[:2], START))
        early.commit()
        with threads.connection() as connection:
            reached = naive(connection, 0)[-1]
        followed = places(recorder)
        assert len(followed) == (3 if number_first else 0)
        if number_first:
            insert(late, late_rows, first_position=position)
        late.commit()
    with threads.connection() as connection:
        assert naive(connection, reached) == []
    followed += places(recorder, followed[-1][0] if followed else 0)
    assert {(of, version) for _, of, version in followed} == {
        (ROOM, 1), (ROOM, 2), (OTHER, 1), (OTHER, 2), (OTHER, 3),
    }  # fmt: skip
    assert len(followed) == 5


class Deeds(TrackedView):
    """How many events each user caused."""

    create: ClassVar[tuple[LiteralString, ...]] = (
        "CREATE TABLE IF NOT EXISTS deeds (user_id text PRIMARY KEY, events bigint NOT NULL)",
    )

    def count(self, user: str, tracking: Tracking) -> None:
        with self.tracked(tracking) as connection:
            connection.execute(
                "INSERT INTO deeds AS d VALUES (%s, 1)"
                " ON CONFLICT (user_id) DO UPDATE SET events = d.events + 1",
                (user,),
            )

    def counted(self) -> dict[str, int]:
        with self.pool.connection() as connection:
            return dict(connection.execute("SELECT user_id, events FROM deeds").fetchall())


class CountDeeds(Projection[Deeds]):
    name = "deeds"

    def process_event(self, domain_event: Recorded, tracking: Tracking) -> None:
        self.view.count(domain_event.by.user, tracking)


def count_up_to(env: dict[str, str], last: int) -> dict[str, int]:
    with ProjectionRunner(
        application_class=RecordApplication,
        projection_class=CountDeeds,
        view_class=Deeds,
        env=env,
    ) as runner:
        runner.wait(last, timeout=60)
        counted = runner.view.counted()
    runner.view.pool.close()
    return counted


def test_a_projection_takes_each_row_in_once_whenever_it_runs(
    database_url: str, threads: ThreadPool
) -> None:
    env = environment(database_url)
    with RecordApplication(env) as application:
        first = application.save(*recorded(ROOM, EVENING[:2]))
        assert count_up_to(env, first[-1].notification.id) == {"dora": 2, "ann": 1}
        second = application.save(*recorded(ROOM, EVENING[2:]), *recorded(OTHER, EVENING[:2]))
        assert count_up_to(env, second[-1].notification.id) == {"dora": 8, "ann": 2}
    view = Deeds(threads)
    with pytest.raises(IntegrityError):
        view.count("dora", Tracking("record", second[-1].notification.id))
    assert view.counted() == {"dora": 8, "ann": 2}


def test_a_row_whose_taking_in_fails_is_not_noted(threads: ThreadPool) -> None:
    view = Deeds(threads)
    view.create_tables()
    with pytest.raises(RuntimeError), view.tracked(Tracking("record", 5)):
        raise RuntimeError("halfway")
    assert view.max_tracking_id("record") is None
    view.insert_tracking(Tracking("record", 5))
    assert view.max_tracking_id("record") == 5


def test_a_follower_sees_what_comes_and_ends_when_stopped(threads: ThreadPool) -> None:
    events, recorder = store(threads), RecordRecorder(threads)
    events.put(recorded(ROOM, EVENING[:1]))
    with recorder.subscribe(topics=["hex_reveal"]) as following:
        assert next(following).originator_version == 2
        events.put(recorded(ROOM, EVENING[1:3]))
        assert [next(following).originator_version for _ in range(3)] == [4, 5, 6]
        following.stop()
        assert list(following) == []


def test_the_factory_refuses_what_there_is_not(database_url: str) -> None:
    from eventsourcing.persistence import InfrastructureFactoryError

    with pytest.raises(InfrastructureFactoryError, match=CONNINFO):
        RecordFactory({})
    factory = RecordFactory({CONNINFO: database_url})
    with pytest.raises(InfrastructureFactoryError):
        factory.aggregate_recorder(purpose="snapshots")
    with pytest.raises(InfrastructureFactoryError):
        factory.process_recorder()
    factory.close()


def test_epochs_default_to_that_of_a_room_nobody_owns() -> None:
    assert Lease(RoomId(UUID(int=1))).epoch == Epoch(0)


async def test_time_travel_is_the_same_by_the_library_and_by_the_reader(
    threads: ThreadPool, postgres_journal: PostgresJournal, pool: Pool
) -> None:
    await postgres_journal.append([Append(Lease(ROOM), 0, EVENING)])
    snapshots = SnapshotStore(pool)
    await snapshots.save(ROOM, 3, state_at(3))
    reader, rooms = Record(pool, postgres_journal, snapshots), travelled(threads)
    for version in (2, 3, 6, 7):
        opened = rooms.get(ROOM, version=version, projector_func=project_saved)
        assert opened.version == version
        assert state_json(opened.state) == state_json(await reader.state(ROOM, version))
        assert state_json(opened.state) == state_json(state_at(version))


async def test_a_saved_state_of_another_room_is_passed_over_by_the_library_too(
    threads: ThreadPool, postgres_journal: PostgresJournal, pool: Pool
) -> None:
    await postgres_journal.append([Append(Lease(ROOM), 0, EVENING)])
    await SnapshotStore(pool).save(ROOM, 3, state_at(2))
    with threads.connection() as connection:
        connection.execute("UPDATE room_snapshot SET hash = sha256(hash)")
    opened = travelled(threads).get(ROOM, version=7, projector_func=project_saved)
    assert state_json(opened.state) == state_json(state_at(7))
