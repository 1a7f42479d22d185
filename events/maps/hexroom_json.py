"""Hexroom's own JSON, version 1: what is exported reads back as the same document."""

import re

import pydantic_core

from events.core.messages import JsonObject
from events.geometry.offset import Cell
from events.maps.document import MapDocument, MapHex, document_of
from events.maps.errors import BadMap
from events.maps.hexroom_things import NAMES, read_things, things_of
from events.maps.imports import Draft, ImportedMap, ImportOptions, one_line
from events.maps.labels import LabelStyle
from events.maps.lookalikes import strange_json

_PLACE = re.compile(r"^(?P<text>.*) at line (?P<line>\d+) column (?P<column>\d+)$", re.DOTALL)
_DOCUMENT = {f.alias or key for key, f in MapDocument.model_fields.items()}
_HEX = {f.alias or key for key, f in MapHex.model_fields.items()}


def read(data: bytes, options: ImportOptions) -> Draft:
    """Return the map of a JSON file; what Hexroom does not know in it is left out and said."""
    document, strange, fields = _document(data)
    draft = Draft(
        "hexroom",
        options.orientation or document.orientation,
        options.labels or LabelStyle(),
        document.name,
        document.hex_size,
        Cell(document.grid_width, document.grid_height),
        document,
    )
    for at in document.hexes:
        draft.hexes[at.hex] = at.terrain
        if at.terrain_variant:
            draft.variants[at.hex] = at.terrain_variant
    read_things(fields, draft)
    if strange:
        draft.warn(
            f"left out what Hexroom does not know: {', '.join(one_line(key) for key in sorted(strange)[:20])}"
        )
    return draft


def document(data: bytes) -> MapDocument:
    """Return the document of a JSON file exactly as it is written; raise BadMap with the place."""
    return _document(data)[0]


def export(document: MapDocument) -> bytes:
    """Return the document as JSON in UTF-8, its fields in the order of the format."""
    return document.model_dump_json(by_alias=True).encode()


def export_whole(whole: ImportedMap) -> bytes:
    """Return the document with all that lies on it as JSON in UTF-8; read gives the same back."""
    document = export(whole.document)
    things = things_of(whole)
    if not things:
        return document
    return document[:-1] + b"," + pydantic_core.to_json(things)[1:]


def _document(data: bytes) -> tuple[MapDocument, set[str], JsonObject]:
    fields = parsed(data.removeprefix(b"\xef\xbb\xbf"))
    if (other := strange_json(fields)) is not None or not isinstance(fields, dict):
        raise BadMap(other or "expected a JSON object")
    if fields.get("version") != 1:
        raise BadMap("expected 1, the only version of the format", position="version")
    strange = set(fields) - _DOCUMENT - NAMES
    hexes = fields.get("hexes")
    understood = {key: value for key, value in fields.items() if key in _DOCUMENT}
    if isinstance(hexes, list):
        understood["hexes"] = [_hex_fields(at, strange) for at in hexes]
    return document_of(understood), strange, fields


def _hex_fields(at: object, strange: set[str]) -> object:
    if not isinstance(at, dict) or at.keys() <= _HEX:
        return at
    strange.update(f"hexes.{key}" for key in at.keys() - _HEX)
    return {key: value for key, value in at.items() if key in _HEX}


def parsed(data: bytes) -> object:
    """Return the JSON value of these bytes, or raise BadMap with line and column."""
    try:
        value: object = pydantic_core.from_json(data, allow_inf_nan=False)
    except ValueError as error:
        place = _PLACE.match(str(error))
        if place is None:
            raise BadMap(f"not valid JSON: {error}") from None
        raise BadMap(
            f"not valid JSON: {place['text']}",
            line=int(place["line"]),
            position=f"column {place['column']}",
        ) from None
    return value
