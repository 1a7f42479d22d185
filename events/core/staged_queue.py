"""StagedQueue: the commands that wait to be published, by id, and the preview of the room after them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

K = TypeVar("K", bound=int)
C = TypeVar("C", bound="HasId[Any]")
Id = TypeVar("Id", covariant=True)


class HasId(Protocol[Id]):
    """A change that waits."""

    @property
    def id(self) -> Id: ...
    @property
    def held_bytes(self) -> int: ...


class StagedQueue(Mapping[K, C], Generic[K, C]):
    """Staged changes by id, in the order in which they were staged. Never changes.

    What a queue is asked again and again is kept beside it in ``memo``, by the features that ask;
    a queue that came of another by one change at its end knows that one, so that they can go on
    from its memo.
    """

    __slots__ = ("_of", "before", "held_bytes", "memo")

    before: "StagedQueue[K, C] | None"
    """The queue without its last change, while that one has a memo."""
    held_bytes: int
    """About how many bytes of memory the changes take."""
    memo: Any
    """What `events.core.publish_preview` worked out for this queue; None until it did."""

    def __init__(self, changes: Iterable[C] = ()) -> None:
        self._of: dict[K, C] = {change.id: change for change in changes}
        self.held_bytes = sum(change.held_bytes for change in self._of.values())
        self.before, self.memo = None, None

    def __getitem__(self, key: K) -> C:
        return self._of[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def __contains__(self, key: object) -> bool:
        return key in self._of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StagedQueue) and self._of == other._of

    __hash__ = None  # type: ignore[assignment]  # a value, but too large to be a key

    def __repr__(self) -> str:
        return f"StagedQueue({list(self._of.values())!r})"

    @property
    def last(self) -> C | None:
        """The change that was staged last."""
        return self._of[next(reversed(self._of))] if self._of else None

    def at(self, index: int) -> C | None:
        """Return the change at a place of the queue, from 0."""
        if not 0 <= index < len(self._of):
            return None
        return next(islice(self._of.values(), index, None), None)

    def plus(self, change: C) -> "StagedQueue[K, C]":
        """Return the queue with one more change at its end."""
        queue: StagedQueue[K, C] = StagedQueue()
        queue._of = {**self._of, change.id: change}
        queue.held_bytes = self.held_bytes + change.held_bytes
        queue.before = None if self.memo is None else self
        return queue

    def without(self, key: K) -> "StagedQueue[K, C]":
        """Return the queue without a change; the same where it is not in it."""
        if key not in self._of:
            return self
        queue: StagedQueue[K, C] = StagedQueue()
        queue._of = self._of.copy()
        queue.held_bytes = self.held_bytes - queue._of.pop(key).held_bytes
        return queue

    def changed_since(self, older: "StagedQueue[K, C]") -> tuple[K, ...]:
        """Return the ids, each once, that are in one of two queues alone; ids are not used again."""
        if older is self.before:
            return (next(reversed(self._of)),)
        return tuple(sorted(self._of.keys() ^ older._of.keys()))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        _, change = get_args(source)
        changes = handler.generate_schema(tuple[change, ...])  # type: ignore[valid-type]
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, changes),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda queue: tuple(queue.values()), return_schema=changes
            ),
        )
