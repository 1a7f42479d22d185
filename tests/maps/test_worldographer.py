import gzip

import pytest

from events.geometry.grid import Hex
from events.geometry.offset import Cell, Parity, hex_of
from events.maps.errors import BadMap
from events.maps.imported import ImportedSite
from events.maps.imports import ImportedNote, ImportOptions
from events.maps.reading import import_map, preview
from events.maps.worldographer_xml import MAX_KEPT_CHARS, unpack
from tests.support.wxx import feature, label, note, packed, shape, tile, wxx

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
        ImportedNote(Hex(2, 0), "GM only", dm_text="Marked GM-only in Worldographer."),
        ImportedNote(Hex(1, 0), "Lich", dm_text="The name of the tower."),
        ImportedNote(Hex(2, -1), "Trap", dm_text="Spikes & pit\nx"),
    ]
    assert read.sites == (
        ImportedSite(Hex(0, 0), "castle", "Keep"),
        ImportedSite(Hex(0, 1), "cave", "Drip & Drop", dm_only=False),
        ImportedSite(Hex(1, 0), "tower", "", dm_only=False),
    )
    assert [(label.hex, label.text, label.dm_only) for label in read.labels] == [
        (Hex(1, 1), "Hidden Vale", True),
        (Hex(1, 1), "The Sea", False),
    ]


def test_lines_become_paths_by_tag_and_by_stroke() -> None:
    points = [(150.0, 150.0), (375.0, 300.0), (600.0, 450.0)]
    shapes = "".join(
        shape(points, **said)
        for said in (
            {"tags": "river", "name": "Brindle"}, {"tags": "road"}, {"tags": "shipping"}, {"tags": "trail,old"},
            {"strokeColor": "0.1,0.3,0.9,1.0"}, {"strokeColor": "0x996633ff"},
            {"strokeColor": "0.6,0.4,0.2,1.0", "strokeType": "DASHED"}, {},
        )
    )  # fmt: skip

    read = import_map(wxx(COLUMNS, shapes=shapes))

    assert [path.kind for path in read.paths] == [
        "river", "road", "ferry", "trail", "river", "road", "trail", "trail",
    ]  # fmt: skip
    assert read.paths[0].name == "Brindle"
    assert [str(point) for point in read.paths[0].points] == ["0,0", "1,0", "2,0"]
    assert not any(path.dm_only for path in read.paths)


def test_a_curve_bends_between_its_points() -> None:
    bow = [(150.0, 450.0), (600.0, 450.0), (600.0, 1050.0), (150.0, 1050.0)]
    straight, curved = (
        import_map(wxx([[GRASS] * 6] * 6, shapes=shape(bow, tags="river", isCurve=curve)))
        for curve in ("false", "true")
    )

    # Straight on it cuts through 1,2; as a curve it swings wider, round by 1,3.
    assert Hex(1, 2) in {point.at for point in straight.paths[0].points}
    assert Hex(1, 3) in {point.at for point in curved.paths[0].points}


def test_areas_become_regions() -> None:
    square = [(0.0, 0.0), (500.0, 0.0), (500.0, 320.0), (0.0, 320.0)]

    read = import_map(
        wxx(COLUMNS, shapes=shape(square, "Polygon", tags="forest", fillColor="0.0,0.5,0.0,1.0"))
    )

    region = read.regions[0]
    assert (region.kind, region.color, region.name) == ("forest", "#008000", "Forest 1")
    assert region.hexes == (Hex(0, 0), Hex(1, 0))


@pytest.mark.parametrize(
    "hidden", [{"isGMOnly": "true"}, {"mapLayer": "Secrets"}, {"isWorld": "false"}]
)
def test_what_the_game_master_hid_is_for_dms_only(hidden: dict[str, str]) -> None:
    layers = '<maplayer name="Secrets" isVisible="false"/><maplayer name="Shown" isVisible="true"/>'
    line = shape([(150, 150), (375, 300)], tags="road", **hidden)
    area = shape([(0, 0), (500, 0), (500, 320), (0, 320)], "Polygon", **hidden)
    open_line = shape([(150, 150), (375, 300)], tags="road", mapLayer="Shown", isWorld="true")

    read = import_map(wxx(COLUMNS, shapes=line + area + open_line, more=layers))

    assert [path.dm_only for path in read.paths] == [True, False]
    assert [region.dm_only for region in read.regions] == [True]


def test_information_pages_are_notes_and_child_maps_are_named() -> None:
    pages = '<informations><information type="Nation" title="Gondor"><![CDATA[<p>Old &amp; grey</p>]]></information></informations>'

    read = import_map(wxx(COLUMNS, more=pages + '<childmap name="South.wxx"/>'))

    assert read.notes == (ImportedNote(Hex(0, 0), "Nation: Gondor", dm_text="Old & grey"),)
    texts = [warned.text for warned in read.warnings]
    assert any("information page" in text for text in texts)
    assert any("'South.wxx'" in text for text in texts)


def test_features_on_blank_hexes_are_kept_and_said() -> None:
    read = import_map(wxx([[0, GRASS]], features=feature("City", 150, 150, name="Bree")))

    assert read.sites == (ImportedSite(Hex(0, 0), "city", "Bree", dm_only=False),)
    assert any("blank hexes; they are kept" in warned.text for warned in read.warnings)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (shape([(150, 150)], tags="road"), "a shape needs at least 2 points, found 1"),
        (shape([], tags="road"), "a shape needs at least 2 points, found 0"),
        (shape([(150, 150), (float("nan"), 1)], tags="road"), "have no place"),
        (shape([(9e6, 9e6), (9e6 + 600, 9e6)], tags="road"), "lies outside the map"),
        (shape([(9e6, 9e6), (9e6 + 600, 9e6), (9e6, 9e6 + 9)], "Polygon"), "has no hex of the map"),
    ],
)
def test_shapes_that_draw_nothing_are_left_out_and_said(made: str, said: str) -> None:
    read = import_map(wxx(COLUMNS, shapes=made))

    assert read.paths == ()
    assert any(said in warned.text and warned.line for warned in read.warnings)


def test_ten_thousand_points_are_read_and_a_line_without_end_is_refused() -> None:
    many = shape([(150.0 + n % 400, 150.0 + n % 300) for n in range(10_000)], tags="river")
    endless = shape([(-9e7, 0.0), (9e7, 0.0)] * 10, tags="river")

    assert import_map(wxx(COLUMNS, shapes=many)).paths
    with pytest.raises(BadMap, match="longer than those of any map") as caught:
        import_map(wxx(COLUMNS, shapes=endless))
    assert caught.value.line


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
        assert [found.hex for found in read.labels] == [at]


def test_what_stands_nowhere_is_left_out_and_said() -> None:
    other = label("Deep", 150, 150).replace("WORLD", "CONTINENT")
    read = import_map(
        wxx(COLUMNS, labels=label("Far", 9e6, 150) + label("Mad", float("nan"), 1) + other)
    )

    assert read.labels == ()
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
