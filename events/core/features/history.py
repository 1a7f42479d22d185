"""Undo and redo: what a DM did is put back by an event of its own; the record keeps both."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Annotated

from pydantic import Field

from events.core.action import NOBODY, Action, KeptChanges
from events.core.diffs import Changes, RecordedChanges, apply, invert
from events.core.features.merging import to_who_stays
from events.core.limits import expect_room
from events.core.messages import JSON, Command, Decision, Event, Int, Message, ServerMessage
from events.core.projection import DMS, Shown, SingleProjection
from events.core.state import Member, RoomState, UserId
from events.core.targets import in_words
from events.core.undo_log import History, MissingChanges, Undone
from events.errors import InvalidState, NotFound
from events.geometry.grid import hexes, runs


class NoSuchAction(NotFound):
    def __str__(self) -> str:
        return "no such action to undo"


class NothingToUndo(InvalidState):
    def __str__(self) -> str:
        return "there is nothing of yours to undo; name a version to undo what somebody else did"


class NothingToRedo(InvalidState):
    def __str__(self) -> str:
        return "there is nothing of yours to redo"


class UndoAction(Command):
    """Undo the sender's newest action, or the action, anybody's, that a version belongs to.

    What others changed since stays as they left it, and is named.
    """

    tag = "history:undo"
    version: Annotated[Int, Field(ge=1)] | None = None

    def decide(self, room: RoomState, by: Member) -> Iterator[Decision]:
        action = self._target(room, by)
        puts, rest = invert(room, action.changes)
        event = HistoryUndone(
            after=action.after,
            version=action.version,
            description=action.description,
            put=to_who_stays(room, puts),
            kept=_in_words(rest, room),
            by=by.user,
        )
        undone = Decision.of(room, event)
        expect_room(room, undone.after)
        yield undone

    def missing(self, room: RoomState, by: Member) -> MissingChanges | None:
        return room.history.missing(self._target(room, by))

    def _target(self, room: RoomState, by: Member) -> Action:
        actions = room.history.done
        action = actions.newest_of(by.user) if self.version is None else actions.find(self.version)
        if action is None:
            raise NothingToUndo if self.version is None else NoSuchAction
        return action

    def hex_cost(self, room: RoomState) -> int:
        actions = room.history.done
        # Without a version it is the sender's newest, which mostly is the newest of all.
        action = actions.newest if self.version is None else actions.find(self.version)
        return 1 if action is None else action.hexes

    def describe(self, room: RoomState) -> str:
        return "Undo"


class RedoAction(Command):
    """Redo what the sender undid last."""

    tag = "history:redo"

    def decide(self, room: RoomState, by: Member) -> Iterator[Decision]:
        last = self._target(room, by)
        puts, rest = invert(room, last.put.value)
        event = HistoryRedone(
            version=last.action.version,
            description=last.action.description,
            put=to_who_stays(room, puts),
            kept=_in_words(rest, room),
        )
        redone = Decision.of(room, event)
        expect_room(room, redone.after)
        yield redone

    def missing(self, room: RoomState, by: Member) -> MissingChanges | None:
        return room.history.missing(self._target(room, by))

    def _target(self, room: RoomState, by: Member) -> Undone:
        last = room.history.redoable(by.user)
        if last is None:
            raise NothingToRedo
        return last

    def hex_cost(self, room: RoomState) -> int:
        return max([each.put.hexes for each in room.history.undone[-1:]], default=1)

    def describe(self, room: RoomState) -> str:
        return "Redo"


class HistoryUndone(Event):
    tag = "history_undo"
    after: int
    """The versions ``(after, version]`` are undone."""
    version: int
    description: str
    put: RecordedChanges
    kept: str = ""
    """What could not be put back, because it was changed since, in words."""
    by: Annotated[UserId, Field(exclude_if=lambda by: by == NOBODY)] = NOBODY
    """Who undid it, and may redo it; nobody in records of earlier versions."""

    def evolve(self, room: RoomState) -> RoomState:
        done, undone = room.history.done, room.history.undone
        action = done.find(self.version)
        if action is not None and action.version == self.version:
            done = done.without(action)
            undone = (*undone, Undone(action, KeptChanges(self.put), self.by))
        return apply(room, self.put).but(history=History(done, undone, self.kept))

    def describe(self, room: RoomState) -> str:
        return f"Undid: {self.description}" + _but(self.kept)


class HistoryRedone(Event):
    tag = "history_redo"
    version: int
    description: str
    put: RecordedChanges
    kept: str = ""

    def evolve(self, room: RoomState) -> RoomState:
        done, undone = room.history.done, room.history.undone
        again = next((each for each in undone if each.action.version == self.version), None)
        if again is not None:
            done = done.again(again.action)
            undone = tuple(each for each in undone if each is not again)
        return apply(room, self.put).but(history=History(done, undone, self.kept))

    def describe(self, room: RoomState) -> str:
        return f"Did again: {self.description}" + _but(self.kept)


class NewestAction(Message):
    """An action that can be undone by its version, and whose it is."""

    version: int
    description: str
    user_id: UserId
    name: str


class UndoneAction(NewestAction):
    """An action that was undone, whose it was, and who undid it."""

    undone_by: UserId
    undone_by_name: str


class HistoryChanged(ServerMessage):
    """What the receiver can undo and redo, whose the newest action is, and what undo left alone."""

    tag = "history:changed"
    can_undo: str | None
    """The receiver's newest action, which ``history:undo`` without a version undoes."""
    can_redo: str | None
    """What the receiver undid last."""
    redo_by: UserId | None
    """Who first did what the receiver can redo."""
    newest: NewestAction | None
    """The newest action of any DM."""
    kept: str
    """What the last undo or redo could not put back, because it was changed since."""
    undone: UndoneAction | None = None
    """The action that was undone just now, whichever it was; left out where none was."""


