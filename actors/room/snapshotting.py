"""Saving: a room's snapshots, which shorten its recovery and may be missing."""

from actors.room.services import Services
from events import EMPTY, RoomState
from events.core.state import RoomId


class Saving:
    """Saves the state of one room every so often, on the side."""

    def __init__(self, room: RoomId, services: Services) -> None:
        self._room = room
        self._services = services
        self._version = 0
        """The version saved last."""

    async def load(self) -> tuple[RoomState, int]:
        """Return the newest state saved and its version, or the empty room at 0."""
        saved = await self._services.snapshots.load(self._room)
        if saved is None:
            return EMPTY, 0
        self._version, state = saved
        return state, self._version

    def due(self, version: int) -> bool:
        """Return whether enough happened since the last one."""
        return version >= self._version + self._services.snapshot_every

    def save(self, version: int, state: RoomState) -> None:
        """Save the state, unless that version is saved already."""
        if version <= self._version:
            return
        self._version = version
        saved = self._services.snapshots.save(self._room, version, state)
        self._services.supervisor.spawn(saved, f"room {self._room}@{version}: snapshot")
