"""The demo: made once where the database is empty, entered by link on this machine only."""

from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from tests.web.conftest import Meet
from web.app import DEMO


@pytest.fixture
def rooms() -> None:
    """Real ones."""


async def test_the_demo_holds_a_map_a_table_and_a_past_session(
    server: TestServer, meet: Meet
) -> None:
    dm_link, player_link = await server.app[DEMO].open()
    dm, player = await meet(), await meet()
    entered = await dm.get(f"/demo/{dm_link.secret}", allow_redirects=False)
    assert entered.status == 302
    (campaign,) = (await dm.get("/api/campaigns")).body["campaigns"]
    assert entered.headers["Location"] == f"/c/{campaign['id']}"
    assert (campaign["name"], campaign["role"]) == ("The Sunken Marches", "dm")
    assert campaign["lastSession"]["status"] == "ended"
    where = f"/api/campaigns/{campaign['id']}"
    assert len((await dm.get(f"{where}/map")).body["hexes"]) == 600
    assert len((await dm.get(where)).body["members"]) == 3
    await player.get(f"/demo/{player_link.secret}", allow_redirects=False)
    shown = (await player.get(f"{where}/map")).body["hexes"]
    assert 19 <= len(shown) < 100
    times = [event["createdAt"] for event in (await dm.get(f"{where}/events")).body["events"]]
    assert times == sorted(times)


async def test_a_second_start_finds_the_demo_and_makes_new_secrets(server: TestServer) -> None:
    first = await server.app[DEMO].open()
    again = await server.app[DEMO].open()
    assert [link.member for link in first] == [link.member for link in again]
    assert {link.secret for link in first}.isdisjoint(link.secret for link in again)


async def test_a_database_with_anything_in_it_gets_no_demo(server: TestServer, meet: Meet) -> None:
    await (await meet()).sign_up("Ann")
    assert await server.app[DEMO].open() == ()


async def test_the_links_are_for_this_machine_and_cannot_be_guessed(
    server: TestServer, meet: Meet
) -> None:
    link, _ = await server.app[DEMO].open()
    person = await meet()
    assert (await person.get("/demo/nonsense", allow_redirects=False)).code == "not_found"
    proxied = {"X-Forwarded-For": "203.0.113.7"}
    refused = await person.get(f"/demo/{link.secret}", allow_redirects=False, headers=proxied)
    assert refused.code == "not_found"
    assert (await person.get("/api/me")).status == 401


async def test_the_demo_lies_in_a_country_of_which_each_player_knows_another_part(
    server: TestServer, meet: Meet
) -> None:
    dm_link, _ = await server.app[DEMO].open()
    dm = await meet()
    entered = await dm.get(f"/demo/{dm_link.secret}", allow_redirects=False)
    where = f"/api/campaigns/{entered.headers['Location'].removeprefix('/c/')}"
    members = (await dm.get(where)).body["members"]
    ids = {member["name"]: member["userId"] for member in members}
    whole = (await dm.get(f"{where}/state")).body
    finn, isa = [(await dm.get(f"{where}/state?as={ids[name]}")).body for name in ("Finn", "Isa")]

    assert {path["kind"] for path in whole["paths"]} == {"river", "road", "trail", "border"}
    assert len(whole["sites"]) >= 12
    assert (len(whole["regions"]), len(whole["labels"])) == (4, 2)
    assert {"river", "road"} <= {path["kind"] for path in finn["paths"]}
    assert names(isa) - names(finn) == {"Smugglers' Trail", "Smugglers' Hole"}
    assert names(finn) - names(isa) == {"The heron's omen"}
    hidden = {"Lair of the Mire Hydra", "The mire hydra"}
    assert hidden <= names(whole)
    assert hidden.isdisjoint(names(finn) | names(isa))
    lair = next(site["hexKey"] for site in whole["sites"] if site["kind"] == "lair")
    assert lair in finn["revealedHexes"]


def names(state: dict[str, Any]) -> set[str]:
    """Return the names of all that lies on the map for a viewer, notes included."""
    named = [*state["paths"], *state["regions"]]
    titled = [*state["sites"], *state["notes"]]
    return {thing["name"] for thing in named} | {thing["title"] for thing in titled}
