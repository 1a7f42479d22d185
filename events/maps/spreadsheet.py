"""Spreadsheets of hexes, as DMs keep them: CSV, TSV, Excel and OpenDocument.

A hex may have several rows, one for each of its notes. What the file does not call public stays with the DM.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from events.core.map_objects import SiteKind
from events.geometry.grid import Hex
from events.geometry.offset import Cell, cell_of, hex_of
from events.maps.columns import ROLES, Columns, find_columns, names_kinds
from events.maps.errors import BadMap
from events.maps.imported import ImportedSite
from events.maps.imports import (
    Draft,
    ImportedNote,
    ImportOptions,
    Role,
    Sheet,
    Warned,
    one_line,
    style_of,
)
from events.maps.labels import LabelStyle, detect_style, label, parse_label
from events.maps.links import linked
from events.maps.lookalikes import strange_table
from events.maps.lost_zeros import restored
from events.maps.site_kinds import named_site, site_kind
from events.maps.spreadsheet_export import active
from events.maps.tables import SheetTable, TableRow, csv_table
from events.maps.workbook import workbook_tables

_AXIAL = re.compile(
    r"\(?\s*(-?[0-9]{1,7})(?:\.0*)?\s*[,;:/ ]\s*(-?[0-9]{1,7})(?:\.0*)?(?:\s*[,;:/ ]\s*-?[0-9]{1,7})?\s*\)?"
)
_SHOWN_ROWS = 8
_SHOWN_CHARS = 120
_terrain = lru_cache(maxsize=4096)(one_line)


def read(data: bytes, options: ImportOptions) -> Draft:
    """Return the map of a spreadsheet; raise BadMap with the line of the first fault."""
    table, columns = _chosen(data, options)
    body = _body(table, columns)
    draft = Draft("spreadsheet", options.orientation or "flat", LabelStyle())
    draft.sheet = _shown(table, columns, body)
    draft.warnings.extend(table.remarks)
    _warn(draft, table, columns, body)
    names, find = _labels(draft, columns, body, options)
    if options.parity is None and options.labels is None and not columns.axial:
        draft.warn("labels do not tell which columns are pushed down: compare the neighbours")
    reader = _RowReader(draft, columns, options.audience == "seen")
    for row, name in zip(body, names, strict=True):
        if name:
            reader.add(find(name, row.line), row)
        else:
            draft.warn("no label stands here, so the row was left out", row.line)
    if not draft.hexes:
        raise BadMap("expected rows with a label such as 0101 below the heading, found none")
    _link(draft, _campaign_style(draft, options))
    return draft


def looked_at(data: bytes, options: ImportOptions) -> Sheet | None:
    """Return the table that a DM may put right where read raises BadMap; None where there is none."""
    try:
        tables = _tables(data, options)
    except BadMap:
        return None
    if not tables:
        return None
    table = tables[0]
    columns = find_columns(table.rows, options.columns)
    return _shown(table, columns, _body(table, columns))


def _chosen(data: bytes, options: ImportOptions) -> tuple[SheetTable, Columns]:
    """Return the table to read and its columns; raise BadMap where none is a map, with what it looks like."""
    tables = _tables(data, options)
    candidates = [(table, find_columns(table.rows, options.columns)) for table in tables]
    for table, columns in candidates:
        if _is_placed(columns):
            return table, columns
    if not candidates:
        raise BadMap("the file is empty; expected rows with labels like 0101, or columns x and y")
    raise BadMap(strange_table(candidates[0][0].rows))


def _tables(data: bytes, options: ImportOptions) -> Sequence[SheetTable]:
    """Return the sheets to choose from: all, or the one that the options name; raise BadMap without it."""
    tables = (
        workbook_tables(data)
        if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
        else [csv_table(data)]
    )
    if options.sheet is None or not tables[0].sheets:
        return tables
    chosen = [table for table in tables if table.sheet == options.sheet]
    if not chosen:
        names = ", ".join(table.sheet for table in tables)[:200]
        raise BadMap(f"no sheet is called {options.sheet[:40]!r}; there are {names}")
    return chosen


def _body(table: SheetTable, columns: Columns) -> Sequence[TableRow]:
    return table.rows if columns.heading is None else table.rows[columns.heading + 1 :]


def _is_placed(columns: Columns) -> bool:
    roles = set(columns.roles)
    return "label" in roles or {"column", "row"} <= roles


def _shown(table: SheetTable, columns: Columns, body: Sequence[TableRow]) -> Sheet:
    wide = len(columns.roles)
    heading = table.rows[columns.heading].cells if columns.heading is not None else ()
    first = body[:_SHOWN_ROWS]
    return Sheet(
        sheet=table.sheet,
        sheets=tuple(table.sheets),
        encoding=table.encoding,
        headings=tuple(one_line(cell) for cell in (*heading, *[""] * (wide - len(heading)))),
        columns=tuple(columns.roles),
        lines=tuple(row.line for row in first),
        rows=tuple(
            tuple(cell[:_SHOWN_CHARS] for cell in (*row.cells, *[""] * (wide - len(row.cells))))
            for row in first
        ),
    )


def _warn(draft: Draft, table: SheetTable, columns: Columns, body: Sequence[TableRow]) -> None:
    """Say which sheets, rows and columns are not read, and what was assumed."""
    others = [name for name in table.sheets if name != table.sheet]
    if others:
        draft.warn(f"read the sheet {table.sheet!r}; left out {', '.join(map(repr, others))[:200]}")
    for reason in columns.reasons:
        draft.warn(reason)
    heading = columns.heading
    for row in table.rows[: heading or 0]:
        draft.warn("a line above the heading was left out", row.line)
    names = table.rows[heading].cells if heading is not None else ()
    line = table.rows[heading].line if heading is not None else None
    for at, role in enumerate(columns.roles):
        name = names[at] if at < len(names) else ""
        if role != "leave":
            continue
        used = next((row.line for row in body if _cell(row, at)), None)
        if used is None:
            continue
        if name:
            draft.warn(f"the column {one_line(name)!r} was left out", line)
        elif heading is None:
            draft.warn(f"column {at + 1} was left out: what it holds is not known")
        else:
            draft.warn("cells beyond the heading were left out", used)


def _labels(
    draft: Draft, columns: Columns, body: Sequence[TableRow], options: ImportOptions
) -> tuple[Sequence[str], Callable[[str, int], Hex]]:
    """Return the label of each row and how one is read; set the draft's style."""
    named = [_cell(row, columns.first("label")) for row in body]
    pairs = [
        (_cell(row, columns.first("column")), _cell(row, columns.first("row"))) for row in body
    ]
    if columns.axial:
        if columns.first("label") is None:
            named = [f"{q},{r}" if q and r else "" for q, r in pairs]
        return named, _placed_axially(draft, named)
    if columns.first("label") is None:
        named = [f"{column},{row}" if column and row else "" for column, row in pairs]
        return named, _numbered(draft, named, options)
    fixed = restored(named, pairs)
    if fixed.remark:
        draft.warn(fixed.remark)
    names = [name or (f"{x.zfill(2)}{y.zfill(2)}" if x and y else "") for name, (x, y) in zip(fixed.labels, pairs, strict=True)]  # fmt: skip
    draft.labels = style_of(options, detect_style(name for name in names if name))

    def find(name: str, line: int) -> Hex:
        try:
            return parse_label(name, draft.labels, draft.orientation)
        except ValueError as error:
            raise BadMap(str(error), line=line) from None

    return names, find


