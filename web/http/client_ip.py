"""The client's address: the peer's own, or the one that a trusted proxy forwards."""

import ipaddress
import logging
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from aiohttp import web

logger = logging.getLogger(__name__)

_OF_ONE_CUSTOMER: Final = 64
"""Bits of an IPv6 address; the others the customer chooses."""


class Networks:
    """Networks that an operator named."""

    def __init__(self, of: Iterable[str]) -> None:
        self._of = tuple(ipaddress.ip_network(each) for each in of)

    def __contains__(self, address: object) -> bool:
        try:
            parsed = ipaddress.ip_address(str(address))
        except ValueError:
            return False
        return any(parsed in network for network in self._of)


def came_directly(request: web.Request) -> bool:
    """Return whether no proxy says that it speaks for somebody else."""
    return "X-Forwarded-For" not in request.headers and "Forwarded" not in request.headers


class ProxySeen(StrEnum):
    """Whether a request says for whom a proxy makes it."""

    NONE = "none"
    BELIEVED = "believed"
    DISBELIEVED = "disbelieved"
    """It comes from an address that HEXROOM_PROXIES does not name."""


def proxy_seen(request: web.Request, proxies: Networks) -> ProxySeen:
    """Return whether the request was forwarded, and whether its proxy is trusted."""
    if came_directly(request):
        return ProxySeen.NONE
    believed = not request.remote or request.remote in proxies
    return ProxySeen.BELIEVED if believed else ProxySeen.DISBELIEVED


def counted_for(request: web.Request, proxies: Networks) -> str:
    """Return whom an attempt is counted for: the nearest address that is no proxy of ours.

    Whoever speaks by a Unix socket has no address, and is a proxy on this machine.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if forwarded == [""] and request.remote in proxies and not _is_local(request.host):
        _warn_of_proxy(str(request.remote))
    address = request.remote or ""
    while (not address or address in proxies) and forwarded and (before := forwarded.pop().strip()):
        address = before
    return _customer(address[:100])


def _is_local(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]")
    return name == "localhost" or name.startswith("127.") or name in ("::1", "")


@lru_cache(maxsize=64)
def _warn_of_proxy(address: str) -> None:
    # Once for each: the cache is what remembers.
    logger.warning(
        "proxy %s: sends no X-Forwarded-For, so that all who come by it share one limit of "
        "attempts; have it set that header, or take it out of HEXROOM_PROXIES",
        address,
    )


def _customer(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return text
    return str(ipaddress.ip_network((address, _OF_ONE_CUSTOMER), strict=False))
