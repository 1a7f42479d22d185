import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.geometry.grid import Hex
from events.geometry.offset import DIRECTIONS, Cell, Orientation, Parity, cell_of, hex_of

lines = st.integers(-1_000_000, 1_000_000)
orientations = st.sampled_from(("flat", "pointy"))
parities = st.sampled_from(("odd", "even"))


@given(column=lines, row=lines, orientation=orientations, parity=parities)
def test_a_cell_is_one_hex_and_back(
    column: int, row: int, orientation: Orientation, parity: Parity
) -> None:
    cell = Cell(column, row)

    assert cell_of(hex_of(cell, orientation, parity), orientation, parity) == cell


@pytest.mark.parametrize(
    ("orientation", "parity", "cell", "expected"),
    [
        ("flat", "odd", Cell(1, 0), Hex(1, 0)),
        ("flat", "odd", Cell(2, 0), Hex(2, -1)),
        ("flat", "odd", Cell(-1, 0), Hex(-1, 1)),
        ("flat", "even", Cell(1, 0), Hex(1, -1)),
        ("flat", "even", Cell(2, 0), Hex(2, -1)),
        ("pointy", "odd", Cell(0, 1), Hex(0, 1)),
        ("pointy", "odd", Cell(0, 2), Hex(-1, 2)),
        ("pointy", "even", Cell(0, 1), Hex(-1, 1)),
    ],
)
def test_the_pushed_lines_decide(
    orientation: Orientation, parity: Parity, cell: Cell, expected: Hex
) -> None:
    assert hex_of(cell, orientation, parity) == expected


def test_an_odd_column_stands_half_a_hex_lower() -> None:
    south_east = DIRECTIONS["flat"]["SE"]

    assert hex_of(Cell(1, 0), "flat") == Hex(*south_east)
    assert hex_of(Cell(1, 0), "flat", "even") == DIRECTIONS["flat"]["NE"]
