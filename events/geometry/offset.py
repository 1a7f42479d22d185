"""Between axial hexes and the columns and rows that maps are drawn and labelled in.

Hexroom's own grid is odd-q for flat-top hexes (odd columns are pushed down) and odd-r for
pointy-top ones (odd rows are pushed right), columns and rows from 0. Maps from elsewhere may push the even ones.
Source: Red Blob Games, "Hexagonal Grids", offset coordinates.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from events.geometry.grid import Hex

Orientation = Literal["flat", "pointy"]
Parity = Literal["odd", "even"]

DIRECTIONS: Mapping[Orientation, Mapping[str, Hex]] = {
    "flat": {
        "N": Hex(0, -1),
        "NE": Hex(1, -1),
        "SE": Hex(1, 0),
        "S": Hex(0, 1),
        "SW": Hex(-1, 1),
        "NW": Hex(-1, 0),
    },
    "pointy": {
        "NE": Hex(1, -1),
        "E": Hex(1, 0),
        "SE": Hex(0, 1),
        "SW": Hex(-1, 1),
        "W": Hex(-1, 0),
        "NW": Hex(0, -1),
    },
}
"""The steps to the six neighbours, by their direction on the page, clockwise."""


class Cell(NamedTuple):
    """A place in columns and rows, both from 0."""

    column: int
    row: int


def hex_of(cell: Cell, orientation: Orientation, parity: Parity = "odd") -> Hex:
    """Return the hex at a column and row, where columns (rows) of that parity are pushed."""
    column, row = cell
    if orientation == "flat":
        return Hex(column, row - _pushed(column, parity))
    return Hex(column - _pushed(row, parity), row)


def cell_of(hex_: Hex, orientation: Orientation, parity: Parity = "odd") -> Cell:
    """Return the column and row of a hex; the inverse of hex_of."""
    q, r = hex_
    if orientation == "flat":
        return Cell(q, r + _pushed(q, parity))
    return Cell(q + _pushed(r, parity), r)


def _pushed(line: int, parity: Parity) -> int:
    return line >> 1 if parity == "odd" else (line + 1) >> 1
