"""Recognize files that are no map, so that the refusal can name what they are."""

import re
from collections.abc import Sequence
from typing import Final

from events.maps.tables import TableRow
from events.maps.terrain import plain

_MAGIC: Final = (
    (b"GIF8", "a GIF picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"RIFF", "a picture or sound (RIFF)"),
    (b"%PDF", "a PDF"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BM", "a BMP picture"),
    (b"SQLite format 3", "an SQLite database"),
)
_PICTURE: Final = "lay it under the grid as a picture instead"
_AZGAAR: Final = "this is a map of Azgaar's generator, which has no hexes; export a picture there and lay it under the grid"
_HEAD: Final = 256
"""Bytes of a file that are looked at."""
_DICE: Final = re.compile(
    r"[0-9]{0,2}[dwDW][0-9]{1,3}|roll|dice|die|wurf|wurfel|jet|tirada|tiro|rolagem"
)
_RANGE: Final = re.compile(r"[0-9]{1,3}(?:\s*[-–—]\s*[0-9]{1,3})?")
_LISTS: Final = (
    ("a list of characters or monsters", {"level", "class", "race", "hp", "ac", "str", "dex", "cr", "xp", "stufe", "klasse", "rasse", "hd"}),
    ("a price list", {"price", "cost", "weight", "gp", "preis", "gewicht", "prix", "precio", "prezzo"}),
    ("a calendar", {"date", "day", "month", "year", "session", "datum", "tag", "monat"}),
    ("a list of people", {"email", "e mail", "phone", "player name", "telefon"}),
)  # fmt: skip


def strange_file(data: bytes) -> str | None:
    """Return what the first bytes show a file to be that is certainly no map; None where it may be a map."""
    head = data[:_HEAD]
    for magic, kind in _MAGIC:
        if head.startswith(magic) and not (magic == b"BM" and head[6:10] != b"\0\0\0\0"):
            return f"this is {kind}, not a map" + (f"; {_PICTURE}" if "picture" in kind else "")
    start = head[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if len(head) < _HEAD and not head.strip(b"\xef\xbb\xbf \r\n\t"):
        return "the file is empty; expected a map: a spreadsheet, Text Mapper text, a Worldographer or Traveller file, or Hexroom JSON"
    if b"azgaar.github.io" in start:
        return _AZGAAR
    if start.startswith((b"<!doctype html", b"<html")):
        return (
            "this is a web page, not a map; in Google Sheets choose File, Download, and bring "
            "the .xlsx or .csv that comes"
        )
    return None


def strange_json(fields: object) -> str | None:
    """Return which other program's file a JSON value is; None where it may be Hexroom's own."""
    if isinstance(fields, list):
        return "expected a JSON object, found a list"
    if not isinstance(fields, dict):
        return "expected a JSON object"
    keys = set(fields)
    if "layout" in keys and isinstance(fields.get("hexes"), dict):
        return "this is HexJSON, which says nothing of terrain; bring the map as CSV or Text Mapper text"
    if {"info", "mapCoordinates"} <= keys or {"pack", "grid"} <= keys:
        return _AZGAAR
    if keys & {"tiledversion", "tilewidth", "tilesets"}:
        return "this is a Tiled map, whose tiles are squares; only hex maps can be brought along"
    if "saveVersion" in keys:
        return "this is a Hexfriend map; export it there as CSV or a picture"
    if keys & {"walls", "_stats"} or ("tokens" in keys and "flags" in keys):
        return "this is a Foundry scene, not a map of hexes"
    if fields.get("type") in ("FeatureCollection", "Feature"):
        return "this is GeoJSON, not a map of hexes"
    return None


def strange_root(tag: str, attributes: dict[str, str]) -> str | None:
    """Return what an XML file is by its root element; None where it may be Worldographer's."""
    if tag == "map" and attributes.keys() & {
        "tiledversion",
        "tilewidth",
        "nextobjectid",
        "nextlayerid",
    }:
        return "this is a Tiled map (TMX), not one of Worldographer"
    names = {"svg": "an SVG picture", "html": "a web page", "tileset": "a Tiled tileset", "gpx": "a GPX track", "kml": "a KML file"}  # fmt: skip
    return f"this is {names[tag]}, not a map" if tag in names else None


def strange_table(rows: Sequence[TableRow]) -> str:
    """Return a sentence that names what kind of table this is, without hex labels, and what was expected."""
    if not rows:
        return "the table is empty; expected rows with labels like 0101, or columns x and y"
    for row in rows[:5]:
        if row.cells and _DICE.fullmatch(plain(row.cells[0])):
            return (
                f"this is a table of encounters, not a map: its first column is a die ({row.cells[0][:20]}); "
                "expected a column with hex labels like 0101, or columns x and y"
            )
    first = [row.cells[0] for row in rows[:40] if row.cells and row.cells[0]]
    ranged = [cell for cell in first if _RANGE.fullmatch(cell)]
    if len(ranged) > len(first) * 0.7 and any(not cell.isdigit() for cell in ranged):
        return (
            "this is a table of encounters, not a map: its first column counts the numbers of a die"
        )
    words = [{plain(cell) for cell in row.cells} for row in rows[:5]]
    for kind, telling in _LISTS:
        if any(len(telling & row_words) >= 2 for row_words in words):
            return f"this looks like {kind}, not a map; expected a column with hex labels like 0101"
    names = ", ".join(repr(cell[:30]) for cell in rows[0].cells if cell)[:200]
    return (
        f"no column holds hex labels; found {names or 'no headings'}; expected labels like 0101 "
        "in a column such as HEX, or numbers in columns x and y"
    )
