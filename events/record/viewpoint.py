"""The viewpoint through which a past moment is shown; never one that sees more than the viewer may."""

from dataclasses import dataclass

from events.core.projection import Change
from events.core.state import Member, Role, RoomState, UserId


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at the past: a member as they are now."""

    member: Member

    @property
    def is_dm(self) -> bool:
        return self.member.is_dm

    def at(self, room: RoomState) -> Member:
        """Return the viewer as they may see the room.

        A DM of today sees all of the past. Others see it as what they were then; who was a DM
        then, or no member yet, sees what their role of today may see of it.
        """
        then = room.members.get(self.member.user)
        if self.member.is_dm or then is None or then.is_dm:
            return self.member
        return then

    def turned(self, change: Change) -> bool:
        """Say whether the viewer has another role after the change, and so another view."""
        return self.at(change.before).role is not self.at(change.after).role


DM = Viewer(Member(UserId(""), Role.DM, "the DM"))
"""The viewpoint of whoever runs a command on the database itself."""
