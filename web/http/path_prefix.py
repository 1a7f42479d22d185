"""Serving below a path of a host: requests are read without the path, whether or not the proxy took it off."""

from typing import Any

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage


def read_below(runner: web.BaseRunner, prefix: str) -> None:
    """Have the server of a runner that was set up read `/PREFIX/x` as `/x`; other paths stay as they are.

    A proxy that takes the prefix off needs no setting, and neither does a probe that knows none.
    """
    server = runner.server
    assert server is not None, "after setup()"
    if not prefix:
        return
    make_request = server.request_factory

    def make(message: RawRequestMessage, *rest: Any) -> web.BaseRequest:
        return make_request(_without(prefix, message), *rest)

    server.request_factory = make


def _without(prefix: str, message: RawRequestMessage) -> RawRequestMessage:
    path = message.url.raw_path
    if path != prefix and not path.startswith(f"{prefix}/"):
        return message
    url = message.url.with_path(
        path.removeprefix(prefix) or "/", encoded=True, keep_query=True, keep_fragment=True
    )
    return message._replace(path=url.raw_path_qs, url=url)
