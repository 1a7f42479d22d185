"""The calls about the past, put together: one reader of the record for all of them."""

from typing import Final

from aiohttp import web

from actors.clock import Clock
from events.journal import Journal
from events.journal.database import Pool
from events.journal.postgres import PostgresJournal
from events.journal.snapshots import SnapshotStore
from events.record.reader import Record
from web.access import Access
from web.asked import Asked
from web.auth import Auth
from web.campaigns import CampaignBook
from web.forkcalls import ForkCalls
from web.hookcalls import HookCalls
from web.hookurl import Permitted
from web.pastcalls import PastCalls
from web.pasttiles import PastTiles
from web.picturetiles import Tiles
from web.recapcalls import RecapCalls
from web.recaphooks import Hooks
from web.recapposter import RecapPoster
from web.replaysocket import ReplaySocket
from web.reportcalls import ReportCalls

POSTER: Final = web.AppKey("poster", RecapPoster)


def add_past(
    app: web.Application,
    pool: Pool,
    journal: Journal,
    clock: Clock,
    auth: Auth,
    access: Access,
    book: CampaignBook,
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
    asked = Asked(pool, auth, book, record)
    PastCalls(asked).add_routes(app)
    PastTiles(asked, record, tiles).add_routes(app)
    ReplaySocket(auth, access, asked, record, rows, tiles).add_routes(app)
    ReportCalls(pool, asked, record, tiles.pictures).add_routes(app)
    RecapCalls(asked, record, tiles.pictures).add_routes(app)
    ForkCalls(pool, rows, clock, asked, record, tiles.pictures, most_campaigns).add_routes(app)
    hooks = Hooks(pool)
    poster = app[POSTER] = RecapPoster(hooks, record, tiles.pictures, clock, permitted)
    HookCalls(hooks, poster, record, asked, auth, clock, permitted).add_routes(app)
    return poster
