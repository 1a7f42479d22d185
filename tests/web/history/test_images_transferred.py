"""Pictures carried along with their campaign: to a fork, into an archive and out of it, whole or not at all."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image

from events.core.features.hexes import RevealHexes
from events.core.features.sessions import StartSession
from events.core.features.staging import SetMode
from events.core.features.tokens import CreateToken
from events.core.image_placement import Alignment
from events.core.state import Mode, RoomId
from events.geometry.grid import Hex
from tests.support.hexroom_commands import Hexroom, lines, on
from tests.support.painted_pictures import BLUE, NONE, RED, Colours, colours, lay, paint, painted
from tests.support.people import Person, ShiftedClock
from tests.support.recorded_night import Night
from tests.web.conftest import Meet
from web.images.campaign_files import Pictures
from web.images.mask import Showing
from web.images.pyramid import Tile

Files = dict[str, bytes]


@pytest.fixture
async def night(server: TestServer, clock: ShiftedClock, meet: Meet) -> Night:
    """An evening over a red picture, of which one hex is shown; then a blue one is laid."""
    dora, ann, ben = [await (await meet()).sign_up(name) for name in ("Dora", "Ann", "Ben")]
    night = await Night(server, clock, dora, ann, ben).begin()
    await paint(night)
    await night.do(StartSession())
    await night.do(RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    await lay(night, "blue")
    return night


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where pictures are elsewhere."""
    return tmp_path / "elsewhere" / "pictures"


async def seen(who: Person, campaign: str) -> Colours | None:
    """Return what somebody sees of the picture that lies there now; None where there is no such tile."""
    path = f"/api/campaigns/{campaign}/map/picture"
    picture = (await who.get(path)).body["id"]
    async with who.http.get(f"{path}/{picture}/0/0/0") as response:
        return colours(await response.read()) if response.status == 200 else None


async def kept(folder: Path, campaign: str) -> list[Colours]:
    """Return the pictures in a folder that a campaign may show."""
    pictures, whole = Pictures(folder), Showing(Alignment(), None, 1.0, "flat")
    found = [path.name for path in (folder / "brought" / campaign).glob("*")]
    assert all(pictures.brought(RoomId(UUID(campaign)), each) for each in found)
    tiles = [await pictures.store.tile(each, Tile(0, 0, 0), whole) for each in found]
    return sorted(colours(webp) for _, webp in tiles)


