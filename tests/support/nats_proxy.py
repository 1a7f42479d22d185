"""A TCP proxy that can be cut, to stand between a node and what it needs."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit


class Proxy:
    """Forwards connections to the first of its backends that takes them. Started, stopped.

    Cut, it forwards nothing and says nothing, as a broken cable would; healed, it goes on for new
    connections.
    """

    def __init__(self, backends: Callable[[], list[str]]) -> None:
        self._backends = backends
        self._whole = asyncio.Event()
        self._whole.set()
        self._listener = socket.socket()
        self._accepting: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, scheme: str = "http") -> str:
        """Listen, and return the URL to connect to."""
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self._listener.setblocking(False)
        self._accepting = asyncio.create_task(self._accept())
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        self._whole.clear()

    def heal(self) -> None:
        """Forward again; what was connected before is reset."""
        for task in tuple(self._tasks):
            task.cancel()
        self._whole.set()

    async def stop(self) -> None:
        tasks = {*self._tasks} | ({self._accepting} if self._accepting else set())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listener.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            near, _ = await loop.sock_accept(self._listener)
            task = asyncio.create_task(self._serve(near))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            # So that a task that is cancelled at once has begun, and closes what it was given.
            await asyncio.sleep(0)

    async def _serve(self, near: socket.socket) -> None:
        with ExitStack() as stack:
            stack.callback(near.close)
            near.setblocking(False)
            await self._whole.wait()
            for url in self._backends():
                far = socket.socket()
                stack.callback(far.close)
                far.setblocking(False)
                at = urlsplit(url)
                try:
                    await asyncio.get_running_loop().sock_connect(far, (at.hostname, at.port))
                except OSError:
                    continue
                await self._both(near, far)
                return

    async def _both(self, near: socket.socket, far: socket.socket) -> None:
        ways = [
            asyncio.create_task(self._pump(near, far)),
            asyncio.create_task(self._pump(far, near)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while some := await loop.sock_recv(source, 65_536):
                await self._whole.wait()
                await loop.sock_sendall(sink, some)
