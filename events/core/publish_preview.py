"""The preview of a room: what publishing everything that is staged would do."""

from dataclasses import fields
from operator import attrgetter, is_
from typing import Final, NamedTuple

from events.core.staged_queue import StagedQueue
from events.core.state import Member, Mode, RoomState
from events.core.waiting import HeldCommand
from events.errors import Rejected


class PublishPreview(NamedTuple):
    """What publishing a queue would do, kept beside the queue so that one more change is cheap."""

    base: tuple[object, ...]
    """The slices of the room that it was worked out from."""
    room: RoomState
    """The room as publishing everything would leave it."""
    hexes: int
    """How many hexes the changes look at."""
    ahead: "tuple[HeldCommand, PublishPreview] | None" = None
    """A command that was about to be staged, and what holds with it at the end of the queue."""

    def after(self, command: HeldCommand, room: RoomState) -> "PublishPreview":
        """Return the preview after one more command, given the room that it leads to."""
        return PublishPreview(self.base, room, self.hexes + command.hex_cost(self.room))

    def and_then(self, command: HeldCommand, by: Member) -> "PublishPreview":
        """Return the preview after one more command; a refused command changes nothing."""
        if self.ahead is not None and self.ahead[0] is command:
            return self.ahead[1]
        try:
            room = command.carry_out(self.room, by).after
        except Rejected:
            room = self.room
        return self.after(command, room)

    def holds_for(self, base: tuple[object, ...]) -> bool:
        """Return whether the room is still as it was when this was worked out."""
        return all(map(is_, self.base, base))


_UNREAD: Final = {
    "staged",
    "last_change",
    "dropped",
    "mode",
    "history",
    "online",
    "name",
    "rolls",
    "pins",
    "strokes",
}
_base: Final = attrgetter(*(each.name for each in fields(RoomState) if each.name not in _UNREAD))
"""Returns the slices that a stageable command may look at. Rolls only number what is rolled next."""


def foresee(room: RoomState, by: Member) -> PublishPreview:
    """Return what publishing everything now would do.

    It is kept beside the queue. All that waits is decided again only where the map changed since,
    or a change was taken out of the queue.
    """
    queue, base = room.staged, _base(room)
    preview: PublishPreview | None = queue.memo
    if preview is None or not preview.holds_for(base):
        before: PublishPreview | None = queue.before.memo if queue.before else None
        if before is not None and before.holds_for(base) and queue.last is not None:
            preview = before.and_then(queue.last.command, by)
        else:
            as_live = room.but(mode=Mode.IMMEDIATE, staged=StagedQueue(), dropped=())
            preview = PublishPreview(base, as_live, 0)
            for change in queue.values():
                preview = preview.and_then(change.command, by)
        queue.memo, queue.before = preview, None
    return preview


def preview_hexes(room: RoomState) -> int:
    """Return at most how many hexes of the room as publishing would leave it are not the room's own."""
    preview: PublishPreview | None = room.staged.memo
    return 0 if preview is None else (preview.ahead[1] if preview.ahead else preview).hexes
