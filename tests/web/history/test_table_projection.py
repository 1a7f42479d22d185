"""The report tables follow the log, count each row once, and can be made anew."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError, Tracking
from psycopg_pool import ConnectionPool

from events.journal.database.pool import ThreadPool
from events.journal.eventsourcing.recorder import RecordMapper
from events.report.table_projection import NAME, ReportProjection, ReportView, rebuild
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.recorded_night import Night


@pytest.fixture
def view(database_url: str) -> Iterator[ReportView]:
    pool: ThreadPool = ConnectionPool(
        database_url, kwargs={"autocommit": True}, min_size=1, max_size=6
    )
    with pool:
        yield ReportView(pool)


def table(view: ReportView) -> list[Any]:
    with view.pool.connection() as connection:
        return connection.execute(
            "SELECT campaign_id, version, session_id, user_id, role, event_type, at, hexes, audience"
            " FROM report_event ORDER BY campaign_id, version"
        ).fetchall()


async def test_the_running_server_keeps_them_and_a_rebuild_gives_the_same(
    night: Night, hexroom: Hexroom, view: ReportView
) -> None:
    last = night.commits[-1].version
    while len(kept := await asyncio.to_thread(table, view)) < last:
        await asyncio.to_thread(view.take_page)
    told = lines(await hexroom("rebuild"))
    assert told == ["game_session: 1 rows", f"report_event: {last} rows"]
    assert await asyncio.to_thread(table, view) == kept
    by_version = {row[1]: row for row in kept}
    to_ben = by_version[night.commits[3].version]
    assert (to_ben[5], to_ben[7], to_ben[8]) == ("hex_reveal", 1, [night.ben.id])


async def test_many_who_follow_at_once_count_each_row_once(night: Night, view: ReportView) -> None:
    def follow(_: int) -> int:
        count = 0
        while page := view.take_page(3):
            count += len(page)
        return count

    def together() -> int:
        view.forget()
        with ThreadPoolExecutor(4) as threads:
            return sum(threads.map(follow, range(4)))

    # The server follows as well, so that some rows may be its.
    assert await asyncio.to_thread(together) <= night.commits[-1].version
    while len(rows := await asyncio.to_thread(table, view)) < night.commits[-1].version:
        await asyncio.to_thread(view.take_page)
    assert len(rows) == night.commits[-1].version


async def test_as_a_projection_of_the_library_they_come_out_the_same(
    night: Night, view: ReportView
) -> None:
    await night.server.close()

    def compared() -> tuple[list[Any], list[Any]]:
        rebuild(view)
        by_page = table(view)
        view.forget()
        projection, mapper = ReportProjection(view), RecordMapper()
        rows = view.recorder.select_notifications(None, 1000)
        for row in rows:
            projection.process_event(mapper.to_domain_event(row), Tracking(NAME, row.id))
        again = mapper.to_domain_event(rows[-1])
        with pytest.raises(IntegrityError):
            projection.process_event(again, Tracking(NAME, rows[-1].id))
        return by_page, table(view)

    by_page, by_event = await asyncio.to_thread(compared)
    assert by_event == by_page


async def test_the_lag_is_a_metric(night: Night) -> None:
    assert "hexroom_report_lag_seconds" in (await night.dm.get("/metrics")).body
