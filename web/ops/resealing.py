"""Takes the names of deleted accounts out of the stored record while the server runs, campaign by campaign.

What is left to do is what the record and the accounts say, so a node that stops leaves nothing undone:
the next one to look goes on. Of several nodes one does it at a time.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

import psycopg
from aiohttp import web
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from actors.runtime.clock import Clock
from events.core.state import Member, Role, RoomId, UserId
from events.journal import BrokenRecord
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import Database
from events.journal.postgres.queries import QUERIES
from events.transfer.reseal import Resealed, reseal
from web.accounts.admin_log import SERVER, note
from web.accounts.links import Connection

logger = logging.getLogger(__name__)

EVERY_S: Final = 60.0
"""How often is looked for what the command line and other nodes deleted."""
_ELSEWHERE_S: Final = 2.0
"""After so long is looked again while another node does it."""
APART: Final = timedelta(minutes=10)
"""Between two times for one campaign: each has its room read all of the record again."""
FIRST_BACKOFF: Final = timedelta(seconds=30)
LONGEST_BACKOFF: Final = timedelta(hours=1)
PAGE_ROWS: Final = 200
"""Rows at a time: a thread that works on more holds up the rooms for longer than anybody may wait."""
SHARE: Final = 0.1
"""The most of a core that this may take from the rooms, which share it."""

LOCK: Final = 0x7265_7365_616C
"""Of the database, any number that is ours: who holds it is the node that does it."""
_LAST_RESEALED: Final = """
SELECT campaign_id, max(created_at) FROM session_event
WHERE event_type = 'record_reseal' AND campaign_id = ANY(%s) GROUP BY 1
"""
_FAILURES: Final = "SELECT campaign_id, tries, again_at, why FROM reseal_failure"
_FAILED: Final = """
INSERT INTO reseal_failure (campaign_id, tries, again_at, why)
VALUES (%(campaign)s, %(tries)s, %(again_at)s, %(why)s)
ON CONFLICT (campaign_id) DO UPDATE
    SET tries = excluded.tries, again_at = excluded.again_at, why = excluded.why
