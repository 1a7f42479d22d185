import pytest

from events.geometry.grid import Hex
from events.geometry.offset import Cell, hex_of
from events.maps.errors import BadMap
from events.maps.imported import ImportedSite
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
        ImportedNote(Hex(0, 0), "Peak"),
        ImportedNote(Hex(0, 1), "Thorp"),
        ImportedNote(Hex(2, 0), "unheard-of", dm_text="unheard-of"),
    )
    assert read.sites == (
        ImportedSite(Hex(0, 1), "village", "Thorp"),
        ImportedSite(Hex(1, 1), "tower"),
    )
    assert [(path.kind, path.name, path.dm_only) for path in read.paths] == [("road", "", True)]


def test_what_is_left_out_is_said_by_line() -> None:
    assert import_map(MAP).warnings == (
        Warned("unheard-of: not a known word, kept in a note", 6),
        Warned("include https://example.org/never.txt: never fetched; paste what it names", 9),
        Warned("the drawing instruction 'grey attributes' was left out", 10),
        Warned("the drawing instruction 'text font-size=\"20pt\"' was left out", 11),
        Warned("not understood, so left out: 'this is nothing'", 12),
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
    assert read.warnings == (
        Warned("the level 01 was left out (1 line); choose it to bring it instead"),
    )


def test_another_level_may_be_chosen() -> None:
    data = b'0101 hill\n010201 water "Deep"\n010201-010301 river\n010301 water\n'

    shown = preview(data, "m.txt", ImportOptions(level="01", format="textmapper"))

    assert (shown.levels, shown.level) == (("00", "01"), "01")
    assert (shown.hexes, shown.notes, shown.paths) == (2, 1, 1)


@pytest.mark.parametrize(
    ("line", "kind", "points"),
    [
        ("0101-0103 river", "river", ["0,0", "0,1", "0,2"]),
        ("0101-0102-0103 road “The Way”", "road", ["0,0", "0,1", "0,2"]),
        ("0102-0104 trail", "trail", ["0,1", "0,2/5"]),
        ("0001-0101 border", "border", ["0,0/4", "0,0"]),
        ("0101-0102 monorail", "trail", ["0,0", "0,1"]),
        ("1.1-1.2 ferry", "ferry", ["0,0", "0,1"]),
    ],
)
def test_lines_become_paths_cut_at_the_edge_of_the_map(
    line: str, kind: str, points: list[str]
) -> None:
    read = import_map(f"0101 hill\n0102 hill\n0103 hill\n{line}\n".encode(), options=TEXT)

    assert [(path.kind, [str(point) for point in path.points]) for path in read.paths] == [
        (kind, points)
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0501-0601 road", "this road lies outside the map and was left out"),
        ("0101-0101 road", "a road needs at least two hexes, so this one was left out"),
        ("0101- road", "a road needs at least two places, found 0101"),
        ("include gnomeyland.txt", "include gnomeyland: never fetched; its words are known"),
        ("license CC0", "license: CC0"),
        ("option square", "option square was left out"),
    ],
)
def test_what_is_no_line_on_the_map_is_said(line: str, said: str) -> None:
    read = import_map(f"0101 hill\n0102 hill\n{line}\n".encode(), options=TEXT)

    assert read.paths == ()
    assert read.warnings == (Warned(said, 3),)


def test_a_line_of_ten_thousand_hexes_is_cut_and_one_across_the_world_refused() -> None:
    hexes = "".join(f"{column:02}{row:02} hill\n" for column in range(1, 100) for row in range(1, 100))  # fmt: skip
    ends = [f"{c:02}{row}" for c in range(1, 100) for row in (("01", "99") if c % 2 else ("99", "01"))]  # fmt: skip
    read = import_map(f"{hexes}{'-'.join(ends)} road\n".encode(), options=TEXT)

    assert len({point.at for path in read.paths for point in path.points}) == 99 * 99
    assert max(len(path.points) for path in read.paths) <= 2_000
    with pytest.raises(BadMap, match="this road is too long") as caught:
        import_map(b"0101 hill\n1.1-99999.1 road\n", options=TEXT)
    assert caught.value.line == 2


def test_a_dm_may_choose_that_players_see_it() -> None:
    read = import_map(
        b'0101 hill village "Thorp"\n0102 hill\n0101-0102 road\n', options=ImportOptions(format="textmapper", audience="seen")
    )  # fmt: skip

    assert not any(note.dm_only for note in read.notes)
    assert not any(path.dm_only for path in read.paths)
    assert not any(site.dm_only for site in read.sites)


def test_a_hex_twice_keeps_its_first_terrain_and_both_labels() -> None:
    read = import_map(b'0101 hill "A"\n0101 water "B"\n', options=TEXT)

    assert read.document.terrain() == {Hex(0, 0): "hills"}
    assert [note.title for note in read.notes] == ["A", "B"]
    assert read.warnings == (Warned("the hex was there already; its first terrain stays", 2),)


def test_a_text_without_hexes_is_no_map() -> None:
    with pytest.raises(BadMap, match="0101 mountain"):
        import_map(b"Dear diary,\nnothing happened.\n", options=TEXT)
