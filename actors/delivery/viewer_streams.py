"""ViewerStreams: each viewer's numbered messages, kept for a while for those who come back."""

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, Protocol

from actors.delivery.initial_state import InitialState
from actors.runtime.clock import Clock
from events import Change, Command, Member, RoomState, UserId
from events.core.features.staging import StagedUpdated
from events.core.numbering import unnumbered
from events.core.view import Disclosure

KEPT_MESSAGES: Final = 1_000
KEPT_BYTES: Final = 256 * 1024
"""What a stream keeps for those who resume, at most; past it they get a fresh state."""
KEPT_AUDIENCES: Final = 64
RESUME_S: Final = 120.0
"""How long a stream without a reader is kept."""

_DELTA: Final = b'{"type":"%b"' % StagedUpdated.tag.encode()
_NUMBER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)


class CloseReason(Enum):
    """Why a room closes a connection."""

    REMOVED = "membership was taken away"
    RESTART = "the room starts anew"


class Reader(Protocol):
    """A connection that reads a stream."""

    @property
    def staged_delta(self) -> bool:
        """Whether it is sent what changes in the queue (``staged:updated``), not whole lists."""

    @property
    def terrain_in_runs(self) -> bool:
        """Whether its states tell hexes of the same terrain in runs (``painted``)."""

    def push(self, messages: Sequence[bytes]) -> None:
        """Send the messages, JSON each, in order; never waits."""

    def push_stream(self, bodies: Sequence[bytes], first: int) -> None:
        """Send messages of the stream, which lack their numbers, from the first number on."""

    def close(self, why: CloseReason) -> None:
        """Close the connection once what was pushed is sent."""


@dataclass(eq=False, slots=True)
class ViewerStream:
    """One viewer's messages, numbered 1, 2, 3 …, for all connections of that viewer."""

    viewer: Member
    token: str
    """Names the stream to those who come back."""
    seq: int = 0
    """The number of the last message."""
    readers: dict[Reader, UserId] = field(default_factory=dict)
    """Who reads along: the viewer, or a DM who looks over their shoulder."""
    idle_since: float | None = None
    recent: deque[bytes] = field(default_factory=deque)
    """The last messages, without their numbers: those are shared with other streams."""
    kept_bytes: int = 0

    def take(self, bodies: Sequence[bytes], whole_lists: Callable[[], bytes]) -> None:
        """Number the messages and push them to all readers.

        Readers of whole lists get what ``whole_lists`` returns for each change of the queue.
        """
        recent, first = self.recent, self.seq + 1
        self.seq += len(bodies)
        for body in bodies:
            recent.append(body)
            self.kept_bytes += len(body)
        while self.kept_bytes > KEPT_BYTES or len(recent) > KEPT_MESSAGES:
            self.kept_bytes -= len(recent.popleft())
        for reader in self.readers:
            if reader.staged_delta or not self.viewer.is_dm:
                reader.push_stream(bodies, first)
            else:
                reader.push_stream(_with_whole_lists(bodies, whole_lists), first)

    def missed(self, after: int) -> "Missed | None":
        """Return the messages past that number, or None if they are no longer kept."""
        count = self.seq - after
        if not 0 <= count <= len(self.recent):
            return None
        return Missed(tuple(islice(self.recent, len(self.recent) - count, None)), after + 1)


class Missed(NamedTuple):
    """Messages of a stream without their numbers, and the first of these."""

    bodies: tuple[bytes, ...]
    first: int


Audiences = tuple[tuple[Member, tuple[ViewerStream, ...]], ...]
"""Streams by the viewpoint that their viewers share in a change."""


class PreparedMessages(NamedTuple):
    """The messages of a change for each audience, made before it is durable, sent after."""

    disclosure: Disclosure
    audiences: Audiences
    bodies: tuple[Sequence[bytes], ...]


