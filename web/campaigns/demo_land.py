"""The land of the demo: what lies on its map, and who of the table comes to know of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from events.core.messages import JSON, Command, command_from_wire
from events.core.state import UserId
from events.geometry.course import CoursePoint
from events.geometry.grid import Hex, disc
from events.maps.countryside import border, connected, downstream, realms, river, road

TRAIL: Final = "trail-smugglers"
CAVE: Final = "site-cave"
SHRINE: Final = "note-shrine"
LAIR: Final = "site-lair"
"""Ids of what players get to know alone, or never."""

SHORTEST_RIVER: Final = 6
ROAD_HEXES: Final = 14
"""How many hexes long the road between the two towns is to be."""
REALM_RADIUS: Final = 9
"""How far a town rules at most, in hexes."""

_SITES: Final[tuple[tuple[str, str, str, tuple[str, ...], int, JSON], ...]] = (
    ("village", "Reedham", "start", ("plains", "forest"), 2, "seen"),
    ("inn", "The Drowned Bell", "road", ("plains", "forest", "hills", "coast"), 0, "seen"),
    ("shrine", "Shrine of the Heron", "start", ("forest",), 1, "seen"),
    ("castle", "Castle Tarn", "end", ("hills", "tundra", "forest"), 2, "all"),
    ("tower", "Watchtower", "start", ("forest", "plains"), 4, "seen"),
    ("lighthouse", "Gull Light", "end", ("coast",), 2, "all"),
    ("mine", "Old Copper Mine", "start", ("hills",), 5, "seen"),
    ("stones", "The Nine Stones", "start", ("desert", "plains"), 6, "seen"),
    ("peak", "Mount Ember", "start", ("volcanic",), 5, "all"),
)
"""Kind, title, near which place, on which terrain, how far away at least, and for whom."""


def preparation(
    ground: Mapping[Hex, str], heights: Mapping[Hex, float], walk: Sequence[Hex]
) -> Iterator[Command]:
    """Yield the commands with which the DM prepares the map before the session.

    ``ground`` is the terrain by hex, ``heights`` say how high it lies, ``walk`` is the way that the
    party is going to take, from a town to a ruin.
    """
    start, ruin = walk[0], walk[-1]
    way = _road_to_the_coast(ground, start)
    end = way[-1]
    water = [at for at in ground if ground[at] == "water"]
    near_walk = {near for at in walk for near in disc(at, 1)}
    brindle = _river(ground, downstream(heights, water), near_walk)
    yield _path("river-brindle", "river", "Brindle", brindle)
    yield _path("road-salt", "road", "Salt Road", way)
    yield from _two_realms(ground, start, end)
    yield _region("region-forest", "Hollow Wood", "forest", _stretch(ground, "forest", start))
    yield _region("region-marches", "The Sunken Marches", "swamp", _stretch(ground, "swamp", ruin))
    yield from _labels(ground)
    yield from _sites(ground, walk, way)


def revealed_trail(to: UserId) -> Iterator[Command]:
    """Yield how one player alone is told of the smugglers' trail and of the cave at its end."""
    yield _reveal("path:reveal", "pathId", TRAIL, to)
    yield _reveal("site:reveal", "siteId", CAVE, to)


def revealed_omen(to: UserId) -> Iterator[Command]:
    """Yield how one player alone is told of the omen at the shrine."""
    yield _reveal("note:reveal", "noteId", SHRINE, to)


def _road_to_the_coast(ground: Mapping[Hex, str], start: Hex) -> tuple[Hex, ...]:
    """Return the road to a coast hex whose length is nearest to the one wanted."""
    coasts = sorted(at for at in ground if ground[at] == "coast")
    ways = (road(ground, start, end) for end in coasts)
    return min(filter(None, ways), key=lambda way: abs(len(way) - ROAD_HEXES))


def _river(
    ground: Mapping[Hex, str], drains: Mapping[Hex, Hex], revealed: Collection[Hex]
) -> tuple[CoursePoint, ...]:
    """Return the river from the heights of which most is in hexes that players are going to see."""
    sources = (at for at in sorted(ground) if ground[at] in ("mountain", "hills", "forest"))
    rivers = (river(at, drains) for at in sources)
    return max(
        (course for course in rivers if len(course) >= SHORTEST_RIVER),
        key=lambda course: (sum(point.at in revealed for point in course), len(course)),
    )


def _two_realms(ground: Mapping[Hex, str], start: Hex, end: Hex) -> Iterator[Command]:
    around = realms(ground, (start, end))
    south, north = (
        frozenset(at for at in around[seat] if at.distance(seat) <= REALM_RADIUS)
        for seat in (start, end)
    )
    yield _region("region-south", "March of Saltford", "realm", south, "all")
    yield _region("region-north", "Barony of Tarn", "realm", north, "all")
    yield _path("border-tarn", "border", "Tarn Border", border(south, north), along=True)


def _labels(ground: Mapping[Hex, str]) -> Iterator[Command]:
    sea = _inmost(connected(ground, "water")[0])
    yield _label("label-sea", sea, "The Grey Sound", size=1.0, angle=-12.0)
    peaks = _inmost(connected(ground, "mountain")[0])
    yield _label("label-peaks", peaks, "Ironteeth", size=0.7, angle=8.0)


