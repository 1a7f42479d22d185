"""RoomLocator: where rooms are opened."""

from collections.abc import Collection
from typing import Protocol

from actors.room.actor import RoomActor
from actors.room.ref import Online, RoomRef
from actors.room.services import Services
from events.core.state import RoomId


class RoomLocator(Protocol):
    """Where rooms are opened: in this process, or wherever they are."""

    @property
    def services(self) -> Services:
        """What the rooms of this process share."""

    async def open(self, room: RoomId) -> RoomRef:
        """Return the room once it serves; raise NoAnswer."""

    def find(self, room: RoomId) -> RoomActor | None:
        """Return the room if it is in this process's memory."""

    async def online(self, rooms: Collection[RoomId]) -> Online:
        """Return who is connected to the rooms that are in memory somewhere within reach."""
