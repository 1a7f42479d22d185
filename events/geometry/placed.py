"""Placed: a persistent map from ids to things that stand on a hex, asked by id or by hex."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, Protocol, TypeVar

from events.geometry.by_id import ById
from events.geometry.grid import Hex


class HasPosition(Protocol):
    """A thing on a hex."""

    @property
    def at(self) -> Hex: ...


K = TypeVar("K", bound=str)
P = TypeVar("P", bound=HasPosition)
D = TypeVar("D")


MOST_STEPS: Final = 16
"""A map knows so many changes that led to it."""

Step = tuple[str | None, "Step | None", int]
"""The id that a change was about, the step before it, and how many there are. Each map has a tuple of
its own, by which later maps know it."""


class Placed(ById[K, P]):
    """Things by id. Never changes: every change returns a new map."""

    __slots__ = ("_derived", "_step")

    _step: Step

    def __init__(self, of: Mapping[K, P] | None = None) -> None:
        super().__init__(of)
        self._derived: dict[Callable[..., Any], Any] = {}
        self._step = _first_step()

    def put(self, key: K, thing: P | None) -> "Placed[K, P]":
        """Return the map with the thing under the id; None takes it away."""
        of = self._of.copy()
        if thing is None:
            of.pop(key, None)
        else:
            of[key] = thing
        result: Placed[K, P] = Placed.__new__(Placed)
        result._of, result._derived = of, {}
        step = self._step
        result._step = _first_step() if step[2] == MOST_STEPS else (key, step, step[2] + 1)
        return result

    def changed_since(self, older: "Placed[K, P]") -> tuple[K, ...]:
        """Return the ids, each once, under which there may be something else than in an older map.

        A map that came of the other by a few changes knows them, whatever its size.
        """
        keys: dict[K, None] = {}
        step: Step | None = self._step
        while step is not None:
            if step is older._step:
                return tuple(keys)
            keys[step[0]] = None  # type: ignore[index]  # None is in the first step alone
            step = step[1]
        now, was = self._of, older._of
        return tuple([key for key in {**was, **now} if now.get(key) != was.get(key)])

    def on(self, at: Hex) -> tuple[K, ...]:
        """Return the ids of what stands on the hex, sorted."""
        return self.derive(_by_hex).get(at, ())

    def within(self, where: Collection[Hex]) -> Iterator[K]:
        """Yield the ids of what stands on one of the hexes."""
        if not where or not self._of:
            return
        index = self.derive(_by_hex)
        # Hash the fewer: a few things on a map, or a few hexes of many notes.
        for at in where if len(where) <= len(index) else index.keys() & set(where):
            yield from index.get(at, ())

    def derive(self, of: "Callable[[Placed[K, P]], D]") -> D:
        """Return what the function makes of this map; it is asked once, and only when needed."""
        if of not in self._derived:
            self._derived[of] = of(self)
        return self._derived[of]  # type: ignore[no-any-return]


def _first_step() -> Step:
    nothing: str | None = None
    return (nothing, None, 0)  # Not a constant, which would be one object for all maps.


def _by_hex(placed: Placed[K, P]) -> dict[Hex, tuple[K, ...]]:
    by_hex: dict[Hex, tuple[K, ...]] = {}
    for key in placed:
        thing = placed[key]
        by_hex[thing.at] = (*by_hex.get(thing.at, ()), key)
    return by_hex
