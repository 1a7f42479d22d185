"""Traveller sectors: ``.sec``, tab-separated and T5 columns, and the XML of travellermap.

A sector is 32 × 40 hexes of space in 16 subsectors of 8 × 10; those with a world are filled in whole.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from events.core.map_objects import PathKind
from events.geometry.grid import Hex
from events.geometry.offset import Cell, hex_of
from events.maps.encoding import decoded
from events.maps.errors import BadMap
from events.maps.imported import ImportedLabel, ImportedRegion, ImportedSite
from events.maps.imports import Draft, ImportedNote, ImportOptions, Warned, one_line, style_of
from events.maps.labels import LabelStyle
from events.maps.uwp import UWP, in_words, port_of, trade_in_words

_COLUMNS, _ROWS = 32, 40
_LINE: Final = re.compile(
    rf"(?P<name>.{{0,40}}?)\s*\b(?P<hex>[0-9]{{4}})\s+(?P<uwp>{UWP.pattern})(?P<rest>.*)"
)
_RULE: Final = re.compile(r"-+(?:\s+-+)+\s*")
_KNOWN: Final = frozenset({"hex", "name", "uwp", "remarks", "sector", "ss"})
_ZONES: Final = {"A": "amber", "R": "red", "F": "forbidden", "U": "unabsorbed"}
_MAX_DEPTH: Final = 32
_MAX_ELEMENTS: Final = 100_000


@dataclass(slots=True)
class _World:
    line: int
    place: str
    name: str = ""
    uwp: str = ""
    remarks: str = ""
    more: dict[str, str] = field(default_factory=dict)


def is_sector(text: str, filename: str = "") -> bool:
    """Return whether a text is a Traveller sector: its root element, its heading, or lines with a profile."""
    if re.match(
        r"\s*(?:<\?xml[^>]*\?>)?\s*(?:<!--.*?-->\s*)?<Sector\b", text.lstrip("\ufeff"), re.DOTALL
    ):
        return True
    if text.lstrip("\ufeff \r\n")[:1] == "<":
        return False
    lines = [line for line in text.splitlines()[:200] if line.strip() and line[0] not in "#@$"]
    for line in lines[:5]:
        words = {word.strip().lower() for word in re.split(r"\t|\s{2,}|\s", line)}
        if {"hex", "uwp"} <= words and (
            "\t" in line or filename.lower().endswith((".tab", ".sec", ".t5"))
        ):
            return True
        if {"hex", "name", "uwp"} <= words and "," not in line:
            return True
    worlds = sum(1 for line in lines if "," not in line and (world := _LINE.fullmatch(line)) and '"' not in world["name"] and not re.match(r"[0-9]{4}\b", line))  # fmt: skip
    return worlds > len(lines) / 2


def read(data: bytes, options: ImportOptions) -> Draft:
    """Return the map of a sector; raise BadMap with the line of the first fault."""
    decoding = decoded(data)
    draft = Draft("traveller", options.orientation or "flat", style_of(options, LabelStyle()))
    if decoding.guessed_at:
        draft.warnings.append(Warned(decoding.remark, decoding.guessed_at))
    text = decoding.text
    sector = None
    if text.lstrip()[:1] == "<":
        sector = _Sector(text)
        draft.name = one_line(sector.name) or draft.name
        worlds = list(_worlds(sector.worlds, draft, sector.worlds_line))
    else:
        worlds = list(_worlds(text, draft, 1))
    if not worlds and (sector is None or not sector.borders):
        raise BadMap("expected worlds such as: Regina 1910 A788899-A; found none")
    _Atlas(draft, options).add(worlds, sector)
    return draft


def _worlds(text: str, draft: Draft, first_line: int) -> Iterator[_World]:
    """Yield the worlds of a table: with a heading and tabs, with columns under dashes, or by their profile."""
    lines = text.splitlines()
    heading: list[tuple[str, int, int | None]] = []
    tabbed: list[str] = []
    for at, raw in enumerate(lines):
        number = first_line + at
        if not raw.strip() or raw[0] in "#@$":
            continue
        if not tabbed and not heading and "\t" in raw and "hex" in raw.lower().split("\t"):
            tabbed = [name.strip() for name in raw.split("\t")]
        elif at + 1 < len(lines) and _RULE.fullmatch(lines[at + 1]):
            heading = _under(raw, lines[at + 1])
        elif _RULE.fullmatch(raw):
            continue
        elif tabbed:
            yield _of_fields(
                dict(zip(tabbed, map(str.strip, raw.split("\t")), strict=False)), number
            )
        elif heading:
            fields = {name: raw[start:end].strip() for name, start, end in heading}
            yield _of_fields(fields, number)
        elif (match := _LINE.fullmatch(raw.rstrip())) is not None:
            rest = match["rest"].strip()
            yield _World(
                number, match["hex"], match["name"], match["uwp"], "", {"": rest} if rest else {}
            )
        else:
            draft.warn(f"not understood, so left out: {raw.strip()[:60]!r}", number)


def _under(names: str, rule: str) -> list[tuple[str, int, int | None]]:
    spans = [match.span() for match in re.finditer(r"-+", rule)]
    ends = [start for start, _ in spans[1:]] + [None]
    return [
        (names[start:end].strip(), start, end) for (start, _), end in zip(spans, ends, strict=True)
    ]


def _of_fields(fields: Mapping[str, str], line: int) -> _World:
    small = {name.lower(): value for name, value in fields.items()}
    more = {
        name: value
        for name, value in fields.items()
        if value and value != "-" and name.lower() not in _KNOWN
    }
    return _World(
        line, small.get("hex", ""), small.get("name", ""), small.get("uwp", ""), small.get("remarks", ""), more
    )  # fmt: skip


class _Atlas:
    """Adds worlds, and what a sector says besides, to a draft."""

    def __init__(self, draft: Draft, options: ImportOptions) -> None:
        self._draft = draft
        self._dm_only = options.audience != "seen"

    def add(self, worlds: list[_World], sector: "_Sector | None") -> None:
        cells = [self._cell(world.place, world.line) for world in worlds]
        borders = [] if sector is None else sector.borders
        cells += [self._cell(place, border.line) for border in borders for place in border.places]
        self._fill(cells)
        line_of: dict[Hex, int] = {}
        for world in worlds:
            at = self._hex(world.place, world.line)
            if at in line_of:
                self._draft.warn(f"hex {world.place} has a world on line {line_of[at]} already; both are kept", world.line)  # fmt: skip
            line_of.setdefault(at, world.line)
            self._add_world(at, world)
        if sector is not None:
            self._add_sector(sector)

    def _fill(self, cells: list[Cell]) -> None:
        """Lay space over each subsector of 8 × 10 hexes that has something."""
        subsectors = sorted({(cell.column // 8, cell.row // 10) for cell in cells})
        for across, down in subsectors:
            for column in range(across * 8, across * 8 + 8):
                for row in range(down * 10, down * 10 + 10):
                    at = hex_of(
                        Cell(column, row), self._draft.orientation, self._draft.labels.parity
                    )
                    self._draft.put(at, "space")

    def _add_world(self, at: Hex, world: _World) -> None:
        if not UWP.fullmatch(world.uwp):
            raise BadMap(
                f"expected a profile such as A788899-A, found {world.uwp[:20]!r}", line=world.line
            )
        name = one_line(world.name)
        texts = [in_words(world.uwp)]
        if world.remarks:
            texts.append(f"Trade codes: {trade_in_words(world.remarks)}.")
        for heading, value in world.more.items():
            if heading.lower() == "zone":
                value = _ZONES.get(value, value)
            texts.append(f"{heading}: {value}" if heading else value)
        self._draft.site(ImportedSite(at, port_of(world.uwp), name, self._dm_only), world.line)
        title = name or f"World {world.place}"
        note = ImportedNote(at, title, dm_text="\n".join(texts), dm_only=self._dm_only)
        self._draft.note(note, world.line)

    def _add_sector(self, sector: "_Sector") -> None:
        for border in sector.borders:
            hexes = {self._hex(place, border.line) for place in border.places}
            region = ImportedRegion(border.name, tuple(sorted(hexes)), "realm", border.color, self._dm_only)  # fmt: skip
            self._draft.region(region, border.line)
        for kind, places, name, line in sector.routes:
            self._draft.through(kind, [self._hex(place, line) for place in places], name, self._dm_only, line)  # fmt: skip
        for place, text, line in sector.labels:
            self._draft.label(ImportedLabel(self._hex(place, line), text, dm_only=self._dm_only), line)  # fmt: skip

    def _hex(self, place: str, line: int) -> Hex:
        return hex_of(self._cell(place, line), self._draft.orientation, self._draft.labels.parity)

    def _cell(self, place: str, line: int) -> Cell:
        if not re.fullmatch(r"[0-9]{4}", place):
            raise BadMap(f"expected a hex from 0101 to 3240, found {place[:20]!r}", line=line)
        column, row = int(place[:2]) - 1, int(place[2:]) - 1
        if not (0 <= column < _COLUMNS and 0 <= row < _ROWS):
            raise BadMap(f"expected a hex from 0101 to 3240, found {place}", line=line)
        return Cell(column, row)


@dataclass(slots=True)
class _Border:
    name: str
    color: str
    line: int
    places: list[str] = field(default_factory=list)


class _Sector:
    """The XML of a sector: worlds as a table, borders, routes and labels."""

    def __init__(self, text: str) -> None:
        self.name = ""
        self.worlds = ""
        self.worlds_line = 1
        self.borders: list[_Border] = []
        self.routes: list[tuple[PathKind, list[str], str, int]] = []
        self.labels: list[tuple[str, str, int]] = []
        self._path: list[tuple[str, dict[str, str], int, list[str]]] = []
        self._count = 0
        parser = expat.ParserCreate()
        parser.buffer_text = True
        self._line: Callable[[], int] = lambda: parser.CurrentLineNumber
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        text = re.sub(r"\A\s*<\?xml[^>]{0,200}\?>", lambda m: "\n" * m[0].count("\n"), text)
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            why = expat.errors.messages.get(error.code, "syntax error")
            raise BadMap(f"not valid XML: {why}", line=error.lineno) from None

    def _doctype(self, *_: object) -> None:
        raise BadMap("a document type or entity is not allowed here", line=self._line())

    def _text(self, data: str) -> None:
        self._path[-1][3].append(data)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._path) >= _MAX_DEPTH or self._count > _MAX_ELEMENTS:
            raise BadMap("more elements than a sector has", line=self._line(), code="too_large")
        self._path.append((tag, attributes, self._line(), []))

    def _end(self, _: str) -> None:
        tag, attributes, line, pieces = self._path.pop()
        text = "".join(pieces).strip("\r\n")
        match tag:
            case "Name" if len(self._path) == 1 and not self.name:
                self.name = text.strip()
            case "Worlds":
                self.worlds = text
                self.worlds_line = line + "".join(pieces).find(text[:1] or " ") if text else line
            case "Border" | "Region":
                color = attributes.get("Color", "")
                self.borders.append(
                    _Border(
                        attributes.get("Label") or attributes.get("Allegiance") or tag,
                        color if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else "",
                        line,
                        text.split(),
                    )
                )
            case "Route" if "Start" in attributes and "End" in attributes:
                places = [attributes["Start"], attributes["End"]]
                self.routes.append(("road", places, attributes.get("Label", ""), line))
            case "Label" if "Hex" in attributes:
                self.labels.append((attributes["Hex"], " ".join(text.split()), line))
            case _:
                pass
