"""Presence: who is connected. First in and last out are recorded, devices are only counted."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final, Protocol

from actors.delivery.viewer_streams import ViewerStreams
from actors.room.mailbox import Answer, Outcome
from actors.room.services import Services
from events.core.features.members import Arrive, Depart
from events.core.state import Member, Role, RoomState, UserId
from events.journal import Request

GRACE_S: Final = 15.0
"""How long those who were here before a fault may take to come back before they count as away."""
FEW: Final = 16
"""A room of so many viewers is told of each who comes or goes by themselves."""
GATHER_S: Final = 0.0005
"""For each viewer of a larger one: so long those gather of whom it is told together. Telling takes
some tens of microseconds a viewer, so a crowd that comes takes a small part of a core for it."""


class PeopledRoom(Protocol):
    """A room, as far as who is in it goes."""

    state: RoomState
    streams: ViewerStreams

    def post(self, request: Request, answer: Answer) -> None:
        """Have the request decided; the answer comes when it is durable, or refused."""


class Presence:
    """Counts each member's connections and makes the room agree with the count.

    Whoever comes or goes is told to all who are there, with the list of all members: of a crowd
    that were the cube of its size. So in a room of many, those who come or go within a moment are
    recorded in one commit, by the first of them, and told at once.
    """

    def __init__(self, room: PeopledRoom, services: Services) -> None:
        self._room = room
        self._services = services
        self._connections: Counter[UserId] = Counter()
        self._settle_at: float | None = None
        self._coming: list[tuple[UserId, asyncio.Future[None]]] = []
        self._going: dict[UserId, None] = {}
        self._posted = 0
        """How many came of whom the record does not know yet."""
        self._gathering: asyncio.TimerHandle | None = None

    @property
    def pending(self) -> bool:
        """Whether somebody came or went of whom the record does not know yet."""
        return self._settle_at is not None or self._gathering is not None

    def connections(self, user: UserId) -> int:
        return self._connections[user]

    async def enter(self, user: UserId) -> None:
        """Count a connection and wait until the room knows of the member; raise NoAnswer."""
        self._connections[user] += 1
        # Asked even if the room has them here: their departure may be on its way.
        recorded = asyncio.get_running_loop().create_future()
        self._coming.append((user, recorded))
        self._gather()
        try:
            await recorded
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
        self._going[user] = None
        self._gather()

    def _gather(self) -> None:
        """Record arrivals and departures: at once in a small room, in a larger one gathered over a moment."""
        if self._gathering is not None:
            return
        # Those on their way in are viewers soon: a crowd comes to an empty room, too.
        viewers = len(self._room.streams) + self._posted
        if viewers <= FEW:
            self._record()
        else:
            loop = asyncio.get_running_loop()
            self._gathering = loop.call_later(GATHER_S * viewers, self._record)

    def _record(self) -> None:
        self._gathering = None
        coming, self._coming = self._coming, []
        # Who is back meanwhile did not go. Whoever came and went is told of as both.
        going = [user for user in self._going if user not in self._connections]
        self._going.clear()
        if coming:
            users = tuple(dict.fromkeys(user for user, _ in coming))
            self._posted += len(coming)
            self._post(Arrive, users, partial(self._came, [recorded for _, recorded in coming]))
        if going:
            self._post(Depart, tuple(going), self._departed)

    def _post(self, kind: type[Arrive | Depart], users: tuple[UserId, ...], answer: Answer) -> None:
        by = self._room.state.members.get(users[0]) or Member(users[0], Role.SPECTATOR)
        self._room.post(Request(kind(users=users), by, self._services.clock.now()), answer)

    def _departed(self, outcome: Outcome) -> None:
        if isinstance(outcome, Exception):
            self._settle_at = self._services.clock.monotonic() + GRACE_S

    def _came(self, waiting: Sequence["asyncio.Future[None]"], outcome: Outcome) -> None:
        self._posted -= len(waiting)
        for recorded in waiting:
            if recorded.done():
                continue  # Given up.
            if isinstance(outcome, Exception):
                recorded.set_exception(outcome)
            else:
                recorded.set_result(None)
