"""Idempotency: a request that was answered before gets the same answer, however long ago that was."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from actors.room.mailbox import Outcome
from actors.room.services import Services
from actors.runtime.errors import ReusedId, RoomUnavailable
from events.core.state import UserId
from events.journal import (
    UNCHANGED_KEPT,
    CommandId,
    Commit,
    JournalError,
    Lease,
    Request,
    Unchanged,
)

REMEMBERED: Final = 10_000
RECEIPT_BYTES: Final = 400
"""About what a receipt takes, its key included."""


class Receipt(NamedTuple):
    """That a command id was answered: which command it was, and the version then."""

    digest: bytes
    version: int


class RecentReceipts:
    """The last ids, in two generations, so that forgetting costs nothing per id."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._young: dict[tuple[UserId, CommandId], Receipt] = {}
        self._old: dict[tuple[UserId, CommandId], Receipt] = {}
        self.complete = True
        """Whether every id of the room's whole record is here."""

    @property
    def held_bytes(self) -> int:
        """About how many bytes of memory they take."""
        return (len(self._young) + len(self._old)) * RECEIPT_BYTES

    def keep(self, user: UserId, id: CommandId, receipt: Receipt) -> None:
        """Remember an answer; between one and two times `most` are remembered."""
        self._young[user, id] = receipt
        if len(self._young) > self._most:
            self.complete = self.complete and not self._old
            self._old, self._young = self._young, {}

    def keep_commit(self, commit: Commit) -> None:
        if commit.id is not None:
            self.keep(commit.by.user, commit.id, Receipt(commit.digest, commit.version))

    def find(self, request: Request) -> Receipt | None:
        """Return the receipt under the request's id, whatever the command was."""
        assert request.id is not None, "only requests with an id are remembered"
        key = (request.by.user, request.id)
        return self._young.get(key) or self._old.get(key)

    def forget(self, commit: Commit) -> None:
        """Forget a commit that was not recorded, or may not have been."""
        if commit.id is not None:
            self._young.pop((commit.by.user, commit.id), None)
            self._old.pop((commit.by.user, commit.id), None)


class Open(NamedTuple):
    """A request whose answer waits for the journal."""

    request: Request
    outcome: Outcome | None
    """What it came to; None for a repeat of one that is open."""
    answer: Callable[[Outcome], None]


