"""The journals that the contract suite is run by."""

from collections.abc import AsyncIterator

import pytest

from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal


@pytest.fixture
async def postgres_journal(pool: Pool) -> AsyncIterator[PostgresJournal]:
    journal = PostgresJournal(pool)
    yield journal
    await journal.close()
