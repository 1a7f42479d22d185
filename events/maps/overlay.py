"""The marks drawn over the terrain of a map, in drawing order; the page draws the same.

It is given what a viewer was shown, so nothing else can be in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from events.core.map_objects import PathKind
from events.core.values import MapLook
from events.geometry.course import Course, Line, edges, lines
from events.geometry.grid import Hex
from events.geometry.layout import Point, centre
from events.geometry.offset import Orientation
from events.maps.contrast import readable
from events.maps.imported import ImportedLabel, ImportedPath, ImportedRegion, ImportedSite
from events.maps.inks import INKS, TEETH, Inks
from events.maps.lettering import Taken, kept_inside, words_box
from events.maps.strokes import Piece, Polyline, inside_rim, joined, rim, stretches
from events.maps.titles import Measures, icon_at, icon_box, is_secret, names, number_boxes, titles

_BANDS: Final = ((0.55, 0.13), (0.35, 0.28), (0.17, 0.45))
"""How deep a region's colour reaches towards the centres of its hexes, and how strong it is from there to the rim."""
_LONG_DASH: Final = (0.3, 0.25)
_CASING_DASH: Final = (0.2, 0.17)
_LETTERS: Final = 0.85
"""The height of a region's name, at most, in hex sizes."""


@dataclass(frozen=True, slots=True)
class Things:
    """The objects on a map that a viewer sees, with those marked that only DMs know of."""

    paths: Sequence[ImportedPath] = ()
    sites: Sequence[ImportedSite] = ()
    regions: Sequence[ImportedRegion] = ()
    labels: Sequence[ImportedLabel] = ()

    def __bool__(self) -> bool:
        return bool(self.paths or self.sites or self.regions or self.labels)


class Lines(NamedTuple):
    """Lines of one colour, with round ends."""

    lines: Sequence[Polyline]
    colour: str
    width: float
    dash: tuple[float, ...] = ()
    opacity: float = 1
    flat_ends: bool = False


class Areas(NamedTuple):
    """Polygons of one colour; each layer lies within the one before, and is as strong as said with all below it."""

    layers: Sequence[tuple[Sequence[Polyline], float]]
    """Polygons that do not overlap, and their opacity."""
    colour: str


class Icon(NamedTuple):
    """The drawing of a site."""

    kind: str
    at: Point
    half: float
    """Half its height."""
    secret: bool


class Words(NamedTuple):
    """A text around a point."""

    text: str
    at: Point
    size: float
    colour: str
    style: Literal["region", "label", "title"]
    angle: float = 0
    """In degrees, clockwise."""


Mark = Lines | Areas | Icon | Words
_Bounds = tuple[float, float, float, float] | None


def marks(
    things: Things,
    orientation: Orientation,
    size: float,
    map_look: MapLook = "atlas",
    within: tuple[float, float, float, float] | None = None,
    *,
    numbered: bool = False,
) -> list[Mark]:
    """Return what is drawn, from below to above, in the measures of a map with hexes of this size.

    within: left, top, right and bottom of the picture, in which names are to stand.
    numbered: whether hexes have their numbers below their centres, 0.3 sizes high.
    """
    inks = INKS[map_look]
    areas_and_lines: list[Mark] = []
    for region in things.regions:
        areas_and_lines += _region(region, orientation, size, inks)
    for kind in inks.paths:
        for secret in (False, True):
            paths = [p for p in things.paths if (p.kind, _secret(p)) == (kind, secret)]
            if paths:
                areas_and_lines += _paths(paths, kind, orientation, size, inks, secret=secret)
    measures = Measures(size, size * 0.42, size * 0.34, size * _LETTERS)
    taken = Taken(4 * size)
    for site in things.sites:
        taken.add(icon_box(site, orientation, measures))
    for box in number_boxes(things.sites, orientation, size, 0.3 * size) if numbered else ():
        taken.add(box)
    labels = [_label(label, orientation, size, inks, within) for label in things.labels]
    for label in labels:
        taken.add(words_box(label.text, label.at, label.size))
    written = [
        Words(line, place, measures.letters, inks.secret if is_secret(site) else inks.word, "title")
        for site, lines in titles(things.sites, taken, orientation, measures, within)
        for line, place in lines
    ]
    named = [
        Words(region.name, place, letters, colour_of(region, inks), "region")
        for region, place, letters in names(things.regions, taken, orientation, measures, within)
    ]
    icons = [
        Icon(site.kind, icon_at(site.hex, orientation, size), measures.half, is_secret(site))
        for site in things.sites
    ]
    return [*areas_and_lines, *named, *labels, *written, *icons]