class Idempotency:
    """Knows the last command ids of a room by heart, and older ones from its journal.

    An id that is not known may still be recorded. The database refuses to record it again, so only
    a request that came to nothing has to be looked up before it is answered. If it came to nothing
    for the first time, that is kept in the journal, since no event will hold its id.
    """

    def __init__(self, lease: Lease, services: Services) -> None:
        self.receipts = RecentReceipts()
        self._lease = lease
        self._services = services
        self._unchanged: dict[tuple[UserId, CommandId], Receipt] = {}
        self._open: list[Open] = []
        self._doubted: list[Request] = []

    @property
    def held_bytes(self) -> int:
        """About how many bytes of memory the ids take."""
        return self.receipts.held_bytes + len(self._unchanged) * RECEIPT_BYTES

    def find(self, request: Request) -> Outcome | None:
        """Return the answer to a request whose id is known; the same id twice is a ReusedId."""
        if request.id is None:
            return None
        receipt = self.receipts.find(request) or self._unchanged.get((request.by.user, request.id))
        return None if receipt is None else _answer(request, receipt)

    def is_open(self, request: Request) -> bool:
        """Whether a request under this id waits for the journal."""
        return bool(self._open) and any(
            (each.request.by.user, each.request.id) == (request.by.user, request.id)
            for each in self._open
        )

    def came_to_nothing(
        self, request: Request, outcome: Outcome | None, answer: Callable[[Outcome], None]
    ) -> Outcome | None:
        """Return the outcome of a request that caused nothing; None where that takes the journal.

        Then ``answer`` is called with it, when an id that was not answered before is kept. Without
        an outcome the request repeats one that is open.
        """
        if request.id is None:
            return outcome
        if self.receipts.complete and not _to_be_kept(request, outcome):
            self._note(request, outcome)
            return outcome
        self._open.append(Open(request, outcome, answer))
        if len(self._open) == 1:
            name = f"room {self._lease.room}: keep what changed nothing"
            self._services.supervisor.spawn(self._close(), name)
        return None

    def doubt(self, request: Request) -> None:
        """Have `resolve` ask the journal about the request: it may have been recorded."""
        if request.id is not None:
            self._doubted.append(request)

    async def load(self) -> None:
        """Learn which commands changed nothing; raise what the journal raises."""
        unchanged = await self._services.journal.unchanged(self._lease.room)
        self._unchanged = {
            (each.user, each.id): Receipt(each.digest, each.version) for each in unchanged
        }

    async def resolve(self) -> None:
        """Learn which doubted requests the journal has; raise what it raises."""
        while self._doubted:
            await self._look_up(self._doubted[0])
            self._doubted.pop(0)

    def give_up(self) -> None:
        """Doubt nothing any more: all that was not answered is answered as unavailable."""
        self._doubted.clear()

    async def _close(self) -> None:
        """Answer what is open, in order."""
        while self._open:
            batch = tuple(self._open)
            try:
                outcomes = await self._closed(batch)
            except JournalError:
                outcomes = [RoomUnavailable()] * len(batch)
            del self._open[: len(batch)]
            for each, outcome in zip(batch, outcomes, strict=True):
                each.answer(outcome)

    async def _closed(self, batch: Sequence[Open]) -> list[Outcome]:
        if not self.receipts.complete:
            for each in batch:
                await self._look_up(each.request)
        fresh = {
            (each.request.by.user, each.request.id): each
            for each in reversed(batch)
            if self.find(each.request) is None and _to_be_kept(each.request, each.outcome)
        }
        if fresh:
            commands = [_unchanged(each) for each in reversed(fresh.values())]
            await self._services.journal.keep_unchanged(self._lease, commands)
            for command in commands:
                self._remember(command)
        return [self._outcome(each) for each in batch]

    def _outcome(self, each: Open) -> Outcome:
        earlier = self.find(each.request)
        if earlier is None:
            self._note(each.request, each.outcome)
        return earlier or each.outcome or RoomUnavailable()

    def _note(self, request: Request, outcome: Outcome | None) -> None:
        """Remember, while the room is in memory, what had its effect and left nothing."""
        if request.id is not None and isinstance(outcome, Commit):
            receipt = Receipt(request.digest, outcome.version)
            self.receipts.keep(request.by.user, request.id, receipt)

    async def _look_up(self, request: Request) -> Receipt | None:
        assert request.id is not None, "only requests with an id are looked up"
        commit = await self._services.journal.find(self._lease.room, request.by.user, request.id)
        if commit is None:
            return None
        self.receipts.keep_commit(commit)
        return Receipt(commit.digest, commit.version)

    def _remember(self, command: Unchanged) -> None:
        if len(self._unchanged) >= UNCHANGED_KEPT:
            del self._unchanged[next(iter(self._unchanged))]
        self._unchanged[command.user, command.id] = Receipt(command.digest, command.version)


def _to_be_kept(request: Request, outcome: Outcome | None) -> bool:
    # A refusal is not kept: sent again, the command may be allowed. Nor is what has no lasting
    # effect. A repeat waits for what it repeats.
    return outcome is None or (isinstance(outcome, Commit) and not request.command.ephemeral)


def _unchanged(each: Open) -> Unchanged:
    request, outcome = each.request, each.outcome
    assert request.id is not None, "only ids are kept"
    assert isinstance(outcome, Commit), "only what was carried out is kept"
    return Unchanged(request.by.user, request.id, request.digest, outcome.version)


def _answer(request: Request, receipt: Receipt) -> Outcome:
    if receipt.digest != request.digest:
        return ReusedId()
    return Commit(receipt.version, (), request.by, request.at, id=request.id, digest=receipt.digest)
