"""Limits: how fast a member may send, and how many sockets one may hold."""

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import Final

from events.core.state import Role, RoomId, UserId

PATIENCE: Final = 2.0
"""Frames past the limit that are refused, in bursts, before the socket is closed."""
KEPT: Final = 10_000
"""How many members' allowances are kept before those that are full again are dropped."""

Who = tuple[RoomId, UserId]


class Verdict(Enum):
    FINE = "fine"
    REFUSED = "refused"
    OVER = "over"
    """Went on past the limit: close."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Commands a second, and how many at once; zero a second is no limit."""

    per_second: float
    burst: int


class Allowance:
    """A token bucket, shared by all sockets of one member in one campaign."""

    __slots__ = ("_at", "_left", "_refused", "rate")

    def __init__(self, rate: Rate, now: float) -> None:
        self.rate = rate
        self._left = float(rate.burst)
        self._at = now
        self._refused = 0

    def spend(self, now: float) -> Verdict:
        """Count a frame."""
        rate = self.rate
        if not rate.per_second:
            return Verdict.FINE
        self._refill(now)
        if self._left >= 1:
            self._left -= 1
            self._refused = 0
            return Verdict.FINE
        self._refused += 1
        return Verdict.OVER if self._refused > PATIENCE * rate.burst else Verdict.REFUSED

    def is_full(self, now: float) -> bool:
        """Return whether nothing would be forgiven by forgetting it."""
        self._refill(now)
        return self._left >= self.rate.burst

    def _refill(self, now: float) -> None:
        left = self._left + (now - self._at) * self.rate.per_second
        self._left = min(float(self.rate.burst), left)
        self._at = now


class Allowances:
    """All members' allowances and counts of sockets."""

    def __init__(self, dm: Rate, player: Rate, sockets_per_member: int) -> None:
        self._dm = dm
        self._player = player
        self._sockets_per_member = sockets_per_member
        self._allowances: dict[Who, Allowance] = {}
        self._sockets: Counter[Who] = Counter()

    def of(self, who: Who, role: Role, now: float) -> Allowance:
        """Return the member's allowance; it outlives the socket, so reconnecting refills nothing."""
        rate = self.rate(role)
        allowance = self._allowances.get(who)
        if allowance is None:
            if len(self._allowances) >= KEPT:
                self._forget_full(now)
            allowance = self._allowances[who] = Allowance(rate, now)
        allowance.rate = rate
        return allowance

    def rate(self, role: Role) -> Rate:
        return self._dm if role is Role.DM else self._player

    def enter(self, who: Who, *, leaving: int = 0) -> bool:
        """Count a socket; return whether the member may hold one more, where some are leaving."""
        if self._sockets[who] - leaving >= self._sockets_per_member:
            return False
        self._sockets[who] += 1
        return True

    def leave(self, who: Who) -> None:
        self._sockets[who] -= 1
        if self._sockets[who] <= 0:
            del self._sockets[who]

    def _forget_full(self, now: float) -> None:
        for who, allowance in tuple(self._allowances.items()):
            if who not in self._sockets and allowance.is_full(now):
                del self._allowances[who]
