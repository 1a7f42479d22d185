"""Leases: which node owns which room, as rows in PostgreSQL, whose clock alone counts.

A node is a row with a time until which it is trusted to live; a lease names its node and its
epoch. Renewing all leases of a node is renewing that one row, whatever their number. What makes
one writer of many is not time but the epoch: it is raised whenever a room changes hands, and every
append shows it (`events.journal.postgres.journal`). A lease has a time of its own only once it was given
up: from then on anybody may take it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString, NamedTuple, NewType

from events.core.state import RoomId
from events.journal import Epoch, Lease
from events.journal.database.away import database_errors
from events.journal.database.pool import Pool

NodeId = NewType("NodeId", str)

LEASE_S: Final = 3.0
"""How long a node is trusted after it renewed; it renews three times as often."""
FORGET_S: Final = 3600.0
"""How long a dead node stays in the list."""

_ENTER: Final = """
INSERT INTO node (id, name, started_at, until, rooms)
VALUES (%(node)s, %(name)s, clock_timestamp(), clock_timestamp() + %(lease)s * interval '1 s', 0)
ON CONFLICT (id) DO UPDATE SET until = excluded.until
"""
_RENEW: Final = """
UPDATE node SET until = clock_timestamp() + %(lease)s * interval '1 s', rooms = %(rooms)s,
    handovers = %(handovers)s
FROM (SELECT id, until FROM node WHERE id = %(node)s FOR UPDATE) AS known
WHERE node.id = known.id
RETURNING known.until < clock_timestamp() + %(late)s * interval '1 s'
"""
_NODES: Final = """
SELECT id, name, started_at, rooms, handovers, until > clock_timestamp() FROM node
ORDER BY started_at, id
"""
_CLAIM: Final = """
INSERT INTO room_lease AS known (campaign_id, node, epoch)
VALUES (%(room)s, %(node)s, 1)
ON CONFLICT (campaign_id) DO UPDATE
SET node = excluded.node, epoch = known.epoch + 1, until = NULL
WHERE known.until IS NOT NULL OR NOT EXISTS (
    SELECT FROM node WHERE id = known.node AND node.until > clock_timestamp())
RETURNING node, epoch
"""
_OWNER: Final = "SELECT node, epoch FROM room_lease WHERE campaign_id = %(room)s"
_OWNERS: Final = """
SELECT node.id, array_agg(campaign_id) FROM room_lease JOIN node ON node.id = room_lease.node
WHERE campaign_id = ANY (%(rooms)s) AND room_lease.until IS NULL
    AND node.until > clock_timestamp()
GROUP BY node.id
"""
_EPOCHS: Final = "SELECT node, max(epoch) FROM room_lease WHERE until IS NULL GROUP BY node"
_OWNED: Final = "SELECT campaign_id, epoch FROM room_lease WHERE node = %(node)s AND until IS NULL"
_GIVE_UP: Final = """
UPDATE room_lease SET until = clock_timestamp()
WHERE node = %(node)s AND campaign_id = ANY (%(rooms)s) AND until IS NULL
"""
_HAND_OVER: Final = """
UPDATE room_lease SET node = %(to)s, epoch = epoch + 1
WHERE node = %(node)s AND campaign_id = ANY (%(rooms)s) AND until IS NULL
"""
_LEAVE: Final = """
UPDATE node SET until = clock_timestamp(), rooms = 0, handovers = %(handovers)s
WHERE id = %(node)s
"""
_FORGET: Final = "DELETE FROM node WHERE until < clock_timestamp() - %(old)s * interval '1 s'"
_RAISE: Final = """
UPDATE room_lease SET node = %(node)s, epoch = epoch + 1, until = NULL
WHERE campaign_id = %(room)s RETURNING epoch
"""


class Owner(NamedTuple):
    """Who may write a room, under which epoch."""

    node: NodeId
    epoch: Epoch


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """A node as the others know it."""

    id: NodeId
    name: str
    started_at: datetime
    rooms: int
    handovers: int
    """Rooms that it gave to others since it started."""
    alive: bool


class Leases:
    """The leases of one node. Entered, renewing, left; after a pause too long, entered again."""

    def __init__(self, pool: Pool, node: NodeId, name: str, lease_s: float = LEASE_S) -> None:
        self.node = node
        self.name = name
        self.lease_s = lease_s
        self._pool = pool

    async def enter(self) -> None:
        """Become a node that may own rooms; forget the long dead."""
        await self._run(_ENTER, name=self.name)
        await self._run(_FORGET, old=FORGET_S)

    async def renew(self, rooms: int, handovers: int) -> bool:
        """Renew all leases of this node at once; return whether they had held until now.

        Also not when it was close: who looked just before may have found them expired.
        """
        rows = await self._run(_RENEW, rooms=rooms, handovers=handovers, late=self.lease_s / 3)
        if not rows:
            await self.enter()
            return False
        return not rows[0][0]

    async def leave(self, handovers: int) -> None:
        """End all leases of this node at once."""
        await self._run(_LEAVE, handovers=handovers)

    async def nodes(self) -> tuple[NodeSeen, ...]:
        """Return all nodes, the oldest first; those that died lately too."""
        return tuple(NodeSeen(*row) for row in await self._run(_NODES))

    async def claim(self, room: RoomId) -> Owner:
        """Return the owner of a room: this node, if nobody living was it, under a raised epoch."""
        while True:
            rows = await self._run(_CLAIM, room=room) or await self._run(_OWNER, room=room)
            if rows:
                return Owner(*rows[0])

    async def owners(self, rooms: Collection[RoomId]) -> Mapping[NodeId, Sequence[RoomId]]:
        """Return the living nodes that own any of the rooms, and which; claims none."""
        return dict(await self._run(_OWNERS, rooms=list(rooms)))

    async def epochs(self) -> Mapping[NodeId, Epoch]:
        """Return each node's highest epoch: how often the room changed hands that did so most."""
        return dict(await self._run(_EPOCHS))

    async def owned(self) -> dict[RoomId, Epoch]:
        """Return the rooms of this node."""
        return {RoomId(room): epoch for room, epoch in await self._run(_OWNED)}

    async def give_up(self, rooms: Collection[RoomId]) -> None:
        """Let anybody take the rooms. The caller has nothing more to write to them."""
        await self._run(_GIVE_UP, rooms=list(rooms))

    async def hand_over(self, rooms: Collection[RoomId], to: NodeId) -> None:
        """Make another node the owner. The caller has nothing more to write to the rooms."""
        await self._run(_HAND_OVER, rooms=list(rooms), to=to)

    async def _run(self, query: LiteralString, **params: Any) -> list[Any]:
        with database_errors():
            async with self._pool.connection() as connection:
                params |= {"node": self.node, "lease": self.lease_s}
                cursor = await connection.execute(query, params)
                return await cursor.fetchall() if cursor.description else []


async def take_alone(pool: Pool, room: RoomId, node: NodeId) -> Lease:
    """Return the lease for a server that serves alone, on a record that several once shared.

    Rooms that never had an owner have no row and the epoch 0; others are taken from whoever had
    them. Raise JournalUnavailable.
    """
    with database_errors():
        async with pool.connection() as connection:
            cursor = await connection.execute(_RAISE, {"room": room, "node": node})
            row = await cursor.fetchone()
    return Lease(room) if row is None else Lease(room, Epoch(row[0]))
