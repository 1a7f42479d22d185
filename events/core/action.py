"""Action: what a DM did, remembered so that it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from pydantic import GetCoreSchemaHandler, TypeAdapter
from pydantic_core import core_schema

from events.core.diffs import ALL_DIFFERS, QUEUE_DIFFERS, Changes
from events.core.ids import UserId
from events.errors import InvalidState
from events.geometry.grid import count
from events.geometry.tilemap import TileMap

NOBODY: Final = UserId("")
FOR_HASH: Final = {"for": "hash"}
"""Serialization context that leaves out what the state's hash does not cover."""
OTHERS: Final = (*QUEUE_DIFFERS, "members")
"""Slices that events are described by and that cannot be undone, but for a queue thrown away."""

LARGE_HEXES: Final = 4_096
RUN_CHARS: Final = 10
"""About what a run of hexes takes as text."""
LARGE_RUNS: Final = 4_096
"""What changed more hexes, or runs of them, is not written out: that takes long, and the record has it."""

_CHANGES: Final = TypeAdapter(Changes)


class LeftMemory(InvalidState):
    """What an action changed has to be read from the record first (`Actions.restore`)."""

    def __str__(self) -> str:
        return "this was done too long ago to be undone"


class Describes(Protocol):
    """An event."""

    def describe(self, room: Any) -> str:
        """Return what happened, in a DM's words; ``room`` is the room before."""


ActionSource = tuple[
    type[Any],
    tuple[str, ...],
    tuple[Any, ...],
    tuple[Any, ...],
    tuple[Any, ...],
    Sequence[Describes],
]
"""What it takes to write an action out: the room's class, names of slices, these slices before and
after, OTHERS before, the events. Not the room itself: each action would keep alive all before it.
A plain tuple, because a fold makes one for each action and nearly all are forgotten unread."""


@dataclass(frozen=True, slots=True)
class StoredAction:
    """An action written out."""

    after: int
    version: int
    description: str
    changes: Changes | None
    """None where they have left memory."""
    by: UserId = NOBODY


class KeptChanges:
    """Changes that may be written out, or leave memory until they are read from the record."""

    __slots__ = ("_source",)

    def __init__(self, changes: Changes | bytes | None) -> None:
        self._source = changes

    @property
    def value(self) -> Changes:
        """The changes; raise LeftMemory."""
        if (changes := self.plain()) is None:
            raise LeftMemory
        return changes

    def plain(self) -> Changes | None:
        """Return the changes; None where they have left memory."""
        source = self._source
        return _CHANGES.validate_json(source) if isinstance(source, bytes) else source

    @property
    def is_here(self) -> bool:
        """Whether the changes are in memory."""
        return self._source is not None

    @property
    def is_written_out(self) -> bool:
        """Whether they take little memory."""
        return not isinstance(self._source, Changes)

    @property
    def hexes(self) -> int:
        """About how many hexes changed."""
        source = self._source
        if isinstance(source, Changes):
            return sum([count(where) for _, _, where in (*source.terrain, *source.visibility)])
        return len(source or b"") // RUN_CHARS

    @property
    def held_bytes(self) -> int:
        """How many bytes the changes take, if they are written out."""
        return len(self._source) if isinstance(self._source, bytes) else 0

    def write_out(self) -> bytes:
        """Take little memory from now on, and return the JSON; large changes leave, and give none."""
        source = self._source
        if isinstance(source, Changes):
            runs = sum([len(where) for _, _, where in (*source.terrain, *source.visibility)])
            text = (
                None
                if runs > LARGE_RUNS
                else _CHANGES.dump_json(source, exclude_defaults=True, by_alias=True)
            )
            self._source = source = text
        return source or b""

    def forget(self) -> None:
        """Let the changes leave memory."""
        self._source = None

    def restore(self, changes: Changes) -> None:
        """Take the changes, as the record has them."""
        self._source = changes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeptChanges) and self.plain() == other.plain()

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        plain = handler.generate_schema(Changes | None)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, plain),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                cls.plain, return_schema=plain
            ),
        )


