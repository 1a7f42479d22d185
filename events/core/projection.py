"""Projection: one named part of what a viewer may know, and the messages for its changes.

Secrecy is `Projection.visible` and nothing else: every message is made of what `visible` returned
before and after a commit, so who receives a message is computed nowhere.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVar

from pydantic_core import to_json

from events.core.messages import JSON, Event, ServerMessage
from events.core.staged_queue import StagedQueue
from events.core.state import Member, Role, RoomState, UserId
from events.core.unlocked import cached_property
from events.geometry.covering import Covering
from events.geometry.grid import Hex
from events.geometry.placed import Placed
from events.geometry.tilemap import TileMap

K = TypeVar("K", bound=Hashable)
Id = TypeVar("Id", bound=str)

Shown = Mapping[K, JSON]
"""What a viewer sees of one part, by key; hidden keys are not in it."""

Wording: TypeAlias = Callable[[Member], list[bytes] | None]
"""The messages of one change for a viewer, encoded; None where only `shown` tells them."""

EVERYONE: Final = frozenset(Role)
DMS: Final = frozenset({Role.DM})
NOT_DMS: Final = EVERYONE - DMS
_KNOW_CHANGES: Final = (TileMap, Placed, Covering, StagedQueue)
"""What finds out itself under which keys there may be something else."""


@dataclass(frozen=True)
class Change:
    """What one commit did to a room.

    Slices are persistent, so what changed is found by identity, whatever the events were: undo
    needs no code of its own.
    """

    before: RoomState
    after: RoomState
    events: tuple[Event, ...]

    @cached_property
    def slices(self) -> frozenset[str]:
        """The names of the slices of the room that are other objects since."""
        before, after = self.before.__dict__, self.after.__dict__
        return frozenset([name for name, slice_ in before.items() if after[name] is not slice_])

    @cached_property
    def resighted(self) -> tuple[Hex, ...]:
        """The hexes of which some viewer may see more or less since."""
        return self.after.visibility.changed_since(self.before.visibility)

    def keys(self, slice_: str) -> tuple[Any, ...]:
        """Return the keys of a slice under which there may be something else since, each once."""
        before, after = getattr(self.before, slice_), getattr(self.after, slice_)
        if before is after:
            return ()
        if isinstance(after, _KNOW_CHANGES):
            return after.changed_since(before)
        return tuple(key for key in {**before, **after} if before.get(key) != after.get(key))

    def setting(self, name: str) -> bool:
        """Return whether a setting is another since."""
        before, after = self.before.settings, self.after.settings
        return before is not after and getattr(before, name) != getattr(after, name)


class Projection(ABC, Generic[K]):
    """One named part of the view: a map from keys to what a viewer may know."""

    name: ClassVar[str]
    reads: ClassVar[frozenset[str]]
    """The slices of the room that `keys` and `visible` look at; while these are the same objects,
    the part shows the same, and is not asked."""
    roles: ClassVar[frozenset[Role]] = EVERYONE
    """To whom `visible` may ever show anything; the others are not asked about."""
    wording: Callable[[Change], Wording] | None = None
    """Called once for all viewers of a change by a part that tells it quicker than by `shown`, byte
    for byte the same."""
    personal_for: ClassVar[frozenset[Role]] = frozenset()
    """Roles of which the part shows each member what only they see, such as their own actions."""

    @abstractmethod
    def keys(self, room: RoomState, viewer: Member) -> Iterable[K]:
        """Return every key that may show something to the viewer, in an order of the keys' own."""

    @abstractmethod
    def touched(self, change: Change) -> Iterable[K]:
        """Return the keys whose visibility may differ since. Too many is slow, too few is a bug."""

    @abstractmethod
    def visible(self, room: RoomState, viewer: Member, key: K) -> JSON | None:
        """Return what the viewer may see at key; None hides it."""

    def shown(self, room: RoomState, viewer: Member, keys: Iterable[K]) -> Shown[K]:
        """Return what `visible` shows at each of the keys; a part of many keys may be quicker at it."""
        return {
            key: shown for key in keys if (shown := self.visible(room, viewer, key)) is not None
        }

    def individually_seen(self, room: RoomState, keys: Sequence[K]) -> Iterable[UserId]:
        """Return the users to whom a key may show something else than to others of their role.

        Too many is slow, too few shows a viewer too little. A part that does not say names all who
        were ever shown anything so.
        """
        return room.individually_seen

    def individually_seen_anywhere(self, room: RoomState, viewer: Member) -> Iterable[UserId]:
        """Return what `individually_seen` does of all keys that may show the viewer something."""
        return self.individually_seen(room, tuple(self.keys(room, viewer)))

    def least(self, shown: Sequence[JSON | None]) -> JSON | None:
        """Return what a key shows to several viewers at least; None where that is nothing."""
        first = shown[0]
        return first if all(other == first for other in shown) else None

    @abstractmethod
    def state_fields(self, whole: Shown[K]) -> Mapping[str, JSON]:
        """Return all of this part as fields of ``session:state``."""

    def whole(self, room: RoomState, viewer: Member) -> Shown[K]:
        """Return all that the viewer may know of this part."""
        if viewer.role not in self.roles:
            return {}
        return self.shown(room, viewer, self.keys(room, viewer))

    def state_encoded(self, room: RoomState, viewer: Member) -> bytes:
        """Return `state_fields` of the whole as JSON, without the braces around them.

        A part may know a quicker way to the same.
        """
        return to_json(self.state_fields(self.whole(room, viewer)))[1:-1]

    def state_in_runs(self, room: RoomState, viewer: Member) -> bytes:
        """Return `state_encoded` for who takes hexes of the same terrain in runs, if the part has a shorter form of it."""
        return self.state_encoded(room, viewer)

    @abstractmethod
    def diff_messages(self, before: Shown[K], after: Shown[K]) -> Iterator[ServerMessage]:
        """Yield the messages for a change of this part, from what the touched keys showed and show."""

    def diff_encoded(self, before: Shown[K], after: Shown[K]) -> list[bytes]:
        """Return what `diff_messages` yields, encoded; a part may know a quicker way to the same."""
        return [message.encode() for message in self.diff_messages(before, after)]


class SingleProjection(Projection[str]):
    """A projection of one key, its own name, that shows the same to all who see it.

    `personal_for` names the roles to whose members it shows each their own.
    """

    def keys(self, room: RoomState, viewer: Member) -> Iterable[str]:
        return (self.name,)

    def touched(self, change: Change) -> Iterable[str]:
        return (self.name,)

    def individually_seen(self, room: RoomState, keys: Sequence[str]) -> Iterable[UserId]:
        return ()


def changed_things(before: Shown[Id], after: Shown[Id]) -> Iterator[tuple[Id, JSON | None]]:
    """Yield each id that shows something else, sorted, and what it shows now; None for nothing."""
    for key in sorted(before.keys() | after.keys()):
        new = after.get(key)
        if new is None or new != before.get(key):
            yield key, new


AnyProjection: TypeAlias = Projection[Any]
"""A projection, whatever its keys are."""
