"""The Decider: decide, evolve, fold, advance; authority and staging around the messages' own rules.

Source of the pattern: Jérémie Chassaing, "Functional Event Sourcing Decider".
"""

from collections.abc import Iterable

from events.core.features.staging import stage
from events.core.fold_draft import FoldDraft
from events.core.messages import Command, Committed, Decision, Event
from events.core.state import EMPTY, Member, Mode, Role, RoomState, Status
from events.core.undo_log import remember
from events.errors import DmOnly, PlayersOnly, WhileArchived, WhilePaused


def decide(room: RoomState, command: Command, by: Member) -> tuple[Event, ...]:
    """Return what the command causes, nothing if it changes nothing; raise Rejected."""
    return carry_out(room, command, by).events


def carry_out(room: RoomState, command: Command, by: Member) -> Decision:
    """Return what the command causes and the room after that: the `fold` of it; raise Rejected."""
    if not command.internal or command.checks_sender:
        _authorise(room, command, by)
    if room.mode is Mode.STAGED and command.stageable and by.is_dm:
        decision = stage(room, command, by)
    else:
        decision = command.carry_out(room, by)
    decision.after.materialized()
    return decision


def evolve(room: RoomState, event: Event) -> RoomState:
    """Return the room after the event."""
    return event.evolve(room)


def fold(events: Iterable[Event], room: RoomState = EMPTY) -> RoomState:
    """Return the room after all the events, in order."""
    for event in events:
        room = event.evolve(room)
    return room.materialized()


def advance(room: RoomState, commit: Committed) -> RoomState:
    """Return the room after the commit, which is remembered so that it can be undone.

    `fold` alone forgets who did what.
    """
    return remember(room, fold(commit.events, room), commit)


def advance_all(room: RoomState, commits: Iterable[Committed]) -> RoomState:
    """Return the room after the commits: what `advance` gives, one by one, at a third of the price.

    For whoever folds a stretch of the record and looks at none of the rooms on the way.
    """
    draft = FoldDraft.of(room)
    draft.advance(commits)
    return draft.finished()


def _authorise(room: RoomState, command: Command, by: Member) -> None:
    if room.archived:
        raise WhileArchived
    if by.is_dm:
        return
    if command.dm_only:
        raise DmOnly(command.tag)
    if by.role is Role.SPECTATOR:
        raise PlayersOnly(command.tag)
    if room.status is Status.PAUSED:
        raise WhilePaused
