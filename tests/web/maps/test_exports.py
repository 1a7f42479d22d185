"""Maps go out as files, pictures and pages, with what their reader sees."""

import io
import json
from xml.etree import ElementTree

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image

from events.core.features.notes import NoteWanted, SetNote
from events.core.features.settings import SetSettings
from events.core.map_objects import SiteKind
from events.core.values import Audience
from events.geometry.grid import Hex
from events.maps import export_json, generate
from events.maps.tints import fill_of
from tests.support.map_files import MARCHES, TEXT, ask, look, put, reveal, send
from tests.support.people import Person
from tests.support.wxx import feature, label, note, shape, wxx


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


EVEN = b'option swap-even-odd\n0101 hills\n0201 water village "Thorp"\n0101-0201 road\n'


async def test_hexes_are_called_what_the_file_of_the_map_calls_them(
    server: TestServer, ann: Person, campaign: str
) -> None:
    await send(ann, campaign, "import", EVEN, "m.txt")
    path = f"/api/campaigns/{campaign}/map/export"

    async def drawn() -> list[str]:
        root = ElementTree.fromstring((await ann.get(f"{path}?format=svg&labels=1")).body)
        texts = root.iter("{http://www.w3.org/2000/svg}text")
        return sorted(text.text or "" for text in texts if (text.text or "").isdigit())

    assert (await ann.get(path)).body["parity"] == "even"
    assert await drawn() == ["0101", "0201"]
    text = str((await ann.get(f"{path}?format=text")).body)
    assert {
        "option swap-even-odd",
        "0101 hill",
        '0201 water village "Thorp"',
        "0101-0201 road",
    } <= {*text.splitlines()}
    await ask(server, campaign, ann, SetSettings(label_style={"origin": 0}))
    assert await drawn() == ["0000", "0100"]


LINKED = b"hex,description\n0101,To [[0201]]\n0201,A mill\n"


async def test_links_of_a_sheet_lead_to_hexes_as_its_map_will_call_them(
    ann: Person, campaign: str
) -> None:
    await send(ann, campaign, "import", LINKED, "m.csv", parity="even")

    whole = (await ann.get(f"/api/campaigns/{campaign}/map/export")).body
    assert whole["parity"] == "even"
    assert sorted(note["dmText"] for note in whole["notes"]) == ["A mill", "To [[0201]]"]


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
    assert len({(await ann.get(f"{path}&look={style}")).body for style in ("ink", "night")}) == 2
    pictures = set()
    for style in ("atlas", "ink", "night"):
        for kind in ("png", "pdf"):
            url = f"/api/campaigns/{campaign}/map/export?format={kind}&look={style}"
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
