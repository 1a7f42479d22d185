"""InitialState: what a new connection is sent, made once for all who may know the same."""

from operator import is_not
from typing import NamedTuple

from actors.runtime.control_messages import Connected
from events import PROJECTIONS, Member, RoomState, UserId
from events.core.features.staging import whole_queue
from events.core.projection import AnyProjection
from events.core.state import Mode, Role
from events.core.view import ROLE_VIEWER, individually_seen


class _Part(NamedTuple):
    """One part of the state, encoded for all of a role but the exceptions."""

    slices: tuple[object, ...]
    """The slices of the room that it was made of."""
    fields: bytes
    exceptions: frozenset[UserId]


class InitialState:
    """Makes the messages that tell a new connection the state of a room.

    Fifty players who come back at once see the same hexes, so each part is encoded once for each
    role and kept until a slice that it reads is another object.
    """

    def __init__(self) -> None:
        self._cached: dict[tuple[Role, str, bool], _Part] = {}
        self._whole_list: tuple[tuple[object, ...], bytes] | None = None

    def of(
        self, room: RoomState, viewer: Member, token: str, seq: int, *, in_runs: bool = False
    ) -> list[bytes]:
        """Return ``session:state``, and for a DM in staged mode ``staged:changes``.

        The token names the viewer's stream, of which the state covers the messages up to ``seq``.
        in_runs: hexes of the same terrain are told in runs.
        """
        fields = [self._fields(part, room, viewer, in_runs) for part in PROJECTIONS]
        state = b'{"type":"session:state",%b,"resume":"%b.%d","seq":%d}' % (
            b",".join(filter(None, fields)),
            token.encode(),
            seq,
            seq,
        )
        return [state, *self.staged(room, viewer)]

    def staged(self, room: RoomState, viewer: Member) -> list[bytes]:
        """Return ``staged:changes`` for a DM in staged mode, else nothing."""
        if not (viewer.is_dm and room.mode is Mode.STAGED):
            return []
        return [self.whole_list(room)]

    def whole_list(self, room: RoomState) -> bytes:
        """Return ``staged:changes``: all that is staged, encoded once for all who are sent it."""
        made_of = (room.staged, room.dropped)
        cached = self._whole_list
        if cached is None or any(map(is_not, cached[0], made_of)):
            cached = self._whole_list = made_of, whole_queue(room).encode()
        return cached[1]

    def connected(self, viewer: Member) -> bytes:
        """Return the message that opens a connection."""
        return Connected(user_id=viewer.user, role=viewer.role).encode()

    def _fields(self, part: AnyProjection, room: RoomState, viewer: Member, in_runs: bool) -> bytes:
        encoded = part.state_in_runs if in_runs else part.state_encoded
        # To themselves all are here, so who is not yet sees the members as nobody else does.
        if viewer.user not in room.online or viewer.role in part.personal_for:
            return encoded(room, viewer)
        cached = self._cached.get((viewer.role, part.name, in_runs))
        slices = tuple([getattr(room, name) for name in part.reads])
        if cached is None or any(map(is_not, cached.slices, slices)):
            fields = encoded(room, ROLE_VIEWER[viewer.role])
            cached = _Part(slices, fields, individually_seen(part, room, viewer.role))
            self._cached[viewer.role, part.name, in_runs] = cached
        return encoded(room, viewer) if viewer.user in cached.exceptions else cached.fields
