"""How much a room may hold, by whatever way it got there."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from events.core.state import Note, Notes, Path, Region, RoomState
from events.errors import TooMany
from events.geometry.grid import Hex, count
from events.geometry.tilemap import TileMap

MAP_HEXES: Final = 100_000
"""The most hexes of a map."""
SEEN_HEXES: Final = 2 * MAP_HEXES
"""The most hexes that players see; they may lie beside the map."""
MOST_TILES: Final = 20_000
"""The most tiles of 16 × 16 that either lies on; hexes far from each other take 2 KB each."""
MOST_TOKENS: Final = 1_000
MOST_NOTES: Final = 10_000
NOTE_CHARS: Final = 10_000_000
"""The most characters of all notes together: a DM who comes is sent all of them."""
MOST_HANDOUTS: Final = 200
"""The most notes with a picture: each takes some megabytes of disk."""
_FEW_NOTES: Final = 200
"""So few never hold that many."""
MOST_PATHS: Final = 5_000
PATH_POINTS: Final = 100_000
"""The most points of all paths together: a DM who comes is sent all of them."""
MOST_SITES: Final = 5_000
MOST_REGIONS: Final = 500
REGION_HEXES: Final = 500_000
"""The most hexes of all regions together; each region may have as many as a map."""
MOST_LABELS: Final = 2_000
MOST_RULES: Final = 20
MOST_STAGED: Final = 1_000
"""The most changes that wait at a time."""
STAGED_HEXES: Final = 300_000
"""The most hexes in them: publishing looks at all of them."""
STAGED_BYTES: Final = 64 * 1024 * 1024
"""The most bytes of memory that they take; the room as it would be after them is not counted."""

_SIZES: Final[tuple[tuple[str, int, Callable[[RoomState], int]], ...]] = (
    ("hexes on a map", MAP_HEXES, lambda room: len(room.terrain)),
    ("hexes that players see", SEEN_HEXES, lambda room: len(room.visibility)),
    ("squares of 16 × 16 hexes", MOST_TILES, lambda room: room.terrain.spread()),
    ("squares of 16 × 16 hexes", MOST_TILES, lambda room: room.visibility.spread()),
    ("tokens", MOST_TOKENS, lambda room: len(room.tokens)),
    ("notes", MOST_NOTES, lambda room: len(room.notes)),
    ("characters in notes", NOTE_CHARS, lambda room: chars(room.notes.values())),
    ("pictures in notes", MOST_HANDOUTS, lambda room: handouts(room)),
    ("paths", MOST_PATHS, lambda room: len(room.paths)),
    ("points in paths", PATH_POINTS, lambda room: points(room.paths.values())),
    ("sites", MOST_SITES, lambda room: len(room.sites)),
    ("regions", MOST_REGIONS, lambda room: len(room.regions)),
    ("hexes in regions", REGION_HEXES, lambda room: region_hexes(room.regions.values())),
    ("labels", MOST_LABELS, lambda room: len(room.labels)),
    ("rules", MOST_RULES, lambda room: len(room.rules)),
    ("staged changes", MOST_STAGED, lambda room: len(room.staged)),
    ("bytes in staged changes", STAGED_BYTES, lambda room: room.staged.held_bytes),
    (
        "hexes in staged changes",
        STAGED_HEXES,
        lambda room: sum(change.command.hex_cost(room) for change in room.staged.values()),
    ),
)


def handouts(room: RoomState) -> int:
    """Return how many notes have a picture."""
    return sum(note.handout is not None for note in room.notes.values())


def points(paths: Iterable[Path]) -> int:
    """Return how many points the paths have."""
    return sum(len(path.points) for path in paths)


def region_hexes(regions: Iterable[Region]) -> int:
    """Return how many hexes the regions have, each as often as regions have it."""
    return sum(count(region.hexes) for region in regions)


def chars(notes: Iterable[Note]) -> int:
    """Return how many characters the notes hold."""
    return sum(
        len(note.title) + len(note.player_text) + len(note.dm_text) + len(note.hint)
        for note in notes
    )


def expect_texts(notes: Notes, old: Note | None, new: Note) -> None:
    """Raise TooMany where the notes would hold too many characters with the new in the old one's place."""
    if len(notes) < _FEW_NOTES:
        return
    size = chars(notes.values()) + chars([new]) - chars([old] if old else ())
    if size > NOTE_CHARS:
        raise TooMany("characters in notes", NOTE_CHARS, size)


def expect_spread(of: TileMap[Any], more: Collection[Hex]) -> None:
    """Raise TooMany where a map and further hexes would lie on too many tiles."""
    if of.spread() + len(more) > MOST_TILES and (size := of.spread(more)) > MOST_TILES:
        raise TooMany("squares of 16 × 16 hexes", MOST_TILES, size)


def expect_room(before: RoomState, after: RoomState) -> None:
    """Raise TooMany where the room after a change is past a limit, and further than before."""
    for noun, most, size_of in _SIZES:
        size = size_of(after)
        if size > most and size > size_of(before):
            raise TooMany(noun, most, size)
