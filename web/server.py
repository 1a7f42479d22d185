"""The server process: from its start to its exit, in time, on SIGTERM or SIGINT."""

import asyncio
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Final

import click
import uvloop
from aiohttp import web

from events.journal.database.embedded import EmbeddedError
from events.journal.database.pool import DatabaseAway, DatabaseUnfit
from web.app import DEMO, HEALTH, create_app
from web.http.path_prefix import read_below
from web.listening import address_of, listen
from web.ops.gc_tuning import let_rooms_in, spare_the_collector
from web.ops.log_format import set_up_logging
from web.settings import Settings

logger = logging.getLogger(__name__)

LEAVE_AFTER_S: Final = 9.0
"""When a server that was told to stop ends, whatever of it still hangs."""


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    set_up_logging(settings.log_format, settings.log_level)
    try:
        uvloop.run(_serve(settings))
    except (EmbeddedError, DatabaseUnfit, DatabaseAway, OSError) as error:
        click.echo(f"hexroom: {error}", err=True)
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    starting = asyncio.create_task(_start(settings))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        _leave_in_time()
        starting.cancel()
        await asyncio.wait({starting})
    if starting.cancelled():
        return
    runner = await starting
    await stopping
    _leave_in_time()
    await _stop(runner, settings)


def _leave_in_time() -> None:
    """Exit within the promised ten seconds, whatever hangs: a stopped database, a thread.

    Safe at any moment: what was acknowledged is on disk, and the next start takes over a
    database that still runs.
    """

    def leave() -> None:
        logger.warning("server: leaving without waiting for what hangs")
        os._exit(0)

    guard = threading.Timer(LEAVE_AFTER_S, leave)
    guard.daemon = True
    guard.start()


async def _stop(runner: web.AppRunner, settings: Settings) -> None:
    logger.info("server: stopping")
    runner.app[HEALTH].stopping()
    try:
        async with asyncio.timeout(settings.shutdown_s):
            await runner.cleanup()
    except TimeoutError:
        logger.warning("server: not stopped in order within %g s", settings.shutdown_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await runner.app.cleanup()
    logger.info("server: stopped")


async def _start(settings: Settings) -> web.AppRunner:
    app = await create_app(settings)
    # Nothing that comes in is unpacked: 8 MB of zeros, zipped thousandfold, and sent by anybody,
    # would be unpacked to the end for 40 s, whatever the handler has said by then.
    runner = web.AppRunner(
        app, handle_signals=False, access_log=None, shutdown_timeout=2, auto_decompress=False
    )
    try:
        await runner.setup()
        read_below(runner, settings.path_prefix)
        await listen(runner, settings)
        await _greet(runner, settings)
    except BaseException:
        await _stop(runner, settings)
        raise
    spare_the_collector()
    let_rooms_in()
    return runner


async def _greet(runner: web.AppRunner, settings: Settings) -> None:
    address = settings.public_url or address_of(runner)
    click.echo(f"Hexroom is at {address}")
    if settings.demo and settings.is_loopback:
        for link in await runner.app[DEMO].open():
            click.echo(
                f"The demo as {link.member.name}, {link.member.role}: {address}/demo/{link.secret}"
            )
    sys.stdout.flush()
