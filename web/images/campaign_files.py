"""Image files, with a mark for each campaign that may show them."""

import fcntl
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from events.core.state import RoomId
from web.images.ingest import Fit
from web.images.store import ImageFacts, ImageStore

_KEPT: Final = 8
"""Pictures of a campaign whose pixels are kept: what undo and replay can show again."""
KEPT_OF: Final = {"t": 200, "h": 50, "c": 0}
"""The same of the pictures of tokens, of handouts and of covers, besides those in use; their ids begin so, ``t-…``."""


def kind_of(picture: str) -> str:
    """Return the first letter of an id that begins with one, ``t-…``; the backdrop's are plain."""
    return picture[0] if picture[1:2] == "-" else ""


class Pictures:
    """The pictures that campaigns brought: a mark for each, beside the pixels.

    A fork has marks of its own on the same pixels, which go with the last mark. Whoever looks at the
    marks and then acts on them holds them: several processes, on several nodes, may share the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "brought"
        self._lock = folder / "lock"
        self.store = ImageStore(folder / "tiles")

    def brought(self, campaign: RoomId, picture: str) -> bool:
        """Return whether the pixels are this campaign's; ids of others are no secret."""
        return picture in self._marks(campaign)

    async def take(
        self, campaign: RoomId, picture: str, upload: Path, fit: Fit = "whole"
    ) -> ImageFacts:
        """Keep a picture under a new id; raise BadImage."""
        facts = await self.store.take(picture, upload, fit)
        self.mark(campaign, picture)
        return facts

    async def forget_old(self, campaign: RoomId, *, but: Collection[str], kind: str = "") -> None:
        """Delete all pictures of a kind but the newest and those in use."""
        alike = [picture for picture in self._marks(campaign) if kind_of(picture) == kind]
        for picture in alike[KEPT_OF.get(kind, _KEPT) :]:
            if picture not in but:
                await self.take_back(campaign, picture)

    async def take_back(self, campaign: RoomId, picture: str) -> None:
        """Let a campaign show a picture no more, and delete it where no other does."""
        (self._folder / str(campaign) / picture).unlink(missing_ok=True)
        await self.forget(picture)

    async def forget(self, picture: str) -> None:
        """Delete a picture that no campaign may show; one that some may stays."""
        with self.held():
            aside = None if self.marked(picture) else self.store.put_aside(picture)
        if aside is not None:
            await self.store.delete(aside)

    def share(self, source: RoomId, campaign: RoomId, pictures: Iterable[str]) -> None:
        """Let a campaign show those of the pictures that another may."""
        with self.held():
            for picture in pictures:
                if self.brought(source, picture):
                    self.mark(campaign, picture)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep all others from deleting pixels and from sharing them; for a moment, and never across an await."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

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
