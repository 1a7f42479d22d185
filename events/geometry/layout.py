"""Where hexes lie on a page: centres, corners, and the hex at a point; y grows downwards.

Source: Red Blob Games, "Hexagonal Grids", hex to pixel and back.
"""

import math
from collections.abc import Iterable, Mapping

from events.geometry.grid import Hex
from events.geometry.offset import Orientation, Parity

ROOT_3 = math.sqrt(3)
APOTHEM = ROOT_3 / 2
"""From the centre of a hex to the middle of its side, in units of centre to corner."""

Point = tuple[float, float]

CORNERS: Mapping[Orientation, tuple[Point, ...]] = {
    "flat": (
        (1, 0),
        (0.5, APOTHEM),
        (-0.5, APOTHEM),
        (-1, 0),
        (-0.5, -APOTHEM),
        (0.5, -APOTHEM),
    ),
    "pointy": (
        (0, 1),
        (APOTHEM, 0.5),
        (APOTHEM, -0.5),
        (0, -1),
        (-APOTHEM, -0.5),
        (-APOTHEM, 0.5),
    ),
}
"""From the centre, in units of centre to corner."""


def centre(at: Hex, hex_size: float, orientation: Orientation) -> Point:
    """Return the centre of a hex; that of 0,0 is the origin."""
    if orientation == "flat":
        return hex_size * 1.5 * at.q, hex_size * ROOT_3 * (at.r + at.q / 2)
    return hex_size * ROOT_3 * (at.q + at.r / 2), hex_size * 1.5 * at.r


def bounds(
    hexes: Iterable[Hex], hex_size: float, orientation: Orientation
) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the hexes, corners included; one hex's where there are none."""
    centres = [centre(at, hex_size, orientation) for at in hexes] or [(0.0, 0.0)]
    wide = hex_size * max(x for x, _ in CORNERS[orientation])
    high = hex_size * max(y for _, y in CORNERS[orientation])
    xs, ys = [x for x, _ in centres], [y for _, y in centres]
    return min(xs) - wide, min(ys) - high, max(xs) + wide, max(ys) + high


def frame_bounds(
    columns: int,
    rows: int,
    hex_size: float,
    orientation: Orientation,
    parity: Parity = "odd",
) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a grid of so many columns and rows, corners included.

    To the last bit what ``bounds`` of the page's model/hex.js says, so that nothing turns where both fit.
    """
    side, apothem = -hex_size, (-ROOT_3 / 2) * hex_size
    # Every other line is moved by half a hex.
    if orientation == "flat":
        long, wide = columns, rows + (0.5 if columns > 1 else 0)
        if parity == "even" and columns > 1:
            apothem *= 2
        return side, apothem, hex_size * (1.5 * (long - 1) + 2), ROOT_3 * hex_size * wide
    long, wide = rows, columns + (0.5 if rows > 1 else 0)
    if parity == "even" and rows > 1:
        apothem *= 2
    return apothem, side, ROOT_3 * hex_size * wide, hex_size * (1.5 * (long - 1) + 2)
