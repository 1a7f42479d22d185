"""Sheets of Excel (XLSX) and OpenDocument (ODS) files: bounded before they are unpacked, read by calamine.

calamine lays a sheet out as a full rectangle up to its last cell, so the rectangle is measured first.
"""

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from events.maps.errors import BadMap
from events.maps.tables import MAX_COLUMNS, MAX_ROWS, SheetTable, TableRow

MAX_UNPACKED_BYTES: Final = 96 * 1024 * 1024
MAX_MEMBERS: Final = 2_000
MAX_CELLS: Final = 4_000_000
"""Of the rectangle up to the last cell, the empty ones included; some 200 MB."""

_XLSX_CELL: Final = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*(?<!/)>')
_XLSX_NAMELESS: Final = re.compile(rb"<(?:\w+:)?c(?![^<>]*\br=)[\s>]")
_XLSX_ROW: Final = re.compile(rb'<(?:\w+:)?row\b[^<>]*?\br="([0-9]{1,9})"')
_ODS_TAG: Final = re.compile(
    rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)\b([^<>]*)>"
)
_REPEATED: Final = re.compile(rb'number-(?:rows|columns)-repeated="([0-9]{1,9})"')

WorkbookKind = Literal["xlsx", "ods", "xls", "xlsb", ""]


def kind_of(data: bytes) -> WorkbookKind:
    """Return which workbook a file is; "" where it is none."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "xls"
    if data[:4] != b"PK\x03\x04":
        return ""
    if b"application/vnd.oasis.opendocument.spreadsheet" in data[:200]:
        return "ods"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "xlsx" if b"xl/" in data[:4096] else ""
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if "xl/workbook.xml" in names or "_rels/.rels" in names:
        return "xlsx"
    return "ods" if "content.xml" in names and "mimetype" in names else ""


def workbook_tables(data: bytes) -> Sequence[SheetTable]:
    """Return the sheets that are shown and have cells; raise BadMap for a damaged or too large file."""
    kind = kind_of(data)
    if kind in ("xls", "xlsb"):
        raise BadMap(
            f"this is a binary Excel file (.{kind}); save it as .xlsx or CSV and bring that"
        )
    if kind == "":
        raise BadMap("this archive holds no spreadsheet; bring the .xlsx, .ods or .csv itself")
    _measure(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        tables = [
            SheetTable(_rows(book.get_sheet_by_name(name).to_python(skip_empty_area=False)), (), "", name, names)
            for name in names
        ]  # fmt: skip
    except (CalamineError, OSError, ValueError) as error:
        raise BadMap(f"the spreadsheet cannot be read: {error}") from None
    return [table for table in tables if table.rows] or tables[:1]


def _rows(cells: Iterable[Sequence[object]]) -> list[TableRow]:
    rows = []
    for number, row in enumerate(cells, 1):
        texts = [_text(cell) for cell in row]
        if any(texts):
            rows.append(TableRow(number, texts))
        if len(rows) > MAX_ROWS:
            raise BadMap(f"more than {MAX_ROWS} rows", line=number, code="too_large")
    return rows


def _text(cell: object) -> str:
    match cell:
        case str():
            return cell.strip()
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime.datetime() if cell.time() == datetime.time():
            return cell.date().isoformat()
        case _:
            return str(cell)


def _measure(data: bytes) -> None:
    """Raise BadMap where the file unpacks to too much, or where a sheet reaches too far."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise BadMap(f"the archive has more than {MAX_MEMBERS} files", code="too_large")
            left = MAX_UNPACKED_BYTES
            for member in members:
                content = _unpacked(archive, member, left)
                left -= len(content)
                # calamine finds sheets by what the archive says of itself, so each file may be one.
                _measure_ods(content)
                _measure_xlsx(content, member.filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:  # fmt: skip
        raise BadMap(f"the spreadsheet is damaged or cut off ({error})") from None


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Return the bytes of the archive member; the size in its header is not trusted."""
    with archive.open(member) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise BadMap(
            f"the spreadsheet unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MB",
            code="too_large",
        )
    return content


def _measure_xlsx(sheet: bytes, name: str) -> None:
    last_row = last_column = 0
    for cell in _XLSX_CELL.finditer(sheet):
        last_row = max(last_row, int(cell[2]))
        last_column = max(last_column, _column(cell[1]))
    if _XLSX_NAMELESS.search(
        sheet
    ):  # such cells stand beside the one before, in a row that may be named
        last_row = max([last_row, *(int(row[1]) for row in _XLSX_ROW.finditer(sheet))])
        last_column = max(last_column, *(row.count(b"<c") for row in sheet.split(b"<row")))
    _expect_extent(last_row, last_column, name)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _measure_ods(content: bytes) -> None:
    row = column = last_row = last_column = times = 0
    end, filled = 0, False
    open_cell: tuple[int, int] | None = None
    for tag in _ODS_TAG.finditer(content):
        closing, name, attributes = tag[1] == b"/", tag[2], tag[3]
        repeated = _REPEATED.search(attributes)
        count = int(repeated[1]) if repeated else 1
        match name:
            case b"table":
                row = last_row = last_column = 0
            case b"table-row" if not closing:
                times, column, end, filled = count, 0, 0, False
                if attributes.endswith(b"/"):
                    row += count
            case b"table-row":
                row += times
                if filled:
                    last_row, last_column = row, max(last_column, end)
                    _expect_extent(last_row, last_column, "content.xml")
            case _ if closing:
                if open_cell is not None and content[open_cell[0] : tag.start()].strip():
                    end, filled = open_cell[1], True
                open_cell = None
            case _:
                column += count
                if attributes.endswith(b"/"):
                    if b"office:value" in attributes:
                        end, filled = column, True
                else:
                    open_cell = (tag.end(), column)


def _expect_extent(rows: int, columns: int, name: str) -> None:
    if rows * columns > MAX_CELLS or columns > 16 * MAX_COLUMNS:
        raise BadMap(
            f"a sheet reaches to row {rows}, column {columns}; delete what lies beyond the map, "
            f"at most {MAX_CELLS} cells can be read",
            position=name,
            code="too_large",
        )