def _sites(ground: Mapping[Hex, str], walk: Sequence[Hex], way: Sequence[Hex]) -> Iterator[Command]:
    start, ruin, end = walk[0], walk[-1], way[-1]
    occupied = {start, ruin, end}
    yield _site("site-saltford", start, "town", "Saltford", "all")
    yield _note(
        "note-saltford", start, "town", "Saltford",
        "A walled town on the last dry ground. The reeve pays 50 silver for news of Old Merrow.",
        "The reeve sold the dyke timber himself. He pays for silence, not for news.",
    )  # fmt: skip
    yield _site("site-merrow", ruin, "ruin", "Old Merrow", "seen")
    yield _note(
        "note-merrow", ruin, "dungeon", "Old Merrow",
        "Roofs and a bell tower stand out of the black water.",
        "The bell rings at low tide and calls the drowned. Silencing it ends the flood.",
    )  # fmt: skip
    yield _site("site-tarnport", end, "port", "Tarnport", "all")
    places = {"start": start, "end": end, "road": way[len(way) // 2]}
    for kind, title, place, terrains, least, audience in _SITES:
        at = _nearest(ground, places[place], terrains, least, occupied)
        occupied.add(at)
        yield _site(f"site-{kind}", at, kind, title, audience)
        if kind == "shrine":
            yield _note(
                SHRINE, at, "lore", "The heron's omen",
                "The heron's stone eye weeps salt water and looks to the north-west.",
                "Whoever prays here dreams of the bell of Old Merrow.",
                "dm",
            )  # fmt: skip
    fork = walk[len(walk) // 2]
    cave = _nearest(ground, fork, ("swamp", "forest", "plains"), 2, occupied | {*walk})
    yield _site(CAVE, cave, "cave", "Smugglers' Hole", "dm")
    yield _path(TRAIL, "trail", "Smugglers' Trail", road(ground, fork, cave), audience="dm")
    lair = _nearest(ground, ruin, ("swamp", "forest"), 1, occupied | {*walk, cave})
    yield _site(LAIR, lair, "lair", "Lair of the Mire Hydra", "dm")
    yield _note(
        "note-lair", lair, "encounter", "The mire hydra", "",
        "Five heads, asleep until the bell rings. Flees from fire.", "dm",
    )  # fmt: skip


def _nearest(
    ground: Mapping[Hex, str], to: Hex, terrains: Collection[str], least: int, occupied: set[Hex]
) -> Hex:
    """Return the free hex of these terrains that is nearest, but at least so many hexes away."""
    free = (at for at in ground if ground[at] in terrains and at not in occupied)
    return min(
        (at for at in free if at.distance(to) >= least), key=lambda at: (at.distance(to), at)
    )


def _stretch(ground: Mapping[Hex, str], terrain: str, near: Hex) -> frozenset[Hex]:
    """Return the stretch of at least six hexes of a terrain that is nearest, the larger first."""
    large = [stretch for stretch in connected(ground, terrain) if len(stretch) >= 6]
    return min(large, key=lambda stretch: min(at.distance(near) for at in stretch))


def _inmost(stretch: Collection[Hex]) -> Hex:
    """Return the hex farthest from all that does not belong to a stretch, of several the most central."""

    def inwards(at: Hex) -> tuple[int, int]:
        radius = 0
        while all(near in stretch for near in disc(at, radius + 1)):
            radius += 1
        return radius, -sum(at.distance(other) for other in stretch)

    return max(sorted(stretch), key=inwards)


def _path(
    key: str,
    kind: str,
    name: str,
    points: Sequence[CoursePoint | Hex],
    audience: str = "seen",
    *,
    along: bool = False,
) -> Command:
    fields = {"id": key, "kind": kind, "name": name, "audience": audience, "along": along}
    path = {**fields, "points": [str(point) for point in points]}
    return command_from_wire({"type": "path:set", "path": path})


def _site(key: str, at: Hex, kind: str, title: str, audience: JSON) -> Command:
    site = {"id": key, "kind": kind, "title": title, "audience": audience}
    return command_from_wire({"type": "site:set", "hexKey": str(at), "site": site})


def _region(
    key: str, name: str, kind: str, hexes: Collection[Hex], audience: str = "seen"
) -> Command:
    fields: dict[str, Any] = {"id": key, "name": name, "kind": kind, "audience": audience}
    region = {**fields, "hexKeys": [str(at) for at in sorted(hexes)]}
    return command_from_wire({"type": "region:set", "region": region})


def _label(key: str, at: Hex, text: str, *, size: float, angle: float) -> Command:
    label = {"id": key, "text": text, "size": size, "angle": angle, "audience": "all"}
    return command_from_wire({"type": "label:set", "hexKey": str(at), "label": label})


def _note(
    key: str, at: Hex, kind: str, title: str, public: str, secret: str, audience: str = "seen"
) -> Command:
    texts = {"playerText": public, "dmText": secret}
    note = {"id": key, "kind": kind, "title": title, "audience": audience, **texts}
    return command_from_wire({"type": "note:set", "hexKey": str(at), "note": note})


def _reveal(command: str, field: str, key: str, to: UserId) -> Command:
    return command_from_wire({"type": command, field: key, "targets": {"playerIds": [to]}})
