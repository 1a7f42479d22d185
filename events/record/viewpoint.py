"""The viewpoint through which a past moment is shown; never one that sees more than the viewer may."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from events.core.messages import ServerMessage
from events.core.projection import Change
from events.core.state import Member, Role, RoomState, UserId
from events.core.view import Disclosure, messages_for


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at the past: a member as they are now."""

    member: Member
    earlier: tuple[UserId, ...] = ()
    """Seats that were merged into the member's, the oldest first; what was before theirs is shown as those saw it."""

    @property
    def is_dm(self) -> bool:
        return self.member.is_dm

    def at(self, room: RoomState) -> Member:
        """Return the viewer as they may see the room.

        A DM of today sees all of the past. Others see it as what they were then; who was a DM
        then, or no member yet, sees what their role of today may see of it. While only an earlier
        seat of theirs was there, they see through that one; while both were, through their own.
        """
        seats = (self.member.user, *self.earlier)
        then = next((room.members[seat] for seat in seats if seat in room.members), None)
        if self.member.is_dm or then is None or then.is_dm:
            return self.member
        return then

    def witnesses(self, room: RoomState) -> tuple[Member, ...]:
        """Return the members who must all see a thing for the viewer to see it."""
        return (self.at(room),)

    def messages(self, change: Change) -> Iterator[ServerMessage]:
        """Yield what the viewer was told of a change."""
        return messages_for(change, self.at(change.after))

    def changed_view(self, change: Change) -> bool:
        """Return whether the viewer has another role or seat after the change, and so another view."""
        before, after = self.at(change.before), self.at(change.after)
        return (before.role, before.user) != (after.role, after.user)


class _AllPlayers(Viewer):
    def witnesses(self, room: RoomState) -> tuple[Member, ...]:
        return (self.member, *room.players())

    def messages(self, change: Change) -> Iterator[ServerMessage]:
        return Disclosure(change).messages_for_each(self.member.role)


ALL_PLAYERS: Final[Viewer] = _AllPlayers(Member(UserId(""), Role.PLAYER, "all players"))
"""The audience of every player: what each one of them was told, and nobody else's."""

DM: Final[Viewer] = Viewer(Member(UserId(""), Role.DM, "the DM"))
"""The viewpoint of whoever runs a command on the database itself."""
