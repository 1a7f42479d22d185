"""The journals that the contract suite is run by."""

from collections.abc import AsyncIterator

import pytest
from psycopg_pool import AsyncConnectionPool

from events.journal.database import Pool
from events.journal.postgres import PostgresJournal


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Yield connections of the owner's, in autocommit."""
    connections: Pool = AsyncConnectionPool(
        database_url, kwargs={"autocommit": True}, min_size=1, max_size=6, open=False
    )
    await connections.open(wait=True)
    yield connections
    await connections.close()


@pytest.fixture
async def postgres_journal(pool: Pool) -> AsyncIterator[PostgresJournal]:
    journal = PostgresJournal(pool)
    yield journal
    await journal.close()
