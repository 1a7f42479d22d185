"""Idempotency: a request that was answered before gets the same answer, however long ago that was."""

from collections.abc import Callable
from typing import Final, NamedTuple

from actors.room.mailbox import Outcome
from actors.room.services import Services
from actors.runtime.errors import ReusedId, RoomUnavailable
from events.core.state import RoomId, UserId
from events.journal import CommandId, Commit, JournalError, Request

REMEMBERED: Final = 10_000
RECEIPT_BYTES: Final = 400
"""About what a receipt takes, its key included."""


class Receipt(NamedTuple):
    """That a command id was answered: which command it was, and the version then."""

    digest: bytes
    version: int


class RecentReceipts:
    """The last ids, in two generations, so that forgetting costs nothing per id.

    A cache that forgets one by one takes 1.5 µs a command for its order; this is a dict.
    """

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


class Idempotency:
    """Knows the last command ids of a room by heart, and older ones from its journal.

    An id that is not known may still be recorded. The database refuses to record it again, so only
    a request that came to nothing has to be looked up before it is answered.
    """

    def __init__(self, room: RoomId, services: Services) -> None:
        self.receipts = RecentReceipts()
        self._room = room
        self._services = services
        self._looking: list[tuple[Request, Outcome, Callable[[Outcome], None]]] = []
        self._doubted: list[Request] = []

    def find(self, request: Request) -> Outcome | None:
        """Return the answer to a request whose id is known; the same id twice is a ReusedId."""
        if request.id is None:
            return None
        known = self.receipts.find(request)
        return None if known is None else _answer(request, known)

    def came_to_nothing(
        self, request: Request, outcome: Outcome, looked_up: Callable[[Outcome], None]
    ) -> Outcome | None:
        """Return the outcome of a request that caused nothing.

        None while the journal is asked whether it is an old repeat; then ``looked_up`` is called.
        """
        if request.id is None:
            return outcome
        if self.receipts.complete:
            self._remember(request, outcome)
            return outcome
        self._looking.append((request, outcome, looked_up))
        if len(self._looking) == 1:
            name = f"room {self._room}: look up repeats"
            self._services.supervisor.spawn(self._look_up(), name)
        return None

    def doubt(self, request: Request) -> None:
        """Have `resolve` ask the journal about the request: it may have been recorded."""
        if request.id is not None:
            self._doubted.append(request)

    async def resolve(self) -> None:
        """Learn which doubted requests the journal has; raise what it raises."""
        while self._doubted:
            await self._found(self._doubted[0])
            self._doubted.pop(0)

    def give_up(self) -> None:
        """Doubt nothing any more: all that was not answered is answered as unavailable."""
        self._doubted.clear()

    async def _look_up(self) -> None:
        while self._looking:
            request, outcome, looked_up = self._looking[0]
            try:
                found = await self._found(request)
            except JournalError:
                outcome = RoomUnavailable()
            else:
                if found is not None:
                    outcome = _answer(request, found)
                else:
                    self._remember(request, outcome)
            self._looking.pop(0)
            looked_up(outcome)

    async def _found(self, request: Request) -> Receipt | None:
        assert request.id is not None, "only requests with an id are looked up"
        found = await self._services.journal.find(self._room, request.by.user, request.id)
        if found is None:
            return None
        self.receipts.keep_commit(found)
        return Receipt(found.digest, found.version)

    def _remember(self, request: Request, outcome: Outcome) -> None:
        # A refusal is not remembered: sent again, the command may be allowed.
        if request.id is not None and isinstance(outcome, Commit):
            receipt = Receipt(request.digest, outcome.version)
            self.receipts.keep(request.by.user, request.id, receipt)


def _answer(request: Request, known: Receipt) -> Outcome:
    if known.digest != request.digest:
        return ReusedId()
    return Commit(known.version, (), request.by, request.at, id=request.id, digest=known.digest)
