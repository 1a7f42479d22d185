"""Faults: a database that fails, a feature that raises, a second writer; no answer is a guess."""

import asyncio
import logging
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from actors.delivery.viewer_streams import CloseReason
from actors.room.readable import Phase
from actors.runtime.errors import RoomUnavailable
from events.core.decider import advance
from events.core.features.hexes import HexesRevealed, HexProjection, RevealHexes
from events.core.features.sessions import StartSession
from events.core.state import EMPTY, RoomId, RoomState
from events.journal import (
    Append,
    BrokenRecord,
    CommandId,
    Commit,
    Fenced,
    JournalUnavailable,
    Lease,
    Unrecordable,
)
from tests.support.actor_table import ROOM, FaultyJournal, Listener, a_table, agreed, reveal, until
from tests.support.given import ANN, BEN, DM

LOST = JournalUnavailable("the connection was lost")


async def test_a_commit_whose_answer_was_lost_is_looked_up_and_acknowledged() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(ANN)
        journal.after = [LOST]
        commit = await table.ask(reveal("0,0"), id="one")
        assert commit.version == (await journal.commits())[-1].version
        assert table.told(ANN) == ["hex:revealed"]
        assert table.room.state == await refolded(journal)


async def test_a_commit_that_was_not_stored_is_answered_as_unavailable() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(ANN)
        journal.before = [LOST]
        table.post(reveal("0,0"), DM, "one")
        await until(lambda: bool(table.answers))
        assert table.outcomes() == ["unavailable"]
        assert table.told(ANN) == []
        await table.ask(reveal("0,0"), id="one")
        assert table.told(ANN) == ["hex:revealed"]


async def test_what_was_lost_without_an_id_is_told_once_and_answered_as_unavailable() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN)
        journal.after = [LOST]
        table.post(reveal("0,0"))
        await until(lambda: bool(table.answers))
        await table.settled()
        assert table.outcomes() == ["unavailable"]
        assert table.told(ANN) == ["hex:revealed"]


async def test_while_the_database_is_away_commands_are_unavailable_and_nothing_is_told() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN)
        journal.before, journal.unreadable = [LOST], LOST
        for number in range(3):
            table.post(reveal(f"{number},0"), DM, str(number))
        await until(lambda: len(table.answers) == 3)
        assert table.room.phase is Phase.AWAY
        table.post(reveal("9,0"), DM, "9")
        assert table.outcomes() == ["unavailable"] * 4
        assert table.told(ANN) == table.told(DM) == []


async def test_a_room_goes_on_by_itself_when_the_database_is_back() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN)
        journal.before, journal.unreadable = [LOST], LOST
        table.post(reveal("0,0"), DM, "one")
        await until(lambda: table.room.phase is Phase.AWAY)
        journal.unreadable = None
        await until(lambda: table.room.phase is Phase.SERVING)
        await table.ask(reveal("0,0"), id="one")
        assert table.told(ANN) == ["hex:revealed"]
        assert [message["seq"] for message in table.listeners["ann"].messages] == [1]


class SlowlyRead(FaultyJournal):
    """A journal that has been read when it says so, and lets the reader go on when it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.read_on = asyncio.Event()
        self.read_on.set()
        self.is_read = False
        self.fails: Exception | None = None

    async def for_each_page(self, *args: Any) -> None:
        await super().for_each_page(*args)
        self.is_read = True
        await self.read_on.wait()
        if self.fails is not None:
            raise self.fails


async def test_who_comes_while_the_record_is_read_misses_nothing_of_it() -> None:
    async with a_table(journal := SlowlyRead()) as table:
        journal.after, journal.is_read = [LOST], False
        journal.read_on.clear()
        table.post(reveal("0,0"), DM, "one")
        await until(lambda: journal.is_read)
        came = table.listen(ANN)
        assert came.messages[0]["revealedHexes"] == []
        journal.read_on.set()
        await table.settled()
        assert came.types == ["session:state", "connected", "session:state"]
        assert came.messages[-1]["revealedHexes"] == ["0,0"]


@pytest.mark.parametrize("fails", [None, LOST, BrokenRecord(ROOM, 3, "hash"), OSError("gone")])
async def test_a_room_that_is_closed_while_its_record_is_read_stays_closed(
    fails: Exception | None,
) -> None:
    """Its node found that the room is another's by now: it must not serve what it just read."""
    async with a_table(journal := SlowlyRead()) as table:
        journal.before, journal.is_read = [LOST], False
        journal.read_on.clear()
        table.post(reveal("0,0"), DM, "one")
        await until(lambda: journal.is_read)
        table.room.close(CloseReason.RESTART)
        journal.fails = fails
        journal.read_on.set()
        await until(lambda: not any("recover" in task.get_name() for task in asyncio.all_tasks()))
        assert table.room.phase is Phase.CLOSED
        assert table.outcomes() == ["unavailable"]
        journal.fails = None
        assert await table.directory.open(ROOM) is not table.room