class Action:
    """One action of a DM: versions ``(after, version]``, whose, in words, and what it changed.

    Made by `remember` with references to the slices before and after, or written out, or read back
    from a saved state; equal in each form.
    """

    __slots__ = ("_description", "_source", "after", "by", "version")

    def __init__(
        self,
        after: int,
        version: int,
        by: UserId,
        source: ActionSource | Changes | bytes | None,
        description: str | None = None,
    ) -> None:
        self.after, self.version, self.by = after, version, by
        self._source = source if isinstance(source, tuple) else KeptChanges(source)
        self._description = description

    @property
    def description(self) -> str:
        """What was done, in a DM's words."""
        # Read once: a saved state is written out beside us, in a thread.
        source = self._source
        if self._description is None and isinstance(source, tuple):
            kind, names, was, _, others, events = source
            slices = dict(zip((*names, *OTHERS), (*was, *others), strict=True))
            self._description = events[0].describe(_blank(kind).but(**slices))
        assert self._description is not None, "given where there is nothing to make it of"
        return self._description

    def describe(self, before: Any) -> None:
        """Put what was done into words, given the room before it."""
        source = self._source
        if self._description is None and isinstance(source, tuple):
            self._description = source[-1][0].describe(before)

    @property
    def changes(self) -> Changes:
        """What it changed; raise LeftMemory."""
        return self._kept_changes().value

    @property
    def is_here(self) -> bool:
        """Whether what it changed is in memory."""
        source = self._source
        return isinstance(source, tuple) or source.is_here

    @property
    def is_written_out(self) -> bool:
        """Whether it takes little memory."""
        source = self._source
        return not isinstance(source, tuple) and source.is_written_out

    @property
    def stored(self) -> StoredAction:
        """The action written out."""
        changes = self._kept_changes()
        return StoredAction(self.after, self.version, self.description, changes.plain(), self.by)

    @property
    def hexes(self) -> int:
        """About how many hexes it changed."""
        source = self._source
        return _hexes(source) if isinstance(source, tuple) else source.hexes

    @property
    def held_bytes(self) -> int:
        """How many bytes what it changed takes, if it is written out."""
        source = self._source
        return 0 if isinstance(source, tuple) else source.held_bytes

    def write_out(self) -> bytes:
        """Take little memory from now on, and return the JSON; large changes leave, and give none."""
        source = self._source
        if isinstance(source, tuple) and _hexes(source) > LARGE_HEXES:
            self.forget()
        return self._kept_changes().write_out()

    def forget(self) -> None:
        """Let what it changed leave memory."""
        assert self.description is not None, "made while it can be"
        self._source = KeptChanges(None)

    def restore(self, changes: Changes) -> None:
        """Take what it changed, as the record has it."""
        self._source = KeptChanges(changes)

    def _kept_changes(self) -> KeptChanges:
        source = self._source
        if isinstance(source, KeptChanges):
            return source
        assert self.description is not None, "made while it can be"
        _, names, was, now, _, _ = source
        diffs = {
            name: ALL_DIFFERS[name].diff(old, new)
            for name, old, new in zip(names, was, now, strict=True)
            if old is not new
        }
        self._source = changes = KeptChanges(Changes(**diffs))
        return changes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Action) and (self is other or self.stored == other.stored)

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up

    def __repr__(self) -> str:
        return f"Action({self.after}, {self.version}, {self.description!r})"

    @classmethod
    def of(cls, stored: StoredAction) -> "Action":
        """Return the action that was written out."""
        return cls(stored.after, stored.version, stored.by, stored.changes, stored.description)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        stored = handler.generate_schema(StoredAction)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls.of, stored),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _written_out, info_arg=True, return_schema=stored
            ),
        )


def _hexes(source: ActionSource) -> int:
    _, _, was, now, _, _ = source
    turned = zip(was, now, strict=True)
    return sum([new.changed_about(old) for old, new in turned if isinstance(new, TileMap)])


def _written_out(action: Action, info: core_schema.SerializationInfo) -> StoredAction:
    # Archives of earlier versions carry a hash of the state, which did not name the author then.
    return replace(action.stored, by=NOBODY) if info.context is FOR_HASH else action.stored


def _blank(kind: type[Any]) -> Any:
    if kind.__name__ not in _BLANK:
        _BLANK[kind.__name__] = kind()
    return _BLANK[kind.__name__]


_BLANK: Final[dict[str, Any]] = {}
