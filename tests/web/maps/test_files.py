"""Maps come in as files, and are looked at by those who may."""

import io
from typing import Any
from uuid import UUID

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestServer

from events.core.features.history import UndoAction
from events.core.features.settings import LabelStyleWanted, SetSettings
from events.core.state import RoomId
from events.geometry.grid import Hex
from tests.support.map_files import CSV, MARCHES, ask, look, put, reveal, send
from tests.support.people import Person
from tests.support.wxx import note, wxx
from tests.web.conftest import Meet
from web.app import ROOMS


async def test_a_map_is_laid_and_looked_at(ann: Person, campaign: str) -> None:
    answer = await put(ann, campaign, MARCHES)

    assert (answer.status, answer.body["hexes"]) == (200, 3)
    assert (await look(ann, campaign)).body == MARCHES


async def test_there_is_no_map_at_first(ann: Person, campaign: str) -> None:
    answer = await look(ann, campaign)

    assert (answer.status, answer.code) == (404, "not_found")


async def test_a_player_gets_only_what_they_see(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    await put(ann, campaign, MARCHES)
    assert (await look(bob, campaign)).body["hexes"] == []

    await reveal(server, campaign, ann, Hex(1, 0))

    assert (await look(bob, campaign)).body["hexes"] == [MARCHES["hexes"][1]]  # type: ignore[index] # a list
    for kind in ("json", "csv", "svg"):
        file = await bob.get(f"/api/campaigns/{campaign}/map/export?format={kind}&labels=1")
        assert "water" in file.body if isinstance(file.body, str) else file.body["hexes"]
        assert "hills" not in str(file.body)
        assert "forest" not in str(file.body)


@pytest.mark.parametrize("call", ["preview", "import"])
async def test_only_dms_bring_maps_along(bob: Person, campaign: str, call: str) -> None:
    answer = await send(bob, campaign, call, CSV)

    assert (answer.status, answer.code) == (403, "forbidden")


async def test_strangers_learn_nothing(ann: Person, campaign: str, meet: Meet) -> None:
    await put(ann, campaign, MARCHES)
    eve = await (await meet()).sign_up("Eve")

    for answer in (
        await look(eve, campaign),
        await send(eve, campaign, "import", CSV),
        await eve.get(f"/api/campaigns/{campaign}/map/export"),
    ):
        assert (answer.status, answer.code) == (404, "not_found")
    assert (await look(await meet(), campaign)).status == 401


async def test_a_preview_stores_nothing(ann: Person, campaign: str) -> None:
    answer = await send(ann, campaign, "preview", CSV, parity="even")

    assert answer.status == 200
    assert answer.body["labels"]["parity"] == "even"
    assert answer.body["terrains"][1] == {
        "name": "Ocean",
        "count": 1,
        "proposed": "water",
        "known": True,
    }
    assert (await look(ann, campaign)).status == 404


async def test_a_file_is_looked_at_before_there_is_a_campaign(ann: Person, meet: Meet) -> None:
    form = FormData()
    form.add_field("file", io.BytesIO(CSV), filename="m.csv")
    answer = await ann.call("POST", "/api/maps/import/preview", data=form)
    assert (answer.status, answer.body["hexes"]) == (200, 2)
    stranger = await meet()
    assert (await stranger.call("POST", "/api/maps/import/preview", data=FormData())).status == 401


async def test_a_file_is_laid_as_its_preview_showed(ann: Person, campaign: str) -> None:
    answer = await send(ann, campaign, "import", CSV, "Märches.csv", terrain={"Ocean": "lava"})

    assert (answer.status, answer.body["name"], answer.body["hexes"]) == (200, "Märches", 2)
    laid = (await look(ann, campaign)).body
    assert [at["terrain"] for at in laid["hexes"]] == ["hills", "lava"]


async def test_notes_are_written_with_the_map(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    data = b"hex,terrain,title,public,secret\n0101,hills,Thorp,A village,The miller is a spy\n0102,Ocean,Lair,,A dragon\n"
    answer = await send(ann, campaign, "import", data)
    assert answer.body["notes"] == 2

    await reveal(server, campaign, ann, Hex(0, 0), Hex(0, 1))

    path = f"/api/campaigns/{campaign}/map/export?format=csv"
    assert (await ann.get(path)).body.splitlines()[1:] == [
        "0101,hills,Thorp,A village,The miller is a spy,seen",
        "0102,water,Lair,,A dragon,dm",
    ]
    assert (await bob.get(path)).body.splitlines()[1:] == [
        "0101,hills,Thorp,A village,,seen",
        "0102,water,,,,",
    ]


async def test_an_import_is_one_action_to_undo(
    ann: Person, campaign: str, server: TestServer
) -> None:
    await put(ann, campaign, MARCHES)
    await send(ann, campaign, "import", wxx([[1, 2]], notes=note("Trap", "Pit", 150, 150)), "m.wxx")
    room = await server.app[ROOMS].open(RoomId(UUID(campaign)))
    assert [found.title for found in room.state.notes.values()] == ["Trap"]

    await ask(server, campaign, ann, UndoAction())

    assert (await look(ann, campaign)).body == MARCHES
    assert not list(room.state.notes)


@pytest.mark.parametrize(
    ("data", "options", "status", "code", "said"),
    [
        (b"0101,hills\nxx,hills\n", {}, 400, "invalid_message", "line 2: expected a label"),
        (b"0101,hills\n", {"parity": "both"}, 400, "invalid_message", "parity"),
        (b"0101,hills\n", {"surprise": 1}, 400, "invalid_message", "surprise"),
        (b"", {}, 400, "invalid_message", "expected"),
    ],
)
async def test_a_bad_file_is_refused_with_its_place(
    ann: Person, campaign: str, data: bytes, options: dict[str, Any], status: int, code: str, said: str
) -> None:  # fmt: skip
    answer = await send(ann, campaign, "import", data, **options)

    assert (answer.status, answer.code) == (status, code)
    assert said in answer.body["error"]["message"]
    assert (await look(ann, campaign)).status == 404


async def test_a_form_without_a_file_is_refused(ann: Person, campaign: str) -> None:
    path = f"/api/campaigns/{campaign}/map/import"
    broken = {"Content-Type": "multipart/form-data; boundary=x"}

    part = b"--x\r\nContent-Disposition: form-data; name=file; filename=m.csv\r\n\r\n0101,hills"
    for answer in (
        await ann.post(path, {}),
        await ann.post(path, data=part, headers=broken),
        await ann.post(path, data=part + b"\r\n--", headers=broken),
        await ann.post(path, data=b"--x\r\nnothing", headers=broken),
        await ann.post(path, data=b"--x--\r\n", headers=broken),
        await ann.post(path, data=b"", headers={"Content-Type": "multipart/form-data"}),
    ):
        assert (answer.status, answer.code) == (400, "invalid_message")


async def test_links_of_a_file_are_written_as_the_campaign_labels_its_hexes(
    ann: Person, campaign: str, server: TestServer
) -> None:
    await put(ann, campaign, MARCHES)
    style = LabelStyleWanted(order="rowColumn", origin=0)
    await ask(server, campaign, ann, SetSettings(label_style=style))
    sheet = b"hex,terrain,title,secret\n0101,hills,Mill,See [[0203]].\n0203,hills,Salt Pans,\n"
    await send(ann, campaign, "import", sheet, "m.csv")
    told = (await ann.get(f"/api/campaigns/{campaign}/state")).body["notes"]
    assert [note["dmText"] for note in told if note["title"] == "Mill"] == ["See [[0201]]."]
    assert {note["hexKey"] for note in told} == {"0,0", "1,2"}


async def test_a_file_past_the_limit_is_refused(ann: Person, campaign: str) -> None:
    answer = await send(ann, campaign, "import", b" " * (16 * 2**20 + 1))

    assert (answer.status, answer.code) == (413, "too_large")
