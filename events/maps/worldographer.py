"""Worldographer's ``.wxx``, classic (1.7x) and 2025: gzip around UTF-16 around XML.

``<terrainmap>`` numbers the terrains; each ``<tilerow>`` is one column of lines
``terrain elevation icy gm-only animals Z-or-resources… [colour]``; features, labels and notes stand at points of
a plane in which a hex is 300 wide and 300 high. What the game master marked GM-only stays with the DM.
"""

import html
import re
from collections.abc import Mapping

from events.geometry.grid import Hex
from events.geometry.offset import Cell, Orientation, Parity, hex_of
from events.maps.errors import BadMap
from events.maps.imports import Draft, ImportedNote, ImportOptions, clean, one_line, style_of
from events.maps.labels import LabelStyle
from events.maps.worldographer_xml import File, Placed, Tiles, integer, parse

# No "<" within a tag: else a text of nothing but these is looked through once for each of them.
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"(?i)<(?:br|/p|/h[1-6]|/li|/div|/tr)\b[^<>]*>")
_TILE_FIELDS = (6, 7, 11, 12)


def read(data: bytes, options: ImportOptions) -> Draft:
    """Return the map of a ``.wxx`` file, or raise BadMap with the line of its XML."""
    file = parse(data)
    orientation = options.orientation or _orientation(file)
    style = style_of(options, _numbering(file.numbering))
    draft = Draft("worldographer", orientation, style)
    grid = _chosen(file, draft)
    _add_tiles(draft, grid, file.terrains, style.parity)
    for placed in file.placed:
        _add_placed(draft, placed, grid.level, style.parity)
    for count, what in ((file.shapes, "shapes (rivers, roads, borders)"), (file.informations, "information pages")):  # fmt: skip
        if count:
            draft.warn(f"{count} {what} were left out")
    return draft


def _orientation(file: File) -> Orientation:
    said = file.attributes.get("hexOrientation", "COLUMNS")
    if said not in ("COLUMNS", "ROWS"):
        raise BadMap(f"hexOrientation is {one_line(said)!r}, expected COLUMNS or ROWS", line=1)
    return "flat" if said == "COLUMNS" else "pointy"


def _numbering(said: Mapping[str, str]) -> LabelStyle:
    """Return the label style the file was drawn with, as far as ours goes."""
    separator = said.get("numberSeparator", ".")
    return LabelStyle.model_validate(
        {
            "first_column": max(-1000, min(1000, integer(said.get("numberFirstCol")) or 0)),
            "first_row": max(-1000, min(1000, integer(said.get("numberFirstRow")) or 0)),
            "order": "row-column" if said.get("numberOrder") == "ROW_COL" else "column-row",
            "width": {"DOUBLE_ZERO": 2, "TRIPLE_ZERO": 3}.get(said.get("numberPrePad", ""), 1),
            "separator": separator if separator in tuple(".,:;/_ x-") else ".",
        }
    )


def _chosen(file: File, draft: Draft) -> Tiles:
    if not file.grids:
        raise BadMap("the file has no <tiles>")
    level = file.attributes.get("lastViewLevel", "")
    grid = next((grid for grid in file.grids if grid.level == level), file.grids[0])
    if len(file.grids) > 1:
        others = ", ".join(one_line(other.level) for other in file.grids if other is not grid)
        draft.warn(f"took the level {one_line(grid.level)}, left out {others}")
    return grid


