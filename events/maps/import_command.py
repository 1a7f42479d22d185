"""The command that takes an imported map over: terrain, notes and what lies on it, in one action."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, Self, TypeVar
from uuid import UUID

from events.core.features.labels import LabelDeleted, LabelSet, LabelWanted
from events.core.features.notes import NoteDeleted, NoteSet, NoteWanted
from events.core.features.paths import PathDeleted, PathSet, PathWanted
from events.core.features.regions import RegionDeleted, RegionSet, RegionWanted
from events.core.features.sites import SiteDeleted, SiteSet, SiteWanted
from events.core.features.terrain import HexesUpdated, SetMap, painted
from events.core.limits import (
    MOST_LABELS,
    MOST_NOTES,
    MOST_PATHS,
    MOST_REGIONS,
    MOST_SITES,
    NOTE_CHARS,
    chars,
    expect_room,
)
from events.core.map_objects import LabelId, PathId, RegionId, SiteId
from events.core.messages import Command, Deciding, Decision, Message
from events.core.state import HexTerrain, Member, Note, NoteId, RoomState, ground
from events.errors import Invalid, TooMany
from events.geometry.grid import Hex, HexKey, hexes

Again = Literal["replace", "merge", "add"]
"""What an import does with what is there: put the file in its place, put both together, or add the file to it."""


class NoteBrought(Message):
    """A note of an imported map."""

    at: HexKey
    note: NoteWanted


class SiteBrought(Message):
    """A site of an imported map."""

    at: HexKey
    site: SiteWanted


class LabelBrought(Message):
    """A label of an imported map."""

    at: HexKey
    label: LabelWanted


class OtherGrid(Invalid):
    def __str__(self) -> str:
        return (
            "the hexes of the file stand otherwise than those of the map; replace the map instead"
        )


T = TypeVar("T")
_LIMITS: Final = (
    ("notes", MOST_NOTES),
    ("paths", MOST_PATHS),
    ("sites", MOST_SITES),
    ("regions", MOST_REGIONS),
    ("labels", MOST_LABELS),
)
"""What lies on a map, in the order of the slices, and how many there may be."""


@dataclass(frozen=True, slots=True)
class ImportTally:
    """How much of a file is new in a room, other than there, and the same; and what of the room it lacks."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class _Turn(Generic[T]):
    """A thing of the file: its id, what the room has in its place, and how it is to be."""

    key: str
    old: T | None
    now: T


