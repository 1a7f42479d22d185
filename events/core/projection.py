"""Projection: one named part of what a viewer may know, and how its changes are worded.

Secrecy is `Projection.show` and nothing else: whatever is told is worded from what show returned
before and after a commit, so an audience is computed nowhere.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from events.core.messages import JSON, Event, ServerMessage
from events.core.state import Member, Role, RoomState, UserId

K = TypeVar("K", bound=Hashable)

Shown = Mapping[K, JSON]
"""What a viewer sees of one part: keys with what shows there; hidden keys are not in it."""


@dataclass(frozen=True)
class Change:
    """What one commit did to a room."""

    before: RoomState
    after: RoomState
    events: tuple[Event, ...]


@runtime_checkable
class TellsApart(Protocol):
    """A part of the view that can say whom it shows some keys otherwise than others of their role.

    A part that is not one is taken to show everything apart to whoever was ever told anything so.
    """

    def apart(self, room: RoomState, keys: Sequence[Any]) -> Iterable[UserId]:
        """Return those users. Too many is slow, too few shows a viewer too little."""


@runtime_checkable
class ShowsTheirOwn(Protocol):
    """A part that shows each member of some roles what only they see, such as their own actions."""

    personal_for: frozenset[Role]


class Projection(Protocol[K]):
    """One named part of the view: a map from key to what a viewer may know."""

    name: str

    def keys(self, room: RoomState, viewer: Member) -> Iterable[K]:
        """Return every key that may show something to the viewer, in an order of the keys' own."""

    def touched(self, room: RoomState, event: Event) -> Iterable[K] | None:
        """Return the keys whose showing may change with the event.

        Asked for the room before and after. Too many is slow, too few is a bug. None for a kind of
        event that never touches this part, whatever the room: it is not asked about that kind again.
        """

    def show(self, room: RoomState, viewer: Member, key: K) -> JSON | None:
        """Return what the viewer sees at key; None hides it."""

    def state(self, whole: Shown[K]) -> Mapping[str, JSON]:
        """Word all of this part as fields of ``session:state``."""

    def say(
        self, was: Shown[K], now: Shown[K], whole: Callable[[], Shown[K]]
    ) -> Iterator[ServerMessage]:
        """Word a change of this part, from what the viewer saw and sees at the touched keys."""
