"""History: the DMs' last actions, remembered so that each can be taken back.

An action is a commit by a DM that changed undoable slices. It is remembered by reference to what it
changed, which costs a fold next to nothing, and written out when somebody asks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import is_not, itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from events.core.diffs import ALL_KINDS, KINDS, QUEUE, Changes
from events.core.values import Member, Mode, UserId

if TYPE_CHECKING:
    from events.core.messages import Event
    from events.core.state import RoomState


NOBODY: Final = UserId("")
FOR_HASH: Final = {"for": "hash"}
"""Serialization context that leaves out what the state's hash does not cover."""


class Committed(Protocol):
    """What one request caused, as far as the state is concerned; `events.journal.Commit` is one."""

    @property
    def after(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def events(self) -> "Sequence[Event]": ...
    @property
    def by(self) -> Member: ...


class Action:
    """One action of a DM: versions ``(after, version]``, whose, in words, and what it changed.

    Made by `remember` with references to the slices before and after, or read back from a snapshot
    with everything written out; equal either way.
    """

    __slots__ = ("_changes", "_description", "_recall", "after", "by", "version")

    def __init__(self, after: int, version: int, by: UserId, recall: "Recall") -> None:
        self.after, self.version, self.by = after, version, by
        self._recall: Recall | None = recall
        self._description: str | None = None
        self._changes: Changes | None = None

    @property
    def description(self) -> str:
        """What was done, in a DM's words."""
        # Read once: a snapshot is written out beside us, in a thread.
        recall = self._recall
        return self.deed.description if recall is None else self._described(recall)

    @property
    def changes(self) -> Changes:
        """What it changed."""
        return self.deed.changes

    @property
    def deed(self) -> "Deed":
        """The action written out."""
        recall = self._recall
        if recall is not None:
            self._described(recall)
            _, names, was, now, _, _ = recall
            self._changes = Changes(
                **{
                    name: ALL_KINDS[name].diff(old, new)
                    for name, old, new in zip(names, was, now, strict=True)
                    if old is not new
                }
            )
            self._recall = None
        assert self._description is not None, "written out above or when read"
        assert self._changes is not None, "written out above or when read"
        return Deed(self.after, self.version, self._description, self._changes, self.by)

    def _described(self, recall: "Recall") -> str:
        if self._description is None:
            kind, names, was, _, others, events = recall
            slices = dict(zip((*names, *OTHERS), (*was, *others), strict=True))
            self._description = events[0].describe(_blank(kind).but(**slices))
        return self._description

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Action) and (self is other or self.deed == other.deed)

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up

    def __repr__(self) -> str:
        return f"Action({self.after}, {self.version}, {self.description!r})"

    @classmethod
    def of(cls, deed: "Deed") -> "Action":
        """Return the action that was written out."""
        made: Action = cls.__new__(cls)
        made.after, made.version, made.by = deed.after, deed.version, deed.by
        made._recall, made._description, made._changes = None, deed.description, deed.changes
        return made

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        deed = handler.generate_schema(Deed)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls.of, deed),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _written_out, info_arg=True, return_schema=deed
            ),
        )


def _written_out(action: Action, info: core_schema.SerializationInfo) -> "Deed":
    # Archives of earlier versions carry a hash of the state, which did not name the author then.
    return replace(action.deed, by=NOBODY) if info.context is FOR_HASH else action.deed


def _blank(kind: "type[RoomState]") -> "RoomState":
    if kind.__name__ not in _BLANK:
        _BLANK[kind.__name__] = kind()
    return _BLANK[kind.__name__]


_BLANK: Final[dict[str, "RoomState"]] = {}


@dataclass(frozen=True, slots=True)
class Deed:
    """An action written out."""

    after: int
    version: int
    description: str
    changes: Changes
    by: UserId = NOBODY


Recall = tuple[
    "type[RoomState]",
    tuple[str, ...],
    tuple[Any, ...],
    tuple[Any, ...],
    tuple[Any, ...],
    "Sequence[Event]",
]
"""What it takes to write an action out: the room's class, names of slices, these slices before and
after, OTHERS before, the events. Not the room itself: each action would keep alive all before it.
A plain tuple, because a fold makes one for each action and nearly all are forgotten unread."""


@dataclass(frozen=True, slots=True)
class Undone:
    """An action that was undone, and what was put back by that."""

    action: Action
    put: Changes
    by: UserId = NOBODY
    """Who undid it, where the record says so; earlier versions did not record it."""

    @property
    def redone_by(self) -> UserId:
        """The user who redoes it with ``history:redo``: who undid it, else who did it."""
        return self.by or self.action.by


