"""The hex grid in axial coordinates: keys, runs, distance, lines, labels.

Source for the geometry: Red Blob Games, "Hexagonal Grids".
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

FAR: Final = 1_000_000
"""The largest absolute coordinate."""

# One canonical form for each hex: ASCII digits, no plus, no leading zeros, no -0.
_KEY = re.compile(r"(0|-?[1-9][0-9]{0,6}),(0|-?[1-9][0-9]{0,6})", re.ASCII)
_KEYS: Final = re.compile(f"(?:{_KEY.pattern};)*{_KEY.pattern}".replace("(0", "(?:0"), re.ASCII)


class BadHexKey(ValueError):
    """A text that is no hex key."""


class Hex(NamedTuple):
    """Axial coordinate; the third cube coordinate is ``-q - r``."""

    q: int
    r: int

    def __str__(self) -> str:
        return f"{self.q},{self.r}"

    @classmethod
    def parse(cls, key: str) -> "Hex":
        """Return the hex of a canonical key such as ``"3,-4"``; raise BadHexKey."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise BadHexKey('a hex key is "q,r", two whole numbers')
        q, r = int(match[1]), int(match[2])
        if not (-FAR <= q <= FAR and -FAR <= r <= FAR):
            raise BadHexKey(f"a hex lies within ±{FAR}")
        return cls(q, r)

    def neighbours(self) -> "tuple[Hex, ...]":
        """Return the six hexes around this one, counter-clockwise from +q."""
        return tuple(Hex(self.q + q, self.r + r) for q, r in STEPS)

    def distance(self, other: "Hex") -> int:
        """Return the number of steps between two hexes."""
        q, r = self.q - other.q, self.r - other.r
        return max(abs(q), abs(r), abs(q + r))


# Hex(q, r) goes through a function of Python's; for many hexes this takes a third of the time.
made_hex: Final = partial(tuple.__new__, Hex)

_column: Final = itemgetter(0)

STEPS: Final = ((1, 0), (1, -1), (0, -1), (-1, 0), (-1, 1), (0, 1))


KEYS_AT_ONCE: Final = 4_000
"""Keys that are read at one go: in between, a thread that reads many gives way to others."""


def parse_all(keys: Sequence[object]) -> tuple[Hex, ...]:
    """Return the hexes of canonical keys, many at once; raise BadHexKey if one of them is none.

    For 20 000 keys this takes a third of the time that `Hex.parse` takes one by one.
    """
    parsed: list[Hex] = []
    for at in range(0, len(keys) or 1, KEYS_AT_ONCE):
        parsed += _parsed(keys[at : at + KEYS_AT_ONCE])
    return tuple(parsed)


def _parsed(keys: Sequence[object]) -> Iterator[Hex]:
    try:
        joined = ";".join(keys)  # type: ignore[arg-type]  # what is no text is told below
    except TypeError:
        raise BadHexKey("a hex key is a text") from None
    if _KEYS.fullmatch(joined) is None or joined.count(";") != len(keys) - 1:
        raise BadHexKey('a hex key is "q,r", two whole numbers')
    numbers = list(map(int, joined.replace(";", ",").split(",")))
    if min(numbers) < -FAR or max(numbers) > FAR:
        raise BadHexKey(f"a hex lies within ±{FAR}")
    return map(made_hex, zip(numbers[::2], numbers[1::2], strict=True))


Run = tuple[int, int, int]
"""``(q, r, n)``: the n hexes from ``(q, r)`` on along +q."""
Runs = tuple[Run, ...]
"""Hexes as runs; canonical when made by `runs`: sorted by row, each as long as can be."""


def by_row(hexes: Iterable[Hex]) -> list[Hex]:
    """Return the hexes sorted by row, then along it.

    They are sorted row by row: one sort of them all would keep other threads from the interpreter
    for as long as it takes.
    """
    rows: defaultdict[int, list[Hex]] = defaultdict(list)
    for at in hexes:
        rows[at[1]].append(at)
    ordered: list[Hex] = []
    for r in sorted(rows):
        ordered += sorted(rows[r], key=_column)
    return ordered


def runs(hexes: Iterable[Hex]) -> Runs:
    """Return the canonical runs of the hexes; 40 000 of them are a few hundred runs."""
    rows: defaultdict[int, set[int]] = defaultdict(set)
    for q, r in hexes:
        rows[r].add(q)
    canonical: list[Run] = []
    for r in sorted(rows):
        columns = sorted(rows[r])
        start = end = columns[0]
        for q in columns:
            if q != end:
                canonical.append((start, r, end - start))
                start = q
            end = q + 1
        canonical.append((start, r, end - start))
    return tuple(canonical)


def hexes(of: Runs) -> Iterator[Hex]:
    """Yield the hexes of runs, in their order."""
    for q, r, n in of:
        if n == 1:
            yield made_hex((q, r))
        else:
            yield from map(made_hex, zip(range(q, q + n), repeat(r)))


def count(of: Runs) -> int:
    """Return how many hexes the runs hold."""
    return sum([run[2] for run in of])


def line(start: Hex, end: Hex) -> tuple[Hex, ...]:
    """Return the hexes from start to end, both included, in order.

    Always ``start.distance(end) + 1`` hexes; ties between two hexes go to the smaller q.
    Source: Red Blob Games, "Hexagonal Grids", line drawing.
    """
    steps = start.distance(end)
    return tuple(
        _rounded(
            start.q + (end.q - start.q) * step / steps - 1e-6,
            start.r + (end.r - start.r) * step / steps + 0.5e-6,
        )
        if steps
        else start
        for step in range(steps + 1)
    )


def disc(centre: Hex, radius: int) -> Iterator[Hex]:
    """Yield the hexes at most radius steps from the centre; ``3·radius·(radius + 1) + 1`` of them."""
    for q in range(-radius, radius + 1):
        for r in range(max(-radius, -q - radius), min(radius, -q + radius) + 1):
            yield Hex(centre.q + q, centre.r + r)


def middle(of: Runs) -> Hex:
    """Return a hex of the runs that is nearest to their mean; raise ValueError if there is none."""
    n = sum_q = sum_r = 0
    for q, r, long in of:
        n += long
        sum_q += long * q + long * (long - 1) // 2
        sum_r += long * r
    if n == 0:
        raise ValueError("no hexes have no middle")
    mean_q, mean_r = _rounded(sum_q / n, sum_r / n)
    nearest = []
    for start, r, long in of:
        # Of each run, no hex is nearer to the mean than the one whose q is.
        q = start if mean_q <= start else min(mean_q, start + long - 1)
        off_q, off_r = q - mean_q, r - mean_r
        if not (off_q or off_r):
            return Hex(q, r)
        nearest.append((max(abs(off_q), abs(off_r), abs(off_q + off_r)), q, r))
    _, q, r = min(nearest)
    return Hex(q, r)


def _rounded(q: float, r: float) -> Hex:
    s = -q - r
    rq, rr, rs = round(q), round(r), round(s)
    off_q, off_r, off_s = abs(rq - q), abs(rr - r), abs(rs - s)
    if off_q > off_r and off_q > off_s:
        rq = -rr - rs
    elif off_r > off_s:
        rr = -rq - rs
    return Hex(rq, rr)


def _hex(value: object) -> Hex:
    if isinstance(value, Hex):
        return value
    if isinstance(value, str):
        return Hex.parse(value)
    raise BadHexKey("a hex key is a text")


HexKey = Annotated[
    Hex,
    BeforeValidator(_hex),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _KEY.pattern, "description": 'hex key "q,r"'}),
]
"""A hex that is ``"q,r"`` on the wire and in the record."""