async def test_a_fork_shows_its_picture_whatever_becomes_of_the_old_campaign(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, version = f"/api/campaigns/{night.id}", night.commits[-1].version
    made = await night.dm.post(f"{old}/fork", {"version": version, "name": "What if"})
    await night.ann.accept(await night.dm.invite(made.body["id"]))
    monkeypatch.setattr("web.images.campaign_files._KEPT", 1)
    await lay(night, "blue")
    assert (await night.dm.delete(old)).status == 204

    assert await seen(night.dm, made.body["id"]) == (RED, RED)
    assert await seen(night.ann, made.body["id"]) == (RED, NONE)


async def test_a_fork_has_the_pictures_of_its_history_and_no_others(
    night: Night, hexroom: Hexroom, tmp_path: Path
) -> None:
    before, shown = night.commits[0].version, night.commits[-1].version
    for at, pictures in (
        (before, []),
        (shown, [(RED, RED)]),
        (shown + 1, [(BLUE, BLUE), (RED, RED)]),
    ):
        (new,) = lines(await hexroom("fork", night.id, "--at", str(at), "--name", f"At {at}"))
        assert await kept(tmp_path / "pictures", new) == pictures


async def test_a_fork_that_fails_leaves_no_picture(night: Night, tmp_path: Path) -> None:
    fork = f"/api/campaigns/{night.id}/fork"
    assert (await night.dm.post(fork, {"version": 999, "name": "x"})).status == 404
    assert [each.name for each in (tmp_path / "pictures" / "brought").iterdir()] == [night.id]


async def test_an_archive_holds_the_pictures_and_an_import_shows_them(
    night: Night, hexroom: Hexroom, elsewhere: Hexroom, folder: Path, tmp_path: Path
) -> None:
    await night.do(CreateToken(token_id="ogre", hex_key=Hex(0, 0), label="an ogre"))
    put = f"/api/campaigns/{night.id}/tokens/ogre/picture"
    worn = (await night.dm.call("PUT", put, data=painted("red"))).body["id"]
    await night.do(SetMode(mode=Mode.STAGED))
    waits = (await night.dm.call("PUT", put, data=painted("blue"))).body["id"]
    file = str(tmp_path / "marches.zip")
    lines(await hexroom("export", night.id, file))
    (told,) = lines(await elsewhere("import", file))
    assert "4 pictures, it verifies" in told
    pictures = Pictures(folder)
    assert all(pictures.brought(RoomId(UUID(night.id)), each) for each in (worn, waits))
    assert await pictures.store.whole(worn) != await pictures.store.whole(waits)
    for each in (worn, waits):
        await pictures.take_back(RoomId(UUID(night.id)), each)
    assert await kept(folder, night.id) == [(BLUE, BLUE), (RED, RED)]


async def test_pixels_that_are_there_already_are_shared_and_others_never_replaced(
    night: Night, hexroom: Hexroom, empty_database_url: str, tmp_path: Path
) -> None:
    file, same_folder = str(tmp_path / "marches.zip"), on(empty_database_url, tmp_path)
    lines(await hexroom("export", night.id, file))
    (tile,) = [tmp_path / "pictures" / "tiles" / await current(night) / "0-1-1.png"]
    blue = tile.read_bytes()
    Image.new("RGB", (188, 88), "green").save(tile)
    green = tile.read_bytes()

    refused = await same_folder("import", file)
    assert (refused.exit_code, tile.read_bytes()) == (7, green)
    assert "another picture has the same id" in refused.output

    tile.write_bytes(blue)
    lines(await same_folder("import", file))
    assert await kept(tmp_path / "pictures", night.id) == [(BLUE, BLUE), (RED, RED)]


async def test_pixels_that_are_not_kept_are_said(
    night: Night, database_url: str, elsewhere: Hexroom, tmp_path: Path
) -> None:
    file = str(tmp_path / "marches.zip")
    told = await on(database_url, tmp_path / "nowhere")("export", night.id, file)
    assert told.exit_code == 0
    assert "without the pixels of 2 pictures" in told.stderr
    with zipfile.ZipFile(file) as archive:
        said = json.loads(archive.read("manifest.json"))
    # As archives were before they held pictures, and readable by who knows only those.
    assert (said["version"], "pictures" in said) == (1, False)
    lines(await elsewhere("import", file))


async def test_a_damaged_picture_is_named_and_the_rest_exported_and_restored(
    night: Night, hexroom: Hexroom, elsewhere: Hexroom, folder: Path, tmp_path: Path
) -> None:
    file, id_ = str(tmp_path / "marches.zip"), await current(night)
    tile = tmp_path / "pictures" / "tiles" / id_ / "0-1-0.png"
    whole = tile.read_bytes()
    tile.write_bytes(whole[: len(whole) // 2])
    told = await hexroom("export", night.id, file)
    assert told.exit_code == 0
    assert f"left out: the picture {id_} is damaged" in told.stderr
    assert str(tile) in told.stderr.replace("\n", "")
    lines(await elsewhere("import", file))
    assert await kept(folder, night.id) == [(RED, RED)]

    tile.unlink()
    told = await hexroom("export", night.id, file)
    assert (told.exit_code, f"{tile} is missing" in told.stderr.replace("\n", "")) == (0, True)


async def test_pictures_can_be_left_out_of_an_archive(
    night: Night, hexroom: Hexroom, elsewhere: Hexroom, folder: Path, tmp_path: Path
) -> None:
    file = str(tmp_path / "marches.zip")
    lines(await hexroom("export", night.id, file, "--without-pictures"))
    with zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if name.startswith("pictures/")]
    lines(await elsewhere("import", file))
    assert not anything_in(folder)


@pytest.mark.parametrize(
    ("option", "pictures"), [("--without-damaged", 1), ("--without-pictures", 0)]
)
async def test_the_rest_of_an_archive_with_a_damaged_picture_is_imported(
    night: Night,
    hexroom: Hexroom,
    elsewhere: Hexroom,
    folder: Path,
    tmp_path: Path,
    option: str,
    pictures: int,
) -> None:
    """A flipped bit of the file itself, which the zip's own checksum finds."""
    file = tmp_path / "marches.zip"
    lines(await hexroom("export", night.id, str(file)))
    with zipfile.ZipFile(file) as archive:
        named = next(info for info in archive.infolist() if info.filename.endswith("/1.png"))
    content = bytearray(file.read_bytes())
    content[named.header_offset + len(named.FileHeader()) + 40] ^= 1
    file.write_bytes(content)
    refused = await elsewhere("import", str(file))
    assert (refused.exit_code, "--without-damaged" in refused.output) == (7, True)
    told = await elsewhere("import", str(file), option)
    assert told.exit_code == 0, told.output
    assert told.stderr.count("left out: ") == 2 - pictures
    assert f"{pictures} pictures, it verifies" in told.stdout
    assert len(await kept(folder, night.id)) == pictures


def tile_of(files: Files) -> str:
    return next(name for name in files if name.endswith("/1.png"))


def changed(files: Files) -> None:
    files[tile_of(files)] += b"\0"


def left_out(files: Files) -> None:
    del files[tile_of(files)]


def added(files: Files) -> None:
    files["pictures/x/0.png"] = b"x"


def replaced(with_: Callable[[], bytes]) -> Callable[[Files], None]:
    """Return a damage whose hash is right: only who opens the tile finds it."""

    def damage(files: Files) -> None:
        name, said = tile_of(files), json.loads(files["manifest.json"])
        files[name] = with_()
        picture = next(each for each in said["pictures"] if each["id"] in name)
        picture["tiles"][1] = hashlib.sha256(files[name]).hexdigest()
        files["manifest.json"] = json.dumps(said).encode()

    return damage


def png(width: int, height: int, mode: str = "RGB") -> Callable[[], bytes]:
    def made() -> bytes:
        file = io.BytesIO()
        Image.new(mode, (width, height)).save(file, "PNG")
        return file.getvalue()

    return made


def manifest(
    change: Callable[[dict[str, object]], None], which: int = 0
) -> Callable[[Files], None]:
    def damage(files: Files) -> None:
        said = json.loads(files["manifest.json"])
        change(said["pictures"][which])
        files["manifest.json"] = json.dumps(said).encode()

    return damage


def twice(files: Files) -> None:
    said = json.loads(files["manifest.json"])
    said["pictures"] = said["pictures"][:1] * 2
    files["manifest.json"] = json.dumps(said).encode()
    for name in [name for name in files if name.startswith("pictures/")]:
        if said["pictures"][0]["id"] not in name:
            del files[name]


def renamed(files: Files) -> None:
    """Give the pixels to a picture that the record does not know."""
    said = json.loads(files["manifest.json"])
    old = said["pictures"][0]["id"]
    said["pictures"][0]["id"] = "another"
    files["manifest.json"] = json.dumps(said).encode()
    for name in [name for name in files if old in name]:
        files[name.replace(old, "another")] = files.pop(name)


DAMAGE: dict[str, tuple[Callable[[Files], None], str]] = {
    "a tile changed": (changed, "is damaged"),
    "a tile left out": (left_out, "it lacks pictures/"),
    "a tile too many": (added, "does not belong"),
    "no picture": (replaced(lambda: b"hello"), "expected a PNG"),
    "a torn picture": (replaced(lambda: png(188, 512)()[:60]), "is damaged"),
    "another size": (replaced(png(187, 512)), "another size"),
    "a bomb": (replaced(png(16_385, 1)), "pixels a side"),
    "another kind": (replaced(png(188, 512, mode="L")), "another kind"),
    "an immense tile": (replaced(lambda: b"x" * (2 * 2**20)), "larger than"),
    "another size said": (manifest(lambda said: said.update(width=701)), "another size"),
    "an immense size said": (manifest(lambda said: said.update(width=60_000)), "pixels a side"),
    "a bad id": (manifest(lambda said: said.update(id="../x")), "manifest.json is not"),
    "two of one id": (twice, "two pictures of one id"),
    "a picture of nobody's": (renamed, "do not name"),
}


async def test_a_damaged_picture_is_refused_and_nothing_of_the_archive_stays(
    night: Night, hexroom: Hexroom, elsewhere: Hexroom, folder: Path, tmp_path: Path
) -> None:
    whole, bad = tmp_path / "whole.zip", tmp_path / "bad.zip"
    lines(await hexroom("export", night.id, str(whole)))
    with zipfile.ZipFile(whole) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for what, (damage, said) in DAMAGE.items():
        damaged = dict(files)
        damage(damaged)
        with zipfile.ZipFile(bad, "w") as archive:
            for name, content in damaged.items():
                archive.writestr(name, content)
        result = await elsewhere("import", str(bad))
        assert (result.exit_code, "Traceback" in result.output) == (7, False), (what, result.output)
        assert said in result.output, (what, result.output)
        assert not anything_in(folder), what
    lines(await elsewhere("import", str(whole)))


def anything_in(folder: Path) -> list[Path]:
    """Return the tiles and marks that are there, and folders for some."""
    return [*folder.rglob("*.png"), *(path for path in folder.glob("*/*") if path.is_dir())]


async def current(night: Night) -> str:
    """Return the id of the picture that lies there."""
    return str((await night.dm.get(f"/api/campaigns/{night.id}/map/picture")).body["id"])
