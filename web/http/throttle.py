"""How often somebody may fail: a window of a minute for each key."""

from collections import deque
from typing import Final

from cachetools import LRUCache

from actors.runtime.clock import Clock
from web.http.api import TooOften

WINDOW_S: Final = 60.0
_MOST_KEYS: Final = 10_000


class Throttle:
    """Counts attempts by key, forgets those that succeed, and refuses past the limit."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._tried: LRUCache[str, deque[float]] = LRUCache(_MOST_KEYS)

    def begin(self, *keys: str) -> None:
        """Count an attempt for each key; raise TooOften, counting nothing, past the limit of any.

        Counted before the outcome is known, so that many at once are no way around.
        """
        now = self._clock.monotonic()
        for key in keys:
            tried = self._tried.get(key, deque())
            while tried and tried[0] <= now - WINDOW_S:
                tried.popleft()
            if len(tried) >= self._most:
                raise TooOften("too many attempts; wait a minute")
        for key in keys:
            self._tried.setdefault(key, deque()).append(now)

    def succeeded(self, *keys: str) -> None:
        """Take back the latest attempt of each key: it was no failure."""
        for key in keys:
            tried = self._tried.get(key)
            if tried:
                tried.pop()
