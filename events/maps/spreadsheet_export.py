"""A map and its notes as CSV; cells that a spreadsheet would take for a formula are made inert."""

import csv
import io
import re
from collections.abc import Iterable, Mapping

from events.geometry.grid import Hex
from events.geometry.offset import Orientation
from events.maps.imports import ImportedMap, ImportedNote
from events.maps.labels import LabelStyle, label

COLUMNS = ("label", "terrain", "title", "public", "secret", "audience")

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def export_whole(whole: ImportedMap, style: LabelStyle) -> bytes:
    """Return a map as CSV: sites in a column that an import reads, other objects of a hex as remarks."""
    sites: dict[Hex, list[str]] = {}
    for site in (*whole.sites, *whole.drawings()):
        # Where several stand in a hex, semicolons part them.
        title = site.title.replace(";", ",")
        sites.setdefault(site.hex, []).append(f"{site.kind} {title}".strip())
    remarks: dict[Hex, dict[str, None]] = {}
    for path in whole.paths:
        for point in path.points:
            remarks.setdefault(point.at, {})[f"{path.kind} {path.name}".strip()] = None
    for region in whole.regions:
        for at in region.hexes:
            remarks.setdefault(at, {})[f"{region.kind} {region.name}"] = None
    for text in whole.labels:
        remarks.setdefault(text.hex, {})[f"label {text.text}"] = None
    more: dict[str, Mapping[Hex, str]] = {}
    if sites:
        more["site"] = {at: "; ".join(of) for at, of in sites.items()}
    if remarks:
        more["remarks"] = {at: "; ".join(of) for at, of in remarks.items()}
    document = whole.document
    return export(document.terrain(), whole.notes, style, document.orientation, more)


def export(
    hexes: Mapping[Hex, str],
    notes: Iterable[ImportedNote],
    style: LabelStyle,
    orientation: Orientation,
    more: Mapping[str, Mapping[Hex, str]] | None = None,
) -> bytes:
    """Return the hexes as CSV, UTF-8 with heading, a row for each note; what is not given is not in it.

    more: further columns by their heading, their cells in the first row of each hex. A cell that a
    spreadsheet would take for a formula gets an apostrophe, which the reader takes off again.
    """
    more = more or {}
    by_hex: dict[Hex, list[ImportedNote]] = {}
    for note in notes:
        by_hex.setdefault(note.hex, []).append(note)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow((*COLUMNS, *more))
    for at, terrain in hexes.items():
        name = label(at, style, orientation)
        first = True
        for texts in [_texts(note) for note in by_hex.get(at, ())] or [("", "", "", "")]:
            cells = (
                [more_cells.get(at, "") for more_cells in more.values()]
                if first
                else ["" for _ in more]
            )
            table.writerow([name, *map(inert, (terrain, *texts, *cells))])
            first = False
    return out.getvalue().encode()


def inert(cell: str) -> str:
    """Return the cell as no spreadsheet takes it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def active(cell: str) -> str:
    """Return the cell as it was before it was made inert."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _texts(note: ImportedNote) -> tuple[str, str, str, str]:
    return note.title, note.player_text, note.dm_text, "dm" if note.dm_only else "seen"
