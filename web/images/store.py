"""Images on disk, and their tiles."""

import asyncio
import io
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cachetools import LRUCache
from PIL import Image

from events.core.image_sizes import HANDOUT_SIDE, TOKEN_SIDE
from web.images.ingest import BadImage, Fit, full_size, opened, tile_path
from web.images.mask import Part, Showing, cut_tile, tile_key
from web.images.pyramid import TILE, Tile, grid, levels

INTAKE_TIMEOUT_S = 300.0
_SIDES: Mapping[Fit, int] = {"whole": 0, "token": TOKEN_SIDE, "handout": HANDOUT_SIDE}
"""The process that decodes is told them: to import them took six times what most pictures do."""
QUALITY = 90
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_FACTS = "facts.json"


class NoSuchTile(LookupError):
    """There is no such picture, or no such tile in it."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the page must know of a picture to lay its tiles."""

    width: int
    height: int

    @property
    def levels(self) -> int:
        return levels(self.width, self.height)


class ImageStore:
    """Pictures below one folder, each in a folder of its own named by its id; and a cache of cut tiles.

    A picture is there once its folder is: it is written beside and moved into place when whole. What a crash leaves
    beside is swept away when a store is made later. Two stores may share a folder as long as ids are new.
    """

    def __init__(self, folder: Path, *, cache_bytes: int = 64 * 2**20, cutters: int = 2) -> None:
        self._folder = folder
        self._cache: LRUCache[str, bytes] = LRUCache(cache_bytes, getsizeof=len)
        self._cutting = asyncio.Semaphore(cutters)
        self._taking = asyncio.Semaphore(1)
        # Nothing younger, which another process that shares the folder may be at.
        long_ago = time.time() - 2 * INTAKE_TIMEOUT_S
        for part in folder.glob("*.part"):
            if part.stat().st_mtime < long_ago:
                shutil.rmtree(part, ignore_errors=True)

    async def take(self, image_id: str, upload: Path, fit: Fit = "whole") -> ImageFacts:
        """Keep an uploaded picture under a new id; raise BadImage. One at a time: each may need a gigabyte.

        The upload stays where it is and may be deleted then.
        """
        folder = self._at(image_id)
        part = folder.with_suffix(".part")
        async with self._taking:
            _begin(part)
            try:
                facts = await _decoded(upload, part, fit, _SIDES[fit])
                _complete(part, folder, facts)
            except BaseException:
                await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
                raise
        return facts

    def facts(self, image_id: str) -> ImageFacts:
        """Return a picture's size; raise NoSuchTile."""
        try:
            facts = json.loads((self._at(image_id) / _FACTS).read_text())
        except FileNotFoundError:
            raise NoSuchTile(image_id) from None
        return ImageFacts(facts["width"], facts["height"])

    def pixels(self, image_id: str) -> tuple[Path, ...]:
        """Return the files that make up the picture in full size, row by row; raise NoSuchTile."""
        facts = self.facts(image_id)
        return tuple(
            tile_path(self._at(image_id), tile) for tile in full_size(facts.width, facts.height)
        )

    def check(self, image_id: str, facts: ImageFacts) -> tuple[Path, ...]:
        """Return the files of the picture in full size, every one decoded; blocks.

        Raise BadImage, which names the file that is missing, damaged or of another size.
        """
        folder = self._at(image_id)
        try:
            stored = self.facts(image_id)
        except (NoSuchTile, OSError, ValueError, LookupError, TypeError):
            raise BadImage(f"{folder / _FACTS} is missing or damaged") from None
        if stored != facts:
            raise BadImage(f"{folder / _FACTS} names another size than the record")
        modes = set()
        for tile in full_size(facts.width, facts.height):
            path = tile_path(folder, tile)
            try:
                image = opened(path)
            except FileNotFoundError:
                raise BadImage(f"{path} is missing") from None
            except BadImage as bad:
                raise BadImage(f"{path}: {bad.text}") from None
            left, top = tile.column * TILE, tile.row * TILE
            if image.size != (min(TILE, facts.width - left), min(TILE, facts.height - top)):
                raise BadImage(f"{path} has another size than its place in the picture")
            modes.add(image.mode)
            if len(modes) > 1:
                raise BadImage(f"{path} is of another kind than the tiles before it")
        return self.pixels(image_id)

    def part(self, image_id: str, part: Part) -> Image.Image:
        """Return a rectangle of a level as RGBA, all of its pixels; raise NoSuchTile.

        Whoever draws it for a viewer masks it first.
        """
        whole = Image.new("RGBA", (part.width, part.height))
        right, bottom = part.left + part.width, part.top + part.height
        for row in range(part.top // TILE, -(-bottom // TILE)):
            for column in range(part.left // TILE, -(-right // TILE)):
                with self._opened(image_id, Tile(part.level, column, row)) as image:
                    whole.paste(image, (column * TILE - part.left, row * TILE - part.top))
        return whole

    async def prepare(self, tiles: Path, facts: ImageFacts) -> Path:
        """Return a folder with the picture that tiles in full size, 0.png, 1.png … row by row, make up.

        It is the caller's, who has it adopted or deletes it; one left behind is swept away later.
        Raise BadImage.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=self._folder, suffix=".part"))
        try:
            async with self._taking:
                await _decoded(tiles, part, facts.width, facts.height)
            _describe(part, facts)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
            raise
        return part

    def adopt(self, image_id: str, part: Path) -> bool:
        """Keep a prepared picture under an id; return whether it is new.

        Raise BadImage where there is another of that id.
        """
        folder = self._at(image_id)
        if not folder.exists():
            part.rename(folder)
            return True
        if not _same_pixels(folder, part):
            raise BadImage("another picture has the same id here")
        shutil.rmtree(part, ignore_errors=True)
        return False

    def put_aside(self, image_id: str) -> Path | None:
        """Return where a picture is now that is to be deleted: at once nobody finds it any more; None if nobody did."""
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=self._folder, suffix=".part"))
        try:
            return self._at(image_id).rename(aside)
        except FileNotFoundError:
            aside.rmdir()
            return None

    async def delete(self, aside: Path) -> None:
        """Delete the files that were set aside; what a crash leaves behind is removed later."""
        await asyncio.to_thread(shutil.rmtree, aside, ignore_errors=True)

    async def tile(self, image_id: str, tile: Tile, showing: Showing) -> tuple[str, bytes]:
        """Return the key (good as an ETag) and the WebP of a tile as it is shown; raise NoSuchTile."""
        facts = self.facts(image_id)
        if not _within(tile, facts):
            raise NoSuchTile(f"{image_id} {tile}")
        key = await asyncio.to_thread(tile_key, image_id, tile, showing)
        cached = self._cache.get(key)
        if cached is None:
            async with self._cutting:
                cached = await asyncio.to_thread(self._cut, image_id, tile, showing)
            with suppress(ValueError):  # A tile larger than all that is kept is not kept.
                self._cache[key] = cached
        return key, cached

    async def whole(self, image_id: str) -> bytes:
        """Return all of a small picture as WebP; raise NoSuchTile."""
        cached = self._cache.get(image_id)
        if cached is None:
            async with self._cutting:
                cached = await asyncio.to_thread(self._encoded, image_id)
            with suppress(ValueError):  # A picture larger than all that is kept is not kept.
                self._cache[image_id] = cached
        return cached

    def _encoded(self, image_id: str) -> bytes:
        facts = self.facts(image_id)
        file = io.BytesIO()
        pixels = self.part(image_id, Part(0, 0, 0, facts.width, facts.height))
        pixels.save(file, "WEBP", quality=QUALITY, method=2)
        return file.getvalue()

    def _cut(self, image_id: str, tile: Tile, showing: Showing) -> bytes:
        alignment, visible, hex_size, orientation = showing
        with self._opened(image_id, tile) as image:
            return cut_tile(image, alignment, tile, visible, hex_size, orientation)

    def _opened(self, image_id: str, tile: Tile) -> Image.Image:
        try:
            return Image.open(tile_path(self._at(image_id), tile), formats=["PNG"])
        except FileNotFoundError:
            raise NoSuchTile(image_id) from None

    def _at(self, image_id: str) -> Path:
        if not _ID.fullmatch(image_id):
            raise NoSuchTile(image_id)
        return self._folder / image_id


# At once and not in a thread: whoever gives up in between would leave a folder behind.
def _begin(part: Path) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    part.mkdir()


def _complete(part: Path, folder: Path, facts: ImageFacts) -> None:
    _describe(part, facts)
    part.rename(folder)


def _describe(part: Path, facts: ImageFacts) -> None:
    (part / _FACTS).write_text(json.dumps({"width": facts.width, "height": facts.height}))


async def _decoded(upload: Path, folder: Path, *how: int | str) -> ImageFacts:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", _RUN, str(Path(__file__).parents[2]), str(upload), str(folder), *map(str, how),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )  # fmt: skip
    try:
        async with asyncio.timeout(INTAKE_TIMEOUT_S):
            out, _ = await process.communicate()
    except TimeoutError:
        raise BadImage("the picture took too long to decode", "too_large") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise BadImage("the picture could not be decoded")
    result = json.loads(out)
    if "error" in result:
        raise BadImage(result["error"], result["code"])
    return ImageFacts(result["width"], result["height"])


# Isolated (-I): neither the environment nor the current folder says what is imported; ours is put in by name.
_RUN = "import sys; sys.path.insert(0, sys.argv[1]); from web.images.ingest import main; main(*sys.argv[2:])"  # fmt: skip


def _same_pixels(first: Path, second: Path) -> bool:
    """Return whether two pictures show the same; files written by another version may differ all the same."""
    if (first / _FACTS).read_text() != (second / _FACTS).read_text():
        return False
    for path in first.glob("0-*.png"):
        with Image.open(path, formats=["PNG"]) as a, Image.open(second / path.name) as b:
            if (a.mode, a.tobytes()) != (b.mode, b.tobytes()):
                return False
    return True


def _within(tile: Tile, facts: ImageFacts) -> bool:
    if not 0 <= tile.level < facts.levels:
        return False
    columns, rows = grid(facts.width, facts.height, tile.level)
    return 0 <= tile.column < columns and 0 <= tile.row < rows
