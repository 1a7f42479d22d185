"""Whose address it is: the peer's, or what a proxy says that is believed."""

import ipaddress
from collections.abc import Iterable
from typing import Final

from aiohttp import web

_OF_ONE_CUSTOMER: Final = 64
"""Bits of an IPv6 address; the others the customer chooses."""


class Networks:
    """Networks that an operator named."""

    def __init__(self, of: Iterable[str]) -> None:
        self._of = tuple(ipaddress.ip_network(each) for each in of)

    def __contains__(self, address: object) -> bool:
        try:
            found = ipaddress.ip_address(str(address))
        except ValueError:
            return False
        return any(found in network for network in self._of)


def came_directly(request: web.Request) -> bool:
    """Return whether no proxy says that it speaks for somebody else."""
    return "X-Forwarded-For" not in request.headers and "Forwarded" not in request.headers


def counted_for(request: web.Request, proxies: Networks) -> str:
    """Return whom an attempt is counted for: the nearest address that is no proxy of ours.

    Whoever speaks by a Unix socket has no address, and is a proxy on this machine.
    """
    said = request.headers.get("X-Forwarded-For", "").split(",")
    found = request.remote or ""
    while (not found or found in proxies) and said and (before := said.pop().strip()):
        found = before
    return _customer(found[:100])


def _customer(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return text
    return str(ipaddress.ip_network((address, _OF_ONE_CUSTOMER), strict=False))