class ImportMap(Command):
    """Lay a map and write what lies on it, in one action.

    What the room has already is found again by its place and name, so that the same file twice doubles nothing.
    """

    tag = "map:import"
    internal = True
    map: SetMap
    notes: tuple[NoteBrought, ...]
    paths: tuple[PathWanted, ...] = ()
    sites: tuple[SiteBrought, ...] = ()
    regions: tuple[RegionWanted, ...] = ()
    labels: tuple[LabelBrought, ...] = ()
    again: Again | None = None
    """Left out, the map is replaced and all else merged."""
    keep_notes: bool = False
    """Whether the notes of the room stay also where all else is replaced."""

    def stamped(self, seed: Callable[[], int]) -> Self:
        def named(thing: Any) -> Any:
            return thing.model_copy(update={"id": str(UUID(int=seed(), version=4))})

        return self.model_copy(
            update={
                "notes": tuple(NoteBrought(at=of.at, note=named(of.note)) for of in self.notes),
                "paths": tuple(map(named, self.paths)),
                "sites": tuple(SiteBrought(at=of.at, site=named(of.site)) for of in self.sites),
                "regions": tuple(map(named, self.regions)),
                "labels": tuple(LabelBrought(at=of.at, label=named(of.label)) for of in self.labels),
            }
        )  # fmt: skip

    def decide(self, room: RoomState, by: Member) -> Deciding:
        placed = yield self._lay(room, by)
        expect_room(room, placed)
        sizes = zip(_LIMITS, self.turns(placed), strict=True)
        for (slice_name, most), (turns, unmatched, put, drop) in sizes:
            before = len(getattr(room, slice_name))
            _expect_room_for(
                turns, len(unmatched) if self._replaces(slice_name) else 0, slice_name, most, before
            )
            if slice_name == "notes":
                _expect_texts(room, turns)
            for turn in turns:
                if turn.now != turn.old:
                    yield put(turn.key, turn.now)
            if self._replaces(slice_name):
                for key in unmatched:
                    yield drop(key)

    def tallies(self, room: RoomState, by: Member) -> Mapping[str, ImportTally]:
        """Return what the file brings that the room has or has not; the command needs no stamp for this."""
        placed = self._lay(room, by).after
        painted_here = {at: ground(name, variant) for name, variant, where in self.map.painted for at in hexes(where)}  # fmt: skip
        overlapping = sum(1 for at in painted_here if at in room.terrain)
        changed = sum(
            1
            for at, hex_terrain in painted_here.items()
            if room.terrain.get(at) not in (None, hex_terrain)
        )
        tallies = {"hexes": ImportTally(len(painted_here) - overlapping, changed, overlapping - changed, len(room.terrain) - overlapping)}  # fmt: skip
        merging = self if self.again != "add" else self.model_copy(update={"again": "merge"})
        for (name, _), (turns, unmatched, _, _) in zip(_LIMITS, merging.turns(placed), strict=True):
            new = sum(1 for turn in turns if turn.old is None)
            same = sum(1 for turn in turns if turn.now == turn.old)
            tallies[name] = ImportTally(new, len(turns) - new - same, same, len(unmatched))
        return tallies

    def hex_cost(self, room: RoomState) -> int:
        return self.map.hex_cost(room)

    def describe(self, room: RoomState) -> str:
        return f"Import the map {self.map.name} and {len(self.notes)} notes"

    def _replaces(self, slice_name: str) -> bool:
        return self.again == "replace" and not (slice_name == "notes" and self.keep_notes)

    def _lay(self, room: RoomState, by: Member) -> Decision:
        if self.again in (None, "replace") or room.map is None:
            return self.map.carry_out(room, by)
        if room.map.orientation != self.map.orientation and len(room.terrain):
            raise OtherGrid
        brought = {at: ground(name, variant) for name, variant, where in self.map.painted for at in hexes(where)}  # fmt: skip
        changed: dict[Hex, HexTerrain] = {
            at: hex_terrain
            for at, hex_terrain in brought.items()
            if (old := room.terrain.get(at)) is None
            or (old != hex_terrain and self.again == "merge")
        }
        wide = max(room.map.grid_width, self.map.grid_width)
        high = max(room.map.grid_height, self.map.grid_height)
        if (wide, high) != (room.map.grid_width, room.map.grid_height):
            whole = painted({**dict(room.terrain.items()), **changed}.items())
            frame = {
                "name": room.map.name,
                "hex_size": room.map.hex_size,
                "parity": room.map.parity,
            }
            larger = {**frame, "grid_width": wide, "grid_height": high, "painted": whole}
            return self.map.model_copy(update=larger).carry_out(room, by)
        if changed:
            return Decision.of(room, HexesUpdated(painted=painted(changed.items())))
        return Decision.of(room)

    def turns(self, room: RoomState) -> Iterator[Any]:
        """Yield, for each kind of thing, its turns, the keys of what is gone, and the events for both."""
        again = self.again or "merge"
        notes = _matched(
            [(of.note.id, (of.at, of.note.title.casefold()), of) for of in self.notes],
            {key: (note.at, note.title.casefold()) for key, note in room.notes.items()}, again,
        )  # fmt: skip
        yield (
            [_Turn(key, old := room.notes.get(NoteId(there)), _note(of, old, again)) for key, there, of in notes.pairs],
            notes.gone, lambda key, now: NoteSet(note=NoteId(key), now=now), lambda key: NoteDeleted(note=NoteId(key)),
        )  # fmt: skip
        paths = _matched(
            [(of.id, _path_key(room, of), of) for of in self.paths],
            {key: (path.kind, path.name.casefold() or path.points) for key, path in room.paths.items()}, again,
        )  # fmt: skip
        yield (
            [_Turn(key, old := room.paths.get(PathId(there)), _keeping_audience(of, old, again).on(old, room)) for key, there, of in paths.pairs],
            paths.gone, lambda key, now: PathSet(path=PathId(key), now=now), lambda key: PathDeleted(path=PathId(key)),
        )  # fmt: skip
        sites = _matched(
            [(of.site.id, (of.at, (of.site.title or "").casefold()), of) for of in self.sites],
            {key: (site.at, site.title.casefold()) for key, site in room.sites.items()}, again,
        )  # fmt: skip
        yield (
            [_Turn(key, old := room.sites.get(SiteId(there)), _keeping_audience(of.site, old, again).on(of.at, old, room)) for key, there, of in sites.pairs],
            sites.gone, lambda key, now: SiteSet(site=SiteId(key), now=now), lambda key: SiteDeleted(site=SiteId(key)),
        )  # fmt: skip
        regions = _matched(
            [(of.id, (of.name or "").casefold(), of) for of in self.regions],
            {key: region.name.casefold() for key, region in room.regions.items()}, again,
        )  # fmt: skip
        yield (
            [_Turn(key, old := room.regions.get(RegionId(there)), _keeping_audience(of, old, again).on(old, room)) for key, there, of in regions.pairs],
            regions.gone, lambda key, now: RegionSet(region=RegionId(key), now=now), lambda key: RegionDeleted(region=RegionId(key)),
        )  # fmt: skip
        labels = _matched(
            [(of.label.id, (of.at, of.label.text), of) for of in self.labels],
            {key: (label.at, label.text) for key, label in room.labels.items()}, again,
        )  # fmt: skip
        yield (
            [_Turn(key, old := room.labels.get(LabelId(there)), _keeping_audience(of.label, old, again).on(of.at, old, room)) for key, there, of in labels.pairs],
            labels.gone, lambda key, now: LabelSet(label=LabelId(key), now=now), lambda key: LabelDeleted(label=LabelId(key)),
        )  # fmt: skip


