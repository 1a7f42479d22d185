"""A map and its notes as CSV; cells that a spreadsheet would take for a formula are made inert."""

import csv
import io
import re
from collections.abc import Iterable, Mapping

from events.geometry.grid import Hex
from events.geometry.offset import Orientation
from events.maps.imports import ImportedNote
from events.maps.labels import LabelStyle, label

COLUMNS = ("label", "terrain", "title", "public", "secret", "audience")

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def export(
    hexes: Mapping[Hex, str],
    notes: Iterable[ImportedNote],
    style: LabelStyle,
    orientation: Orientation,
) -> bytes:
    """Return the hexes as CSV, UTF-8 with heading, a row for each note; what is not given is not in it.

    A cell that a spreadsheet would take for a formula gets an apostrophe, which the reader takes off again.
    """
    by_hex: dict[Hex, list[ImportedNote]] = {}
    for note in notes:
        by_hex.setdefault(note.hex, []).append(note)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for at, terrain in hexes.items():
        name = label(at, style, orientation)
        for texts in [_texts(note) for note in by_hex.get(at, ())] or [("", "", "", "")]:
            table.writerow([name, *map(inert, (terrain, *texts))])
    return out.getvalue().encode()


def inert(cell: str) -> str:
    """Return the cell as no spreadsheet takes it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def active(cell: str) -> str:
    """Return the cell as it was before it was made inert."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _texts(note: ImportedNote) -> tuple[str, str, str, str]:
    return note.title, note.player_text, note.dm_text, "dm" if note.dm_only else "seen"
