"""A campaign as a template: what was prepared goes along, nobody and nothing that happened does."""

import json

import pytest

from tests.support.seats import Campaign
from tests.web.conftest import Meet


@pytest.fixture
def rooms() -> None:
    """Real ones."""


async def prepared(night: Campaign) -> None:
    """Give the campaign one thing of each kind, shown to Ann."""
    ann = {"playerIds": [night.ann.id]}
    vale = {"seed": 7, "width": 6, "height": 4, "mix": {"plains": 1}}
    assert (await night.dm.post(f"/api/campaigns/{night.id}/map/generate", vale)).status == 200
    async with night.seat(night.dm) as dm:
        for tag, fields in (
            ("hex:update", {"changes": [{"key": "1,0", "terrain": "hills"}]}),
            ("hex:reveal", {"hexKeys": ["1,0"], "targets": ann}),
            ("token:create", {"hexKey": "1,0", "label": "Ann the Bold", "ownerId": night.ann.id}),
            ("note:set", {"hexKey": "1,0", "note": {"kind": "lore", "title": "Well",
                          "dmText": "cursed", "audience": ann}}),
            ("site:set", {"hexKey": "1,0", "site": {"kind": "village", "title": "Thornby"}}),
            ("rule:set", {"players": "all", "within": 1}),
            ("rule:set", {"players": ann, "within": 2}),
            ("settings:set", {"grid": False}),
        ):  # fmt: skip
            answer = await dm.ask(tag, **fields)
            assert answer["type"] == "ack", (tag, answer)


async def test_a_template_has_the_map_and_no_people(night: Campaign) -> None:
    await prepared(night)
    made = await night.dm.post(f"/api/campaigns/{night.id}/duplicate", {"name": "Again"})
    assert made.status == 201, made
    copy = Campaign(made.body["id"], night.server, night.dm, night.ann, night.ben)
    async with copy.socket(night.dm) as dm:
        state = await dm.until("session:state")
    assert [each["userId"] for each in state["connectedPlayers"]] == [night.dm.id]
    assert {"key": "1,0", "terrain": "hills"} in state["terrain"]
    assert (state["map"]["gridWidth"], state["settings"]["grid"]) == (6, False)
    (note,) = state["notes"]
    assert (note["title"], note["dmText"], note["revealedTo"]) == ("Well", "cursed", [])
    assert "Thornby" in [site.get("title") for site in state["sites"]]
    assert [rule["players"] for rule in state["rules"]] == ["all"]
    assert (state["revealedHexes"], state["tokens"], state["history"]["canUndo"]) == ([], [], None)
    record = await night.dm.get(f"/api/campaigns/{copy.id}/events?limit=1000")
    assert night.ann.id not in json.dumps(record.body)
    assert (await night.ann.get(f"/api/campaigns/{copy.id}")).status == 404
    assert (await night.dm.get(f"/api/campaigns/{copy.id}/verify")).body["ok"] is True


async def test_only_a_dm_duplicates(night: Campaign, meet: Meet) -> None:
    path = f"/api/campaigns/{night.id}/duplicate"
    assert (await night.ann.post(path, {"name": "Mine"})).status == 403
    assert (await (await meet()).post(path, {"name": "Mine"})).status == 401
    assert (await night.dm.post(path, {"name": ""})).status == 400


async def test_nobody_changes_an_archived_campaign(night: Campaign) -> None:
    archived = f"/api/campaigns/{night.id}/archived"
    async with night.seat(night.dm) as dm:
        await dm.ask("session:start")
        busy = await night.dm.call("PUT", archived, {"archived": True})
        assert (busy.status, busy.code) == (409, "invalid_state")
        await dm.ask("session:end")
        assert (await night.dm.call("PUT", archived, {"archived": True})).status == 204
        refused = await dm.ask("hex:reveal", hexKeys=["0,0"], targets="all")
        assert (refused["type"], refused["code"]) == ("error", "invalid_state")
        async with night.seat(night.ann):
            pass
        assert (await night.dm.call("PUT", archived, {"archived": False})).status == 204
        shown = await dm.ask("hex:reveal", hexKeys=["0,0"], targets="all")
        assert shown["type"] == "ack"
