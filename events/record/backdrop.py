"""What an audience sees of the backdrop at a moment; the only place that decides it for recaps and reports."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from events.core.features.terrain import knows_extent
from events.core.state import MapFrame, Member, Picture, RoomState, Tier
from events.geometry.grid import Hex

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a map that is drawn."""

Painter = Callable[["Under", Box, float], bytes | None]
"""Returns a WebP of all that shows in a box of a map with hexes of a size, clear elsewhere; None without the pixels."""


@dataclass(frozen=True, slots=True)
class Under:
    """The picture under a map, and the hexes through which it shows."""

    picture: Picture
    frame: MapFrame
    hexes: frozenset[Hex]


def under(
    room: RoomState,
    hexes: Iterable[Hex],
    eyes: Sequence[Member],
    seen_by: Callable[[Iterable[bool]], bool] = all,
) -> Under | None:
    """Return what shows of the picture through the hexes that all, or any, of the eyes see fully."""
    if room.picture is None or room.map is None:
        return None
    # Who may not know how far the map goes is told of no picture.
    if not all(knows_extent(room, who) for who in eyes):
        return None
    shown = frozenset(
        at for at in hexes if seen_by(room.tier(who, at) is Tier.FULL for who in eyes)
    )
    return Under(room.picture, room.map, shown) if shown else None
