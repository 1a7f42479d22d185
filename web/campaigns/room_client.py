"""A campaign's room as calls over HTTP use it: what it does not answer is an ApiError."""

from collections.abc import Iterator
from contextlib import contextmanager

from actors.runtime.clock import Clock
from actors.runtime.errors import NoAnswer
from events.core.messages import Command
from events.core.state import Member, RoomState
from events.journal import Request
from web.campaigns.room_sync import RoomSync
from web.campaigns.routes import CampaignStore, Membership
from web.http.api import Busy, Unavailable


class HttpRoomClient:
    """Lets calls look into the rooms of who may come in, and ask something of them."""

    def __init__(self, roster: RoomSync, book: CampaignStore, clock: Clock) -> None:
        self._roster = roster
        self._book = book
        self._clock = clock

    async def whole(self, membership: Membership) -> RoomState:
        """Return the room as the record has it; raise Missing, Busy or Unavailable."""
        with _answering():
            return await (await self._roster.enter(membership, self._book)).whole()

    async def ask(self, membership: Membership, command: Command) -> int:
        """Have a stamped command carried out and return its version; raise Rejected, Missing, Busy or Unavailable."""
        with _answering():
            room = await self._roster.enter(membership, self._book)
            commit = await room.ask(Request(command, membership.member, self._clock.now()))
            return commit.version


def viewer_of(membership: Membership, room: RoomState) -> Member:
    """Return who looks, as the room knows them by now."""
    return room.members.get(membership.member.user, membership.member)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except NoAnswer as error:
        raise (Busy(str(error)) if error.code == Busy.code else Unavailable()) from error
