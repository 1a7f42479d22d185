"""The country of a generated map: rivers, settlements, roads, realms, woods and ranges, sites, all with names.

The same seed and land give the same country on every machine; ties go to the smaller hex.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from events.core.map_objects import RegionKind, SiteKind
from events.geometry.course import Course, CoursePoint, through
from events.geometry.grid import Hex, disc
from events.maps.countryside import TRAVEL_COST, connected, realms, road
from events.maps.document import MapDocument
from events.maps.imported import ImportedLabel, ImportedPath, ImportedRegion, ImportedSite
from events.maps.imports import ImportedMap
from events.maps.noise import chance
from events.maps.place_names import PlaceNames
from events.maps.waters import rivers

FEWEST_HEXES: Final = 40
"""The land that a country needs at least; and of more than one terrain, for a bare grid is to stay bare."""

_COMFORT: Final[Mapping[str, float]] = {
    "plains": 1.0, "coast": 0.9, "forest": 0.5, "hills": 0.5, "desert": 0.1, "tundra": 0.1, "swamp": 0.0,
}  # fmt: skip
"""How well people live on a terrain; where it is not named, nobody does."""
_REALM_COLOURS: Final = ("#8c4a3c", "#3f6f8f", "#6b7f3a", "#80568c", "#a8782c", "#3f7a6e")
_NATURAL: Final[tuple[tuple[str, RegionKind, int], ...]] = (
    ("forest", "forest", 12),
    ("mountain", "mountains", 8),
    ("swamp", "swamp", 8),
    ("desert", "desert", 10),
)
"""Terrain, kind of region, and how many hexes it has at least to have a name."""


class _Wild(NamedTuple):
    """A site out in the country."""

    kind: SiteKind
    terrains: tuple[str, ...]
    dm_only: bool


_WILD: Final = (
    _Wild("ruin", ("forest", "swamp", "plains", "desert"), dm_only=False),
    _Wild("lair", ("swamp", "forest", "mountain"), dm_only=True),
    _Wild("tower", ("hills", "plains", "tundra"), dm_only=False),
    _Wild("cave", ("mountain", "hills"), dm_only=True),
    _Wild("shrine", ("forest", "hills", "tundra"), dm_only=False),
    _Wild("mine", ("hills", "mountain"), dm_only=False),
    _Wild("tomb", ("plains", "desert", "tundra"), dm_only=True),
    _Wild("stones", ("plains", "tundra", "desert"), dm_only=False),
    _Wild("monastery", ("hills", "forest"), dm_only=False),
    _Wild("lighthouse", ("coast",), dm_only=False),
    _Wild("peak", ("volcanic", "mountain"), dm_only=False),
)


class _Town(NamedTuple):
    at: Hex
    kind: SiteKind
    name: str


def settled(document: MapDocument, heights: Mapping[Hex, float], seed: int) -> ImportedMap:
    """Return the map with its country; with none where there is too little land, or all is of one terrain."""
    ground = document.terrain()
    land = sorted(at for at in ground if ground[at] in TRAVEL_COST)
    if len(land) < FEWEST_HEXES or len(set(ground.values())) == 1:
        return ImportedMap(document, (), ())
    return _Country(document, ground, land, heights, seed).map()


class _Country:
    def __init__(
        self,
        document: MapDocument,
        ground: Mapping[Hex, str],
        land: Sequence[Hex],
        heights: Mapping[Hex, float],
        seed: int,
    ) -> None:
        self._document = document
        self._ground = ground
        self._land = land
        self._seed = seed
        self._drawn = 0
        self._names = PlaceNames(seed ^ 0x7A3E)
        self._rivers = rivers(ground, heights, 2 + len(land) // 60)
        self._banks = {point.at for course in self._rivers for point in course}
        self._towns = self._settlements()

    def map(self) -> ImportedMap:
        """Return the map with all that lies on it."""
        ways = list(self._roads())
        seas, lakes = self._waters()
        return ImportedMap(
            self._document,
            (),
            (),
            (*self._named_rivers(), *ways),
            tuple(self._sites(ways)),
            (*self._realms(), *self._wilds(), *lakes),
            tuple(seas),
        )

    def _chance(self) -> float:
        self._drawn += 1
        return chance(self._seed ^ 0x51EE, self._drawn)

    def _named_rivers(self) -> Iterator[ImportedPath]:
        for course in self._rivers:
            name = self._names.draw("river") if len(course) > 4 else ""
            yield ImportedPath("river", course, name, dm_only=False)

    def _settlements(self) -> list[_Town]:
        """Return the places where people live, the best first; the first ones are the seats of realms."""
        most = max(2, min(150, len(self._land) // 40))
        apart = max(2, int(math.sqrt(len(self._land) / most) * 0.75))
        seats = max(1, min(12, len(self._land) // 170))
        places: list[Hex] = []
        blocked: set[Hex] = set()
        for at in sorted(self._land, key=lambda at: (-self._worth(at), at)):
            if len(places) == most or self._ground[at] not in _COMFORT:
                break
            if at not in blocked:
                places.append(at)
                blocked.update(disc(at, apart))
        ordered = _spread(places, seats)
        return [
            _Town(at, self._kind(at, number, seats), self._names.draw("settlement"))
            for number, at in enumerate(ordered)
        ]

    def _worth(self, at: Hex) -> float:
        comfort = _COMFORT.get(self._ground[at])
        if comfort is None:
            return -1
        shore = any(self._ground.get(near) == "water" for near in at.neighbours())
        luck = chance(self._seed ^ 0x70, at.q * 4_001 + at.r & 0xFFFF_FFFF)
        return comfort + 0.6 * (at in self._banks) + 0.5 * shore + 0.5 * luck

    def _kind(self, at: Hex, number: int, seats: int) -> SiteKind:
        if number < seats:
            return "capital" if number == 0 and seats > 2 else "city"
        by_sea = any(self._ground.get(near) == "water" for near in at.neighbours())
        luck = self._chance()
        if by_sea and luck < 0.5:
            return "port"
        return "town" if luck < 0.3 else "village" if luck < 0.75 else "hamlet"

    def _roads(self) -> Iterator[ImportedPath]:
        """Yield the roads by which each settlement is joined to the nearest one that is joined already."""
        ground = {**self._ground, **self._hard_banks()}
        steps: set[frozenset[Hex]] = set()
        named: set[str] = set()
        for start, end in _joined(self._towns, self._islands()):
            walk = road(ground, start.at, end.at)
            # The next one takes this road rather than the woods beside it.
            ground.update(dict.fromkeys(walk, "plains"))
            small = {"village", "hamlet"} >= {start.kind, end.kind}
            for number, part in enumerate(_new_parts(walk, steps)):
                name = "" if small or number or len(part) < 6 else f"{end.name} Road"
                name = "" if name in named else name
                named.add(name)
                yield ImportedPath("trail" if small else "road", part, name, dm_only=False)

    def _hard_banks(self) -> Mapping[Hex, str]:
        """Return the hexes of rivers as a terrain that roads avoid, so that they cross them and do not run in them."""
        towns = {town.at for town in self._towns}
        costly = TRAVEL_COST["swamp"]
        return {
            at: "swamp"
            for at in self._banks - towns
            if TRAVEL_COST.get(self._ground[at], costly) < costly
        }

    def _islands(self) -> Mapping[Hex, int]:
        """Return the number of the stretch of land that each hex belongs to."""
        land = dict.fromkeys(self._land, "land")
        stretches = connected(land, "land")
        return {at: number for number, stretch in enumerate(stretches) for at in stretch}

    def _realms(self) -> Iterator[ImportedRegion]:
        seats = [town for town in self._towns if town.kind in ("capital", "city")]
        owned = realms(self._ground, [town.at for town in seats])
        for number, town in enumerate(seats):
            colour = _REALM_COLOURS[number % len(_REALM_COLOURS)]
            name = self._names.draw("realm", town.name)
            members = tuple(sorted(owned[town.at]))
            yield ImportedRegion(name, members, "realm", colour, dm_only=False)

    def _wilds(self) -> Iterator[ImportedRegion]:
        for terrain, kind, least in _NATURAL:
            stretches = connected(self._ground, terrain)
            for stretch in stretches[: min(20, 1 + len(self._land) // 400)]:
                if len(stretch) >= least:
                    name = self._names.draw(kind)
                    yield ImportedRegion(name, tuple(sorted(stretch)), kind, dm_only=False)

    def _waters(self) -> tuple[list[ImportedLabel], list[ImportedRegion]]:
        """Return the names of seas as labels, and lakes as regions."""
        seas: list[ImportedLabel] = []
        lakes: list[ImportedRegion] = []
        for stretch in connected(self._ground, "water")[:12]:
            at, depth = inmost(stretch)
            if len(stretch) >= 20 and depth:
                size = min(2.5, 0.5 + 0.3 * depth)
                text = self._names.draw("sea")
                seas.append(ImportedLabel(at, text, size=size, dm_only=False))
            elif len(stretch) >= 4 and depth:
                name = self._names.draw("lake")
                lakes.append(ImportedRegion(name, tuple(sorted(stretch)), "lake", dm_only=False))
        return seas, lakes

    def _sites(self, ways: Sequence[ImportedPath]) -> Iterator[ImportedSite]:
        occupied = {town.at for town in self._towns}
        for town in self._towns:
            yield ImportedSite(town.at, town.kind, town.name, dm_only=False)
        roads = sorted({point.at for way in ways for point in way.points} - occupied)
        crossings = _crossings(at for at in roads if at in self._banks)
        for number, at in enumerate(crossings[:: max(1, len(crossings) // 12)]):
            occupied.add(at)
            name = self._names.draw("bridge") if number % 2 == 0 else ""
            yield ImportedSite(at, "bridge", name, dm_only=False)
        for town in self._towns:
            if town.kind in ("capital", "city") and (hill := self._near(town.at, occupied)):
                occupied.add(hill)
                yield ImportedSite(hill, "castle", self._names.draw("castle"), dm_only=False)
        for at in roads[9 :: max(24, len(roads) // 40)]:
            if at not in occupied:
                occupied.add(at)
                yield ImportedSite(at, "inn", self._names.draw("inn"), dm_only=False)
        yield from self._in_the_wild(occupied)

    def _near(self, seat: Hex, occupied: Collection[Hex]) -> Hex | None:
        """Return the free hex beside a seat that is the best for a castle."""
        order = ("hills", "coast", "plains", "forest")
        free = [
            at for at in seat.neighbours() if at not in occupied and self._ground.get(at) in order
        ]
        return min(free, key=lambda at: (order.index(self._ground[at]), at), default=None)

    def _in_the_wild(self, occupied: set[Hex]) -> Iterator[ImportedSite]:
        by_terrain: dict[str, list[Hex]] = {}
        for at in self._land:
            by_terrain.setdefault(self._ground[at], []).append(at)
        crowded = {near for at in occupied for near in disc(at, 1)}
        for number in range(min(300, 3 + len(self._land) // 50)):
            wild = _WILD[number % len(_WILD)]
            places = [at for terrain in wild.terrains for at in by_terrain.get(terrain, ())]
            if not places:
                continue
            at = places[int(self._chance() * len(places))]
            if at not in crowded:
                crowded.update(disc(at, 1))
                yield ImportedSite(at, wild.kind, self._names.draw(wild.kind), wild.dm_only)


def inmost(stretch: Collection[Hex]) -> tuple[Hex, int]:
    """Return the hex of a stretch that is farthest from all else, and how many hexes lie around it."""
    inside, depth = frozenset(stretch), 0
    while True:
        inner = frozenset(at for at in inside if all(near in inside for near in at.neighbours()))
        if not inner:
            break
        inside, depth = inner, depth + 1
    q = sum(at.q for at in inside) / len(inside)
    r = sum(at.r for at in inside) / len(inside)
    return min(sorted(inside), key=lambda at: (at.q - q) ** 2 + (at.r - r) ** 2), depth


def _crossings(shared: Iterable[Hex]) -> list[Hex]:
    """Return where bridges stand: one for each stretch of a road that lies in the hexes of a river."""
    stretches = connected(dict.fromkeys(shared, "shared"), "shared")
    return sorted(sorted(stretch)[len(stretch) // 2] for stretch in stretches)


def _spread(places: Sequence[Hex], first: int) -> list[Hex]:
    """Return the places with those first that lie far from each other, beginning with the best."""
    rest = list(places)
    chosen = [rest.pop(0)] if rest else []
    while rest and len(chosen) < first:
        farthest = max(rest, key=lambda at: min(at.distance(other) for other in chosen))
        rest.remove(farthest)
        chosen.append(farthest)
    return chosen + rest


def _joined(towns: Sequence[_Town], islands: Mapping[Hex, int]) -> Iterator[tuple[_Town, _Town]]:
    """Yield pairs that join all towns of each island, as short as can be.

    Source: Prim, "Shortest connection networks".
    """
    by_island: dict[int, list[_Town]] = {}
    for town in towns:
        by_island.setdefault(islands[town.at], []).append(town)
    for first, *others in by_island.values():
        nearest = dict.fromkeys(others, first)
        while nearest:
            start = min(nearest, key=lambda town: (town.at.distance(nearest[town].at), town.at))
            yield start, nearest.pop(start)
            for town, joined in nearest.items():
                if town.at.distance(start.at) < town.at.distance(joined.at):
                    nearest[town] = start


def _new_parts(walk: Sequence[Hex], steps: set[frozenset[Hex]]) -> Iterator[Course]:
    """Yield the parts of a walk that have no road yet, and add their steps to those that have one."""
    part: list[Hex] = []
    for start, end in pairwise(walk):
        step = frozenset((start, end))
        if step in steps:
            if part:
                yield through([CoursePoint(at) for at in part])
            part = []
        else:
            steps.add(step)
            part = [*(part or [start]), end]
    if part:
        yield through([CoursePoint(at) for at in part])
