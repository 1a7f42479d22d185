"""A command that changed nothing has its effect once, too: after a restart it does not take effect."""

import asyncio
from collections.abc import Sequence

import pytest

from events.core.features.hexes import HideHexes
from events.core.features.pointers import PointAt
from events.core.features.staging import SetMode
from events.core.state import Mode
from events.geometry.grid import Hex
from events.journal import JournalUnavailable, Lease, Unchanged
from tests.support.actor_table import ROOM, FaultyJournal, Table, a_table, reveal, until
from tests.support.given import ANN, DM

IMMEDIATE, STAGED = SetMode(mode=Mode.IMMEDIATE), SetMode(mode=Mode.STAGED)


class ForgetfulJournal(FaultyJournal):
    """A journal that keeps what changed nothing when it is let, and fails when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.keeping: asyncio.Event | None = None
        self.failing = False
        self.kept: list[Sequence[Unchanged]] = []

    async def keep_unchanged(self, lease: Lease, commands: Sequence[Unchanged]) -> None:
        self.kept.append(commands)
        if self.keeping is not None:
            await self.keeping.wait()
        if self.failing:
            raise JournalUnavailable
        await super().keep_unchanged(lease, commands)


async def staged_later(table: Table) -> None:
    """Change the room so that the command that changed nothing would change something."""
    await table.ask(STAGED)
    await table.ask(reveal("0,0"))
    assert table.room.state.staged


@pytest.mark.parametrize("restarted", [False, True])
async def test_it_changes_nothing_when_it_is_sent_again(restarted: bool) -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        first = await table.ask(IMMEDIATE, id="one")
        await staged_later(table)
        if not restarted:
            again = await table.ask(IMMEDIATE, id="one")
            assert again.version == first.version
            assert table.room.state.mode is Mode.STAGED
    if restarted:
        async with a_table(journal) as table:
            again = await table.ask(IMMEDIATE, id="one")
            assert again.version == first.version
            assert table.room.state.mode is Mode.STAGED
            assert table.room.state.staged


async def test_the_same_id_with_another_body_is_refused_after_a_restart() -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        await table.ask(IMMEDIATE, id="one")
    async with a_table(journal) as table:
        table.post(reveal("0,0"), DM, "one")
        await table.settled()
        assert table.outcomes() == ["invalid_message"]


async def test_another_members_id_is_another() -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        await table.ask(reveal("0,0"))
        await table.ask(reveal("0,0"), id="one")
    async with a_table(journal) as table:
        table.post(HideHexes(hex_keys=(Hex(0, 0),), targets="all"), ANN, "one")
        await table.settled()
        assert table.outcomes() == ["forbidden"]


async def test_it_is_acknowledged_once_it_is_kept_and_others_wait_their_turn() -> None:
    journal = ForgetfulJournal()
    async with a_table(journal) as table:
        journal.keeping = asyncio.Event()
        table.post(IMMEDIATE, DM, "one")
        table.post(reveal("0,0"), DM, "two")
        await until(lambda: bool(journal.kept))
        for _ in range(10):
            await asyncio.sleep(0)
        assert table.answers == []
        journal.keeping.set()
        await table.settled()
        assert [id_ for id_, _ in table.answers] == ["one", "two"]


async def test_a_repeat_waits_for_what_it_repeats_and_has_no_effect_of_its_own() -> None:
    journal = ForgetfulJournal()
    async with a_table(journal) as table:
        journal.keeping = asyncio.Event()
        table.post(IMMEDIATE, DM, "one")
        table.post(STAGED, DM, "two")
        table.post(IMMEDIATE, DM, "one")
        await until(lambda: bool(journal.kept))
        journal.keeping.set()
        await table.settled()
        assert table.outcomes() == ["ok"] * 3
        assert table.room.state.mode is Mode.STAGED
        assert [len(commands) for commands in journal.kept] == [1]


async def test_where_it_cannot_be_kept_the_outcome_is_open() -> None:
    journal = ForgetfulJournal()
    async with a_table(journal) as table:
        journal.failing = True
        table.post(IMMEDIATE, DM, "one")
        await table.settled()
        journal.failing = False
        table.post(IMMEDIATE, DM, "one")
        await table.settled()
        assert table.outcomes() == ["unavailable", "ok"]


async def test_what_leaves_nothing_behind_is_not_kept() -> None:
    journal = ForgetfulJournal()
    async with a_table(journal) as table:
        await table.sit(DM, ANN)
        await table.ask(PointAt(hex_key=Hex(0, 0)), id="point")
        table.post(reveal("0,0"), ANN, "refused")
        table.post(IMMEDIATE, DM)
        await table.settled()
        assert journal.kept == []
        assert table.outcomes() == ["forbidden", "ok"]
        assert await journal.unchanged(ROOM) == ()