class _Matched(Generic[T]):
    """Things of the file, each with the id of its counterpart in the room or a new one; and what has none."""

    def __init__(self, pairs: list[tuple[str, str, T]], gone: list[str]) -> None:
        self.pairs, self.gone = pairs, gone


def _matched(
    brought: Iterable[tuple[str | None, Hashable, T]],
    existing: Mapping[Any, Hashable],
    again: Again,
) -> _Matched[T]:
    """Return which thing of the room each one of the file is, by their names, the first of several first."""
    by_name: dict[Hashable, list[str]] = {}
    if again != "add":
        for key in sorted(existing, reverse=True):
            by_name.setdefault(existing[key], []).append(key)
    pairs = []
    for number, (new, name, thing) in enumerate(brought):
        namesakes = by_name.get(name)
        key = namesakes.pop() if namesakes else new or f"new-{number}"
        pairs.append((key, key, thing))
    return _Matched(pairs, sorted(key for keys in by_name.values() for key in keys))


def _path_key(room: RoomState, wanted: PathWanted) -> Hashable:
    return (wanted.kind, (wanted.name or "").casefold() or wanted.on(None, room).points)


def _keeping_audience(content: Any, old: Any, again: Again) -> Any:
    """Return the imported object, without its audience where the room has decided that already."""
    if old is not None and (again == "merge" or old.players or old.audience == "all"):
        return content.model_copy(update={"audience": None})
    return content


def _note(brought: NoteBrought, old: Note | None, again: Again) -> Note:
    content = _keeping_audience(brought.note, old, again)
    if old is not None:
        # A text that the file has not is not one that the DM is to lose.
        texts = {"player_text": content.player_text or None, "dm_text": content.dm_text or None}
        kind = old.kind if content.kind == "poi" else content.kind
        update = {"kind": kind, **(texts if again == "merge" else {})}
        content = content.model_copy(update=update)
    note: Note = content.on(brought.at, old)
    return note


def _expect_room_for(
    turns: Iterable[_Turn[Any]], removed: int, noun: str, most: int, before: int
) -> None:
    """Raise TooMany where a room with so many things cannot hold the new ones."""
    size = before - removed + sum(1 for turn in turns if turn.old is None)
    if size > most and size > before:
        raise TooMany(noun, most, size)


def _expect_texts(room: RoomState, turns: Iterable[_Turn[Note]]) -> None:
    olds = chars(turn.old for turn in turns if turn.old is not None)
    size = chars(room.notes.values()) - olds + chars(turn.now for turn in turns)
    if size > NOTE_CHARS:
        raise TooMany("characters in notes", NOTE_CHARS, size)
