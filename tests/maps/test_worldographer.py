import gzip

import pytest

from events.geometry.grid import Hex
from events.geometry.offset import Cell, Parity, hex_of
from events.maps.errors import BadMap
from events.maps.imports import ImportedNote, ImportOptions
from events.maps.reading import import_map, preview
from events.maps.worldographer_xml import MAX_KEPT_CHARS, unpack
from tests.support.wxx import feature, label, note, packed, tile, wxx

GRASS, FOREST, PEAKS, OCEAN = 1, 2, 3, 4
COLUMNS = [[GRASS, FOREST], [PEAKS, OCEAN], [GRASS, GRASS]]
CLASSIC = "1.74"


@pytest.mark.parametrize("release", ["2025", CLASSIC])
def test_columns_become_odd_q(release: str) -> None:
    read = import_map(wxx(COLUMNS, release=release), "marches.wxx")

    assert read.document.name == "marches"
    assert read.document.orientation == "flat"
    assert (read.document.grid_width, read.document.grid_height) == (3, 2)
    assert read.document.terrain() == {
        Hex(0, 0): "plains",
        Hex(0, 1): "forest",
        Hex(1, 0): "mountain",
        Hex(1, 1): "water",
        Hex(2, -1): "plains",
        Hex(2, 0): "plains",
    }


def test_rows_become_odd_r() -> None:
    read = import_map(wxx(COLUMNS, orientation="ROWS"))

    assert read.document.orientation == "pointy"
    assert read.document.terrain()[hex_of(Cell(1, 1), "pointy")] == "water"


def test_tiles_written_row_by_row_are_turned_round() -> None:
    turned = wxx([[GRASS, FOREST, PEAKS], [OCEAN, GRASS, GRASS]])
    turned = gzip.decompress(turned)[2:].decode("utf-16-be").encode()
    turned = turned.replace(b'tilesWide="2" tilesHigh="3"', b'tilesWide="3" tilesHigh="2"')

    read = import_map(b"\xef\xbb\xbf" + turned)

    assert read.document.terrain()[hex_of(Cell(0, 1), "flat")] == "water"
    assert any("row by row" in warned.text for warned in read.warnings)


def test_blank_tiles_are_left_out_unless_they_are_mapped() -> None:
    data = wxx([[0, GRASS]])

    assert list(import_map(data).document.terrain()) == [Hex(0, 1)]
    kept = import_map(data, options=ImportOptions(terrain={"Blank": "desert"}))
    assert kept.document.terrain()[Hex(0, 0)] == "desert"


def test_what_is_gm_only_stays_with_the_dm() -> None:
    read = import_map(
        wxx(
            COLUMNS,
            gm_only=[(2, 1)],
            features=feature("Building Castle", 150, 150, name="Keep", gm=True)
            + feature("Cave", 150, 450, name="Drip & Drop")
            + feature("Tower", 375, 300, name="Lich", name_gm=True),
            labels=label("Hidden Vale", 375, 600, gm=True) + label("The Sea", 375, 610),
            notes=note("Trap", "<p>Spikes &amp; <b>pit</b></p><script>x</script>", 600, 150),
        )
    )

    assert sorted(read.notes, key=lambda note: note.title) == [
        ImportedNote(Hex(0, 1), "Drip & Drop", dm_only=False),
        ImportedNote(Hex(2, 0), "GM only", dm_text="Marked GM-only in Worldographer."),
        ImportedNote(Hex(1, 1), "Hidden Vale"),
        ImportedNote(Hex(0, 0), "Keep"),
        ImportedNote(Hex(1, 1), "The Sea", dm_only=False),
        ImportedNote(Hex(1, 0), "Tower", dm_text="Lich", dm_only=False),
        ImportedNote(Hex(2, -1), "Trap", dm_text="Spikes & pit\nx"),
    ]


def test_classic_notes_stand_where_their_key_says() -> None:
    old = '<note key="WORLD,375.0,300.0" title="Inn"><notetext>Ale</notetext></note>'

    read = import_map(wxx(COLUMNS, release=CLASSIC, notes=old))

    assert read.notes == (ImportedNote(Hex(1, 0), "Inn", dm_text="Ale"),)


