"""What a node does with its leases while rooms come and go."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from actors.cluster.lease import Leases, NodeId, Owner
from actors.cluster.nats_server import NatsServer
from actors.cluster.node import Node
from actors.directory import serving
from actors.room.readable import Phase
from events.core.state import RoomId
from events.journal import Epoch, JournalUnavailable
from events.journal.database.pool import Pool
from events.journal.memory import MemoryJournal

ROOM = RoomId(uuid4())


async def nothing() -> None: ...


class Interrupted(Leases):
    """Something happens just before each claim, look, renewal and handover, and just after the latter two."""

    before_claim: Callable[[], Awaitable[None]] = staticmethod(nothing)
    before_handover: Callable[[], Awaitable[None]] = staticmethod(nothing)
    after_handover: Callable[[], Awaitable[None]] = staticmethod(nothing)
    before_owned: Callable[[], Awaitable[None]] = staticmethod(nothing)
    before_renewal: Callable[[], Awaitable[None]] = staticmethod(nothing)
    after_renewal: Callable[[], Awaitable[None]] = staticmethod(nothing)

    async def claim(self, room: RoomId) -> Owner:
        await self.before_claim()
        return await super().claim(room)

    async def renew(self, rooms: int, handovers: int) -> bool:
        await self.before_renewal()
        held = await super().renew(rooms, handovers)
        await self.after_renewal()
        return held

    async def hand_over(self, rooms: Collection[RoomId], to: NodeId) -> None:
        await self.before_handover()
        await super().hand_over(rooms, to)
        await self.after_handover()

    async def owned(self) -> dict[RoomId, Epoch]:
        await self.before_owned()
        return await super().owned()

    async def living(self) -> list[NodeId]:
        return [node.id for node in await self.nodes() if node.alive]


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
        leases.before_claim = node.ownership.give_up_what_left_memory
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


async def test_who_asks_a_node_that_knew_the_former_owner_reaches_the_one_of_now(
    pools: tuple[Pool, Pool], nats_server: NatsServer
) -> None:
    async with AsyncExitStack() as stack:
        former, now, asking = [
            await running(pools[0], nats_server, name, stack)
            for name in ("former", "now", "asking")
        ]
        await former.open(ROOM)
        await (await asking.open(ROOM)).room_members()
        actor = former.find(ROOM)
        assert actor is not None
        former.directory.dismiss(actor)
        await former.ownership.give_up_what_left_memory()
        await now.open(ROOM)
        assert now.find(ROOM) is not None

        await (await asking.open(ROOM)).room_members()


async def running(pool: Pool, nats: NatsServer, name: str, stack: AsyncExitStack) -> Node:
    """Return a node that others reach, until the stack is left."""
    leases = Leases(pool, NodeId(name), name, lease_s=60)
    directory = await stack.enter_async_context(serving(MemoryJournal()))
    node = Node(directory, leases, nats.url)
    await node.enter()
    stack.push_async_callback(node.close)
    run = asyncio.create_task(node.run())
    stack.callback(run.cancel)
    while not node.carrier.connected:  # noqa: ASYNC110  # it says so to nobody
        await asyncio.sleep(0.01)
    return node


async def test_a_node_that_left_is_not_renewed(node: Node, leases: Interrupted) -> None:
    await node.open(ROOM)

    await node.leave()
    await node.ownership.renew()

    assert await leases.living() == []


async def test_a_node_leaves_after_the_renewal_that_is_under_way(
    node: Node, leases: Interrupted
) -> None:
    await node.open(ROOM)
    underway, leaving = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        underway.set()
        await leaving.wait()

    leases.before_renewal = hold
    renewing = asyncio.create_task(node.ownership.renew())
    await underway.wait()
    left = asyncio.create_task(node.leave())
    # It goes as far as it may: to the renewal's end.
    for _ in range(3):
        await leases.nodes()
    leaving.set()
    await asyncio.gather(renewing, left)

    assert await leases.living() == []


@pytest.mark.parametrize("lost", ["after_renewal", "before_owned"])
async def test_a_room_that_was_lost_is_closed_though_a_late_renewal_fails(
    node: Node, leases: Interrupted, pools: tuple[Pool, Pool], lost: str
) -> None:
    actor = await node.open_here(ROOM)
    await taken_by_another(leases, pools)

    setattr(leases, lost, lose_the_answer)
    with pytest.raises(JournalUnavailable):
        await node.ownership.renew()
    setattr(leases, lost, nothing)
    # By now the leases of this node are as good as new, as far as the database can tell.
    await node.ownership.renew()

    assert actor.phase is Phase.CLOSED


async def test_nothing_is_answered_for_a_room_while_nobody_knows_whether_it_was_handed_over(
    node: Node, leases: Interrupted, pools: tuple[Pool, Pool]
) -> None:
    other = Leases(pools[1], NodeId("two"), "two")
    await other.enter()
    await node.ownership.enter()
    actor = await node.open_here(ROOM)

    leases.after_handover = lose_the_answer
    with pytest.raises(JournalUnavailable):
        await node.ownership.hand_over([actor], other.node)
    assert not node.directory.services.tenure.holds
    await node.ownership.renew()

    assert actor.phase is Phase.CLOSED
    assert node.directory.services.tenure.holds


async def test_a_room_that_could_not_be_handed_over_goes_on(
    node: Node, leases: Interrupted
) -> None:
    await node.ownership.enter()
    actor = await node.open_here(ROOM)

    leases.before_handover = lose_the_answer
    with pytest.raises(JournalUnavailable):
        await node.ownership.hand_over([actor], NodeId("two"))
    await node.ownership.renew()

    assert actor.phase is Phase.SERVING
    assert actor.accepting


async def taken_by_another(leases: Leases, pools: tuple[Pool, Pool]) -> None:
    """Let the node's leases run out, as while its process is stopped, and another node take the room."""
    other = Leases(pools[1], NodeId("two"), "two")
    await other.enter()
    async with pools[1].connection() as connection:
        await connection.execute("UPDATE node SET until = clock_timestamp() WHERE id = 'one'")
    assert (await other.claim(ROOM)).node == other.node


async def lose_the_answer() -> None:
    raise JournalUnavailable
