"""Every call of the server, made by nobody and by a stranger: nothing is told, nothing is changed."""

import re
from uuid import UUID

import pytest
from aiohttp.test_utils import TestServer

from tests.support.people import Person
from tests.support.seats import Campaign
from tests.web.conftest import Meet

ANYBODY = (
    "/api/auth/",
    "/api/openapi.json",
    "/api/asyncapi.json",
    "/api/invites/",
    "/api/way-back/",
)
"""What begins the calls that are there for who is not signed in."""
NO_ID = str(UUID(int=0))


@pytest.fixture
def rooms() -> None:
    """Real ones."""


def calls(server: TestServer, **named: str) -> list[tuple[str, str]]:
    """Return the method and path of every call of the API, its parameters filled in."""
    found = {
        (route.method, route.resource.canonical)
        for route in server.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    return sorted(
        (method, re.sub(r"\{(\w+)\}", lambda part: named.get(part[1], NO_ID), path))
        for method, path in found
        if path.startswith("/api/")
    )


async def test_who_is_not_signed_in_is_told_nothing(server: TestServer, meet: Meet) -> None:
    nobody = await meet()
    asked = [call for call in calls(server) if not call[1].startswith(ANYBODY)]
    assert len(asked) > 60
    for method, path in asked:
        answer = await nobody.call(method, path, {} if method != "GET" else None)
        assert (answer.status, answer.code) == (401, "forbidden"), (method, path)


async def test_a_stranger_is_told_of_a_campaign_as_if_there_were_none(
    night: Campaign, server: TestServer, meet: Meet
) -> None:
    eve = await (await meet()).sign_up("Eve")
    started = await night.dm.get(f"/api/campaigns/{night.id}/events?limit=1000")
    theirs = [
        (method, path)
        for method, path in calls(server, id=night.id, user=night.ann.id)
        if path.startswith(f"/api/campaigns/{night.id}")
    ]
    assert len(theirs) > 40
    for method, path in theirs:
        real = await eve.call(method, path, {} if method != "GET" else None)
        assert real.status == 404, (method, path, real)
        none = await eve.call(
            method, path.replace(night.id, NO_ID), {} if method != "GET" else None
        )
        assert (real.status, real.body) == (none.status, none.body), (method, path)
    again = await night.dm.get(f"/api/campaigns/{night.id}/events?limit=1000")
    assert again.body == started.body


async def test_admins_calls_are_for_admins(night: Campaign, server: TestServer, meet: Meet) -> None:
    eve = await (await meet()).sign_up("Eve")
    asked = [call for call in calls(server, id=night.dm.id) if "/admin" in call[1]]
    assert len(asked) > 8
    for method, path in asked:
        answer = await eve.call(method, path, {} if method != "GET" else None)
        assert (answer.status, answer.code) == (403, "forbidden"), (method, path)


async def test_a_token_changes_no_account(ann: Person, server: TestServer, meet: Meet) -> None:
    bot = await meet()
    bot.token = (await ann.post("/api/tokens")).body["token"]
    for method, path in calls(server):
        if re.match(r"/api/me(/|$)", path) and method != "GET":
            answer = await bot.call(method, path, {})
            assert 400 <= answer.status < 500, (method, path, answer)
    assert (await ann.get("/api/me")).body["name"] == "Ann"
