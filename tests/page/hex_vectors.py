"""The golden file of hexes: what both implementations, Python's and the page's, must say of the same hexes.

``python -m tests.page.hex_vectors`` writes it anew from the Python side; the checks of the page read it as it is.
"""

import json
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

from events.core.map_objects import PathKind, SiteKind
from events.geometry.grid import Hex, disc, runs
from events.geometry.layout import centre, frame_bounds
from events.geometry.offset import Orientation, cell_of
from events.geometry.tilemap import TileMap
from events.maps import label
from events.maps.imported import ImportedRegion, ImportedSite
from events.maps.labels import LabelStyle
from events.maps.lettering import Box, Taken
from events.maps.strokes import Piece, stretches
from events.maps.titles import Measures, icon_box, names, number_boxes, titles

FILE: Final = Path(__file__).parent / "golden" / "hexes.json"

ORIENTATIONS: Final[tuple[Orientation, ...]] = ("flat", "pointy")
HEXES: Final = [
    Hex(q, r) for q, r in product((-101, -17, -16, -2, -1, 0, 1, 2, 15, 16, 31, 99, 250), repeat=2)
]
KINDS: Final[tuple[PathKind, ...]] = ("river", "road", "trail", "ferry")
STYLES: Final = {
    "ccrr/1": LabelStyle(),
    "ccrr/0": LabelStyle(first_column=0, first_row=0),
    "rrcc/1": LabelStyle(order="row-column"),
    "letter/1": LabelStyle(letters=True),
}
"""The styles that the page offers, by its own names."""
MAPS: Final[dict[str, list[tuple[list[tuple[int, int]], str | None]]]] = {
    "nothing": [],
    "one hex, and away again": [([(0, 0)], "a"), ([(0, 0)], None)],
    "tiles on both sides of the origin": [
        ([(0, 0), (-1, -1), (15, 15), (16, 16), (-16, -16), (-17, 40)], "a"),
        ([(0, 0), (-17, 40)], "b"),
        ([(15, 15), (3, 3)], None),
    ],
    "a disc over the corner of four tiles": [
        ([(q, r) for q in range(-3, 4) for r in range(-3, 4) if abs(q + r) <= 3], "a"),
        ([(q, 0) for q in range(-2, 3)], "b"),
        ([(0, r) for r in range(-2, 3)], None),
    ],
}
"""Changes that are made to an empty map one after another: some hexes, and their value from then on."""


TITLES: Final = (
    "", "Old Merrow", "Lair of the Mire Hydra", "Thornby", "The Inn at the End of the World", "Nameless",
    "Überwinterungsort", "A  b", "Saint Ælfric’s Well of Many Wonders", "𝔚yrm’s Den",
)  # fmt: skip
SITES: Final[tuple[SiteKind, ...]] = ("city", "ruin", "village", "capital", "lair", "town")
CROWDS: Final = 12
"""Maps on which sites, regions and other marks are in each other's way."""


def vectors() -> dict[str, Any]:
    """Return the content of the golden file."""
    return {
        "offsets": [[way, *at, *cell_of(at, way)] for way, at in product(ORIENTATIONS, HEXES)],
        "centres": [
            [way, 17.5, *at, *centre(at, 17.5, way)] for way, at in product(ORIENTATIONS, HEXES)
        ],
        "bounds": [
            [way, columns, rows, size, *frame_bounds(columns, rows, size, way)]
            for way, columns, rows, size in product(
                ORIENTATIONS, (1, 2, 7, 200), (1, 2, 9), (20, 33.3)
            )
        ],
        "evenOffsets": [
            [way, *at, *cell_of(at, way, "even")] for way, at in product(ORIENTATIONS, HEXES)
        ],
        "evenBounds": [
            [way, columns, rows, 20, *frame_bounds(columns, rows, 20, way, "even")]
            for way, columns, rows in product(ORIENTATIONS, (1, 2, 7), (1, 2, 9))
        ],
        "labels": [
            [name, way, *at, label(at, style, way)]
            for (name, style), way, at in product(STYLES.items(), ORIENTATIONS, HEXES)
        ],
        "stretches": [
            [kind, way, str(at), edge, *_ends(kind, way, at, edge)]
            for kind, way, at, edge in product(KINDS, ORIENTATIONS, HEXES[:40:3], range(6))
        ],
        "words": [_words(number) for number in range(CROWDS)],
        "tileMaps": [
            {
                "name": name,
                "changes": changes,
                "cells": _cells(changes),
                "changed": _changed(changes),
            }
            for name, changes in MAPS.items()
        ],
    }


