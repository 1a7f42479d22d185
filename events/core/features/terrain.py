"""The map itself: its frame, and what each hex is made of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from events.core.left_out import LEFT_OUT_ODD
from events.core.limits import MAP_HEXES, expect_spread
from events.core.messages import (
    JSON,
    Command,
    Decision,
    Event,
    Int,
    JsonObject,
    Message,
    ServerMessage,
)
from events.core.projection import Shown, SingleProjection
from events.core.state import HexTerrain, MapFrame, Member, RoomState, ground
from events.core.targets import MOST_HEXES, in_words
from events.errors import Invalid, NotFound, TooMany
from events.geometry.grid import Hex, HexKey, Runs, count, runs
from events.geometry.offset import Parity, cell_of
from events.geometry.tilemap import TileMap
from events.text import Name

Variant = Annotated[Int, Field(ge=0, le=999)]
CHANGE_BYTES: Final = 600
"""About what a `HexChange` takes in memory, without its terrain's name."""
Painted = tuple[tuple[str, int, Runs], ...]
"""Hexes by what they are made of: (terrain, variant, runs)."""


class OffTheMap(Invalid):
    """A hex is named that the map does not have."""


class HexChange(Message):
    """One hex and what it is to be made of."""

    key: HexKey
    terrain: Name
    variant: Variant = 0


def _not_too_many(value: object) -> object:
    if isinstance(value, list) and len(value) > MOST_HEXES:
        raise TooMany("hexes in a command", MOST_HEXES, len(value))
    return value


class UpdateHexes(Command):
    """Change what hexes are made of; who sees a hex sees it change."""

    tag = "hex:update"
    stageable = True
    changes: Annotated[tuple[HexChange, ...], Field(min_length=1), BeforeValidator(_not_too_many)]

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        grounds = {change.key: ground(change.terrain, change.variant) for change in self.changes}
        changed = {at: new for at, new in grounds.items() if room.terrain.get(at) != new}
        if not changed:
            return
        size = len(room.terrain) + sum(at not in room.terrain for at in changed)
        if size > MAP_HEXES:
            raise TooMany("hexes on a map", MAP_HEXES, size)
        expect_spread(room.terrain, changed)
        yield HexesUpdated(painted=painted(changed.items()))

    def hex_cost(self, room: RoomState) -> int:
        return len(self.changes)

    def held_bytes(self) -> int:
        return CHANGE_BYTES * (1 + len(self.changes)) + sum(
            [len(change.terrain) for change in self.changes]
        )

    def describe(self, room: RoomState) -> str:
        where = in_words(runs(change.key for change in self.changes), room)
        kinds = {change.terrain for change in self.changes}
        return f"Turn {where} into {kinds.pop() if len(kinds) == 1 else 'other terrain'}"


class SetMap(Command):
    """Lay another map; what players were shown stays shown where the new map has it too."""

    tag = "map:set"
    internal = True
    name: Name
    grid_width: Annotated[Int, Field(ge=1, le=2_000_001)]
    grid_height: Annotated[Int, Field(ge=1, le=2_000_001)]
    hex_size: Annotated[float, Field(gt=0, le=10_000)]
    orientation: Literal["flat", "pointy"]
    painted: Painted
    parity: Annotated[Parity, LEFT_OUT_ODD] = "odd"

    def decide(self, room: RoomState, by: Member) -> Iterator[Decision]:
        size = sum(count(where) for _, _, where in self.painted)
        if size > MAP_HEXES:
            raise TooMany("hexes on a map", MAP_HEXES, size)
        expect_spread(TileMap(), tuple(_hexes(self.painted)))
        decision = Decision.of(room, MapSet.model_construct(**dict(self)))
        if decision.after.map != room.map or decision.after.terrain != room.terrain:
            yield decision

    def hex_cost(self, room: RoomState) -> int:
        return len(room.terrain) + sum([count(where) for _, _, where in self.painted])

    def describe(self, room: RoomState) -> str:
        return f"Lay the map {self.name}"


class NoMap(NotFound):
    def __str__(self) -> str:
        return "there is no map yet"


class SetParity(Command):
    """Say which columns (pointy-top: rows) the map's grid pushes, counted from 0.

    No hex moves: the rim of the grid is another, and so are the labels of every second column.
    """

    tag = "map:parity"
    parity: Parity

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if room.map is None:
            raise NoMap
        if room.map.parity != self.parity:
            yield ParitySet(parity=self.parity)

    def describe(self, room: RoomState) -> str:
        return _pushing("Push", self.parity, room)


class HexesUpdated(Event):
    tag = "hex_update"
    painted: Painted

    def evolve(self, room: RoomState) -> RoomState:
        terrain = room.terrain
        for name, variant, where in self.painted:
            terrain = terrain.put(where, ground(name, variant))
        return room.but(terrain=terrain)

    def hexes(self) -> Iterator[Hex]:
        return _hexes(self.painted)

    def describe(self, room: RoomState) -> str:
        where = tuple(run for _, _, of in self.painted for run in of)
        kinds = {name for name, _, _ in self.painted}
        return f"Turned {in_words(where, room)} into {' and '.join(sorted(kinds))}"


