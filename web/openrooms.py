"""A campaign's room as calls over HTTP use it: what it does not answer is an ApiError."""

from collections.abc import Iterator
from contextlib import contextmanager

from actors.clock import Clock
from actors.errors import NoAnswer
from events.journal import Request
from events.messages import Command
from events.state import Member, RoomState
from web.api import Busy, Unavailable
from web.campaigns import CampaignBook, Standing
from web.roster import Roster


class OpenRooms:
    """Lets calls look into the rooms of who may come in, and ask something of them."""

    def __init__(self, roster: Roster, book: CampaignBook, clock: Clock) -> None:
        self._roster = roster
        self._book = book
        self._clock = clock

    async def whole(self, standing: Standing) -> RoomState:
        """Return the room as the record has it; raise Missing, Busy or Unavailable."""
        with _answering():
            return await (await self._roster.enter(standing, self._book)).whole()

    async def ask(self, standing: Standing, command: Command) -> None:
        """Have a stamped command carried out; raise Rejected, Missing, Busy or Unavailable."""
        with _answering():
            room = await self._roster.enter(standing, self._book)
            await room.ask(Request(command, standing.member, self._clock.now()))


def viewer_of(standing: Standing, room: RoomState) -> Member:
    """Return who looks, as the room knows them by now."""
    return room.members.get(standing.member.user, standing.member)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except NoAnswer as error:
        raise (Busy(str(error)) if error.code == Busy.code else Unavailable()) from error
