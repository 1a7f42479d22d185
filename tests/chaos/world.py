"""A world to break: one to three nodes over one PostgreSQL with a standby, NATS between, cables everywhere."""

import asyncio
import random
import shutil
import signal
import struct
import subprocess
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from actors.cluster.nats_server import NatsServer
from tests.chaos.cable import Cable
from tests.chaos.clients import Reader, Violation, Writer
from tests.chaos.model import Table, reveal_of, staged
from tests.chaos.postgres import OWNER, Postgres, SmallDisk
from tests.support.party import gather_party
from tests.support.ports import free_port
from tests.support.processes import NodeProcess

SETTLE_S = 120.0
"""How long a table may take to go on after a fault is over: promised is less, on a quiet machine."""
DISK_MB = 700


@dataclass
class Node:
    """A node, its cables, and the port by which clients reach it whatever becomes of it."""

    number: int
    folder: Path
    settings: dict[str, str]
    port: int
    database: Cable
    nats: Cable | None
    clients: Cable
    process: NodeProcess

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def served_at(self) -> str:
        """Where its process listens by now, without a cable."""
        return self.process.url

    async def start(self) -> None:
        """Start a process for it, a new one where one was ended."""
        await self.process.close()
        self.process = NodeProcess(**self.settings)
        url = await self.process.start()
        self.clients.to = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        self.clients.cut()

    def signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self.process.signal(number)


