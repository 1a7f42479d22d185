"""Passwords: hashed by argon2 in threads, as slow for an unknown user as for a known one."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.http.api import Busy

# OWASP's least for argon2id: 19 MiB and some 25 ms of a core. Sign-ins must not starve the rooms.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE: Final = 2
_MOST_WAITING: Final = 16

T = TypeVar("T")


@functools.cache
def _nobodys(hasher: PasswordHasher) -> str:
    """Return what an unknown user's password is compared with, made once with the same parameters."""
    return hasher.hash("nobody's password")


class Passwords:
    """Hashes and compares passwords; closed at the end."""

    def __init__(self, hasher: PasswordHasher = _HASHER) -> None:
        self._hasher = hasher
        self._threads = ThreadPoolExecutor(_AT_ONCE, "passwords")
        self._waiting = 0
        self._nobodys = _nobodys(hasher)

    async def hash(self, password: str) -> str:
        """Return what is stored; raise Busy when too many wait."""
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def fits(self, stored: str | None, password: str) -> bool:
        """Return whether the password is the one stored; None takes as long, and never fits."""
        fits = await self._in_turn(lambda: self._compare(stored or self._nobodys, password))
        return fits and stored is not None

    def outdated(self, stored: str) -> bool:
        """Return whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= _MOST_WAITING:
            raise Busy("many are signing in right now; try again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def _compare(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
