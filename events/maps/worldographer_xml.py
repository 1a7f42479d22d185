"""The XML of a Worldographer file, read defensively: sizes are bounded, document types and entities refused."""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from xml.parsers import expat

from events.maps.errors import BadMap
from events.maps.imports import one_line
from events.maps.lookalikes import strange_root

MAX_XML_BYTES = 128 * 1024 * 1024
"""After decompression; a hundred thousand tiles are about 4 MB, embedded pictures the rest."""
MAX_KEPT_CHARS = 16 * 1024 * 1024
"""Of what is read of it; cut into fields, text takes many times its size in memory."""
MAX_DEPTH = 64
MAX_PLACED = 100_000

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")

MAX_POINTS = 500_000
"""Of all shapes together."""

_KEPT = {"terrainmap", "tilerow", "label", "notetext", "information", "childmap"}
_CHILD_MAP = re.compile(r"child-?_?maps?", re.IGNORECASE)


@dataclass(slots=True)
class FileGrid:
    """One grid of the file; there is one for each view level."""

    level: str
    wide: int
    high: int
    line: int
    rows: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class PlacedText:
    """A feature, label or note: something with a text at a point."""

    kind: Literal["feature", "label", "note"]
    line: int
    title: str
    gm_only: bool
    text: str = ""
    text_gm_only: bool = False
    level: str = ""
    point: tuple[float, float] | None = None
    kind_of: str = ""
    """The type of a feature, ``Building Castle``."""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Shape:
    """A line or an area, its points in the plane of the file."""

    line: int
    attributes: Mapping[str, str]
    strokes: list[list[tuple[float, float]]] = field(default_factory=list)
    bad_points: int = 0


@dataclass(slots=True)
class InformationPage:
    """An information page."""

    line: int
    title: str
    text: str


