"""What rooms hold in memory is bounded: idle ones leave first, then new commands are refused."""

from uuid import UUID

import pytest

from actors.runtime.errors import RoomBusy
from events.core.features.notes import NoteWanted, SetNote
from events.core.features.staging import SetMode
from events.core.features.terrain import HexChange, UpdateHexes
from events.core.state import Mode, RoomId
from events.errors import Rejected
from events.geometry.grid import Hex
from tests.support.actor_table import Listener, Table, a_table, reveal
from tests.support.given import ANN, DM

OTHER = RoomId(UUID(int=2))


def hold(table: Table, most: int) -> None:
    """Let the rooms hold that many bytes at most, and see whether they do."""
    table.directory.services.budget.limit = most
    table.directory.sweep()


async def test_idle_rooms_leave_memory_first_the_longest_idle_before_others() -> None:
    async with a_table() as table:
        other = await table.directory.open(OTHER)
        table.clock.forward(1)
        await table.ask(reveal("0,0"))
        hold(table, table.room.held_bytes() + 1)
        assert table.directory.find(OTHER) is None
        assert table.directory.find(table.room.id) is table.room
        assert not table.directory.services.budget.exceeded
        assert other is not await table.directory.open(OTHER), "it is read again when it is needed"


async def test_while_none_is_idle_new_commands_are_busy_and_who_leaves_may() -> None:
    async with a_table() as table:
        seat = await table.room.follow(Listener(), DM.user, DM.user)
        hold(table, 1)
        assert table.directory.services.budget.exceeded
        table.post(reveal("0,0"))
        assert table.outcomes() == ["busy"]
        with pytest.raises(RoomBusy):
            await table.directory.open(OTHER)
        seat.leave()
        await table.room.idle()
        table.directory.sweep()
        assert not table.directory.services.budget.exceeded
        assert len(table.directory) == 0


async def test_a_budget_that_is_kept_again_takes_commands_again() -> None:
    async with a_table() as table:
        await table.sit(DM, ANN)
        hold(table, 1)
        hold(table, 10**9)
        table.post(reveal("0,0"))
        await table.settled()
        assert table.outcomes() == ["ok"]


async def test_streams_and_receipts_and_the_map_count() -> None:
    async with a_table() as table:
        empty = table.room.held_bytes()
        await table.ask(reveal("0,0", "1,0"))
        mapped = table.room.held_bytes()
        await table.sit(DM)
        for number in range(20):
            await table.ask(reveal(f"{number},5"), id=f"c{number}")
        assert empty < mapped < table.room.held_bytes()


async def test_staged_changes_and_long_texts_count_by_what_they_take() -> None:
    """One change may be a word or 50 000 hexes, and a note a word or 40 000 characters."""
    wide = UpdateHexes(
        changes=tuple(HexChange(key=Hex(q, 0), terrain="sand") for q in range(2_000))
    )
    text = "So it was told. " * 1_000
    long = NoteWanted(id="n", kind="lore", title="Tale", dm_text=text)
    async with a_table() as table:
        await table.sit(DM)
        empty = table.room.held_bytes()
        await table.ask(SetNote(hex_key=Hex(0, 0), note=long))
        told = table.room.held_bytes()
        assert told - empty > len(text)
        await table.ask(SetMode(mode=Mode.STAGED))
        await table.ask(wide)
        waiting = table.room.held_bytes() - told
        assert waiting > 2_000 * 500
        hold(table, told)
        assert table.directory.services.budget.exceeded
        hold(table, 10**9)
        await table.ask(SetMode(mode=Mode.IMMEDIATE))
        # What was discarded can be undone, and takes a bounded part of that.
        assert table.room.held_bytes() - told < waiting / 2


async def test_a_room_over_the_budget_still_answers_those_who_follow_it() -> None:
    async with a_table() as table:
        await table.sit(DM)
        hold(table, 1)
        assert (await table.room.whole()).name == "Night"
        with pytest.raises(RoomBusy):
            await table.ask(reveal("0,0"))


def test_busy_is_no_refusal_so_it_is_sent_again() -> None:
    assert not issubclass(RoomBusy, Rejected)
