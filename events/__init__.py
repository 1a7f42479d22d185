"""The pure core of Hexroom, and the record of it: the public names."""

from events.core.catalogue import PROJECTIONS
from events.core.decider import advance, advance_all, decide, evolve, fold
from events.core.messages import Command, Event, ServerMessage
from events.core.projection import Change, Projection
from events.core.state import EMPTY, Member, Role, RoomId, RoomState, UserId
from events.core.undo_log import remember
from events.core.view import lens, project, state_fields, tell
from events.errors import Rejected

__all__ = [
    "EMPTY",
    "PROJECTIONS",
    "Change",
    "Command",
    "Event",
    "Member",
    "Projection",
    "Rejected",
    "Role",
    "RoomId",
    "RoomState",
    "ServerMessage",
    "UserId",
    "advance",
    "advance_all",
    "decide",
    "evolve",
    "fold",
    "lens",
    "project",
    "remember",
    "state_fields",
    "tell",
]
