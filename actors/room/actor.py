"""RoomActor: the only writer of one room's record."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from actors.delivery.viewer_streams import CloseReason
from actors.room.beforehand import Beforehand
from actors.room.compaction import Compaction
from actors.room.footprint import Footprint
from actors.room.idempotency import Idempotency
from actors.room.lookahead import Lookahead
from actors.room.mailbox import Answer, Foreseen, Mailbox, Outcome, Pending, answered
from actors.room.presence import Presence
from actors.room.readable import Phase, ReadableRoom
from actors.room.recall import Recall
from actors.room.recovery import Recovery
from actors.room.services import Services
from actors.room.snapshotting import Saving
from actors.runtime.errors import (
    NoAnswer,
    Poisoned,
    RoomBusy,
    RoomQuarantined,
    RoomUnavailable,
)
from events.journal import (
    AlreadyRecorded,
    Append,
    Commit,
    Fenced,
    JournalUnavailable,
    Lease,
    Request,
    VersionConflict,
)

logger = logging.getLogger(__name__)

SLICE_S: Final = 0.005
"""How long a room works before the others get their turn."""
_NOTHING_ASKED: Final = RoomUnavailable()
MOST_TRIES: Final = 20
"""How often a request is decided again because somebody else wrote to the room."""
_OPEN: Final = (Phase.SERVING, Phase.RECOVERING)


class RoomActor(ReadableRoom):
    """Loads its room, decides its requests, has the events appended, and only then publishes them.

    Its phases, in order: *recovering* while the supervisor has it read the journal, *serving*, and
    *recovering* again after every fault; *closed* when it leaves memory. Two states are kept:
    ``state`` is durable and is what viewers see; that of the lookahead runs in front of it.

    All of it runs on one event loop without a task of its own: the mailbox is drained by one
    ``call_soon``, which costs no task switch and no queue hop a command.
    """

    def __init__(self, lease: Lease, services: Services) -> None:
        super().__init__(lease.room, services)
        self.accepting = True
        """Whether new requests are taken; not while the server shuts down."""
        self.busy_since = services.clock.monotonic()
        """When the last request came."""
        self.presence = Presence(self, services)
        self.lease = lease
        """The right to write it; another one's epoch fences this one off."""
        self._loop = asyncio.get_running_loop()
        self._mail = Mailbox(services.mailbox_commands)
        self._scheduled = False
        self._durable = 0
        self._repeats = Idempotency(lease, services)
        self._ahead = Lookahead(self.streams)
        self._saving = Saving(self.id, services)
        self._compaction = Compaction(self, services, self._save_if_due)
        self._beforehand = Beforehand(self, services, self._mail, self._ahead)
        self._recall = Recall(self, services, self._mail, self._ahead)
        self._recovery = Recovery(self, services, self._repeats, self._saving)
        self._footprint = Footprint()
        self._fault = False

    # What others ask of it

    def post(self, request: Request, answer: Answer) -> None:
        """Have the request decided; the answer comes when it is durable, or refused.

        Answers come in the order of the requests, but for "busy", which is said at once.
        """
        if not self.accepting or self.phase not in _OPEN:
            answer(self._closed())
        elif self._is_busy and not request.command.internal:
            answer(RoomBusy())
        else:
            self.busy_since = self._services.clock.monotonic()
            self._mail.put(request, answer)
            self._schedule()

    def after_all(self, call: Callable[[], None]) -> None:
        """Call, once all requests posted before are answered."""
        if not self._mail:
            call()
        else:
            self._mail.put(None, lambda _: call())
            self._schedule()

    async def ask(self, request: Request) -> Commit:
        """Wait until the request is recorded; raise Rejected or NoAnswer."""
        return await answered(self.post, request)

    def held_bytes(self) -> int:
        """Return about how many bytes of memory the room holds."""
        beside_state = self.streams.kept_bytes + self._repeats.held_bytes
        return self._footprint.of(self.state) + beside_state + self._compaction.waiting_bytes

    @property
    def _is_busy(self) -> bool:
        return self._mail.full or self._services.budget.exceeded

    async def idle(self) -> None:
        """Wait until everything posted so far is answered."""
        done: asyncio.Future[None] = self._loop.create_future()
        self.after_all(lambda: None if done.done() else done.set_result(None))
        await done

    @property
    def depth(self) -> int:
        """How many requests are not answered yet."""
        return len(self._mail)

    @property
    def is_idle(self) -> bool:
        """Whether nothing would be lost if it left memory now."""
        return not self._mail and not self.streams.readers() and not self.presence.pending

    def close(self, why: CloseReason | None = None) -> None:
        """Stop for good; what is not answered is answered as unavailable."""
        self._services.deliveries.settle(self)
        self.phase = Phase.CLOSED
        self._settled.set()
        self._compaction.stop()
        self._answer_all(RoomUnavailable())
        if why is not None:
            self.streams.close(why)

    # Deciding

    def _schedule(self) -> None:
        waits = self._scheduled or self._recall.under_way or self._beforehand.under_way
        if not waits and self.phase is Phase.SERVING:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = False
        until = time.perf_counter() + SLICE_S
        mail = self._mail
        while self._may_decide() and (pending := mail.next()):
            mail.came_to(pending, self._decide(pending))
            if time.perf_counter() > until:
                break
        if self._ahead.has_unrecorded:
            self._services.writer.want(self)
        self._release()
        if mail.has_undecided and not self._fault:
            self._schedule()

    def _may_decide(self) -> bool:
        if self.phase is not Phase.SERVING or self._fault:
            return False
        return not (self._recall.holds_up() or self._beforehand.holds_up())

    def _decide(self, pending: Pending) -> Foreseen | Outcome | None:
        """Return what a request comes to; None while it is looked up."""
        request = pending.request
        if request is None:
            return _NOTHING_ASKED
        earlier = self._repeats.find(request)
        if earlier is not None:
            return earlier
        if self._repeats.is_open(request):
            return self._repeats.came_to_nothing(request, None, partial(self._looked_up, pending))
        try:
            outcome = self._ahead.decide(request)
            if request.command.ephemeral and isinstance(outcome, Commit):
                self.streams.push_ephemeral(self.state, request.command, outcome.by)
        except Exception:
            # A fault of ours in a feature. The room is folded again, once what it has decided is
            # recorded.
            logger.exception("%s: %s failed", self, request.command.tag)
            self._services.meters.poisoned += 1
            self._fault = True
            return Poisoned()
        if isinstance(outcome, Foreseen):
            self._repeats.receipts.keep_commit(outcome.commit)
            return outcome
        return self._repeats.came_to_nothing(request, outcome, partial(self._looked_up, pending))

    def _looked_up(self, pending: Pending, outcome: Outcome) -> None:
        self._mail.came_to(pending, outcome)
        if self.phase is Phase.SERVING:
            self._release()

    def go_on(self) -> None:
        """Decide on, after something was read or worked out that a request waited for."""
        if self.phase is Phase.SERVING:
            self._release()
            self._schedule()

    # Recording

    def take(self) -> Append | None:
        """Return what is to be appended now."""
        commits = self._ahead.take()
        if not commits or self.phase is not Phase.SERVING:
            return None
        return Append(self.lease, commits[0].after, commits)

    def stored(self, version: int) -> None:
        """Answer and tell what is durable now."""
        self._durable = max(self._durable, version)
        self._release()
        if self._compaction.is_due or self._saving.due(self._durable):
            self._compaction.begin()

    def _save_if_due(self) -> None:
        if self.phase is Phase.SERVING and self._saving.due(self.version):
            self._saving.save(self.version, self.state)

    def rest(self, *, hurried: bool) -> None:
        """Do what waits for a quiet moment, if this is one or memory is short."""
        if self.phase is Phase.SERVING:
            self._compaction.rest(hurried=hurried)

    def failed(self, error: Exception) -> None:
        """Go back to the journal: what was to be recorded was not, or nobody knows."""
        if self.phase is not Phase.SERVING:
            return
        logger.warning("%s: append failed: %s", self, error)
        self.phase = Phase.RECOVERING
        self._settled.clear()
        self._ahead.take()
        for pending in self._mail:
            if pending.foreseen is not None:
                self._repeats.receipts.forget(pending.foreseen.commit)
        match error:
            case Fenced():
                self.close(CloseReason.RESTART)
                return
            case VersionConflict() | AlreadyRecorded():
                self._decide_again(doubt=isinstance(error, AlreadyRecorded))
            case JournalUnavailable():
                pass
            case _:
                self._blame()
                self._decide_again(doubt=True)
        self._services.supervisor.restart(self)

    def _decide_again(self, *, doubt: bool) -> None:
        for pending in self._mail:
            if doubt and pending.request is not None and pending.foreseen is not None:
                self._repeats.doubt(pending.request)
        self._mail.put_back()

    def _blame(self) -> None:
        """Give up the first request whose commit could not be written; the others may go on."""
        blamed = self._mail.first_unrecorded(self._durable)
        if blamed is not None:
            self._services.meters.poisoned += 1
            blamed.answer(Poisoned())

    def _release(self) -> None:
        """Publish and answer, in order, all that waits for nothing any more."""
        while (pending := self._mail.next_answer(self._durable)) is not None:
            if pending.foreseen is not None:
                self._publish(pending.request, pending.foreseen)
                self._give(pending, pending.foreseen.commit)
            else:
                assert pending.outcome is not None, "it can be answered"
                # It was decided by the state in memory, and nothing is appended that would be fenced.
                holds = self._services.tenure.holds
                self._give(pending, pending.outcome if holds else RoomUnavailable())
        # What was decided before the fault is answered first.
        if self._fault and self.phase is Phase.SERVING and not self._mail.has_decided:
            self.phase = Phase.RECOVERING
            self._settled.clear()
            self._recovery.refold = True
            self._services.supervisor.restart(self)

    def _publish(self, request: Request | None, recorded: Foreseen) -> None:
        assert request is not None, "something was asked that is recorded"
        self._compaction.note(request.command, self.state, recorded.after)
        self.state, self.version = recorded.after, recorded.commit.version
        try:
            self._services.meters.messages += self.streams.publish(recorded.messages)
            self._services.deliveries.delivered(self)
        except Exception:
            # It is durable, so it cannot be refused any more: viewers begin anew instead.
            logger.exception("%s: cannot publish what happened", self)
            self.streams.close(CloseReason.RESTART)

    def _give(self, pending: Pending, outcome: Outcome) -> None:
        if pending.request is not None:
            code = "ok" if isinstance(outcome, Commit) else outcome.code
            self._services.meters.commands[pending.request.command.tag, code] += 1
        pending.answer(outcome)

    def _answer_all(self, outcome: NoAnswer) -> None:
        for pending in self._mail.drain():
            self._give(pending, outcome)

    # Recovering

    async def recover(self) -> None:
        """Read the journal and serve; raise what it raises.

        What was not answered is answered if the journal has it, decided again if it surely has
        not, and else answered as unavailable. A room that was closed stays so: what it read may be
        another's by now.
        """
        if self.phase is not Phase.CLOSED:
            await self._recovery.read()
        if self.phase is Phase.CLOSED:
            return
        self._durable = self.version
        self._ahead.begin(self.state, self.version)
        self._fault = False
        self._services.meters.recoveries += 1
        for pending in self._mail.drain_decided():
            self._give(pending, self._earlier_or_unavailable(pending.request))
        for pending in self._mail.drain_tried(MOST_TRIES):
            self._give(pending, RoomBusy())
        self.phase = Phase.SERVING
        self._settled.set()
        self.presence.recovered()
        self._compaction.begin()
        if self._mail.has_undecided:
            self._schedule()

    def _earlier_or_unavailable(self, request: Request | None) -> Outcome:
        outcome = None if request is None else self._repeats.find(request)
        return RoomUnavailable() if outcome is None else outcome

    def away(self) -> None:
        """Answer all as unavailable until the journal can be read again."""
        if self.phase is Phase.CLOSED:
            return
        self.phase = Phase.AWAY
        self._refuse_all(RoomUnavailable())

    def quarantine(self, why: str) -> None:
        """Close for repair: the record cannot be read."""
        if self.phase is Phase.CLOSED:
            return
        self.phase, self.why = Phase.QUARANTINED, why
        self._refuse_all(RoomQuarantined())
        self.streams.close(CloseReason.RESTART)

    def _refuse_all(self, outcome: NoAnswer) -> None:
        self._repeats.give_up()
        self._settled.set()
        self._answer_all(outcome)

    def passivate(self) -> None:
        """Leave memory, after saving what it would otherwise fold again."""
        self._saving.save(self.version, self.state)
        self.close()
