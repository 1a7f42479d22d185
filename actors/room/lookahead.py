"""Lookahead: a room as it will be once all that it decided is recorded."""

from actors.delivery.viewer_streams import ViewerStreams
from actors.room.idempotency import Idempotency
from actors.room.mailbox import Pending
from actors.runtime.errors import NotAMember
from events import EMPTY, Change, Event, Rejected, RoomState, decide, fold
from events.core.undo_log import remember
from events.journal import Commit, Request, commit


class Lookahead:
    """Decides each request against the state that the one before left.

    It runs ahead of the journal, so nothing of it is answered or told yet. After a fault, and when
    an append failed, it begins again at what is durable.
    """

    def __init__(self, streams: ViewerStreams, repeats: Idempotency) -> None:
        self.unrecorded: list[Commit] = []
        """What no append has taken yet."""
        self._streams = streams
        self._repeats = repeats
        self._state: RoomState = EMPTY
        self._version = 0

    def begin(self, state: RoomState, version: int) -> None:
        """Go on from a durable state."""
        self._state, self._version = state, version

    def decide(self, pending: Pending, request: Request) -> None:
        """Set what the request comes to, or what of it is to be recorded.

        Raises what a faulty feature raises; states are values, so nothing was changed by it.
        """
        before = self._state
        try:
            request = self._with_member(request)
            events = decide(before, request.command, request.by)
        except Rejected as refusal:
            pending.outcome = refusal
            return
        if events:
            self._foresee(pending, request, events)
        else:
            pending.outcome = commit(request, before, before, self._version, ())

    def take(self) -> tuple[Commit, ...]:
        """Return what is to be appended now."""
        commits, self.unrecorded = tuple(self.unrecorded), []
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

    def _foresee(self, pending: Pending, request: Request, events: tuple[Event, ...]) -> None:
        """Fold and word what will be recorded; a change that cannot be worded is not recorded."""
        before = self._state
        folded = fold(events, before)
        made = commit(request, before, folded, self._version, events)
        after = remember(before, folded, made)
        pending.prepared = self._streams.prepare(Change(before, after, made.events))
        pending.commit, pending.after = made, after
        self.unrecorded.append(made)
        self._state, self._version = after, made.version
        self._repeats.receipts.keep_commit(made)
