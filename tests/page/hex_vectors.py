"""The golden file of hexes: what both implementations, Python's and the page's, must say of the same hexes.

``python -m tests.page.hex_vectors`` writes it anew from the Python side; the checks of the page read it as it is.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any, Final

from events.core.map_objects import PathKind
from events.geometry.grid import Hex, runs
from events.geometry.layout import centre, frame_bounds
from events.geometry.offset import Orientation, cell_of
from events.geometry.tilemap import TileMap
from events.maps import label
from events.maps.labels import LabelStyle
from events.maps.strokes import Piece, stretches

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
        "labels": [
            [name, way, *at, label(at, style, way)]
            for (name, style), way, at in product(STYLES.items(), ORIENTATIONS, HEXES)
        ],
        "stretches": [
            [kind, way, str(at), edge, *_ends(kind, way, at, edge)]
            for kind, way, at, edge in product(KINDS, ORIENTATIONS, HEXES[:40:3], range(6))
        ],
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