@pytest.mark.parametrize("orientation", ["COLUMNS", "ROWS"])
@pytest.mark.parametrize("parity", ["odd", "even"])
@pytest.mark.parametrize(("column", "row"), [(0, 0), (1, 1), (2, 3), (3, 2), (3, 0)])
def test_a_point_near_a_centre_is_in_its_hex(
    orientation: str, parity: Parity, column: int, row: int
) -> None:
    flat = orientation == "COLUMNS"
    line, other = (column, row) if flat else (row, column)
    along = 150 + 225 * line
    across = 150 + 300 * other + (150 if (line % 2 == 1) == (parity == "odd") else 0)
    for dx, dy in ((0, 0), (70, 90), (-70, 90), (70, -90), (-70, -90), (0, 140), (0, -140)):
        x, y = (along + dx, across + dy) if flat else (across + dy, along + dx)
        data = wxx([[GRASS] * 5] * 5, orientation=orientation, labels=label("X", x, y))
        read = import_map(data, options=ImportOptions(parity=parity))
        at = hex_of(Cell(column, row), "flat" if flat else "pointy", parity)
        assert [found.hex for found in read.notes] == [at]


def test_what_stands_nowhere_is_left_out_and_said() -> None:
    other = label("Deep", 150, 150).replace("WORLD", "CONTINENT")
    read = import_map(
        wxx(COLUMNS, labels=label("Far", 9e6, 150) + label("Mad", float("nan"), 1) + other)
    )

    assert read.notes == ()
    assert [warned.text for warned in read.warnings] == [
        "a label stands outside the map and was left out",
        "a label without a place was left out",
        "a label of the level CONTINENT was left out",
    ]
    assert all(warned.line for warned in read.warnings)


def test_the_labels_are_numbered_as_in_the_file() -> None:
    shown = preview(wxx(COLUMNS))

    assert shown.labels.separator == "."
    assert (shown.labels.first_column, shown.labels.width) == (0, 2)
    assert shown.sample is not None
    assert shown.sample.label == "01.00"


def xml_of(data: bytes) -> str:
    return gzip.decompress(data)[2:].decode("utf-16-be")


@pytest.mark.parametrize(
    ("damage", "line", "text"),
    [
        (("</map>", ""), 28, "not valid XML"),
        (("<map type", "<campaign type"), 2, "expected <map>"),
        (("COLUMNS", "DIAGONALS"), 1, "DIAGONALS"),
        (('tilesWide="3"', 'tilesWide="-3"'), 5, "tilesWide"),
        (('tilesWide="3"', 'tilesWide="7"'), 5, "expected 7 × 2 tiles, found 3 × 2"),
        ((tile(4), "4\t0\t0\n"), 12, "found 3"),
        ((tile(4), tile(9)), 12, "terrain number '9'"),
        ((tile(4), ""), 10, "expected 2 tiles, found 1"),
        (("Water Ocean\t4", "Water Ocean\tfour"), 4, "'four'"),
    ],
)
def test_damage_is_named_by_its_line(damage: tuple[str, str], line: int, text: str) -> None:
    xml = xml_of(wxx(COLUMNS))
    assert damage[0] in xml

    with pytest.raises(BadMap, match=text) as caught:
        import_map(packed(xml.replace(*damage)))

    assert caught.value.line == line


def test_entities_and_document_types_are_refused() -> None:
    bomb = '<!DOCTYPE map [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n'

    with pytest.raises(BadMap, match="not allowed here"):
        import_map(wxx(COLUMNS, before=bomb))


def test_a_size_bomb_is_given_up_early() -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)

    with pytest.raises(BadMap, match="unpacks to more than") as caught:
        unpack(bomb, limit=1000)
    assert caught.value.code == "too_large"
    assert len(unpack(bomb, limit=1_000_000)) == 1_000_000


@pytest.mark.parametrize("data", [b"\x1f\x8b", b"\x1f\x8bxxxxxxxxxxxxxxxxx", wxx(COLUMNS)[:-20]])
def test_a_damaged_archive_is_refused(data: bytes) -> None:
    with pytest.raises(BadMap, match="gzip archive"):
        import_map(data)


def test_elements_are_not_nested_without_end() -> None:
    with pytest.raises(BadMap, match="nested"):
        import_map(packed("<map>" + "<a>" * 100 + "</a>" * 100 + "</map>"))


@pytest.mark.parametrize(
    "flood",
    ["<" * 300_000, "<br " * 100_000, "a" + "\u0301" * 150_000 + "\u0323" * 150_000],
    ids=["tags", "breaks", "marks"],
)
def test_a_text_of_one_sign_alone_is_read_in_no_time(flood: str) -> None:
    """Each of these once took minutes, in which nothing else on the server was done."""
    read = import_map(wxx(COLUMNS, labels=label(flood, 150, 150)))

    assert len(read.document.hexes) == 6


def test_more_text_than_any_map_has_is_refused() -> None:
    with pytest.raises(BadMap, match="of text") as refused:
        import_map(wxx(COLUMNS, labels=label("\t" * (MAX_KEPT_CHARS + 1), 150, 150)))
    assert refused.value.code == "too_large"
