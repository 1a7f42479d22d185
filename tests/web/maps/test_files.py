import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestServer
from PIL import Image

from events.core.features.hexes import RevealHexes
from events.core.features.history import UndoAction
from events.core.features.notes import NoteWanted, SetNote
from events.core.features.settings import LabelStyleWanted, SetSettings
from events.core.map_objects import SiteKind
from events.core.messages import Command
from events.core.state import Member, Role, RoomId, UserId
from events.core.values import Audience
from events.geometry.grid import Hex
from events.journal import Request
from events.maps import export_json, generate
from events.maps.tints import fill_of
from tests.support.people import Answer, Person
from tests.support.wxx import feature, label, note, shape, wxx
from tests.web.conftest import Meet
from web.app import ROOMS

MARCHES = {
    "version": 1,
    "name": "The Märches",
    "gridWidth": 3,
    "gridHeight": 1,
    "hexSize": 40,
    "orientation": "flat",
    "hexes": [
        {"q": 0, "r": 0, "terrain": "hills", "terrainVariant": 0},
        {"q": 1, "r": 0, "terrain": "water", "terrainVariant": 2},
        {"q": 2, "r": -1, "terrain": "forest", "terrainVariant": 0},
    ],
}
CSV = b"label,terrain\n0101,hills\n0102,Ocean\n"


async def put(who: Person, campaign: str, document: object) -> Answer:
    return await who.call("PUT", f"/api/campaigns/{campaign}/map", document)


async def send(
    who: Person, campaign: str, call: str, data: bytes, name: str = "m.csv", **options: Any
) -> Answer:
    form = FormData(quote_fields=False)
    form.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
    if options:
        form.add_field("options", json.dumps(options))
    return await who.call("POST", f"/api/campaigns/{campaign}/map/{call}", data=form)


async def look(who: Person, campaign: str) -> Answer:
    return await who.get(f"/api/campaigns/{campaign}/map")


async def reveal(server: TestServer, campaign: str, dm: Person, *hexes: Hex) -> None:
    await ask(server, campaign, dm, RevealHexes(hex_keys=hexes, targets="all"))


async def ask(server: TestServer, campaign: str, dm: Person, command: Command) -> None:
    room = await server.app[ROOMS].open(RoomId(UUID(campaign)))
    by = Member(UserId(dm.id), Role.DM, "Ann")
    await room.ask(Request(command, by, datetime(2026, 1, 31, tzinfo=UTC)))


@pytest.fixture
async def campaign(ann: Person) -> str:
    return await ann.campaign()


@pytest.fixture
async def bob(ann: Person, campaign: str, meet: Meet) -> Person:
    """A player of the campaign."""
    guest = await meet()
    assert (await guest.accept(await ann.invite(campaign), "Bob")).status == 200
    return guest


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


async def test_the_map_is_taken_away_as_a_file(ann: Person, campaign: str) -> None:
    await put(ann, campaign, MARCHES)
    path = f"/api/campaigns/{campaign}/map/export"

    as_json = await ann.get(path)
    as_csv = await ann.get(f"{path}?format=csv")
    as_svg = await ann.get(f"{path}?format=svg&labels=1")

    assert as_json.body == MARCHES
    assert as_csv.body.splitlines()[1:] == ["0101,hills,,,,", "0201,water,,,,", "0301,forest,,,,"]
    drawn = ElementTree.fromstring(as_svg.body)
    assert [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")] == ["0101", "0201", "0301"]  # fmt: skip
    assert as_svg.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''The%20M%C3%A4rches.svg"
    )
    assert "sandbox" in as_svg.headers["Content-Security-Policy"]
    assert as_svg.headers["Cache-Control"] == "no-store"


async def test_the_picture_of_a_map_is_a_png(ann: Person, campaign: str) -> None:
    await put(ann, campaign, MARCHES)

    async with ann.http.get(f"/api/campaigns/{campaign}/map/export?format=png") as response:
        picture = Image.open(io.BytesIO(await response.read()), formats=["PNG"])

    assert response.content_type == "image/png"
    assert picture.size == (200, 104)


