"""The calls about maps: read as one may, laid by a DM, generated from a seed."""

import pytest

from tests.support.seats import Campaign
from tests.web.conftest import Meet

BODY = {"seed": 7, "width": 6, "height": 4, "orientation": "flat", "mix": {"plains": 1, "hills": 1}}


@pytest.fixture
def rooms() -> None:
    """Real ones."""


def path(night: Campaign, more: str = "") -> str:
    return f"/api/campaigns/{night.id}/map{more}"


async def test_a_map_is_laid_and_read_back(night: Campaign) -> None:
    assert (await night.dm.get(path(night))).code == "not_found"
    made = (await night.dm.post("/api/maps/preview", BODY)).body
    laid = await night.dm.call("PUT", path(night), made)
    assert (laid.status, laid.body["hexes"]) == (200, 24)
    assert (await night.dm.get(path(night))).body == made


async def test_a_generated_map_is_the_one_that_was_shown_before(night: Campaign) -> None:
    made = (await night.dm.post("/api/maps/preview", BODY)).body
    assert (await night.dm.post(path(night, "/generate"), BODY)).status == 200
    assert (await night.dm.get(path(night))).body == made


COUNTRY = {"seed": 5, "width": 24, "height": 16}


async def test_a_generated_map_carries_a_country_that_is_laid_in_one_step(night: Campaign) -> None:
    shown = (await night.dm.post("/api/maps/preview", COUNTRY)).body
    async with night.seat(night.dm) as dm:
        kept = await dm.ask(
            "note:set", hexKey="0,0", note={"id": "n1", "kind": "lore", "title": "Mine"}
        )
        assert kept["type"] == "ack"
        old = {"id": "old", "kind": "road", "points": ["0,0", "1,0"]}
        await dm.ask("path:set", path=old)
        laid = (await night.dm.post(path(night, "/generate"), COUNTRY)).body
        for what in ("paths", "sites", "regions", "labels"):
            assert laid[what] == len(shown[what]) > 0
        url = f"/api/campaigns/{night.id}/state"
        state = (await night.dm.get(url)).body
        assert [len(state[what]) for what in ("paths", "sites")] == [laid["paths"], laid["sites"]]
        assert "old" not in {path["id"] for path in state["paths"]}
        assert [note["title"] for note in state["notes"]] == ["Mine"]
        await dm.ask("history:undo")
        state = (await night.dm.get(url)).body
        assert [path["id"] for path in state["paths"]] == ["old"]
        assert (state["map"], state["sites"], state["regions"], state["labels"]) == (
            None,
            [],
            [],
            [],
        )


async def test_players_get_of_a_generated_country_what_lies_in_hexes_they_see(
    night: Campaign,
) -> None:
    await night.dm.post(path(night, "/generate"), COUNTRY)
    async with night.seat(night.dm) as dm:
        await dm.ask("hex:reveal", hexKeys="all", targets={"playerIds": [night.ann.id]})
    url = f"/api/campaigns/{night.id}/state"
    seen, unseen = (await night.ann.get(url)).body, (await night.ben.get(url)).body
    assert not {site["kind"] for site in seen["sites"]} & {"lair", "cave", "tomb"}
    assert {region["kind"] for region in seen["regions"]} >= {"realm"}
    assert [unseen[what] for what in ("paths", "sites", "regions", "labels")] == [[]] * 4


async def test_a_map_is_generated_without_a_country(night: Campaign) -> None:
    bare = (await night.dm.post("/api/maps/preview", {**COUNTRY, "countryside": False})).body
    assert "paths" not in bare
    laid = (await night.dm.post(path(night, "/generate"), {**COUNTRY, "countryside": False})).body
    assert (laid["hexes"], laid["paths"], laid["sites"]) == (24 * 16, 0, 0)


async def test_a_map_without_terrain_is_a_grid_on_which_hexes_are_shown(night: Campaign) -> None:
    laid = (await night.dm.post(path(night, "/generate"), {**BODY, "bare": True})).body
    assert (laid["hexes"], laid["paths"]) == (0, 0)
    empty = (await night.dm.get(path(night))).body
    assert (empty["gridWidth"], empty["gridHeight"], empty["hexes"]) == (6, 4, [])
    async with night.seat(night.ann) as ann, night.seat(night.dm) as dm:
        await dm.ask("hex:reveal", hexKeys=["1,1"], targets="all")
        assert (await ann.until("hex:revealed"))["hexKeys"] == ["1,1"]
    assert (await night.dm.post("/api/maps/preview", {**BODY, "bare": True})).body["hexes"] == []


async def test_a_player_reads_only_what_they_were_shown(night: Campaign) -> None:
    await night.dm.post(path(night, "/generate"), BODY)
    assert (await night.ann.get(path(night))).body["hexes"] == []
    async with night.seat(night.dm) as dm:
        await dm.ask("hex:reveal", hexKeys=["0,0"], targets={"playerIds": [night.ann.id]})
    seen = (await night.ann.get(path(night))).body["hexes"]
    assert [(at["q"], at["r"]) for at in seen] == [(0, 0)]
    assert (await night.ben.get(path(night))).body["hexes"] == []


async def test_open_sockets_are_told_of_the_new_map(night: Campaign) -> None:
    async with night.seat(night.ann) as ann:
        await night.dm.post(path(night, "/generate"), BODY)
        assert (await ann.until("map:changed"))["map"]["gridWidth"] == 6
        assert "hex:revealed" not in [message["type"] for message in await ann.quiet()]


async def test_only_a_dm_lays_a_map(night: Campaign, meet: Meet) -> None:
    assert (await night.ann.post(path(night, "/generate"), BODY)).code == "forbidden"
    assert (await night.ann.call("PUT", path(night), {})).code == "forbidden"
    stranger = await (await meet()).sign_up("Eve")
    assert (await stranger.get(path(night))).code == "not_found"
    assert (await (await meet()).post("/api/maps/preview", BODY)).status == 401


@pytest.mark.parametrize(
    "change",
    [
        {"width": 0},
        {"height": -1},
        {"seed": "7"},
        {"seed": 1.5},
        {"orientation": "round"},
        {"mix": {"cheese": 1}},
        {"mix": {"plains": -1}},
        {"mix": {}},
        {"name": ""},
        {"more": 1},
    ],
)
async def test_a_map_that_cannot_be_made_is_refused(
    night: Campaign, change: dict[str, object]
) -> None:
    assert (await night.dm.post("/api/maps/preview", {**BODY, **change})).code == "invalid_message"


async def test_a_map_past_the_limit_is_refused(night: Campaign) -> None:
    large = {**BODY, "width": 1000, "height": 101}
    assert (await night.dm.post("/api/maps/preview", large)).code == "too_large"


@pytest.mark.parametrize(
    "document", [{}, {"version": 2}, {"version": 1, "name": "x"}, [], None, "map"]
)
async def test_what_is_no_map_is_refused(night: Campaign, document: object) -> None:
    refused = await night.dm.call("PUT", path(night), document if document else {"version": 0})
    assert refused.code == "invalid_message"
