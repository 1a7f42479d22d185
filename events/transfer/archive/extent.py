"""Extent: how many hexes an archive speaks of, measured before they take memory."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import BaseModel

from events.core.limits import MOST_TILES, REGION_HEXES, region_hexes
from events.core.state import RoomState
from events.geometry.grid import Run
from events.transfer.archive.format import ArchiveRefused

ALLOWANCE: Final = 4
"""How many times as much as a room may hold by now an archive may: earlier versions had other limits."""
EVENT_HEXES: Final = 2_000_000
"""The most hexes that one event speaks of; to undo all that a room may hold takes fewer."""
_LOOK_AFTER: Final = 20_000
"""The room itself is measured each time that so many hexes changed."""


class Extent:
    """Adds up what the events of an archive cover; a run of a few bytes can name millions of hexes."""

    def __init__(self) -> None:
        self._since = 0

    def expect_events(self, events: Iterable[Any], version: int) -> None:
        """Raise ArchiveRefused where events cover more than any room may; they are not folded yet."""
        for event in events:
            runs = tuple(_runs(event))
            named = sum(max(0, n) for _, _, n in runs)
            if named > EVENT_HEXES:
                raise ArchiveRefused(f"version {version} names {named} hexes in one event")
            if named > _LOOK_AFTER and _tiles(runs) > ALLOWANCE * MOST_TILES:
                raise ArchiveRefused(f"version {version} names hexes too far from each other")
            self._since += named

    def expect_room(self, room: RoomState, version: int) -> None:
        """Raise ArchiveRefused where the room by now holds more than any may."""
        if self._since <= _LOOK_AFTER:
            return
        self._since = 0
        spread = max(room.terrain.spread(), room.visibility.spread())
        regions = region_hexes(room.regions.values())
        if spread > ALLOWANCE * MOST_TILES or regions > ALLOWANCE * REGION_HEXES:
            raise ArchiveRefused(f"at version {version} it has more hexes than a room may have")


def _runs(value: Any) -> Iterator[Run]:
    """Yield the runs of hexes in an event, wherever they stand: they are three numbers each."""
    if isinstance(value, BaseModel):
        for _, each in value:
            yield from _runs(each)
    elif isinstance(value, tuple | list):
        if len(value) == 3 and all(type(each) is int for each in value):
            yield value  # type: ignore[misc]  # three numbers
        else:
            for each in value:
                yield from _runs(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _runs(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _runs(getattr(value, name))


def _tiles(runs: Iterable[Run]) -> int:
    return len({(r >> 4, tile) for q, r, n in runs for tile in range(q >> 4, (q + n - 1 >> 4) + 1)})
