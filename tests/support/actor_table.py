"""A room with people at it, for the tests of actors: readers, a journal that fails, a clock."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from actors.delivery.viewer_streams import CloseReason
from actors.directory import Directory, serving
from actors.room.actor import RoomActor
from actors.room.compaction import REST_S
from actors.room.mailbox import Outcome
from actors.room.services import Snapshots
from events.core.actions import MOST_ACTIONS, UNDO_BYTES
from events.core.features.hexes import RevealHexes
from events.core.features.members import OpenRoom, SetMember
from events.core.messages import Command
from events.core.numbering import numbered
from events.core.state import Member, RoomId
from events.geometry.grid import Hex
from events.journal import Append, CommandId, Commit, Journal, JournalError, Request, digest
from events.journal.memory import MemoryJournal
from tests.support.given import ANN, BEN, DM, SAM

ROOM = RoomId(UUID(int=1))
PEOPLE = (DM, ANN, BEN, SAM)
FRESH = itertools.count(100)


class HandClock:
    """Time that stands still until it is put forward."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._seeds = 0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, 20, tzinfo=UTC) + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    def seed(self) -> int:
        self._seeds += 1
        return self._seeds

    def forward(self, seconds: float) -> None:
        self._passed += seconds


class FaultyJournal(MemoryJournal):
    """A journal that does what is asked of it at the next appends: fail before, or after storing."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Exception] = []
        """Raised by the next appends, which store nothing."""
        self.after: list[Exception] = []
        """Raised by the next appends, which do store."""
        self.unreadable: Exception | None = None
        self.gate: asyncio.Event | None = None
        """Appends wait until it is set."""
        self.appends: list[Sequence[Append]] = []
        self.looked_up: list[CommandId] = []

    async def append(self, batch: Sequence[Append]) -> Sequence[JournalError | None]:
        self.appends.append(batch)
        if self.gate is not None:
            await self.gate.wait()
        if self.before:
            raise self.before.pop(0)
        stored = await super().append(batch)
        if self.after:
            raise self.after.pop(0)
        return stored

    async def read(
        self, room: RoomId, after: int = 0, upto: int | None = None
    ) -> AsyncIterator[Commit]:
        if self.unreadable is not None:
            raise self.unreadable
        async for commit in super().read(room, after, upto):
            yield commit

    async def find(self, room: RoomId, user: Any, command: CommandId) -> Commit | None:
        self.looked_up.append(command)
        if self.unreadable is not None:
            raise self.unreadable
        return await super().find(room, user, command)

    def lose_end(self, room: RoomId = ROOM) -> None:
        """Have the last commit never been there, as after a failover to a copy that lacked it."""
        lost = self._rooms[room].pop()
        self._ids = {key: commit for key, commit in self._ids.items() if commit is not lost}

    async def commits(self, room: RoomId = ROOM) -> list[Commit]:
        return [commit async for commit in super().read(room)]


@dataclass(eq=False)
class Listener:
    """A connection that keeps what it is sent."""

    raw: list[bytes] = field(default_factory=list)
    closed: CloseReason | None = None
    staged_delta: bool = False
    terrain_in_runs: bool = False

    def push(self, messages: Sequence[bytes]) -> None:
        self.raw.extend(messages)

    def push_stream(self, bodies: Sequence[bytes], first: int) -> None:
        self.raw.extend(numbered(bodies, first))

    def close(self, why: CloseReason) -> None:
        self.closed = why

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(message) for message in self.raw]

    @property
    def types(self) -> list[str]:
        return [message["type"] for message in self.messages]

    def clear(self) -> None:
        self.raw.clear()


@dataclass
class Table:
    """A room where all people are members; those who sat down listen."""

    directory: Directory
    room: RoomActor
    clock: HandClock
    listeners: dict[str, Listener] = field(default_factory=dict)
    answers: list[tuple[str | None, Outcome]] = field(default_factory=list)

    def post(self, command: Command, by: Member = DM, id: str | None = None) -> None:
        self.room.post(
            self.request(command, by, id), lambda outcome: self.answers.append((id, outcome))
        )

    def request(self, command: Command, by: Member = DM, id: str | None = None) -> Request:
        stamped = command.stamped(self.clock.seed)
        told = CommandId(id) if id is not None else None
        return Request(stamped, by, self.clock.now(), told, digest(command))

    async def ask(self, command: Command, by: Member = DM, id: str | None = None) -> Commit:
        return await self.room.ask(self.request(command, by, id))

    async def sit(self, *members: Member) -> None:
        """Let members connect; what they are told from now on is kept."""
        for member in members:
            await self.room.presence.enter(member.user)
            self.listeners[member.user] = self.listen(member)
        for listener in self.listeners.values():
            listener.clear()

    def listen(
        self,
        viewer: Member,
        by: Member | None = None,
        resume: str | None = None,
        after: int | None = None,
    ) -> Listener:
        listener = Listener()
        known = self.room.state.members[viewer.user]
        user = (by or viewer).user
        self.room.streams.attach(self.room.state, known, listener, user, resume, after)
        return listener

    def told(self, member: Member) -> list[str]:
        return self.listeners[member.user].types

    def outcomes(self) -> list[str]:
        """Return what the answers were: ``ok`` or the code of the error."""
        return ["ok" if isinstance(each, Commit) else each.code for _, each in self.answers]

    async def rest(self, seconds: float = REST_S) -> None:
        """Let nothing be asked of the room for a while, and wait until it has done what it then does."""
        self.clock.forward(seconds)
        self.directory.sweep()
        for _ in range(MOST_ACTIONS):
            await asyncio.sleep(0)

    async def settled(self) -> None:
        """Wait until everything posted is answered and the room serves."""
        await self.room.ready()
        await self.room.idle()


def reveal(*keys: str, targets: Any = "all") -> RevealHexes:
    return RevealHexes(hex_keys=tuple(Hex.parse(key) for key in keys), targets=targets)


@asynccontextmanager
async def a_table(
    journal: Journal | None = None,
    *people: Member,
    snapshots: Snapshots | None = None,
    mailbox_commands: int = 256,
    idle_s: float = 300.0,
    room: RoomId = ROOM,
    undo_bytes: int = UNDO_BYTES,
) -> AsyncIterator[Table]:
    clock = HandClock()
    async with serving(
        journal if journal is not None else FaultyJournal(),
        snapshots=snapshots,
        clock=clock,
        mailbox_commands=mailbox_commands,
        idle_s=idle_s,
        undo_bytes=undo_bytes,
        close_timeout_s=0.5,
    ) as directory:
        table = Table(directory, await directory.open(room), clock)
        await table.ask(OpenRoom(name="Night"))
        for member in people or PEOPLE:
            await table.ask(SetMember(user=member.user, name=member.name, role=member.role))
        yield table


async def agreed(*tables: Table) -> None:
    """Wait until each room has answered everything and knows all that is recorded."""
    for _ in range(2):
        for table in tables:
            await table.settled()
            table.post(reveal(f"{next(FRESH)},7"), DM)
            await table.settled()


async def until(true: Callable[[], bool]) -> None:
    """Let the loop run until it is so; a test's time limit ends it if it never is."""
    while not true():  # noqa: ASYNC110  # it is about the loop's turns, not about one event
        await asyncio.sleep(0)