def _numbered(draft: Draft, named: Sequence[str], options: ImportOptions) -> Callable[[str, int], Hex]:  # fmt: skip
    """Return how columns and rows are read that stand in two columns: counted from 0 where one is 0."""
    cells = [_pair(name) for name in named if name]
    zero = [any(pair is not None and pair[of] == 0 for pair in cells) for of in (0, 1)]
    usual = LabelStyle(first_column=0 if zero[0] else 1, first_row=0 if zero[1] else 1)
    style = draft.labels = style_of(options, usual)

    def find(name: str, line: int) -> Hex:
        pair = _pair(name)
        if pair is None:
            raise BadMap(f"expected two numbers for column and row, found {name[:20]!r}", line=line)
        cell = Cell(pair[0] - style.first_column, pair[1] - style.first_row)
        return hex_of(cell, draft.orientation, style.parity)

    return find


def _placed_axially(draft: Draft, named: Sequence[str]) -> Callable[[str, int], Hex]:
    """Return how axial coordinates are read: moved so that no column or row is below 0."""
    places = [match.groups() for name in named if (match := _AXIAL.fullmatch(name))]
    hexes = [Hex(int(q), int(r)) for q, r in places]
    # A column of flat hexes is their q, a row of pointy ones their r; the other is counted after that.
    flat = draft.orientation == "flat"
    q = max(0, -min((at.q for at in hexes), default=0)) if flat else 0
    r = 0 if flat else max(0, -min((at.r for at in hexes), default=0))
    cells = [cell_of(Hex(at.q + q, at.r + r), draft.orientation) for at in hexes]
    if flat:
        r = max(0, -min((cell.row for cell in cells), default=0))
    else:
        q = max(0, -min((cell.column for cell in cells), default=0))
    if q or r:
        draft.warn(f"the map begins at its first column and row: {q} was added to q, {r} to r")

    def find(name: str, line: int) -> Hex:
        match = _AXIAL.fullmatch(name)
        if match is None:
            raise BadMap(f"expected axial coordinates such as 3,-1, found {name[:20]!r}", line=line)
        return Hex(int(match[1]) + q, int(match[2]) + r)

    return find