@dataclass(slots=True)
class File:
    """What of the XML an import needs."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    numbering: Mapping[str, str] = field(default_factory=dict)
    terrains: dict[int, str] = field(default_factory=dict)
    grids: list[FileGrid] = field(default_factory=list)
    placed: list[PlacedText] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    pages: list[InformationPage] = field(default_factory=list)
    hidden_layers: set[str] = field(default_factory=set)
    child_maps: list[str] = field(default_factory=list)


def parse(data: bytes) -> File:
    """Return what an import needs of a ``.wxx`` file, packed or not; raise BadMap with the line."""
    return _parsed(_unpacked(data))


def unpack(data: bytes, limit: int = MAX_XML_BYTES) -> bytes:
    """Return the gunzipped bytes; raise BadMap where they are damaged or more than the limit."""
    unzip = zlib.decompressobj(wbits=31)
    try:
        content = unzip.decompress(data, limit + 1)
    except zlib.error as error:
        raise BadMap(f"the gzip archive is damaged ({error})") from None
    if len(content) > limit:
        raise BadMap(f"the file unpacks to more than {limit // 2**20} MB", code="too_large")
    if not unzip.eof:
        raise BadMap("the gzip archive is cut off")
    return content


def _unpacked(data: bytes) -> str:
    content = unpack(data) if data[:2] == b"\x1f\x8b" else data
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadMap(f"the XML is not {encoding.removesuffix('-sig').upper()}") from error


def _parsed(text: str) -> File:
    # The declaration names UTF-16 and, since 2025, XML 1.1, which expat does not know; we decoded it already.
    declaration = _DECLARATION.match(text)
    if declaration:
        text = "\n" * text.count("\n", 0, declaration.end()) + text[declaration.end() :]
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    reader = _XmlReader(lambda: parser.CurrentLineNumber)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        # All at once: expat before 2.6 takes quadratic time for long tokens fed in pieces.
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise BadMap(
            f"not valid XML: {expat.errors.messages.get(error.code, 'syntax error')}",
            line=error.lineno,
            position=f"column {error.offset + 1}",
        ) from None
    if not reader.file.attributes:
        raise BadMap("expected <map>, the root of a Worldographer file", line=1)
    return reader.file


class _XmlReader:
    """Gathers a file from its XML events: start and end of elements, text between; no document tree."""

    def __init__(self, line: Callable[[], int]) -> None:
        self.file = File()
        self._line = line
        self._path: list[str] = []
        self._texts: list[tuple[int, list[str]]] = []
        self._open: list[PlacedText] = []
        self._open_pages: list[InformationPage] = []
        self._kept_chars = 0
        self._points = 0

    def doctype(self, *_: object) -> None:
        raise BadMap("a document type or entity is not allowed here", line=self._line())

    def text(self, data: str) -> None:
        if self._texts and self._path[-1] in _KEPT:
            self._kept_chars += len(data)
            if self._kept_chars > MAX_KEPT_CHARS:
                raise BadMap(
                    f"more than {MAX_KEPT_CHARS // 2**20} MB of text",
                    line=self._line(),
                    code="too_large",
                )
            self._texts[-1][1].append(data)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self._line()
        if len(self._path) >= MAX_DEPTH:
            raise BadMap(f"elements are nested more than {MAX_DEPTH} deep", line=line)
        if not self._path and (other := strange_root(tag, attributes)) is not None:
            raise BadMap(other, line=line)
        if not self._path and tag != "map":
            raise BadMap(f"expected <map>, found <{one_line(tag)}>", line=line)
        parent = self._path[-1] if self._path else ""
        self._path.append(tag)
        if tag in _KEPT:
            self._texts.append((line, []))
        self._note(tag, parent, attributes, line)

    def _note(self, tag: str, parent: str, attributes: dict[str, str], line: int) -> None:
        file = self.file
        match tag, parent:
            case "map", "":
                file.attributes = {**attributes, "": "map"}
            case "gridandnumbering", _:
                file.numbering = attributes
            case "tiles", "map":
                file.grids.append(_tiles(attributes, line))
            case ("feature" | "label" | "note") as kind, _:
                self._open.append(_placed(kind, attributes, line))
            case "location", _ if self._open:
                self._open[-1].level = attributes.get("viewLevel", "")
                self._open[-1].point = _point(attributes.get("x"), attributes.get("y"))
            case "shape", _:
                file.shapes.append(Shape(line, attributes))
            case "p", "shape":
                self._point(attributes)
            case "maplayer", _:
                if attributes.get("isVisible", "true").lower() == "false":
                    file.hidden_layers.add(attributes.get("name", ""))
            case "information", _:
                title = [attributes.get(name, "") for name in ("type", "title")]
                file.pages.append(InformationPage(line, ": ".join(filter(None, title)), ""))
                self._open_pages.append(file.pages[-1])
            case _ if _CHILD_MAP.fullmatch(tag) and attributes:
                names = [attributes.get(key, "") for key in ("name", "title", "file", "path")]
                file.child_maps.append(next(filter(None, names), ""))
            case _:
                pass

    def _point(self, attributes: dict[str, str]) -> None:
        shape = self.file.shapes[-1]
        point = _point(attributes.get("x"), attributes.get("y"))
        if point is None:
            shape.bad_points += 1
            return
        self._points += 1
        if self._points > MAX_POINTS:
            raise BadMap(f"more than {MAX_POINTS} points in shapes", line=shape.line, code="too_large")  # fmt: skip
        if attributes.get("type", "").lower().startswith("m") or not shape.strokes:
            shape.strokes.append([])
        shape.strokes[-1].append(point)

    def end(self, tag: str) -> None:
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        line, pieces = self._texts.pop() if tag in _KEPT else (self._line(), [])
        text = "".join(pieces)
        match tag:
            case "terrainmap":
                self.file.terrains = _terrains(text, line)
            case "tilerow" if self.file.grids:
                self.file.grids[-1].rows.append((line, text))
            case "notetext" if self._open:
                self._open[-1].text = text
            case "information" if self._open_pages:
                self._open_pages.pop().text = text
            case "label" if self._open and parent == "feature":
                name = self._open.pop()
                if self._open:
                    self._open[-1].text, self._open[-1].text_gm_only = text, name.gm_only
            case "label" | "feature" | "note" if self._open:
                placed = self._open.pop()
                placed.title = text if tag == "label" else placed.title
                self.file.placed.append(placed)
                if len(self.file.placed) > MAX_PLACED:
                    raise BadMap(f"more than {MAX_PLACED} features", code="too_large")
            case _:
                pass


def _tiles(attributes: Mapping[str, str], line: int) -> FileGrid:
    wide, high = (integer(attributes.get(key)) for key in ("tilesWide", "tilesHigh"))
    if wide is None or high is None or wide < 1 or high < 1:
        raise BadMap("expected tilesWide and tilesHigh above 0", line=line)
    return FileGrid(attributes.get("viewLevel", ""), wide, high, line)


def _placed(
    kind: Literal["feature", "label", "note"], attributes: Mapping[str, str], line: int
) -> PlacedText:
    placed = PlacedText(
        kind,
        line,
        attributes.get("title" if kind == "note" else "type", ""),
        attributes.get("isGMOnly", "false").lower() == "true",
        kind_of=attributes.get("type", ""),
        attributes=attributes,
    )
    # Classic notes have no <location>; their key says "LEVEL,x,y".
    key = attributes.get("key", "").split(",")
    if kind == "note" and len(key) == 3:
        placed.level, placed.point = key[0], _point(key[1], key[2])
    return placed


def _terrains(text: str, line: int) -> dict[int, str]:
    fields = text.strip("\r\n").split("\t")
    terrains: dict[int, str] = {}
    for name, number in zip(fields[::2], fields[1::2], strict=False):
        index = integer(number)
        if index is None:
            raise BadMap(
                f"terrain {one_line(name)!r} has the number {one_line(number)!r}", line=line
            )
        terrains[index] = one_line(name) or "Blank"
    return terrains


def integer(text: str | None) -> int | None:
    """Return a whole number of at most nine digits, or None."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else None


def _point(x: str | None, y: str | None) -> tuple[float, float] | None:
    try:
        point = (float(x or ""), float(y or ""))
    except ValueError:
        return None
    # Also refuses NaN, which is less than nothing.
    return point if all(-1e8 < part < 1e8 for part in point) else None
