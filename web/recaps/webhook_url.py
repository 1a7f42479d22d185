"""Checks the URL of a webhook: https, a public address, and none of our own network."""

import ipaddress
import socket
from collections.abc import Collection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

MOST_CHARS: Final = 1_000
_SHOWN_CHARS: Final = 4
_HOME: Final = ("localhost", "local", "internal")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class BadHookUrl(ValueError):
    """An address that is refused; the text never repeats it."""


class NotPublic(OSError):
    """A name that leads to an address which is not public."""

    def __str__(self) -> str:
        return "its address is not a public one"


class Permitted:
    """Hosts that may be private, and be reached without https: what an operator named."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        """Take hosts, or ``host:port`` where no other port is meant."""
        self._hosts = frozenset(host.lower() for host in hosts)

    def allows(self, host: str, port: int | None) -> bool:
        """Return whether the operator named the host."""
        return host in self._hosts or f"{host}:{port}" in self._hosts


def hook_url(text: str, permitted: Permitted) -> str:
    """Return the address as it is stored; raise BadHookUrl."""
    if not (text.isascii() and text.isprintable() and len(text) <= MOST_CHARS) or " " in text:
        raise BadHookUrl(f"expected an address of at most {MOST_CHARS} ASCII characters")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadHookUrl("expected an address such as https://discord.com/api/webhooks/…") from None
    if parts.scheme not in ("http", "https") or not host:
        raise BadHookUrl("expected an address such as https://discord.com/api/webhooks/…")
    if "@" in parts.netloc or parts.fragment:
        raise BadHookUrl("an address has no user, no password and no # part")
    if not permitted.allows(host, port or _usual_port(parts)):
        if parts.scheme != "https":
            raise BadHookUrl("only https addresses are posted to")
        check_literal(host)
    return text


def check_literal(host: str) -> None:
    """Raise BadHookUrl where the host is written as an address that is not public.

    Names are checked when they are looked up, each time: what they lead to may change.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        # Numbers are addresses in old notations, such as 127.1.
        if last in _HOME or last[:1].isdigit():
            raise BadHookUrl(str(NotPublic())) from None
        return
    if not is_public(address):
        raise BadHookUrl(str(NotPublic()))


def masked(url: str) -> str:
    """Return as much of an address as a DM is shown: its host, and the end to know it by."""
    parts = urlsplit(url)
    end = url[-_SHOWN_CHARS:] if len(parts.path) > 8 * _SHOWN_CHARS else ""
    return f"{parts.scheme}://{parts.netloc}/…{end}"


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether the address is anybody's to reach, whatever other address it carries."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


class PublicResolver(AbstractResolver):
    """Looks names up, and refuses those that lead anywhere but to public addresses.

    HistoryAccess at each connection, so a name that is changed after it was checked gains nothing.
    """

    def __init__(self, permitted: Permitted) -> None:
        self._permitted = permitted
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host; raise NotPublic, or OSError where there are none."""
        addresses = await self._names.resolve(host, port, family)
        if not self._permitted.allows(host.lower(), port) and not all(
            is_public(ipaddress.ip_address(each["host"].partition("%")[0])) for each in addresses
        ):
            raise NotPublic
        return addresses

    async def close(self) -> None:
        await self._names.close()


def _usual_port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80
