"""Pools of a database of each test's own, for nodes that share nothing else."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from psycopg_pool import AsyncConnectionPool

from events.journal.database import Pool


@pytest.fixture
async def pools(database_url: str) -> AsyncIterator[tuple[Pool, Pool]]:
    """Yield the connections of two nodes, in autocommit."""
    async with AsyncExitStack() as stack:
        yield await _pool(database_url, stack), await _pool(database_url, stack)


async def _pool(url: str, stack: AsyncExitStack) -> Pool:
    pool: Pool = AsyncConnectionPool(
        url, kwargs={"autocommit": True}, min_size=1, max_size=4, open=False
    )
    await pool.open(wait=True)
    stack.push_async_callback(pool.close)
    return pool
