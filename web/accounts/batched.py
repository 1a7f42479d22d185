"""Batched: single questions to the database, asked many at a time when many come at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST: Final = 500
"""Questions in one query."""


class Batched(Generic[K, V]):
    """Answers questions by key, in one query at a time.

    What is asked while a query is under way goes with the next: a crowd that comes at once takes
    one connection and a few queries, and one that comes alone waits for nobody. Nothing is kept:
    an answer is never older than its question.
    """

    def __init__(self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        """Take what answers many questions; keys without an answer are left out of it."""
        self._ask = ask
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def find(self, key: K) -> V | None:
        """Return the answer, None if there is none; raise what asking raises."""
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
            if self._asking is None:
                self._asking = asyncio.create_task(self._run())
        # Others may wait for the same answer.
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[:MOST]
                answers = {key: self._waiting.pop(key) for key in keys}
                try:
                    values = await self._ask(keys)
                except Exception as error:
                    # Whatever it is, it is the answer to all who asked.
                    for answer in answers.values():
                        answer.set_exception(error)
                        answer.exception()  # Whoever asked may be gone.
                else:
                    for key, answer in answers.items():
                        answer.set_result(values.get(key))
        finally:
            self._asking = None
