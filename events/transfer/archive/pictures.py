"""The pictures in an archive: the pixels as PNG tiles, in full size, each with its hash in the manifest."""

import hashlib
import tempfile
import zipfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from events.core.state import RoomId
from events.transfer.archive.format import LARGEST_TILE, ArchivedPicture, ArchiveRefused, tile_name


class Pictured(NamedTuple):
    """A picture as the record names it."""

    id: str
    width: int
    height: int


class Pixels(NamedTuple):
    """The pixels of a picture, as files: its tiles row by row."""

    picture: Pictured
    tiles: Sequence[Path]


class PictureIntake(Protocol):
    """Takes the pictures of one archive in: each is prepared, then all are kept, or none."""

    async def take(self, picture: Pictured, tiles: Path) -> None:
        """Prepare a picture of a folder of tiles, 0.png, 1.png … row by row.

        Raise ArchiveRefused where they do not make it up.
        """

    def keep(self, campaign: RoomId) -> None:
        """Put what was prepared where the campaign finds it; raise ArchiveRefused."""


def write(archive: zipfile.ZipFile, pixels: Pixels) -> ArchivedPicture:
    """Return what the manifest says of a picture whose tiles were written into the archive."""
    digests = []
    for number, tile in enumerate(pixels.tiles):
        content = tile.read_bytes()
        digests.append(hashlib.sha256(content).hexdigest())
        archive.writestr(tile_name(pixels.picture.id, number), content, zipfile.ZIP_STORED)
    return ArchivedPicture(**pixels.picture._asdict(), tiles=tuple(digests))


async def take(
    archive: zipfile.ZipFile, pictures: Sequence[ArchivedPicture], intake: PictureIntake
) -> None:
    """Have the archive's pictures prepared; raise ArchiveRefused at the first tile that is damaged."""
    for said in pictures:
        with tempfile.TemporaryDirectory(prefix="hexroom-import-") as folder:
            for name, digest in zip(said.files(), said.tiles, strict=True):
                (Path(folder) / Path(name).name).write_bytes(_unpacked(archive, name, digest))
            await intake.take(_pictured(said), Path(folder))


def expect_named(pictures: Sequence[ArchivedPicture], laid: Collection[Pictured]) -> None:
    """Raise ArchiveRefused unless the record of the archive laid all of its pictures."""
    for said in pictures:
        if _pictured(said) not in laid:
            raise ArchiveRefused(f"it holds a picture that its events do not name: {said.id}")


def _pictured(said: ArchivedPicture) -> Pictured:
    return Pictured(said.id, said.width, said.height)


def _unpacked(archive: zipfile.ZipFile, name: str, digest: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(LARGEST_TILE + 1)
    if len(content) > LARGEST_TILE:
        raise ArchiveRefused(f"{name} is larger than {LARGEST_TILE} bytes")
    if hashlib.sha256(content).hexdigest() != digest:
        raise ArchiveRefused(f"{name} is damaged: it does not have the hash that the manifest says")
    return content
