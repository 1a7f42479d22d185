"""Idempotency: a request that was answered before gets the same answer, however long ago that was."""

from collections.abc import Callable

from actors.room.mailbox import Outcome, Pending
from actors.room.receipts import Receipt, RecentReceipts
from actors.room.services import Services
from actors.runtime.errors import ReusedId, RoomUnavailable
from events.core.state import RoomId
from events.journal import Commit, JournalError, Request


class Idempotency:
    """Knows the last command ids of a room by heart, and older ones from its journal.

    An id that is not known may still be recorded. The database refuses to record it again, so only
    a request that came to nothing has to be looked up before it is answered.
    """

    def __init__(self, room: RoomId, services: Services, looked_up: Callable[[], None]) -> None:
        """Take what to call whenever a request that was looked up can be answered."""
        self.receipts = RecentReceipts()
        self._room = room
        self._services = services
        self._looked_up = looked_up
        self._looking: list[Pending] = []
        self._doubted: list[Request] = []

    def find(self, request: Request) -> Outcome | None:
        """Return the answer to a request whose id is known; the same id twice is a ReusedId."""
        if request.id is None:
            return None
        known = self.receipts.find(request)
        return None if known is None else _answer(request, known)

    def came_to_nothing(self, pending: Pending, request: Request) -> None:
        """Have the journal asked whether a request that caused nothing is an old repeat."""
        if request.id is None:
            return
        if self.receipts.complete:
            self._remember(pending, request)
            return
        pending.looking = True
        self._looking.append(pending)
        if len(self._looking) == 1:
            name = f"room {self._room}: look up repeats"
            self._services.supervisor.spawn(self._look_up(), name)

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
            pending = self._looking[0]
            request = pending.request
            assert request is not None, "only requests are looked up"
            try:
                found = await self._found(request)
            except JournalError:
                pending.outcome = RoomUnavailable()
            else:
                if found is not None:
                    pending.outcome = _answer(request, found)
                else:
                    self._remember(pending, request)
            self._looking.pop(0)
            pending.looking = False
            self._looked_up()

    async def _found(self, request: Request) -> Receipt | None:
        assert request.id is not None, "only requests with an id are looked up"
        found = await self._services.journal.find(self._room, request.by.user, request.id)
        if found is None:
            return None
        self.receipts.keep_commit(found)
        return Receipt(found.digest, found.version)

    def _remember(self, pending: Pending, request: Request) -> None:
        # A refusal is not remembered: sent again, the command may be allowed.
        if request.id is not None and isinstance(pending.outcome, Commit):
            receipt = Receipt(request.digest, pending.outcome.version)
            self.receipts.keep(request.by.user, request.id, receipt)


def _answer(request: Request, known: Receipt) -> Outcome:
    if known.digest != request.digest:
        return ReusedId()
    return Commit(known.version, (), request.by, request.at, id=request.id, digest=known.digest)