class HistoryProjection(SingleProjection):
    """What can be undone and redone; for DMs, each their own."""

    name = "history"
    reads = frozenset({"history", "members"})
    roles = DMS
    personal_for = DMS

    def visible(self, room: RoomState, viewer: Member, key: str) -> JSON | None:
        if not viewer.is_dm:
            return None
        history = room.history
        undoable, redoable = history.done.newest_of(viewer.user), history.redoable(viewer.user)
        newest = history.done.newest
        return {
            "canUndo": undoable.description if undoable else None,
            "canRedo": redoable.action.description if redoable else None,
            "redoBy": redoable.action.by if redoable else None,
            "newest": _whose(newest, room) if newest else None,
            "kept": history.kept,
            "undone": _undone(history.undone[-1], room) if history.undone else None,
            "undoneCount": len(history.undone),
        }

    def state_fields(self, whole: Shown[str]) -> Mapping[str, JSON]:
        return {key: _lasting(shown) for key, shown in whole.items()}

    def diff_messages(self, before: Shown[str], after: Shown[str]) -> Iterator[ServerMessage]:
        yield HistoryChanged.model_validate(_changed(before, after))

    def diff_encoded(self, before: Shown[str], after: Shown[str]) -> list[bytes]:
        return [HistoryChanged.encoded(_changed(before, after))]


def _lasting(shown: JSON) -> dict[str, JSON]:
    return {name: value for name, value in shown.items() if not name.startswith("undone")}


def _changed(before: Shown[str], after: Shown[str]) -> JSON:
    """Return the fields of the message; only an undo makes more of what can be redone."""
    was, now = before.get("history"), after["history"]
    has_undone = was is not None and now["undoneCount"] > was["undoneCount"]
    return _lasting(now) | ({"undone": now["undone"]} if has_undone else {})


def _whose(action: Action, room: RoomState) -> dict[str, JSON]:
    return {
        "version": action.version,
        "description": action.description,
        "userId": action.by,
        "name": room.name_of(action.by),
    }


def _undone(last: Undone, room: RoomState) -> JSON:
    by = last.redone_by
    return _whose(last.action, room) | {"undoneBy": by, "undoneByName": room.name_of(by)}


def _in_words(changes: Changes, room: RoomState) -> str:
    where = runs(hexes(changes.hexes("terrain", "visibility")))
    parts = [in_words(where, room)] if where else []
    for field in fields(changes):
        if field.name not in ("terrain", "visibility"):
            parts += [_named(field.name, *turn) for turn in getattr(changes, field.name)]
    return ", ".join(parts)


def _named(slice_: str, key: str, left: object, undone: object) -> str:
    for value in (left, undone):
        for attribute in ("label", "title", "description", "name", "text"):
            if name := getattr(value, attribute, ""):
                return str(name)
    return f"the {slice_}"


def _but(kept: str) -> str:
    return f" (changed since, so left: {kept})" if kept else ""
