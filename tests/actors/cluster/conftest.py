"""NATS and nodes for the tests: servers of each test's own, on free ports."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from psycopg_pool import AsyncConnectionPool

from actors.cluster.nats_server import NatsServer
from events.journal.database.pool import Pool
from web.app import create_app
from web.settings import Settings

StartNode = Callable[[], Awaitable[str]]


@pytest.fixture
async def pools(database_url: str) -> AsyncIterator[tuple[Pool, Pool]]:
    """Yield the connections of two nodes, in autocommit."""
    async with AsyncExitStack() as stack:
        yield await _pool(database_url, stack), await _pool(database_url, stack)


@pytest.fixture
async def nats_server() -> AsyncIterator[NatsServer]:
    server = NatsServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def start_node(
    database_url: str, nats_server: NatsServer, tmp_path: Path
) -> AsyncIterator[StartNode]:
    """Yield a function that starts a node in this process and returns its URL."""
    async with AsyncExitStack() as stack:

        async def start() -> str:
            settings = Settings(
                database_url=database_url,
                database_connections=4,
                data_dir=tmp_path,
                nats_url=nats_server.url,
                demo=False,
            )
            server = TestServer(await create_app(settings))
            await server.start_server()
            stack.push_async_callback(server.close)
            return str(server.make_url("/")).rstrip("/")

        yield start


async def _pool(url: str, stack: AsyncExitStack) -> Pool:
    pool: Pool = AsyncConnectionPool(
        url, kwargs={"autocommit": True}, min_size=1, max_size=4, open=False
    )
    await pool.open(wait=True)
    stack.push_async_callback(pool.close)
    return pool