async def test_a_picture_has_the_look_of_the_campaign_unless_another_is_asked_for(
    server: TestServer, ann: Person, campaign: str
) -> None:
    await put(ann, campaign, MARCHES)
    path = f"/api/campaigns/{campaign}/map/export?format=svg"
    atlas = (await ann.get(path)).body

    await ask(server, campaign, ann, SetSettings(map_look="night"))

    night = (await ann.get(path)).body
    assert fill_of("hills", "night") in night
    assert fill_of("hills", "atlas") not in night
    assert (await ann.get(f"{path}&look=atlas")).body == atlas
    assert len({(await ann.get(f"{path}&look={look}")).body for look in ("ink", "night")}) == 2
    pictures = set()
    for look in ("atlas", "ink", "night"):
        for kind in ("png", "pdf"):
            url = f"/api/campaigns/{campaign}/map/export?format={kind}&look={look}"
            async with ann.http.get(url) as response:
                pictures.add(await response.read())
    assert len(pictures) == 6


@pytest.mark.parametrize(
    "query", ["format=svg&look=day", "format=gif", "format=png&side=99999", "format=png&side=x", "format=pdf&paper=a9", "format=pdf&miles=-1"]
)  # fmt: skip
async def test_an_export_that_cannot_be_is_refused(ann: Person, campaign: str, query: str) -> None:
    await put(ann, campaign, MARCHES)
    answer = await ann.get(f"/api/campaigns/{campaign}/map/export?{query}")

    assert (answer.status, answer.code) == (400, "invalid_message")


async def test_a_picture_is_as_large_as_it_is_wanted(ann: Person, campaign: str) -> None:
    await put(ann, campaign, MARCHES)

    path = f"/api/campaigns/{campaign}/map/export"
    async with ann.http.get(f"{path}?format=png&side=1000") as response:
        picture = Image.open(io.BytesIO(await response.read()), formats=["PNG"])
        picture.load()
    async with ann.http.get(f"{path}?format=pdf&paper=letter&miles=6") as response:
        assert (await response.read()).startswith(b"%PDF-")

    assert max(picture.size) == 1000
    assert response.content_type == "application/pdf"


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


TEXT = b"""0101 hill village "Thorp"
0102 water
0103 forest "Lair"
0101-0102-0103 river "Brindle"
"""


async def test_the_same_file_twice_doubles_nothing(
    ann: Person, campaign: str, server: TestServer
) -> None:
    await send(ann, campaign, "import", TEXT, "m.txt")
    first = (await ann.get(f"/api/campaigns/{campaign}/map/export")).body

    shown = (await send(ann, campaign, "preview", TEXT, "m.txt")).body["again"]
    await send(ann, campaign, "import", TEXT, "m.txt")

    assert {what: (of["new"], of["changed"], of["gone"]) for what, of in shown.items()} == dict.fromkeys(
        ("hexes", "notes", "paths", "sites", "regions", "labels"), (0, 0, 0)
    )  # fmt: skip
    assert (await ann.get(f"/api/campaigns/{campaign}/map/export")).body == first
    assert (len(first["notes"]), len(first["paths"]), len(first["sites"])) == (2, 1, 1)


OTHER = b"""0101 hill village "Thorp"
0102 swamp
0105 water "Deep"
"""


@pytest.mark.parametrize(
    ("again", "titles", "paths", "terrain"),
    [
        ("replace", ["Deep", "Thorp"], 0, ["hills", "swamp", "water"]),
        ("merge", ["Deep", "Lair", "Thorp"], 1, ["hills", "swamp", "forest", "water"]),
        ("add", ["Deep", "Lair", "Thorp", "Thorp"], 1, ["hills", "water", "forest", "water"]),
    ],
)
async def test_another_file_replaces_is_merged_or_added_and_undone_whole(
    ann: Person, campaign: str, server: TestServer, again: str, titles: list[str], paths: int, terrain: list[str]
) -> None:  # fmt: skip
    path = f"/api/campaigns/{campaign}/map/export"
    await send(ann, campaign, "import", TEXT, "m.txt")
    before = (await ann.get(path)).body

    shown = (await send(ann, campaign, "preview", OTHER, "m.txt", again=again)).body["again"]
    assert shown["hexes"] == {"new": 1, "changed": 1, "same": 1, "gone": 1}
    assert shown["notes"] == {"new": 1, "changed": 0, "same": 1, "gone": 1}
    assert (await send(ann, campaign, "import", OTHER, "m.txt", again=again)).status == 200

    after = (await ann.get(path)).body
    assert sorted(note["title"] for note in after["notes"]) == titles
    assert len(after.get("paths", ())) == paths
    assert [at["terrain"] for at in after["hexes"]] == terrain
    await ask(server, campaign, ann, UndoAction())
    assert (await ann.get(path)).body == before


