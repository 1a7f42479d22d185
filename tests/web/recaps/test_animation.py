"""Recaps and reports show of the picture under the grid what their audience saw of it then, and nothing else."""

import io
import json
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image, ImageChops, ImageDraw, ImageSequence

from events.core.features.hexes import RevealHexes
from events.core.features.sessions import EndSession, StartSession
from events.core.features.settings import SetSettings
from events.geometry.grid import Hex
from events.geometry.layout import CORNERS, centre
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.painted_pictures import play
from tests.support.people import Person, ShiftedClock
from tests.support.recorded_night import Night
from tests.web.conftest import Meet
from web.images.ingest import lay as lay_tiles
from web.settings import Settings

FORMATS = ("md", "html", "json", "webp", "gif")


@pytest.fixture
async def night(server: TestServer, clock: ShiftedClock, meet: Meet) -> Night:
    dora, ann, ben = [await (await meet()).sign_up(name) for name in ("Dora", "Ann", "Ben")]
    return await play(await Night(server, clock, dora, ann, ben).begin())


@pytest.fixture
def tiles(settings: Settings) -> Path:
    """Return where the pixels are."""
    return settings.pictures / "tiles"


async def recap(night: Night, who: Person, format_: str, **query: str) -> bytes:
    path = f"/api/sessions/{night.session}/recap"
    async with who.http.get(path, params={"format": format_, **query}) as response:
        assert response.status == 200
        return await response.read()


async def report(night: Night) -> bytes:
    path = f"/api/sessions/{night.session}/report"
    async with night.dm.http.get(path, params={"format": "html"}) as response:
        assert response.status == 200
        return await response.read()


async def all_that_is_told(night: Night) -> dict[str, list[bytes]]:
    return {
        "Ann": [await recap(night, night.ann, each) for each in FORMATS],
        "Ben": [await recap(night, night.ben, each) for each in FORMATS],
        "all": [await recap(night, night.dm, each, **{"as": "players"}) for each in FORMATS],
        "DM": [await recap(night, night.dm, each) for each in FORMATS],
        "report": [await report(night)],
    }


def much(image: Image.Image, colour: str) -> bool:
    """Return whether a good part of a hex, at least, is of the colour."""
    solid = Image.new("RGB", image.size, colour)
    apart = ImageChops.difference(image.convert("RGB"), solid).convert("L")
    return sum(apart.histogram()[:30]) > 500


def shown(animated: bytes) -> list[tuple[str, ...]]:
    """Return the colours of the picture under the grid in each moment of an evening."""
    frames = ImageSequence.Iterator(Image.open(io.BytesIO(animated)))
    return [tuple(colour for colour in (*RED, *BLUE) if much(frame, colour)) for frame in frames]


RED, BLUE, NEITHER = ("red",), ("blue",), ()


@pytest.mark.parametrize("kind", ["webp", "gif"])
async def test_an_evenings_picture_shows_what_its_audience_saw_then(
    night: Night, kind: str
) -> None:
    ann = [NEITHER, RED, BLUE, NEITHER]
    assert shown(await recap(night, night.ann, kind)) == ann
    assert shown(await recap(night, night.dm, kind, **{"as": "players"})) == ann
    # Ben still has a hex of his own, of a picture that he may not know of any more.
    assert shown(await recap(night, night.ben, kind)) == [NEITHER, RED, RED, BLUE, BLUE, NEITHER]
    assert set(shown(await recap(night, night.dm, kind))) == {RED, BLUE}


async def test_the_page_has_the_picture_and_asks_for_nothing(night: Night) -> None:
    page = (await recap(night, night.dm, "html")).decode()
    assert page.count("data:image/webp;base64,") == 1
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert b"data:image" not in await recap(night, night.ann, "html")


async def test_reports_show_what_players_saw_before_and_after(night: Night) -> None:
    assert b"data:image" not in await report(night), "in the end no player may know of it"
    await night.do(SetSettings(show_map_extent=True))
    night.session = str((await night.do(StartSession())).session)
    await night.do(RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    await night.do(EndSession())
    page = (await report(night)).decode()
    before, after = [part.split("</svg>")[0] for part in page.split("<svg")[-2:]]
    assert [blues(each) for each in (before, after)] == [1, 2]


def blues(svg: str) -> int:
    """Return how many hexes of the map have the blue picture, told by how much of it is blue."""
    data = svg.split("data:image/webp;base64,")[1].split('"')[0]
    image = Image.open(io.BytesIO(b64decode(data))).convert("RGBA")
    shown = sum(image.getchannel("A").histogram()[200:])
    assert much(image, "blue")
    # A unit of the page's map has 4 pixels, a hex of 20 from centre to corner 1 039 units.
    return round(shown / 4**2 / 1039)


async def test_what_lies_below_hidden_hexes_changes_no_byte(night: Night, tiles: Path) -> None:
    before = await all_that_is_told(night)
    repaint(tiles, but=(Hex(0, 0), Hex(1, 0)))
    after = await all_that_is_told(night)
    for audience in ("Ann", "Ben", "all", "report"):
        assert before[audience] == after[audience], audience
    assert before["DM"] != after["DM"], "a DM sees all of it"

    repaint(tiles, but=(Hex(0, 0),))
    at_last = await all_that_is_told(night)
    for audience in ("Ann", "all"):
        assert before[audience] == at_last[audience], audience
    assert before["Ben"] != at_last["Ben"], "he saw a hex more"


async def test_the_commands_draw_it_too(night: Night, hexroom: Hexroom, tmp_path: Path) -> None:
    page, moving = tmp_path / "recap.html", tmp_path / "recap.webp"
    files = ("--out", str(page), "--picture", str(moving))
    lines(await hexroom("recap", night.id, "--as", "Ann", "--format", "html", *files))
    assert moving.read_bytes() == await recap(night, night.ann, "webp")
    assert page.read_bytes() == await recap(night, night.ann, "html")
    text, told = tmp_path / "recap.md", ("recap", night.id, "--picture", str(moving))
    lines(await hexroom(*told, "--out", str(text)))
    assert "![The map](<recap.webp>)" in text.read_text()
    assert f"![The map](<{moving}>)" in lines(await hexroom(*told))
    lines(await hexroom("audit", night.id, "--session", "1", "--out", str(page)))
    assert page.read_bytes() == await report(night)


def repaint(tiles: Path, *, but: Sequence[Hex]) -> None:
    """Paint the kept pictures green, all but these hexes."""
    for folder in tiles.iterdir():
        said = json.loads((folder / "facts.json").read_text())
        with Image.open(folder / "0-0-0.png") as tile:
            colour = tile.convert("RGB").getpixel((80, 80))
        image = Image.new("RGB", (said["width"], said["height"]), "green")
        draw = ImageDraw.Draw(image)
        for at in but:
            x, y = centre(at, 30.0, "flat")
            # As `paint` aligned them; a little more than the hexes, as pixels at their border count.
            draw.polygon(
                [((x + a * 31 + 40) * 2, (y + b * 31 + 40) * 2) for a, b in CORNERS["flat"]], colour
            )
        lay_tiles(image, folder)
