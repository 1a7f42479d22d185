"""Changes: what differs between two states of a room, key by key; how to apply it and to invert it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Annotated, Any, Final, Protocol, TypeVar, cast

from pydantic import Field, SerializerFunctionWrapHandler, WrapSerializer

from events.core.map_objects import Label, Path, Region, Site
from events.core.staged_queue import StagedQueue
from events.core.values import (
    HexTerrain,
    HexUnit,
    LabelSettings,
    MapFrame,
    MapLook,
    Mode,
    Modifiers,
    Note,
    Picture,
    Pin,
    Rule,
    Staged,
    Stroke,
    Token,
    UserId,
    Visibility,
)
from events.geometry.grid import Hex, Run, Runs, runs
from events.geometry.placed import Placed
from events.geometry.tilemap import TileMap

V = TypeVar("V")
R = TypeVar("R", bound="HasSlices")


class HasSlices(Protocol):
    """A room: a value of slices, named like those of `Changes`."""

    def but(self, **slices: Any) -> Any:
        """Return the room with other slices."""


HexDiff = tuple[tuple[V | None, V | None, Runs], ...]
"""(old, new, hexes) of each pair of values that hexes held and hold."""
Diff = tuple[tuple[str, V | None, V | None], ...]
"""(key, old, new) of each key that differs, sorted."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in the undoable slices of a room; a slice is undoable by being named here."""

    map: Diff[MapFrame] = ()
    picture: Diff[Picture] = ()
    terrain: HexDiff[HexTerrain] = ()
    visibility: Annotated[HexDiff[Visibility], Field(alias="sights")] = ()
    tokens: Diff[Token] = ()
    notes: Diff[Note] = ()
    pins: Diff[Pin] = ()
    strokes: Diff[Stroke] = ()
    paths: Diff[Path] = ()
    sites: Diff[Site] = ()
    regions: Diff[Region] = ()
    labels: Diff[Label] = ()
    rules: Diff[Rule] = ()
    skills: Diff[Modifiers] = ()
    settings: Diff[float | bool | LabelSettings | MapLook | HexUnit] = ()
    """By field."""
    merged: Diff[UserId] = ()
    mode: Diff[Mode] = ()
    staged: Diff[Staged] = ()
    """Mode and queue only where a DM threw the queue away."""

    def keys(self, *slices: str) -> Iterator[str]:
        """Yield the keys that changed in slices by id."""
        for name in slices:
            for key, _, _ in getattr(self, name):
                yield key

    def hexes(self, *slices: str) -> Runs:
        """Return the hexes that changed in slices by hex."""
        return tuple(run for name in slices for _, _, where in getattr(self, name) for run in where)


def _without_empty(changes: Changes, worded: SerializerFunctionWrapHandler) -> dict[str, Any]:
    return {name: diff for name, diff in worded(changes).items() if diff}


RecordedChanges = Annotated[Changes, WrapSerializer(_without_empty)]
"""Changes in an event. Slices in which nothing changed are left out: what is in the record keeps its
text when a later version of Hexroom knows more slices."""


