"""Where paths and the rims of regions run: lines out of pieces of hexes, joined where they meet, as on the page."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from events.core.map_objects import PathKind
from events.geometry.course import Line
from events.geometry.grid import STEPS, Hex
from events.geometry.layout import ROOT_3, Point, centre
from events.geometry.offset import Orientation
from events.maps.site_shapes import curve

Polyline = tuple[Point, ...]
Knot = str | tuple[int, int]
"""What names a place where stretches meet."""

_STRAY: Final[Mapping[PathKind, float]] = {"river": 0.4, "trail": 0.34, "road": 0.2}
"""How far from its middle a path may cross an edge, in halves of the edge."""
_MASK: Final = 0xFFFF_FFFF


class Piece(NamedTuple):
    """What of paths lies in a hex."""

    lines: frozenset[Line] = frozenset()
    edges: frozenset[int] = frozenset()


class Stretch(NamedTuple):
    """A line between two knots that others share."""

    knots: tuple[Knot, Knot]
    points: Polyline

    def turned(self) -> "Stretch":
        return Stretch((self.knots[1], self.knots[0]), self.points[::-1])


def stretches(
    pieces: Mapping[Hex, Piece], kind: PathKind, orientation: Orientation, size: float
) -> list[Stretch]:
    """Return the stretches of the pieces, each edge once although both its hexes tell of it.

    Paths through hexes cross an edge at a right angle, a little beside its middle, so that each hex
    can be drawn without its neighbours.
    """
    by_name: dict[object, Stretch] = {}
    for at in sorted(pieces):
        piece = pieces[at]
        for edge in sorted(piece.edges):
            by_name[_edge_name(at, edge)] = edge_stretch(at, edge, orientation, size)
        for line in sorted(piece.lines, key=str):
            start, end = (_end(at, edge, kind, orientation, size) for edge in line)
            if start.knot != end.knot:
                middle = _between(start.at, end.at)
                points = curve(start.at, start.handle or middle, end.handle or middle, end.at)
                by_name[at, line] = Stretch((start.knot, end.knot), (start.at, *points))
    return list(by_name.values())


def edge_stretch(at: Hex, edge: int, orientation: Orientation, size: float) -> Stretch:
    """Return the stretch along an edge, from corner to corner."""
    x, y = centre(at, size, orientation)
    dx, dy = _to_edge(edge, orientation, size)
    # Half an edge over the distance of its middle from the centre.
    t = 1 / ROOT_3
    ends = [(x + dx - side * dy * t, y + dy + side * dx * t) for side in (1, -1)]
    first, second = (_corner(point, size) for point in ends)
    return Stretch((first, second), (ends[0], ends[1]))


def joined(of: Sequence[Stretch]) -> list[Polyline]:
    """Return stretches joined to lines as long as they go, so that dashes run on; a ring ends where it begins."""
    at: dict[Knot, list[int]] = {}
    for number, stretch in enumerate(of):
        for knot in stretch.knots:
            at.setdefault(knot, []).append(number)
    left = dict.fromkeys(range(len(of)))

    def walk(number: int, stretch: Stretch) -> Polyline:
        points = list(stretch.points)
        while True:
            left.pop(number)
            end = stretch.knots[1]
            following = next((other for other in at[end] if other in left), None)
            if following is None:
                return tuple(points)
            number, stretch = following, of[following]
            if stretch.knots[0] != end:
                stretch = stretch.turned()
            points += stretch.points[1:]

    polylines = []
    # Ends and forks first; what is left are rings.
    for number, stretch in enumerate(of):
        if number not in left:
            continue
        if len(at[stretch.knots[0]]) != 2:
            polylines.append(walk(number, stretch))
        elif len(at[stretch.knots[1]]) != 2:
            polylines.append(walk(number, stretch.turned()))
    while left:
        number = next(iter(left))
        polylines.append(walk(number, of[number]))
    return polylines


def rim(hexes: Collection[Hex], orientation: Orientation, size: float) -> list[Polyline]:
    """Return the rim of a set of hexes."""
    return joined([edge_stretch(at, edge, orientation, size) for at, edge in rim_edges(hexes)])


def rim_edges(hexes: Collection[Hex]) -> Iterable[tuple[Hex, int]]:
    """Return the edges of these hexes that face another."""
    return [
        (at, edge)
        for at in sorted(hexes)
        for edge, near in enumerate(at.neighbours())
        if near not in hexes
    ]


def inside_rim(
    hexes: Collection[Hex], orientation: Orientation, size: float, depths: Sequence[float]
) -> list[list[Polyline]]:
    """Return the polygons of bands inside the rim of a set of hexes, each so deep in parts of the way to a centre."""
    sides = [
        (at, centre(at, size, orientation), edge_stretch(at, edge, orientation, size))
        for at, edge in rim_edges(hexes)
    ]
    return [_band(sides, deep) for deep in depths]


def _band(sides: Iterable[tuple[Hex, Point, Stretch]], deep: float) -> list[Polyline]:
    quads: list[Polyline] = []
    corners: dict[Knot, list[tuple[Hex, Point, Point]]] = {}
    for at, middle, stretch in sides:
        first, second = stretch.points
        inner = [_towards(point, middle, deep) for point in (first, second)]
        quads.append((first, second, inner[1], inner[0]))
        for knot, point, within in zip(stretch.knots, (first, second), inner, strict=True):
            corners.setdefault(knot, []).append((at, point, within))
    # Where the rim goes on in the next hex, a wedge is left between the two.
    wedges = (
        (meeting[0][1], meeting[0][2], meeting[1][2])
        for meeting in corners.values()
        if len(meeting) == 2 and meeting[0][0] != meeting[1][0]
    )
    return [*quads, *wedges]


class _End(NamedTuple):
    knot: Knot
    at: Point
    handle: Point | None


def _end(at: Hex, edge: int | None, kind: PathKind, orientation: Orientation, size: float) -> _End:
    x, y = centre(at, size, orientation)
    if edge is None:
        return _End(str(at), (x, y), None)
    name = _edge_name(at, edge)
    dx, dy = _to_edge(edge, orientation, size)
    # The sides of an edge see its middle from opposite directions.
    side = 1 if edge < 3 else -1
    off = _chance(f"{kind}{name}") * _STRAY.get(kind, 0) * side / ROOT_3
    point = (x + dx - dy * off, y + dy + dx * off)
    return _End(name, point, (point[0] - dx * 0.62, point[1] - dy * 0.62))


def _edge_name(at: Hex, edge: int) -> str:
    if edge < 3:
        return f"{at}/{edge}"
    return f"{Hex(at.q + STEPS[edge][0], at.r + STEPS[edge][1])}/{edge - 3}"


def _to_edge(edge: int, orientation: Orientation, size: float) -> Point:
    x, y = centre(Hex(*STEPS[edge]), size, orientation)
    return x / 2, y / 2


def _corner(point: Point, size: float) -> Knot:
    return round(point[0] / size * 50), round(point[1] / size * 50)


def _between(start: Point, end: Point) -> Point:
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def _towards(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _chance(text: str) -> float:
    """Return a number from -1 to 1, the same for the same text here and on the page."""
    mixed = 2_166_136_261
    for character in text:
        mixed = (mixed ^ ord(character)) * 16_777_619 & _MASK
    mixed = (mixed ^ mixed >> 15) * 2_246_822_507 & _MASK
    return (mixed ^ mixed >> 13) / 2_147_483_648 - 1
