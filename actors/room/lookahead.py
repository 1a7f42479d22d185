"""Lookahead: a room as it will be once all that it decided is recorded."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from actors.delivery.viewer_streams import ViewerStreams
from actors.room.mailbox import Foreseen, Outcome
from actors.runtime.errors import NotAMember
from events import EMPTY, Change, Member, Rejected, RoomState
from events.core.decider import carry_out
from events.core.diffs import Changes
from events.core.numbering import unnumbered
from events.core.undo_log import MissingChanges, remember
from events.core.view import Disclosure
from events.journal import Commit, Request, commit

LONG_HEXES: Final = 1_000
"""A command that looks at more hexes takes some milliseconds."""


class Decided(NamedTuple):
    """What a request causes."""

    commit: Commit
    after: RoomState
    disclosure: Disclosure


@dataclass(slots=True)
class WorkedOut:
    """What was worked out for a request, before it is decided."""

    request: Request
    before: RoomState
    """The state that it was decided against: it holds for no other."""
    outcome: Decided | Outcome | None = None
    """None where that failed."""
    encoded: Mapping[Member, Sequence[bytes]] | None = None
    """The messages for each viewpoint."""


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
        self._ready: WorkedOut | None = None

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
        ready, self._ready = self._ready, None
        if ready is None or ready.outcome is None or not self._is_of_now(ready, request):
            outcome, encoded = self._carried_out(request), None
        else:
            outcome, encoded = ready.outcome, ready.encoded
        if not isinstance(outcome, Decided):
            return outcome
        unrecorded, after, disclosure = outcome
        foreseen = Foreseen(unrecorded, after, self._streams.prepare(disclosure, encoded))
        self._unrecorded.append(unrecorded)
        self._state, self._version = after, unrecorded.version
        return foreseen

    def is_long(self, request: Request) -> bool:
        """Return whether deciding takes so long that it is to be worked out beside the loop first."""
        if request.command.hex_cost(self._state) <= LONG_HEXES:
            return False
        return self._ready is None or not self._is_of_now(self._ready, request)

    async def work_out(self, request: Request) -> None:
        """Have what the request comes to ready for `decide`, worked out in a thread.

        What a faulty feature raises is raised there.
        """
        ready = self._ready = WorkedOut(request, self._state)
        try:
            ready.outcome = await asyncio.to_thread(self._carried_out, request)
            if isinstance(ready.outcome, Decided):
                disclosure = ready.outcome.disclosure
                await asyncio.to_thread(lambda: (disclosure.touched, disclosure.exceptions))
                viewers = self._streams.viewpoints(disclosure)
                ready.encoded = await asyncio.to_thread(_encoded_for_each, disclosure, viewers)
        except Exception:
            ready.outcome = None  # Deciding raises it again, and it is dealt with there.

    def _is_of_now(self, ready: "WorkedOut", request: Request) -> bool:
        return ready.request is request and ready.before is self._state

    def _carried_out(self, request: Request) -> "Decided | Outcome":
        before, version = self._state, self._version
        try:
            request = self._with_member(request)
            events, folded = carry_out(before, request.command, request.by)
        except Rejected as refusal:
            return refusal
        if not events:
            return commit(request, before, before, version, ())
        unrecorded = commit(request, before, folded, version, events)
        after = remember(before, folded, unrecorded, described=True)
        return Decided(unrecorded, after, Disclosure(Change(before, after, unrecorded.events)))

    def missing(self, request: Request) -> MissingChanges | None:
        """Return what has to be read from the record before the request can be decided."""
        try:
            return request.command.missing(self._state, request.by)
        except Rejected:
            return None  # As it will be told when it is decided.

    def restore(self, missing: MissingChanges, changes: Changes) -> None:
        """Take what was missing, as the record has it."""
        self._state.history.restore(missing, changes)

    def take(self) -> tuple[Commit, ...]:
        """Return what is to be appended now."""
        commits, self._unrecorded = tuple(self._unrecorded), []
        return commits

    def _with_member(self, request: Request) -> Request:
        """Return the request by the member as the room knows them now; raise NotAMember."""
        if request.command.internal and not request.command.checks_sender:
            return request
        member = self._state.members.get(request.by.user)
        if member is None:
            raise NotAMember
        if member is request.by or member == request.by:
            return request
        return request._replace(by=member)


def _encoded_for_each(
    disclosure: Disclosure, viewers: Sequence[Member]
) -> dict[Member, Sequence[bytes]]:
    return {viewer: unnumbered(disclosure.encoded_for(viewer)) for viewer in viewers}
