"""A file over a map that is there: replaced, merged, added, and undone."""

import pytest
from aiohttp.test_utils import TestServer

from events.core.features.history import UndoAction
from tests.support.map_files import CSV, MARCHES, TEXT, ask, put, send
from tests.support.people import Person


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
