"""hexroom rebuild: the tables that are derived of the record, made anew."""

import click

from events.journal.derived import rebuild_game_sessions
from web.tool import Tools, run


@click.command("rebuild", short_help="Make the tables derived of the record anew.")
def command() -> None:
    """Empty game_session and fill it again from the record, of all campaigns.

    A server may be running: what it records meanwhile is not lost.
    """

    async def work(tools: Tools) -> None:
        async with tools.database.pool.connection() as connection:
            number = await rebuild_game_sessions(connection)
        click.echo(f"game_session: {number} rows")

    run(work)
