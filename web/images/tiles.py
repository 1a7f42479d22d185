"""Tiles of the backdrop for any viewer, now or in the past; nothing else decides how much of it is shown."""

import asyncio
from contextlib import suppress
from typing import Final, NamedTuple

from cachetools import LRUCache

from events.core.features.hexes import HexProjection
from events.core.features.terrain import knows_extent
from events.core.image_placement import Alignment
from events.core.state import Member, Picture, RoomId, RoomState
from events.geometry.grid import Hex
from web.images.campaign_files import Pictures
from web.images.mask import Showing
from web.images.pyramid import Tile
from web.images.store import NoSuchTile

_REMEMBERED: Final = 64
_REMEMBERED_HEXES: Final = 1_000_000


class _Seen(NamedTuple):
    room: RoomState
    hexes: frozenset[Hex]


class Tiles:
    """Cuts tiles for viewers by the room as it is, or as it stood.

    What a viewer sees of a room is remembered, as a page asks for many tiles at once: of at most
    _REMEMBERED rooms and viewers, and _REMEMBERED_HEXES hexes together.
    """

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self._seen_hexes: LRUCache[tuple[Member, int], _Seen] = LRUCache(
            _REMEMBERED_HEXES,
            # A few hexes take the place of many, so that no more than _REMEMBERED are kept.
            getsizeof=lambda seen: max(len(seen.hexes), _REMEMBERED_HEXES // _REMEMBERED),
        )
        self._looking = asyncio.Semaphore(2)

    async def tile(
        self, campaign: RoomId, room: RoomState, viewer: Member, picture: str, tile: Tile
    ) -> tuple[str, bytes]:
        """Return the key (good as an ETag) and the WebP of a tile as the viewer may see it in the room.

        Raise NoSuchTile where there is none, and for a picture that is not theirs to see or know of.
        """
        showing = await self._showing(campaign, room, viewer, picture)
        if showing is None:
            raise NoSuchTile(picture)
        return await self.pictures.store.tile(picture, tile, showing)

    async def _showing(
        self, campaign: RoomId, room: RoomState, viewer: Member, picture: str
    ) -> Showing | None:
        if room.map is None or not self.pictures.brought(campaign, picture):
            return None
        frame = (room.map.hex_size, room.map.orientation)
        if viewer.is_dm:
            # Whole, earlier ones too: what hexes they lay under is past.
            return Showing(Alignment(), None, *frame)
        # Numbers of tiles tell how far the picture goes.
        if room.picture is None or room.picture.id != picture or not knows_extent(room, viewer):
            return None
        return Showing(alignment_of(room.picture), await self._fully_seen(room, viewer), *frame)

    async def _fully_seen(self, room: RoomState, viewer: Member) -> frozenset[Hex]:
        # By the room itself, which is kept beside what was seen of it: so its id stays its own.
        key = (viewer, id(room))
        if (seen := self._seen_hexes.get(key)) is None:
            async with self._looking:
                if (seen := self._seen_hexes.get(key)) is None:
                    seen = _Seen(room, await asyncio.to_thread(fully_seen, room, viewer))
                    with suppress(ValueError):  # More hexes than are kept of all are not kept.
                        self._seen_hexes[key] = seen
        return seen.hexes


def alignment_of(picture: Picture) -> Alignment:
    """Return how a picture lies."""
    return Alignment.of(picture.lies)


def fully_seen(room: RoomState, viewer: Member) -> frozenset[Hex]:
    """Return the hexes whose part of the picture the viewer may see."""
    part = HexProjection()
    return frozenset(
        at
        for at in part.keys(room, viewer)
        if (shown := part.visible(room, viewer, at)) is not None and shown.get("tier") == "full"
    )


def tile_at(level: str, column: str, row: str) -> Tile:
    """Return the tile of three numbers as a path says them; raise NoSuchTile."""
    numbers = (level, column, row)
    if not all(number.isascii() and number.isdecimal() and len(number) < 5 for number in numbers):
        raise NoSuchTile("/".join(numbers))
    return Tile(*map(int, numbers))
