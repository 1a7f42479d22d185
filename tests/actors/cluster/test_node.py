"""What a node does with its leases while rooms come and go."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest

from actors.cluster.lease import Leases, NodeId, Owner
from actors.cluster.node import Node
from actors.directory import serving
from events.journal.database import Pool
from events.journal.memory import MemoryJournal
from events.state import RoomId

ROOM = RoomId(uuid4())


class Interrupted(Leases):
    """Something happens just before each claim."""

    before: Callable[[], Awaitable[None]]

    async def claim(self, room: RoomId) -> Owner:
        await self.before()
        return await super().claim(room)


@pytest.fixture
async def leases(pools: tuple[Pool, Pool]) -> Interrupted:
    leases = Interrupted(pools[0], NodeId("one"), "one")
    await leases.enter()
    return leases


@pytest.fixture
async def node(leases: Interrupted) -> AsyncIterator[Node]:
    """Yield a node that gives up what it does not need at the worst moments."""
    async with serving(MemoryJournal()) as directory:
        node = Node(directory, leases, "nats://127.0.0.1:1")
        leases.before = node.ownership.give_up_what_left_memory
        yield node
        await node.close()


async def test_a_room_that_is_being_opened_is_not_given_up(node: Node, leases: Interrupted) -> None:
    await node.open(ROOM)

    assert await leases.owned() == {ROOM: 1}


async def test_a_room_that_left_memory_is_given_up(node: Node, leases: Interrupted) -> None:
    await node.open(ROOM)
    actor = node.find(ROOM)
    assert actor is not None
    node.directory.dismiss(actor)

    await node.ownership.give_up_what_left_memory()

    assert await leases.owned() == {}
