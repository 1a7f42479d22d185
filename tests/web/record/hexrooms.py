"""Running the commands in tests."""

import asyncio
from collections.abc import Awaitable, Callable

from click.testing import CliRunner, Result

from web.cli import main

Hexroom = Callable[..., Awaitable[Result]]


def on(database_url: str) -> Hexroom:
    """Return a function that runs a command on a database, in a thread: it runs a loop of its own."""

    async def run(*arguments: str) -> Result:
        runner = CliRunner(env={"HEXROOM_DATABASE_URL": database_url, "COLUMNS": "100"})
        return await asyncio.to_thread(runner.invoke, main, list(arguments))

    return run


def lines(result: Result) -> list[str]:
    """Return what a command that went well printed."""
    assert result.exit_code == 0, result.output
    return [line for line in result.stdout.splitlines() if line]
