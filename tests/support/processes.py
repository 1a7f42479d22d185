"""Nodes as processes of their own, to be killed and frozen."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
START_S = 120.0
SAID_S = 60.0
_AT = re.compile(rb"Hexroom is at (https?://[^\s]+)")


class NodeProcess:
    """`hexroom serve` on a free port. Started, perhaps frozen, ended; what it logged is kept."""

    def __init__(self, **settings: str) -> None:
        self.url = ""
        self.log = ""
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._news = asyncio.Event()

    async def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Return the URL that it serves."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "web.cli.main", "serve", *arguments),
            cwd=CHECKOUT,
            env={**os.environ, **self._settings, **(environment or {})},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        self._reading = asyncio.create_task(self._read())
        async with asyncio.timeout(START_S):
            await self._up.wait()
        assert self.url, self.log
        return self.url

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def says(self, text: str, within_s: float = SAID_S, after: int = 0) -> None:
        """Wait until it logged the text, past so many characters."""
        async with asyncio.timeout(within_s):
            while text not in self.log[after:]:
                self._news.clear()
                await self._news.wait()

    async def ended(self) -> int:
        """Return its exit code, once it has one."""
        assert self._process is not None
        return await self._process.wait()

    async def close(self) -> None:
        """Kill it, if it is still there."""
        if self._process is not None and self._process.returncode is None:
            os.killpg(self.pid, signal.SIGKILL)
            await self._process.wait()
        if self._reading is not None:
            await self._reading

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.log += line.decode()
            self._news.set()
            if found := _AT.search(line):
                self.url = found[1].decode()
                self._up.set()
        self._up.set()
