"""Metrics of the rooms, for Prometheus."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from actors.directory import Directory
from actors.runtime.metrics import Histogram


class RoomFigures(Collector):
    """Reads the meters when asked; counting itself costs the rooms an addition."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._meters = directory.services.meters

    def collect(self) -> Iterable[Metric]:
        meters, rooms = self._meters, tuple(self._directory)
        commands = CounterMetricFamily(
            "hexroom_commands", "Commands answered", labels=("type", "outcome")
        )
        for (tag, outcome), count in sorted(meters.commands.items()):
            commands.add_metric((tag, outcome), count)
        yield commands
        bad = CounterMetricFamily(
            "hexroom_bad_frames", "Frames refused before they reached a room", labels=("code",)
        )
        for code, count in sorted(meters.bad_frames.items()):
            bad.add_metric((code,), count)
        yield bad
        yield _histogram("hexroom_append_seconds", "How long an append took", meters.append_s)
        yield _histogram("hexroom_batch_commits", "Commits in one append", meters.batch_commits)
        yield from (
            CounterMetricFamily(name, text, value=count)
            for name, text, count in (
                ("hexroom_events", "Events made durable", meters.events),
                ("hexroom_append_failures", "Appends that failed", meters.append_failures),
                ("hexroom_recoveries", "Rooms folded from the journal", meters.recoveries),
                ("hexroom_recovery_failures", "Recoveries that failed", meters.recovery_failures),
                ("hexroom_poisoned", "Commands that met a fault of ours", meters.poisoned),
                ("hexroom_messages", "Messages told to viewers", meters.messages),
                ("hexroom_slow_consumers", "Sockets closed as too slow", meters.slow_consumers),
            )
        )
        depths = [room.depth for room in rooms]
        yield GaugeMetricFamily("hexroom_connections", "Open sockets", value=meters.sockets)
        yield GaugeMetricFamily("hexroom_rooms", "Rooms in memory", value=len(rooms))
        budget = self._directory.services.budget
        yield GaugeMetricFamily(
            "hexroom_room_memory_bytes", "About what the rooms hold in memory", value=budget.used
        )
        yield GaugeMetricFamily(
            "hexroom_room_memory_limit_bytes", "What they may hold at most", value=budget.limit
        )
        yield GaugeMetricFamily(
            "hexroom_staged_bytes",
            "Of that, the changes that wait to be published, without previews",
            value=sum(room.state.staged.held_bytes for room in rooms),
        )
        yield _histogram(
            "hexroom_loop_lag_seconds", "How late the loop came to what was due", meters.loop_lag_s
        )
        yield GaugeMetricFamily(
            "hexroom_mailbox_depth", "Commands not answered yet, of all rooms", value=sum(depths)
        )
        yield GaugeMetricFamily(
            "hexroom_mailbox_depth_max", "Of the fullest room", value=max(depths, default=0)
        )
        yield GaugeMetricFamily(
            "hexroom_rooms_quarantined",
            "Rooms whose record cannot be read",
            value=len(self._directory.quarantined()),
        )


def _histogram(name: str, text: str, of: Histogram) -> HistogramMetricFamily:
    return HistogramMetricFamily(name, text, buckets=list(_buckets(of)), sum_value=of.sum)


def _buckets(of: Histogram) -> Iterator[tuple[str, float]]:
    bounds = [*map(str, of.bounds), "+Inf"]
    yield from zip(bounds, accumulate(of.counts), strict=True)
