"""Where a server listens: an address of one or both families, a Unix socket, or one from systemd."""

import logging
import os
import socket
from typing import Final

from aiohttp import web

from web.settings import Settings

logger = logging.getLogger(__name__)

_FIRST_LISTEN_FD: Final = 3
"""Where systemd's socket activation puts the first socket; see sd_listen_fds(3)."""
_BACKLOG: Final = 4_096
"""Connections that may wait to be accepted, at most what the kernel allows (``net.core.somaxconn``).

Whole tables come back at once when a server starts anew. Who finds no place asks again after a second.
"""


async def listen(runner: web.AppRunner, settings: Settings) -> None:
    """Listen where the settings say; on "::" for both families, each by a socket of its own.

    One socket for both would give IPv4 clients addresses that proxies and limits do not know.
    """
    site = _site(runner, settings)
    await site.start()
    if settings.host == "::" and isinstance(site, web.TCPSite):
        port = settings.port or runner.addresses[0][1]
        try:
            await web.TCPSite(
                runner,
                "0.0.0.0",
                port,
                backlog=_BACKLOG,
                reuse_port=settings.reuse_port or None,
            ).start()
        except OSError as error:
            logger.warning("server: HEXROOM_HOST=:: serves IPv6 alone: %s", error)


def _site(runner: web.AppRunner, settings: Settings) -> web.BaseSite:
    """Return where to listen: the socket that systemd opened, a Unix socket, or an address."""
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS"):
        return web.SockSite(runner, socket.socket(fileno=_FIRST_LISTEN_FD), backlog=_BACKLOG)
    if settings.socket_path is not None:
        return web.UnixSite(runner, settings.socket_path, backlog=_BACKLOG)
    return web.TCPSite(
        runner,
        settings.host,
        settings.port,
        backlog=_BACKLOG,
        reuse_port=settings.reuse_port or None,
    )


def address_of(runner: web.AppRunner) -> str:
    """Return where the server listens, as a browser on this machine would call it."""
    address = runner.addresses[0]
    if isinstance(address, str):
        return f"unix:{address}"
    host, port = address[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
