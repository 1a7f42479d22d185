"""Charts as SVG that prints well: hexes seen over time, and who was at the table when."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from markupsafe import Markup

WIDTH: Final = 760
LEFT: Final = 110
RIGHT: Final = 130
ROW: Final = 24

# Told apart by dashes too, in print and by those who see no colours.
INKS: Final = ("#1f5f8b", "#b3541e", "#3f7d3a", "#7b3f8c", "#8a6d00", "#a12d4b", "#2f6f6f")
DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "12 4", "4 2", "1 2")

_STEPS: Final = tuple(timedelta(minutes=m) for m in (1, 5, 10, 15, 30, 60, 120, 240, 720, 1440))


class Line(NamedTuple):
    """One player's count over time, as steps."""

    name: str
    points: Sequence[tuple[datetime, int]]


class Bar(NamedTuple):
    """One stretch of time in somebody's row."""

    name: str
    start: datetime
    end: datetime
    open: bool


def reveals_over_time(lines: Sequence[Line], began: datetime, ended: datetime) -> Markup:
    """Return how many hexes each player saw, as step lines with their names at the end."""
    height, floor = 220, 190
    most = max((count for line in lines for _, count in line.points), default=0) or 1
    scale = _Scale(began, ended)

    def y(count: int) -> float:
        return floor - count / most * (floor - 20)

    parts = [_axis(scale, floor)]
    parts += [
        Markup(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" class="grid"/>'
            f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" class="left">{value}</text>'
        )
        for value in _levels(most)
    ]
    ends = _spread([y(line.points[-1][1]) if line.points else floor for line in lines])
    for number, line in enumerate(lines):
        ink, dash = INKS[number % len(INKS)], DASHES[number % len(DASHES)]
        path, last = [], None
        for at, count in line.points:
            path.append(
                f"M{scale.x(at):.1f} {y(count):.1f}"
                if last is None
                else f"H{scale.x(at):.1f}V{y(count):.1f}"
            )
            last = count
        if last is not None:
            path.append(f"H{WIDTH - RIGHT}")
        parts.append(
            Markup(
                f'<path d="{"".join(path)}" fill="none" stroke="{ink}" stroke-width="2" stroke-dasharray="{dash}"/>'
                f'<text x="{WIDTH - RIGHT + 6}" y="{ends[number] + 4:.1f}" fill="{ink}">{{}}</text>'
            ).format(_short(line.name) + ("" if last is None else f" ({last})"))
        )
    return _svg("Hexes seen, by player, over time", height, parts)


def presence(bars: Iterable[Bar], began: datetime, ended: datetime) -> Markup:
    """Return who was at the table when: a row for each name."""
    rows: dict[str, list[Bar]] = {}
    for bar in bars:
        rows.setdefault(bar.name, []).append(bar)
    scale = _Scale(began, ended)
    floor = 10 + ROW * len(rows)
    parts = [_axis(scale, floor)]
    for number, (name, of) in enumerate(rows.items()):
        top = 8 + ROW * number
        parts.append(
            Markup(f'<text x="{LEFT - 8}" y="{top + 13}" class="left">{{}}</text>').format(
                _short(name)
            )
        )
        for bar in of:
            start, end = scale.x(bar.start), scale.x(bar.end)
            title = f"{name}: {bar.start:%H:%M} to {bar.end:%H:%M}" + (
                " and on" if bar.open else ""
            )
            parts.append(
                Markup(
                    f'<rect x="{start:.1f}" y="{top}" width="{max(end - start, 2):.1f}" height="{ROW - 8}" '
                    f'rx="3" fill="{INKS[number % len(INKS)]}"><title>{{}}</title></rect>'
                ).format(title)
            )
    return _svg("Who was at the table", floor + 30, parts)


class _Scale:
    """Times to places along the chart."""

    def __init__(self, began: datetime, ended: datetime) -> None:
        self.began = began
        self.ended = max(ended, began + timedelta(seconds=1))

    def x(self, at: datetime) -> float:
        part = (at - self.began) / (self.ended - self.began)
        return LEFT + min(max(part, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def word(self, at: datetime) -> str:
        """Return what stands at a tick: the hour, with its day where there are several."""
        if self.began.date() == self.ended.date():
            return f"{at:%H:%M}"
        return f"{at:%a %H:%M}" if self.ended - self.began < timedelta(days=3) else f"{at:%d %b}"

    def ticks(self) -> list[datetime]:
        span = self.ended - self.began
        step = next((step for step in _STEPS if span / step <= 7), span / 6)
        if step not in _STEPS:
            return [self.began + step * n for n in range(7)]
        midnight = self.began.replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight + step * -(-(self.began - midnight) // step)
        return [
            first + step * n for n in range(9) if self.began <= first + step * n <= self.ended
        ] or [self.began, self.ended]


def _axis(scale: _Scale, floor: float) -> Markup:
    marks = "".join(
        f'<line x1="{scale.x(at):.1f}" x2="{scale.x(at):.1f}" y1="{floor}" y2="{floor + 4}" class="axis"/>'
        f'<text x="{scale.x(at):.1f}" y="{floor + 18}" class="mid">{scale.word(at)}</text>'
        for at in scale.ticks()
    )
    return Markup(
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{floor}" y2="{floor}" class="axis"/>{marks}'
    )


def _levels(most: int) -> list[int]:
    step = next(n * 10**p for p in range(9) for n in (1, 2, 5) if most / (n * 10**p) <= 5)
    return list(range(step, most + 1, step))


def _spread(places: Sequence[float]) -> list[float]:
    """Return the places moved apart so that labels do not cover each other."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved, last = list(places), -100.0
    for number in order:
        moved[number] = max(places[number], last + 14)
        last = moved[number]
    over = max(0.0, last - 204)
    return [place - over for place in moved]


def _short(name: str) -> str:
    return name if len(name) <= 14 else f"{name[:13]}…"


def _svg(title: str, height: float, parts: Iterable[Markup]) -> Markup:
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" class="chart" '
        f'role="img" aria-label="{title}"><title>{title}</title>{Markup().join(parts)}</svg>'
    )
