"""How much memory a room takes, about; counted by lengths, since it is asked every second."""

from typing import Any, Final

from events import RoomState
from events.core.limits import chars, points
from events.core.publish_preview import preview_hexes

ROOM_BYTES: Final = 20_000
"""A room of a few members with nothing on its map."""
HEX_BYTES: Final = 90
"""A hex of the terrain, or that somebody sees, with its share of the tile."""
PLACED_BYTES: Final = 900
"""A token, a site, a label or a member."""
THING_BYTES: Final = 300
"""A note, path or region, without what makes it long."""
CHAR_BYTES: Final = 2
"""A character of a note: one byte in most of Europe, four in the rarest scripts."""
POINT_BYTES: Final = 300
"""A point of a path, with what is worked out for the hex that it lies in."""
RUN_BYTES: Final = 100
"""A row of hexes in a region, with its share of the index by hex."""


class Footprint:
    """Counts a room, and of it only the slices that changed since it was asked last."""

    def __init__(self) -> None:
        self._counted: dict[str, tuple[Any, int]] = {}

    def of(self, room: RoomState) -> int:
        """Return about how many bytes the room takes, with what is staged and its preview."""
        hexes = len(room.terrain) + len(room.visibility) + preview_hexes(room)
        placed = len(room.tokens) + len(room.sites) + len(room.labels) + len(room.members)
        return (
            ROOM_BYTES
            + HEX_BYTES * hexes
            + PLACED_BYTES * placed
            + self._slice("notes", room.notes)
            + self._slice("paths", room.paths)
            + self._slice("regions", room.regions)
            + room.staged.held_bytes
            + room.history.held_bytes
        )

    def _slice(self, name: str, of: Any) -> int:
        """Return what a slice takes whose things differ much in size."""
        counted, size = self._counted.get(name, (None, 0))
        if counted is not of:
            size = THING_BYTES * len(of) + _COUNTS[name](of.values())
            self._counted[name] = of, size
        return size


_COUNTS: Final[dict[str, Any]] = {
    "notes": lambda notes: CHAR_BYTES * chars(notes),
    "paths": lambda paths: POINT_BYTES * points(paths),
    "regions": lambda regions: RUN_BYTES * sum([len(region.hexes) for region in regions]),
}