def _label(
    label: ImportedLabel, orientation: Orientation, size: float, inks: Inks, within: _Bounds
) -> Words:
    x, y = centre(label.hex, size, orientation)
    place = (x + label.x * size, y + label.y * size)
    letters = label.size * size
    if not label.angle:
        box = kept_inside(words_box(label.text, place, letters), within)
        place = (box.x, box.y)
    colour = inks.secret if _secret(label) else inks.word
    return Words(label.text, place, letters, colour, "label", label.angle)


def _secret(of: ImportedPath | ImportedSite | ImportedRegion | ImportedLabel) -> bool:
    return of.dm_only and not of.for_all


def colour_of(region: ImportedRegion, inks: Inks) -> str:
    """Return the colour of a region: its own, as far as that can be read, or that of its kind."""
    if not region.color:
        return inks.regions[region.kind]
    return readable(region.color.lower(), inks.halo, inks.word, inks.contrast)


def _region(
    region: ImportedRegion, orientation: Orientation, size: float, inks: Inks
) -> Iterator[Mark]:
    colour, secret = colour_of(region, inks), _secret(region)
    members = frozenset(region.hexes)
    strength = 0.7 if secret else 1
    depths = inside_rim(members, orientation, size, [deep for deep, _ in _BANDS])
    bands = [
        (polygons, opacity * strength)
        for polygons, (_, opacity) in zip(depths, _BANDS, strict=True)
    ]
    yield Areas(bands, colour)
    dash = tuple(part * size for part in _LONG_DASH) if secret else ()
    opacity = 0.6 if secret else 0.75
    yield Lines(rim(members, orientation, size), colour, 0.06 * size, dash, opacity)


def _paths(
    paths: Sequence[ImportedPath],
    kind: PathKind,
    orientation: Orientation,
    size: float,
    inks: Inks,
    *,
    secret: bool,
) -> Iterator[Mark]:
    """Yield a casing and a line for all paths of a kind at once, so that roads meet without a seam."""
    how = inks.paths[kind]
    drawn = joined(stretches(pieces_of(paths), kind, orientation, size))
    width, dash = how.width * size, tuple(part * size for part in how.dash)
    opacity = 0.85 if secret else 1
    marked = secret and not how.dash
    casing = inks.secret if marked else how.casing
    yield Lines(
        drawn,
        casing,
        width + 2 * how.rim * size,
        tuple(part * size for part in _CASING_DASH) if marked else (),
        opacity if marked else min(opacity, how.casing_opacity),
    )
    yield Lines(drawn, inks.secret if secret and how.dash else how.colour, width, dash, opacity)
    if how.teeth:
        teeth = tuple(part * size for part in TEETH)
        yield Lines(drawn, how.teeth, width * 0.62, teeth, opacity, flat_ends=True)


def pieces_of(paths: Sequence[ImportedPath]) -> Mapping[Hex, Piece]:
    """Return what the paths draw in each hex."""
    through: dict[Hex, set[Line]] = {}
    beside: dict[Hex, set[int]] = {}
    for path in paths:
        course: Course = path.points
        if path.along:
            for at, sides in edges(course).items():
                beside.setdefault(at, set()).update(sides)
        else:
            for at, drawn in lines(course).items():
                through.setdefault(at, set()).update(drawn)
    return {
        at: Piece(frozenset(through.get(at, ())), frozenset(beside.get(at, ())))
        for at in {**through, **beside}
    }
