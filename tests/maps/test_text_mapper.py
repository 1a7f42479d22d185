import pytest

from events.geometry.grid import Hex
from events.geometry.offset import Cell, hex_of
from events.maps.errors import BadMap
from events.maps.imports import ImportedNote, ImportOptions, Warned
from events.maps.reading import import_map, preview

TEXT = ImportOptions(format="textmapper")
MAP = b"""\
# The Marches
0101 mountain "Peak"
0102 dark-green trees village "Thorp" 14
0201 grey mountains
0202 hill tower
0302 light-grey unheard-of
0101-0202-0302 road

include https://example.org/never.txt
grey attributes fill="#aaa"
text font-size="20pt"
this is nothing
"""


def test_words_become_terrain_and_notes() -> None:
    read = import_map(MAP, "marches.txt")

    assert read.document.terrain() == {
        Hex(0, 0): "mountain",
        Hex(0, 1): "forest",
        Hex(1, 0): "mountain",
        Hex(1, 1): "hills",
        Hex(2, 0): "mountain",
    }
    assert read.notes == (
        ImportedNote(Hex(0, 0), "Peak", dm_only=False),
        ImportedNote(Hex(0, 1), "Thorp", dm_only=False),
        ImportedNote(Hex(1, 1), "tower", dm_only=False),
        ImportedNote(Hex(2, 0), "unheard-of", dm_only=False),
    )


def test_what_is_left_out_is_said_by_line() -> None:
    assert import_map(MAP).warnings == (
        Warned("an include is never fetched; paste what it names", 9),
        Warned("not understood, so left out", 12),
        Warned("1 lines between hexes were left out"),
        Warned("2 drawing instructions were left out"),
    )


def test_even_columns_stand_lower_as_the_original_draws_them() -> None:
    shown = preview(
        b"0101 hill\n0201 water\n0102 swamp\n0202 sand\n0301 hill\n0302 hill\n", "m.txt"
    )

    assert shown.sample is not None
    assert shown.sample.label == "0201"
    assert shown.neighbours["SW"].label == "0102"
    assert shown.neighbours["SW"].terrain == "swamp"


def test_negative_places_and_levels_are_read() -> None:
    read = import_map(b"-01-02 hill\n010201 water\n0102 hill\n", options=TEXT)

    assert read.document.terrain() == {
        hex_of(Cell(-2, -3), "flat"): "hills",
        hex_of(Cell(0, 1), "flat"): "hills",
    }
    assert read.warnings == (Warned("hex 0102 of another level was left out", 2),)


def test_a_hex_twice_keeps_its_first_terrain_and_both_labels() -> None:
    read = import_map(b'0101 hill "A"\n0101 water "B"\n', options=TEXT)

    assert read.document.terrain() == {Hex(0, 0): "hills"}
    assert [note.title for note in read.notes] == ["A", "B"]
    assert read.warnings == (Warned("the hex was there already; its first terrain stays", 2),)


def test_a_text_without_hexes_is_no_map() -> None:
    with pytest.raises(BadMap, match="0101 mountain"):
        import_map(b"Dear diary,\nnothing happened.\n", options=TEXT)
