"""Presence: who is connected. First in and last out are recorded, devices are only counted."""

from collections import Counter
from typing import Final, Protocol

from actors.room.mailbox import Answer, Outcome
from actors.room.services import Services
from events.core.features.members import Arrive, Depart
from events.core.messages import Command
from events.core.state import Member, Role, RoomState, UserId
from events.journal import Commit, Request

GRACE_S: Final = 15.0
"""How long those who were here before a fault may take to come back before they count as away."""


class PeopledRoom(Protocol):
    """A room, as far as who is in it goes."""

    state: RoomState

    def post(self, request: Request, answer: Answer) -> None:
        """Have the request decided; the answer comes when it is durable, or refused."""

    async def ask(self, request: Request) -> Commit:
        """Wait until the request is recorded; raise Rejected or NoAnswer."""


class Presence:
    """Counts each member's connections and makes the room agree with the count."""

    def __init__(self, room: PeopledRoom, services: Services) -> None:
        self._room = room
        self._services = services
        self._connections: Counter[UserId] = Counter()
        self._settle_at: float | None = None

    @property
    def pending(self) -> bool:
        """Whether somebody is recorded as here whose connections are gone."""
        return self._settle_at is not None

    def connections(self, user: UserId) -> int:
        return self._connections[user]

    async def enter(self, user: UserId) -> None:
        """Count a connection and wait until the room knows of the member; raise NoAnswer."""
        self._connections[user] += 1
        try:
            # Asked even if the room has them here: their departure may be on its way.
            await self._room.ask(self._request(Arrive(), user))
        except BaseException:
            self.leave(user)
            raise

    def leave(self, user: UserId) -> None:
        """Stop counting a connection; the last one takes the member from the table."""
        self._connections[user] -= 1
        if self._connections[user] <= 0:
            del self._connections[user]
            self._depart(user)

    def recovered(self) -> None:
        """Let those whom the record has here come back, for a while."""
        if any(user not in self._connections for user in self._room.state.online):
            self._settle_at = self._services.clock.monotonic() + GRACE_S

    def sweep(self) -> None:
        """Once the grace is over, record that those who did not come back left."""
        if self._settle_at is None or self._services.clock.monotonic() < self._settle_at:
            return
        self._settle_at = None
        for user in self._room.state.online:
            if user not in self._connections:
                self._depart(user)

    def _depart(self, user: UserId) -> None:
        self._room.post(self._request(Depart(), user), self._departed)

    def _departed(self, outcome: Outcome) -> None:
        if isinstance(outcome, Exception):
            self._settle_at = self._services.clock.monotonic() + GRACE_S

    def _request(self, command: Command, user: UserId) -> Request:
        by = self._room.state.members.get(user) or Member(user, Role.SPECTATOR)
        return Request(command, by, self._services.clock.now())
