"""The pure core of Hexroom, and the record of it: the public names."""

from events.catalogue import PROJECTIONS
from events.decider import advance, advance_all, decide, evolve, fold
from events.errors import Rejected
from events.history import remember
from events.messages import Command, Event, ServerMessage
from events.projection import Change, Projection
from events.state import EMPTY, Member, Role, RoomId, RoomState, UserId
from events.view import lens, project, state_fields, tell

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
