"""Long work over the record takes turns."""

import asyncio

import pytest

from events.core.state import UserId
from web.http.api import TooOften
from web.http.fair_queue import FairQueue

ANN, BEN = UserId("ann"), UserId("ben")


async def test_two_go_on_at_once_and_the_next_when_one_is_done() -> None:
    turns, done, going = FairQueue(2), [asyncio.Event() for _ in range(3)], list[int]()

    async def work(number: int) -> None:
        async with turns.of(ANN):
            going.append(number)
            await done[number].wait()

    tasks = [asyncio.create_task(work(number)) for number in range(3)]
    await asyncio.sleep(0)
    assert going == [0, 1]
    done[1].set()
    await tasks[1]
    await asyncio.sleep(0)
    assert going == [0, 1, 2]
    for event in done:
        event.set()
    await asyncio.gather(*tasks)


async def test_who_asks_for_too_much_is_refused_and_nobody_else() -> None:
    turns = FairQueue(1, most_waiting=2)
    async with turns.of(ANN):
        waiting = asyncio.create_task(turns.of(ANN).__aenter__())
        await asyncio.sleep(0)
        with pytest.raises(TooOften):
            await turns.of(ANN).__aenter__()
        of_ben = asyncio.create_task(turns.of(BEN).__aenter__())
        await asyncio.sleep(0)
        assert not of_ben.done()
    await waiting
    of_ben.cancel()


async def test_a_turn_is_given_back_whatever_happens() -> None:
    turns = FairQueue(1, most_waiting=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with turns.of(ANN):
                raise ZeroDivisionError
    async with turns.of(ANN):
        pass
