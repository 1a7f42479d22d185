"""Group commit: one append at a time carries the commits of all rooms.

There is no timer. While one append is under way the commits of all rooms gather, and go with the
next: under load batches grow by themselves, without load nothing waits.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

from actors.runtime.clock import Clock
from actors.runtime.metrics import Meters
from events.journal import Append, Begun, Journal, JournalError, JournalUnavailable, Unrecordable

logger = logging.getLogger(__name__)

APPEND_TIMEOUT_S: Final = 6.0
"""Past it the outcome counts as unknown."""
BATCH_COMMITS: Final = 2_000


class Source(Protocol):
    """A room that has commits to record."""

    def take(self) -> Append | None:
        """Return what is to be appended now, if anything is."""

    def stored(self, version: int) -> None:
        """Learn that everything up to the version is durable."""

    def failed(self, error: Exception) -> None:
        """Learn that the rest of what was taken was not stored, or may have been."""


Batch = Sequence[tuple[Source, Append]]


class Writer:
    """Appends what rooms want recorded. Made, running, closed; what is taken is always answered.

    A batch goes the short way, by callback (`Journal.begin`), if there is one for it; what the
    short way refuses, and all that is not plain, is appended by the task that `run` is.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        meters: Meters,
        timeout_s: float = APPEND_TIMEOUT_S,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._meters = meters
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._wanting: dict[Source, None] = {}
        self._scheduled = False
        """Whether the next batch is about to be taken, or one is under way."""
        self._batch: Batch = ()
        """What is under way."""
        self._begun = 0.0
        self._careful = asyncio.Event()

    def want(self, source: Source) -> None:
        """Append what the source has, as soon as the append under way is done."""
        self._wanting[source] = None
        if not self._scheduled:
            # Not at once: the rooms that are decided in this turn of the loop go together.
            self._scheduled = True
            self._loop.call_soon(self._next)

    async def run(self) -> None:
        """Append what takes more than the short way, until cancelled."""
        while True:
            await self._careful.wait()
            self._careful.clear()
            await self._append(self._batch)
            self._next()

    def _next(self) -> None:
        self._batch = batch = self._take()
        if not batch:
            self._scheduled = bool(self._wanting)
            if self._wanting:
                self._loop.call_soon(self._next)
            return
        self._begun = self._clock.monotonic()
        if not self._journal.begin([append for _, append in batch], self._ended):
            self._careful.set()

    def _ended(self, outcome: Begun) -> None:
        if outcome is False:
            self._careful.set()
            return
        batch = self._batch
        self._meters.append_s.observe(self._clock.monotonic() - self._begun)
        if isinstance(outcome, JournalUnavailable):
            self._unavailable(batch, outcome)
        else:
            self._meters.batch_commits.observe(sum(len(append.commits) for _, append in batch))
            for source, append in batch:
                self._answer(source, append, None)
        self._next()

    def _unavailable(self, batch: Batch, lost: JournalUnavailable) -> None:
        self._meters.append_failures += 1
        logger.warning("journal: append of %d rooms failed: %s", len(batch), lost)
        for source, _ in batch:
            source.failed(lost)

    def _take(self) -> list[tuple[Source, Append]]:
        batch: list[tuple[Source, Append]] = []
        commits = 0
        while self._wanting and commits < BATCH_COMMITS:
            source = next(iter(self._wanting))
            del self._wanting[source]
            append = source.take()
            if append is not None:
                batch.append((source, append))
                commits += len(append.commits)
        return batch

    async def _append(self, batch: Batch) -> None:
        try:
            errors = await self._bounded([append for _, append in batch])
        except JournalUnavailable as lost:
            self._unavailable(batch, lost)
            return
        except Exception:
            # A commit that cannot be written, a fault of ours. Alone, it harms nobody else.
            logger.exception("journal: a batch cannot be appended")
            for source, append in batch:
                await self._append_singly(source, append)
            return
        finally:
            self._meters.append_s.observe(self._clock.monotonic() - self._begun)
        self._meters.batch_commits.observe(sum(len(append.commits) for _, append in batch))
        for (source, append), error in zip(batch, errors, strict=True):
            if isinstance(error, Unrecordable) and len(append.commits) > 1:
                await self._append_singly(source, append)
            else:
                self._answer(source, append, error)

    async def _append_singly(self, source: Source, append: Append) -> None:
        for commit in append.commits:
            alone = replace(append, after=commit.after, commits=(commit,))
            try:
                (error,) = await self._bounded([alone])
            except Exception as fault:
                self._meters.append_failures += 1
                source.failed(fault)
                return
            self._answer(source, alone, error)
            if error is not None:
                return

    def _answer(self, source: Source, append: Append, error: JournalError | None) -> None:
        if error is None:
            self._meters.events += sum(len(commit.events) for commit in append.commits)
            source.stored(append.commits[-1].version)
        else:
            self._meters.append_failures += 1
            source.failed(error)

    async def _bounded(self, appends: Sequence[Append]) -> Sequence[JournalError | None]:
        # Not asyncio.timeout alone: a driver may take its time to be cancelled, and the rooms are
        # to learn in time that the outcome is unknown. A late commit is harmless: the next append
        # names the version it expects.
        task = asyncio.ensure_future(self._journal.append(appends))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._timeout_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done:
            task.cancel()
            task.add_done_callback(_forget)
            raise JournalUnavailable(f"no answer to an append within {self._timeout_s} s")
        return task.result()


def _forget(task: "asyncio.Future[Sequence[JournalError | None]]") -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.warning("journal: a late append failed: %s", task.exception())
