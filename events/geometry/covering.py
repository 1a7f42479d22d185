"""Covering: a persistent map from ids to things that cover hexes, asked by id or by hexes."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol, TypeVar

from events.geometry.by_id import ById
from events.geometry.grid import Hex, Runs

_TILE_BITS: Final = 4

Tile = tuple[int, int]
Rows = dict[int, list[tuple[int, int]]]
"""By r: the intervals ``[q, end)`` of a row, sorted and apart from each other."""


class CoversHexes(Protocol):
    """A thing that lies on hexes."""

    @property
    def covered(self) -> Runs: ...


K = TypeVar("K", bound=str)
C = TypeVar("C", bound=CoversHexes)


class Covering(ById[K, C]):
    """Things by id. Never changes: every change returns a new map.

    An index by tiles of 16 × 16 hexes is made when somebody asks by hexes, and carried on by every
    change after that, which touches the tiles of what changes alone.
    """

    __slots__ = ("_tiles",)

    def __init__(self, of: Mapping[K, C] | None = None) -> None:
        super().__init__(of)
        self._tiles: dict[Tile, frozenset[K]] | None = None

    def put(self, key: K, thing: C | None) -> "Covering[K, C]":
        """Return the map with the thing under the id; None takes it away."""
        return self.put_all({key: thing})

    def put_all(self, things: Mapping[K, C | None]) -> "Covering[K, C]":
        """Return the map with all of the things under their ids; None takes one away."""
        result: Covering[K, C] = Covering.__new__(Covering)
        result._of = self._of.copy()
        result._tiles = None if self._tiles is None else self._tiles.copy()
        for key, thing in things.items():
            old = result._of.pop(key, None)
            if thing is not None:
                result._of[key] = thing
            if result._tiles is not None:
                _unregister(result._tiles, key, old)
                _register(result._tiles, key, thing)
        return result

    def changed_since(self, older: "Covering[K, C]") -> tuple[K, ...]:
        """Return the ids, each once, under which there may be something else than in an older map."""
        now, was = self._of, older._of
        return tuple([key for key in {**was, **now} if now.get(key) is not was.get(key)])

    def within(self, where: Runs) -> Iterator[tuple[K, Hex]]:
        """Yield (id, hex) for each thing and each hex of the runs that it covers."""
        if not where or not self._of:
            return
        tiles = self._index()
        keys: set[K] = set()
        for tile in _tiles_of(where):
            keys.update(tiles.get(tile, ()))
        if not keys:
            return
        rows = _rows(where)
        for key in sorted(keys):
            for at in _both(self._of[key].covered, rows):
                yield key, at

    def _index(self) -> dict[Tile, frozenset[K]]:
        if self._tiles is None:
            tiles: dict[Tile, frozenset[K]] = {}
            for key, thing in self._of.items():
                _register(tiles, key, thing)
            self._tiles = tiles
        return self._tiles


def _register(tiles: dict[Tile, frozenset[K]], key: K, thing: CoversHexes | None) -> None:
    if thing is not None:
        for tile in _tiles_of(thing.covered):
            tiles[tile] = tiles.get(tile, frozenset()) | {key}


def _unregister(tiles: dict[Tile, frozenset[K]], key: K, thing: CoversHexes | None) -> None:
    if thing is not None:
        for tile in _tiles_of(thing.covered):
            left = tiles[tile] - {key}
            if left:
                tiles[tile] = left
            else:
                del tiles[tile]


def _tiles_of(where: Runs) -> set[Tile]:
    return {
        (r >> _TILE_BITS, tile_q)
        for q, r, n in where
        for tile_q in range(q >> _TILE_BITS, (q + n - 1 >> _TILE_BITS) + 1)
    }


def _rows(where: Runs) -> Rows:
    spans: dict[int, list[tuple[int, int]]] = {}
    for q, r, n in where:
        spans.setdefault(r, []).append((q, q + n))
    return {r: _joined(sorted(of)) for r, of in spans.items()}


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for q, end in spans:
        if joined and q <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((q, end))
    return joined


def _both(covered: Runs, rows: Rows) -> Iterator[Hex]:
    for q, r, n in covered:
        row = rows.get(r)
        if row is None:
            continue
        end = q + n
        at = max(0, bisect_right(row, (q, end)) - 1)
        while at < len(row) and row[at][0] < end:
            for column in range(max(q, row[at][0]), min(end, row[at][1])):
                yield Hex(column, r)
            at += 1
