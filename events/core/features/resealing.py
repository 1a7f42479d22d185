"""A record that was sealed anew: its rows were written without the names of deleted accounts."""

from events.core.messages import Event, Int
from events.core.state import RoomState


class RecordResealed(Event):
    """The rows from a version on were given other hashes; nothing in the room changes."""

    tag = "record_reseal"
    since: Int
    """The first version that has another hash than before: heads kept of it and later ones do not fit."""

    def evolve(self, room: RoomState) -> RoomState:
        return room

    def describe(self, room: RoomState) -> str:
        return "Took the names of deleted accounts out of the record, and sealed it anew"
