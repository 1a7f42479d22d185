import asyncio
import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from events.core.image_placement import Alignment
from events.geometry.grid import Hex, disc
from web.images import ingest as imageintake
from web.images import store as imagestore
from web.images.ingest import MAX_BYTES, MAX_SIDE, BadImage, check, opened, take, tile_path
from web.images.mask import Showing
from web.images.pyramid import TILE, Tile
from web.images.store import ImageFacts, ImageStore, NoSuchTile

ALL = Showing(Alignment(), None, 40, "flat")
SOME = Showing(Alignment(), frozenset(disc(Hex(3, 3), 2)), 40, "flat")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture(width: int = 700, height: int = 600) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "pictures")


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(saved(picture(), "PNG"))
    return path


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def header(width: int, height: int) -> bytes:
    """Return a PNG that only claims to be so large."""
    fields = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + fields
    end = b"\0\0\0\0IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    return imageintake.FORMATS["PNG"] + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + end  # fmt: skip


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_is_kept_as_tiles(store: ImageStore, upload: Path, kind: str) -> None:
    write(upload, saved(picture(), kind))

    facts = await store.take("map-1", upload)

    assert facts == store.facts("map-1") == ImageFacts(700, 600)
    assert facts.levels == 2
    for tile, size in (
        (Tile(0, 0, 0), (TILE, TILE)),
        (Tile(0, 1, 1), (188, 88)),
        (Tile(1, 0, 0), (350, 300)),
    ):
        _, data = await store.tile("map-1", tile, ALL)
        assert Image.open(io.BytesIO(data), formats=["WEBP"]).size == size


async def test_a_player_gets_the_same_pixels_cut(store: ImageStore, upload: Path) -> None:
    await store.take("map-1", upload)

    _, whole = await store.tile("map-1", Tile(0, 0, 0), ALL)
    _, cut = await store.tile("map-1", Tile(0, 0, 0), SOME)

    assert Image.open(io.BytesIO(whole)).convert("RGBA").getchannel("A").getextrema() == (255, 255)
    assert Image.open(io.BytesIO(cut)).convert("RGBA").getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize("tile", [Tile(0, 2, 0), Tile(0, 0, 2), Tile(2, 0, 0), Tile(-1, 0, 0), Tile(0, -1, 0)])  # fmt: skip
async def test_there_is_no_tile_outside(store: ImageStore, upload: Path, tile: Tile) -> None:
    await store.take("map-1", upload)

    with pytest.raises(NoSuchTile):
        await store.tile("map-1", tile, ALL)


@pytest.mark.parametrize("image_id", ["other", "..", "../map-1", "", "a/b", "map-1.part", "x" * 65])
async def test_there_is_no_picture_elsewhere(
    store: ImageStore, upload: Path, image_id: str
) -> None:
    await store.take("map-1", upload)

    with pytest.raises(NoSuchTile):
        store.facts(image_id)
    with pytest.raises(NoSuchTile):
        await store.tile(image_id, Tile(0, 0, 0), ALL)


async def test_tiles_are_cut_once_for_all_who_see_the_same(
    store: ImageStore, upload: Path, tmp_path: Path
) -> None:
    await store.take("map-1", upload)
    first = await store.tile("map-1", Tile(0, 0, 0), SOME)
    tile_path(tmp_path / "pictures" / "map-1", Tile(0, 0, 0)).unlink()

    assert await store.tile("map-1", Tile(0, 0, 0), SOME._replace(visible=frozenset({*disc(Hex(3, 3), 2), Hex(900, 0)}))) == first  # fmt: skip
    with pytest.raises(NoSuchTile):
        await store.tile("map-1", Tile(0, 0, 0), SOME._replace(visible=frozenset({Hex(3, 3)})))


async def test_the_cache_has_a_bound(tmp_path: Path, upload: Path) -> None:
    store = ImageStore(tmp_path / "pictures", cache_bytes=1)
    await store.take("map-1", upload)
    await store.tile("map-1", Tile(0, 0, 0), SOME)
    tile_path(tmp_path / "pictures" / "map-1", Tile(0, 0, 0)).unlink()

    with pytest.raises(NoSuchTile):
        await store.tile("map-1", Tile(0, 0, 0), SOME)


async def test_a_removed_picture_is_gone(store: ImageStore, upload: Path) -> None:
    await store.take("map-1", upload)

    aside = store.put_aside("map-1")
    assert aside is not None
    await store.delete(aside)
    assert store.put_aside("map-1") is None

    with pytest.raises(NoSuchTile):
        store.facts("map-1")


@pytest.mark.parametrize(
    ("data", "text", "code"),
    [
        (b"", "expected a PNG", "invalid_message"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG is not taken", "invalid_message"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", "SVG is not taken", "invalid_message"),
        (saved(Image.new("RGB", (9, 9)), "GIF"), "expected a PNG", "invalid_message"),
        (b"RIFF\0\0\0\0WAVEfmt ", "expected a PNG", "invalid_message"),
        (b"PK\x03\x04", "expected a PNG", "invalid_message"),
        (imageintake.FORMATS["PNG"] + b"nothing", "expected a PNG|damaged", "invalid_message"),
        (saved(picture(), "PNG")[:-2000], "damaged", "invalid_message"),
        (saved(picture(), "JPEG")[:-2000], "damaged", "invalid_message"),
        (header(MAX_SIDE + 1, 1), "at most 16384 pixels a side", "too_large"),
        (header(2_000_000_000, 2_000_000_000), "at most 16384|unpacks to too much", "too_large"),
    ],
)
async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    store: ImageStore, upload: Path, tmp_path: Path, data: bytes, text: str, code: str
) -> None:
    write(upload, data)

    with pytest.raises(BadImage, match=text) as caught:
        await store.take("map-1", upload)

    assert caught.value.code == code
    assert not list((tmp_path / "pictures").iterdir())


