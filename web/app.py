"""The composition root: settings to database to calls to a server, and all of it back down."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Final

import psycopg
from aiohttp import web
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from actors.cluster.node import Node
from actors.delivery.delivery_log import DeliveryLog
from actors.directory import Directory, serving
from actors.room.locator import RoomLocator
from actors.runtime.clock import Clock, SystemClock
from actors.runtime.tasks import Work
from events.journal import Journal
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.embedded import EmbeddedError, EmbeddedPostgres, expect_writable, watch
from events.journal.database.pool import Database, Pool, open_database
from events.journal.postgres.journal import PostgresJournal
from events.journal.snapshots import SnapshotStore
from events.report import deliveries as delivery
from events.report import refusals
from web.accounts.access_events import Access
from web.accounts.access_recheck import Recheck
from web.accounts.auth import Auth
from web.accounts.factor_routes import FactorRoutes
from web.accounts.oidc import Issuer
from web.accounts.oidc_routes import OidcRoutes, ServiceRoutes
from web.accounts.owner import OwnerCheck
from web.accounts.passkey_routes import PasskeyRoutes
from web.accounts.passwords import Passwords
from web.accounts.profile import ProfileRoutes
from web.accounts.proof import ProofCheck
from web.accounts.resets import ResetRoutes
from web.accounts.routes import Accounts
from web.accounts.sign_in_log_routes import SignInLogRoutes
from web.accounts.token_routes import TokenRoutes
from web.campaigns.account_deletion import AccountDeletion
from web.campaigns.demo import Demo
from web.campaigns.invite_links import InviteLinks, invite_secret
from web.campaigns.invites import InviteRoutes
from web.campaigns.join_requests import JoinRequestRoutes
from web.campaigns.lifecycle import LifecycleRoutes
from web.campaigns.members import MemberRoutes, MembershipChanges
from web.campaigns.merging import MergeRoutes, Merging
from web.campaigns.note_search import SearchRoutes
from web.campaigns.own_data import OwnDataRoutes
from web.campaigns.room_client import HttpRoomClient
from web.campaigns.room_sync import RoomSync
from web.campaigns.rooms import Rooms
from web.campaigns.routes import CampaignRoutes, CampaignStore
from web.campaigns.way_back import WayBackRoutes
from web.history.events import RecordRoutes
from web.history.report_worker import ReportFollower
from web.http import api
from web.http.client_ip import Networks
from web.images.attached import AttachedImages
from web.images.campaign_files import Pictures
from web.images.covers import CoverRoutes
from web.images.routes import PictureRoutes
from web.images.tiles import Tiles
from web.live.gateway import SocketRoutes
from web.live.refusal_counter import RefusalCounter
from web.mail import Mailer, MailServer
from web.maps.files import MapFileRoutes
from web.maps.routes import MapRoutes
from web.ops.admin import AdminRoutes
from web.ops.cluster import open_places
from web.ops.health import Health, OpsRoutes
from web.ops.metrics import RoomFigures
from web.ops.resealing import RESEALER, Resealer
from web.page.serve import add_pages
from web.past_routes import add_past
from web.recaps.webhook_url import Permitted
from web.settings import Settings

logger = logging.getLogger(__name__)

HEALTH: Final = web.AppKey("health", Health)
ROOMS: Final = web.AppKey("rooms", Directory)
DEMO: Final = web.AppKey("demo", Demo)
ACCESS: Final = web.AppKey("access", Access)
AUTH: Final = web.AppKey("auth", Auth)

_SWEEP_EVERY_S: Final = 2.0
_ANSWER_S: Final = 4.0
"""How long the rooms may take to answer what they accepted before the sockets are closed."""


async def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    rooms: Rooms | None = None,
    passwords: Passwords | None = None,
) -> web.Application:
    """Return the application, its database open; its cleanup closes everything, last made first."""
    async with AsyncExitStack() as stack:
        database = await _open_database(settings, stack)
        passwords = passwords or Passwords()
        stack.callback(passwords.close)
        app = await _compose(settings, database, clock or SystemClock(), rooms, passwords, stack)
        opened = stack.pop_all()

    async def close(_: web.Application) -> None:
        await opened.aclose()

    app.on_cleanup.append(close)
    return app


async def _compose(
    settings: Settings,
    database: Database,
    clock: Clock,
    rooms: Rooms | None,
    passwords: Passwords,
    stack: AsyncExitStack,
) -> web.Application:
    pool, access, registry = database.pool, Access(), CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    auth = Auth(pool, clock, access, settings, await _instance(pool))
    stack.push_async_callback(auth.close)
    book = CampaignStore(pool, auth)
    journal = PostgresJournal(pool)
    stack.push_async_callback(journal.close)
    snapshots = SnapshotStore(pool)
    deliveries = DeliveryLog(partial(delivery.store, pool), clock, DATABASE_AWAY)
    # Before the rooms, so that it stores what they note when they close.
    _in_background(deliveries.run(), stack)
    refused = RefusalCounter(partial(refusals.store, pool), clock, DATABASE_AWAY)
    _in_background(refused.run(), stack)
    reports = ReportFollower(database.conninfo)
    registry.register(reports)
    _in_background(reports.run(), stack)
    directory = await _open_directory(settings, journal, snapshots, deliveries, clock, stack)
    registry.register(RoomFigures(directory))
    places = await open_places(settings, directory, pool, registry, access, stack)
    roster = RoomSync(places, clock)
    rooms = rooms or roster
    sockets = SocketRoutes(places, roster, book, auth, access, settings, refused)
    membership = MembershipChanges(
        pool, clock, access, rooms, most_members=settings.members, most_guests=settings.guests
    )
    merging = Merging(pool, clock, access, places, rooms)
    roster.on_opened, sockets.on_undo = merging.settle, merging.undone
    _in_background(merging.run(), stack)

    app = web.Application(
        middlewares=[api.errors, auth.middleware], client_max_size=settings.body_bytes
    )
    app[HEALTH], app[ACCESS], app[AUTH] = Health(pool, settings.data_dir), access, auth
    app[HEALTH].quarantined, app[ROOMS] = directory.quarantined, directory
    app.on_shutdown.append(_send_away(directory, places, sockets))
    sockets.add_routes(app)
    app.on_response_prepare.append(api.guard)
    if (settings.public_url or "").startswith("https://"):
        app.on_response_prepare.append(api.by_tls_alone)
    proxies = Networks(settings.proxies)
    accounts = Accounts(
        pool, clock, auth, passwords, settings.login_attempts, proxies, settings.sign_up
    )
    accounts.add_routes(app)
    TokenRoutes(pool, clock, auth, access).add_routes(app)
    ServiceRoutes(() if settings.oidc_issuer is None else (settings.oidc_name,)).add_routes(app)
    if settings.oidc_issuer is not None:
        issuer = Issuer(
            settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, clock
        )
        OidcRoutes(pool, clock, auth, accounts, issuer, settings.oidc_name).add_routes(app)
    owner = OwnerCheck(pool, clock, auth, passwords, settings.login_attempts, proxies)
    ProfileRoutes(pool, clock, auth, access, passwords, owner).add_routes(app)
    proof = ProofCheck(pool, clock, auth, owner)
    FactorRoutes(pool, clock, proof).add_routes(app)
    PasskeyRoutes(pool, clock, auth, accounts, proof).add_routes(app)
    SignInLogRoutes(pool, auth, owner).add_routes(app)
    mailer = None if settings.smtp_url is None else Mailer(MailServer.parse(settings.smtp_url))
    ResetRoutes(pool, clock, auth, access, passwords, mailer, proxies).add_routes(app)
    WayBackRoutes(pool, clock, auth, access, book, proxies).add_routes(app)
    CampaignRoutes(
        pool, clock, auth, access, book, rooms, most_campaigns=settings.campaigns
    ).add_routes(app)
    LifecycleRoutes(pool, clock, auth, book, rooms, most_campaigns=settings.campaigns).add_routes(
        app
    )
    MemberRoutes(auth, book, membership, rooms).add_routes(app)
    resealer = app[RESEALER] = Resealer(database, clock, enabled=settings.reseal)
    registry.register(resealer)
    deletion = AccountDeletion(pool, clock, access, rooms, resealer.soon)
    resealer.before_each = deletion.end_seats
    _in_background(resealer.run(), stack)
    OwnDataRoutes(pool, clock, auth, owner, deletion).add_routes(app)
    requests = JoinRequestRoutes(pool, clock, book, membership, rooms)
    requests.add_routes(app)
    links = InviteLinks(invite_secret(settings.invite_secret, settings.data_dir))
    InviteRoutes(pool, clock, auth, book, membership, requests, proxies, links).add_routes(app)
    permitted = Permitted(settings.webhook_hosts)
    pictures = Pictures(settings.pictures)
    tiles = Tiles(pictures)
    past = directory.services.journal
    poster = add_past(
        app, pool, past, clock, auth, access, book, permitted, tiles,
        most_campaigns=settings.campaigns,
    )  # fmt: skip
    _in_background(poster.run(), stack)
    app[DEMO] = Demo(pool, clock, places, auth)
    app[DEMO].add_routes(app)
    open_rooms = HttpRoomClient(roster, book, clock)
    MergeRoutes(book, membership, merging, open_rooms).add_routes(app)
    MapRoutes(open_rooms, book, auth, clock, settings).add_routes(app)
    MapFileRoutes(open_rooms, book, auth, clock, settings).add_routes(app)
    SearchRoutes(open_rooms, book).add_routes(app)
    PictureRoutes(pictures, tiles, open_rooms, book, clock).add_routes(app)
    CoverRoutes(pool, pictures, book, clock).add_routes(app)
    AttachedImages(pictures, open_rooms, book, clock).add_routes(app)
    RecordRoutes(pool, journal, auth, book).add_routes(app)
    AdminRoutes(
        pool, clock, auth, access, settings, deletion, directory.quarantined, lambda: reports.lag_s
    ).add_routes(app)
    ops = OpsRoutes(app[HEALTH], registry, settings.metrics_from, proxies, auth)
    ops.add_routes(app)
    add_pages(app, settings.path_prefix, sources=settings.page_sources)
    _in_background(_end_expired(auth, database), stack)
    _in_background(sockets.watch(), stack)
    _in_background(Recheck(pool, clock, access).run(), stack)
    return app


async def _instance(pool: Pool) -> str:
    """Return what tells this server from others on the same host."""
    async with pool.connection() as connection:
        row = await (await connection.execute("SELECT id FROM instance")).fetchone()
    assert row is not None, "its migration makes the one row"
    return str(row[0])


async def _open_directory(
    settings: Settings,
    journal: Journal,
    snapshots: SnapshotStore,
    deliveries: DeliveryLog,
    clock: Clock,
    stack: AsyncExitStack,
) -> Directory:
    return await stack.enter_async_context(
        serving(
            journal,
            snapshots=snapshots,
            clock=clock,
            deliveries=deliveries,
            mailbox_commands=settings.mailbox_commands,
            idle_s=settings.room_idle_s,
            room_memory_bytes=settings.room_memory_bytes,
            undo_bytes=settings.undo_bytes,
            close_timeout_s=_ANSWER_S,
        )
    )


def _send_away(
    directory: Directory, places: RoomLocator, sockets: SocketRoutes
) -> Callable[[web.Application], Awaitable[None]]:
    async def shut_down(_: web.Application) -> None:
        await directory.close(_ANSWER_S)
        if isinstance(places, Node):
            await places.leave()
        await sockets.close()

    return shut_down


async def _open_database(settings: Settings, stack: AsyncExitStack) -> Database:
    # Pictures go there too, where the database is elsewhere.
    await asyncio.to_thread(expect_writable, settings.data_dir)
    url = settings.database_url
    if url is None:
        embedded = EmbeddedPostgres(settings.data_dir)
        stack.push_async_callback(asyncio.to_thread, embedded.stop)
        await _in_thread(embedded)
        _in_background(watch(embedded), stack)
        url = embedded.url
    database = await open_database(url, max_connections=settings.database_connections)
    stack.push_async_callback(database.close)
    return database


async def _in_thread(embedded: EmbeddedPostgres) -> None:
    starting = asyncio.create_task(asyncio.to_thread(embedded.start))
    try:
        await asyncio.shield(starting)
    except asyncio.CancelledError:
        # A thread cannot be cancelled, but told.
        await asyncio.to_thread(embedded.stop)
        with suppress(EmbeddedError, psycopg.Error):
            await starting
        raise


def _in_background(work: Work, stack: AsyncExitStack) -> None:
    """Run the work until the stack unwinds; then cancel it, and re-raise what it raised."""
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


async def _end_expired(auth: Auth, database: Database) -> None:
    while True:
        await asyncio.sleep(_SWEEP_EVERY_S)
        try:
            await auth.end_expired()
        except DATABASE_AWAY:
            # After an outage, so that no request meets a connection that died in it.
            await database.pool.check()