class MapSet(Event):
    tag = "map_set"
    name: str
    grid_width: int
    grid_height: int
    hex_size: float
    orientation: Literal["flat", "pointy"]
    painted: Painted
    parity: Annotated[Parity, LEFT_OUT_ODD] = "odd"

    def evolve(self, room: RoomState) -> RoomState:
        frame = MapFrame(
            self.name,
            self.grid_width,
            self.grid_height,
            self.hex_size,
            self.orientation,
            self.parity,
        )
        terrain: TileMap[HexTerrain] = TileMap()
        for name, variant, where in self.painted:
            terrain = terrain.put(where, ground(name, variant))
        return room.but(map=frame, terrain=terrain)

    def hexes(self) -> Iterator[Hex]:
        return _hexes(self.painted)

    def describe(self, room: RoomState) -> str:
        return f"Laid the map {self.name}, {sum(count(of) for _, _, of in self.painted)} hexes"


class ParitySet(Event):
    tag = "map_parity"
    parity: Parity

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(map=room.map and replace(room.map, parity=self.parity))

    def describe(self, room: RoomState) -> str:
        return _pushing("Pushed", self.parity, room)


class MapChanged(ServerMessage):
    """The frame of the map changed; its hexes come by messages of their own."""

    tag = "map:changed"
    map: JsonObject | None


class MapProjection(SingleProjection):
    """The frame of the map; everyone knows it, but for its extent where a setting says so."""

    name = "map"
    reads = frozenset({"map", "settings"})

    def visible(self, room: RoomState, viewer: Member, key: str) -> JSON | None:
        if room.map is None:
            return None
        shown: dict[str, JSON] = {
            "name": room.map.name,
            "hexSize": room.map.hex_size,
            "orientation": room.map.orientation,
        }
        if room.map.parity != "odd":
            shown["parity"] = room.map.parity
        if knows_extent(room, viewer):
            shown |= {"gridWidth": room.map.grid_width, "gridHeight": room.map.grid_height}
        return shown

    def state_fields(self, whole: Shown[str]) -> Mapping[str, JSON]:
        return {"map": whole.get("map")}

    def diff_messages(self, before: Shown[str], after: Shown[str]) -> Iterator[ServerMessage]:
        yield MapChanged(map=after.get("map"))


def _pushing(verb: str, parity: Parity, room: RoomState) -> str:
    pointy = room.map is not None and room.map.orientation == "pointy"
    which = "every second" if parity == "odd" else "the first, third …"
    return f"{verb} {which} {'row' if pointy else 'column'} of the grid"


def knows_extent(room: RoomState, viewer: Member) -> bool:
    """Return whether the viewer may know how large the map is."""
    return viewer.is_dm or room.settings.show_map_extent


def frame_for(room: RoomState, viewer: Member, seen: Iterable[Hex]) -> MapFrame | None:
    """Return the frame of the map, cut down to what is seen where its extent is kept from the viewer."""
    frame = room.map
    if frame is None or knows_extent(room, viewer):
        return frame
    places = [cell_of(at, frame.orientation, frame.parity) for at in seen]
    return replace(
        frame,
        grid_width=max([1, *(column + 1 for column, _ in places)]),
        grid_height=max([1, *(row + 1 for _, row in places)]),
    )


def is_on_map(room: RoomState, at: Hex) -> bool:
    """Return whether a hex lies in the map's grid or on terrain of its own; without a map all do."""
    if room.map is None or at in room.terrain:
        return True
    column, row = cell_of(at, room.map.orientation, room.map.parity)
    return 0 <= column < room.map.grid_width and 0 <= row < room.map.grid_height


def expect_on_map(room: RoomState, hexes: Iterable[Hex]) -> None:
    """Raise OffTheMap for a hex that lies neither in the map's grid nor on terrain of its own.

    A room without a map takes them all.
    """
    frame = room.map
    for at in hexes:
        if frame is not None and not is_on_map(room, at):
            size = f"{frame.grid_width} columns and {frame.grid_height} rows"
            raise OffTheMap(f"hex {at} is not on the map, which has {size}")


def painted(of: Iterable[tuple[Hex, HexTerrain]]) -> Painted:
    """Return hexes and their grounds as an event keeps them."""
    groups: dict[tuple[str, int], list[Hex]] = {}
    for at, hex_terrain in of:
        groups.setdefault((hex_terrain.terrain, hex_terrain.variant), []).append(at)
    return tuple((*hex_terrain, runs(where)) for hex_terrain, where in sorted(groups.items()))


def _hexes(of: Painted) -> Iterator[Hex]:
    for _, _, where in of:
        for q, r, n in where:
            for step in range(n):
                yield Hex(q + step, r)
