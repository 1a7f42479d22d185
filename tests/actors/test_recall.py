"""Recall: an action whose changes have left memory is undone as if they had not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from events.core.features.hexes import RevealHexes
from events.core.features.history import RedoAction, UndoAction
from events.core.features.sessions import StartSession
from events.core.features.terrain import HexChange, UpdateHexes
from events.core.state import RoomId
from events.geometry.grid import Hex
from events.journal import Commit, JournalUnavailable
from tests.support.actor_table import FaultyJournal, Table, a_table, reveal
from tests.support.given import DM

FAR = range(40)


def paint(*at: Hex) -> UpdateHexes:
    return UpdateHexes(changes=tuple(HexChange(key=each, terrain="hills") for each in at))


async def some_actions(table: Table) -> int:
    """Reveal hexes, one at a time; return the version of the first reveal."""
    first = await table.ask(reveal("0,0"))
    for q in FAR[1:]:
        await table.ask(reveal(f"{q},0"))
    return first.version


def here(table: Table) -> list[bool]:
    return [action.is_here for action in table.room.state.history.done]


async def test_what_the_oldest_actions_changed_leaves_memory_at_the_bound() -> None:
    async with a_table(undo_bytes=1_000) as table:
        await some_actions(table)
        flags = here(table)
        assert not flags[0]
        assert flags[-1]
        assert flags == sorted(flags), "the oldest leave first"
        assert table.room.state.history.held_bytes <= 1_000 + 8 * 200
    async with a_table() as table:
        await some_actions(table)
        assert all(here(table))


async def test_an_action_that_left_memory_is_undone_and_redone() -> None:
    async with a_table(undo_bytes=1) as table, a_table() as other:
        for each in (table, other):
            version = await some_actions(each)
            await each.ask(UndoAction(version=version))
            assert Hex(0, 0) not in each.room.state.visibility
            for q in reversed(FAR[1:]):
                await each.ask(UndoAction())
                assert Hex(q, 0) not in each.room.state.visibility
            for q in FAR[1:]:
                await each.ask(RedoAction())
                assert Hex(q, 0) in each.room.state.visibility
            await each.ask(RedoAction())
            assert Hex(0, 0) in each.room.state.visibility
        mine, theirs = table.room.state, other.room.state
        assert (mine.visibility, mine.terrain) == (theirs.visibility, theirs.terrain)
        assert [one.version for one in mine.history.done] == [
            one.version for one in theirs.history.done
        ]


async def test_what_comes_after_an_undo_that_is_read_waits_for_it() -> None:
    async with a_table(undo_bytes=1) as table:
        version = await some_actions(table)
        for command in (UndoAction(version=version), reveal("0,0"), StartSession()):
            table.post(command, DM)
        await table.settled()
        assert table.outcomes() == ["ok", "ok", "ok"]
        # Had the reveal been decided first, the undo would have taken it back.
        assert Hex(0, 0) in table.room.state.visibility


async def test_an_undo_while_the_record_is_away_is_to_be_sent_again() -> None:
    journal = FaultyJournal()
    async with a_table(journal, undo_bytes=1) as table:
        version = await some_actions(table)
        journal.unreadable = JournalUnavailable("away")
        table.post(UndoAction(version=version), DM, "again")
        table.post(reveal("7,7"), DM, "other")
        await table.settled()
        assert table.outcomes() == ["unavailable", "ok"]
        journal.unreadable = None
        await table.ask(UndoAction(version=version), id="again")
        assert Hex(0, 0) not in table.room.state.visibility


async def test_a_large_change_is_not_written_out_but_read_when_it_is_undone() -> None:
    async with a_table() as table:
        wide = tuple(Hex(q, r) for q in range(80) for r in range(80))
        large = await table.ask(paint(*wide))
        assert here(table) == [True], "the newest action is undone most"
        await table.ask(reveal("0,0"))
        await table.rest()
        assert here(table) == [False, True]
        await table.ask(RevealHexes(hex_keys="all", targets="all"))
        await table.ask(UndoAction())
        assert len(table.room.state.visibility) == 1
        await table.ask(UndoAction(version=large.version))
        assert len(table.room.state.terrain) == 0


class SlowJournal(FaultyJournal):
    """A journal that is read when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let, self.reading = asyncio.Event(), asyncio.Event()
        self.let.set()

    async def read(
        self, room: RoomId, after: int = 0, upto: int | None = None
    ) -> AsyncIterator[Commit]:
        self.reading.set()
        await self.let.wait()
        async for commit in super().read(room, after, upto):
            yield commit


async def test_a_room_that_closes_while_it_reads_answers_once() -> None:
    journal = SlowJournal()
    async with a_table(journal, undo_bytes=1) as table:
        version = await some_actions(table)
        journal.let.clear()
        journal.reading.clear()
        table.post(UndoAction(version=version), DM)
        await journal.reading.wait()
        table.room.close()
        journal.let.set()
        await asyncio.sleep(0)
        assert table.outcomes() == ["unavailable"]


async def test_a_room_that_fails_while_it_reads_decides_the_undo_again() -> None:
    journal = SlowJournal()
    async with a_table(journal, undo_bytes=1) as table:
        version = await some_actions(table)
        journal.gate = asyncio.Event()
        table.post(reveal("9,9"), DM)
        await asyncio.sleep(0)
        journal.reading.clear()
        table.post(UndoAction(version=version), DM)
        await asyncio.sleep(0)
        journal.before.append(JournalUnavailable("lost"))
        journal.gate.set()
        await table.settled()
        assert table.outcomes()[1] == "ok"
        assert Hex(0, 0) not in table.room.state.visibility
        assert (await journal.commits())[-1].version == table.room.version


async def test_nothing_is_read_for_an_undo_of_nothing() -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        journal.unreadable = JournalUnavailable("away")
        table.post(UndoAction(), DM)
        table.post(RedoAction(), DM)
        await table.settled()
        assert table.outcomes() == ["invalid_state", "invalid_state"]


async def test_what_the_record_does_not_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        return None

    async with a_table(undo_bytes=1) as table:
        version = await some_actions(table)
        monkeypatch.setattr("actors.room.recall.recalled", nothing)
        table.post(UndoAction(version=version), DM)
        table.post(reveal("3,3"), DM)
        await table.settled()
        assert table.outcomes() == ["invalid_state", "ok"]


async def test_a_room_that_is_read_back_can_undo_the_same() -> None:
    journal = FaultyJournal()
    async with a_table(journal, undo_bytes=1) as table:
        version = await some_actions(table)
        await table.ask(UndoAction(version=version))
        before = table.room.state.history
    async with a_table(journal) as again:
        after = again.room.state.history
        assert [repr(action) for action in after.done] == [repr(action) for action in before.done]
        assert [each.action.version for each in after.undone] == [version]
