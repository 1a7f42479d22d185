"""A real server in a process of its own, campaigns in its database, and load on it."""

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from actors.directory import serving
from events.core.features.members import OpenRoom, SetMember
from events.core.features.sessions import StartSession
from events.core.messages import Command, command_from_wire
from events.core.state import Member, Role, RoomId, UserId
from events.geometry.grid import Hex
from events.journal import Request
from events.journal.database.embedded import EmbeddedPostgres
from events.journal.database.pool import open_database
from events.journal.postgres.journal import PostgresJournal
from events.maps import lay, map_document
from tests.benchmarks.load import Plan
from web.accounts.auth import hash_of

SERVER_CORE, LOAD_CORE = 0, 1


@dataclass
class Served:
    """A running server."""

    process: "subprocess.Popen[str]"
    port: int
    database_url: str
    members: list[dict[str, str]] = field(default_factory=list)

    def cpu_s(self) -> float:
        """Return how many seconds of a core the server has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Return the bytes the server holds that it shares with nobody."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return sum(int(kib) * 1024 for kib in re.findall(r"Private_\w+:\s+(\d+)", text))

    def load(self, *, pinned: bool, **plan: Any) -> dict[str, float]:
        """Return what the load saw, and what it cost the server."""
        told = json.dumps(asdict(Plan(self.port, self.members, **plan)))
        with _loading(pinned=pinned) as load:
            assert load.stdin is not None
            assert load.stdout is not None
            load.stdin.write(f"{told}\n")
            load.stdin.flush()
            assert load.stdout.readline() == "up\n"
            load.stdin.write("go\n")
            load.stdin.flush()
            assert load.stdout.readline() == "warm\n"
            before = self.cpu_s()
            saw: dict[str, float] = json.loads(load.stdout.readline())
            saw["cpu_us"] = (self.cpu_s() - before) / max(1, saw["commands"]) * 1e6
        return saw

    def connect(self, *, pinned: bool) -> dict[str, float]:
        """Return how long all members take to connect at once, and what one cost the server."""
        before = self.cpu_s()
        saw = self.load(pinned=pinned, window=0, seconds=0.1)
        saw["cpu_us"] = (self.cpu_s() - before) / len(self.members) * 1e6
        return saw

    def idle(self, count: int) -> float:
        """Return the bytes that a connection costs which says nothing."""
        many = [self.members[n % 6] for n in range(count)]
        self.load_of(many[:6])
        before = self.memory()
        return self.load_of(many, lambda: self.memory() - before) / count

    def load_of(
        self,
        members: list[dict[str, str]],
        measure: Callable[[], float] = float,
        *,
        pinned: bool = False,
    ) -> float:
        """Return what is measured while the members are connected and silent."""
        told = json.dumps(asdict(Plan(self.port, members, window=0, seconds=0.1)))
        with _loading(pinned=pinned) as load:
            assert load.stdin is not None
            assert load.stdout is not None
            load.stdin.write(f"{told}\n")
            load.stdin.flush()
            assert load.stdout.readline() == "up\n"
            measured = measure()
            load.kill()
        return measured


def _loading(*, pinned: bool) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.benchmarks.load"]
    if pinned:
        command = ["taskset", "-c", str(LOAD_CORE), *command]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def a_bare_server(members: list[dict[str, str]], *, pinned: bool) -> Iterator[Served]:
    """Yield a server that answers and does nothing."""
    command = [sys.executable, "-m", "tests.benchmarks.bare"]
    if pinned:
        command = ["taskset", "-c", str(SERVER_CORE), *command]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127.0.0.1:(\d+)", process.stdout.readline())
        assert found is not None
        try:
            yield Served(process, int(found[1]), "", members)
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def a_database() -> Iterator[str]:
    """Yield the URL of a PostgreSQL that was made for this."""
    with tempfile.TemporaryDirectory(prefix="hexroom-bench-") as folder:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder) / "data") as postgres:
            yield postgres.url


@contextmanager
def a_server(
    database_url: str,
    *,
    pinned: bool,
    rooms: int = 20,
    players: int = 5,
    workers: int = 1,
    **settings: str,
) -> Iterator[Served]:
    """Yield a server with campaigns of a DM and players each, all in the middle of a session."""
    members = asyncio.run(_campaigns(database_url, rooms, players))
    environment = {
        **os.environ,
        "HEXROOM_PORT": "0",
        "HEXROOM_DATABASE_URL": database_url,
        "HEXROOM_DEMO": "0",
        "HEXROOM_COMMANDS_PER_SECOND": "0",
        "HEXROOM_LOG_LEVEL": "WARNING",
        **settings,
    }
    command = [sys.executable, "-m", "web.cli.main", "serve", f"--workers={workers}"]
    if pinned:
        command = ["taskset", "-c", str(SERVER_CORE), *command]
        _pin_postgres(database_url)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127.0.0.1:(\d+)", process.stdout.readline())
        assert found is not None
        if pinned:
            _pin_postgres(database_url)
        try:
            yield Served(process, int(found[1]), database_url, members)
        finally:
            process.terminate()
            process.wait(20)


def _pin_postgres(url: str) -> None:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL")
        for (pid,) in found.fetchall():
            os.sched_setaffinity(pid, {LOAD_CORE})


async def _campaigns(url: str, rooms: int, players: int) -> list[dict[str, str]]:
    database = await open_database(url)
    made: list[dict[str, str]] = []
    try:
        async with serving(PostgresJournal(database.pool)) as directory:
            for _ in range(rooms):
                campaign = RoomId(uuid4())
                people = [
                    (Member(UserId(uuid4().hex[:20]), role, f"P{seat}"), secrets.token_urlsafe(24))
                    for seat, role in enumerate([Role.DM] + [Role.PLAYER] * players)
                ]
                await _store(database.pool, campaign, people)
                room = await directory.open(campaign)
                for by, command in _opening([member for member, _ in people]):
                    stamped = command.stamped(directory.services.clock.seed)
                    await room.ask(Request(stamped, by, directory.services.clock.now()))
                made.extend(
                    {
                        "campaign": str(campaign),
                        "token": token,
                        "user": member.user,
                        "role": member.role.value,
                        "moves": f"t-{member.user}",
                    }
                    for member, token in people
                )
    finally:
        await database.close()
    return made


def _opening(people: list[Member]) -> Iterator[tuple[Member, Command]]:
    dm = people[0]
    yield dm, OpenRoom(name="Bench")
    for member in people:
        yield dm, SetMember(user=member.user, name=member.name, role=member.role)
    ground = {
        Hex(q, r): ("plains", "forest", "hills")[(q + r) % 3] for q in range(300) for r in range(8)
    }
    yield dm, lay(map_document("Bench", ground, "flat"))
    yield dm, StartSession()
    yield dm, _wire("hex:reveal", hexKeys=["0,0", "1,0"], targets="all")
    for member in people[1:]:
        yield (
            dm,
            _wire(
                "token:create",
                tokenId=f"t-{member.user}",
                hexKey="0,0",
                label=member.name,
                ownerId=member.user,
            ),
        )


def _wire(type: str, **fields: Any) -> Command:
    return command_from_wire({"type": type, **fields})


async def _store(pool: Any, campaign: RoomId, people: list[tuple[Member, str]]) -> None:
    async with pool.connection() as connection, connection.transaction():
        for member, token in people:
            await connection.execute(
                "INSERT INTO account (id, name, created_at) VALUES (%s, %s, now())",
                (member.user, member.name),
            )
            await connection.execute(
                "INSERT INTO api_token (id, token_hash, account_id, name, created_at)"
                " VALUES (%s, %s, %s, 'bench', now())",
                (uuid4(), hash_of(token), member.user),
            )
        await connection.execute(
            "INSERT INTO campaign (id, name, created_by, created_at) VALUES (%s, 'Bench', %s, now())",
            (campaign, people[0][0].user),
        )
        for member, _ in people:
            await connection.execute(
                "INSERT INTO campaign_member (campaign_id, account_id, role, name, joined_at)"
                " VALUES (%s, %s, %s, %s, now())",
                (campaign, member.user, member.role, member.name),
            )
