"""InitialState: the state that a new connection is sent, worded once for all who may know the same."""

from typing import Any, Final

from pydantic_core import to_json

from actors.runtime.control_messages import Connected
from events import PROJECTIONS, Change, Member, Projection, RoomState, UserId
from events.core.features.staging import StagedChanges
from events.core.messages import JSON
from events.core.state import Mode, Role
from events.core.view import ROLE_VIEWER, apart_in, is_personal, touched

REMEMBERED_CHANGES: Final = 256


class InitialState:
    """Words the state of a room for new connections.

    Fifty players who come back at once see the same hexes, so each part is worded once for each
    stand-in and kept until a change touches it; `Projection.touched` says which do.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Role, str], tuple[bytes, frozenset[UserId]]] = {}
        self._changes: list[Change] = []

    def note(self, change: Change) -> None:
        """Remember that the room changed since the parts were worded."""
        if not self._kept:
            return
        self._changes.append(change)
        if len(self._changes) > REMEMBERED_CHANGES:
            self._kept.clear()
            self._changes.clear()

    def of(self, room: RoomState, viewer: Member, token: str, seq: int) -> list[bytes]:
        """Return ``session:state``, and for a DM in staged mode ``staged:changes``.

        The token names the viewer's stream, of which the state covers the messages up to ``seq``.
        """
        self._forget_touched()
        parts = [self._part(part, room, viewer) for part in PROJECTIONS]
        state = b'{"type":"session:state",%b,"resume":"%b.%d","seq":%d}' % (
            b",".join(filter(None, parts)),
            token.encode(),
            seq,
            seq,
        )
        return [state, *self.staged(room, viewer)]

    def staged(self, room: RoomState, viewer: Member) -> list[bytes]:
        """Return ``staged:changes`` for a DM in staged mode, else nothing."""
        if not (viewer.is_dm and room.mode is Mode.STAGED):
            return []
        part = next(part for part in PROJECTIONS if part.name == "staging")
        queue = _state_of(part, room, viewer)["staged"]
        return [StagedChanges(**queue).encode()]

    def connected(self, viewer: Member) -> bytes:
        """Return the message that opens a connection."""
        return Connected(user_id=viewer.user, role=viewer.role).encode()

    def _part(self, part: Projection[Any], room: RoomState, viewer: Member) -> bytes:
        # To themselves all are here, so who is not yet sees the members in their own eyes.
        if viewer.user not in room.online or is_personal(part, viewer.role):
            return _worded(part, room, viewer)
        key = (viewer.role, part.name)
        kept = self._kept.get(key)
        if kept is None:
            said = _worded(part, room, ROLE_VIEWER[viewer.role])
            kept = self._kept[key] = said, apart_in(part, room, viewer.role)
        said, apart = kept
        return _worded(part, room, viewer) if viewer.user in apart else said

    def _forget_touched(self) -> None:
        changes, self._changes = self._changes, []
        if not changes:
            return
        altered = {part.name for change in changes for part, _ in touched(change)}
        for part in PROJECTIONS:
            if part.name in altered:
                for key in [key for key in self._kept if key[1] == part.name]:
                    del self._kept[key]


def _worded(part: Projection[Any], room: RoomState, eyes: Member) -> bytes:
    return to_json(_state_of(part, room, eyes))[1:-1]


def _state_of(part: Projection[Any], room: RoomState, eyes: Member) -> dict[str, JSON]:
    keys = part.keys(room, eyes)
    whole = {key: shown for key in keys if (shown := part.show(room, eyes, key)) is not None}
    return dict(part.state(whole))
