"""Beforehand: long commands are worked out beside the event loop, before they are decided."""

from typing import Protocol

from actors.room.lookahead import Lookahead
from actors.room.mailbox import Mailbox
from actors.room.services import Services
from events import RoomId
from events.journal import Request


class WaitingRoom(Protocol):
    """A room, as far as its requests wait for something that is read or worked out."""

    id: RoomId

    def go_on(self) -> None:
        """Decide on."""


class Beforehand:
    """Holds a room's requests up while the first of them is worked out in a thread.

    Other rooms and connections have the event loop meanwhile. The room's own requests wait, as it
    decides one at a time, in order. What comes of it is dropped if the room is another by then.
    """

    def __init__(
        self, room: WaitingRoom, services: Services, mail: Mailbox, ahead: Lookahead
    ) -> None:
        self.under_way = False
        """Whether something is being worked out."""
        self._room = room
        self._services = services
        self._mail = mail
        self._ahead = ahead

    def holds_up(self) -> bool:
        """Return whether the first undecided request has to wait; begin to work it out if it is long."""
        if self.under_way:
            return True
        first = self._mail.first_undecided
        if first is None or first.request is None or not self._ahead.is_long(first.request):
            return False
        self.under_way = True
        name = f"room {self._room.id}: {first.request.command.tag} beside the loop"
        self._services.supervisor.spawn(self._work_out(first.request), name)
        return True

    async def _work_out(self, request: Request) -> None:
        try:
            # One in the process at a time: threads only take turns, and memory is bounded.
            async with self._services.long_commands:
                await self._ahead.work_out(request)
        finally:
            self.under_way = False
            self._room.go_on()
