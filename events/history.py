"""History: the DMs' last actions, remembered so that each can be taken back.

An action is a commit by a DM that changed undoable slices. It is remembered by reference to what it
changed, which costs a fold next to nothing, and written out when somebody asks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from events.changes import ALL_KINDS, KINDS, QUEUE, Changes
from events.values import Member, Mode

if TYPE_CHECKING:
    from events.messages import Event
    from events.state import RoomState


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
    """One action of a DM: versions ``(after, version]``, what it did in words, what it changed.

    Made by `remember` with references to the slices before and after, or read back from a snapshot
    with everything written out; equal either way.
    """

    __slots__ = ("_changes", "_description", "_recall", "after", "version")

    def __init__(
        self, after: int, version: int, recall: "Recall | None", plain: "Deed | None" = None
    ) -> None:
        self.after, self.version = after, version
        self._recall = recall
        self._description = plain.description if plain else None
        self._changes = plain.changes if plain else None

    @property
    def description(self) -> str:
        """What was done, in a DM's words."""
        if self._description is None:
            assert self._recall is not None, "an action is recalled or written out"
            self._description = self._recall.description()
            self._forget()
        return self._description

    @property
    def changes(self) -> Changes:
        """What it changed."""
        if self._changes is None:
            assert self._recall is not None, "an action is recalled or written out"
            self._changes = self._recall.changes()
            self._forget()
        return self._changes

    @property
    def deed(self) -> "Deed":
        """The action written out."""
        return Deed(self.after, self.version, self.description, self.changes)

    def _forget(self) -> None:
        if self._changes is not None and self._description is not None:
            self._recall = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Action) and (self is other or self.deed == other.deed)

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up

    def __repr__(self) -> str:
        return f"Action({self.after}, {self.version}, {self.description!r})"

    @classmethod
    def of(cls, deed: "Deed") -> "Action":
        return cls(deed.after, deed.version, None, deed)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        deed = handler.generate_schema(Deed)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls.of, deed),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda action: action.deed, return_schema=deed
            ),
        )


@dataclass(frozen=True, slots=True)
class Deed:
    """An action written out."""

    after: int
    version: int
    description: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class Recall:
    """By reference, all that it takes to write an action out."""

    before: "RoomState"
    """Without its history, or each action would keep alive all the ones before."""
    events: "Sequence[Event]"
    turned: tuple[tuple[str, Any, Any], ...]
    """(slice, before, after)"""

    def description(self) -> str:
        return self.events[0].describe(self.before)

    def changes(self) -> Changes:
        return Changes(**{name: ALL_KINDS[name].diff(old, new) for name, old, new in self.turned})


@dataclass(frozen=True, slots=True)
class Undone:
    """An action that was undone, and what was put back by that."""

    action: Action
    put: Changes


CHUNK: Final = 64
CHUNKS: Final = 16
"""1 024 to 1 087 actions are remembered."""


class Actions:
    """The last actions by version; adding one costs the same whatever their number."""

    __slots__ = ("_full", "_last")

    def __init__(self, actions: Iterable[Action] = ()) -> None:
        all_ = tuple(actions)
        whole = len(all_) - len(all_) % CHUNK
        self._full = tuple(all_[at : at + CHUNK] for at in range(0, whole, CHUNK))
        self._last = all_[whole:]

    def plus(self, action: Action) -> "Actions":
        """Return these and one more; the oldest are forgotten, a chunk at a time."""
        made: Actions = Actions.__new__(Actions)
        made._full, made._last = self._full, (*self._last, action)
        if len(made._last) == CHUNK:
            made._full, made._last = (*made._full, made._last)[-CHUNKS:], ()
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


@dataclass(frozen=True, slots=True)
class History:
    """What can be undone and redone."""

    done: Actions = field(default_factory=Actions)
    undone: tuple[Undone, ...] = ()
    """The one to be redone first comes last."""
    kept: str = ""
    """What the last undo or redo could not put back, in words."""


NO_HISTORY: Final = History()


def remember(before: "RoomState", after: "RoomState", commit: Committed) -> "RoomState":
    """Return the room after a commit with the commit as an action to be undone, if it is one."""
    if not commit.by.is_dm or after.history is not before.history:
        return after
    was, now = before.__dict__, after.__dict__
    turned = [(name, was[name], now[name]) for name in KINDS if was[name] is not now[name]]
    if not turned:
        if not (before.staged and before.mode is Mode.STAGED and after.mode is Mode.IMMEDIATE):
            return after
        turned = [(name, was[name], now[name]) for name in QUEUE]
    recall = Recall(before.but(history=NO_HISTORY), commit.events, tuple(turned))
    action = Action(commit.after, commit.version, recall)
    return after.but(history=History(before.history.done.plus(action)))
