"""What can be undone is written out when its room rests, and earlier where memory is short."""

import pytest

from events.core.actions import CHUNK, MOST_AT_ONCE
from events.core.canonical import state_json
from events.core.features.hexes import HideHexes
from events.core.features.history import RedoAction, UndoAction
from tests.support.actor_table import Table, a_table, reveal


async def reveals(table: Table, count: int) -> None:
    for number in range(count):
        await table.ask(reveal(f"{number},0"))


def written_out(table: Table) -> int:
    return sum(action.is_written_out for action in table.room.state.history.done)


@pytest.mark.parametrize("count", [2, MOST_AT_ONCE + 2, CHUNK, 3 * CHUNK + 5])
async def test_a_room_that_rests_has_all_but_the_newest_action_written_out(count: int) -> None:
    async with a_table() as table:
        await reveals(table, count)
        await table.rest(0.9)
        assert written_out(table) == 0, "it does not rest yet"
        held, before = table.room.held_bytes(), state_json(table.room.state)
        await table.rest(0.1)
        assert written_out(table) in (count - 1, count), "but for the newest, unless it is packed"
        assert table.room.held_bytes() < held
        assert state_json(table.room.state) == before


async def test_what_was_undone_is_written_out_as_well_and_redone() -> None:
    async with a_table() as table:
        await reveals(table, 40)
        shown = table.room.state.visibility
        for _ in range(30):
            await table.ask(UndoAction())
        await table.rest()
        undone = table.room.state.history.undone
        assert [each.is_written_out for each in undone] == [True] * 29 + [False]
        for _ in range(30):
            await table.ask(RedoAction())
        assert table.room.state.visibility == shown


async def test_what_waits_counts_and_is_written_out_at_the_bound_of_undo() -> None:
    async with a_table(undo_bytes=20_000) as table:
        await reveals(table, 5)
        assert written_out(table) == 0
        assert table.room.held_bytes() > 20_000 + 5 * 2_000
        await reveals(table, 10)
        assert written_out(table) > 5


async def test_changes_of_many_hexes_wait_for_no_rest() -> None:
    async with a_table() as table:
        wide = reveal(*(f"{q},{r}" for q in range(120) for r in range(120)))
        for _ in range(2):
            await table.ask(wide)
            await table.ask(HideHexes(hex_keys=wide.hex_keys, targets="all"))
        assert written_out(table) > 0


async def test_where_half_of_the_memory_is_used_nothing_waits() -> None:
    async with a_table() as table:
        await reveals(table, 5)
        budget = table.directory.services.budget
        budget.limit = 2 * table.room.held_bytes() - 2
        table.directory.sweep()
        await table.rest(0)
        assert written_out(table) == 4
