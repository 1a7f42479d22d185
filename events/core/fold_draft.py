"""Draft: a room while a stretch of its record is folded, changed in place since nobody else sees it."""

from collections import deque
from collections.abc import Iterable
from operator import is_not
from typing import Any, cast

from events.core.actions import MOST_ACTIONS
from events.core.messages import Committed
from events.core.state import RoomState, with_slices
from events.core.undo_log import History, Seen, action_of, is_action, seen


class FoldDraft(RoomState):
    """A room that one fold has for itself: `but` changes it, and makes no other one.

    Made by `of`, brought forward by `advance`, given away by `finished` and not used after that. To
    events it is the room that they follow: what they ask of it is as up to date as ever.
    """

    __slots__ = ("_history", "_passed", "_traces")

    _history: History
    """The history that an event left, or that was made for one."""
    _traces: deque[tuple[Committed, Seen, Seen]]
    """The actions since, as `action_of` asks for them: nearly all are forgotten unread."""
    _passed: int
    """How many of these are forgotten already."""

    @classmethod
    def of(cls, room: RoomState) -> "FoldDraft":
        """Return a draft that begins as the room."""
        draft = with_slices(cls, room.__dict__.copy())
        draft._begin(room.history)
        return draft

    def but(self, **slices: Any) -> RoomState:
        """Change slices of this very room."""
        self.__dict__.update(slices)
        return self

    @property
    def history(self) -> History:
        """What can be undone and redone, up to the last commit."""
        if self._traces:
            actions = [action_of(RoomState, *trace) for trace in self._traces]
            self._begin(History(self._history.done.plus(actions, self._passed)))
        return cast(History, self.__dict__["history"])

    def advance(self, commits: Iterable[Committed]) -> None:
        """Bring the room forward by commits, remembered so that they can be undone."""
        slices = self.__dict__
        now = seen(slices)
        for commit in commits:
            for event in commit.events:
                event.evolve(self)
            was, now = now, seen(slices)
            if any(map(is_not, was, now)):
                self._remember(commit, was, now)

    def finished(self) -> RoomState:
        """Return the room after all events."""
        history = self.history
        return with_slices(RoomState, {**self.__dict__, "history": history}).materialized()

    def _remember(self, commit: Committed, was: Seen, now: Seen) -> None:
        if now[-1] is not self._history:
            self._begin(now[-1])
        elif is_action(commit, was, now, first=not self._traces and self._history.is_blank):
            if len(self._traces) == MOST_ACTIONS:
                object.__setattr__(self, "_passed", self._passed + 1)
            self._traces.append((commit, was, now))

    def _begin(self, history: History) -> None:
        """Take this for all that there was before."""
        self.__dict__["history"] = history
        object.__setattr__(self, "_history", history)
        object.__setattr__(self, "_traces", deque(maxlen=MOST_ACTIONS))
        object.__setattr__(self, "_passed", 0)
