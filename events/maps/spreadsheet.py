"""The spreadsheet every DM has: ``label,terrain,title,public,secret``, in CSV or TSV.

A label may come several times, once for each of its notes. A note without a public text stays with the DM, title
included, unless the column ``audience`` says ``seen``; a title is often the spoiler.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from events.geometry.grid import Hex
from events.geometry.offset import Orientation
from events.maps.document import MAX_HEXES
from events.maps.errors import BadMap
from events.maps.imports import (
    MAX_NOTES,
    Draft,
    ImportedNote,
    ImportOptions,
    one_line,
    style_of,
    text_of,
)
from events.maps.labels import LabelStyle, detect_style, label, parse_label

COLUMNS = ("label", "terrain", "title", "public", "secret", "audience")

_HEADINGS: Mapping[str, str] = {
    **{name: name for name in COLUMNS},
    **dict.fromkeys(("hex", "coordinate", "coordinates", "key", "number"), "label"),
    **dict.fromkeys(("type", "biome"), "terrain"),
    **dict.fromkeys(("name", "heading"), "title"),
    **dict.fromkeys(("player", "player text", "players", "playertext", "description"), "public"),
    **dict.fromkeys(("dm", "gm", "dm text", "gm text", "dmtext", "notes"), "secret"),
}
_terrain = lru_cache(maxsize=4096)(one_line)
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MAX_ROWS = MAX_HEXES + MAX_NOTES


def read(data: bytes, options: ImportOptions) -> Draft:
    """Return the map of a CSV or TSV file; raise BadMap with the line of the first fault."""
    text, assumed = text_of(data)
    rows = _rows(text)
    columns, body = _columns(rows)
    style = style_of(options, detect_style(row[0] for _, row in _cells(body, columns)))
    draft = Draft("spreadsheet", options.orientation or "flat", style)
    draft.warnings.extend(assumed)
    if options.parity is None and options.labels is None:
        draft.warn("labels do not tell which columns are pushed down: compare the neighbours")
    _warn_of_the_rest(draft, rows[0], body, columns)
    for line, cells in _cells(body, columns):
        _add_row(draft, cells, line)
    if not draft.hexes:
        raise BadMap("expected rows of label,terrain,title,public,secret, found none")
    return draft


def export(
    hexes: Mapping[Hex, str],
    notes: Iterable[ImportedNote],
    style: LabelStyle,
    orientation: Orientation,
) -> bytes:
    """Return the hexes as CSV, UTF-8 with heading, a row for each note; what is not given is not in it.

    A cell that a spreadsheet would take for a formula gets an apostrophe, which read takes off again.
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
            table.writerow([name, *map(_inert, (terrain, *texts))])
    return out.getvalue().encode()


def _texts(note: ImportedNote) -> tuple[str, str, str, str]:
    return note.title, note.player_text, note.dm_text, "dm" if note.dm_only else "seen"


def _inert(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _active(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, with the line each ends on."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            if len(rows) > _MAX_ROWS:
                raise BadMap(f"more than {_MAX_ROWS} rows", code="too_large")
    except csv.Error as error:
        raise BadMap(f"not a table: {error}", line=reader.line_num) from None
    return rows


def _columns(
    rows: Sequence[tuple[int, list[str]]],
) -> tuple[Sequence[int | None], Sequence[tuple[int, list[str]]]]:
    """Return where each of COLUMNS stands, by the heading if there is one, and the rows below it."""
    if not rows:
        raise BadMap("expected rows of label,terrain,title,public,secret, found an empty file")
    line, first = rows[0]
    said = [_HEADINGS.get(cell.strip().lower(), "") for cell in first]
    if "label" not in said:
        return [index if index < len(first) else None for index in range(5)] + [None], rows
    for name in COLUMNS:
        if said.count(name) > 1:
            raise BadMap(f"two columns are the {name}", line=line)
    return [said.index(name) if name in said else None for name in COLUMNS], rows[1:]


def _cells(
    rows: Iterable[tuple[int, list[str]]], columns: Sequence[int | None]
) -> Iterator[tuple[int, list[str]]]:
    for line, row in rows:
        yield line, [row[at] if at is not None and at < len(row) else "" for at in columns]


def _warn_of_the_rest(
    draft: Draft,
    heading: tuple[int, list[str]],
    body: Iterable[tuple[int, list[str]]],
    columns: Sequence[int | None],
) -> None:
    """Say which columns are not read, and on which lines there is something beyond all columns."""
    line, names = heading
    for at, name in enumerate(names):
        if at not in columns and name.strip():
            draft.warn(f"the column {one_line(name)!r} was left out", line)
    for line, row in body:
        if any(cell.strip() for cell in row[len(names) :]):
            draft.warn("cells beyond the heading were left out", line)


def _add_row(draft: Draft, cells: Sequence[str], line: int) -> None:
    name, terrain, title, public, secret, audience = (_active(cell.strip()) for cell in cells)
    try:
        at = parse_label(name, draft.labels, draft.orientation)
    except ValueError as error:
        raise BadMap(str(error), line=line) from None
    terrain = _terrain(terrain)
    if at not in draft.hexes:
        draft.put(at, terrain or "plains", line)
    elif terrain and terrain != draft.hexes[at]:
        raise BadMap(
            f"hex {one_line(name)} is {draft.hexes[at]!r} above and {terrain!r} here", line=line
        )
    if title or public or secret:
        dm_only = not public if not audience else audience.lower() != "seen"
        draft.note(ImportedNote(at, title, public, secret, dm_only), line)
