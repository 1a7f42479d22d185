"""How long a replay waits between two moments."""

from datetime import datetime, timedelta
from math import inf
from typing import Final

SLOWEST: Final = 0.5
FASTEST: Final = 64.0
MAX: Final = inf
"""The speed without pauses, ``max`` in words."""

LONGEST_PAUSE_S: Final = 5.0
"""An evening has breaks of an hour; nobody waits for them again."""


class BadSpeed(ValueError):
    def __str__(self) -> str:
        return f"a speed is a number from {SLOWEST:g} to {FASTEST:g}, or max"


def speed_of(value: object) -> float:
    """Return the speed of a number, its text, or ``max``; raise BadSpeed."""
    if value == "max":
        return MAX
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise BadSpeed from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadSpeed
    if not SLOWEST <= value <= FASTEST:
        raise BadSpeed
    return float(value)


def speed_word(speed: float) -> float | str:
    """Return the speed as it is said on the wire."""
    return "max" if speed == MAX else speed


def pause_s(before: datetime, after: datetime, speed: float) -> float:
    """Return the seconds to wait between two moments; none where a clock went back."""
    if speed == MAX:
        return 0.0
    apart = max(after - before, timedelta())
    return min(apart.total_seconds() / speed, LONGEST_PAUSE_S)
