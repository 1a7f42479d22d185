"""Placed: a persistent map from ids to things that stand on a hex, asked by id or by hex."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Protocol, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from events.geometry.grid import Hex, Runs, count, hexes


class HasPosition(Protocol):
    """A thing on a hex."""

    @property
    def at(self) -> Hex: ...


K = TypeVar("K", bound=str)
P = TypeVar("P", bound=HasPosition)
D = TypeVar("D")


class Placed(Mapping[K, P], Generic[K, P]):
    """Things by id. Never changes: every change returns a new map."""

    __slots__ = ("_derived", "_of")

    def __init__(self, of: Mapping[K, P] | None = None) -> None:
        self._of: dict[K, P] = dict(of or {})
        self._derived: dict[Callable[..., Any], Any] = {}

    def __getitem__(self, key: K) -> P:
        return self._of[key]

    def get(self, key: object, default: Any = None) -> Any:
        """Return what has the id, or the default; for ids that may well be missing."""
        # Not Mapping's, which raises and catches a KeyError.
        return self._of.get(key, default)  # type: ignore[call-overload]

    def __iter__(self) -> Iterator[K]:
        # In one order, whatever the order of insertion: nothing can be read from it.
        return iter(sorted(self._of))

    def __len__(self) -> int:
        return len(self._of)

    def __contains__(self, key: object) -> bool:
        return key in self._of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Placed) and self._of == other._of

    __hash__ = None  # type: ignore[assignment]  # a value, but too large to be a key

    def __repr__(self) -> str:
        return f"Placed({self._of!r})"

    def put(self, key: K, thing: P | None) -> "Placed[K, P]":
        """Return the map with the thing under the id; None takes it away."""
        of = self._of.copy()
        if thing is None:
            of.pop(key, None)
        else:
            of[key] = thing
        made: Placed[K, P] = Placed.__new__(Placed)
        made._of, made._derived = of, {}
        return made

    def on(self, at: Hex) -> tuple[K, ...]:
        """Return the ids of what stands on the hex, sorted."""
        return self.derive(_by_hex).get(at, ())

    def within(self, where: Runs) -> Iterator[K]:
        """Yield the ids of what stands on the hexes of the runs."""
        index = self.derive(_by_hex)
        if not index:
            return
        if count(where) <= len(index):
            for at in hexes(where):
                yield from index.get(at, ())
            return
        rows: dict[int, list[tuple[int, int]]] = {}
        for q, r, n in where:
            rows.setdefault(r, []).append((q, q + n))
        for at, keys in index.items():
            if any(start <= at.q < end for start, end in rows.get(at.r, ())):
                yield from keys

    def derive(self, of: "Callable[[Placed[K, P]], D]") -> D:
        """Return what the function makes of this map; it is asked once, and only when needed."""
        if of not in self._derived:
            self._derived[of] = of(self)
        return self._derived[of]  # type: ignore[no-any-return]

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        key, thing = get_args(source)
        plain = handler.generate_schema(dict[key, thing])  # type: ignore[valid-type]
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, plain),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda placed: {key: placed[key] for key in placed}, return_schema=plain
            ),
        )


def _by_hex(placed: Placed[K, P]) -> dict[Hex, tuple[K, ...]]:
    found: dict[Hex, tuple[K, ...]] = {}
    for key in placed:
        thing = placed[key]
        found[thing.at] = (*found.get(thing.at, ()), key)
    return found
