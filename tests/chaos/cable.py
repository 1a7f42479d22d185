"""Cable: a line that can be cut, held or led elsewhere, between any two that speak TCP or unix sockets."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

COMMITTED = (b"COMMIT\0", b"INSERT 0 ")
"""What PostgreSQL says once something is committed, by COMMIT or as a statement of its own."""
Address = Path | tuple[str, int]
"""A unix socket, or a host and a port."""


@dataclass
class Cable:
    """Forwards connections to ``to``. Laid, perhaps cut or held for a while, taken away."""

    to: Address
    _server: asyncio.Server | None = None
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _carrying: set[asyncio.Task[None]] = field(default_factory=set)
    _losing: bool = False
    lost: int = 0
    """How many answers to a commit it lost."""

    async def lay(self, at: Address) -> None:
        """Listen there."""
        self._flowing.set()
        if isinstance(at, Path):
            self._server = await asyncio.start_unix_server(self._accept, at)
            at.chmod(0o777)
        else:
            self._server = await asyncio.start_server(self._accept, *at)

    def hold(self) -> None:
        """Carry nothing and say nothing, as a line that is half open."""
        self._flowing.clear()

    def heal(self) -> None:
        """Carry again."""
        self._flowing.set()

    def cut(self) -> None:
        """Reset all connections; new ones are taken."""
        for task in tuple(self._carrying):
            task.cancel()

    def lose_next_commit(self) -> None:
        """Reset the connection by which PostgreSQL next says that it committed, before that is heard."""
        self._losing = True

    def keep_answers(self) -> None:
        """Carry all answers again."""
        self._losing = False

    async def take_away(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _accept(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        try:
            await self._carry(near, back)
        except (OSError, asyncio.CancelledError):
            pass  # A cut line is what this is for.
        finally:
            self._carrying.discard(task)
            with suppress(OSError):
                back.transport.abort()

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        if isinstance(self.to, Path):
            far, forth = await asyncio.open_unix_connection(self.to)
        else:
            far, forth = await asyncio.open_connection(*self.to)
        ways = [
            asyncio.create_task(self._pump(near, forth)),
            asyncio.create_task(self._pump(far, back, answers=True)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            forth.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        with suppress(OSError):
            while some := await source.read(65_536):
                await self._flowing.wait()
                if answers and self._losing and any(tag in some for tag in COMMITTED):
                    self._losing = False
                    self.lost += 1
                    return
                sink.write(some)
                await sink.drain()
