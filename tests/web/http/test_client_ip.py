"""Whose address an attempt is counted for."""

import pytest
from aiohttp.test_utils import make_mocked_request

from web.http.client_ip import Networks, counted_for

PROXIES = Networks(("127.0.0.0/8", "10.1.0.0/16", "::1/128"))


@pytest.mark.parametrize(
    ("peer", "said", "expected"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        # Who is no proxy may say what they like.
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "6.6.6.6, 198.51.100.1, 127.0.0.1", "198.51.100.1"),
        ("10.2.2.3", "198.51.100.1", "10.2.2.3"),
        ("::1", "", "::/64"),
        ("127.0.0.1", "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("127.0.0.1", "2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("127.0.0.1", "nonsense", "nonsense"),
    ],
)
def test_an_attempt_is_counted_for_the_nearest_who_is_no_proxy(
    peer: str, said: str | None, expected: str
) -> None:
    headers = {} if said is None else {"X-Forwarded-For": said}
    request = make_mocked_request("POST", "/", headers=headers).clone(remote=peer)
    assert counted_for(request, PROXIES) == expected


def test_a_proxy_that_names_nobody_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    for host, peer in (
        ("localhost:8000", "127.0.0.1"),
        ("hexroom.example.org", "203.0.113.7"),
        ("hexroom.example.org", "10.1.9.9"),
        ("hexroom.example.org", "10.1.9.9"),
    ):
        request = make_mocked_request("POST", "/", headers={"Host": host}).clone(remote=peer)
        counted_for(request, PROXIES)
    assert [record.args for record in caplog.records] == [("10.1.9.9",)]
