"""The pictures in an archive: the pixels as PNG tiles, in full size, each with its hash in the manifest."""

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple, Protocol

from events.core.features.handouts import NotePictured, PictureNote
from events.core.features.notes import NoteSet
from events.core.features.pictures import PictureLaid
from events.core.features.staging import ChangeStaged
from events.core.features.token_pictures import PictureToken, TokenPictured
from events.core.image_sizes import TOKEN_SIDE
from events.core.messages import Event
from events.core.state import Handout, Note, RoomId
from events.transfer.archive.format import (
    LARGEST_TILE,
    ArchivedPicture,
    ArchiveRefused,
    DamagedPicture,
    tile_name,
)


class Pictured(NamedTuple):
    """A picture as the record names it."""

    id: str
    width: int
    height: int


def pictured_by(event: Event) -> Iterator[Pictured]:
    """Yield the pictures that an event of the record names, as `placed_images` finds them there."""
    match event:
        case PictureLaid(picture=laid):
            yield Pictured(laid.id, laid.width, laid.height)
        case TokenPictured(picture=str(worn)) | ChangeStaged(command=PictureToken(picture=worn)):
            yield Pictured(worn, TOKEN_SIDE, TOKEN_SIDE)
        case (
            NotePictured(handout=Handout() as shown) | NoteSet(now=Note(handout=Handout() as shown))
        ):
            yield Pictured(shown.id, shown.width, shown.height)
        case ChangeStaged(command=PictureNote() as waits):
            yield Pictured(waits.picture, waits.width, waits.height)
        case _:
            pass


class Pixels(NamedTuple):
    """The pixels of a picture, as files: its tiles row by row."""

    picture: Pictured
    tiles: Sequence[Path]


class Which(Enum):
    """Which pictures of an archive are imported."""

    ALL = "all, or the archive is refused"
    WHOLE = "those that are not damaged"
    NONE = "none"


class PictureIntake(Protocol):
    """Takes the pictures of one archive in: each is prepared, then all are kept, or none."""

    async def take(self, picture: Pictured, tiles: Path) -> None:
        """Prepare a picture of a folder of tiles, 0.png, 1.png … row by row.

        Raise DamagedPicture where they do not make it up.
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
    archive: zipfile.ZipFile,
    pictures: Sequence[ArchivedPicture],
    intake: PictureIntake,
    which: Which,
    left_out: Callable[[str], None],
) -> None:
    """Have the archive's pictures prepared.

    Raise DamagedPicture at the first that is damaged, or where only whole ones are wanted, tell
    ``left_out`` of each that is not.
    """
    for picture in pictures:
        try:
            if which is Which.NONE:
                raise DamagedPicture(f"the picture {picture.id}: not wanted")
            await _take_one(archive, picture, intake)
        except DamagedPicture as damaged:
            if which is Which.ALL:
                raise
            left_out(str(damaged))


async def _take_one(
    archive: zipfile.ZipFile, picture: ArchivedPicture, intake: PictureIntake
) -> None:
    with tempfile.TemporaryDirectory(prefix="hexroom-import-") as folder:
        for name, digest in zip(picture.files(), picture.tiles, strict=True):
            (Path(folder) / Path(name).name).write_bytes(_unpacked(archive, name, digest))
        await intake.take(_pictured(picture), Path(folder))


def expect_named(pictures: Sequence[ArchivedPicture], recorded: Collection[Pictured]) -> None:
    """Raise ArchiveRefused unless the record of the archive laid all of its pictures."""
    for picture in pictures:
        if _pictured(picture) not in recorded:
            raise ArchiveRefused(f"it holds a picture that its events do not name: {picture.id}")


def _pictured(picture: ArchivedPicture) -> Pictured:
    return Pictured(picture.id, picture.width, picture.height)


def _unpacked(archive: zipfile.ZipFile, name: str, digest: str) -> bytes:
    try:
        with archive.open(name) as file:
            content = file.read(LARGEST_TILE + 1)
    except KeyError:
        raise DamagedPicture(f"it lacks {name}, a part of a picture") from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DamagedPicture(f"{name} is damaged: {error}") from None
    if len(content) > LARGEST_TILE:
        raise DamagedPicture(f"{name} is larger than {LARGEST_TILE} bytes")
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedPicture(f"{name} is damaged: it does not have the hash that the manifest says")
    return content