CHUNK: Final = 64
CHUNKS: Final = 16
"""1 024 to 1 087 actions are remembered."""
MOST_ACTIONS: Final = (CHUNKS + 1) * CHUNK - 1
"""None before the last so many can still be remembered."""


class Actions:
    """The last actions by version; adding one costs the same whatever their number."""

    __slots__ = ("_full", "_last")

    def __init__(self, actions: Iterable[Action] = ()) -> None:
        all_ = tuple(actions)
        whole = len(all_) - len(all_) % CHUNK
        self._full = tuple(all_[at : at + CHUNK] for at in range(0, whole, CHUNK))
        self._last = all_[whole:]

    def plus(self, actions: Sequence[Action], passed: int = 0) -> "Actions":
        """Return these and more; the oldest are forgotten, a chunk at a time.

        So many more may have ``passed`` before the others, MOST_ACTIONS of which are then given: it
        is known when they are added that they are forgotten at once.
        """
        made: Actions = Actions.__new__(Actions)
        full, last = self._full, (*self._last, *actions)
        if passed:
            # Chunks end where they would have ended, had all been added.
            full, last = (), last[-CHUNKS * CHUNK - (len(last) + passed) % CHUNK :]
        while len(last) >= CHUNK:
            full, last = (*full, last[:CHUNK])[-CHUNKS:], last[CHUNK:]
        made._full, made._last = full, last
        return made

    def __len__(self) -> int:
        return len(self._full) * CHUNK + len(self._last)

    def __iter__(self) -> Iterator[Action]:
        for chunk in self._full:
            yield from chunk
        yield from self._last

    @property
    def newest(self) -> Action | None:
        if self._last:
            return self._last[-1]
        return self._full[-1][-1] if self._full else None

    def newest_of(self, user: UserId) -> Action | None:
        """Return the newest action of that user."""
        for chunk in (self._last, *reversed(self._full)):
            for action in reversed(chunk):
                if action.by == user:
                    return action
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Actions) and (
            (self._full, self._last) == (other._full, other._last)
        )

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        plain = handler.generate_schema(list[Action])
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, plain),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                list, return_schema=plain
            ),
        )


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


NO_HISTORY: Final = History()


OTHERS: Final = (*QUEUE, "members")
"""Slices that events are described by and that cannot be undone, but for a queue thrown away."""
_KINDS: Final = tuple(KINDS)
_N: Final = len(_KINDS)
_LAID: Final = tuple(map(_KINDS.index, ("map", "picture")))

Seen = tuple[Any, ...]
"""What `seen` sees of a room: the undoable slices, OTHERS, the history."""
_SEEN: Final = (*_KINDS, *OTHERS, "history")
seen: Final = itemgetter(*_SEEN)
"""Returns the Seen of a room's slices."""


def remember(before: "RoomState", after: "RoomState", commit: Committed) -> "RoomState":
    """Return the room after a commit with the commit as an action to be undone, if it is one."""
    was, now = seen(before.__dict__), seen(after.__dict__)
    first = before.history.is_blank
    if was[-1] is not now[-1] or not is_action(commit, was, now, first=first):
        return after
    action = action_of(before.__class__, commit, was, now)
    return after.but(history=History(before.history.done.plus((action,))))


def is_action(commit: Committed, was: Seen, now: Seen, *, first: bool) -> bool:
    """Say whether there is something to undo in a commit that turned a room like this.

    With ``first``, no action is remembered: a map or picture laid then, where none was, is what the
    campaign begins with. Nobody who takes back the last thing they did means that.
    """
    if not commit.by.is_dm or (first and _began(was, now)):
        return False
    return any(map(is_not, was, now[:_N])) or _threw_away(was[_N:], now[_N:])


def action_of(kind: "type[RoomState]", commit: Committed, was: Seen, now: Seen) -> Action:
    """Return as an action a commit that is one."""
    others, names = was[_N:-1], _KINDS
    if _threw_away(others, now[_N:]) and not any(map(is_not, was, now[:_N])):
        names = (*names, *QUEUE)
    n = len(names)
    recall = (kind, names, was[:n], now[:n], others, commit.events)
    return Action(commit.after, commit.version, commit.by.user, recall)


def _began(was: Seen, now: Seen) -> bool:
    """Say whether there is a map or a picture now where there was none."""
    return any(was[at] is None and now[at] is not None for at in _LAID)


def _threw_away(was: Seen, now: Seen) -> bool:
    """Say whether a queue of staged changes was thrown away, where OTHERS turned like this."""
    mode, staged = was[:2]
    return bool(staged) and mode is Mode.STAGED and now[0] is Mode.IMMEDIATE
