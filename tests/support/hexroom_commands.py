"""Running the commands in tests."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from click.testing import CliRunner, Result

from web.cli.main import main

Hexroom = Callable[..., Awaitable[Result]]


def on(database_url: str, folder: Path | None = None) -> Hexroom:
    """Return a function that runs a command on a database, and a data folder where it needs one.

    In a thread: it runs a loop of its own.
    """

    async def run(*arguments: str) -> Result:
        where = None if folder is None else str(folder)
        named = {"HEXROOM_DATABASE_URL": database_url, "HEXROOM_DATA_DIR": where}
        runner = CliRunner(env={**named, "COLUMNS": "100"})
        return await asyncio.to_thread(runner.invoke, main, list(arguments))

    return run


def lines(result: Result) -> list[str]:
    """Return what a command that went well printed."""
    assert result.exit_code == 0, result.output
    return [line for line in result.stdout.splitlines() if line]
