"""An archived room: it can be looked at, and nothing in it changes until it is taken out again."""

from collections.abc import Iterator

from events.core.messages import Bool, Command, Event
from events.core.state import Member, RoomState
from events.errors import InvalidState


class StillPlaying(InvalidState):
    def __str__(self) -> str:
        return "a session is under way: end it first"


class ArchiveRoom(Command):
    """Put the room away, or take it out again; while it is away, commands of members are refused."""

    tag = "room:archive"
    internal = True
    archived: Bool

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if self.archived and room.running:
            raise StillPlaying
        if room.archived is not self.archived:
            yield RoomArchived(archived=self.archived)

    def describe(self, room: RoomState) -> str:
        return "Archive the campaign" if self.archived else "Take the campaign out of the archive"


class RoomArchived(Event):
    tag = "room_archive"
    archived: bool

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(archived=self.archived)

    def describe(self, room: RoomState) -> str:
        return f"{'Archived' if self.archived else 'Took out of the archive:'} the campaign"
