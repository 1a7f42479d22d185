"""Keeps the report tables up to date while the server runs, and measures their lag."""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import Final

from eventsourcing.persistence import OperationalError
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from psycopg_pool import ConnectionPool

from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import ThreadPool
from events.report.table_projection import ReportView

logger = logging.getLogger(__name__)

EVERY_S: Final = 1.0
PAGE: Final = 200
"""Rows at a time: a thread that works on more holds up the rooms for longer than anybody may wait."""
SHARE: Final = 0.05
"""The most of a core that following may take from the rooms, which share it; reports can wait."""

_AWAY = (OperationalError, *DATABASE_AWAY)


class ReportFollower:
    """Follows the log in a thread, page by page; a Prometheus collector of its lag."""

    def __init__(self, conninfo: str) -> None:
        self._pool: ThreadPool = ConnectionPool(
            conninfo, kwargs={"autocommit": True}, min_size=0, max_size=2, open=False, timeout=5
        )
        self._view = ReportView(self._pool)
        self.lag_s = 0.0
        """Between the last row taken in and the newest, when it is behind."""

    def collect(self) -> Iterable[Metric]:
        """Yield the lag, for Prometheus."""
        yield GaugeMetricFamily(
            "hexroom_report_lag_seconds",
            "Age of the last event in the report tables while there are newer ones",
            value=self.lag_s,
        )

    async def run(self) -> None:
        """Follow for ever; an outage of the database is waited out."""
        self._pool.open(wait=False)
        try:
            while True:
                begun = time.monotonic()
                more = False
                try:
                    more = await asyncio.to_thread(self.take_in)
                except _AWAY as error:
                    logger.warning("reports: the database is away: %s", error)
                rest = (time.monotonic() - begun) * (1 / SHARE - 1)
                await asyncio.sleep(rest if more else max(rest, EVERY_S))
        finally:
            await asyncio.to_thread(self._pool.close, 2)

    def take_in(self) -> bool:
        """Take in one page; blocks. Return whether there is more, and note how far behind that is."""
        page = self._view.take_page(PAGE)
        more = len(page) == PAGE
        behind = time.time() - page[-1].row.created_at.timestamp() if more else 0.0
        self.lag_s = max(behind, 0.0)
        return more
