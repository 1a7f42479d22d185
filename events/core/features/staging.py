"""Staging: a queue of commands that wait to be published together, and the mode that fills it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from events.core.limits import MOST_STAGED, STAGED_HEXES, staged_hexes
from events.core.messages import (
    JSON,
    AnyCommand,
    Command,
    Event,
    Int,
    ServerMessage,
    command_to_wire,
)
from events.core.projection import Change, Projection, Shown
from events.core.state import ChangeId, Dropped, Member, Mode, RoomState, Staged, UserId
from events.errors import InvalidState, NotFound, Rejected, TooMany

Reason = Literal["undone", "published", "dropped", "discarded"]
Key = ChangeId | Literal["mode", "dropped"]

_DIGITS: Final = re.compile(r"^(?:0|[1-9][0-9]{0,14})$", re.ASCII)


def _number(id_: Any) -> Any:
    return int(id_) if isinstance(id_, str) and _DIGITS.fullmatch(id_) else id_


WireChangeId = Annotated[
    Int,
    BeforeValidator(_number),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": _DIGITS.pattern}, {"type": "integer"}]}
    ),
]
"""The id of a staged change as clients send it: the string that ``staged:changes`` gave them.

Clients of earlier versions were given numbers, and send numbers.
"""


class NothingStaged(InvalidState):
    def __str__(self) -> str:
        return "nothing is staged"


class NoSuchChange(NotFound):
    def __str__(self) -> str:
        return "no such staged change"


class SetMode(Command):
    """Choose whether changes show at once or are staged; to immediate discards what is staged."""

    tag = "broadcast:mode"
    mode: Mode

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if room.mode is self.mode:
            return
        for change in room.staged:
            yield ChangeUnstaged(change=change.id, reason="discarded")
        yield ModeSet(mode=self.mode)

    def describe(self, room: RoomState) -> str:
        return f"Make broadcast {self.mode}"


class Publish(Command):
    """Carry out what is staged, or the changes named, in the order of the queue."""

    tag = "broadcast:publish"
    change_ids: (
        Annotated[tuple[WireChangeId, ...], Field(min_length=1, max_length=MOST_STAGED)] | None
    ) = None

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        chosen = self._chosen(room)
        yield Published(changes=tuple(change.id for change in chosen))
        for change in chosen:
            try:
                for event in tuple(change.command.decide(room, by)):
                    yield event
                    room = event.evolve(room)
            except Rejected as refusal:
                yield ChangeUnstaged(change=change.id, reason="dropped", because=str(refusal))
            else:
                yield ChangeUnstaged(change=change.id, reason="published")
        if len(chosen) == len(room.staged):
            yield ModeSet(mode=Mode.IMMEDIATE)

    def describe(self, room: RoomState) -> str:
        return "Publish what is staged" if self.change_ids is None else "Publish some changes"

    def _chosen(self, room: RoomState) -> "Sequence[Staged]":
        if not room.staged:
            raise NothingStaged
        if self.change_ids is None:
            return room.staged
        wanted = {ChangeId(change) for change in self.change_ids}
        if not wanted <= {change.id for change in room.staged}:
            raise NoSuchChange
        return [change for change in room.staged if change.id in wanted]


class UndoStaged(Command):
    """Take one staged change out of the queue; players never knew of it."""

    tag = "staged:undo"
    index: Annotated[Int, Field(ge=0)] | None = None
    change_id: WireChangeId | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.index is None) == (self.change_id is None):
            raise ValueError("either index or changeId")
        return self

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        for index, change in enumerate(room.staged):
            if index == self.index or change.id == self.change_id:
                yield ChangeUnstaged(change=change.id, reason="undone")
                return
        raise NoSuchChange

    def describe(self, room: RoomState) -> str:
        return "Undo a staged change"


class ChangeStaged(Event):
    tag = "change_staged"
    change: ChangeId
    command: AnyCommand
    by: UserId
    description: str

    def evolve(self, room: RoomState) -> RoomState:
        staged = Staged(self.change, self.command, self.by, self.description)
        return room.but(staged=(*room.staged, staged), last_change=self.change, dropped=())

    def describe(self, room: RoomState) -> str:
        return f"Staged: {self.description}"


class ChangeUnstaged(Event):
    tag = "staged_undo"
    change: ChangeId
    reason: Reason
    because: str = ""
    """Why it was dropped, in words."""

    def evolve(self, room: RoomState) -> RoomState:
        left = tuple(change for change in room.staged if change.id != self.change)
        if self.reason != "dropped":
            return room.but(staged=left)
        dropped = tuple(
            Dropped(change.id, change.description, self.because)
            for change in room.staged
            if change.id == self.change
        )
        return room.but(staged=left, dropped=room.dropped + dropped)

    def describe(self, room: RoomState) -> str:
        what = next((c.description for c in room.staged if c.id == self.change), "a change")
        return f"{self.reason.capitalize()}: {what}" + (f" ({self.because})" * bool(self.because))


class Published(Event):
    tag = "broadcast_publish"
    changes: tuple[ChangeId, ...]

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(dropped=())

    def describe(self, room: RoomState) -> str:
        n = len(self.changes)
        return f"Published {n} staged change{'s' * (n != 1)}"


class ModeSet(Event):
    tag = "broadcast_mode"
    mode: Mode

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(mode=self.mode)

    def describe(self, room: RoomState) -> str:
        return f"Broadcast is now {self.mode}"


def stage(room: RoomState, command: Command, by: Member) -> Iterator[Event]:
    """Yield that the command waits, after checking it on the preview; raise Rejected."""
    if len(room.staged) >= MOST_STAGED:
        raise TooMany("staged changes", MOST_STAGED, len(room.staged) + 1)
    looked_at = staged_hexes(room) + command.hex_cost(room)
    if looked_at > STAGED_HEXES:
        raise TooMany("hexes in staged changes", STAGED_HEXES, looked_at)
    foreseen = preview(room, by)
    if any(True for _ in command.decide(foreseen, by)):
        yield ChangeStaged(
            change=ChangeId(room.last_change + 1),
            command=command,
            by=by.user,
            description=command.describe(foreseen),
        )


def preview(room: RoomState, by: Member) -> RoomState:
    """Return the room as publishing everything now would leave it."""
    if not room.staged:
        return room
    for event in Publish().decide(room, by):
        room = event.evolve(room)
    return room


class ModeChanged(ServerMessage):
    """Changes are staged from now on, or shown at once."""

    tag = "broadcast:modeChanged"
    mode: Mode


class Preparing(ServerMessage):
    """The DM is (or is no longer) preparing something."""

    tag = "dm:preparing"
    preparing: bool


class StagedChanges(ServerMessage):
    """All that is staged, in order, and what the last publishing dropped."""

    tag = "staged:changes"
    changes: list[dict[str, Any]]
    dropped: list[dict[str, Any]]


class StagingProjection(Projection[Key]):
    """The queue, for DMs; for others whether the DM is preparing, which follows the mode alone."""

    name = "staging"
    reads = frozenset({"mode", "staged", "dropped"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[Key]:
        return ("mode", "dropped", *(change.id for change in room.staged))

    def touched(self, change: Change) -> Iterable[Key]:
        yield "mode"
        if "staged" in change.slices or "dropped" in change.slices:
            yield "dropped"
            yield from dict.fromkeys(
                each.id for room in (change.before, change.after) for each in room.staged
            )

    def individually_seen(self, room: RoomState, keys: Sequence[Key]) -> Iterable[UserId]:
        return ()

    def visible(self, room: RoomState, viewer: Member, key: Key) -> JSON | None:
        if key == "mode":
            return room.mode if viewer.is_dm else room.mode is Mode.STAGED
        if not viewer.is_dm:
            return None
        if key == "dropped":
            return [
                {"id": str(d.id), "description": d.description, "reason": d.reason}
                for d in room.dropped
            ] or None
        return next((_in_words(change) for change in room.staged if change.id == key), None)

    def state_fields(self, whole: Shown[Key]) -> Mapping[str, JSON]:
        mode = whole["mode"]
        if isinstance(mode, bool):
            return {"broadcastMode": "staged" if mode else "immediate", "preparing": mode}
        preparing = mode is Mode.STAGED
        return {"broadcastMode": mode, "preparing": preparing, "staged": _queue(whole)}

    def diff_messages(self, before: Shown[Key], after: Shown[Key]) -> Iterator[ServerMessage]:
        old, new = before.get("mode"), after.get("mode")
        if old != new:
            yield Preparing(preparing=new) if isinstance(new, bool) else ModeChanged(mode=new)
        if {**before, "mode": None} != {**after, "mode": None}:
            yield StagedChanges(**_queue(after))


def _in_words(change: Staged) -> JSON:
    wire = command_to_wire(change.command)
    return {
        "id": str(change.id),
        "description": change.description,
        "type": wire.pop("type"),
        "data": wire,
        "by": change.by,
    }


def _queue(whole: Shown[Key]) -> dict[str, Any]:
    return {
        "changes": [shown for key, shown in whole.items() if key not in ("mode", "dropped")],
        "dropped": whole.get("dropped", []),
    }
