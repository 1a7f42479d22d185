"""Alone: a server without others, over a record that several nodes once shared."""

from collections.abc import Collection

from actors.cluster.lease import NodeId, take_alone
from actors.directory import Directory
from actors.room.actor import RoomActor
from actors.room.readable import Phase
from actors.room.ref import Online
from actors.room.services import Services
from actors.runtime.errors import RoomUnavailable
from events.core.state import RoomId
from events.journal import JournalUnavailable
from events.journal.database.pool import Pool


class Alone:
    """Opens rooms as a Directory does, after taking each from the node that had it."""

    def __init__(self, directory: Directory, pool: Pool, node: NodeId) -> None:
        self._directory = directory
        self._pool = pool
        self._node = node

    @property
    def services(self) -> Services:
        return self._directory.services

    def find(self, room: RoomId) -> RoomActor | None:
        """Return the room if it is in memory."""
        return self._directory.find(room)

    async def online(self, rooms: Collection[RoomId]) -> Online:
        """Return who is connected to the rooms that are in memory."""
        return self._directory.online_here(rooms)

    async def open(self, room: RoomId) -> RoomActor:
        """Return the room once it serves; raise NoAnswer."""
        actor = self._directory.find(room)
        if actor is not None and actor.phase is not Phase.CLOSED:
            return await self._directory.open(room)
        try:
            lease = await take_alone(self._pool, room, self._node)
        except JournalUnavailable as error:
            raise RoomUnavailable from error
        return await self._directory.open(room, lease)


async def was_shared(pool: Pool) -> bool:
    """Return whether several nodes ever shared the record."""
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT EXISTS (SELECT FROM room_lease)")
        row = await cursor.fetchone()
    return bool(row and row[0])
