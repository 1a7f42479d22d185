"""Copies images to a fork, into an archive, or out of one."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, Self

from events.core.state import RoomId
from events.journal.database.pool import Pool
from events.transfer.archive import ArchiveRefused, DamagedPicture, Pictured, Pixels
from events.transfer.placed_images import pictures_laid
from web.images.campaign_files import Pictures
from web.images.ingest import BadImage
from web.images.store import ImageFacts


@asynccontextmanager
async def shared(
    pool: Pool, pictures: Pictures, source: RoomId, version: int, campaign: RoomId
) -> AsyncIterator[None]:
    """Let a campaign that is made meanwhile show the pictures of its history; not if that fails."""
    try:
        recorded = await pictures_laid(pool, source, version)
        pictures.share(source, campaign, (picture.id for picture in recorded))
        yield
    except BaseException:
        pictures.unmark(campaign)
        raise


class PixelsFound(NamedTuple):
    """The pictures of a campaign's history: those that are whole, and why the others are left out."""

    whole: tuple[Pixels, ...]
    not_kept: int
    damaged: tuple[str, ...]
    """What is wrong with each that is damaged; names its file."""


async def pixels_of(pool: Pool, pictures: Pictures, campaign: RoomId, version: int) -> PixelsFound:
    """Return the pictures of a campaign's history, every tile of them read and decoded."""
    recorded = await pictures_laid(pool, campaign, version)
    stored = [each for each in recorded if pictures.brought(campaign, each.id)]
    whole, damaged = [], []
    for each in stored:
        try:
            facts = ImageFacts(each.width, each.height)
            tiles = await asyncio.to_thread(pictures.store.check, each.id, facts)
        except BadImage as bad:
            damaged.append(f"the picture {each.id} is damaged: {bad.text}")
        else:
            whole.append(Pixels(each, tiles))
    return PixelsFound(tuple(whole), len(recorded) - len(stored), tuple(damaged))


class PictureFileIntake:
    """Takes in the pictures of one archive: prepared beside the others, then kept, all or none.

    Entered before the first; left by an exception it takes back all that it did.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._prepared: dict[str, Path] = {}
        self._new: list[str] = []
        self._campaign: RoomId | None = None

    async def take(self, picture: Pictured, tiles: Path) -> None:
        """Prepare a picture; raise DamagedPicture."""
        facts = ImageFacts(picture.width, picture.height)
        try:
            self._prepared[picture.id] = await self._pictures.store.prepare(tiles, facts)
        except BadImage as bad:
            raise DamagedPicture(f"the picture {picture.id}: {bad.text}") from None

    def keep(self, campaign: RoomId) -> None:
        """Put what was prepared in its place; raise ArchiveRefused."""
        self._campaign = campaign
        with self._pictures.held():
            for picture, part in self._prepared.items():
                try:
                    if self._pictures.store.adopt(picture, part):
                        self._new.append(picture)
                except BadImage as bad:
                    raise ArchiveRefused(f"the picture {picture}: {bad.text}") from None
                self._pictures.mark(campaign, picture)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        if self._campaign is not None:
            self._pictures.unmark(self._campaign)
        for picture in self._new:
            await self._pictures.forget(picture)
        for part in self._prepared.values():
            await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
