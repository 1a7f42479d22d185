"""hexroom rebuild: what was lost or falsified beside the record comes back from it."""

import psycopg
from psycopg_pool import AsyncConnectionPool

from events.journal import Append, Lease
from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal
from tests.support.hexroom_commands import lines, on
from tests.support.sample_commits import ENDED, NIGHT, STARTED, commit, room


async def test_rebuild_fills_the_table_of_sessions_from_the_record(database_url: str) -> None:
    night = (commit(0, STARTED, session=NIGHT), commit(1, ENDED, session=NIGHT))
    pool: Pool = AsyncConnectionPool(
        database_url, kwargs={"autocommit": True}, min_size=1, max_size=2, open=False
    )
    async with pool:
        journal = PostgresJournal(pool)
        assert await journal.append([Append(Lease(room()), 0, night)]) == [None]
        await journal.close()
    with psycopg.connect(database_url, autocommit=True) as connection:
        written = connection.execute("SELECT * FROM game_session").fetchall()
        connection.execute("UPDATE game_session SET status = 'active', started_by = 'mallory'")
        assert lines(await on(database_url)("rebuild"))[0] == "game_session: 1 rows"
        assert connection.execute("SELECT * FROM game_session").fetchall() == written
