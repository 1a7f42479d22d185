"""Workers: several nodes on one port, a process each, over a NATS of their own where none is named."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Final

import click

from actors.cluster.nats_server import NatsDidNotStart, NatsServer
from actors.runtime.backoff import Backoff
from events.journal.database.embedded import EmbeddedError, EmbeddedPostgres, watch
from web.ops.log_format import set_up_logging
from web.settings import PREFIX, Settings

logger = logging.getLogger(__name__)

MOST_CONNECTIONS: Final = 80
"""Connections that the workers may have together to a database of our own."""
FIRST_DELAY_S: Final = 0.2
LONGEST_DELAY_S: Final = 5.0
STEADY_S: Final = 10.0
"""How long a worker runs until its crash counts as the first again."""


def count_of(workers: str) -> int:
    """Return how many workers are asked for; ``auto`` is one a core. Raise ValueError."""
    number = (os.cpu_count() or 1) if workers == "auto" else int(workers)
    if not 1 <= number <= 256:
        raise ValueError(f"expected 1 to 256 workers, or auto, found {workers}")
    return number


def serve_many(settings: Settings, count: int) -> int:
    """Serve with so many workers until SIGTERM or SIGINT; return the exit code."""
    set_up_logging(settings.log_format, settings.log_level)
    try:
        return asyncio.run(_serve(settings, count))
    except (EmbeddedError, NatsDidNotStart, OSError) as error:
        click.echo(f"hexroom: {error}", err=True)
        return 1


async def _serve(settings: Settings, count: int) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        environment = await _needs(settings, count, stack)
        port = _held_port(settings, stack)
        environment |= {f"{PREFIX}PORT": str(port), f"{PREFIX}REUSE_PORT": "1"}
        workers = [Worker(number, environment) for number in range(1, count + 1)]
        async with _running(workers):
            await stop.wait()
            logger.info("workers: stopping")
    return 0


class Worker:
    """One process; started again, later and later, as often as it ends on its own."""

    def __init__(self, number: int, environment: Mapping[str, str]) -> None:
        self._number = number
        self._environment = {
            **environment,
            f"{PREFIX}NODE_NAME": f"{socket.gethostname()}-{os.getpid()}-{number}",
            # The demo is opened once, and its links are printed once.
            **({} if number == 1 else {f"{PREFIX}DEMO": "0"}),
        }

    async def run(self) -> None:
        """Keep the process running until cancelled; then end it in an orderly way."""
        pauses = Backoff(FIRST_DELAY_S, LONGEST_DELAY_S)
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            code = await self._once()
            if loop.time() - begun > STEADY_S:
                pauses.reset()
            logger.error("worker %d: ended with %d and is started again", self._number, code)
            await pauses.wait()

    async def _once(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "web.cli.main", "serve"),
            env={**os.environ, **self._environment},
            # Ctrl-C is for us: we tell them, and wait.
            start_new_session=True,
        )
        logger.info("worker %d: process %d", self._number, process.pid)
        try:
            return await process.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise


@asynccontextmanager
async def _running(workers: list[Worker]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _needs(settings: Settings, count: int, stack: AsyncExitStack) -> dict[str, str]:
    """Start the database and NATS where no setting names one; return the settings by which workers find them."""
    environment: dict[str, str] = {}
    if settings.database_url is None:
        embedded = EmbeddedPostgres(settings.data_dir)
        stack.push_async_callback(asyncio.to_thread, embedded.stop)
        await asyncio.to_thread(embedded.start)
        _in_background(asyncio.create_task(watch(embedded)), stack)
        environment[f"{PREFIX}DATABASE_URL"] = embedded.url
        connections = max(2, min(settings.database_connections, MOST_CONNECTIONS // count))
        environment[f"{PREFIX}DATABASE_CONNECTIONS"] = str(connections)
    if settings.nats_url is None:
        server = NatsServer()
        stack.push_async_callback(server.stop)
        await server.start()
        _in_background(asyncio.create_task(server.watch()), stack)
        environment[f"{PREFIX}NATS_URL"] = server.url
    return environment


def _in_background(task: asyncio.Task[None], stack: AsyncExitStack) -> None:
    async def end() -> None:
        task.cancel()
        await asyncio.wait({task})

    stack.push_async_callback(end)


def _held_port(settings: Settings, stack: AsyncExitStack) -> int:
    """Return the port, held but not listened on, so that a free one stays ours between workers."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = stack.enter_context(socket.socket(family))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((settings.host, settings.port))
    return int(listener.getsockname()[1])
