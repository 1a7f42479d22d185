"""The pixels of pictures under grids: files, and a mark for each campaign that may show them."""

import shutil
from pathlib import Path
from typing import Final

from events.state import RoomId
from web.imagestore import ImageFacts, ImageStore

_KEPT: Final = 8
"""Pictures of a campaign whose pixels are kept: what undo and replay can show again."""


class Pictures:
    """The pictures that campaigns brought: a mark for each, beside the pixels.

    A fork has marks of its own on the same pixels, which go with the last mark.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "brought"
        self.store = ImageStore(folder / "tiles")

    def brought(self, campaign: RoomId, picture: str) -> bool:
        """Return whether the pixels are this campaign's; ids of others are no secret."""
        return picture in self._marks(campaign)

    async def take(self, campaign: RoomId, picture: str, upload: Path) -> ImageFacts:
        """Keep a picture under a new id; raise BadImage."""
        facts = await self.store.take(picture, upload)
        self.mark(campaign, picture)
        return facts

    async def forget_old(self, campaign: RoomId, *, but: str) -> None:
        """Delete all but the newest pictures, and the one that lies under the grid."""
        for picture in self._marks(campaign)[_KEPT:]:
            if picture != but:
                (self._folder / str(campaign) / picture).unlink(missing_ok=True)
                if not self.marked(picture):
                    await self.store.remove(picture)

    def mark(self, campaign: RoomId, picture: str) -> None:
        """Let a campaign show pixels that are here; the caller knows that it may."""
        mark = self._folder / str(campaign) / picture
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()

    def unmark(self, campaign: RoomId) -> None:
        """Take away all that a campaign might show; what no other shows is left behind."""
        shutil.rmtree(self._folder / str(campaign), ignore_errors=True)

    def marked(self, picture: str) -> bool:
        """Return whether any campaign may show the picture."""
        return any((each / picture).exists() for each in self._folder.glob("*"))

    def _marks(self, campaign: RoomId) -> list[str]:
        """Return the pictures, newest first."""
        folder = self._folder / str(campaign)
        if not folder.is_dir():
            return []
        # Another node may be deleting the same.
        marks = [(mark.stat().st_mtime_ns, mark.name) for mark in folder.iterdir() if mark.exists()]
        return [name for _, name in sorted(marks, reverse=True)]
