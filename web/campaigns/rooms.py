"""What the tables of campaigns and members tell the rooms, and ask of them."""

from collections.abc import Collection, Mapping
from typing import Protocol

from events.core.state import Member, Role, RoomId, UserId


class Rooms(Protocol):
    """The rooms, as far as campaigns and members need them."""

    async def opened(self, campaign: RoomId, name: str, by: Member) -> None:
        """Record that there is a new room; the member is its DM."""

    async def renamed(self, campaign: RoomId, name: str, by: Member) -> None:
        """Record that the campaign has another name."""

    async def archived(self, campaign: RoomId, archived: bool, by: Member) -> None:
        """Have the room put away or taken out again; raise Rejected where it is in play."""

    async def membership_changed(
        self, campaign: RoomId, user: UserId, name: str, role: Role | None, by: Member | None = None
    ) -> None:
        """Record that a user is a member in this role, or is none any more; by whom, if not by themself.

        Told after the tables have it. Telling again what is so already changes nothing.
        """

    async def people_waiting(self, campaign: RoomId, waiting: int, by: Member) -> None:
        """Tell the DMs who are connected how many wait to be let in, if the room answers."""

    async def online(self, campaigns: Collection[RoomId]) -> Mapping[RoomId, frozenset[UserId]]:
        """Return for each of the campaigns who is connected, to whichever node."""
