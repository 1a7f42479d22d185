"""Pictures carried along: to a fork, into an archive, out of one."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from events.core.state import RoomId
from events.journal.database.pool import Pool
from events.transfer.archive import ArchiveRefused, Pictured, Pixels
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
        laid = await pictures_laid(pool, source, version)
        pictures.share(source, campaign, (picture.id for picture in laid))
        yield
    except BaseException:
        pictures.unmark(campaign)
        raise


async def pixels_of(
    pool: Pool, pictures: Pictures, campaign: RoomId, version: int
) -> tuple[list[Pixels], int]:
    """Return the pictures of a campaign's history whose pixels are kept, and how many are not."""
    laid = await pictures_laid(pool, campaign, version)
    kept = [each for each in laid if pictures.brought(campaign, each.id)]
    return [Pixels(each, pictures.store.pixels(each.id)) for each in kept], len(laid) - len(kept)


class Intake:
    """Takes in the pictures of one archive: prepared beside the others, then kept, all or none.

    Entered before the first; left by an exception it takes back all that it did.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._prepared: dict[str, Path] = {}
        self._new: list[str] = []
        self._campaign: RoomId | None = None

    async def take(self, picture: Pictured, tiles: Path) -> None:
        """Prepare a picture; raise ArchiveRefused."""
        facts = ImageFacts(picture.width, picture.height)
        try:
            self._prepared[picture.id] = await self._pictures.store.prepare(tiles, facts)
        except BadImage as bad:
            raise ArchiveRefused(f"the picture {picture.id}: {bad.text}") from None

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
