"""The picture under the grid is kept beside the record; here is only the word that it is another one."""

from collections.abc import Iterator

from events.messages import Command, Event, ServerMessage
from events.state import Member, RoomState


class TellOfPicture(Command):
    """Tell everyone who looks at the map that its picture was laid, moved or taken away."""

    tag = "map:picture"
    internal = True
    passing = True

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        yield from ()

    def passes(self, room: RoomState, by: Member, viewer: Member) -> ServerMessage | None:
        return PictureChanged()


class PictureChanged(ServerMessage):
    """The picture under the grid, or how it lies, is another: ask for it anew. Carries no ``seq``."""

    tag = "picture:changed"
