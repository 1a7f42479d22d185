"""Compaction: what can be undone is written out once its room rests, or where it takes much memory."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from actors.room.services import Services
from events.core.messages import Command
from events.core.state import RoomState

REST_S: Final = 1.0
"""How long nothing was asked of a room that rests."""
ACTION_BYTES: Final = 2_000
"""An action held by reference: its events, and a tile of the map that it turned."""
HEX_BYTES: Final = 90
"""Each hex that it was about, besides."""
HEXES_A_BYTE: Final = 5
"""The index of the tiles that it turned takes a byte for so many hexes of the map."""


class CompactedRoom(Protocol):
    """A room, as far as the memory of its undo goes."""

    state: RoomState
    busy_since: float


class Compaction:
    """Counts what undo holds by reference, and has it written out a bit at a time.

    Writing an action out costs more than all else that a small command of a DM costs, so a room at
    work puts it off until it rests, while what waits takes no more than undo may take in all. Of a
    room that never rests most actions are forgotten before they are ever written out.
    """

    def __init__(
        self, room: CompactedRoom, services: Services, on_finished: Callable[[], None]
    ) -> None:
        """Take what is called each time that nothing waits any more."""
        self.waiting_bytes = 0
        """About how many bytes are held by reference."""
        self._room = room
        self._services = services
        self._on_finished = on_finished
        self._under_way = False
        self._loop = asyncio.get_running_loop()

    def note(self, command: Command, before: RoomState, after: RoomState) -> None:
        """Count what a command that turned the room like this left to be written out."""
        if after.history is before.history:
            return
        turned = (
            (before.terrain, after.terrain),
            (before.visibility, after.visibility),
        )
        hexes = sum([len(new) for old, new in turned if new is not old])
        self.waiting_bytes += (
            ACTION_BYTES + hexes // HEXES_A_BYTE + HEX_BYTES * command.hex_cost(before)
        )

    @property
    def is_due(self) -> bool:
        """Whether what waits takes as much as undo may take."""
        return self.waiting_bytes > self._services.undo_bytes

    def rest(self, *, hurried: bool) -> None:
        """Begin if the room rests, or in any case; called about once a second."""
        rests = self._services.clock.monotonic() - self._room.busy_since >= REST_S
        if self.waiting_bytes and (rests or hurried):
            self.begin()

    def begin(self) -> None:
        """Write all out that waits, a millisecond or two in a turn of the loop."""
        if not self._under_way:
            self._under_way = True
            self._go_on()

    def stop(self) -> None:
        """Leave the rest as it is: the room leaves memory."""
        self._under_way = False

    def _go_on(self) -> None:
        if not self._under_way:
            return
        if self._room.state.history.compact(self._services.undo_bytes):
            self._loop.call_soon(self._go_on)
            return
        self._under_way = False
        self.waiting_bytes = 0
        self._on_finished()