async def test_an_append_without_an_answer_counts_as_unknown() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        writer = table.directory.services.writer
        patience, writer._timeout_s = writer._timeout_s, 0.01
        journal.gate = asyncio.Event()
        table.post(reveal("0,0"), DM, "one")
        await until(lambda: bool(table.answers))
        assert table.outcomes() == ["unavailable"]
        writer._timeout_s = patience
        journal.gate.set()
        await table.ask(reveal("0,0"), id="one")
        assert [commit.id for commit in await journal.commits()].count(CommandId("one")) == 1


async def test_after_a_lost_lease_the_room_stops_and_everyone_is_sent_away() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(ANN)
        journal.fence(ROOM, Lease(ROOM, 5).epoch)  # type: ignore[arg-type]
        table.post(reveal("0,0"), DM, "one")
        await until(lambda: bool(table.answers))
        assert table.outcomes() == ["unavailable"]
        assert table.room.phase is Phase.CLOSED
        assert table.listeners["ann"].closed is not None
        assert isinstance(await _error(journal), Fenced)


async def test_an_old_repeat_hidden_from_memory_is_found_by_the_record() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        first = await table.ask(StartSession(), id="one")
        table.room._repeats.receipts.forget(first)
        table.room._repeats.receipts.complete = False
        again = await table.ask(StartSession(), id="one")
        assert again.version == first.version
        assert journal.looked_up == ["one"]


async def test_answers_stay_in_order_while_an_old_repeat_is_looked_up() -> None:
    async with a_table() as table:
        await table.ask(StartSession(), id="one")
        table.room._repeats.receipts.complete = False
        table.post(StartSession(), DM, "new")
        table.post(reveal("0,0"), DM, "next")
        await table.settled()
        assert [id_ for id_, _ in table.answers] == ["new", "next"]
        assert table.outcomes() == ["invalid_state", "ok"]


async def test_a_repeat_found_by_the_database_alone_is_answered_and_the_rest_goes_on() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        first = await table.ask(reveal("0,0"), id="one")
        table.room._repeats.receipts.forget(first)
        table.room._repeats.receipts.complete = False
        table.post(reveal("0,0", "1,0"), DM, "two")
        table.post(StartSession(), DM, "one")
        table.post(reveal("2,0"), DM, "three")
        await table.settled()
        assert table.outcomes() == ["ok", "invalid_message", "ok"]
        assert table.room.state == await refolded(journal)


async def test_a_poisonous_decide_hurts_its_sender_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Iterator[HexesRevealed]:
        raise ZeroDivisionError

    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN)
        with monkeypatch.context() as patched:
            patched.setattr(RevealHexes, "decide", broken)
            table.post(StartSession(), DM, "before")
            table.post(reveal("0,0"), DM, "poison")
            table.post(StartSession(), DM, "after")
            await table.settled()
        assert table.outcomes() == ["ok", "internal", "invalid_state"]
        assert table.told(ANN) == ["session:statusChanged"]
        await table.ask(reveal("0,0"), id="poison")
        assert table.room.state == await refolded(journal)
        logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert len(logged) == 1
        assert logged[0].exc_info is not None


@pytest.mark.parametrize(
    ("where", "name"),
    [(HexesRevealed, "evolve"), (HexProjection, "shown"), (HexProjection, "diff_encoded")],
)
async def test_what_cannot_be_folded_or_worded_is_not_recorded(
    where: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise KeyError("deep inside")

    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN)
        before = await journal.commits()
        with monkeypatch.context() as patched:
            patched.setattr(where, name, broken)
            table.post(reveal("0,0"), DM, "poison")
            table.post(StartSession(), DM, "fine")
            await table.settled()
        assert table.outcomes() == ["internal", "ok"]
        assert len(await journal.commits()) == len(before) + 1
        assert table.told(ANN) == ["session:statusChanged"]
        assert "deep inside" not in str(table.answers[0][1])


class PickyJournal(FaultyJournal):
    """Cannot write the commits of one id, as if the codec failed."""

    fault: Exception = TypeError("cannot be written")

    async def append(self, batch):  # type: ignore[no-untyped-def]
        for append in batch:
            if any(commit.id == "poison" for commit in append.commits):
                if isinstance(self.fault, Unrecordable):
                    return [self.fault if append is each else None for each in batch]
                raise self.fault
        return await super().append(batch)


@pytest.mark.parametrize("fault", [TypeError("cannot be written"), Unrecordable(ROOM, "nan")])
async def test_a_commit_that_cannot_be_written_hurts_its_sender_only(fault: Exception) -> None:
    journal = PickyJournal()
    journal.fault = fault
    async with a_table(journal) as table:
        await table.sit(DM, ANN)
        for id_, key in (("one", "0,0"), ("poison", "1,0"), ("two", "2,0")):
            table.post(reveal(key), DM, id_)
        await table.settled()
        assert table.outcomes() == ["ok", "internal", "ok"]
        assert table.room.state == await refolded(journal)
        assert table.told(ANN) == ["hex:revealed", "hex:revealed"]


async def test_a_poisonous_room_does_not_hurt_another() -> None:
    journal = PickyJournal()
    async with a_table(journal) as table, a_table(journal, room=RoomId(UUID(int=2))) as other:
        table.post(reveal("1,0"), DM, "poison")
        other.post(reveal("1,0"), DM, "fine")
        await table.settled()
        await other.settled()
        assert other.outcomes() == ["ok"]


