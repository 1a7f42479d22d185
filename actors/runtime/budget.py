"""MemoryBudget: how much the rooms of this process may hold in memory."""

from dataclasses import dataclass
from typing import Final

ROOM_MEMORY_BYTES: Final = 1024 * 1024 * 1024


@dataclass(slots=True)
class MemoryBudget:
    """The bytes that the rooms hold, as they were last counted, and what they may hold at most.

    While it is exceeded, idle rooms leave memory; if that is not enough, new requests are refused
    as busy, and no room is opened.
    """

    limit: int = ROOM_MEMORY_BYTES
    used: int = 0

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit
