"""No webhook reaches what only this machine or its network can reach."""

import ipaddress
import socket

import aiohttp
import pytest

from web.recaps.webhook_url import (
    BadHookUrl,
    NotPublic,
    Permitted,
    PublicResolver,
    hook_url,
    is_public,
    masked,
)

PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


def test_no_private_address_is_public() -> None:
    for text in PRIVATE:
        assert not is_public(ipaddress.ip_address(text)), text
    for text in ("1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"):
        assert is_public(ipaddress.ip_address(text)), text


def test_an_address_written_as_one_is_refused() -> None:
    for text in (*PRIVATE, "127.1", "2130706433", "0x7f.1", "printer.local"):
        host = f"[{text}]" if ":" in text else text
        with pytest.raises(BadHookUrl):
            hook_url(f"https://{host}/x", Permitted())


async def test_a_name_that_leads_home_is_refused_when_it_is_looked_up() -> None:
    resolver = PublicResolver(Permitted())
    # Names, and the ways to write an address that only a look-up understands.
    for name in ("localhost", "127.1", "2130706433", "0x7f.1"):
        with pytest.raises(NotPublic):
            await resolver.resolve(name, 443, socket.AF_INET)
    found = await PublicResolver(Permitted(["localhost:443"])).resolve("localhost", 443)
    assert found
    await resolver.close()


async def test_the_client_asks_the_resolver_at_each_connection() -> None:
    connector = aiohttp.TCPConnector(resolver=PublicResolver(Permitted()), use_dns_cache=False)
    async with aiohttp.ClientSession(connector=connector) as client:
        with pytest.raises(aiohttp.ClientConnectorError) as refused:
            await client.post("https://localhost/x")
    assert isinstance(refused.value.os_error, NotPublic)


def test_an_operator_may_permit_a_host() -> None:
    permitted = Permitted(["chat.lan", "127.0.0.1:9000"])
    assert hook_url("http://chat.lan/x", permitted)
    assert hook_url("http://127.0.0.1:9000/x", permitted)
    with pytest.raises(BadHookUrl):
        hook_url("http://127.0.0.1:9001/x", permitted)


def test_of_an_address_no_more_is_shown_than_to_know_it_by() -> None:
    assert masked("https://discord.com/api/webhooks/12345/abcdefghijklmnop") == (
        "https://discord.com/…mnop"
    )
    assert masked("https://example.org/short") == "https://example.org/…"
