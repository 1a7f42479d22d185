"""Which tier of a hex each player sees."""

from collections.abc import Iterable

from events.core.state import Member, RoomState, Tier, UserId
from events.geometry.grid import Hex


def seen_tier(room: RoomState, viewer: Member, at: Hex) -> Tier:
    """Return how much of the hex the viewer sees, next to others too where a setting shows that."""
    tier = room.tier(viewer, at)
    if tier is Tier.HIDDEN and room.settings.adjacent_terrain and at in room.terrain:
        for beside in at.neighbours():
            if room.tier(viewer, beside) is Tier.FULL:
                return Tier.TERRAIN
    return tier


def seeing_otherwise(room: RoomState, hexes: Iterable[Hex]) -> set[UserId]:
    """Return the players who see one of the hexes otherwise than everyone does."""
    users: set[UserId] = set()
    last, visibility_at = None, room.visibility.get
    for at in hexes:
        visibility = visibility_at(at)
        # Neighbours share their visibility, and most are the same for all.
        if visibility is not last:
            last = visibility
            if visibility is not None and visibility.exceptions:
                users.update(user for user, _ in visibility.exceptions)
    return users
