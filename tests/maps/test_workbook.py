from collections.abc import Callable

import pytest

from events.geometry.grid import Hex
from events.maps.errors import BadMap
from events.maps.imports import ImportedNote, ImportOptions
from events.maps.reading import detect, import_map, preview
from events.maps.workbook import MAX_UNPACKED_BYTES
from tests.support.workbooks import Rows, ods, ods_cell, xlsx, zipped

ROWS: Rows = [
    ["Shared with the table"],
    [None, "Hex", "Terrain", "Name", "GM notes"],
    [None, 101, "hills", "Thorp", "The miller is a spy"],
    [None],
    [None, 102, "water", None, None],
]


@pytest.mark.parametrize("data", [xlsx({"Map": ROWS}), ods({"Map": ROWS})])
def test_a_workbook_is_read_as_its_table(data: bytes) -> None:
    assert detect(data, "whatever") == "spreadsheet"

    read = import_map(data, "Marches.xlsx")

    assert read.document.name == "Marches"
    assert read.document.terrain() == {Hex(0, 0): "hills", Hex(0, 1): "water"}
    assert read.notes == (ImportedNote(Hex(0, 0), "Thorp", "", "The miller is a spy"),)
    assert any("zeros" in warned.text for warned in read.warnings)


def test_the_sheet_that_is_a_map_is_taken_and_another_may_be_chosen() -> None:
    other = [["Hex", "Terrain"], ["0505", "swamp"]]
    data = xlsx({"Prices": [["Item", "Cost"], ["Rope", 1]], "Map": ROWS, "South": other})

    first = preview(data, "m.xlsx")
    chosen = preview(data, "m.xlsx", ImportOptions(sheet="South"))
    none = preview(data, "m.xlsx", ImportOptions(sheet="North"))

    assert first.table is not None
    assert (first.table.sheet, first.table.sheets) == ("Map", ("Prices", "Map", "South"))
    assert any("left out 'Prices', 'South'" in warned.text for warned in first.warnings)
    assert [terrain.name for terrain in chosen.terrains] == ["swamp"]
    assert none.error is not None
    assert "there are Prices, Map, South" in none.error.text


def test_hidden_sheets_are_not_read() -> None:
    data = xlsx({"Secret": ROWS, "Map": [["Hex"], ["0303"]]}, hidden=["Secret"])

    shown = preview(data)

    assert shown.table is not None
    assert shown.table.sheets == ("Map",)


def test_a_fault_is_named_by_its_row() -> None:
    data = xlsx({"Map": [["Hex", "Terrain"], ["0101", "hills"], ["north of it", "hills"]]})

    with pytest.raises(BadMap, match="expected a label") as caught:
        import_map(data)
    assert caught.value.line == 3


FAR_CELL = (
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
)
NAMELESS = '<row r="1"><c><v>1</v></c></row><row r="1048576">' + "<c><v>1</v></c>" * 9 + "</row>"
FAR_ODS = f'<table:table-row>{ods_cell("a")}</table:table-row><table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="16383"/>{ods_cell("b")}</table:table-row>'
WIDE_ODS = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'


# Made when it is their turn: each worker imports this module, whatever it runs.
@pytest.mark.parametrize(
    "bomb",
    [
        lambda: xlsx({"Map": FAR_CELL}),
        lambda: xlsx({"Map": NAMELESS}),
        lambda: ods({"Map": FAR_ODS}),
        lambda: ods({"Map": WIDE_ODS}),
        lambda: xlsx({"Map": "<row>" + " " * MAX_UNPACKED_BYTES + "</row>"}),
        lambda: zipped({"xl/workbook.xml": "", **{f"xl/{n}": "" for n in range(2001)}}),
    ],
    ids=["far cell", "nameless far cells", "far ods", "wide ods", "zip bomb", "many members"],
)
def test_a_bomb_is_refused_before_it_goes_off(bomb: Callable[[], bytes]) -> None:
    data = bomb()
    with pytest.raises(BadMap, match=r"at most|more than") as caught:
        import_map(data)
    assert caught.value.code == "too_large"


def test_a_million_blank_rows_are_no_rows() -> None:
    blank = "".join(f'<row r="{r}"><c r="A{r}" s="1"/></row>' for r in range(1, 1_000_001))

    shown = preview(xlsx({"Map": blank + '<row r="1000001"/>'}))

    assert shown.error is not None
    assert "empty" in shown.error.text


def test_trailing_blank_rows_of_libreoffice_cost_nothing() -> None:
    blank = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    data = ods({"Map": f"<table:table-row>{ods_cell('Hex')}{ods_cell('Terrain')}</table:table-row><table:table-row>{ods_cell('0101')}{ods_cell('hills')}</table:table-row>{blank}"})  # fmt: skip

    assert import_map(data).document.terrain() == {Hex(0, 0): "hills"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (xlsx({"Map": ROWS})[:300], "damaged or cut off|no spreadsheet"),
        (xlsx({"Map": ROWS})[:-30], "damaged or cut off"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as .xlsx"),
        (zipped({"readme.txt": "x"}), "this archive holds no spreadsheet"),
        (xlsx({"Map": "<row><c"}), "cannot be read|empty"),
        (xlsx({}), "empty"),
    ],
)
def test_what_is_no_workbook_is_said(data: bytes, said: str) -> None:
    with pytest.raises(BadMap, match=said):
        import_map(data, "m.xlsx")


def test_an_entity_bomb_is_not_expanded() -> None:
    members = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="M"><table:table-row><table:table-cell office:value-type="string"><text:p>&b;</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>',
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
    }  # fmt: skip
    shown = preview(zipped(members))

    assert shown.error is not None
    assert "aaaa" not in shown.error.text
