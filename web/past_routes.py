"""The calls about the past, put together: one reader of the record for all of them."""

from typing import Final

from aiohttp import web

from actors.runtime.clock import Clock
from events.journal import Journal
from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal
from events.journal.snapshots import SnapshotStore
from events.record.reader import Record
from web.accounts.access_events import Access
from web.accounts.auth import Auth
from web.campaigns.routes import CampaignStore
from web.history.access import HistoryAccess
from web.history.forks import ForkRoutes
from web.history.replay_socket import ReplaySocket
from web.history.reports import ReportRoutes
from web.history.tiles import PastTiles
from web.history.time_travel import PastRoutes
from web.images.tiles import Tiles
from web.recaps.routes import RecapRoutes
from web.recaps.webhook_routes import HookRoutes
from web.recaps.webhook_sender import RecapPoster
from web.recaps.webhook_store import Hooks
from web.recaps.webhook_url import Permitted

POSTER: Final = web.AppKey("poster", RecapPoster)


def add_past(
    app: web.Application,
    pool: Pool,
    journal: Journal,
    clock: Clock,
    auth: Auth,
    revocations: Access,
    book: CampaignStore,
    permitted: Permitted,
    tiles: Tiles,
    *,
    most_campaigns: int,
) -> RecapPoster:
    """Add time travel, replays, reports and what else is read of the record.

    Return what posts recaps to webhooks, for the caller to run.
    """
    record = Record(pool, journal, SnapshotStore(pool))
    rows = PostgresJournal(pool)
    access = HistoryAccess(pool, auth, book, record)
    PastRoutes(access).add_routes(app)
    PastTiles(access, record, tiles).add_routes(app)
    ReplaySocket(auth, revocations, access, record, rows, tiles).add_routes(app)
    ReportRoutes(pool, access, record, tiles.pictures).add_routes(app)
    RecapRoutes(access, record, tiles.pictures).add_routes(app)
    ForkRoutes(pool, rows, clock, access, record, tiles.pictures, most_campaigns).add_routes(app)
    hooks = Hooks(pool)
    poster = app[POSTER] = RecapPoster(hooks, record, tiles.pictures, clock, permitted)
    HookRoutes(hooks, poster, record, access, auth, clock, permitted).add_routes(app)
    return poster
