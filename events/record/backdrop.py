"""How much of the backdrop an audience sees at a moment; decided here alone for recaps and reports."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from events.core.features.terrain import knows_extent
from events.core.state import MapFrame, Member, Picture, RoomState, Tier
from events.geometry.grid import Hex

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a map that is drawn."""

Painter = Callable[["VisibleBackdrop", Box, float], bytes | None]
"""Returns a WebP of what shows in a box of a map with hexes of a size, transparent elsewhere; None if the pixels are missing."""


@dataclass(frozen=True, slots=True)
class VisibleBackdrop:
    """The image under a map, and the hexes whose pixels an audience may see."""

    picture: Picture
    frame: MapFrame
    hexes: frozenset[Hex]


def visible_backdrop(
    room: RoomState,
    hexes: Iterable[Hex],
    viewers: Sequence[Member],
    seen_by: Callable[[Iterable[bool]], bool] = all,
) -> VisibleBackdrop | None:
    """Return what shows of the backdrop through the hexes that all, or any, of the viewers see fully."""
    if room.picture is None or room.map is None:
        return None
    # The size of the image would show how far the map goes.
    if not all(knows_extent(room, viewer) for viewer in viewers):
        return None
    shown = frozenset(
        at for at in hexes if seen_by(room.tier(viewer, at) is Tier.FULL for viewer in viewers)
    )
    return VisibleBackdrop(room.picture, room.map, shown) if shown else None
