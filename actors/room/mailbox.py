"""Mailbox: the requests a room has not answered yet, in the order in which they came."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from actors.delivery.viewer_streams import PreparedMessages
from actors.runtime.errors import NoAnswer
from events.core.state import RoomState
from events.errors import Rejected
from events.journal import Commit, Request

MAILBOX_COMMANDS: Final = 256

Outcome: TypeAlias = Commit | Rejected | NoAnswer
"""What a request comes to: recorded (a commit without events changed nothing), refused, or no answer."""
Answer: TypeAlias = Callable[[Outcome], None]


class Foreseen(NamedTuple):
    """What a request will come to once the journal has it."""

    commit: Commit
    after: RoomState
    messages: PreparedMessages


class Pending:
    """A request on its way through its room's mailbox, which alone changes it."""

    __slots__ = ("answer", "foreseen", "outcome", "request", "tries")

    def __init__(self, request: Request | None, answer: Answer) -> None:
        self.request = request
        """None asks nothing: it is answered once all before it are."""
        self.answer = answer
        self.tries = 0
        """How often it was decided in vain."""
        self.foreseen: Foreseen | None = None
        """What is to be recorded; None if it comes to nothing."""
        self.outcome: Outcome | None = None
        """What it came to without being recorded; None while that is looked up."""


class Mailbox:
    """Requests in two stretches: decided ones wait for the journal, in front of the undecided.

    New ones come at the back and answered ones leave at the front. The bound is on all together, so
    that a room whose journal is slow soon says that it is busy.
    """

    def __init__(self, bound: int = MAILBOX_COMMANDS) -> None:
        self.bound = bound
        self._waiting: deque[Pending] = deque()
        self._decided: deque[Pending] = deque()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._decided)

    def __iter__(self) -> Iterator[Pending]:
        """Iterate over those that are decided."""
        return iter(tuple(self._decided))

    @property
    def full(self) -> bool:
        return len(self._waiting) + len(self._decided) >= self.bound

    @property
    def has_decided(self) -> bool:
        return bool(self._decided)

    @property
    def has_undecided(self) -> bool:
        return bool(self._waiting)

    def put(self, request: Request | None, answer: Answer) -> None:
        """Take a request; None asks for nothing but its turn."""
        self._waiting.append(Pending(request, answer))

    @property
    def first_undecided(self) -> Pending | None:
        """The first undecided request."""
        return self._waiting[0] if self._waiting else None

    def next(self) -> Pending | None:
        """Return the first undecided request, which counts as decided from now on."""
        if not self._waiting:
            return None
        pending = self._waiting.popleft()
        self._decided.append(pending)
        return pending

    def came_to(self, pending: Pending, outcome: Outcome | Foreseen | None) -> None:
        """Store the outcome of a request, or the one foreseen once it is recorded; None while it is looked up."""
        if isinstance(outcome, Foreseen):
            pending.foreseen = outcome
        else:
            pending.outcome = outcome

    def next_answer(self, durable: int) -> Pending | None:
        """Remove and return the first request if it can be answered, the record being at a version."""
        if not self._decided:
            return None
        pending = self._decided[0]
        if pending.foreseen is None:
            ready = pending.outcome is not None
        else:
            ready = pending.foreseen.commit.version <= durable
        return self._decided.popleft() if ready else None

    def first_unrecorded(self, durable: int) -> Pending | None:
        """Remove and return the first request that waits for the journal past a version."""
        for pending in self._decided:
            if pending.foreseen is not None and pending.foreseen.commit.version > durable:
                self._decided.remove(pending)
                return pending
        return None

    def put_back(self) -> None:
        """Make all that is decided undecided again, before what waits."""
        for pending in reversed(self._decided):
            pending.foreseen = pending.outcome = None
            pending.tries += 1
            self._waiting.appendleft(pending)
        self._decided.clear()

    def drain_decided(self) -> Iterator[Pending]:
        """Yield and remove all that is decided, in order."""
        while self._decided:
            yield self._decided.popleft()

    def drain_tried(self, more_than: int) -> Iterator[Pending]:
        """Yield and remove what was decided in vain more often than that."""
        for pending in [each for each in self._waiting if each.tries > more_than]:
            self._waiting.remove(pending)
            yield pending

    def drain(self) -> Iterator[Pending]:
        """Yield and remove everything, in order."""
        yield from self.drain_decided()
        while self._waiting:
            yield self._waiting.popleft()


async def answered(post: Callable[[Request, Answer], None], request: Request) -> Commit:
    """Post the request and wait until it is recorded; raise Rejected or NoAnswer."""
    recorded: asyncio.Future[Commit] = asyncio.get_running_loop().create_future()

    def answer(outcome: Outcome) -> None:
        if recorded.cancelled():
            return
        if isinstance(outcome, Commit):
            recorded.set_result(outcome)
        else:
            recorded.set_exception(outcome)

    post(request, answer)
    return await recorded
