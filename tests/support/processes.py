"""Servers as processes of their own, to be stopped, frozen, killed and started again."""

import asyncio
import os
import re
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from signal import SIGTERM, Signals
from typing import ClassVar

from tests.support.ports import free_port
from tests.support.preloaded import CHECKOUT, Executed, Forked, Running

START_S = 120.0
LOGGED_S = 60.0
_AT = re.compile(r"Hexroom is at (https?://[^\s]+)")


class NodeProcess:
    """`hexroom serve`: started, perhaps frozen, ended, perhaps started again."""

    _launched: ClassVar[type[Forked | Executed]] = Forked

    def __init__(self, root: Path = CHECKOUT, /, **settings: str) -> None:
        """Take the folder of the packages, and the environment."""
        self.url = ""
        """Where it was at its last start."""
        self.log = ""
        """What it printed and logged, since it was started first."""
        self._root = root
        self._settings = settings
        self._process: Running | None = None
        self._reader: threading.Thread | None = None
        self._news = threading.Condition()
        self._silent = False

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Return the URL that it serves."""
        return await asyncio.to_thread(self.launch, *arguments, environment=environment)

    def launch(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Return the URL that it serves; for tests without an event loop, as are `wait_for` and `end`."""
        self.close_now()
        before, self._silent = len(self.log), False
        self._process = self._launched(
            self._root,
            *("serve", *arguments),
            environment={**os.environ, **self._settings, **(environment or {})},
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        self.url = self.wait_for(_AT, START_S, before)[1]
        return self.url

    async def says(self, text: str, within_s: float = LOGGED_S, after: int = 0) -> None:
        """Wait until it logged the text, past so many characters."""
        await asyncio.to_thread(self.wait_for, re.compile(re.escape(text)), within_s, after)

    def wait_for(
        self, pattern: re.Pattern[str], within_s: float = LOGGED_S, after: int = 0
    ) -> re.Match[str]:
        """Return where the pattern is in the log, past so many characters, once it is there."""
        with self._news:
            self._news.wait_for(lambda: self._silent or pattern.search(self.log, after), within_s)
            found = pattern.search(self.log, after)
        assert found is not None, f"{pattern.pattern} was not logged:\n{self.log}"
        return found

    def signal(self, number: Signals) -> None:
        os.kill(self.pid, number)

    async def ended(self) -> int:
        """Return its exit code, once it has one."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait)

    async def stop(self, number: Signals = SIGTERM) -> int:
        """Return its exit code after a signal; SIGKILL ends it as a power cut would."""
        return await asyncio.to_thread(self.end, number)

    def end(self, number: Signals = SIGTERM) -> int:
        """Return its exit code after a signal."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self.signal(number)
        return self._process.wait()

    async def close(self) -> None:
        """Kill it, if it is still there."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None
        if self._reader is not None:
            self._reader.join()

    def _read(self, process: Running) -> None:
        with process.output:
            for line in process.output:
                with self._news:
                    self.log += line.decode()
                    self._news.notify_all()
        with self._news:
            self._silent = True
            self._news.notify_all()


class MeasuredNode(NodeProcess):
    """A node whose memory is all its own, for the benchmarks."""

    _launched = Executed


@asynccontextmanager
async def a_server(database_url: str, **settings: str) -> AsyncIterator[NodeProcess]:
    """Yield a server that is at the same place after each start; it is gone at the end."""
    server = NodeProcess(
        HEXROOM_DATABASE_URL=database_url,
        HEXROOM_PORT=str(free_port()),
        HEXROOM_DATABASE_CONNECTIONS="4",
        HEXROOM_DEMO="0",
        HEXROOM_COMMANDS_PER_SECOND="0",
        # Nobody is taken for gone who does something else for a while before they read on.
        HEXROOM_HEARTBEAT_S="600",
        **settings,
    )
    try:
        await server.start()
        yield server
    finally:
        await server.close()
