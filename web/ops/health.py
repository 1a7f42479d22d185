"""HTTP routes for operators: health, readiness, metrics and the API documents."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from events.core.state import RoomId
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.embedded import DataFolderNotWritable, expect_writable
from events.journal.database.pool import Pool
from web.accounts.auth import Auth
from web.http.api import Answer, Missing, success
from web.http.client_ip import Networks, ProxySeen, came_directly, proxy_seen
from web.http.openapi import described, openapi
from web.ops.asyncapi import asyncapi

logger = logging.getLogger(__name__)

_PROBE_S: Final = 2.0


class Health:
    """What the probes tell; ready from the start, until told that the server stops."""

    def __init__(self, pool: Pool, data_dir: Path) -> None:
        self._pool = pool
        self._data_dir = data_dir
        self._stopping = False
        self.quarantined: Callable[[], Iterable[RoomId]] = tuple
        """Names the rooms that cannot be loaded; whoever keeps rooms puts theirs here."""

    def stopping(self) -> None:
        """From now on nobody should send anything here."""
        self._stopping = True

    async def faults(self) -> tuple[str, ...]:
        """Return why the server should get no requests; empty when it is ready."""
        if self._stopping:
            return ("the server is stopping",)
        try:
            async with asyncio.timeout(_PROBE_S), self._pool.connection() as connection:
                await connection.execute("SELECT 1")
        except DATABASE_AWAY:
            return ("the database is away",)
        try:
            await asyncio.to_thread(expect_writable, self._data_dir)
        except DataFolderNotWritable as error:
            logger.warning("data folder: %s", error)
            return ("the data folder cannot be written",)
        return ()


class Alive(Answer):
    status: str
    quarantined: tuple[RoomId, ...]
    proxy: ProxySeen
    """Whether the request came by a proxy that says for whom it speaks; `hexroom doctor` asks."""


class Ready(Answer):
    status: str
    faults: tuple[str, ...]


class OpsRoutes:
    """The calls that machines make."""

    def __init__(
        self,
        health: Health,
        registry: CollectorRegistry,
        insiders: Iterable[str],
        proxies: Networks,
        auth: Auth,
    ) -> None:
        self._auth = auth
        self._health = health
        self._registry = registry
        self._insiders = Networks(insiders)
        self._proxies = proxies

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self.alive)
        app.router.add_get("/readyz", self.ready)
        app.router.add_get("/metrics", self.metrics)
        app.router.add_get("/api/openapi.json", self.description)
        app.router.add_get("/api/asyncapi.json", self.messages)

    @described(gives=Alive)
    async def alive(self, request: web.Request) -> web.Response:
        """Say that the server runs, and name to operators the rooms that cannot be loaded."""
        rooms = tuple(sorted(self._health.quarantined())) if self._is_inside(request) else ()
        proxy = proxy_seen(request, self._proxies)
        return success(Alive(status="ok", quarantined=rooms, proxy=proxy))

    @described(gives=Ready)
    async def ready(self, request: web.Request) -> web.Response:
        """Return whether requests should be sent here; 503 while the database is away or at the end.

        Why not is for who asks the server itself, and not for whom a proxy speaks.
        """
        faults = await self._health.faults()
        named = faults if came_directly(request) else ()
        status = "unavailable" if faults else "ready"
        return success(Ready(status=status, faults=named), status=503 if faults else 200)

    @described(content="text/plain")
    async def metrics(self, request: web.Request) -> web.Response:
        """Tell the figures that Prometheus collects: to operators, for they count secret actions too."""
        if not self._is_inside(request):
            raise Missing("page")
        return web.Response(
            body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    def _is_inside(self, request: web.Request) -> bool:
        """Return whether an operator's machine asks, and none that a proxy speaks for."""
        return came_directly(request) and request.remote in self._insiders

    @described()
    async def description(self, request: web.Request) -> web.Response:
        """Describe the calls, as OpenAPI."""
        return web.json_response(openapi(request.app, self._auth.own_address(request)))

    @described()
    async def messages(self, request: web.Request) -> web.Response:
        """Describe the websocket and its messages, as AsyncAPI."""
        return web.json_response(asyncapi(self._auth.own_address(request)))
