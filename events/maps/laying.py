"""Between map documents and the map of a room."""

from collections.abc import Mapping

from events.features.terrain import SetMap, painted
from events.grid import Hex
from events.maps.document import MapDocument, MapHex
from events.state import Ground, MapFrame, ground


def lay(document: MapDocument) -> SetMap:
    """Return the command that lays this map in a room, as one event."""
    grounds = ((Hex(at.q, at.r), ground(at.terrain, at.terrain_variant)) for at in document.hexes)
    return SetMap(
        name=document.name,
        grid_width=document.grid_width,
        grid_height=document.grid_height,
        hex_size=document.hex_size,
        orientation=document.orientation,
        painted=painted(grounds),
    )


def document_of_room(frame: MapFrame, terrain: Mapping[Hex, Ground]) -> MapDocument:
    """Return the document of a room's map, or of what a viewer sees of it, in the order of the keys."""
    size = int(frame.hex_size) if frame.hex_size == int(frame.hex_size) else frame.hex_size
    return MapDocument(
        name=frame.name,
        grid_width=frame.grid_width,
        grid_height=frame.grid_height,
        hex_size=size,
        orientation=frame.orientation,
        hexes=tuple(
            MapHex(q=at.q, r=at.r, terrain=what.terrain, terrain_variant=what.variant)
            for at, what in sorted(terrain.items())
        ),
    )
