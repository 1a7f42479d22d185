"""Supervisor: brings rooms back from the journal, with backoff, and gives up on broken ones."""

import asyncio
import logging
from typing import Final, Protocol

from actors.runtime.backoff import Backoff
from actors.runtime.clock import Clock
from actors.runtime.metrics import Meters
from actors.runtime.tasks import TaskOwner
from events.journal import BrokenRecord, JournalError

logger = logging.getLogger(__name__)

PERMITS: Final = 8
"""How many rooms are folded at a time, so that a restart does not ask the database for all at once."""
FIRST_DELAY_S: Final = 0.05
LONGEST_DELAY_S: Final = 2.0
MOST_FAULTS: Final = 5
"""After how many faults of ours in a row a room is given up."""


class Recoverable(Protocol):
    """What can be brought back."""

    async def recover(self) -> None:
        """Read the journal and serve; raise what it raises."""

    def away(self) -> None:
        """Learn that the journal cannot be read just now."""

    def quarantine(self, why: str) -> None:
        """Learn that there is no bringing it back."""


class Supervisor(TaskOwner):
    """Owns the tasks that run beside the rooms. Made, watching, closed."""

    def __init__(self, clock: Clock, meters: Meters) -> None:
        super().__init__()
        self._clock = clock
        self._meters = meters
        self._permits = asyncio.Semaphore(PERMITS)

    def restart(self, room: Recoverable) -> None:
        """Recover the room, as often as it takes."""
        self.spawn(self._bring_back(room), f"{room}: recover")

    async def _bring_back(self, room: Recoverable) -> None:
        pauses, faults = Backoff(FIRST_DELAY_S, LONGEST_DELAY_S), 0
        while True:
            try:
                async with self._permits:
                    await room.recover()
            except BrokenRecord as error:
                logger.error("%s: quarantined: %s", room, error)
                room.quarantine(str(error))
                return
            except (JournalError, OSError, TimeoutError) as error:
                logger.warning("%s: cannot be read: %s", room, error)
                room.away()
            except Exception as error:
                logger.exception("%s: recovery failed", room)
                faults += 1
                if faults >= MOST_FAULTS:
                    room.quarantine(f"{type(error).__name__} while it was folded")
                    return
            else:
                return
            self._meters.recovery_failures += 1
            await pauses.wait()
