"""History: the DMs' last actions, remembered so that each can be taken back.

An action is a commit by a DM that changed undoable slices. It is remembered by reference to what it
changed, which costs a fold next to nothing, and written out when somebody asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from operator import is_not, itemgetter
from typing import Any, Final, NamedTuple, Protocol, TypeVar, cast

from events.core.action import NOBODY, OTHERS, Action, Describes, KeptChanges
from events.core.actions import BOUND_EVERY, MOST_AT_ONCE, Actions, is_not_written_out
from events.core.diffs import DIFFERS, QUEUE_DIFFERS, Changes, HasSlices
from events.core.values import Member, Mode, UserId


class Remembered(Protocol):
    """A commit, as far as it can be undone."""

    @property
    def after(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def events(self) -> Sequence[Describes]: ...
    @property
    def by(self) -> Member: ...


class HasHistory(HasSlices, Protocol):
    """A room."""

    @property
    def history(self) -> "History": ...


R = TypeVar("R", bound=HasHistory)


@dataclass(frozen=True, slots=True)
class Undone:
    """An action that was undone, and what was put back by that."""

    action: Action
    put: KeptChanges
    by: UserId = NOBODY
    """Who undid it, where the record says so; earlier versions did not record it."""

    @property
    def redone_by(self) -> UserId:
        """The user whose ``history:redo`` redoes it: who undid it, or its author where that is not recorded."""
        return self.by or self.action.by

    @property
    def is_written_out(self) -> bool:
        """Whether it takes little memory."""
        return self.put.is_written_out and self.action.is_written_out

    @property
    def held_bytes(self) -> int:
        """How many bytes it takes, if it is written out."""
        return self.put.held_bytes + self.action.held_bytes

    def write_out(self) -> None:
        """Take little memory from now on."""
        self.put.write_out()
        self.action.write_out()

    def forget(self) -> None:
        """Drop from memory the changes of the action and of its undo."""
        self.put.forget()
        self.action.forget()


class History(NamedTuple):
    """What can be undone and redone."""

    done: Actions = Actions()
    undone: tuple[Undone, ...] = ()
    """The one to be redone first comes last."""
    kept: str = ""
    """What the last undo or redo could not put back, in words."""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to undo or redo."""
        return not self.done and not self.undone

    def redoable(self, user: UserId) -> Undone | None:
        """Return what that user would redo: what they undid last."""
        return next((each for each in reversed(self.undone) if each.redone_by == user), None)

    @property
    def held_bytes(self) -> int:
        """About how many bytes of memory it takes; what is not written out yet does not count."""
        return self.done.held_bytes + sum([each.held_bytes for each in self.undone])

    def compact(self, limit: int) -> bool:
        """Take little memory, as `Actions.compact` does: the undone actions besides the others."""
        waiting = tuple(takewhile(is_not_written_out, reversed(self.undone[:-1])))
        for each in waiting[-MOST_AT_ONCE:]:
            each.write_out()
        if len(waiting) > MOST_AT_ONCE:
            return True
        if self.undone and len(self.undone) % BOUND_EVERY == 0:
            held_bytes = 0
            for each in reversed(self.undone[:-1]):
                held_bytes += each.held_bytes
                if held_bytes > limit:
                    each.forget()
        return self.done.compact(limit)

    def missing(self, target: Action | Undone) -> "MissingChanges | None":
        """Return what has to be read from the record before an action can be undone, or redone."""
        if isinstance(target, Undone):
            action, is_here = target.action, target.put.is_here
        else:
            action, is_here = target, target.is_here
        if is_here:
            return None
        return MissingChanges(action.after, action.version, undone=isinstance(target, Undone))

    def restore(self, missing: "MissingChanges", changes: Changes) -> None:
        """Take what was missing, as the record has it."""
        if not missing.undone:
            self.done.restore(missing.version, changes)
        for each in self.undone if missing.undone else ():
            if each.action.version == missing.version:
                each.put.restore(changes)


class MissingChanges(NamedTuple):
    """Changes that have left memory: of the action ``(after, version]``, or of undoing it."""

    after: int
    version: int
    undone: bool


NO_HISTORY: Final = History()


_UNDOABLE: Final = tuple(DIFFERS)
_N: Final = len(_UNDOABLE)
_LAID: Final = tuple(map(_UNDOABLE.index, ("map", "picture")))

Seen = tuple[Any, ...]
"""What `seen` sees of a room: the undoable slices, OTHERS, the history."""
_SEEN: Final = (*_UNDOABLE, *OTHERS, "history")
seen: Final = itemgetter(*_SEEN)
"""Returns the Seen of a room's slices."""


def remember(before: R, after: R, commit: Remembered, *, described: bool = False) -> R:
    """Return the room after a commit with the commit as an action to be undone, if it is one.

    It is put into words when somebody asks; with ``described`` at once, which costs less now that
    the room before is at hand.
    """
    was, now = seen(before.__dict__), seen(after.__dict__)
    first = before.history.is_blank
    if was[-1] is not now[-1] or not is_action(commit, was, now, first=first):
        return after
    action = action_of(before.__class__, commit, was, now)
    if described:
        action.describe(before)
    return cast("R", after.but(history=History(before.history.done.plus((action,)))))


def is_action(commit: Remembered, was: Seen, now: Seen, *, first: bool) -> bool:
    """Return whether there is something to undo in a commit that turned a room like this.

    With ``first``, no action is remembered: a map or picture laid then, where none was, is what the
    campaign begins with. Nobody who takes back the last thing they did means that.
    """
    if not commit.by.is_dm or (first and _began(was, now)):
        return False
    return any(map(is_not, was, now[:_N])) or _threw_away(was[_N:], now[_N:])


def action_of(kind: type[Any], commit: Remembered, was: Seen, now: Seen) -> Action:
    """Return as an action a commit that is one."""
    others, names = was[_N:-1], _UNDOABLE
    if _threw_away(others, now[_N:]) and not any(map(is_not, was, now[:_N])):
        names = (*names, *QUEUE_DIFFERS)
    n = len(names)
    source = (kind, names, was[:n], now[:n], others, commit.events)
    return Action(commit.after, commit.version, commit.by.user, source)


def _began(was: Seen, now: Seen) -> bool:
    """Return whether there is a map or a picture now where there was none."""
    return any(was[at] is None and now[at] is not None for at in _LAID)


def _threw_away(was: Seen, now: Seen) -> bool:
    """Return whether a queue of staged changes was thrown away, where OTHERS turned like this."""
    mode, staged = was[:2]
    return bool(staged) and mode is Mode.STAGED and now[0] is Mode.IMMEDIATE
