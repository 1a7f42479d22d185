"""Nodes for benchmarks, who sits at them, and what they use up meanwhile."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from actors.cluster.nats_server import NatsServer
from tests.support.party import Party, gather_party
from tests.support.processes import MeasuredNode, NodeProcess
from web.client import RoomClient

AT_ONCE = 50


class Bench:
    """Starts nodes, seats DMs at them, and ends all of it."""

    def __init__(self, database_url: str, folder: Path, stack: AsyncExitStack) -> None:
        self.database_url = database_url
        self._folder = folder
        self._stack = stack

    async def nats(self) -> NatsServer:
        server = NatsServer()
        self._stack.push_async_callback(server.stop)
        await server.start()
        return server

    async def node(self, nats: NatsServer | None, **settings: str) -> NodeProcess:
        node = MeasuredNode(
            HEXROOM_DATABASE_URL=self.database_url,
            HEXROOM_DATA_DIR=str(self._folder),
            HEXROOM_DATABASE_CONNECTIONS="4",
            HEXROOM_DEMO="0",
            HEXROOM_PORT="0",
            HEXROOM_COMMANDS_PER_SECOND="0",
            **settings,
            **({} if nats is None else {"HEXROOM_NATS_URL": nats.url}),
        )
        self._stack.push_async_callback(node.close)
        await node.start()
        return node

    async def sit(self, owner: NodeProcess, edge: NodeProcess, name: str) -> "Dm":
        """Return the DM of a new room of the owner's, who is connected to the edge."""
        party = await gather_party(owner.url, 0, name)
        await (await self.enter(party, owner)).start()
        return Dm(await self.enter(party, edge))

    async def enter(self, party: Party, node: NodeProcess) -> RoomClient:
        return await self._stack.enter_async_context(party.sit(party.dm, node.url))


class Dm:
    """Reveals hexes that nobody revealed before."""

    def __init__(self, client: RoomClient) -> None:
        self._client = client
        self._next = 0

    async def reveal(self, count: int) -> None:
        """Reveal so many, each by a command of its own, fifty under way."""
        for start in range(self._next, self._next + count, AT_ONCE):
            keys = [f"{q},0" for q in range(start, min(start + AT_ONCE, self._next + count))]
            await asyncio.gather(*(self._client.reveal([key]) for key in keys))
        self._next += count


class Spent:
    """The microseconds of processor that processes use up within it, for each of so many commands."""

    def __init__(self, commands: int, *pids: int) -> None:
        self.us: list[float] = []
        """Of each process; afterwards."""
        self._commands = commands
        self._pids = pids

    def __enter__(self) -> Self:
        self._before = [processor_ns(pid) for pid in self._pids]
        return self

    def __exit__(self, *_: object) -> None:
        self.us = [
            (processor_ns(pid) - before) / self._commands / 1e3
            for pid, before in zip(self._pids, self._before, strict=True)
        ]


async def reveal_all(dms: Sequence[Dm], count: int) -> None:
    """Reveal so many hexes, shared out among all, at the same time."""
    await asyncio.gather(*(dm.reveal(count // len(dms)) for dm in dms))


def processor_ns(pid: int) -> int:
    """Return how long the process has worked: in nanoseconds, where `stat` counts hundredths."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def private_bytes(pid: int) -> int:
    """Return the memory that the process shares with nobody."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kib) * 1024 for kib in re.findall(r"Private_\w+:\s+(\d+)", text))


def bytes_through(pid: int, way: str) -> int:
    """Return the bytes that the process took from its sockets and files (``rchar``), or gave (``wchar``)."""
    (found,) = re.findall(rf"{way}: (\d+)", Path(f"/proc/{pid}/io").read_text())
    return int(found)


def at(took: Iterable[float], part: float) -> float:
    """Return the value below which that part lies."""
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
