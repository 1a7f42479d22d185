"""ReadableRoom: the part of a room that is read and followed."""

import asyncio
from enum import Enum

from actors.delivery.viewer_streams import Reader, ViewerStreams
from actors.room.presence import Presence
from actors.room.ref import RoomMembers
from actors.room.services import Services
from actors.room.subscription import Subscription, subscribe
from actors.runtime.errors import NoAnswer, RoomQuarantined, RoomUnavailable
from events import EMPTY, Member, RoomId, RoomState, UserId


class Phase(Enum):
    RECOVERING = "recovering"
    SERVING = "serving"
    AWAY = "away"
    """The journal cannot be read just now; the supervisor keeps trying."""
    QUARANTINED = "quarantined"
    CLOSED = "closed"


class ReadableRoom:
    """The part of `RoomActor` that is read and followed; only the other part changes it."""

    presence: Presence

    def __init__(self, room: RoomId, services: Services) -> None:
        self.id = room
        self.phase = Phase.RECOVERING
        self.why = ""
        """Why it is quarantined."""
        self.state: RoomState = EMPTY
        """The room as the journal has it, and as viewers were told."""
        self.version = 0
        self.streams = ViewerStreams(services.clock)
        self._services = services
        self._settled = asyncio.Event()
        """Set while it is not recovering."""

    def __str__(self) -> str:
        return f"room {self.id}@{self.version}"

    async def ready(self) -> None:
        """Wait until the room serves; raise RoomUnavailable or RoomQuarantined if it cannot."""
        while self.phase is not Phase.SERVING:
            if self.phase is not Phase.RECOVERING:
                raise self._closed()
            await self._settled.wait()

    async def follow(
        self,
        reader: Reader,
        by: UserId,
        viewer: UserId,
        resume: str | None = None,
        after: int | None = None,
    ) -> Subscription:
        """Push to the reader what the viewer is told; raise NoSuchMember or NoAnswer."""
        await self._confirmed()
        return await subscribe(self, reader, by, viewer, resume, after)

    async def room_members(self) -> RoomMembers:
        """Return whom the room knows; raise RoomUnavailable where it may be another's by now."""
        await self._confirmed()
        return RoomMembers(self.state.name, self.state.members, self.state.online)

    async def whole(self) -> RoomState:
        """Return the room as the record has it; raise RoomUnavailable where it may be another's by now."""
        await self._confirmed()
        return self.state

    def present(self) -> tuple[UserId, ...]:
        """Return who has a connection of their own now; who looks over a shoulder has none."""
        return self.streams.present()

    async def let_in(self) -> None:
        """Wait for one's turn where a crowd comes; raise RoomUnavailable where the room may be another's."""
        await self._services.turnstile.enter()
        await self._confirmed()

    def attach(
        self,
        member: Member,
        reader: Reader,
        by: UserId,
        resume: str | None = None,
        after: int | None = None,
    ) -> None:
        """Let the reader follow what the member may know: the state or what it missed, then all.

        Raise RoomUnavailable where the room was closed meanwhile: nobody would be told anything there.
        """
        if self.phase is Phase.CLOSED:
            raise RoomUnavailable
        self._services.deliveries.settle(self)
        whole = not self.streams.covers(member, resume, after)
        self.streams.attach(self.state, member, reader, by, resume, after)
        if by == member.user:
            self._services.deliveries.greeted(self, by, whole=whole)

    def detach(self, reader: Reader) -> None:
        """Forget the reader."""
        self._services.deliveries.settle(self)
        self.streams.detach(reader)

    async def _confirmed(self) -> None:
        """Return while the room is surely this process's; raise RoomUnavailable."""
        await self._services.tenure.confirmed()
        if self.phase is Phase.CLOSED:
            raise RoomUnavailable

    def _closed(self) -> NoAnswer:
        return RoomQuarantined() if self.phase is Phase.QUARANTINED else RoomUnavailable()
