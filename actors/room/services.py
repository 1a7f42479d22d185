"""What all rooms of one process share."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from actors.delivery.delivery_log import Deliveries, NoDeliveries
from actors.room.mailbox import MAILBOX_COMMANDS
from actors.runtime.budget import MemoryBudget
from actors.runtime.clock import Clock
from actors.runtime.group_commit import Writer
from actors.runtime.metrics import Meters
from actors.runtime.supervisor import Recoverable
from actors.runtime.tasks import Work
from actors.runtime.tenure import Tenure
from actors.runtime.turnstile import Turnstile
from events.core.actions import UNDO_BYTES
from events.core.state import RoomId, RoomState
from events.journal import Journal


class Snapshots(Protocol):
    """Saved states; any may be missing, none is ever needed."""

    async def load(self, room: RoomId) -> tuple[int, RoomState] | None:
        """Return the newest version saved and its state, if there is one that can be read."""

    async def before(self, room: RoomId, version: int) -> tuple[int, RoomState] | None:
        """Return the newest state saved at or before a version, with its version."""

    async def save(self, room: RoomId, version: int, state: RoomState) -> None:
        """Save a state; a failure is logged, not raised."""


class NoSnapshots:
    """Saves nothing: rooms are folded from their first event."""

    async def load(self, room: RoomId) -> tuple[int, RoomState] | None:
        return None

    async def before(self, room: RoomId, version: int) -> tuple[int, RoomState] | None:
        return None

    async def save(self, room: RoomId, version: int, state: RoomState) -> None:
        return None


class Restarts(Protocol):
    """Who brings rooms back, and owns what they start on the side."""

    def restart(self, room: Recoverable) -> None:
        """Recover the room from the journal, as often as it takes."""

    def spawn(self, work: Work, name: str) -> None:
        """Run the work on the side; a failure is logged."""


@dataclass(frozen=True, slots=True)
class Services:
    journal: Journal
    writer: Writer
    snapshots: Snapshots
    supervisor: Restarts
    clock: Clock
    meters: Meters
    tenure: Tenure
    """Whether what rooms answer from memory may be trusted."""
    mailbox_commands: int = MAILBOX_COMMANDS
    deliveries: Deliveries = field(default_factory=NoDeliveries)
    snapshot_every: int = 5_000
    """Events between two snapshots of a room."""
    budget: MemoryBudget = field(default_factory=MemoryBudget)
    long_commands: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a command is worked out beside the event loop."""
    turnstile: Turnstile = field(default_factory=Turnstile)
    """What a crowd passes that comes at once, before what costs each of them most."""
    undo_bytes: int = UNDO_BYTES
    """What the actions that can be undone may take in the memory of a room."""
