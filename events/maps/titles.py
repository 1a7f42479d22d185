"""Where the titles of sites and the names of regions stand on a drawn map; the page has the same rule.

It is given what a viewer was shown, so no place depends on anything else.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from events.core.map_objects import SiteKind
from events.geometry.grid import Hex
from events.geometry.layout import ROOT_3, Point, centre
from events.geometry.offset import Orientation
from events.maps.imported import ImportedRegion, ImportedSite
from events.maps.lettering import Box, Taken, kept_inside, places_within, words_box

WIDEST: Final = 1.7
"""Hexes, from side to side, that a line of a title may be wide before it is broken."""
_SHORT: Final = 12
"""Titles of fewer letters are not broken."""
_BESIDE: Final = 0.3
_ABOVE: Final = 0.05
"""How far a title is from a drawing beside, above or below it, in letters."""
_COVERED: Final = 0.25
"""How much of a title may be covered, or it is left out."""
_NAME_COVERED: Final = 0.5
_NUMBER: Final = 0.65
"""How far below the centre of its hex a number stands, in sizes of a hex."""
_FIRST: Final[tuple[SiteKind, ...]] = ("capital", "city", "town", "castle")
"""Sites whose titles are placed first, in this order."""

_Bounds = tuple[float, float, float, float] | None


class Measures(NamedTuple):
    """Sizes of what is drawn, in the measure of the map."""

    size: float
    """Of a hex, from centre to corner."""
    half: float
    """Half the height of a site's drawing."""
    letters: float
    """The height of titles."""
    highest: float
    """The height of a region's name, at most."""


class Title(NamedTuple):
    """A title of a site, in one line or two."""

    site: ImportedSite
    lines: Sequence[tuple[str, Point]]


class Name(NamedTuple):
    """The name of a region."""

    region: ImportedRegion
    at: Point
    letters: float


def is_secret(site: ImportedSite) -> bool:
    """Say whether a site is ringed, being known to DMs alone."""
    return site.dm_only and not site.for_all


def icon_at(at: Hex, orientation: Orientation, size: float) -> Point:
    """Return the middle of what is drawn for a site."""
    x, y = centre(at, size, orientation)
    return x, y - size * 0.1


def icon_box(site: ImportedSite, orientation: Orientation, measures: Measures) -> Box:
    """Return what the drawing of a site takes, with its ring if it is secret."""
    reach_x, reach_y = _reach(measures.half, secret=is_secret(site))
    return Box(*icon_at(site.hex, orientation, measures.size), 2 * reach_x, 2 * reach_y)


def number_boxes(
    sites: Iterable[ImportedSite], orientation: Orientation, size: float, letters: float
) -> Iterator[Box]:
    """Yield what the numbers of hexes take, where titles of these sites may come near them."""
    near = {at for site in sites for at in (site.hex, *site.hex.neighbours())}
    for at in sorted(near):
        x, y = centre(at, size, orientation)
        yield words_box("0000", (x, y + size * _NUMBER), letters)


def titles(
    sites: Iterable[ImportedSite],
    taken: Taken,
    orientation: Orientation,
    measures: Measures,
    within: _Bounds = None,
) -> Iterator[Title]:
    """Yield the titles of sites where each has room: below its drawing, above or beside it, in one line or two.

    What has none is left out, those of larger settlements last. ``taken`` holds the drawings, and then the titles.
    """
    for site in sorted(sites, key=lambda site: (rank(site.kind), site.hex.r, site.hex.q)):
        if not site.title:
            continue
        forms = list(_forms(site, orientation, measures, within))
        best = taken.best([around for around, _ in forms], _COVERED)
        if best is not None:
            lines = next(lines for around, lines in forms if around is best)
            first = best.y - 1.15 * measures.letters * (len(lines) - 1) / 2
            high = 1.15 * measures.letters
            yield Title(
                site, [(line, (best.x, first + number * high)) for number, line in enumerate(lines)]
            )


def rank(kind: str) -> int:
    """Return how early titles of a kind are placed, 0 first."""
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def broken(title: str) -> tuple[str, ...]:
    """Return a title in the two lines that are most alike in length; in one if it has no space or is short."""
    words = title.split() if len(title) >= _SHORT else []
    breaks = [
        (" ".join(words[:number]), " ".join(words[number:])) for number in range(1, len(words))
    ]
    return min(breaks, key=lambda lines: max(map(len, lines)), default=(title,))


def _forms(
    site: ImportedSite, orientation: Orientation, measures: Measures, within: _Bounds
) -> Iterator[tuple[Box, tuple[str, ...]]]:
    """Yield where a title may stand and in which lines, what is best first."""
    size, half, letters, _ = measures
    whole, two = (site.title,), broken(site.title)
    wide = words_box(site.title, (0, 0), letters).wide > WIDEST * ROOT_3 * size
    x, y = icon_at(site.hex, orientation, size)
    reach_x, reach_y = _reach(half, secret=is_secret(site))
    for lines in dict.fromkeys((two,) if wide else (whole, two)):
        box = words_box(max(lines, key=len), (x, y), letters)
        box = box._replace(high=box.high * len(lines))
        for side, way in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            place = box._replace(
                x=x + side * (reach_x + letters * _BESIDE + box.wide / 2),
                y=y + way * (reach_y + letters * _ABOVE + box.high / 2) + abs(side) * size * 0.1,
            )
            yield kept_inside(place, within), lines


def _reach(half: float, *, secret: bool) -> Point:
    return (1.5 * half, 1.5 * half) if secret else (half, 0.95 * half)


def names(
    regions: Iterable[ImportedRegion],
    taken: Taken,
    orientation: Orientation,
    measures: Measures,
    within: _Bounds = None,
) -> Iterator[Name]:
    """Yield the names of regions: in the middle of each, or where it is free next to that; without room, none."""
    size = measures.size
    for region in regions:
        if region.name:
            middle, wide = _middle(region.hexes, orientation, size)
            letters = min(measures.highest, wide / (0.8 * max(4, len(region.name))))
            places = places_within(region.hexes, middle, orientation, size)
            # Letters of these are set apart.
            boxes = [
                kept_inside(words_box(region.name, place, letters * 1.2), within)
                for place in places
            ]
            best = taken.best(boxes, _NAME_COVERED)
            if best is not None:
                yield Name(region, (best.x, best.y), letters)


def _middle(hexes: Collection[Hex], orientation: Orientation, size: float) -> tuple[Point, float]:
    """Return where a region's name stands, and how wide the region is there."""
    places = [centre(at, size, orientation) for at in hexes]
    x = sum(place[0] for place in places) / len(places)
    y = sum(place[1] for place in places) / len(places)

    def far(place: Point) -> float:
        return (place[0] - x) ** 2 + (place[1] - y) ** 2

    nearest = min(places, key=far)
    at = (x, y) if far(nearest) < (1.5 * size) ** 2 else nearest
    row = [place[0] for place in places if abs(place[1] - at[1]) < size]
    return at, max(row) - min(row) + 1.7 * size
