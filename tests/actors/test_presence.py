"""Presence: the first connection joins, the last one leaves; devices are only counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from actors.room.presence import FEW, GRACE_S
from actors.runtime.errors import NoSuchMember, RoomUnavailable
from events.core.features.members import RemoveMember
from events.core.state import Member, Role, UserId
from events.journal import JournalUnavailable
from events.journal.memory import MemoryJournal
from tests.support.actor_table import FaultyJournal, Listener, Table, a_table, until
from tests.support.given import ANN, BEN, DM


async def test_the_first_connection_joins_and_the_last_one_leaves() -> None:
    async with a_table() as table:
        await table.sit(DM)
        presence = table.room.presence
        await presence.enter(ANN.user)
        await presence.enter(ANN.user)
        assert table.told(DM) == ["player:joined", "player:presence"]
        presence.leave(ANN.user)
        await table.settled()
        assert table.told(DM)[2:] == []
        presence.leave(ANN.user)
        await table.settled()
        assert table.told(DM)[2:] == ["player:left", "player:presence"]


async def test_who_returns_before_the_departure_is_recorded_is_present() -> None:
    async with a_table() as table:
        await table.room.presence.enter(ANN.user)
        table.room.presence.leave(ANN.user)
        await table.room.presence.enter(ANN.user)
        await table.settled()
        assert ANN.user in table.room.state.online


async def test_after_a_restart_those_who_do_not_come_back_leave() -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        await table.sit(ANN, BEN)
    async with a_table(journal) as table:
        assert table.room.state.online == {ANN.user, BEN.user}
        await table.room.presence.enter(ANN.user)
        table.clock.forward(GRACE_S - 1)
        table.directory.sweep()
        await table.settled()
        assert table.room.state.online == {ANN.user, BEN.user}
        table.clock.forward(2)
        table.directory.sweep()
        await table.settled()
        assert table.room.state.online == {ANN.user}


async def test_a_departure_that_could_not_be_recorded_is_recorded_later() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(ANN, BEN)
        journal.before = [JournalUnavailable("away")]
        table.room.presence.leave(ANN.user)
        await until(lambda: table.room.presence.pending)
        await table.room.ready()
        assert not table.room.is_idle
        table.clock.forward(GRACE_S + 1)
        table.directory.sweep()
        await table.settled()
        assert table.room.state.online == {BEN.user}


async def test_an_arrival_that_cannot_be_recorded_is_not_counted() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        journal.before, journal.unreadable = (
            [JournalUnavailable("away")],
            JournalUnavailable("away"),
        )
        with pytest.raises(RoomUnavailable):
            await table.room.presence.enter(ANN.user)
        assert table.room.presence.connections(ANN.user) == 0


CROWD = tuple(
    Member(UserId(f"p{number:02}"), Role.PLAYER, f"P{number}") for number in range(FEW + 12)
)


@asynccontextmanager
async def a_crowded_table() -> AsyncIterator[Table]:
    """Yield a table at which a DM and so many sit that it is a large room; the others may come."""
    async with a_table(MemoryJournal(), DM, *CROWD) as table:
        await table.sit(DM, *CROWD[:FEW])
        yield table


async def test_of_a_crowd_that_comes_and_goes_a_large_room_is_told_at_once() -> None:
    async with a_crowded_table() as table:
        presence, others = table.room.presence, CROWD[FEW:]
        version = table.room.version
        await asyncio.gather(*(presence.enter(each.user) for each in others))
        assert table.room.version == version + len(others), "each is recorded"
        assert table.told(DM) == ["player:joined"] * len(others) + ["player:presence"]
        table.listeners[DM.user].clear()
        for each in others:
            presence.leave(each.user)
        assert presence.pending
        assert not table.room.is_idle
        await until(lambda: not presence.pending)
        await table.settled()
        assert table.told(DM) == ["player:left"] * len(others) + ["player:presence"]
        assert table.room.state.online == {DM.user, *(each.user for each in CROWD[:FEW])}


async def test_who_is_back_in_the_same_moment_did_not_go() -> None:
    async with a_crowded_table() as table:
        first = CROWD[0].user
        table.room.presence.leave(first)
        await table.room.presence.enter(first)
        await table.settled()
        assert table.told(DM) == []
        assert first in table.room.state.online


async def test_who_comes_with_others_and_is_no_member_any_more_is_not_let_in() -> None:
    async with a_crowded_table() as table:
        removed, stays = CROWD[FEW:][:2]
        await table.ask(RemoveMember(user=removed.user))
        coming = [table.room.follow(Listener(), each.user, each.user) for each in (removed, stays)]
        gone, seat = await asyncio.gather(*coming, return_exceptions=True)
        assert isinstance(gone, NoSuchMember)
        assert not isinstance(seat, BaseException)
        assert table.room.presence.connections(removed.user) == 0


async def test_a_room_that_closes_answers_those_who_gather() -> None:
    async with a_crowded_table() as table:
        entering = asyncio.ensure_future(table.room.presence.enter(CROWD[FEW].user))
        await asyncio.sleep(0)
        table.room.close()
        with pytest.raises(RoomUnavailable):
            await entering


async def test_a_crowd_that_comes_to_an_empty_room_is_told_of_in_few_lists() -> None:
    async with a_table(MemoryJournal(), DM, *CROWD) as table:
        listener = Listener()
        await table.room.follow(listener, DM.user, DM.user)
        listener.clear()
        coming = [table.room.follow(Listener(), each.user, each.user) for each in CROWD]
        await asyncio.gather(*coming)
        assert listener.types.count("player:joined") == len(CROWD)
        assert listener.types.count("player:presence") <= FEW + 2
