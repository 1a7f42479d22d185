"""Of a crowd a few pass in each turn of the loop; nobody is forgotten, and nobody waits for those who left."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.room.subscription import Subscription
from actors.runtime.errors import RoomUnavailable
from actors.runtime.turnstile import FEW, Turnstile
from events.core.state import Member, Role, UserId
from events.journal.memory import MemoryJournal
from tests.support.actor_table import Listener, Table, a_table, until
from tests.support.given import DM

CROWD = [Member(UserId(f"crowd-{number}"), Role.PLAYER, "C") for number in range(8 * FEW)]


class Turns:
    """Counts the loop's turns."""

    def __init__(self) -> None:
        self.now = 0
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.call_soon(self._count)

    def _count(self) -> None:
        self.now += 1
        self._next = self._loop.call_soon(self._count)

    def stop(self) -> None:
        self._next.cancel()


@given(few=st.integers(1, 5), crowd=st.integers(0, 30), leaving=st.sets(st.integers(0, 29)))
def test_a_crowd_passes_in_order_a_few_in_each_turn(
    few: int, crowd: int, leaving: set[int]
) -> None:
    async def come() -> list[tuple[int, int]]:
        turnstile, turns = Turnstile(few), Turns()
        passed: list[tuple[int, int]] = []

        async def one(number: int) -> None:
            await turnstile.enter()
            passed.append((number, turns.now))

        people = [asyncio.create_task(one(number)) for number in range(crowd)]
        await asyncio.sleep(0)
        at_once = {number for number, _ in passed}
        for number in leaving - at_once:
            if number < crowd:
                people[number].cancel()
        await asyncio.gather(*people, return_exceptions=True)
        turns.stop()
        assert at_once == set(range(min(few, crowd)))
        return passed

    passed = asyncio.run(come())
    order = [number for number, _ in passed]
    assert order == sorted(order)
    assert set(range(crowd)) - leaving <= set(order)
    assert all(count <= few for count in Counter(turn for _, turn in passed).values())


async def test_who_comes_alone_does_not_wait() -> None:
    turnstile, turns = Turnstile(1), Turns()
    before = turns.now
    await turnstile.enter()
    assert turns.now == before
    for _ in range(3):
        await asyncio.sleep(0)
    now = turns.now
    await turnstile.enter()
    assert turns.now == now
    turns.stop()


@dataclass(eq=False)
class Greeted(Listener):
    """A connection that remembers in which turn it was sent the state."""

    turns: Turns | None = None
    at: int = -1

    def push(self, messages: Sequence[bytes]) -> None:
        assert self.turns is not None
        if self.at < 0:
            self.at = self.turns.now
        super().push(messages)


async def test_a_crowd_that_was_recorded_together_is_sent_the_state_a_few_a_turn() -> None:
    async with a_table(MemoryJournal(), DM, *CROWD) as table:
        turns = Turns()
        people = [Greeted(turns=turns) for _ in CROWD]
        coming = zip(people, CROWD, strict=True)
        await asyncio.gather(*(table.room.follow(one, m.user, m.user) for one, m in coming))
        turns.stop()
        assert all(one.types[0] == "session:state" for one in people)
        assert max(Counter(one.at for one in people).values()) <= FEW


async def test_who_waits_while_the_room_closes_is_told_and_not_counted() -> None:
    async with a_table(MemoryJournal(), DM, *CROWD) as table:
        people, coming = _coming(table)
        await until(lambda: any(one.raw for one in people))
        table.room.close()
        outcomes = await asyncio.gather(*coming, return_exceptions=True)
        late = [m for m, outcome in zip(CROWD, outcomes, strict=True) if _is_refused(outcome)]
        assert len(late) >= len(CROWD) - 2 * FEW
        assert all(table.room.presence.connections(member.user) == 0 for member in late)


async def test_who_gives_up_while_waiting_is_not_counted() -> None:
    async with a_table(MemoryJournal(), DM, *CROWD) as table:
        people, coming = _coming(table)
        await until(lambda: any(one.raw for one in people))
        coming[-1].cancel()
        with pytest.raises(asyncio.CancelledError):
            await coming[-1]
        await asyncio.gather(*coming[:-1])
        assert table.room.presence.connections(CROWD[-1].user) == 0
        # Of a crowd those who leave are gathered for a moment before it is recorded.
        await until(lambda: CROWD[-1].user not in table.room.state.online)
        assert people[-1].raw == []


def _coming(table: Table) -> tuple[list[Listener], list[asyncio.Task[Subscription]]]:
    """Have the crowd come; return their connections, and the tasks that let them in."""
    people = [Listener() for _ in CROWD]
    return people, [
        asyncio.create_task(table.room.follow(one, member.user, member.user))
        for one, member in zip(people, CROWD, strict=True)
    ]


def _is_refused(outcome: object) -> bool:
    return isinstance(outcome, RoomUnavailable)
