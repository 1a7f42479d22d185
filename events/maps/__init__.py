"""Maps: the document, importers and exporters, pictures and a generator."""

from events.maps.document import MAX_HEXES, MapDocument, MapHex, document_of, map_document
from events.maps.errors import BadMap
from events.maps.generator import generate, generate_country
from events.maps.hexroom_json import export as export_json
from events.maps.imports import Format, ImportedMap, ImportedNote, ImportOptions, Warned
from events.maps.labels import LabelStyle, detect_style, label, parse_label
from events.maps.laying import document_of_room, lay, lay_import
from events.maps.reading import Preview, detect, import_map, preview
from events.maps.spreadsheet_export import export as export_csv
from events.maps.svg import svg
from events.maps.terrain import TERRAINS, TerrainLook, look

__all__ = [
    "MAX_HEXES",
    "TERRAINS",
    "BadMap",
    "Format",
    "ImportOptions",
    "ImportedMap",
    "ImportedNote",
    "LabelStyle",
    "MapDocument",
    "MapHex",
    "Preview",
    "TerrainLook",
    "Warned",
    "detect",
    "detect_style",
    "document_of",
    "document_of_room",
    "export_csv",
    "export_json",
    "generate",
    "generate_country",
    "import_map",
    "label",
    "lay",
    "lay_import",
    "look",
    "map_document",
    "parse_label",
    "preview",
    "svg",
]