def _words(number: int) -> dict[str, Any]:
    """Return a crowded map, and where its words stand."""
    chance = Random(number)
    way, size = ORIENTATIONS[number % 2], (30.0, 17.5)[number % 3 % 2]
    measures = Measures(size, size * 0.42, size * (0.34, 0.6)[number % 2], size * 0.85)
    land = sorted(disc(Hex(0, 0), 4))
    sites = [
        ImportedSite(at, chance.choice(SITES), chance.choice(TITLES), dm_only=chance.random() < 0.3)
        for at in chance.sample(land, 6 + 3 * number)
    ]
    marks = [
        Box(
            chance.uniform(-6, 6) * size,
            chance.uniform(-6, 6) * size,
            chance.uniform(0.5, 2) * size,
            size,
        )
        for _ in range(number)
    ]
    regions = [
        ImportedRegion(name, tuple(sorted(disc(chance.choice(land), chance.randint(0, 3)))))
        for name in ("The Vale", "Mire", "Kingdom of the Seven Rivers")
    ]
    taken = Taken(4 * size)
    numbers = number_boxes(sites, way, size, 0.3 * size) if number % 3 else ()
    for box in [*(icon_box(site, way, measures) for site in sites), *marks, *numbers]:
        taken.add(box)
    written = [
        [str(site.hex), [[line, *at] for line, at in lines]]
        for site, lines in titles(sites, taken, way, measures)
    ]
    named = [
        [region.name, *at, letters] for region, at, letters in names(regions, taken, way, measures)
    ]
    return {
        "way": way, "measures": measures._asdict(), "numbered": bool(number % 3), "marks": [list(box) for box in marks],
        "sites": [[str(site.hex), site.kind, site.title, site.dm_only] for site in sites],
        "regions": [[region.name, [str(at) for at in region.hexes]] for region in regions],
        "titles": written, "names": named,
    }  # fmt: skip


def _cells(changes: list[tuple[list[tuple[int, int]], str | None]]) -> list[list[Any]]:
    """Return the hexes that have a value in the end, with it, by their column and row."""
    made: TileMap[str] = TileMap()
    for where, value in changes:
        made = made.put(runs(Hex(*at) for at in where), value)
    return sorted([*at, value] for at, value in made.cells())


def _changed(changes: list[tuple[list[tuple[int, int]], str | None]]) -> list[list[int]]:
    """Return the hexes in which the last change made a difference."""
    before: TileMap[str] = TileMap()
    after = before
    for where, value in changes:
        before, after = after, after.put(runs(Hex(*at) for at in where), value)
    return sorted([*at] for at, _, _ in before.diff(after))


def _ends(kind: PathKind, way: Orientation, at: Hex, edge: int) -> list[float]:
    """Return where a path begins that runs from an edge to the centre of a hex, and where it ends."""
    piece = {at: Piece(lines=frozenset([(edge, None)]))}
    points = stretches(piece, kind, way, 20)[0].points
    return [round(value, 6) for point in (points[0], points[-1]) for value in point]


def main() -> None:
    """Write the golden file."""
    content = vectors()
    lines = [
        f'"{name}": [\n' + ",\n".join(json.dumps(each) for each in rows) + "\n]"
        for name, rows in content.items()
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