class SliceDiffer(Protocol):
    """How slices of one shape are compared, and how a difference is applied to one."""

    def diff(self, old: Any, new: Any) -> tuple[Any, ...]:
        """Return what differs from one slice to another."""

    def apply(self, slice_: Any, diff: Any) -> Any:
        """Return the slice with the new values of the diff."""

    def invert(self, slice_: Any, diff: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Return the inverse for the keys that still hold the new value, and for those that no longer do."""


class ByHex:
    """A TileMap."""

    def diff(self, old: TileMap[V], new: TileMap[V]) -> HexDiff[V]:
        by_identity: dict[tuple[int, int], tuple[V | None, V | None, list[Hex]]] = {}
        merged: list[tuple[V | None, V | None, list[Hex]]] = []
        for at, was, now in old.diff(new):
            group = by_identity.get((id(was), id(now)))
            if group is None:
                group = next((g for g in merged if g[0] == was and g[1] == now), None)
                if group is None:
                    group = (was, now, [])
                    merged.append(group)
                by_identity[id(was), id(now)] = group
            group[2].append(at)
        return tuple((was, now, runs(where)) for was, now, where in merged)

    def apply(self, slice_: TileMap[V], diff: HexDiff[V]) -> TileMap[V]:
        for _, new, where in diff:
            slice_ = slice_.put(where, new)
        return slice_

    def invert(self, slice_: TileMap[V], diff: HexDiff[V]) -> tuple[HexDiff[V], HexDiff[V]]:
        puts, others_now = [], []
        for old, new, where in diff:
            still, others = _parted(slice_, where, new)
            if still:
                puts.append((new, old, still))
            _, others = _parted(slice_, others, old)
            if others:
                others_now.append((new, old, others))
        return tuple(puts), tuple(others_now)


@dataclass(frozen=True)
class ByKey:
    """A slice that is a mapping by id."""

    read: Callable[[Any], Mapping[str, Any]]
    write: Callable[[Any, Mapping[str, Any]], Any]
    """Given a slice and new values by id, None to take away."""

    def diff(self, old: Any, new: Any) -> Diff[Any]:
        was, now = self.read(old), self.read(new)
        # What a few changes made of another knows which, whatever its size.
        keys: Iterable[str]
        if isinstance(now, Placed) and isinstance(was, Placed):
            keys = now.changed_since(was)
        else:
            keys = was.keys() | now.keys()
        return tuple(
            (key, was.get(key), now.get(key))
            for key in sorted(keys)
            if was.get(key) != now.get(key)
        )

    def apply(self, slice_: Any, diff: Diff[Any]) -> Any:
        return self.write(slice_, {key: new for key, _, new in diff}) if diff else slice_

    def invert(self, slice_: Any, diff: Diff[Any]) -> tuple[Diff[Any], Diff[Any]]:
        now = self.read(slice_)
        puts = tuple((key, new, old) for key, old, new in diff if now.get(key) == new)
        others = tuple((key, new, old) for key, old, new in diff if now.get(key) not in (old, new))
        return puts, others


def between(before: HasSlices, after: HasSlices) -> Changes:
    """Return what changed in the undoable slices from one room to another."""
    return Changes(
        **{
            name: differ.diff(old, new)
            for name, differ in DIFFERS.items()
            if (old := getattr(before, name)) is not (new := getattr(after, name))
        }
    )


def apply(room: R, changes: Changes) -> R:
    """Return the room with the new values, whatever it held at their keys."""
    slices = {
        name: differ.apply(getattr(room, name), diff)
        for name, differ in ALL_DIFFERS.items()
        if (diff := getattr(changes, name))
    }
    return cast("R", room.but(**slices)) if slices else room


def invert(room: HasSlices, changes: Changes) -> tuple[Changes, Changes]:
    """Return the inverse for the keys that are still as the changes left them, and for the rest.

    The rest are the keys that hold something else by now; a key that holds again what it held
    before is in neither.
    """
    puts, others = {}, {}
    for name, differ in ALL_DIFFERS.items():
        if diff := getattr(changes, name):
            puts[name], others[name] = differ.invert(getattr(room, name), diff)
    return Changes(**puts), Changes(**others)


def _parted(slice_: TileMap[V], where: Runs, value: V | None) -> tuple[Runs, Runs]:
    """Return the hexes that hold the value, and those that do not."""
    parts: tuple[list[Run], list[Run]] = ([], [])
    get: Callable[[tuple[int, int]], V | None] = slice_.get  # type: ignore[assignment]  # any pair
    for q, r, n in where:
        start, holds = q, get((q, r)) == value
        for at in range(q + 1, q + n):
            if (get((at, r)) == value) is not holds:
                parts[not holds].append((start, r, at - start))
                start, holds = at, not holds
        parts[not holds].append((start, r, q + n - start))
    return tuple(parts[0]), tuple(parts[1])


def _write_ids(slice_: Any, values: Mapping[str, Any]) -> Any:
    for key, value in values.items():
        slice_ = slice_.put(key, value)
    return slice_


def _write_mapping(slice_: Mapping[str, Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
    whole = {**slice_, **values}
    return MappingProxyType({key: value for key, value in whole.items() if value is not None})


def _write_queue(queue: StagedQueue[Any, Any], values: Mapping[str, Any]) -> StagedQueue[Any, Any]:
    whole = {**_read_queue(queue), **values}
    return StagedQueue(sorted(filter(None, whole.values()), key=lambda change: change.id))


def _read_queue(queue: StagedQueue[Any, Any]) -> dict[str, Staged]:
    return {str(change.id): change for change in queue.values()}


_IDS: Final = ByKey(lambda ids: ids, _write_ids)
_COVERING: Final = ByKey(lambda ids: ids, lambda ids, values: ids.put_all(values))
_MAPPING: Final = ByKey(lambda of: of, _write_mapping)
_ONE: Final = ByKey(lambda value: {"": value}, lambda _, values: values[""])
_FIELDS: Final = ByKey(
    lambda of: {field.name: getattr(of, field.name) for field in fields(of)},
    lambda of, values: replace(of, **values),
)
_QUEUE: Final = ByKey(_read_queue, _write_queue)

DIFFERS: Final[Mapping[str, SliceDiffer]] = {
    "map": _ONE,
    "picture": _ONE,
    "terrain": ByHex(),
    "visibility": ByHex(),
    "tokens": _IDS,
    "notes": _IDS,
    "pins": _IDS,
    "strokes": _IDS,
    "paths": _COVERING,
    "sites": _IDS,
    "regions": _COVERING,
    "labels": _IDS,
    "rules": _MAPPING,
    "skills": _MAPPING,
    "settings": _FIELDS,
    "merged": _MAPPING,
}
QUEUE_DIFFERS: Final[Mapping[str, SliceDiffer]] = {"mode": _ONE, "staged": _QUEUE}
ALL_DIFFERS: Final[Mapping[str, SliceDiffer]] = {**DIFFERS, **QUEUE_DIFFERS}
