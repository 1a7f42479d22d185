"""Batched: many questions, few queries; each gets its own answer, and none is older than its question."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from web.accounts.batched import Batched


class Source:
    """Answers a number with its square, if it is even, once it is let."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.go = asyncio.Event()
        self.error: Exception | None = None

    async def ask(self, keys: Sequence[int]) -> Mapping[int, int]:
        self.asked.append(list(keys))
        await self.go.wait()
        if self.error is not None:
            raise self.error
        return {key: key * key for key in keys if key % 2 == 0}


@pytest.fixture
async def source() -> Source:
    return Source()


async def begun(*questions: "asyncio.Future[int | None]") -> None:
    """Let the questions get as far as they can."""
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(question.done() for question in questions)


async def test_what_is_asked_while_a_query_is_under_way_goes_with_the_next(source: Source) -> None:
    batched = Batched(source.ask)
    first = asyncio.ensure_future(batched.find(2))
    await begun(first)
    later = [asyncio.ensure_future(batched.find(key)) for key in (4, 5, 2, 4)]
    await begun(*later)
    source.go.set()
    assert await asyncio.gather(first, *later) == [4, 16, None, 4, 16]
    assert source.asked == [[2], [4, 5, 2]], "2 is asked again: the first answer may be too old"


async def test_a_question_after_all_are_answered_is_asked_anew(source: Source) -> None:
    source.go.set()
    batched = Batched(source.ask)
    assert [await batched.find(2), await batched.find(2)] == [4, 4]
    assert source.asked == [[2], [2]]


async def test_what_fails_fails_for_those_who_asked_and_for_nobody_later(source: Source) -> None:
    source.go.set()
    source.error = OSError("away")
    batched = Batched(source.ask)
    outcomes = await asyncio.gather(batched.find(2), batched.find(4), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [OSError, OSError]
    source.error = None
    assert await batched.find(2) == 4


async def test_who_gives_up_takes_the_answer_from_nobody(source: Source) -> None:
    batched = Batched(source.ask)
    first, second = (asyncio.ensure_future(batched.find(2)) for _ in range(2))
    await begun(first, second)
    first.cancel()
    source.go.set()
    assert await second == 4


async def test_a_crowd_is_asked_in_portions(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.accounts.batched.MOST", 3)
    source.go.set()
    batched = Batched(source.ask)
    answers = await asyncio.gather(*(batched.find(key) for key in range(8)))
    assert answers == [0, None, 4, None, 16, None, 36, None]
    assert [len(keys) for keys in source.asked] == [3, 3, 2]