async def test_hexes_that_stand_otherwise_are_not_merged(ann: Person, campaign: str) -> None:
    await put(ann, campaign, MARCHES)
    options = {"again": "merge", "orientation": "pointy"}

    shown = await send(ann, campaign, "preview", CSV, **options)
    answer = await send(ann, campaign, "import", CSV, **options)

    assert "replace the map instead" in shown.body["error"]["text"]
    assert (answer.status, answer.code) == (400, "invalid_message")


async def test_players_take_away_only_what_they_see_of_a_path(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    await send(ann, campaign, "import", TEXT, "m.txt", audience="seen")
    await reveal(server, campaign, ann, Hex(0, 1))

    for kind in ("json", "text", "csv"):
        file = str((await bob.get(f"/api/campaigns/{campaign}/map/export?format={kind}")).body)
        assert "Brindle" in file
        assert "Thorp" not in file
        assert "Lair" not in file
        assert "forest" not in file
    whole = (await bob.get(f"/api/campaigns/{campaign}/map/export")).body
    assert [path["points"] for path in whole["paths"]] == [["0,1/2", "0,1/5"]]


async def test_all_of_a_map_goes_out_and_comes_back(ann: Person, campaign: str) -> None:
    area = shape([(0, 0), (500, 0), (500, 900), (0, 900)], "Polygon", tags="forest")
    line = shape([(150, 150), (375, 300)], tags="road", name="Way")
    data = wxx([[1, 2], [2, 1]], shapes=area + line, features=feature("City", 150, 150, name="Bree"),
               labels=label("The Sea", 380, 310), notes=note("Trap", "Pit", 150, 150))  # fmt: skip
    await send(ann, campaign, "import", data, "m.wxx")
    first = await ann.get(f"/api/campaigns/{campaign}/map/export")
    other = await ann.campaign()

    answer = await send(ann, other, "import", json.dumps(first.body).encode(), "m.json")

    assert answer.status == 200
    assert {what: len(first.body[what]) for what in ("notes", "paths", "sites", "regions", "labels")} == dict.fromkeys(
        ("notes", "paths", "sites", "regions", "labels"), 1
    )  # fmt: skip
    assert (await ann.get(f"/api/campaigns/{other}/map/export")).body == first.body


async def test_the_drawing_of_a_note_is_in_every_file_of_those_who_know_of_the_note(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    await put(ann, campaign, MARCHES)
    await reveal(server, campaign, ann, Hex(0, 0))
    notes: tuple[tuple[str, SiteKind, Audience], ...] = (
        ("Bree", "town", "seen"),
        ("Maw", "lair", "dm"),
    )
    for title, site, audience in notes:
        drawn = NoteWanted(id=title.lower(), kind="poi", title=title, site=site, audience=audience)
        await ask(server, campaign, ann, SetNote(hex_key=Hex(0, 0), note=drawn))

    expected_of_all = {"Bree": "town", "Maw": "lair"}
    for who, expected in ((ann, expected_of_all), (bob, {"Bree": "town"})):
        path = f"/api/campaigns/{campaign}/map/export"
        whole = (await who.get(path)).body
        assert {note["title"]: note["site"] for note in whole["notes"]} == expected
        assert "sites" not in whole
        for kind in ("text", "csv", "svg"):
            file = str((await who.get(f"{path}?format={kind}")).body)
            assert "Bree" in file
            assert ("Maw" in file) is (who is ann)
    other = await ann.campaign()
    whole = (await ann.get(f"/api/campaigns/{campaign}/map/export")).body
    await send(ann, other, "import", json.dumps(whole).encode(), "m.json")
    again = (await ann.get(f"/api/campaigns/{other}/map/export")).body
    assert {note["title"]: note["site"] for note in again["notes"]} == expected_of_all
    without = [{**note, "site": None} for note in whole["notes"]]
    await send(ann, other, "import", json.dumps({**whole, "notes": without}).encode(), "m.json")
    assert (await ann.get(f"/api/campaigns/{other}/map/export")).body == again


async def test_the_largest_map_goes_in_and_out(ann: Person, campaign: str) -> None:
    data = export_json(generate(1, 400, 250))

    answer = await send(ann, campaign, "import", data, "m.json")

    assert (answer.status, answer.body["hexes"]) == (200, 100_000)
    assert len((await look(ann, campaign)).body["hexes"]) == 100_000


async def test_a_file_past_the_limit_is_refused(ann: Person, campaign: str) -> None:
    answer = await send(ann, campaign, "import", b" " * (16 * 2**20 + 1))

    assert (answer.status, answer.code) == (413, "too_large")
