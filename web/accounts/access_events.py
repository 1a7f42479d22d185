"""Who hears that a right to be here has ended or changed: the open sockets."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from events.core.state import Role, UserId


@dataclass(frozen=True, slots=True)
class AccessEnded:
    """A right that is over. None stands for any: of all users, sign-ins or campaigns."""

    user: UserId | None = None
    credential: bytes | None = None
    """The hash of the cookie or bearer token that is no longer good."""
    campaign: UUID | None = None

    def concerns(self, user: UserId, credential: bytes, campaign: UUID) -> bool:
        """Return whether a socket of that user, sign-in and campaign has to close."""
        return (
            self.user in (None, user)
            and self.credential in (None, credential)
            and self.campaign in (None, campaign)
        )


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """A member who stays, in another role."""

    user: UserId
    campaign: UUID
    role: Role


class Held(NamedTuple):
    """What an open socket was opened with."""

    user: UserId
    credential: bytes
    campaign: UUID


AccessChange = AccessEnded | RoleChanged
Listener = Callable[[AccessChange], None]
Holding = Callable[[], Iterable[Held]]


class Access:
    """Tells listeners of changes, in the order they happened, at once; other nodes hear of them too."""

    def __init__(self) -> None:
        self._listeners: dict[object, tuple[Listener, Holding]] = {}
        self._relays: list[Listener] = []

    def subscribe(self, listener: Listener, holding: Holding = tuple) -> Callable[[], None]:
        """Let the listener hear of each change until the returned function is called.

        What holding returns is looked up again every few seconds, and an end of it published.
        """
        key = object()
        self._listeners[key] = (listener, holding)

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    def relay(self, relay: Listener) -> None:
        """Have the relay pass on to other nodes what is published here."""
        self._relays.append(relay)

    def publish(self, change: AccessChange) -> None:
        """Tell all listeners, here and on other nodes."""
        self.hear(change)
        for relay in self._relays:
            relay(change)

    def hear(self, change: AccessChange) -> None:
        """Tell the listeners here; they must not raise, and may unsubscribe while they hear."""
        for listener, _ in tuple(self._listeners.values()):
            listener(change)

    def held(self) -> Iterator[Held]:
        """Yield what the open sockets of all listeners were opened with."""
        for _, holding in tuple(self._listeners.values()):
            yield from holding()
