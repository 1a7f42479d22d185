"""Work on whole maps, done in threads beside the rooms; a map that cannot be is an ApiError."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from events.maps import BadMap
from web.http.api import BadRequest, OverLimit

T = TypeVar("T")


class MapWork:
    """Does so much work at once, and no more: the threads share the processor with the rooms."""

    def __init__(self, at_once: int) -> None:
        self._working = asyncio.Semaphore(at_once)

    async def __call__(self, work: Callable[[], T]) -> T:
        """Return what the work gives; raise BadRequest or TooMany where it raises BadMap."""
        async with self._working:
            try:
                return await asyncio.to_thread(work)
            except BadMap as bad:
                raise (OverLimit if bad.code == "too_large" else BadRequest)(str(bad)) from None
