"""Long commands are worked out beside the event loop, and nothing else is different for it."""

import asyncio
from collections.abc import Iterator

import pytest

from actors.runtime.errors import RoomUnavailable
from events.core.features.hexes import HexesRevealed, HideHexes, RevealHexes
from events.core.features.history import RedoAction, UndoAction
from events.core.features.sessions import StartSession
from events.core.features.staging import Publish, SetMode
from events.core.features.terrain import HexChange, UpdateHexes
from events.core.state import Mode
from events.geometry.grid import Hex
from events.journal import JournalUnavailable
from tests.support.actor_table import FaultyJournal, Table, a_table, reveal
from tests.support.given import ANN, BEN, DM

SIDE = 50
WHOLE = tuple(Hex(q, r) for r in range(SIDE) for q in range(SIDE))
PAINT = UpdateHexes(changes=tuple(HexChange(key=at, terrain="hills") for at in WHOLE))
REVEAL = RevealHexes(hex_keys=WHOLE, targets="all")


async def refolded(journal: FaultyJournal, table: Table) -> bool:
    async with a_table(journal, room=table.room.id) as again:
        return again.room.state.visibility == table.room.state.visibility


async def test_long_commands_and_what_is_behind_them_come_in_order() -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        await table.sit(DM, ANN)
        hide = HideHexes(hex_keys=(Hex(0, 0),), targets="all")
        for command in (PAINT, REVEAL, hide, StartSession(), UndoAction(), reveal("0,0")):
            table.post(command, DM)
        await table.settled()
        assert table.outcomes() == ["ok"] * 6
        assert len(table.room.state.visibility) == len(WHOLE)
        versions = [commit.version for commit in await journal.commits()]
        assert versions == sorted(versions)
        seen = [tag for tag in table.told(ANN) if tag.startswith("hex")]
        assert seen == ["hex:revealed", "hex:hidden", "hex:revealed"]


async def test_other_rooms_go_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    began, may_end = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    plain = RevealHexes.carry_out

    def slow(self: RevealHexes, *about: object) -> object:
        if len(self.hex_keys) > 1:
            loop.call_soon_threadsafe(began.set)
            asyncio.run_coroutine_threadsafe(may_end.wait(), loop).result(20)
        return plain(self, *about)  # type: ignore[arg-type]

    monkeypatch.setattr(RevealHexes, "carry_out", slow)
    async with a_table() as table:
        table.post(REVEAL, DM)
        table.post(reveal("90,0"), DM)
        await began.wait()
        assert table.outcomes() == []
        assert table.room.depth == 2
        may_end.set()
        await table.settled()
        assert table.outcomes() == ["ok", "ok"]


async def test_a_long_command_that_fails_hurts_its_sender_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> Iterator[HexesRevealed]:
        raise ZeroDivisionError

    async with a_table(journal := FaultyJournal()) as table:
        with monkeypatch.context() as patched:
            patched.setattr(RevealHexes, "decide", broken)
            table.post(REVEAL, DM)
            table.post(StartSession(), DM)
            await table.settled()
        assert table.outcomes() == ["internal", "ok"]
        await table.ask(REVEAL)
        assert await refolded(journal, table)


async def test_a_long_command_is_refused_and_repeated_like_any_other() -> None:
    async with a_table() as table:
        table.post(REVEAL, ANN, "no")
        await table.ask(REVEAL, id="once")
        again = await table.ask(REVEAL, id="once")
        await table.settled()
        assert again.version == table.room.version
        assert table.outcomes()[0] == "forbidden"


async def test_a_long_command_is_decided_again_where_an_append_failed_meanwhile() -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        journal.gate = asyncio.Event()
        table.post(reveal("90,0"), DM)
        table.post(REVEAL, DM)
        await asyncio.sleep(0)
        journal.before.append(JournalUnavailable("lost"))
        journal.gate.set()
        await table.settled()
        assert table.outcomes()[-1] == "ok"
        assert len(table.room.state.visibility) >= len(WHOLE)
        assert await refolded(journal, table)


async def test_a_room_that_closes_meanwhile_answers_as_unavailable() -> None:
    async with a_table() as table:
        version = table.room.version
        table.post(REVEAL, DM)
        await asyncio.sleep(0)
        table.room.close()
        assert table.outcomes() == [RoomUnavailable.code]
        assert table.room.version == version


async def test_who_comes_while_a_long_command_is_worked_out_sees_it_once() -> None:
    async with a_table() as table:
        await table.sit(DM)
        table.post(REVEAL, DM)
        await asyncio.sleep(0)
        await table.sit(BEN)
        await table.settled()
        assert table.told(BEN).count("hex:revealed") <= 1
        assert len(table.room.state.visibility) == len(WHOLE)


async def test_publishing_undoing_and_redoing_much_are_long_too() -> None:
    async with a_table() as table:
        await table.ask(PAINT)
        await table.ask(SetMode(mode=Mode.STAGED))
        await table.ask(REVEAL)
        state = table.room.state
        for command in (PAINT, REVEAL, Publish()):
            assert command.hex_cost(state) >= len(WHOLE)
        await table.ask(Publish())
        assert UndoAction().hex_cost(table.room.state) >= len(WHOLE)
        await table.ask(UndoAction())
        assert len(table.room.state.visibility) == 0
        assert RedoAction().hex_cost(table.room.state) >= len(WHOLE)
        await table.ask(RedoAction())
        assert len(table.room.state.visibility) == len(WHOLE)
