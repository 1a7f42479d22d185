"""The room: decides in order, answers and tells what is durable, remembers what it answered."""

import asyncio

import pytest

from actors.runtime.errors import NotAMember, RoomBusy
from events import project
from events.core.decider import advance
from events.core.features.members import RemoveMember, SetMember
from events.core.features.pointers import PointAt
from events.core.features.sessions import PauseSession, StartSession
from events.core.features.staging import Publish, SetMode, UndoStaged
from events.core.state import EMPTY, Member, Mode, Role, UserId
from events.errors import DmOnly
from events.geometry.grid import Hex
from events.journal import Commit
from tests.support.actor_table import ROOM, FaultyJournal, a_table, reveal, until
from tests.support.given import ANN, BEN, DM, SAM


async def test_a_command_is_answered_with_what_was_recorded() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        commit = await table.ask(reveal("0,0"), id="one")
        assert (await journal.commits())[-1] == commit._replace(by=Member(DM.user, DM.role))
        assert commit.id == "one"


async def test_nothing_is_answered_or_told_before_it_is_durable() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN)
        journal.gate = asyncio.Event()
        table.post(reveal("0,0"))
        await until(lambda: len(journal.appends[-1][0].commits) == 1 and bool(table.room.depth))
        assert table.answers == []
        assert table.told(ANN) == []
        assert not project(table.room.state, ANN)["hexes"]
        journal.gate.set()
        await table.settled()
        assert table.told(ANN) == ["hex:revealed"]
        assert table.outcomes() == ["ok"]


async def test_commands_are_answered_in_the_order_in_which_they_came() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        journal.gate = asyncio.Event()
        table.post(reveal("0,0"), DM, "a")
        table.post(reveal("0,0"), ANN, "b")
        table.post(reveal("0,0"), DM, "c")
        table.post(StartSession(), DM, "d")
        table.room.after_all(lambda: table.answers.append(("pong", DmOnly(""))))
        table.post(PauseSession(), DM, "e")
        journal.gate.set()
        await table.settled()
        assert [id_ for id_, _ in table.answers] == ["a", "b", "c", "d", "pong", "e"]
        assert table.outcomes() == ["ok", "forbidden", "ok", "ok", "forbidden", "ok"]


async def test_a_refused_command_leaves_no_event_and_no_message() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN, BEN)
        before = await journal.commits()
        with pytest.raises(DmOnly):
            await table.ask(reveal("0,0"), ANN)
        assert await journal.commits() == before
        assert table.told(ANN) == table.told(DM) == table.told(BEN) == []


async def test_a_command_that_changes_nothing_is_answered_and_leaves_nothing() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.ask(reveal("0,0"))
        await table.sit(DM, ANN)
        before = await journal.commits()
        again = await table.ask(reveal("0,0"), id="again")
        assert again.events == ()
        assert await journal.commits() == before
        assert table.told(ANN) == table.told(DM) == []


async def test_the_live_state_is_the_fold_of_the_record() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN)
        await table.ask(SetMode(mode=Mode.STAGED))
        await table.ask(reveal("0,0", "1,0"))
        await table.ask(reveal("2,0", targets={"playerIds": ["ann"]}))
        await table.ask(UndoStaged(index=0))
        await table.ask(Publish())
        state = EMPTY
        for commit in await journal.commits():
            state = advance(state, commit)
        assert table.room.state == state


async def test_a_repeated_id_gets_the_first_answer_and_changes_nothing() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        first = await table.ask(reveal("0,0"), id="one")
        await table.ask(StartSession(), id="two")
        again = await table.ask(reveal("0,0"), id="one")
        assert again.version == first.version
        assert [commit.id for commit in await journal.commits()].count(first.id) == 1


async def test_a_repeat_that_overtakes_the_first_append_waits_for_it() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        journal.gate = asyncio.Event()
        table.post(StartSession(), DM, "one")
        await asyncio.sleep(0)
        table.post(StartSession(), DM, "one")
        journal.gate.set()
        await table.settled()
        assert table.outcomes() == ["ok", "ok"]


async def test_an_id_with_another_body_is_refused() -> None:
    async with a_table() as table:
        await table.ask(reveal("0,0"), id="one")
        table.post(reveal("0,1"), DM, "one")
        await table.settled()
        assert table.outcomes() == ["invalid_message"]


async def test_ids_are_each_users_own() -> None:
    async with a_table() as table:
        await table.ask(reveal("0,0"), id="one")
        table.post(reveal("0,0"), ANN, "one")
        await table.settled()
        assert table.outcomes() == ["forbidden"]