async def test_a_record_that_cannot_be_read_quarantines_its_room_alone() -> None:
    journal = FaultyJournal()
    async with a_table(journal) as table:
        journal.unreadable = BrokenRecord(RoomId(UUID(int=7)), 3, "hash")
        with pytest.raises(Exception, match="closed for repair"):
            await table.directory.open(RoomId(UUID(int=7)))
        assert list(table.directory.quarantined()) == [RoomId(UUID(int=7))]
        await table.ask(reveal("0,0"))
        journal.unreadable = None
        table.clock.forward(31)
        await table.directory.open(RoomId(UUID(int=7)))
        assert not table.directory.quarantined()


async def test_nobody_is_left_at_a_room_that_closes_as_they_come() -> None:
    async with a_table(journal := FaultyJournal()) as table:
        journal.gate = asyncio.Event()
        coming = asyncio.create_task(table.room.follow(Listener(), ANN.user, ANN.user))
        await until(lambda: table.room.depth == 1)
        table.room.after_all(lambda: table.room.close(CloseReason.RESTART))
        journal.gate.set()
        with pytest.raises(RoomUnavailable):
            await coming


@pytest.mark.parametrize("line_lost", [False, True])
async def test_a_record_that_lost_its_end_is_noticed_and_then_served_as_it_is(
    *, line_lost: bool
) -> None:
    """The database failed over to a copy that lacked what had been acknowledged."""
    async with a_table(journal := FaultyJournal()) as table:
        await table.sit(DM, ANN)
        for number, id_ in enumerate(("kept", "lost")):
            await table.ask(reveal(f"{number},0"), id=id_)
        journal.lose_end()
        journal.before = [LOST] if line_lost else []
        table.post(reveal("2,0"), DM, "next")
        await until(lambda: bool(table.directory.quarantined()))
        assert table.outcomes() == ["unavailable"]
        assert "it lost its end" in table.directory.quarantined()[ROOM]
        assert table.listeners["ann"].closed, "she looks at what is not recorded"
        table.clock.forward(31)
        table.room = await table.directory.open(ROOM)
        assert table.room.state == await refolded(journal)
        for number, id_ in enumerate(("kept", "lost", "next")):
            await table.ask(reveal(f"{number},0"), id=id_)
        assert [commit.id for commit in await journal.commits()][-3:] == ["kept", "lost", "next"]


async def test_a_fold_that_raises_quarantines_after_a_few_tries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("actors.runtime.supervisor.FIRST_DELAY_S", 0.0)
    journal = FaultyJournal()
    async with a_table(journal) as table:
        await table.ask(reveal("0,0"))

    def broken(*_: object) -> RoomState:
        raise AttributeError("a bug")

    async with a_table(journal, room=RoomId(UUID(int=2))) as table:
        with monkeypatch.context() as patched:
            patched.setattr(HexesRevealed, "evolve", broken)
            with pytest.raises(Exception, match="closed for repair"):
                await table.directory.open(ROOM)
        assert "AttributeError" in table.directory.quarantined()[ROOM]


@pytest.mark.parametrize("seed", range(20))
async def test_two_writers_of_one_record_never_disagree(seed: int) -> None:
    """Fifty commands each way, a thousand interleavings over all seeds."""
    journal, chance = YieldingJournal(random.Random(seed)), random.Random(seed)
    async with a_table(journal) as one, a_table(journal) as two:
        await one.sit(ANN)
        await two.sit(BEN)
        for number in range(50):
            table = chance.choice((one, two))
            table.post(reveal(f"{number % 25},{number % 2}"), DM, f"id-{number % 40}")
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
        await agreed(one, two)
        commits = await journal.commits()
        assert [c.after for c in commits[1:]] == [c.version for c in commits[:-1]]
        ids = [c.id for c in commits if c.id is not None]
        assert len(ids) == len(set(ids))
        answered = [(id_, o) for id_, o in one.answers + two.answers if id_ is not None]
        assert len(answered) == 50
        recorded = {commit.id: commit.version for commit in commits}
        for id_, outcome in answered:
            if isinstance(outcome, Commit) and id_ in recorded:
                assert outcome.version == recorded[CommandId(id_)]
        assert two.room.state == await refolded(journal)
        for table, member in ((one, ANN), (two, BEN)):
            seen = [m["seq"] for m in table.listeners[member.user].messages]
            assert seen == list(range(seen[0], seen[0] + len(seen)))


class YieldingJournal(FaultyJournal):
    """Lets others go first, at random, before it stores."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    async def append(self, batch):  # type: ignore[no-untyped-def]
        for _ in range(self._chance.randrange(6)):
            await asyncio.sleep(0)
        return await super().append(batch)


async def refolded(journal: FaultyJournal) -> RoomState:
    state = EMPTY
    for commit in await journal.commits():
        state = advance(state, commit)
    return state


async def _error(journal: FaultyJournal) -> object:
    commits = tuple(await journal.commits())[:1]
    return (await journal.append([Append(Lease(ROOM), 0, commits)]))[0]