@dataclass
class World:
    """Built by `open`; broken by the faults; settled and checked after each; left by closing its stack."""

    folder: Path
    chance: random.Random
    stack: AsyncExitStack
    disk: SmallDisk
    primary: Postgres
    standby: Postgres | None = None
    nats: NatsServer | None = None
    nodes: list[Node] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    clock: Path | None = None
    """The file that shifts the nodes' clocks, where that can be done."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)
    """How many seconds what has a limit took at most."""

    @classmethod
    async def open(
        cls,
        folder: Path,
        nodes: int,
        chance: random.Random,
        stack: AsyncExitStack,
        *,
        standby: bool,
    ) -> "World":
        """Return a world of so many nodes, its players seated and its DMs at work."""
        disk = SmallDisk(folder / "disk", DISK_MB)
        disk.mount()
        stack.callback(disk.unmount)
        primary = Postgres(disk.folder / "primary")
        await asyncio.to_thread(primary.initdb)
        await primary.launch()
        stack.callback(primary.kill)
        _run_sql(primary, "CREATE DATABASE hexroom")
        world = cls(folder, chance, stack, disk, primary)
        world.clock = _clock(folder)
        if nodes > 1:
            world.nats = NatsServer()
            await world.nats.start()
            stack.push_async_callback(world.nats.stop)
        for number in range(nodes):
            await world._add_node(number)
        if standby:
            await world.add_standby()
        await world._seat()
        return world

    async def add_standby(self) -> None:
        """Have another PostgreSQL follow, and commits wait for it."""
        standby = Postgres(self.folder / f"standby-{time.monotonic_ns()}")
        await asyncio.to_thread(standby.copy_of, self.primary)
        await standby.launch()
        self.stack.callback(standby.kill)
        await asyncio.to_thread(self.primary.wait_for_standby)
        self.standby = standby

    def urls(self) -> list[str]:
        return [node.url for node in self.nodes]

    def took(self, what: str, seconds: float) -> None:
        """Note how long something took that has a limit."""
        self.slowest[what] = max(seconds, self.slowest.get(what, 0.0))

    def work(self, *, on: bool) -> None:
        """Have the DMs send, or only finish what is under way."""
        for table in self.tables:
            for writer in table.writers:
                if on:
                    writer.going.set()
                else:
                    writer.going.clear()

    async def some_work(self, seconds: float) -> None:
        """Let the tables play, and raise what went wrong meanwhile."""
        done, _ = await asyncio.wait(
            self.tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            task.result()

    async def settle(self) -> None:
        """Wait until all under way is acknowledged and shown; check everything. Raise Violation."""
        self.work(on=False)
        until = time.monotonic() + SETTLE_S
        for table in self.tables:
            for writer in table.writers:
                while writer.open:
                    if time.monotonic() > until:
                        raise Violation(
                            f"G12: {writer.name} got no answer for {sorted(writer.open)} in {SETTLE_S:g} s"
                        )
                    await self.some_work(0.05)
        for table in self.tables:
            for reader, of_ann in ((table.ann, True), (table.ben, False)):
                try:
                    await reader.until_seen(table.expected(of_ann=of_ann), SETTLE_S)
                except Violation:
                    # Perhaps they read no more, since they were told what they must not be.
                    await self.some_work(0)
                    raise
            await asyncio.to_thread(table.check_record, self.primary.url)
            table.check_secrets()
            for attempt in range(20):
                try:
                    await table.check_fresh(self.chance.choice(self.urls()))
                    break
                except (OSError, TypeError):
                    if attempt == 19:
                        raise Violation("G12: no connection in order after the fault") from None
                    await asyncio.sleep(0.5)
        await self.some_work(0)

    async def end(self) -> None:
        """Stop playing."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _add_node(self, number: int) -> None:
        folder = self.folder / f"node-{number}"
        folder.mkdir()
        folder.chmod(0o755)
        database = Cable(self.primary.address)
        await database.lay(folder / ".s.PGSQL.5432")
        self.stack.push_async_callback(database.take_away)
        settings = {
            "HEXROOM_DATABASE_URL": f"postgresql://{OWNER}@/{OWNER}?host={folder}",
            "HEXROOM_DATABASE_CONNECTIONS": "4",
            "HEXROOM_DATA_DIR": str(folder / "data"),
            "HEXROOM_DEMO": "0",
            "HEXROOM_PORT": "0",
            "HEXROOM_COMMANDS_PER_SECOND": "0",
            "HEXROOM_NODE_NAME": f"node-{number}",
        }
        nats = None
        if self.nats is not None:
            nats, port = Cable(("127.0.0.1", self.nats.port)), free_port()
            await nats.lay(("127.0.0.1", port))
            self.stack.push_async_callback(nats.take_away)
            settings["HEXROOM_NATS_URL"] = f"nats://127.0.0.1:{port}"
        if self.clock is not None:
            settings |= {
                "LD_PRELOAD": str(self.folder / "clock_shift.so"),
                "CHAOS_CLOCK": str(self.clock),
            }
        clients, port = Cable(("127.0.0.1", 1)), free_port()
        await clients.lay(("127.0.0.1", port))
        self.stack.push_async_callback(clients.take_away)
        node = Node(
            number, folder, settings, port, database, nats, clients, NodeProcess(**settings)
        )
        self.stack.push_async_callback(_close, node)
        await node.start()
        self.nodes.append(node)

    async def _seat(self) -> None:
        for number, publishes in enumerate((False, True)):
            party = await gather_party(self.nodes[0].url, name=f"dora{number}")
            ann_id = party.players[0].id
            count = 1 if publishes else 2
            writers = [
                Writer(
                    f"t{number}w{each}",
                    party.dm.token,
                    party.campaign,
                    self.urls,
                    staged if publishes else reveal_of(each, ann_id),
                    self.chance,
                    window=1 if publishes else 4,
                )
                for each in range(count)
            ]
            ann, ben = (
                Reader(name, who.token, party.campaign, self.urls, self.chance)
                for name, who in zip(("Ann", "Ben"), party.players, strict=True)
            )
            self.tables.append(Table(party.campaign, writers, ann, ben, publishes))
            self.tasks += [asyncio.create_task(writer.run()) for writer in writers]
            self.tasks += [asyncio.create_task(reader.run()) for reader in (ann, ben)]


async def _close(node: Node) -> None:
    node.signal(signal.SIGCONT)
    await node.process.close()


def _run_sql(postgres: Postgres, statement: str) -> None:
    with psycopg.connect(postgres.url, dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def _clock(folder: Path) -> Path | None:
    """Return the file that shifts the clocks of what preloads the library, or None without a compiler."""
    if (compiler := shutil.which("cc")) is None:
        return None
    source = Path(__file__).with_name("clock_shift.c")
    command = [
        compiler,
        "-shared",
        "-fPIC",
        "-O1",
        "-o",
        str(folder / "clock_shift.so"),
        str(source),
        "-ldl",
    ]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        return None
    clock = folder / "clock"
    clock.write_bytes(struct.pack("l", 0))
    return clock


def shift_clock(clock: Path, seconds: int) -> None:
    """Step the nodes' clocks."""
    with clock.open("r+b") as file:
        file.write(struct.pack("l", seconds))
