import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest

from actors.cluster.lease import Leases, NodeId, take_alone
from events.core.features.hexes import HexesRevealed
from events.core.state import Member, Role, RoomId, UserId
from events.journal import Append, Commit, Epoch, Fenced, Lease, VersionConflict
from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal

INTERLEAVINGS = 1_000
DORA = Member(UserId("dora"), Role.DM)
DUSK = datetime(2026, 1, 31, 20, 15, tzinfo=UTC)


def room(number: int = 1) -> RoomId:
    return RoomId(UUID(int=number, version=4))


def append(lease: Lease, after: int, q: int = 0) -> Append:
    revealed = HexesRevealed(hexes=((q, 0, 1),), to="all")
    return Append(lease, after, (Commit(after, (revealed,), DORA, DUSK),))


async def expire(pool: Pool, node: NodeId) -> None:
    """Let the time of a node be over, as if it had been frozen."""
    async with pool.connection() as connection:
        await connection.execute("UPDATE node SET until = '-infinity' WHERE id = %s", (node,))


@pytest.fixture
async def nodes(pools: tuple[Pool, Pool]) -> tuple[Leases, Leases]:
    both = (
        Leases(pools[0], NodeId("a-1"), "a"),
        Leases(pools[1], NodeId("b-1"), "b"),
    )
    for node in both:
        await node.enter()
    return both


async def test_who_comes_first_owns_a_room_and_the_other_learns_who(
    nodes: tuple[Leases, Leases],
) -> None:
    first, second = nodes

    assert await first.claim(room()) == ("a-1", 1)
    assert await second.claim(room()) == ("a-1", 1)
    assert await first.claim(room()) == ("a-1", 1)


async def test_many_who_claim_at_once_agree(nodes: tuple[Leases, Leases]) -> None:
    claims = [nodes[number % 2].claim(room()) for number in range(20)]

    assert len(set(await asyncio.gather(*claims))) == 1


async def test_the_room_of_a_dead_node_is_taken_over_under_a_raised_epoch(
    nodes: tuple[Leases, Leases], pools: tuple[Pool, Pool]
) -> None:
    first, second = nodes
    await first.claim(room())
    await expire(pools[0], first.node)

    assert await second.claim(room()) == ("b-1", 2)
    assert await first.owned() == {}
    assert await second.owned() == {room(): 2}


async def test_who_left_owns_nothing_any_more(nodes: tuple[Leases, Leases]) -> None:
    first, second = nodes
    await first.claim(room())
    await first.renew(1, 0)
    await first.leave(1)

    assert await second.claim(room()) == ("b-1", 2)
    seen = [(node.alive, node.rooms, node.handovers) for node in await second.nodes()]
    assert seen == [(False, 0, 1), (True, 0, 0)]


async def test_a_room_that_was_given_up_is_anybodys(nodes: tuple[Leases, Leases]) -> None:
    first, second = nodes
    await first.claim(room())
    await first.give_up([room()])

    assert await second.claim(room()) == ("b-1", 2)


async def test_nobody_gives_up_or_hands_over_what_is_anothers(
    nodes: tuple[Leases, Leases],
) -> None:
    first, second = nodes
    await first.claim(room())
    await second.give_up([room()])
    await second.hand_over([room()], second.node)

    assert await second.claim(room()) == ("a-1", 1)


async def test_a_room_that_is_handed_over_fences_off_who_had_it(
    nodes: tuple[Leases, Leases], pools: tuple[Pool, Pool]
) -> None:
    first, second = nodes
    _, epoch = await first.claim(room())
    await first.hand_over([room()], second.node)
    lease = Lease(room(), epoch)

    journal = PostgresJournal(pools[0])
    (refused,) = await journal.append([append(lease, 0)])
    await journal.close()

    assert isinstance(refused, Fenced)
    assert await first.claim(room()) == ("b-1", 2)


async def test_owners_are_those_who_live_and_kept_their_rooms(
    nodes: tuple[Leases, Leases], pools: tuple[Pool, Pool]
) -> None:
    first, second = nodes
    for number, owner in ((1, first), (2, first), (3, second)):
        await owner.claim(room(number))
    await first.give_up([room(2)])
    asked = [room(number) for number in range(1, 5)]

    assert await second.owners(asked) == {"a-1": [room(1)], "b-1": [room(3)]}
    await expire(pools[0], first.node)
    assert await second.owners(asked) == {"b-1": [room(3)]}


