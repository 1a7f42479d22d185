"""Subscription: a connection's place in a room of this process."""

from typing import Protocol

from actors.delivery.viewer_streams import Reader, ViewerStreams
from actors.room.presence import Presence
from actors.runtime.errors import NoSuchMember
from events.core.state import Member, RoomState, UserId


class FollowedRoom(Protocol):
    """A room, as far as following it goes."""

    state: RoomState
    streams: ViewerStreams
    presence: Presence

    async def let_in(self) -> None:
        """Wait for one's turn where a crowd comes; raise RoomUnavailable."""

    def attach(
        self,
        member: Member,
        reader: Reader,
        by: UserId,
        resume: str | None = None,
        after: int | None = None,
    ) -> None:
        """Let the reader follow what the member may know; raise RoomUnavailable."""

    def detach(self, reader: Reader) -> None:
        """Forget the reader."""


class Subscription:
    """A connection's place in a room of this process."""

    __slots__ = ("_by", "_present", "_reader", "_room", "_viewer")

    def __init__(
        self, room: FollowedRoom, reader: Reader, by: UserId, viewer: UserId, *, present: bool
    ) -> None:
        self._room = room
        self._reader = reader
        self._by = by
        self._viewer = viewer
        self._present = present

    @property
    def seq(self) -> int:
        return self._room.streams.seq(self._viewer)

    @property
    def member(self) -> Member | None:
        return self._room.state.members.get(self._by)

    def leave(self) -> None:
        self._room.detach(self._reader)
        if self._present:
            self._present = False
            self._room.presence.leave(self._by)


async def subscribe(
    room: FollowedRoom,
    reader: Reader,
    by: UserId,
    viewer: UserId,
    resume: str | None,
    after: int | None,
) -> Subscription:
    """Follow a room of this process, as `RoomRef.follow` says; raise NoSuchMember or NoAnswer."""
    subscription = Subscription(room, reader, by, viewer, present=by == viewer)
    if by == viewer:
        await room.presence.enter(by)
    try:
        # All who were recorded together would be sent the room's state in one turn of the loop.
        await room.let_in()
        member = room.state.members.get(viewer)
        if member is None:
            raise NoSuchMember
        room.attach(member, reader, by, resume, after)
    except BaseException:
        subscription.leave()
        raise
    return subscription
