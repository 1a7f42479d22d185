"""Directory: finds or starts a room, and lets idle ones leave memory."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from actors.delivery.delivery_log import Deliveries, NoDeliveries
from actors.delivery.viewer_streams import CloseReason
from actors.room.actor import RoomActor
from actors.room.mailbox import MAILBOX_COMMANDS
from actors.room.readable import Phase
from actors.room.ref import Online
from actors.room.services import NoSnapshots, Services, Snapshots
from actors.runtime.budget import ROOM_MEMORY_BYTES, MemoryBudget
from actors.runtime.clock import Clock, SystemClock
from actors.runtime.errors import RoomBusy, RoomUnavailable
from actors.runtime.group_commit import Writer
from actors.runtime.loop_lag import measure_lag
from actors.runtime.metrics import Meters
from actors.runtime.supervisor import Supervisor
from actors.runtime.tenure import Tenure
from events.core.actions import UNDO_BYTES
from events.core.state import RoomId
from events.journal import Journal, Lease

logger = logging.getLogger(__name__)

IDLE_S: Final = 300.0
SWEEP_S: Final = 1.0
REPAIR_S: Final = 30.0
"""How long a quarantined room is left alone before it is tried again."""


class Directory:
    """All rooms of this process. Made, serving inside `serving`, closed."""

    def __init__(self, services: Services, idle_s: float = IDLE_S) -> None:
        self._services = services
        self._idle_s = idle_s
        self._rooms: dict[RoomId, RoomActor] = {}
        self._closing = False

    def __len__(self) -> int:
        return len(self._rooms)

    def __iter__(self) -> Iterator[RoomActor]:
        return iter(tuple(self._rooms.values()))

    @property
    def services(self) -> Services:
        return self._services

    def find(self, room: RoomId) -> RoomActor | None:
        """Return the room if it is in memory."""
        return self._rooms.get(room)

    async def online(self, rooms: Collection[RoomId]) -> Online:
        """Return who is connected to the rooms that are in memory."""
        return self.online_here(rooms)

    def online_here(self, rooms: Collection[RoomId]) -> Online:
        """Return who is connected to the rooms that this process has in memory.

        Nobody, while others may own them: nobody is called present on hearsay.
        """
        if not self._services.tenure.holds:
            return {}
        actors = ((room, self._rooms.get(room)) for room in rooms)
        return {
            room: actor.state.online
            for room, actor in actors
            if actor is not None and actor.phase is not Phase.CLOSED
        }

    def room(self, room: RoomId, lease: Lease | None = None) -> RoomActor:
        """Return the room, starting it if it is not in memory; raise RoomUnavailable or RoomBusy.

        It is started under the lease; without one, under that it had, or that of a server alone.
        """
        if self._closing:
            raise RoomUnavailable
        actor = self._rooms.get(room)
        if actor is None or actor.phase is Phase.CLOSED or self._may_be_repaired(actor):
            if self._services.budget.exceeded:
                raise RoomBusy
            if lease is None:
                lease = Lease(room) if actor is None else actor.lease
            actor = self._rooms[room] = RoomActor(lease, self._services)
            self._services.supervisor.restart(actor)
        return actor

    async def open(self, room: RoomId, lease: Lease | None = None) -> RoomActor:
        """Return the room once it serves; raise NoAnswer."""
        actor = self.room(room, lease)
        await actor.ready()
        return actor

    def quarantined(self) -> Mapping[RoomId, str]:
        """Return the rooms that could not be read, and why."""
        return {
            room: actor.why
            for room, actor in self._rooms.items()
            if actor.phase is Phase.QUARANTINED
        }

    def sweep(self) -> None:
        """Let idle rooms leave memory, more of them while the budget is exceeded; settle who is present.

        Rooms that rest, and all while half of the budget is used, have their undo take less memory.
        """
        until = self._services.clock.monotonic() - self._idle_s
        budget = self._services.budget
        hurried = budget.used > budget.limit // 2
        for room, actor in tuple(self._rooms.items()):
            actor.streams.sweep()
            actor.presence.sweep()
            actor.rest(hurried=hurried)
            if actor.phase is Phase.CLOSED:
                del self._rooms[room]
            elif actor.phase is Phase.SERVING and actor.busy_since < until and actor.is_idle:
                logger.info("%s: passivated after %d s idle", actor, self._idle_s)
                del self._rooms[room]
                actor.passivate()
        self._keep_to_the_budget()

    def _keep_to_the_budget(self) -> None:
        budget = self._services.budget
        sizes = {actor: actor.held_bytes() for actor in self}
        before, used = budget.used, sum(sizes.values())
        for actor in sorted(sizes, key=lambda actor: actor.busy_since):
            if used <= budget.limit:
                break
            if actor.phase is Phase.SERVING and actor.is_idle:
                logger.info("%s: passivated, the rooms hold %d bytes", actor, used)
                used -= sizes[actor]
                del self._rooms[actor.id]
                actor.passivate()
        budget.used = used
        if before <= budget.limit < used:
            logger.warning(
                "rooms hold %d bytes of %d: new commands are refused as busy", used, budget.limit
            )

    def dismiss(self, actor: RoomActor) -> None:
        """Let a room leave memory at once; who follows it has to find it elsewhere."""
        if self._rooms.get(actor.id) is actor:
            del self._rooms[actor.id]
        actor.passivate()
        actor.streams.close(CloseReason.RESTART)

    async def close(self, timeout_s: float) -> None:
        """Take nothing new, answer what was accepted, and close all connections."""
        self._closing = True
        rooms = tuple(self._rooms.values())
        for actor in rooms:
            actor.accepting = False
        waits = [asyncio.ensure_future(actor.idle()) for actor in rooms]
        if waits:
            _, late = await asyncio.wait(waits, timeout=timeout_s)
            for wait in late:
                wait.cancel()
        for actor in rooms:
            actor.close()

    def _may_be_repaired(self, actor: RoomActor) -> bool:
        return (
            actor.phase is Phase.QUARANTINED
            and self._services.clock.monotonic() > actor.busy_since + REPAIR_S
        )


@asynccontextmanager
async def serving(
    journal: Journal,
    *,
    snapshots: Snapshots | None = None,
    clock: Clock | None = None,
    meters: Meters | None = None,
    deliveries: Deliveries | None = None,
    mailbox_commands: int = MAILBOX_COMMANDS,
    idle_s: float = IDLE_S,
    room_memory_bytes: int = ROOM_MEMORY_BYTES,
    undo_bytes: int = UNDO_BYTES,
    close_timeout_s: float = 5.0,
) -> AsyncIterator[Directory]:
    """Yield a directory whose rooms write to the journal; at the end all is answered and closed."""
    clock, meters = clock or SystemClock(), meters or Meters()
    writer = Writer(journal, clock, meters)
    supervisor = Supervisor(clock, meters)
    services = Services(
        journal,
        writer,
        snapshots or NoSnapshots(),
        supervisor,
        clock,
        meters,
        Tenure(clock),
        mailbox_commands,
        deliveries or NoDeliveries(),
        budget=MemoryBudget(room_memory_bytes),
        undo_bytes=undo_bytes,
    )
    directory = Directory(services, idle_s)
    tasks = [
        asyncio.create_task(writer.run(), name="writer"),
        asyncio.create_task(_sweeping(directory), name="sweeper"),
        asyncio.create_task(measure_lag(meters.loop_lag_s), name="loop lag"),
    ]
    try:
        yield directory
    finally:
        await directory.close(close_timeout_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await supervisor.close()


async def _sweeping(directory: Directory) -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        directory.sweep()


__all__ = ["CloseReason", "Directory", "serving"]
