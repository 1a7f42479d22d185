"""Lines of standard input, read without a thread that would outlive Ctrl-C."""

import asyncio
import os
from contextlib import suppress


class InputLines:
    """Reads a descriptor line by line; at its end, and from then on, nothing is waited for."""

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._read = b""

    async def next(self) -> str:
        """Return the next line, empty at the end of the input."""
        while b"\n" not in self._read:
            await self._readable()
            some = os.read(self._descriptor, 4096)
            if not some:
                break
            self._read += some
        line, _, self._read = self._read.partition(b"\n")
        return line.decode(errors="replace")

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        # A plain file cannot be waited for, and need not be.
        with suppress(PermissionError):
            loop.add_reader(self._descriptor, ready.set)
            try:
                await ready.wait()
            finally:
                loop.remove_reader(self._descriptor)
