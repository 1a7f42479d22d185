import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.geometry.grid import Hex
from events.geometry.offset import Cell, Orientation, hex_of
from events.maps.labels import LabelStyle, detect_style, label, parse_label

coordinates = st.integers(-900_000, 900_000)
styles = st.builds(
    LabelStyle,
    parity=st.sampled_from(("odd", "even")),
    first_column=st.integers(-5, 5),
    first_row=st.integers(-5, 5),
    order=st.sampled_from(("column-row", "row-column")),
    width=st.integers(1, 4),
    separator=st.sampled_from(("", ".", ",", ":", ";", "/", "_", " ", "x", "-")),
    letters=st.booleans(),
)


@given(q=coordinates, r=coordinates, style=styles, orientation=st.sampled_from(("flat", "pointy")))
def test_every_label_reads_back(
    q: int, r: int, style: LabelStyle, orientation: Orientation
) -> None:
    assert parse_label(label(Hex(q, r), style, orientation), style, orientation) == Hex(q, r)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (LabelStyle(), "0304"),
        (LabelStyle(first_column=0, first_row=0, separator="."), "02.03"),
        (LabelStyle(order="row-column"), "0403"),
        (LabelStyle(letters=True), "C4"),
        (LabelStyle(width=3), "003004"),
    ],
)
def test_one_hex_has_many_names(style: LabelStyle, text: str) -> None:
    assert label(hex_of(Cell(2, 3), "flat"), style, "flat") == text


def test_both_numbers_grow_past_the_width() -> None:
    assert label(hex_of(Cell(99, 4), "flat"), LabelStyle(), "flat") == "100005"


def test_letters_go_on_after_z() -> None:
    style = LabelStyle(letters=True)

    assert label(hex_of(Cell(26, 0), "flat"), style, "flat") == "AA1"


@pytest.mark.parametrize(
    "text", ["", "01", "1x1", "010", "０１０１", "01.01", "1_01", "--01", "+101"]
)
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a label like 0303"):
        parse_label(text, LabelStyle(), "flat")


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["0101", "0102", "2305"], LabelStyle()),
        (["00.00", "01.00"], LabelStyle(first_column=0, first_row=0, separator=".")),
        (["A1", "B2", "AA17"], LabelStyle(letters=True, width=1)),
        (["1,1", "12,3"], LabelStyle(separator=",", width=1)),
        (["001001", "100101"], LabelStyle(width=3)),
        ([], LabelStyle()),
    ],
)
def test_the_style_is_seen_in_the_labels(texts: list[str], style: LabelStyle) -> None:
    assert detect_style(texts) == style