def _add_tiles(draft: Draft, grid: Tiles, terrains: Mapping[int, str], parity: Parity) -> None:
    columns = [_lines(line, text) for line, text in grid.rows]
    sizes = (len(columns), max((len(column) for column in columns), default=0))
    turned = sizes == (grid.high, grid.wide) and grid.high != grid.wide
    if turned:
        draft.warn("the tiles are written row by row", grid.line)
    elif sizes != (grid.wide, grid.high):
        raise BadMap(
            f"expected {grid.wide} × {grid.high} tiles, found {sizes[0]} × {sizes[1]}",
            line=grid.line,
        )
    for first, column in enumerate(columns):
        if len(column) != sizes[1]:
            raise BadMap(
                f"expected {sizes[1]} tiles, found {len(column)}", line=grid.rows[first][0]
            )
        for second, (line, tile) in enumerate(column):
            cell = Cell(second, first) if turned else Cell(first, second)
            at = hex_of(cell, draft.orientation, parity)
            terrain, gm_only = _tile(tile, terrains, line)
            draft.put(at, terrain, line)
            if gm_only:
                draft.note(ImportedNote(at, "GM only", dm_text="Marked GM-only in Worldographer."))


def _lines(line: int, text: str) -> list[tuple[int, str]]:
    lines = enumerate(text.split("\n"), line)
    return [(number, tile) for number, tile in lines if tile and not tile.isspace()]


def _tile(tile: str, terrains: Mapping[int, str], line: int) -> tuple[str, bool]:
    fields = tile.strip("\r").split("\t")
    if len(fields) not in _TILE_FIELDS:
        raise BadMap(f"expected 6, 7, 11 or 12 fields in a tile, found {len(fields)}", line=line)
    index = integer(fields[0])
    terrain = terrains.get(index) if index is not None else None
    if terrain is None:
        raise BadMap(f"terrain number {one_line(fields[0])!r} is not in the terrain map", line=line)
    return terrain, fields[3] in ("1", "true")


def _add_placed(draft: Draft, placed: Placed, level: str, parity: Parity) -> None:
    if placed.level and level and placed.level != level:
        draft.warn(
            f"a {placed.kind} of the level {one_line(placed.level)} was left out", placed.line
        )
        return
    if placed.point is None:
        draft.warn(f"a {placed.kind} without a place was left out", placed.line)
        return
    at = _nearest(placed.point, draft.orientation, parity)
    if at not in draft.hexes:
        draft.warn(f"a {placed.kind} stands outside the map and was left out", placed.line)
        return
    note = _note_of(placed, at)
    if note.title or note.dm_text:
        draft.note(note, placed.line)


def _note_of(placed: Placed, at: Hex) -> ImportedNote:
    text = _plain(placed.text)
    if placed.kind == "note":
        # Worldographer has no players: its notes are the game master's.
        return ImportedNote(at, placed.title or "Note", dm_text=text)
    if placed.kind == "label":
        return ImportedNote(at, _plain(placed.title), dm_only=placed.gm_only)
    if text and placed.text_gm_only:
        return ImportedNote(at, placed.title, dm_text=text, dm_only=placed.gm_only)
    return ImportedNote(at, text or placed.title, dm_only=placed.gm_only)


def _nearest(point: tuple[float, float], orientation: Orientation, parity: Parity) -> Hex:
    """Return the hex at a point of the file's plane: hexes 300 × 300, 225 apart where they interlock."""
    along, across = point if orientation == "flat" else (point[1], point[0])
    guess = round((along - 150) / 225)
    best = min(
        ((line, _row(across, line, parity)) for line in (guess - 1, guess, guess + 1)),
        # Heights count by the root of 3 half, so that the squashed hexes are regular.
        key=lambda at: (
            (150 + 225 * at[0] - along) ** 2 * 4 / 3
            + (150 + 300 * at[1] + _push(at[0], parity) - across) ** 2
        ),
    )
    cell = Cell(*best) if orientation == "flat" else Cell(best[1], best[0])
    return hex_of(cell, orientation, parity)


def _row(across: float, line: int, parity: Parity) -> int:
    return round((across - 150 - _push(line, parity)) / 300)


def _push(line: int, parity: Parity) -> int:
    return 150 if (line & 1) == (parity == "odd") else 0


def _plain(text: str) -> str:
    """Return the words of a piece of HTML; never its tags."""
    return clean(html.unescape(_TAG.sub("", _BREAK.sub("\n", text))))
