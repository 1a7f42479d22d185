"""Which rooms are a node's own: claimed, kept, given up, handed to others, left."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from actors.cluster.lease import Leases, NodeId, NodeSeen, Owner
from actors.delivery.viewer_streams import CloseReason
from actors.directory import Directory
from actors.room.actor import RoomActor
from actors.room.readable import Phase
from actors.runtime.errors import RoomUnavailable
from events.core.state import RoomId
from events.journal import JournalError, JournalUnavailable

logger = logging.getLogger(__name__)

COUNTED_S: Final = 5.0
"""Within what time a node that was given rooms counts them as its own."""
MOVES: Final = 5
"""Rooms that are handed to a node with fewer, a second: it warms up, and nobody storms it."""


class Ownership:
    """The leases of one node, and the rooms in its memory that they stand for."""

    def __init__(self, directory: Directory, leases: Leases, may_share: Callable[[], bool]) -> None:
        self.leases = leases
        self.handovers = 0
        """Rooms given to other nodes."""
        self.takeovers = 0
        """Rooms taken from nodes that died or left."""
        self.nodes: tuple[NodeSeen, ...] = ()
        """The nodes as they were a moment ago."""
        self.leaving = False
        self._directory = directory
        self._may_share = may_share
        self._claimed: set[RoomId] = set()
        self._opening: Counter[RoomId] = Counter()
        self._handed_over: list[tuple[float, NodeId, int]] = []
        self._giving_up = asyncio.Lock()
        self._renewing = asyncio.Lock()
        self._in_doubt = False
        """Whether rooms may be others' that are still here: the next renewal has to look."""

    @contextmanager
    def opening(self, room: RoomId) -> Iterator[None]:
        """Keep the lease of a room that is on its way into memory."""
        self._opening[room] += 1
        try:
            yield
        finally:
            self._opening[room] -= 1
            if not self._opening[room]:
                del self._opening[room]

    async def owner(self, room: RoomId) -> Owner:
        """Return the room's owner, this node if nobody living was; raise RoomUnavailable."""
        if self.leaving:
            raise RoomUnavailable
        # What is being given up is taken anew, not held under a lease that is about to end.
        async with self._giving_up:
            pass
        try:
            owner = await self.leases.claim(room)
        except JournalUnavailable as error:
            raise RoomUnavailable from error
        if owner.node == self.leases.node:
            if room not in self._claimed and owner.epoch > 1:
                self.takeovers += 1
            self._claimed.add(room)
        return owner

    async def enter(self) -> None:
        """Become a node that may own rooms; raise JournalUnavailable."""
        sent_at = self._now()
        await self.leases.enter()
        self._directory.services.tenure.limit(sent_at + self.leases.lease_s)

    async def keep(self) -> None:
        """Renew the leases, again and again until the node leaves, and do what follows from it."""
        away = False
        while not self.leaving:
            await asyncio.sleep(self.leases.lease_s / 3)
            try:
                await self.renew()
                away = False
            except JournalError as error:
                if not away:
                    logger.warning("node %s: cannot renew: %s", self.leases.name, error)
                away = True

    async def renew(self) -> None:
        """Renew the leases once; close, give up and hand over rooms; raise JournalError."""
        async with self._renewing:
            if self.leaving:
                return
            sent_at = self._now()
            # Whatever fails from here on, the leases may be renewed, and look as if they had held.
            doubted, self._in_doubt = self._in_doubt, True
            held = await self.leases.renew(len(self._directory), self.handovers)
            if doubted or not held:
                await self._look_what_was_lost()
            self._in_doubt = False
            # Counted from before the database was asked, so that it never ends after the lease.
            self._directory.services.tenure.limit(sent_at + self.leases.lease_s)
            self.nodes = await self.leases.nodes()
            await self.give_up_what_left_memory()
            await self._share()

    async def leave(self) -> None:
        """Let others have the rooms, at once. All that was accepted is recorded by now."""
        self.leaving = True
        # A renewal under way would make the node one that lives, and its rooms wait for it.
        async with self._renewing:
            self.handovers += len(self._claimed)
            try:
                await self.leases.leave(self.handovers)
            except JournalUnavailable:
                logger.warning(
                    "node %s: left without a word, the database is away", self.leases.name
                )

    async def give_up_what_left_memory(self) -> None:
        """Let anybody take the rooms that are neither in memory nor on their way into it."""
        left = [
            room
            for room in self._claimed
            if self._directory.find(room) is None and room not in self._opening
        ]
        self._claimed.difference_update(left)
        if left:
            async with self._giving_up:
                await self.leases.give_up(left)

    async def hand_over(self, rooms: list[RoomActor], to: NodeId) -> None:
        """Finish what the rooms accepted, and make another node their owner; raise JournalUnavailable."""
        for actor in rooms:
            actor.accepting = False
        await asyncio.gather(*(actor.idle() for actor in rooms))
        try:
            await self.leases.hand_over([actor.id for actor in rooms], to)
        except BaseException:
            # They may be the other's by now: nothing is answered until the next renewal has looked.
            self._in_doubt = True
            self._directory.services.tenure.limit(self._now())
            for actor in rooms:
                actor.accepting = True
            raise
        for actor in rooms:
            self._claimed.discard(actor.id)
            self._directory.dismiss(actor)
        self.handovers += len(rooms)
        logger.info("node %s: handed %d rooms to %s", self.leases.name, len(rooms), to)

    async def _look_what_was_lost(self) -> None:
        owned = await self.leases.owned()
        lost = [actor for actor in self._directory if owned.get(actor.id) != actor.lease.epoch]
        for actor in lost:
            self._claimed.discard(actor.id)
            actor.close(CloseReason.RESTART)
        logger.log(
            logging.WARNING if lost else logging.INFO,
            "node %s: may have lost rooms, %d are others' now",
            self.leases.name,
            len(lost),
        )

    async def _share(self) -> None:
        """Hand a few rooms to the node that has the fewest, if this one has more than its share."""
        alive = [self._with_handed_over(node) for node in self.nodes if node.alive]
        own_rooms = len(self._directory)
        least = min(alive, key=lambda node: node.rooms, default=None)
        if least is None or least.id == self.leases.node or not self._may_share():
            return
        share = sum(node.rooms for node in alive) / len(alive)
        many = int(min(MOVES, own_rooms - share, share - least.rooms))
        if many < 1 or own_rooms <= share * 1.1 + 1:
            return
        # Those with the fewest connections first: an empty room is missed by nobody.
        movable = sorted(self._directory, key=lambda actor: actor.streams.readers())[:many]
        going = [actor for actor in movable if actor.phase is Phase.SERVING]
        await self.hand_over(going, least.id)
        self._handed_over.append((self._now(), least.id, len(going)))

    def _with_handed_over(self, node: NodeSeen) -> NodeSeen:
        """Return the node with the rooms it was given a moment ago, which it may not count yet."""
        since = self._now() - COUNTED_S
        self._handed_over = [each for each in self._handed_over if each[0] > since]
        handed_over = sum(count for _, to, count in self._handed_over if to == node.id)
        return replace(node, rooms=node.rooms + handed_over)

    def _now(self) -> float:
        return self._directory.services.clock.monotonic()