"""
_SUCCEEDED: Final = "DELETE FROM reseal_failure WHERE campaign_id = %s"


class NamesLeft(NamedTuple):
    """A campaign whose stored rows name somebody whose account was deleted."""

    campaign: UUID
    since: datetime
    """When the first of them was deleted."""
    due_at: datetime
    tries: int
    why: str
    """What held it up the last time; empty before the first failure."""


class _Stopping(Exception):
    """The server stops; what was begun is rolled back."""


async def names_left(connection: Connection) -> Sequence[NamesLeft]:
    """Return the campaigns whose rows name deleted accounts, those that wait longest first."""
    rows = await (await connection.execute(QUERIES["rooms_with_forgotten"])).fetchall()
    if not rows:
        return ()
    campaigns = [campaign for campaign, _ in rows]
    last: dict[UUID, datetime] = dict(
        await (await connection.execute(_LAST_RESEALED, (campaigns,))).fetchall()
    )
    failed = {row[0]: row[1:] for row in await (await connection.execute(_FAILURES)).fetchall()}
    left = []
    for campaign, since in rows:
        due_at = last[campaign] + APART if campaign in last else since
        tries, again_at, why = failed.get(campaign, (0, due_at, ""))
        left.append(NamesLeft(campaign, since, max(due_at, again_at), tries, why))
    return left


class Resealer(Collector):
    """The background work; a Prometheus collector of what is left of it."""

    def __init__(self, database: Database, clock: Clock, *, enabled: bool) -> None:
        self._pool = database.pool
        self._owner_url = database.owner_url
        self._clock = clock
        self._enabled = enabled
        self._woken = asyncio.Event()
        self._stopping = threading.Event()
        self._left: Sequence[NamesLeft] = ()
        self._resealed = 0
        self._failures = 0
        self.before_each: Callable[[RoomId], Awaitable[None]] | None = None
        """Awaited for each campaign first; what it raises holds nothing up."""

    def collect(self) -> Iterable[Metric]:
        """Yield what is left, and what this node did, for Prometheus."""
        yield GaugeMetricFamily(
            "hexroom_reseal_waiting",
            "Campaigns whose stored rows name deleted accounts",
            value=len(self._left),
        )
        yield GaugeMetricFamily(
            "hexroom_reseal_lag_seconds",
            "Since when the oldest of these names should be gone",
            value=lag_s(self._left, self._clock.now()),
        )
        yield CounterMetricFamily(
            "hexroom_reseals", "Records that this node sealed anew", value=self._resealed
        )
        yield CounterMetricFamily(
            "hexroom_reseal_failures",
            "Records that this node could not seal anew",
            value=self._failures,
        )

    def soon(self) -> None:
        """Look at once: an account was deleted."""
        self._woken.set()

    async def run(self) -> None:
        """Work for ever; an outage of the database is waited out."""
        while True:
            self._woken.clear()
            rest_s = EVERY_S
            try:
                if not await self.work_off():
                    rest_s = _ELSEWHERE_S
            except DATABASE_AWAY as error:
                logger.warning("deleted accounts: the database is away: %s", error)
            except Exception:  # The outermost edge: a fault of ours must not end the work.
                logger.exception("deleted accounts: their names are still in the record")
            with suppress(TimeoutError):
                async with asyncio.timeout(rest_s):
                    await self._woken.wait()

    async def work_off(self) -> bool:
        """Seal anew what is due; return whether no other node was at it."""
        due = await self._look()
        if not due or not self._enabled:
            return True
        async with await psycopg.AsyncConnection.connect(
            self._owner_url, autocommit=True, application_name="hexroom reseal"
        ) as claim:
            # Held until the connection ends, however it does.
            found = await claim.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
            if await found.fetchone() != (True,):
                return False
            # Another node may have been at it since.
            for left in await self._look():
                await self._begin(RoomId(left.campaign))
                await self._seal_anew(left)
        await self._look()
        return True

    async def _look(self) -> Sequence[NamesLeft]:
        """Note what is left; return what is due of it."""
        async with self._pool.connection() as connection:
            self._left = await names_left(connection)
        now = self._clock.now()
        return [left for left in self._left if left.due_at <= now]

    async def _begin(self, campaign: RoomId) -> None:
        if self.before_each is None:
            return
        try:
            await self.before_each(campaign)
        except (
            Exception
        ) as error:  # Of a room that cannot be opened the rows are written all the same.
            logger.warning("campaign %s: seats of deleted accounts stay: %s", campaign, error)

    async def _seal_anew(self, left: NamesLeft) -> None:
        try:
            done = await self._beside_the_loop(left.campaign)
        except (BrokenRecord, psycopg.Error) as error:
            await self._failed(left, str(error).partition("\n")[0])
        except Exception as error:  # One campaign must not hold up the others.
            logger.exception("campaign %s: not sealed anew", left.campaign)
            await self._failed(left, type(error).__name__)
        else:
            await self._succeeded(left, done)

    async def _beside_the_loop(self, campaign: UUID) -> Resealed | None:
        sealing = asyncio.create_task(
            asyncio.to_thread(
                partial(reseal, page_rows=PAGE_ROWS, between_pages=_Pacer(self._stopping)),
                self._owner_url,
                campaign,
                self._clock.now(),
                Member(UserId(SERVER), Role.DM),
            )
        )
        try:
            return await asyncio.shield(sealing)
        except asyncio.CancelledError:
            # A thread cannot be cancelled, but told.
            self._stopping.set()
            with suppress(_Stopping, BrokenRecord, psycopg.Error):
                await sealing
            raise

    async def _failed(self, left: NamesLeft, why: str) -> None:
        self._failures += 1
        logger.warning("campaign %s: not sealed anew: %s", left.campaign, why)
        backoff = min(FIRST_BACKOFF * 2 ** min(left.tries, 10), LONGEST_BACKOFF)
        async with self._pool.connection() as connection:
            await connection.execute(
                _FAILED,
                {
                    "campaign": left.campaign,
                    "tries": left.tries + 1,
                    "again_at": self._clock.now() + backoff,
                    "why": why,
                },
            )

    async def _succeeded(self, left: NamesLeft, done: Resealed | None) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_SUCCEEDED, (left.campaign,))
            if done is None:
                return
            what = f"from version {done.since} on"
            subject = str(left.campaign)
            await note(connection, self._clock, SERVER, "record sealed anew", subject, what)
        self._resealed += 1
        logger.info("campaign %s: sealed anew from version %d on", left.campaign, done.since)


RESEALER: Final = web.AppKey("resealer", Resealer)


class _Pacer:
    """Rests between pages, for as long as leaves the rooms their share; raises when the server stops."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._begun = time.monotonic()

    def __call__(self) -> None:
        worked_s = time.monotonic() - self._begun
        if self._stopping.wait(worked_s * (1 / SHARE - 1)):
            raise _Stopping
        self._begun = time.monotonic()


def lag_s(left: Iterable[NamesLeft], now: datetime) -> float:
    """Return for how long the oldest of these names should be gone."""
    return max(((now - each.since).total_seconds() for each in left), default=0.0)