async def test_renewing_says_whether_the_leases_had_held(
    nodes: tuple[Leases, Leases], pools: tuple[Pool, Pool]
) -> None:
    first, _ = nodes
    assert await first.renew(3, 1)
    await expire(pools[0], first.node)

    assert not await first.renew(3, 1)
    assert await first.renew(3, 1)
    assert [(node.rooms, node.handovers) for node in await first.nodes()] == [(3, 1), (0, 0)]


async def test_a_node_that_was_forgotten_enters_again(
    nodes: tuple[Leases, Leases], pools: tuple[Pool, Pool]
) -> None:
    first, _ = nodes
    async with pools[0].connection() as connection:
        await connection.execute("DELETE FROM node WHERE id = %s", (first.node,))

    assert not await first.renew(0, 0)
    assert await first.renew(0, 0)


async def test_a_room_without_owner_is_served_alone_under_epoch_zero(
    pools: tuple[Pool, Pool],
) -> None:
    assert await take_alone(pools[0], room(), NodeId("alone")) == Lease(room(), Epoch(0))


async def test_who_serves_alone_after_a_cluster_fences_it_off(
    nodes: tuple[Leases, Leases], pools: tuple[Pool, Pool]
) -> None:
    await nodes[0].claim(room())

    assert await take_alone(pools[1], room(), NodeId("alone")) == Lease(room(), Epoch(2))


class Writer:
    """A node that believes what it last heard, as a frozen one does."""

    def __init__(self, leases: Leases, pool: Pool) -> None:
        self.leases = leases
        self.pool = pool
        self.journal = PostgresJournal(pool)
        self.held: Lease | None = None
        self.version = 0

    async def claim(self, of: RoomId) -> None:
        node, epoch = await self.leases.claim(of)
        if node == self.leases.node:
            self.held = Lease(of, epoch)
            self.version = await self.last(of)

    async def thaw(self) -> None:
        await self.leases.renew(0, 0)

    async def write(self, of: RoomId, mark: int) -> tuple[int, int] | None:
        """Return the version and epoch under which it was acknowledged, if it was."""
        if self.held is None:
            return None
        (refused,) = await self.journal.append([append(self.held, self.version, mark)])
        if refused is None:
            self.version += 1
            return self.version, self.held.epoch
        assert isinstance(refused, Fenced | VersionConflict)
        if isinstance(refused, Fenced):
            self.held = None
        else:
            self.version = await self.last(of)
        return None

    async def last(self, of: RoomId) -> int:
        return max([commit.version async for commit in self.journal.read(of)], default=0)


async def interleave(writers: tuple[Writer, Writer], of: RoomId, chance: Random) -> int:
    """Let both do what they like, some of it at the same time; return how often a room moved."""
    acknowledged: list[tuple[int, int]] = []
    for step in range(chance.randint(4, 9)):
        deeds: list[Awaitable[tuple[int, int] | None]] = []
        for writer in chance.sample(writers, chance.randint(1, 2)):
            deed = chance.choice(("claim", "write", "write", "expire", "over"))
            if deed == "write":
                deeds.append(writer.write(of, step))
            elif deed == "claim":
                deeds.append(writer.claim(of))
            elif deed == "expire":
                deeds.append(expire(writer.pool, writer.leases.node))
            else:
                other = writers[writer is writers[0]].leases.node
                deeds.append(writer.leases.hand_over([of], other))
        acknowledged += [found for found in await asyncio.gather(*deeds) if found is not None]
        if chance.random() < 0.3:
            await chance.choice(writers).thaw()
    async with writers[0].pool.connection() as connection:
        found = await connection.execute(
            "SELECT version, epoch FROM session_event WHERE campaign_id = %s ORDER BY version",
            (of,),
        )
        stored = await found.fetchall()
    assert sorted(acknowledged) == stored
    epochs = [epoch for _, epoch in stored]
    assert epochs == sorted(epochs)
    return len(set(epochs))


async def test_a_thousand_interleavings_leave_one_writer_at_a_time(
    nodes: tuple[Leases, Leases], pools: tuple[Pool, Pool]
) -> None:
    writers = (Writer(nodes[0], pools[0]), Writer(nodes[1], pools[1]))
    moves = 0
    for seed in range(INTERLEAVINGS):
        for writer in writers:
            writer.held, writer.version = None, 0
            await writer.thaw()
        await writers[seed % 2].claim(room(seed))
        moves += await interleave(writers, room(seed), Random(seed)) > 1
    for writer in writers:
        await writer.journal.close()

    assert moves > INTERLEAVINGS / 40