async def test_a_command_that_changed_nothing_is_remembered_too() -> None:
    async with a_table() as table:
        await table.ask(reveal("0,0"))
        await table.ask(reveal("0,0"), id="nothing")
        await table.ask(reveal("5,5"))
        table.post(reveal("5,5"), DM, "nothing")
        await table.settled()
        assert table.outcomes() == ["invalid_message"]


async def test_after_a_restart_a_repeat_is_answered_from_the_record() -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        first = await table.ask(StartSession(), id="one")
    async with a_table(journal) as table:
        again = await table.ask(StartSession(), id="one")
        assert again.version == first.version
        table.post(PauseSession(), DM, "one")
        await table.settled()
        assert table.outcomes() == ["invalid_message"]


async def test_a_former_member_is_refused_with_the_next_command() -> None:
    async with a_table() as table:
        await table.ask(RemoveMember(user=ANN.user))
        with pytest.raises(NotAMember):
            await table.ask(StartSession(), ANN)


async def test_the_role_is_the_rooms_not_the_requests() -> None:
    async with a_table() as table:
        await table.ask(SetMember(user=ANN.user, name="Ann", role=Role.DM))
        await table.ask(SetMember(user=DM.user, name="Dora", role=Role.PLAYER))
        recorded = await table.ask(reveal("0,0"), ANN)
        assert recorded.by == Member(UserId("ann"), Role.DM, "Ann")
        with pytest.raises(DmOnly):
            await table.ask(reveal("0,1"), DM)


async def test_a_full_mailbox_says_busy_at_once() -> None:
    async with a_table(journal := FaultyJournal(), mailbox_commands=4) as table:
        journal.gate = asyncio.Event()
        for number in range(6):
            table.post(reveal(f"{number},0"), DM, str(number))
        assert [id_ for id_, _ in table.answers] == ["4", "5"]
        assert all(isinstance(outcome, RoomBusy) for _, outcome in table.answers)
        journal.gate.set()
        await table.settled()
        assert table.outcomes() == ["busy", "busy", "ok", "ok", "ok", "ok"]


async def test_one_append_carries_what_gathered_while_the_last_was_under_way() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        journal.appends.clear()
        journal.gate = asyncio.Event()
        table.post(reveal("0,0"))
        await until(lambda: len(journal.appends) == 1)
        for number in range(1, 9):
            table.post(reveal(f"{number},0"))
        journal.gate.set()
        await table.settled()
        assert [len(batch[0].commits) for batch in journal.appends] == [1, 8]


async def test_a_room_leaves_memory_when_idle_and_comes_back_the_same() -> None:
    async with a_table(idle_s=60) as table:
        await table.ask(reveal("0,0"))
        before = table.room.state
        table.directory.sweep()
        assert table.directory.find(ROOM) is table.room
        table.clock.forward(61)
        table.directory.sweep()
        assert table.directory.find(ROOM) is None
        back = await table.directory.open(ROOM)
        assert back is not table.room
        assert back.state == before


async def test_a_room_with_a_connection_stays_in_memory() -> None:
    async with a_table(idle_s=60) as table:
        await table.sit(SAM)
        table.clock.forward(61)
        table.directory.sweep()
        assert table.directory.find(ROOM) is table.room


async def test_closing_answers_what_was_accepted_and_takes_nothing_new() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        journal.gate = asyncio.Event()
        table.post(reveal("0,0"), DM, "accepted")
        closing = asyncio.ensure_future(table.directory.close(5))
        await asyncio.sleep(0)
        table.post(reveal("0,1"), DM, "late")
        journal.gate.set()
        await closing
        accepted = dict(table.answers)["accepted"]
        assert isinstance(accepted, Commit)
        assert accepted.events == (await journal.commits())[-1].events
        assert isinstance(dict(table.answers)["late"], Exception)
        assert not isinstance(dict(table.answers)["late"], Commit)


async def test_closing_does_not_wait_for_a_database_that_is_away() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        journal.gate = asyncio.Event()
        table.post(reveal("0,0"), DM, "lost")
        await table.directory.close(0.01)
        assert table.outcomes() == ["unavailable"]


async def test_pointing_reaches_those_who_see_the_hex_and_leaves_nothing() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.ask(reveal("0,0"))
        await table.sit(DM, ANN)
        before = await journal.commits()
        await table.ask(PointAt(hex_key=Hex(0, 0)), DM)
        await table.ask(PointAt(hex_key=Hex(1, 0)), DM)
        assert table.told(ANN) == ["hex:pointed"]
        assert table.told(DM) == ["hex:pointed", "hex:pointed"]
        assert await journal.commits() == before
        await table.ask(reveal("1,0"))
        assert table.room.streams.seq(ANN.user) == 1
