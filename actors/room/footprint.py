"""How much memory a room takes, about; counted by lengths, since it is asked every second."""

from typing import Final

from events import RoomState

ROOM_BYTES: Final = 20_000
"""A room of a few members with nothing on its map."""
HEX_BYTES: Final = 90
"""A hex of the terrain, or that somebody sees, with its share of the tile."""
PLACED_BYTES: Final = 900
"""A token or a note, of some words."""


def footprint(room: RoomState) -> int:
    """Return about how many bytes the room takes; its staged changes count as things."""
    hexes = len(room.terrain) + len(room.sights)
    placed = len(room.tokens) + len(room.notes) + len(room.staged) + len(room.members)
    return ROOM_BYTES + HEX_BYTES * hexes + PLACED_BYTES * placed + room.history.held_bytes
