"""TileMap: a persistent map from hexes to values, in tiles of 16 × 16 that versions share."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, compress
from operator import is_not
from typing import Any, Final, Generic, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from events.geometry.grid import FAR, Hex, Runs, count, hexes, made_hex, runs

V = TypeVar("V")
W = TypeVar("W")

_SIDE = 16
_BLANK: list[Any] = [None] * (_SIDE * _SIDE)

Tile = tuple[int, int]
Turn = Callable[[V | None], V | None]

MOST_AHEAD: Final = 256
"""Changes to so many runs of hexes wait until somebody looks; then they are made unasked."""
MOST_STEPS: Final = 16
"""A map knows so many changes that led to it."""
MOST_STEP_RUNS: Final = 64
"""A change of more runs of hexes is not kept: comparing the maps finds it as fast."""

Step = tuple[Runs, "Step | None", int]
"""The hexes that a change was about, the step before it, and how many there are. Each map has a tuple
of its own, by which later maps know it."""


class TileMap(Mapping[Hex, V], Generic[V]):
    """Values by hex; None is no value. Never changes: every change returns a new map.

    Tiles, not one dict: copying 10 000 hexes per event costs 40 µs, a tile of 256 slots below one
    (tests/benchmarks/test_fold.py). Iteration has one order, whatever the order of insertion, so
    that nothing can be read from it.

    A changed map knows what is to change in which other one, and does it when somebody looks: most
    maps of a fold are never looked at, and a tile is then copied once for many changes.
    """

    __slots__ = ("_ahead", "_length", "_step", "_tiles", "_turn")

    _tiles: dict[Tile, list[V | None]]
    _length: int
    _turn: "tuple[TileMap[V], Runs, Turn[V]] | None"
    """What this map is to be made of; None once it is made, and tiles and length are there."""
    _ahead: int
    """To how many runs of hexes something is to be done to make this map."""
    _step: Step

    def __init__(self, values: Mapping[Hex, V] | Iterable[tuple[Hex, V]] = ()) -> None:
        self._tiles = {}
        for at, value in values.items() if isinstance(values, Mapping) else values:
            tile = self._tiles.setdefault((at[1] >> 4, at[0] >> 4), _BLANK)
            if tile is _BLANK:
                tile = self._tiles[at[1] >> 4, at[0] >> 4] = _BLANK.copy()
            tile[(at[1] & 15) << 4 | at[0] & 15] = value
        self._length = sum(value is not None for tile in self._tiles.values() for value in tile)
        self._turn, self._ahead = None, 0
        self._step = _first_step()

    def __getitem__(self, at: Hex) -> V:
        value: V | None = self.get(at)
        if value is None:
            raise KeyError(at)
        return value

    def get(self, at: Hex, default: Any = None) -> Any:
        """Return the value at the hex, or the default."""
        if self._turn is not None:
            self.materialize()
        q, r = at
        tile = self._tiles.get((r >> 4, q >> 4))
        value = None if tile is None else tile[(r & 15) << 4 | q & 15]
        return default if value is None else value

    def values_at(self, where: Iterable[Hex]) -> list[V | None]:
        """Return what the hexes hold; for many of them a fourth of the price of asking for each."""
        tiles, values = self.materialize()._tiles, list[V | None]()
        add, key, tile = values.append, (FAR, FAR), _BLANK
        for q, r in where:
            at = r >> 4, q >> 4
            if at != key:
                key, tile = at, tiles.get(at, _BLANK)
            add(tile[(r & 15) << 4 | q & 15])
        return values

    def __contains__(self, at: object) -> bool:
        return isinstance(at, tuple) and self.get(Hex(*at)) is not None

    def __iter__(self) -> Iterator[Hex]:
        tiles = self.materialize()._tiles
        for tile_r, tile_q in sorted(tiles):
            r0, q0 = tile_r << 4, tile_q << 4
            slots = compress(range(_SIDE * _SIDE), map(is_not, tiles[tile_r, tile_q], _BLANK))
            yield from [made_hex((q0 + (slot & 15), r0 + (slot >> 4))) for slot in slots]

    def cells(self) -> Iterator[tuple[Hex, V]]:
        """Yield hexes and values: tile by tile, row by row."""
        tiles = self.materialize()._tiles
        for tile_r, tile_q in sorted(tiles):
            r0, q0 = tile_r << 4, tile_q << 4
            for slot, value in enumerate(tiles[tile_r, tile_q]):
                if value is not None:
                    yield made_hex((q0 + (slot & 15), r0 + (slot >> 4))), value

    def beside(self, other: "TileMap[W]") -> Iterator[tuple[int, int, V, W | None]]:
        """Yield q and r of each hex, its value here and there; no Hex is made, which takes longer."""
        here_tiles, there_tiles = self.materialize()._tiles, other.materialize()._tiles
        for tile_r, tile_q in sorted(here_tiles):
            r0, q0 = tile_r << 4, tile_q << 4
            there = there_tiles.get((tile_r, tile_q), _BLANK)
            for slot, value in enumerate(here_tiles[tile_r, tile_q]):
                if value is not None:
                    yield q0 + (slot & 15), r0 + (slot >> 4), value, there[slot]

    def distinct(self) -> list[V]:
        """Return the values, those that are one object once."""
        by_identity: dict[int, V] = {}
        for tile in self.materialize()._tiles.values():
            by_identity.update(zip(map(id, tile), tile, strict=True))  # type: ignore[arg-type]  # None goes
        by_identity.pop(id(None), None)
        return list(by_identity.values())

    def __len__(self) -> int:
        return self.materialize()._length

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TileMap) and self.materialize()._tiles == other.materialize()._tiles
        )

    __hash__ = None  # type: ignore[assignment]  # a value, but too large to be a key

    def __repr__(self) -> str:
        return f"TileMap({len(self)} hexes)"

    def put(self, where: Runs, value: V | None) -> "TileMap[V]":
        """Return the map with the value at all hexes of the runs; None takes values away."""
        return self.change(where, lambda _: value)

    def change(self, where: Runs, to: "Turn[V]") -> "TileMap[V]":
        """Return the map with ``to(old)`` at each hex of the runs.

        ``to`` must be a function of its argument alone: it is asked when somebody looks, and once
        for neighbours that hold the same value.
        """
        result: TileMap[V] = TileMap.__new__(TileMap)
        result._turn = (self, where, to)
        result._ahead = self._ahead + len(where)
        step = self._step
        if len(where) > MOST_STEP_RUNS or step[2] == MOST_STEPS:
            result._step = _first_step()
        else:
            result._step = (where, step, step[2] + 1)
        if result._ahead >= MOST_AHEAD:
            result.materialize()
        return result

    def materialize(self) -> "TileMap[V]":
        """Return this map after making it, where nobody had looked; raise what a change raises."""
        turns: list[tuple[Runs, Turn[V]]] = []
        materialized = self
        while (turn := materialized._turn) is not None:
            turns.append(turn[1:])
            materialized = turn[0]
        if turns:
            self._tiles, self._length = _changed(
                materialized._tiles, materialized._length, reversed(turns)
            )
            # Last of all: a snapshot is written out beside us, in a thread.
            self._ahead, self._turn = 0, None
        return self

    def spread(self, more: Iterable[Hex] = ()) -> int:
        """Return on how many tiles the map and further hexes lie; one hex alone takes a whole tile."""
        tiles = self.materialize()._tiles
        # Not a set less tiles.keys(): that walks over all of the tiles.
        return len(tiles) + sum(tile not in tiles for tile in {(r >> 4, q >> 4) for q, r in more})

    def diff(self, other: "TileMap[V]") -> Iterator[tuple[Hex, V | None, V | None]]:
        """Yield (hex, here, there) where two maps differ; shared tiles cost nothing."""
        steps = other._steps_since(self)
        if steps is not None:
            for at in sorted(set(hexes(steps)), key=_by_tile):
                here, there = self.get(at), other.get(at)
                if here != there:
                    yield at, here, there
            return
        here_tiles, there_tiles = self.materialize()._tiles, other.materialize()._tiles
        changed = [key for key, tile in here_tiles.items() if there_tiles.get(key) is not tile]
        changed += there_tiles.keys() - here_tiles.keys()
        for key in sorted(changed):
            here_tile, there_tile = here_tiles.get(key, _BLANK), there_tiles.get(key, _BLANK)
            r0, q0 = key[0] << 4, key[1] << 4
            for slot in compress(range(256), map(is_not, here_tile, there_tile)):
                here, there = here_tile[slot], there_tile[slot]
                if here != there:
                    yield made_hex((q0 + (slot & 15), r0 + (slot >> 4))), here, there

    def changed_since(self, older: "TileMap[V]") -> tuple[Hex, ...]:
        """Return the hexes, each once, that may hold something else than in an older map.

        A map that came of the other by a few small changes knows them, whatever its size.
        """
        if self is older:
            return ()
        steps = self._steps_since(older)
        if steps is not None:
            return tuple(dict.fromkeys(hexes(steps)))
        return tuple([at for at, _, _ in older.diff(self)])

    def changed_about(self, older: "TileMap[V]") -> int:
        """Return about how many hexes hold something else than in an older map: rather too many."""
        steps = self._steps_since(older)
        if steps is not None:
            return count(steps)
        here_tiles, there_tiles = self.materialize()._tiles, older.materialize()._tiles
        tiles = sum([there_tiles.get(key) is not tile for key, tile in here_tiles.items()])
        return (tiles + len(there_tiles.keys() - here_tiles.keys())) * _SIDE * _SIDE

    def _steps_since(self, older: "TileMap[V]") -> Runs | None:
        """Return the hexes of the changes that led here from an older map, if this knows them."""
        steps: list[Runs] = []
        step: Step | None = self._step
        while step is not None:
            if step is older._step:
                return steps[0] if len(steps) == 1 else tuple(chain(*steps))
            steps.append(step[0])
            step = step[1]
        return None

    def grouped(self) -> list[tuple[V, Runs]]:
        """Return each value with the runs of its hexes, in the order of their first hexes."""
        groups: dict[int, tuple[V, list[Hex]]] = {}
        merged: list[tuple[V, list[Hex]]] = []
        for at, value in self.cells():
            group = groups.get(id(value))
            if group is None:
                group = next((g for g in merged if g[0] == value), None)
                if group is None:
                    group = (value, [])
                    merged.append(group)
                groups[id(value)] = group
            group[1].append(at)
        return [(value, runs(of)) for value, of in merged]

    @classmethod
    def from_groups(cls, groups: Iterable[tuple[V, Runs]]) -> "TileMap[V]":
        """Return the map that `grouped` took apart."""
        return cls((at, value) for value, of in groups for at in hexes(of))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        (value,) = get_args(source)
        groups = handler.generate_schema(list[tuple[value, Runs]])  # type: ignore[valid-type]
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls.from_groups, groups),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                cls.grouped, return_schema=groups
            ),
        )


def _by_tile(at: Hex) -> tuple[int, int, int, int]:
    q, r = at
    return r >> 4, q >> 4, r, q


def _first_step() -> Step:
    nothing: Runs = ()
    return (nothing, None, 0)  # Not a constant, which would be one object for all maps.


def _changed(
    of: dict[Tile, list[V | None]], length: int, turns: Iterable[tuple[Runs, Turn[V]]]
) -> tuple[dict[Tile, list[V | None]], int]:
    """Return tiles with the turns taken one after another, and how many hexes have a value then."""
    tiles = of.copy()
    fresh: dict[Tile, list[V | None]] = {}
    emptied = False
    for where, to in turns:
        last: object = _BLANK  # no value
        answer: V | None = None
        for q, r, n in where:
            row, slots = r >> 4, (r & 15) << 4
            end = q + n
            while q < end:
                key = (row, q >> 4)
                tile = fresh.get(key)
                if tile is None:
                    tile = fresh[key] = tiles.get(key, _BLANK).copy()
                slot = slots | q & 15
                stop = min(slot + end - q, slots + _SIDE)
                q += stop - slot
                while slot < stop:
                    old = tile[slot]
                    if old is not last:
                        last, answer = old, to(old)
                    if old is None:
                        length += 1
                    if answer is None:
                        length -= 1
                        emptied = True
                    tile[slot] = answer
                    slot += 1
    tiles.update(fresh)
    if emptied:
        for key, tile in fresh.items():
            # Not tile.count(None): that asks each value for equality, this the first alone.
            if tile == _BLANK:
                del tiles[key]
    return tiles, length
