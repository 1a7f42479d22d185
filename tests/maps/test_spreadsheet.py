import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.geometry.grid import Hex
from events.maps.errors import BadMap
from events.maps.imports import ImportedNote, ImportOptions, clean, one_line
from events.maps.labels import LabelStyle
from events.maps.reading import import_map
from events.maps.spreadsheet import export

HEAD = b"label,terrain,title,public,secret\r\n"


def test_a_row_is_a_hex_and_perhaps_a_note() -> None:
    read = import_map(
        HEAD
        + b"0101,hills,Thorp,A village,The miller is a spy\r\n"
        + b"0101,,Lair,,A dragon\r\n"
        + b'0102,Deep Forest,,"Two\nlines",\r\n'
        + b"0201,water\r\n",
        "marches.csv",
    )

    assert read.document.name == "marches"
    assert read.document.terrain() == {
        Hex(0, 0): "hills",
        Hex(0, 1): "forest",
        Hex(1, 0): "water",
    }
    assert read.notes == (
        ImportedNote(Hex(0, 0), "Thorp", "A village", "The miller is a spy", dm_only=False),
        ImportedNote(Hex(0, 0), "Lair", "", "A dragon"),
        ImportedNote(Hex(0, 1), "", "Two\nlines", dm_only=False),
    )


@pytest.mark.parametrize(
    "data",
    [
        b"0101\thills\tThorp\n0102\twater\t\n",
        b"0101;hills;Thorp\n0102;water;\n",
        b"Title,Hex,Terrain,GM\nThorp,0101,hills,\n,0102,water,\n",
        "0101\thills\tThorp\r\n0102\twater\t\r\n".encode("utf-16"),
        b"\xef\xbb\xbf01.01,hills,Thorp\n01.02,water\n",
        b"A1,hills,Thorp\nA2,water\n",
    ],
)
def test_the_dialects_of_spreadsheets_are_understood(data: bytes) -> None:
    read = import_map(data, "m.csv")

    assert read.document.terrain() == {Hex(0, 0): "hills", Hex(0, 1): "water"}
    assert [note.title for note in read.notes] == ["Thorp"]


def test_what_no_column_takes_is_said() -> None:
    read = import_map(b"hex,terrain,mood\n0101,hills,grim\n0102,hills,,extra\n", "m.csv")

    assert [(warned.text, warned.line) for warned in read.warnings[1:]] == [
        ("the column 'mood' was left out", 1),
        ("cells beyond the heading were left out", 3),
    ]


def test_text_of_old_windows_is_read_and_said() -> None:
    read = import_map("0101,hills,Mühle\n".encode("cp1252"), "m.csv")

    assert read.notes[0].title == "Mühle"
    assert any("Windows-1252" in warned.text and warned.line == 1 for warned in read.warnings)


@pytest.mark.parametrize(
    ("data", "line", "text"),
    [
        (b"", None, "empty"),
        (HEAD, None, "found none"),
        (HEAD + b"0101,hills\n01x1,hills\n", 3, "expected a label like 0303, found '01x1'"),
        (HEAD + b"0101,hills\n0101,water\n", 3, "'hills' above and 'water' here"),
        (HEAD + b'0101,"hills\n', 2, "not a table"),
        (b"label,label,terrain\n", 1, "two columns are the label"),
        (b"0101,hil\0ls\n", 1, "not a text"),
        (b"0101,hills\n02\x8101,hills\n", 2, "neither UTF-8 nor Windows-1252"),
        (HEAD + b"99999999999999,hills\n", 2, "beyond"),
    ],
)
def test_a_fault_is_named_by_its_line(data: bytes, line: int | None, text: str) -> None:
    with pytest.raises(BadMap, match=text) as caught:
        import_map(data, "m.csv", ImportOptions(labels=LabelStyle()))

    assert caught.value.line == line


def test_formulas_are_made_inert_and_read_back() -> None:
    note = ImportedNote(Hex(0, 0), "=1+1", "+CMD|x", "'-5", dm_only=False)

    data = export({Hex(0, 0): "hills"}, [note], LabelStyle(), "flat")

    assert b",'=1+1,'+CMD|x,''-5,seen" in data
    assert import_map(data, "m.csv").notes == (note,)


words = st.text(st.characters(codec="utf-8"), max_size=30)
hexes = st.builds(Hex, st.integers(0, 20), st.integers(0, 20))
notes = st.builds(
    lambda at, title, player, dm, dm_only: ImportedNote(
        at, one_line(title) or "x", clean(player), clean(dm), dm_only
    ),
    hexes, words, words, words, st.booleans(),
)  # fmt: skip


@given(terrain=st.dictionaries(hexes, st.sampled_from(("hills", "my own")), min_size=1), found=st.lists(notes, max_size=6))  # fmt: skip
def test_what_is_exported_reads_back_the_same(
    terrain: dict[Hex, str], found: list[ImportedNote]
) -> None:
    of_map = [note for note in found if note.hex in terrain]
    data = export(terrain, found, LabelStyle(), "flat")

    read = import_map(data, "m.csv", ImportOptions(labels=LabelStyle()))

    assert read.document.terrain() == terrain
    by_hex = [note for at in terrain for note in of_map if note.hex == at]
    assert list(read.notes) == by_hex
