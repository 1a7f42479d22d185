"""Two rooms over one record in PostgreSQL, each believing that it is alone."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from events.core.decider import advance
from events.core.state import EMPTY
from events.journal import CommandId, Commit
from events.journal.chain import Head, verify
from events.journal.database.pool import Database, open_database
from events.journal.postgres.journal import PostgresJournal
from tests.support.actor_table import ROOM, a_table, agreed, reveal
from tests.support.given import ANN, BEN, DM

COMMANDS = 1_000


@pytest.fixture
async def databases(database_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Yield the connections of two processes."""
    one, two = [await open_database(database_url, max_connections=3) for _ in range(2)]
    yield one, two
    await one.close()
    await two.close()


async def test_a_thousand_commands_to_two_writers_are_recorded_once_and_in_one_order(
    databases: tuple[Database, Database],
) -> None:
    chance = random.Random(11)
    journals = [PostgresJournal(database.pool) for database in databases]
    async with a_table(journals[0]) as one, a_table(journals[1]) as two:
        await one.sit(ANN)
        await two.sit(BEN)
        for number in range(COMMANDS):
            table = chance.choice((one, two))
            table.post(reveal(f"{number % 800},0"), DM, f"id-{number % 800}")
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            if number % 50 == 49:
                await one.settled()
                await two.settled()
        await agreed(one, two)

        commits = [commit async for commit in journals[0].read(ROOM)]
        assert [c.after for c in commits[1:]] == [c.version for c in commits[:-1]]
        ids = [c.id for c in commits if c.id is not None]
        assert len(ids) == len(set(ids))
        assert isinstance(verify(await journals[0].rows(ROOM)), Head)
        recorded = {commit.id: commit.version for commit in commits}
        answers = [(id_, o) for id_, o in one.answers + two.answers if id_ is not None]
        assert len(answers) == COMMANDS
        for id_, outcome in answers:
            if isinstance(outcome, Commit) and id_ in recorded:
                assert outcome.version == recorded[CommandId(id_)]
        state = EMPTY
        for commit in commits:
            state = advance(state, commit)
        assert two.room.state == state, "it was the last to write"
        for table, member in ((one, ANN), (two, BEN)):
            seen = [m["seq"] for m in table.listeners[member.user].messages]
            assert seen == list(range(seen[0], seen[0] + len(seen)))
        conflicts = sum(t.directory.services.meters.append_failures for t in (one, two))
        assert conflicts > 10, "they hardly met"
    for journal in journals:
        await journal.close()