def _pair(name: str) -> tuple[int, int] | None:
    numbers = re.fullmatch(r"(-?[0-9]{1,7})(?:\.0*)?,(-?[0-9]{1,7})(?:\.0*)?", name)
    if numbers:
        return int(numbers[1]), int(numbers[2])
    lettered = re.fullmatch(r"([A-Za-z]{1,2}),([0-9]{1,7})", name)
    if lettered is None:
        return None
    column = 0
    for letter in lettered[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(lettered[2])


def _cell(row: TableRow, at: int | None) -> str:
    return row.cells[at] if at is not None and at < len(row.cells) else ""


class _RowReader:
    """Adds rows to a draft, each to the hex that its label names."""

    def __init__(self, draft: Draft, columns: Columns, for_all: bool) -> None:
        self._draft = draft
        self._of: dict[Role, list[int]] = {role: columns.all(role) for role in ROLES}
        self._headings = draft.sheet.headings if draft.sheet is not None else ()
        self._for_all = for_all
        self._sites: set[tuple[Hex, SiteKind, str]] = set()
        column = self._first("site")
        self._kinds_only = column is not None and names_kinds(self._headings[column])

    def _first(self, role: Role) -> int | None:
        at = self._of[role]
        return at[0] if at else None

    def add(self, at: Hex, row: TableRow) -> None:
        """Add the row's hex, and a note where it has a title or a text."""
        draft = self._draft
        terrain = _terrain(active(_cell(row, self._first("terrain"))))
        if at not in draft.hexes:
            draft.put(at, terrain or "plains", row.line)
        elif terrain and terrain != draft.hexes[at]:
            name = label(at, draft.labels, draft.orientation)
            raise BadMap(
                f"hex {name} is {draft.hexes[at]!r} above and {terrain!r} here", line=row.line
            )
        title = active(_cell(row, self._first("title")))
        public = self._texts(row, "public")
        secret = self._texts(row, "secret") + [
            f"Link: {active(cell)}" for at_link in self._of["link"] if (cell := _cell(row, at_link))
        ]
        dm_only = not public and not (self._for_all and title)
        site_dm_only = not public and not self._for_all
        audience = _cell(row, self._first("audience")).lower()
        if audience:
            dm_only = site_dm_only = audience != "seen"
        self._add_sites(at, row, title, site_dm_only)
        if title or public or secret:
            texts = ("\n\n".join(public), "\n\n".join(secret))
            draft.note(ImportedNote(at, title, *texts, dm_only), row.line)

    def _add_sites(self, at: Hex, row: TableRow, title: str, dm_only: bool) -> None:
        """Add the sites that a cell names, one or several with semicolons; else a title below "settlement" is one.

        A site without a title of its own has that of the row. Rows of one hex may repeat it.
        """
        sites: list[tuple[SiteKind, str]] = []
        for part in active(_cell(row, self._first("site"))).split(";"):
            if text := one_line(part):
                kind, own = (site_kind(text), "") if self._kinds_only else named_site(text)
                if kind is None:
                    self._draft.warn(f"{text[:40]!r} is drawn as a landmark", row.line)
                sites.append((kind or "landmark", own or ("" if sites else title)))
        column = self._first("title")
        if not sites and title and column is not None:
            kind = site_kind(self._headings[column])
            sites += [(kind, title)] if kind else []
        for kind, name in sites:
            if (at, kind, name) not in self._sites:
                self._sites.add((at, kind, name))
                self._draft.site(ImportedSite(at, kind, name, dm_only), row.line)

    def _texts(self, row: TableRow, role: Role) -> list[str]:
        """Return the texts of a role; those after the first column under their headings."""
        texts = []
        for number, at in enumerate(self._of[role]):
            text = active(_cell(row, at))
            if text and number and self._headings[at]:
                text = f"{self._headings[at]}: {text}"
            if text:
                texts.append(text)
        return texts


def _campaign_style(draft: Draft, options: ImportOptions) -> LabelStyle:
    """Return how the campaign will label hexes; the parity is the file's unless the options name one."""
    style = options.written or LabelStyle()
    if "parity" in style.model_fields_set:
        return style
    return style.model_copy(update={"parity": draft.labels.parity})


def _link(draft: Draft, campaign: LabelStyle) -> None:
    """Write links to hexes as the campaign labels them, and say which lead nowhere."""

    def named(name: str) -> Hex | None:
        try:
            at = parse_label(name, draft.labels, draft.orientation)
        except ValueError:
            return None
        return at if at in draft.hexes else None

    draft.notes, loose = linked(
        draft.notes, named, lambda at: label(at, campaign, draft.orientation)
    )
    if loose:
        names = ", ".join(f"[[{one_line(name)}]]" for name in loose[:8])
        draft.warnings.append(Warned(f"links that lead to no hex or note of the file: {names}"))
