"""Rows and cells of a CSV file, by whatever separates them; a bad quote spoils its own line at most."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from events.maps.document import MAX_HEXES
from events.maps.encoding import decoded
from events.maps.errors import BadMap
from events.maps.imports import MAX_NOTES, Warned

MAX_ROWS: Final = MAX_HEXES + MAX_NOTES
MAX_COLUMNS: Final = 1_000
_SEPARATORS: Final = "\t;,|"
_BAD_QUOTES: Final = 100
"""So many lines with a bad quote are mended; with more, this is no table."""


class TableRow(NamedTuple):
    """The cells of a row that has any, without blanks around them."""

    line: int
    """The line it begins on, or its row in a workbook, from 1."""
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table as it is read; rows without a word in them are left out."""

    rows: Sequence[TableRow]
    remarks: Sequence[Warned] = ()
    encoding: str = ""
    """As Python names it; empty for a workbook."""
    sheet: str = ""
    sheets: Sequence[str] = ()
    """All sheets of a workbook, in its order."""


def csv_table(data: bytes) -> SheetTable:
    """Return the table of a CSV or TSV file; raise BadMap where it is no text or too long."""
    decoding = decoded(data)
    remarks = [Warned(decoding.remark, decoding.guessed_at)] if decoding.guessed_at else []
    lines = decoding.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = 0
    if lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        separator, first = lines[0][4], 1  # Excel writes and reads this line.
    else:
        separator = _separator(lines)
    rows = []
    for line, cells in _records(lines, first, separator, remarks):
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            rows.append(TableRow(line, stripped))
        if len(rows) > MAX_ROWS:
            raise BadMap(f"more than {MAX_ROWS} rows", line=line, code="too_large")
        if len(stripped) > MAX_COLUMNS:
            raise BadMap(f"more than {MAX_COLUMNS} columns", line=line, code="too_large")
    return SheetTable(rows, remarks, decoding.encoding)


def _separator(lines: Sequence[str]) -> str:
    """Return what cuts most of the first lines into the same number of cells."""

    def fit(separator: str) -> tuple[float, int]:
        counts = Counter(
            len(next(csv.reader([line], delimiter=separator), ()))
            for line in islice((line for line in lines if line.strip()), 60)
        )
        cut = {cells: often for cells, often in counts.items() if cells > 1}
        if not cut:
            return 0.0, 0
        cells, often = max(cut.items(), key=lambda item: (item[1], item[0]))
        return often / sum(counts.values()) * min(cells, 9) ** 0.5, cells

    try:
        return max(_SEPARATORS, key=fit)
    except csv.Error:  # a field beyond the limit of the module, which is named where it is read
        return ","


def _records(
    lines: Sequence[str], first: int, separator: str, remarks: list[Warned]
) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its first line number; where quotes do not match, take the one line literally."""
    at, bad = first, 0
    while at < len(lines):
        reader = csv.reader(_fed(lines, at), delimiter=separator, strict=True)
        start = at
        try:
            for cells in reader:
                yield start + 1, cells
                start = at + reader.line_num
            return
        except csv.Error as error:
            if "limit" in str(error) and len(lines[start]) > csv.field_size_limit():
                raise BadMap(
                    f"a cell has more than {csv.field_size_limit()} characters",
                    line=start + 1,
                    code="too_large",
                ) from None
        bad += 1
        if bad > _BAD_QUOTES:
            raise BadMap(
                f"more than {_BAD_QUOTES} lines have a quote that is not closed, so this is no table",
                line=start + 1,
            )
        cells = next(csv.reader([lines[start]], delimiter=separator))
        remarks.append(
            Warned(
                "a quote is opened here and not closed; the line is read as it stands", start + 1
            )
        )
        yield start + 1, cells
        at = start + 1


def _fed(lines: Sequence[str], at: int) -> Iterator[str]:
    return (f"{line}\n" for line in islice(lines, at, None))
