"""Presence: the first connection joins, the last one leaves; devices are only counted."""

import pytest

from actors.room.presence import GRACE_S
from actors.runtime.errors import RoomUnavailable
from events.journal import JournalUnavailable
from tests.support.actor_table import FaultyJournal, a_table, until
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