def test_the_size_is_checked_first() -> None:
    check(saved(picture(), "PNG"), MAX_BYTES)
    with pytest.raises(BadImage, match="at most 50 MB") as caught:
        check(saved(picture(), "PNG"), MAX_BYTES + 1)
    assert caught.value.code == "too_large"


async def test_a_decoder_that_hangs_is_stopped(
    store: ImageStore, upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imagestore, "_RUN", "while True: pass")
    monkeypatch.setattr(imagestore, "INTAKE_TIMEOUT_S", 0.1)

    with pytest.raises(BadImage, match="took too long"):
        await store.take("map-1", upload)
    assert not list((tmp_path / "pictures").iterdir())


async def test_a_decoder_that_dies_takes_nobody_along(
    store: ImageStore, upload: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imagestore, "_RUN", "import os; os.abort()")

    with pytest.raises(BadImage, match="could not be decoded"):
        await store.take("map-1", upload)


async def test_an_upload_that_is_given_up_leaves_nothing(
    store: ImageStore, upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    run = f"import signal; open({str(started)!r}, 'w').close(); signal.pause()"
    monkeypatch.setattr(imagestore, "_RUN", run)
    taking = asyncio.create_task(store.take("map-1", upload))
    await asyncio.to_thread(started.read_bytes)

    taking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await taking
    assert not list((tmp_path / "pictures").iterdir())


def test_what_a_crash_left_is_swept_away_later(tmp_path: Path) -> None:
    old, new = (tmp_path / "pictures" / f"map-{n}.part" for n in (1, 2))
    for left in (old, new):
        left.mkdir(parents=True)
        (left / "0-0-0.png").touch()
    os.utime(old, (0, 0))

    ImageStore(tmp_path / "pictures")

    assert not old.exists()
    assert new.exists()


def test_metadata_is_stripped_and_the_picture_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "taken at home"
    path = tmp_path / "photo"
    path.write_bytes(saved(picture(30, 20), "JPEG", exif=exif, comment=b"taken at home"))
    folder = tmp_path / "out"
    folder.mkdir()

    assert take(path, folder) == (20, 30)

    kept = tile_path(folder, Tile(0, 0, 0)).read_bytes()
    assert b"taken at home" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_text_in_a_png_is_stripped(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "secret lair")
    path = tmp_path / "picture"
    path.write_bytes(saved(picture(), "PNG", pnginfo=text, icc_profile=b"profile"))

    image = opened(path)

    assert not image.info


@pytest.mark.parametrize(
    ("mode", "kind", "kept"),
    [
        ("1", "PNG", "L"), ("L", "PNG", "L"), ("LA", "PNG", "RGBA"), ("P", "PNG", "RGB"), ("RGBA", "PNG", "RGBA"),
        ("I;16", "PNG", "L"), ("CMYK", "JPEG", "RGB"), ("L", "JPEG", "L"), ("RGBA", "WEBP", "RGBA"),
    ],
)  # fmt: skip
def test_every_kind_of_pixel_is_made_plain(tmp_path: Path, mode: str, kind: str, kept: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(saved(Image.new(mode, (20, 10)), kind))

    assert opened(path).mode == kept


def test_sixteen_bits_keep_their_brightness(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(saved(Image.new("I;16", (20, 10), 0x8000), "PNG"))

    assert opened(path).getpixel((3, 3)) == 0x80


def test_only_the_first_frame_of_a_moving_picture_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    path.write_bytes(saved(frames[0], "PNG", save_all=True, append_images=frames[1:]))

    assert opened(path).getpixel((0, 0)) == (255, 0, 0)


def test_a_pixel_of_a_smaller_level_is_the_mean_of_those_it_covers(tmp_path: Path) -> None:
    image = Image.new("L", (1030, 10))
    image.putpixel((1028, 8), 200)
    levels = dict(imageintake.tiles(image))

    assert levels[Tile(1, 1, 0)].getpixel((2, 4)) == 50
    assert levels[Tile(2, 0, 0)].size == (258, 3)


@settings(max_examples=150, deadline=None)
@given(
    source=st.sampled_from([saved(picture(40, 30), kind) for kind in imageintake.FORMATS]),
    cut=st.integers(0, 3000),
    changes=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=8),
)
def test_damaged_pictures_raise_nothing_but_bad_image(
    tmp_path_factory: pytest.TempPathFactory,
    source: bytes,
    cut: int,
    changes: list[tuple[int, int]],
) -> None:
    damaged = bytearray(source[: max(1, len(source) - cut)])
    for place, value in changes:
        damaged[place % len(damaged)] = value
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(damaged)

    try:
        image = opened(path)
    except BadImage:
        return
    assert max(image.size) <= MAX_SIDE


def test_the_process_that_decodes_imports_nothing_of_the_core() -> None:
    script = "import sys; sys.path.insert(0, '.'); import web.images.ingest; print('events' in sys.modules)"
    told = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=True)
    assert told.stdout == b"False\n"
