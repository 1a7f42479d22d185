"""hexroom rebuild: computes the derived tables from the record again."""

import asyncio
import sys
from datetime import datetime

import click
from psycopg_pool import ConnectionPool
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from events.journal.database.pool import ThreadPool
from events.journal.derived import rebuild_game_sessions
from events.report.table_projection import ReportView, rebuild
from web.cli.context import Tools, notes, run


@click.command("rebuild", short_help="Compute the derived tables again.")
def command() -> None:
    """Make game_session and the report tables anew from the record, which itself is only read.

    The server may be running.
    """

    async def work(tools: Tools) -> None:
        pool = tools.database.pool
        async with pool.connection() as connection:
            sessions = await rebuild_game_sessions(connection)
            cursor = await connection.execute("SELECT count(*) FROM session_event")
            row = await cursor.fetchone()
        total = int(row[0]) if row else 0
        count = await asyncio.to_thread(_reports, tools.database.conninfo, total)
        click.echo(f"game_session: {sessions} rows")
        click.echo(f"report_event: {count} rows")

    run(work)


def _reports(conninfo: str, total: int) -> int:
    with (
        ConnectionPool(conninfo, kwargs={"autocommit": True}, min_size=1, max_size=2) as pool,
        Progress(
            TextColumn("reports {task.fields[at]}"), BarColumn(), MofNCompleteColumn(),
            TimeRemainingColumn(), console=notes(), transient=True, disable=not sys.stderr.isatty(),
        ) as progress,
    ):  # fmt: skip
        typed: ThreadPool = pool
        task = progress.add_task("reports", total=total, at="")

        def show_progress(rows: int, at: datetime) -> None:
            progress.update(task, completed=rows, at=f"{at:%Y-%m-%d}")

        return rebuild(ReportView(typed), show_progress)
