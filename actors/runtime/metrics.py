"""The figures the shell counts; plain numbers, so that counting costs nothing on the hot path."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

APPEND_BOUNDS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
LAG_BOUNDS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
BATCH_BOUNDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)


class Histogram:
    """Counts of observations by upper bound, their number and sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        """How many fell under each bound and over the one before; the last is beyond all."""
        self.sum = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        return sum(self.counts)


@dataclass
class Meters:
    """What one server process did since it started."""

    commands: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By tag and outcome: ``ok``, or the code of the error."""
    events: int = 0
    """Events made durable."""
    append_s: Histogram = field(default_factory=lambda: Histogram(APPEND_BOUNDS_S))
    """How long appends took, those that failed included."""
    loop_lag_s: Histogram = field(default_factory=lambda: Histogram(LAG_BOUNDS_S))
    """How late the loop came to something that was due, measured all the time."""
    append_failures: int = 0
    batch_commits: Histogram = field(default_factory=lambda: Histogram(BATCH_BOUNDS))
    """How many commits one append carried."""
    recoveries: int = 0
    """Rooms folded from the journal, at the first command and after a fault."""
    recovery_failures: int = 0
    poisoned: int = 0
    """Commands that met a fault of ours."""
    messages: int = 0
    """Messages told, times their viewers."""
    slow_consumers: int = 0
    """Connections closed because they did not read."""
    sockets: int = 0
    """Open connections."""
    bad_frames: Counter[str] = field(default_factory=Counter)
    """Frames that were refused before they reached a room, by error code."""
