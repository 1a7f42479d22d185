"""Servers below paths of one host, behind a proxy that takes the path off, and one that passes it on."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from pydantic import ValidationError
from yarl import URL

from events.journal.database.embedded import OWNER, EmbeddedPostgres
from tests.support.databases import cloned
from tests.support.prefix_proxy import PrefixProxy
from web.app import DEMO, create_app
from web.client import RoomClient
from web.http.path_prefix import read_below
from web.settings import OWN_PATHS, Settings

ANN = {"name": "Ann", "email": "ann@example.org", "password": "correct horse battery"}


class Below:
    """A server behind a path of the proxy."""

    def __init__(self, proxy: PrefixProxy, path: str, server: TestServer) -> None:
        self.url = proxy.origin + path
        self.path = path
        self.origin = proxy.origin
        self.server = server

    async def call(
        self, http: aiohttp.ClientSession, method: str, path: str, body: Any = None
    ) -> tuple[aiohttp.ClientResponse, Any]:
        """Return the answer to a browser, and what is in it."""
        async with http.request(
            method,
            self.url + path,
            json=body,
            headers={"Origin": self.origin},
            allow_redirects=False,
        ) as answer:
            text = await answer.text()
        return answer, json.loads(text) if "json" in answer.content_type else text


@pytest.fixture(params=[True, False], ids=["stripped", "passed on"])
async def proxy(request: pytest.FixtureRequest) -> AsyncIterator[PrefixProxy]:
    proxy = PrefixProxy(strips=request.param)
    async with proxy.running():
        yield proxy


@pytest.fixture
async def houses(
    proxy: PrefixProxy, postgres: EmbeddedPostgres, tmp_path: Path
) -> AsyncIterator[tuple[Below, Below]]:
    """Yield two servers, with a database each."""
    async with AsyncExitStack() as stack:
        houses = []
        for path in ("/hexroom", "/other"):
            settings = Settings(
                database_url=stack.enter_context(cloned(postgres, template=OWNER)),
                database_connections=2,
                data_dir=tmp_path,
                public_url=proxy.origin + path,
                oidc_issuer="http://127.0.0.1:9",
            )
            server = TestServer(await create_app(settings))
            await server.start_server()
            stack.push_async_callback(server.close)
            assert server.runner is not None
            read_below(server.runner, settings.path_prefix)
            proxy.targets[path] = str(server.make_url("")).rstrip("/")
            houses.append(Below(proxy, path, server))
        yield houses[0], houses[1]


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as http:
        yield http


async def test_all_that_names_the_server_names_its_path(
    houses: tuple[Below, Below], browser: aiohttp.ClientSession
) -> None:
    here, _ = houses
    signed_up, _ = await here.call(browser, "POST", "/api/auth/signup", ANN)
    assert "Path=/hexroom;" in signed_up.headers.getall("Set-Cookie")[-1]
    _, campaign = await here.call(browser, "POST", "/api/campaigns", {"name": "The Marches"})
    where = f"/api/campaigns/{campaign['id']}"
    _, invite = await here.call(browser, "POST", f"{where}/invites", {"role": "player"})
    assert invite["url"] == f"{here.url}/join/{invite['token']}"
    code, _ = await here.call(browser, "GET", f"/join/{invite['token']}/qr.svg")
    assert code.status == 200
    _, document = await here.call(browser, "GET", f"/join/{invite['token']}")
    assert document.count("/static/") == document.count('="/hexroom/static/') >= 3
    for path in ("", "/"):
        assert (await here.call(browser, "GET", path))[1] == document
    async with aiohttp.ClientSession() as guest:
        await here.call(guest, "POST", f"/api/invites/{invite['token']}/accept", {"name": "Bo"})
        _, way_back = await here.call(guest, "POST", "/api/me/way-back")
    assert way_back["url"].startswith(f"{here.url}/back/")
    _, reset = await here.call(
        browser,
        "POST",
        f"/api/admin/people/{(await here.call(browser, 'GET', '/api/me'))[1]['userId']}/reset",
    )
    assert reset["url"].startswith(f"{here.url}/reset/")
    _, openapi = await here.call(browser, "GET", "/api/openapi.json")
    assert openapi["servers"] == [{"url": here.url}]
    _, asyncapi = await here.call(browser, "GET", "/api/asyncapi.json")
    assert asyncapi["servers"]["here"] == {
        "host": URL(here.url).authority, "protocol": "ws", "pathname": "/hexroom",
    }  # fmt: skip


async def test_redirects_stay_below_the_path(
    houses: tuple[Below, Below], browser: aiohttp.ClientSession
) -> None:
    here, _ = houses
    problem, _ = await here.call(browser, "GET", "/api/auth/oidc/callback?state=x")
    assert problem.headers["Location"] == "/hexroom/?problem=expired"
    assert "Path=/hexroom/api/auth/oidc" in problem.headers["Set-Cookie"]
    link, _ = await here.server.app[DEMO].open()
    entered, _ = await here.call(browser, "GET", f"/demo/{link.secret}")
    assert entered.headers["Location"].startswith("/hexroom/c/")
    assert (await here.call(browser, "GET", "/api/me"))[0].status == 200


async def test_a_table_plays_below_the_path(
    houses: tuple[Below, Below], browser: aiohttp.ClientSession
) -> None:
    here, _ = houses
    await here.call(browser, "POST", "/api/auth/signup", ANN)
    _, campaign = await here.call(browser, "POST", "/api/campaigns", {"name": "The Marches"})
    async with RoomClient(here.url, campaign["id"], http=browser) as room:
        await room.until("session:state")
        assert await room.start() > 0


async def test_two_servers_on_one_host_get_no_cookies_of_each_other(
    houses: tuple[Below, Below], browser: aiohttp.ClientSession, proxy: PrefixProxy
) -> None:
    here, there = houses
    for house in houses:
        await house.call(browser, "POST", "/api/auth/signup", ANN)
    for house in houses:
        assert (await house.call(browser, "GET", "/api/me"))[0].status == 200
    # Both databases come of one template, so even the names of the cookies are the same.
    assert len(proxy.cookies["/hexroom"]) == len(proxy.cookies["/other"]) == 1
    assert not proxy.cookies["/hexroom"] & proxy.cookies["/other"]

    await here.call(browser, "POST", "/api/auth/logout")

    assert (await here.call(browser, "GET", "/api/me"))[0].status == 401
    assert (await there.call(browser, "GET", "/api/me"))[0].status == 200


async def test_a_cookie_of_before_the_move_below_a_path_is_forgotten(
    houses: tuple[Below, Below], browser: aiohttp.ClientSession
) -> None:
    here, _ = houses
    await here.call(browser, "POST", "/api/auth/signup", ANN)
    (cookie,) = browser.cookie_jar
    browser.cookie_jar.update_cookies({cookie.key: "of before"}, URL(here.origin))
    again, _ = await here.call(
        browser, "POST", "/api/auth/login", {key: ANN[key] for key in ("email", "password")}
    )
    assert again.status == 200
    assert [(each["path"], each.value != "of before") for each in browser.cookie_jar] == [
        ("/hexroom", True)
    ]
    assert (await here.call(browser, "GET", "/api/me"))[0].status == 200


async def test_probes_that_know_no_path_are_answered(houses: tuple[Below, Below]) -> None:
    server = houses[0].server
    async with aiohttp.ClientSession() as probe:
        for path, status in (
            ("/healthz", 200),
            ("/hexroom/healthz", 200),
            ("/hexroomhealthz", 404),
            ("/hexroom/hexroom/healthz", 404),
            ("/other/healthz", 404),
        ):
            async with probe.get(server.make_url(path)) as answer:
                assert answer.status == status, path


async def test_no_prefix_can_be_taken_for_a_path_of_our_own(houses: tuple[Below, Below]) -> None:
    routes = houses[0].server.app.router.resources()
    assert {route.canonical.split("/")[1] for route in routes} - {""} == OWN_PATHS


@pytest.mark.parametrize(
    "path", ["/api", "/c/x", "/a//b", "/a/../b", "/ä", "/a%20b", "/a?b", "/a#b", "/a b", "/a/./b"]
)
def test_a_prefix_that_could_not_work_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="public_url"):
        Settings(public_url=f"https://home.example{path}")


@pytest.mark.parametrize(
    ("given", "address", "origin", "prefix"),
    [
        ("https://Home.example:443/hexroom/", "https://home.example/hexroom", "https://home.example", "/hexroom"),
        ("http://[::1]:8080/a/b-c", "http://[::1]:8080/a/b-c", "http://[::1]:8080", "/a/b-c"),
        ("https://play.example/", "https://play.example", "https://play.example", ""),
    ],
)  # fmt: skip
def test_a_public_url_is_an_origin_and_a_path(
    given: str, address: str, origin: str, prefix: str
) -> None:
    settings = Settings(public_url=given)
    assert (settings.public_url, settings.public_origin, settings.path_prefix) == (
        address,
        origin,
        prefix,
    )
