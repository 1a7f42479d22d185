"""Actions: what DMs did last, each remembered so that it can be taken back.

An action is remembered by reference to what it changed, which costs a fold next to nothing. A room that
stays in memory has its actions written out (`Actions.compact`): some tens of bytes each. Past a bound
what they changed leaves memory, and is read from the record when somebody undoes that far.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from operator import attrgetter
from typing import Final, Protocol

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema, from_json, to_json

from events.core.action import Action
from events.core.diffs import Changes
from events.core.ids import UserId

CHUNK: Final = 64
CHUNKS: Final = 16
"""1 024 to 1 087 actions are remembered."""
MOST_ACTIONS: Final = (CHUNKS + 1) * CHUNK - 1
"""None before the last so many can still be remembered."""
UNDO_BYTES: Final = 4 * 1024 * 1024
"""What the actions of a room may take in memory."""
ODD_BYTES: Final = 65_536
MOST_AT_ONCE: Final = 8
"""How many actions are written out at one go."""
BOUND_EVERY: Final = 8
"""After so many actions, or so many bytes at once, it is counted how much memory they take."""

_version: Final = attrgetter("version")


class Waits(Protocol):
    """Something that was done or undone."""

    @property
    def is_written_out(self) -> bool:
        """Whether it takes little memory."""


def is_not_written_out(action: Waits) -> bool:
    """Return whether it waits to be written out."""
    return not action.is_written_out


class Chunk:
    """So many actions, one after another; packed, they are read again when somebody asks."""

    __slots__ = ("_actions", "_newest", "_packed", "is_here", "version")

    def __init__(self, actions: tuple[Action, ...]) -> None:
        self._actions: tuple[Action, ...] | None = actions
        self._packed = b""
        self._newest: dict[UserId, Action] = {}
        self.is_here = True
        """Whether what some of its actions changed is in memory."""
        self.version = actions[-1].version
        """The version of its last action."""

    @property
    def is_packed(self) -> bool:
        return self._actions is None

    @property
    def held_bytes(self) -> int:
        """How many bytes its actions take, once they are packed."""
        return len(self._packed)

    @property
    def actions(self) -> tuple[Action, ...]:
        """Its actions."""
        actions = self._actions
        if actions is not None:
            return actions
        heads, *changes = zlib.decompress(self._packed).split(b"\n")
        return tuple(
            [
                Action(after, version, by, text or None, description)
                for (after, version, by, description), text in zip(
                    from_json(heads), changes, strict=True
                )
            ]
        )

    def newest_of(self, user: UserId) -> Action | None:
        """Return the newest action of that user."""
        if self._actions is None:
            return self._newest.get(user)
        return next((action for action in reversed(self._actions) if action.by == user), None)

    def write_out(self) -> bool:
        """Write some actions out; return whether all are, so that packing them takes a moment."""
        waiting = tuple(filter(is_not_written_out, self._actions or ()))
        for action in waiting[:MOST_AT_ONCE]:
            action.write_out()
        return len(waiting) <= MOST_AT_ONCE

    def pack(self) -> None:
        """Take little memory from now on."""
        actions = self.actions
        changes = [each.write_out() for each in actions]
        heads = [
            [action.after, action.version, action.by, action.description] for action in actions
        ]
        self._packed = zlib.compress(b"\n".join([to_json(heads), *changes]), 1)
        self._newest = {each.by: each for each in actions}
        self.is_here = any(changes)
        # Last of all: a saved state is written out beside us, in a thread.
        self._actions = None

    def open(self) -> tuple[Action, ...]:
        """Return its actions, which are its own from now on: what is restored stays."""
        self._actions = actions = self.actions
        return actions

    def forget(self) -> None:
        """Let what its actions changed leave memory."""
        for action in self.open():
            action.forget()
        self.pack()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chunk) and self.actions == other.actions

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up


class Actions:
    """The last actions by version; adding one costs the same whatever their number."""

    __slots__ = ("_full", "_last")

    def __init__(self, actions: Iterable[Action] = ()) -> None:
        self._full, self._last = _chunked((), tuple(actions))

    def plus(self, actions: Sequence[Action], passed: int = 0) -> "Actions":
        """Return these and more; the oldest are forgotten, a chunk at a time.

        So many more may have ``passed`` before the others, MOST_ACTIONS of which are then given: it
        is known when they are added that they are forgotten at once.
        """
        full, last = self._full, (*self._last, *actions)
        if passed:
            # Chunks end where they would have ended, had all been added.
            full, last = (), last[-CHUNKS * CHUNK - (len(last) + passed) % CHUNK :]
        if len(last) >= CHUNK:
            full, last = _chunked(full, last)
            full = full[-CHUNKS:]
        return _actions_of(full, last)

    def without(self, action: Action) -> "Actions":
        """Return these without one."""
        full, last = self._parted(action.version)
        left = tuple([each for each in last if each.version != action.version])
        return _actions_of(*_chunked(full, left))

    def again(self, action: Action) -> "Actions":
        """Return these and one that was among them before."""
        full, last = self._parted(action.version)
        return _actions_of(*_chunked(full, tuple(sorted((*last, action), key=_version))))

    def find(self, version: int) -> Action | None:
        """Return the action that the version belongs to."""
        chunk = next((chunk for chunk in self._full if version <= chunk.version), None)
        actions = self._last if chunk is None else chunk.actions
        return next(
            (action for action in actions if action.after < version <= action.version), None
        )

    def __len__(self) -> int:
        return len(self._full) * CHUNK + len(self._last)

    def __iter__(self) -> Iterator[Action]:
        for chunk in self._full:
            yield from chunk.actions
        yield from self._last

    @property
    def newest(self) -> Action | None:
        if self._last:
            return self._last[-1]
        return self._full[-1].actions[-1] if self._full else None

    def newest_of(self, user: UserId) -> Action | None:
        """Return the newest action of that user."""
        for action in reversed(self._last):
            if action.by == user:
                return action
        for chunk in reversed(self._full):
            if newest := chunk.newest_of(user):
                return newest
        return None

    # What they take in memory, which changes nothing that they are

    @property
    def held_bytes(self) -> int:
        """About how many bytes of memory they take; what is not written out yet does not count."""
        chunks = sum([chunk.held_bytes for chunk in self._full])
        return chunks + sum([action.held_bytes for action in self._last])

    def compact(self, limit: int) -> bool:
        """Take little memory; what the oldest changed leaves it where all would take more than a limit.

        The newest action stays as it is: it is the one that is undone most. Return whether there
        is more to do, as after a fold: a call takes about a millisecond.
        """
        for chunk in self._full:
            if not chunk.is_packed:
                if chunk.write_out():
                    chunk.pack()
                    self._bound(limit)
                return True
        waiting = tuple(takewhile(is_not_written_out, reversed(self._last[:-1])))
        size = sum([len(action.write_out()) for action in waiting[-MOST_AT_ONCE:]])
        if size > ODD_BYTES or len(waiting) > 1 or len(self._last) % BOUND_EVERY == 0:
            self._bound(limit)
        return len(waiting) > MOST_AT_ONCE

    def restore(self, version: int, changes: Changes) -> None:
        """Take what the action of a version changed, as the record has it."""
        chunk = next((chunk for chunk in self._full if version <= chunk.version), None)
        for action in self._last if chunk is None else chunk.open():
            if action.version == version:
                action.restore(changes)

    def _bound(self, limit: int) -> None:
        excess = self.held_bytes - limit
        parts: tuple[Chunk | Action, ...] = (*self._full, *self._last[:-1])
        for part in parts:
            if excess <= 0:
                return
            if part.is_here:
                excess -= part.held_bytes
                part.forget()
                excess += part.held_bytes

    def _parted(self, version: int) -> tuple[tuple[Chunk, ...], tuple[Action, ...]]:
        """Return the chunks that end before the version, and the actions after them."""
        n = sum([chunk.version < version for chunk in self._full])
        rest = [action for chunk in self._full[n:] for action in chunk.actions]
        return self._full[:n], (*rest, *self._last)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Actions) and (
            (self._full, self._last) == (other._full, other._last)
        )

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        plain = handler.generate_schema(list[Action])
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, plain),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                list, return_schema=plain
            ),
        )


def _chunked(
    full: tuple[Chunk, ...], last: tuple[Action, ...]
) -> tuple[tuple[Chunk, ...], tuple[Action, ...]]:
    """Return chunks and the actions after them, which make chunks where there are enough."""
    whole = len(last) - len(last) % CHUNK
    more = tuple([Chunk(last[at : at + CHUNK]) for at in range(0, whole, CHUNK)])
    return (*full, *more), last[whole:]


def _actions_of(full: tuple[Chunk, ...], last: tuple[Action, ...]) -> Actions:
    actions: Actions = Actions.__new__(Actions)
    actions._full, actions._last = full, last
    return actions
