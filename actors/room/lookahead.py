"""Lookahead: a room as it will be once all that it decided is recorded."""

from actors.delivery.viewer_streams import ViewerStreams
from actors.room.mailbox import Foreseen, Outcome
from actors.runtime.errors import NotAMember
from events import EMPTY, Change, Rejected, RoomState
from events.core.decider import carry_out
from events.core.diffs import Changes
from events.core.undo_log import Missing, remember
from events.journal import Commit, Request, commit


class Lookahead:
    """Decides each request against the state that the one before left.

    It runs ahead of the journal, so nothing of it is answered or published yet. After a fault, and
    when an append failed, it begins again at what is durable.
    """

    def __init__(self, streams: ViewerStreams) -> None:
        self._streams = streams
        self._state: RoomState = EMPTY
        self._version = 0
        self._unrecorded: list[Commit] = []

    @property
    def has_unrecorded(self) -> bool:
        """Whether there is something that no append has taken yet."""
        return bool(self._unrecorded)

    def begin(self, state: RoomState, version: int) -> None:
        """Go on from a durable state."""
        self._state, self._version = state, version

    def decide(self, request: Request) -> Foreseen | Outcome:
        """Return what the request comes to, or will once it is recorded.

        What cannot be folded, or told in messages, is not recorded. Raises what a faulty feature
        raises; states are values, so nothing was changed by it.
        """
        before = self._state
        try:
            request = self._with_member(request)
            events, folded = carry_out(before, request.command, request.by)
        except Rejected as refusal:
            return refusal
        if not events:
            return commit(request, before, before, self._version, ())
        made = commit(request, before, folded, self._version, events)
        after = remember(before, folded, made)
        foreseen = Foreseen(made, after, self._streams.prepare(Change(before, after, made.events)))
        self._unrecorded.append(made)
        self._state, self._version = after, made.version
        return foreseen

    def missing(self, request: Request) -> Missing | None:
        """Return what has to be read from the record before the request can be decided."""
        try:
            return request.command.missing(self._state, request.by)
        except Rejected:
            return None  # As it will be told when it is decided.

    def restore(self, missing: Missing, changes: Changes) -> None:
        """Take what was missing, as the record has it."""
        self._state.history.restore(missing, changes)

    def take(self) -> tuple[Commit, ...]:
        """Return what is to be appended now."""
        commits, self._unrecorded = tuple(self._unrecorded), []
        return commits

    def _with_member(self, request: Request) -> Request:
        """Return the request by the member as the room knows them now; raise NotAMember."""
        if request.command.internal:
            return request
        member = self._state.members.get(request.by.user)
        if member is None:
            raise NotAMember
        if member is request.by or member == request.by:
            return request
        return request._replace(by=member)
