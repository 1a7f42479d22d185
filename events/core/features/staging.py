"""Staging: a queue of commands that wait to be published together, and the mode that fills it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from events.core.limits import MOST_STAGED, STAGED_BYTES, STAGED_HEXES
from events.core.messages import (
    JSON,
    AnyCommand,
    Bool,
    Command,
    Deciding,
    Decision,
    Event,
    Int,
    JsonObject,
    ServerMessage,
    command_to_wire,
)
from events.core.projection import Change, Projection, Shown
from events.core.publish_preview import foresee
from events.core.state import ChangeId, Dropped, Member, Mode, Role, RoomState, Staged, UserId
from events.errors import InvalidState, NotFound, Rejected, TooMany

Reason = Literal["undone", "published", "dropped", "discarded"]
Key = ChangeId | Literal["mode", "dropped"]

_DIGITS: Final = re.compile(r"^(?:0|[1-9][0-9]{0,14})$", re.ASCII)


def _number(id_: object) -> object:
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
            yield ChangeUnstaged(change=change, reason="discarded")
        yield ModeSet(mode=self.mode)

    def describe(self, room: RoomState) -> str:
        return f"Make broadcast {self.mode}"


class Publish(Command):
    """Carry out what is staged, or the changes named, in the order of the queue.

    Once nothing is left the room is live again, unless ``stayStaged`` says otherwise.
    """

    tag = "broadcast:publish"
    change_ids: (
        Annotated[tuple[WireChangeId, ...], Field(min_length=1, max_length=MOST_STAGED)] | None
    ) = None
    stay_staged: Bool = False

    def decide(self, room: RoomState, by: Member) -> Deciding:
        chosen = self._chosen(room)
        room = yield Published(changes=tuple(change.id for change in chosen))
        for change in chosen:
            try:
                room = yield change.command.carry_out(room, by)
            except Rejected as refusal:
                because = str(refusal)
                room = yield ChangeUnstaged(change=change.id, reason="dropped", because=because)
            else:
                room = yield ChangeUnstaged(change=change.id, reason="published")
        if not room.staged and not self.stay_staged:
            yield ModeSet(mode=Mode.IMMEDIATE)

    def hex_cost(self, room: RoomState) -> int:
        return sum([change.command.hex_cost(room) for change in room.staged.values()])

    def describe(self, room: RoomState) -> str:
        return "Publish what is staged" if self.change_ids is None else "Publish some changes"

    def _chosen(self, room: RoomState) -> Sequence[Staged]:
        if not room.staged:
            raise NothingStaged
        if self.change_ids is None:
            return tuple(room.staged.values())
        ids = {ChangeId(change) for change in self.change_ids}
        if not ids <= room.staged.keys():
            raise NoSuchChange
        return [change for change in room.staged.values() if change.id in ids]


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
        if self.index is not None:
            change = room.staged.at(self.index)
        else:
            change = room.staged.get(ChangeId(self.change_id or 0))
        if change is None:
            raise NoSuchChange
        yield ChangeUnstaged(change=change.id, reason="undone")

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
        return room.but(staged=room.staged.plus(staged), last_change=self.change, dropped=())

    def describe(self, room: RoomState) -> str:
        return f"Staged: {self.description}"


class ChangeUnstaged(Event):
    tag = "staged_undo"
    change: ChangeId
    reason: Reason
    because: str = ""
    """Why it was dropped, in words."""

    def evolve(self, room: RoomState) -> RoomState:
        left, change = room.staged.without(self.change), room.staged.get(self.change)
        if self.reason != "dropped" or change is None:
            return room.but(staged=left)
        dropped = Dropped(change.id, change.description, self.because)
        return room.but(staged=left, dropped=(*room.dropped, dropped))

    def describe(self, room: RoomState) -> str:
        change = room.staged.get(self.change)
        description = change.description if change else "a change"
        return f"{self.reason.capitalize()}: {description}" + (
            f" ({self.because})" * bool(self.because)
        )


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


def stage(room: RoomState, command: Command, by: Member) -> Decision:
    """Return that the command waits, after checking it on the preview; raise Rejected."""
    foreseen = foresee(room, by)
    expect_place(room, command, by)
    events, after = command.carry_out(foreseen.room, by)
    if not events:
        return Decision.of(room)
    staged = ChangeStaged(
        change=ChangeId(room.last_change + 1),
        command=command,
        by=by.user,
        description=command.describe(foreseen.room),
    )
    room.staged.memo = foreseen._replace(ahead=(command, foreseen.after(command, after)))
    return Decision.of(room, staged)


def expect_place(room: RoomState, command: Command, by: Member) -> None:
    """Raise TooMany where the queue is too long or large, or looks at too many hexes, for the command."""
    if len(room.staged) >= MOST_STAGED:
        raise TooMany("staged changes", MOST_STAGED, len(room.staged) + 1)
    waiting = Staged(ChangeId(room.last_change + 1), command, by.user, "")
    held_bytes = room.staged.held_bytes + waiting.held_bytes
    if held_bytes > STAGED_BYTES:
        raise TooMany("bytes in staged changes", STAGED_BYTES, held_bytes)
    foreseen = foresee(room, by)
    hexes = foreseen.hexes + command.hex_cost(foreseen.room)
    if hexes > STAGED_HEXES:
        raise TooMany("hexes in staged changes", STAGED_HEXES, hexes)


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
    changes: list[JsonObject]
    dropped: list[JsonObject]


class StagedUpdated(ServerMessage):
    """What was added at the end of the queue and taken out of it, and what publishing dropped.

    In the place of ``staged:changes``, for who connects with ``staged=delta``.
    """

    tag = "staged:updated"
    added: list[JsonObject]
    removed: list[str]
    """Ids."""
    dropped: list[JsonObject]


class StagingProjection(Projection[Key]):
    """The queue, for DMs; for others whether the DM is preparing, which follows the mode alone."""

    name = "staging"
    reads = frozenset({"mode", "staged", "dropped"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[Key]:
        return ("mode", "dropped", *room.staged)

    def touched(self, change: Change) -> Iterable[Key]:
        return ("mode", "dropped", *change.keys("staged"))

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
        change: Staged | None = room.staged.get(key)
        return None if change is None else _in_words(change)

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
            yield StagedUpdated(
                added=[after[key] for key in _changes(after) if key not in before],
                removed=[before[key]["id"] for key in _changes(before) if key not in after],
                dropped=after.get("dropped", []),
            )


def _in_words(change: Staged) -> JSON:
    wire = command_to_wire(change.command)
    return {
        "id": str(change.id),
        "description": change.description,
        "type": wire.pop("type"),
        "data": wire,
        "by": change.by,
    }


def whole_queue(room: RoomState) -> StagedChanges:
    """Return the whole queue, for DMs whose clients do not take it by additions and removals."""
    dm = Member(UserId(""), Role.DM)
    projection = StagingProjection()
    shown = {key: projection.visible(room, dm, key) for key in projection.keys(room, dm)}
    return StagedChanges(**_queue({key: part for key, part in shown.items() if part is not None}))


def _changes(shown: Shown[Key]) -> list[ChangeId]:
    return sorted(key for key in shown if not isinstance(key, str))


def _queue(whole: Shown[Key]) -> JsonObject:
    return {
        "changes": [whole[key] for key in _changes(whole)],
        "dropped": whole.get("dropped", []),
    }
