"""Every path by which a player reads, before and after a DM does much in secret: the same bytes."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image

from tests.support.people import Person, ShiftedClock
from tests.support.seats import Campaign, Seat, a_campaign
from tests.web.conftest import Meet
from web.app import create_app
from web.settings import Settings

FRAME: dict[str, Any] = {"gridWidth": 12, "gridHeight": 8, "hexSize": 40, "orientation": "flat"}
SEEN = ["0,0", "1,0", "2,0"]


@pytest.fixture
async def server(settings: Settings, clock: ShiftedClock) -> AsyncIterator[TestServer]:
    server = TestServer(await create_app(settings, clock=clock))
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def night(server: TestServer, meet: Meet) -> Campaign:
    dm = await (await meet()).sign_up("Dora")
    return await a_campaign(server, dm, await meet(), await meet())


async def in_the_open(night: Campaign, dm: Seat) -> None:
    hexes = [{"q": q, "r": r, "terrain": "hills"} for q in range(10) for r in range(4)]
    document = {"version": 1, "name": "Marches", "hexes": hexes, **FRAME}
    laid = await night.dm.call("PUT", f"/api/campaigns/{night.id}/map", document)
    assert laid.status == 200, laid
    picture = io.BytesIO()
    Image.effect_noise((900, 700), 90).save(picture, "PNG")
    path = f"/api/campaigns/{night.id}/map/picture"
    assert (await night.dm.call("PUT", path, data=picture.getvalue())).status == 200
    open_note = {"id": "open", "kind": "lore", "title": "Well", "playerText": "smoke and water"}
    for type_, fields in (
        ("session:start", {}),
        ("hex:reveal", {"hexKeys": SEEN, "targets": "all"}),
        ("token:create", {"tokenId": "hero", "hexKey": "0,0", "label": "Hero", "ownerId": night.ann.id}),
        ("note:set", {"hexKey": "1,0", "note": open_note}),
    ):  # fmt: skip
        assert (await dm.ask(type_, **fields))["type"] == "ack", (type_, fields)


async def in_secret(night: Campaign, dm: Seat) -> None:
    ben = {"playerIds": [night.ben.id]}
    hidden = {"kind": "encounter", "title": "Smoke trap", "dmText": "smoke", "audience": "dm"}
    secret: list[tuple[str, dict[str, Any]]] = [
        ("hex:reveal", {"hexKeys": ["5,0", "3,0"], "targets": ben}),
        ("hex:update", {"changes": [{"key": "5,0", "terrain": "ruins"}, {"key": "40,9", "terrain": "sea"}]}),
        ("token:create", {"tokenId": "aaa", "hexKey": "1,0", "label": "Lurker", "visible": False}),
        ("token:create", {"tokenId": "bbb", "hexKey": "6,0", "label": "Ogre"}),
        ("token:move", {"tokenId": "aaa", "toHexKey": "0,0"}),
        ("note:set", {"hexKey": "0,0", "note": {"id": "aaa", **hidden}}),
        ("note:set", {"hexKey": "6,0", "note": {"id": "far", "kind": "lore", "title": "Smoke", "hint": "smoke", "radius": 3}}),
        ("note:reveal", {"noteId": "aaa", "targets": ben}),
        ("rule:set", {"ruleId": "r", "players": ben, "within": 1}),
        ("skill:set", {"userId": night.ben.id, "skill": "smoke", "modifier": 3}),
        ("hex:hide", {"hexKeys": ["3,0"], "targets": ben}),
        ("history:undo", {}),
        ("history:redo", {}),
        ("token:delete", {"tokenId": "bbb"}),
    ]  # fmt: skip
    for type_, fields in secret:
        answer = await dm.ask(type_, **fields)
        assert answer["type"] == "ack", (type_, answer)


async def read(night: Campaign, player: Person, session: str, picture: str) -> dict[str, Any]:
    campaign, tile = f"/api/campaigns/{night.id}", f"map/picture/{picture}"
    paths = [
        "/api/campaigns",
        campaign,
        *(
            f"{campaign}/{path}"
            for path in (
                "sessions", "state", "knowledge", "state?at=2099-01-01T00:00:00Z", "map", "map/picture",
                "map/export?format=json", "map/export?format=csv", "map/export?format=svg&labels=1",
                "map/export?format=png&labels=1", "search?q=smoke", "search?q=trap", "search?q=e",
                "events", "state?version=3", "verify", "members", "invites", f"state?as={night.ben.id}",
                "state?as=nobody", *(f"{tile}/{level}/{column}/0" for level in (0, 1) for column in (0, 1, 2)),
            )
        ),
        f"/api/sessions/{session}",
        *(f"/api/sessions/{session}/recap?format={kind}" for kind in ("md", "html", "json", "webp", "gif")),
        f"/api/sessions/{session}/report",
    ]  # fmt: skip
    said = {}
    for path in paths:
        origin = {"Origin": player.origin or ""}
        async with player.http.get(path, headers=origin) as response:
            headers = {k: v for k, v in response.headers.items() if k != "Date"}
            said[path] = (response.status, headers, await response.read())
    return said


async def test_a_player_reads_the_same_bytes_everywhere_whatever_a_dm_does_in_secret(
    night: Campaign,
) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann, night.seat(night.ben):
        await in_the_open(night, dm)
        sessions = (await night.dm.get(f"/api/campaigns/{night.id}/sessions")).body["sessions"]
        shown = (await night.dm.get(f"/api/campaigns/{night.id}/map/picture")).body
        before = await read(night, night.ann, sessions[0]["id"], shown["id"])
        await ann.quiet()

        await in_secret(night, dm)

        after = await read(night, night.ann, sessions[0]["id"], shown["id"])
        assert await ann.quiet() == []
    assert {path: said[0] for path, said in before.items() if said[0] not in (200, 403, 404)} == {}
    for path, said in before.items():
        assert after[path] == said, path
    assert sum(said[0] == 200 for said in before.values()) > 20
    # The same bytes could tell the same secret twice.
    for path in ("map", "map/export?format=json"):
        told = json.loads(after[f"/api/campaigns/{night.id}/{path}"][2])
        assert [f"{each['q']},{each['r']}" for each in told["hexes"]] == SEEN, path
    for path in ("state", "state?at=2099-01-01T00:00:00Z"):
        told = json.loads(after[f"/api/campaigns/{night.id}/{path}"][2])
        assert [each["key"] for each in told["terrain"]] == told["revealedHexes"] == SEEN, path
    assert not [path for path, said in after.items() if b"smoke trap" in said[2].lower()]