class ViewerStreams:
    """All streams of one room.

    They see the room as it was told, which follows the journal; the actor's own state may be ahead.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._streams: dict[UserId, ViewerStream] = {}
        self._initial_state = InitialState()
        self._audiences: dict[frozenset[UserId], Audiences] = {}
        self._online: object = None

    def __len__(self) -> int:
        return len(self._streams)

    @property
    def kept_bytes(self) -> int:
        """The bytes of messages that are kept for those who resume."""
        return sum(stream.kept_bytes for stream in self._streams.values())

    def readers(self) -> int:
        """Return how many connections read the room."""
        return sum(len(stream.readers) for stream in self._streams.values())

    def seq(self, user: UserId) -> int:
        """Return the number of the user's last message."""
        stream = self._streams.get(user)
        return stream.seq if stream else 0

    def present(self) -> tuple[UserId, ...]:
        """Return whose stream a connection of their own reads."""
        return tuple(
            user for user, stream in self._streams.items() if user in stream.readers.values()
        )

    def covers(self, viewer: Member, resume: str | None, after: int | None) -> bool:
        """Return whether a resume gets the messages that were missed, not a state."""
        stream = self._streams.get(viewer.user)
        if stream is None or stream.viewer.role is not viewer.role:
            return False
        return _missed(stream, resume, after) is not None

    def attach(
        self,
        room: RoomState,
        viewer: Member,
        reader: Reader,
        by: UserId,
        resume: str | None = None,
        after: int | None = None,
    ) -> ViewerStream:
        """Return the viewer's stream after pushing to the reader the state, or what it missed."""
        stream = self._streams.get(viewer.user)
        if stream is None or stream.viewer.role is not viewer.role:
            stream = self._streams[viewer.user] = ViewerStream(viewer, self._token())
        missed = _missed(stream, resume, after)
        if missed is not None and not reader.staged_delta and any(map(_is_delta, missed.bodies)):
            missed = None  # No whole list was kept, and the state has one.
        if missed is None:
            state = self._initial_state.of(
                room, viewer, stream.token, stream.seq, in_runs=reader.terrain_in_runs
            )
            reader.push(state)
        else:
            reader.push_stream(*missed)
            reader.push(self._initial_state.staged(room, viewer))
        stream.readers[reader] = by
        stream.idle_since = None
        self._audiences.clear()
        return stream

    def detach(self, reader: Reader) -> None:
        """Forget the reader; its stream is kept for a while."""
        for stream in self._streams.values():
            if stream.readers.pop(reader, None) is not None and not stream.readers:
                stream.idle_since = self._clock.monotonic()

    def sweep(self) -> None:
        """Forget streams that nobody has read for long."""
        until = self._clock.monotonic() - RESUME_S
        for user, stream in tuple(self._streams.items()):
            if stream.idle_since is not None and stream.idle_since < until:
                del self._streams[user]
                self._audiences.clear()

    def prepare(
        self, disclosure: Disclosure, encoded: Mapping[Member, Sequence[bytes]] | None = None
    ) -> PreparedMessages:
        """Return the messages of a change for those who read now; take those that are ``encoded`` already."""
        audiences = self._audiences_of(disclosure)
        bodies = tuple(
            [
                encoded[viewer]
                if encoded is not None and viewer in encoded
                else unnumbered(disclosure.encoded_for(viewer))
                for viewer, _ in audiences
            ]
        )
        return PreparedMessages(disclosure, audiences, bodies)

    def viewpoints(self, disclosure: Disclosure) -> tuple[Member, ...]:
        """Return the viewpoints for which a change is told now."""
        return tuple(viewer for viewer, _ in self._audiences_of(disclosure))

    def publish(self, prepared: PreparedMessages) -> int:
        """Send the messages of a durable change; return how many that were.

        Viewers may have come since they were prepared: for these, messages are made now.
        """
        disclosure, audiences, bodies = prepared
        change = disclosure.change
        renewed: tuple[ViewerStream, ...] = ()
        if change.before.members is not change.after.members:
            renewed = self._members_changed(change)
        now = self._audiences_of(disclosure)
        if now is not audiences:
            bodies_by_viewer = dict(zip((viewer for viewer, _ in audiences), bodies, strict=True))
            bodies = tuple(
                bodies_by_viewer[viewer]
                if viewer in bodies_by_viewer
                else unnumbered(disclosure.encoded_for(viewer))
                for viewer, _ in now
            )
        sent = 0
        whole = partial(self._initial_state.whole_list, change.after)
        for (_, streams), messages in zip(now, bodies, strict=True):
            if messages:
                for stream in streams:
                    stream.take(messages, whole)
                sent += len(messages) * len(streams)
        for stream in renewed:
            self._renew(change.after, stream)
        return sent

    def push_ephemeral(self, room: RoomState, command: Command, by: Member) -> None:
        """Send the message of an ephemeral command to those who may see it, without a number."""
        for stream in self._streams.values():
            message = command.ephemeral_message(room, by, stream.viewer)
            if message is not None:
                for reader in stream.readers:
                    reader.push([message.encode()])

    def restart(self, room: RoomState) -> None:
        """Begin every stream anew, as after a history that does not go on from what was told."""
        self._initial_state = InitialState()
        for user, stream in tuple(self._streams.items()):
            member = room.members.get(user)
            if member is None:
                self._drop(stream, CloseReason.REMOVED)
            else:
                stream.viewer = member
                self._streams.pop(user)
                self._renew(room, stream)

    def close(self, why: CloseReason) -> None:
        """Close all connections."""
        for stream in tuple(self._streams.values()):
            self._drop(stream, why)

    def _token(self) -> str:
        return f"{self._clock.seed():032x}"

    def _audiences_of(self, disclosure: Disclosure) -> Audiences:
        # Whose viewpoint a viewer shares depends on the exceptions of the change and on who is
        # online, nothing else: while these are the same, so are the audiences.
        online, exceptions = disclosure.change.after.online, disclosure.exceptions
        if self._online is not online:
            self._online = online
            self._audiences.clear()
        audiences = self._audiences.get(exceptions)
        if audiences is None:
            if len(self._audiences) >= KEPT_AUDIENCES:
                self._audiences.clear()
            audiences = self._audiences[exceptions] = self._grouped(disclosure)
        return audiences

    def _grouped(self, disclosure: Disclosure) -> Audiences:
        groups: dict[Member, list[ViewerStream]] = {}
        for stream in self._streams.values():
            groups.setdefault(disclosure.audience(stream.viewer), []).append(stream)
        return tuple((viewer, tuple(streams)) for viewer, streams in groups.items())

    def _members_changed(self, change: Change) -> tuple[ViewerStream, ...]:
        """Drop who is no longer a member; return the streams to renew, which are told nothing."""
        self._audiences.clear()
        members = change.after.members
        renewed = []
        for user, stream in tuple(self._streams.items()):
            for reader, by in tuple(stream.readers.items()):
                if by != user and not ((asker := members.get(by)) and asker.is_dm):
                    del stream.readers[reader]
                    reader.close(CloseReason.REMOVED)
            member = members.get(user)
            if member is None:
                self._drop(stream, CloseReason.REMOVED)
            elif member.role is not stream.viewer.role:
                del self._streams[user]
                stream.viewer = member
                renewed.append(stream)
            else:
                stream.viewer = member
        return tuple(renewed)

    def _renew(self, room: RoomState, stream: ViewerStream) -> None:
        anew = ViewerStream(stream.viewer, self._token())
        anew.readers, anew.idle_since = stream.readers, stream.idle_since
        self._streams[stream.viewer.user] = anew
        self._audiences.clear()
        for reader, by in anew.readers.items():
            if by == anew.viewer.user:
                reader.push([self._initial_state.connected(anew.viewer)])
            state = self._initial_state.of(
                room, anew.viewer, anew.token, anew.seq, in_runs=reader.terrain_in_runs
            )
            reader.push(state)

    def _drop(self, stream: ViewerStream, why: CloseReason) -> None:
        self._streams.pop(stream.viewer.user, None)
        self._audiences.clear()
        for reader in tuple(stream.readers):
            reader.close(why)


def _is_delta(body: bytes) -> bool:
    return body.startswith(_DELTA)


def _with_whole_lists(bodies: Sequence[bytes], whole_list: Callable[[], bytes]) -> Sequence[bytes]:
    """Return the messages with the whole list in the place of each change of the queue."""
    if not any(map(_is_delta, bodies)):
        return bodies
    (whole,) = unnumbered([whole_list()])
    return tuple([whole if _is_delta(body) else body for body in bodies])


def _missed(stream: ViewerStream, resume: str | None, after: int | None) -> Missed | None:
    """Return what a reader with this token missed; None if it must begin with the state."""
    if resume is None:
        return None
    token, _, covered = resume.partition(".")
    if token != stream.token or not _NUMBER.fullmatch(covered):
        return None
    return stream.missed(int(covered) if after is None else after)
