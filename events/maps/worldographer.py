"""Worldographer's ``.wxx``, classic (1.7x) and 2025: gzip around UTF-16 around XML.

``<terrainmap>`` numbers the terrains; each ``<tilerow>`` is one column of lines
``terrain elevation icy gm-only animals Z-or-resources… [colour]``. What the game master marked GM-only stays with the DM.
"""

from collections.abc import Mapping

from events.geometry.offset import Cell, Orientation, Parity, hex_of
from events.maps.errors import BadMap
from events.maps.imports import Draft, ImportedNote, ImportOptions, one_line, style_of
from events.maps.labels import LabelStyle
from events.maps.worldographer_layers import Layers
from events.maps.worldographer_xml import File, FileGrid, integer, parse

_TILE_FIELDS = (6, 7, 11, 12)


def read(data: bytes, options: ImportOptions) -> Draft:
    """Return the map of a ``.wxx`` file, or raise BadMap with the line of its XML."""
    file = parse(data)
    orientation = options.orientation or _orientation(file)
    style = style_of(options, _numbering(file.numbering))
    draft = Draft("worldographer", orientation, style)
    grid = _chosen(file, draft, options.level)
    if style.parity == "odd":
        draft.grid = Cell(grid.wide, grid.high)
    _add_tiles(draft, grid, file.terrains, style.parity)
    Layers(file, draft, grid.level).add()
    return draft


def _orientation(file: File) -> Orientation:
    named = file.attributes.get("hexOrientation", "COLUMNS")
    if named not in ("COLUMNS", "ROWS"):
        raise BadMap(f"hexOrientation is {one_line(named)!r}, expected COLUMNS or ROWS", line=1)
    return "flat" if named == "COLUMNS" else "pointy"


def _numbering(attributes: Mapping[str, str]) -> LabelStyle:
    """Return the label style the file was drawn with, as far as ours goes."""
    separator = attributes.get("numberSeparator", ".")
    return LabelStyle.model_validate(
        {
            "first_column": max(-1000, min(1000, integer(attributes.get("numberFirstCol")) or 0)),
            "first_row": max(-1000, min(1000, integer(attributes.get("numberFirstRow")) or 0)),
            "order": "row-column" if attributes.get("numberOrder") == "ROW_COL" else "column-row",
            "width": {"DOUBLE_ZERO": 2, "TRIPLE_ZERO": 3}.get(
                attributes.get("numberPrePad", ""), 1
            ),
            "separator": separator if separator in tuple(".,:;/_ x-") else ".",
        }
    )


def _chosen(file: File, draft: Draft, level: str | None) -> FileGrid:
    if not file.grids:
        raise BadMap("the file has no <tiles>")
    levels = [one_line(grid.level) for grid in file.grids]
    if level is not None and level not in levels:
        raise BadMap(f"the file has no level {level[:40]!r}; there are {', '.join(levels)[:200]}")
    shown_level = level or one_line(file.attributes.get("lastViewLevel", ""))
    grid = next((grid for grid in file.grids if one_line(grid.level) == shown_level), file.grids[0])
    draft.levels, draft.level = tuple(levels), one_line(grid.level)
    if len(file.grids) > 1:
        others = ", ".join(one_line(other.level) for other in file.grids if other is not grid)
        draft.warn(f"took the level {one_line(grid.level)}, left out {others}")
    return grid


def _add_tiles(draft: Draft, grid: FileGrid, terrains: Mapping[int, str], parity: Parity) -> None:
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
