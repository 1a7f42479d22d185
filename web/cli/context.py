"""Shared by the commands that read the record: the database, exit codes, and error messages."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import quote

import click
from pydantic import ValidationError
from rich.console import Console

from events.journal import BrokenRecord, JournalUnavailable
from events.journal.database.embedded import OWNER, DataFolderInUse, EmbeddedError, EmbeddedPostgres
from events.journal.database.pool import Database, DatabaseAway, DatabaseUnfit, open_database
from events.journal.postgres.journal import PostgresJournal
from events.journal.snapshots import SnapshotStore
from events.record.errors import BadQuestion, NotInRecord, RecordError
from events.record.reader import Record
from web.ops.gc_tuning import spare_the_collector
from web.settings import Settings


class Exit(IntEnum):
    """What a command's exit code says; docs/reference/cli.md lists them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    DAMAGED = 4
    NO_DATABASE = 5
    FILE = 6
    REFUSED = 7
    INTERRUPTED = 130


class Failure(click.ClickException):
    """A command that could not do what it was asked; the text is for people."""

    def __init__(self, text: str, code: Exit) -> None:
        super().__init__(text)
        self.exit_code = int(code)  # type: ignore[misc]  # click reads it from the instance


@dataclass(frozen=True, slots=True)
class Tools:
    """An open database, and its readers."""

    database: Database
    journal: PostgresJournal
    record: Record
    settings: Settings
    owner_url: str
    """How the owner of the tables reaches the database."""


def run(work: Callable[[Tools], Awaitable[None]]) -> None:
    """Do the work with the database open; whatever it raises becomes words and an exit code."""
    run_alone(partial(_with_tools, work))


def run_alone(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do work that opens what it needs; whatever it raises becomes words and an exit code."""
    spare_the_collector()
    try:
        asyncio.run(work())
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read us has gone, as head does; nothing is left to be flushed at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.OK)
    except (NotInRecord, BadQuestion, RecordError) as error:
        code = Exit.USAGE if isinstance(error, BadQuestion) else Exit.NOT_FOUND
        raise Failure(str(error), code) from None
    except BrokenRecord as error:
        raise Failure(f"the record is damaged: {error}", Exit.DAMAGED) from None
    except (EmbeddedError, DatabaseUnfit, DatabaseAway, JournalUnavailable) as error:
        raise Failure(str(error), Exit.NO_DATABASE) from None
    except ValidationError as error:
        raise Failure(f"the settings are wrong: {error}", Exit.USAGE) from None


def write_file(path: str, content: bytes) -> None:
    """Write a whole file, or standard output for ``-``; a file that was there is replaced at once."""
    if path == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            # A device or a pipe is written to, never replaced; a folder refuses.
            target.write_bytes(content)
            return
    except OSError as error:
        unwritable(path, error)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        unwritable(path, error)


def unwritable(path: str, error: OSError) -> NoReturn:
    raise Failure(f"cannot write {path}: {error.strerror or error}", Exit.FILE) from None


def notes() -> Console:
    """Return where progress and remarks go: not among what a command gives out."""
    return Console(stderr=True)


@asynccontextmanager
async def owner_url(settings: Settings, *, make: bool = False) -> AsyncIterator[str]:
    """Yield how the owner reaches the database that the settings name, or our own.

    Our own is started unless a server runs on it; ``make`` makes one where there is none.
    """
    async with AsyncExitStack() as stack:
        yield settings.database_url or await _embedded_url(settings.data_dir, stack, make=make)


@asynccontextmanager
async def open_tools(settings: Settings) -> AsyncIterator[Tools]:
    """Open the database that the settings name, or our own, also while a server runs on it."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(owner_url(settings))
        database = await open_database(url, max_connections=4)
        stack.push_async_callback(database.close)
        journal = PostgresJournal(database.pool)
        stack.push_async_callback(journal.close)
        record = Record(database.pool, journal, SnapshotStore(database.pool))
        yield Tools(database, journal, record, settings, url)


async def _with_tools(work: Callable[[Tools], Awaitable[None]]) -> None:
    async with open_tools(Settings()) as tools:
        await work(tools)


async def _embedded_url(folder: Path, stack: AsyncExitStack, *, make: bool) -> str:
    if not make and not (folder / "postgres").exists():
        raise EmbeddedError(
            f"there is no database in {folder}: name one in HEXROOM_DATABASE_URL or HEXROOM_DATA_DIR"
        )
    embedded = EmbeddedPostgres(folder)
    try:
        await asyncio.to_thread(embedded.start)
    except DataFolderInUse:
        return _running_url(folder)
    stack.push_async_callback(asyncio.to_thread, embedded.stop)
    return embedded.url


SOCKET_LINE: Final = 4
"""Where postmaster.pid names the folder of the socket, counted from 0."""


def _running_url(folder: Path) -> str:
    """Return how to reach the database that a running server holds."""
    try:
        lines = (folder / "postgres" / "postmaster.pid").read_text().splitlines()
        socket = lines[SOCKET_LINE].strip()
    except (OSError, IndexError):
        raise EmbeddedError(
            f"a server uses {folder}, but its database does not answer yet: try again"
        ) from None
    return f"postgresql://{OWNER}@/{OWNER}?host={quote(socket, safe='')}"
