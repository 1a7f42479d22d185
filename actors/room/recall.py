"""Recall: what a request needs and what has left memory, read from the record."""

import asyncio
import logging
from collections.abc import Sequence

from actors.room.beforehand import WaitingRoom
from actors.room.lookahead import Lookahead
from actors.room.mailbox import Mailbox, Outcome, Pending
from actors.room.services import Services
from actors.runtime.errors import RoomUnavailable
from events import EMPTY, RoomId, advance
from events.core.action import LeftMemory
from events.core.diffs import Changes
from events.core.features.history import HistoryUndone
from events.core.undo_log import MissingChanges
from events.journal import Commit, JournalError
from events.journal.folding import folded

logger = logging.getLogger(__name__)


class Recall:
    """Holds a room's requests up while one of them waits for what its undo needs from the record.

    Those behind it wait too: a room decides one request at a time, in order.
    """

    def __init__(
        self, room: WaitingRoom, services: Services, mail: Mailbox, ahead: Lookahead
    ) -> None:
        self.under_way = False
        """Whether something is being read."""
        self._room = room
        self._services = services
        self._mail = mail
        self._ahead = ahead

    def holds_up(self) -> bool:
        """Return whether the first undecided request has to wait; begin to read what it needs."""
        if self.under_way:
            return True
        first = self._mail.first_undecided
        if first is None or first.request is None:
            return False
        missing = self._ahead.missing(first.request)
        if missing is None:
            return False
        self.under_way = True
        name = f"room {self._room.id}@{missing.version}: recall"
        self._services.supervisor.spawn(self._read(first, missing), name)
        return True

    async def _read(self, pending: Pending, missing: MissingChanges) -> None:
        outcome: Outcome | None = RoomUnavailable()
        try:
            changes = await recalled(self._services, self._room.id, missing)
            outcome = LeftMemory() if changes is None else None
            if changes is not None:
                self._ahead.restore(missing, changes)
        except JournalError as error:
            logger.warning("room %s: cannot read what is undone: %s", self._room.id, error)
        finally:
            self.under_way = False
            if outcome is not None and self._mail.first_undecided is pending:
                self._mail.next()
                self._mail.came_to(pending, outcome)
            self._room.go_on()


async def recalled(services: Services, room: RoomId, missing: MissingChanges) -> Changes | None:
    """Return what is missing, None if the record does not have it; raise what the journal raises."""
    if missing.undone:
        return await _put_back(services, room, missing)
    start = await services.snapshots.before(room, missing.after) or (0, EMPTY)
    _, before = await folded(services.journal, room, start, missing.after)
    async for commit in services.journal.read(room, missing.after, missing.version):
        action = advance(before, commit).history.done.newest
        if action is not None and action.version == missing.version:
            # Beside the loop: comparing maps may take long.
            return await asyncio.to_thread(getattr, action, "changes")
    return None


async def _put_back(services: Services, room: RoomId, missing: MissingChanges) -> Changes | None:
    changes: list[Changes] = []

    def use(commits: Sequence[Commit]) -> None:
        for commit in commits:
            undone = [each for each in commit.events if isinstance(each, HistoryUndone)]
            changes.extend(each.put for each in undone if each.version == missing.version)

    await services.journal.for_each_page(room, use, missing.version)
    return changes[-1] if changes else None
