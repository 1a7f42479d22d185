"""The pure core of Hexroom, and the record of it: the public names."""

from events.core.catalogue import PROJECTIONS
from events.core.decider import advance, advance_all, decide, evolve, fold
from events.core.messages import Command, Event, ServerMessage
from events.core.projection import Change, Projection
from events.core.state import EMPTY, Member, Role, RoomId, RoomState, UserId
from events.core.undo_log import remember
from events.core.view import audience, messages_for, project, state_fields
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
    "audience",
    "decide",
    "evolve",
    "fold",
    "messages_for",
    "project",
    "remember",
    "state_fields",
]
