"""Text Mapper's text: ``0101 dark-green trees village "Thorp"``, a line a hex.

Columns of even number are pushed down and counted from 01, which is our odd-q. Lines between hexes (roads, rivers), drawing
instructions and further levels are left out and said; an ``include`` is never fetched.
"""

import re

from events.geometry.grid import Hex
from events.geometry.offset import Cell, hex_of
from events.maps.encoding import decoded
from events.maps.errors import BadMap
from events.maps.imports import Draft, ImportedNote, ImportOptions, Warned, style_of
from events.maps.labels import LabelStyle
from events.maps.terrain import meaningful

_HEX = re.compile(r"(-?[0-9]{2})(-?[0-9]{2})([0-9]{2})?(?:\s+(.*))?")
_LINE = re.compile(r"-?[0-9]{2}-?[0-9]{2}(?:[0-9]{2})?(?:--?[0-9]{2}-?[0-9]{2}(?:[0-9]{2})?)+\s+\S+.*")  # fmt: skip
_LABEL = re.compile(r'"([^"]*)"(?:\s+[0-9]+)?')
_DRAWING = re.compile(r"<.*|(?:text|glow|label|license|other|url|grid|width|height)\s.*|\S+\s+(?:attributes|lib|xml|path)\s.*")  # fmt: skip


def read(data: bytes, options: ImportOptions) -> Draft:
    """Return the map of a Text Mapper file; like the original, skip what is no hex, but say so."""
    found_text = decoded(data)
    text = found_text.text
    style = style_of(options, LabelStyle())
    draft = Draft("textmapper", options.orientation or "flat", style)
    if found_text.guessed_at:
        draft.warnings.append(Warned(found_text.remark, found_text.guessed_at))
    level = "00"
    drawn = lines = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        found = _HEX.fullmatch(line)
        if found and (not draft.hexes or (found[3] or "00") == level):
            level = found[3] or "00"
            cell = Cell(int(found[1]) - style.first_column, int(found[2]) - style.first_row)
            at = hex_of(cell, draft.orientation, style.parity)
            _add_hex(draft, at, found[4] or "", number)
        elif found:
            draft.warn(f"hex {found[1]}{found[2]} of another level was left out", number)
        elif _LINE.fullmatch(line):
            lines += 1
        elif line.startswith("include"):
            draft.warn("an include is never fetched; paste what it names", number)
        elif _DRAWING.fullmatch(line):
            drawn += 1
        elif line and not line.startswith("#"):
            draft.warn("not understood, so left out", number)
    for count, what in ((lines, "lines between hexes"), (drawn, "drawing instructions")):
        if count:
            draft.warn(f"{count} {what} were left out")
    if not draft.hexes:
        raise BadMap('expected lines like 0101 mountain "Peak", found none')
    return draft


def _add_hex(draft: Draft, at: Hex, rest: str, line: int) -> None:
    labels = _LABEL.findall(rest)
    words = _LABEL.sub(" ", rest).split()
    ground = [word for word in words if meaningful(word)] or words[:1]
    standing = [word for word in words if word not in ground]
    terrain = " ".join(ground) or "empty"
    if at not in draft.hexes:
        draft.put(at, terrain, line)
    elif ground and terrain != draft.hexes[at]:
        draft.warn("the hex was there already; its first terrain stays", line)
    if labels or standing:
        draft.note(ImportedNote(at, " ".join(labels or standing), dm_only=False), line)
