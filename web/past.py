"""The calls about the past, put together: one reader of the record for all of them."""

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
from web.pastcalls import PastCalls
from web.recapcalls import RecapCalls
from web.replaysocket import ReplaySocket
from web.reportcalls import ReportCalls


def add_past(
    app: web.Application,
    pool: Pool,
    journal: Journal,
    clock: Clock,
    auth: Auth,
    access: Access,
    book: CampaignBook,
) -> None:
    """Add time travel, replays, reports and what else is read of the record."""
    record = Record(pool, journal, SnapshotStore(pool))
    asked = Asked(pool, auth, book, record)
    PastCalls(asked).add_routes(app)
    ReplaySocket(auth, access, asked, record).add_routes(app)
    ReportCalls(pool, asked, record).add_routes(app)
    RecapCalls(asked, record).add_routes(app)
    ForkCalls(pool, PostgresJournal(pool), clock, asked, record).add_routes(app)
