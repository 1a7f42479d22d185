"""Mailbox: the requests a room has not answered yet, in the order in which they came."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from actors.delivery.viewer_streams import PreparedMessages
from actors.runtime.errors import NoAnswer
from events.core.state import RoomState
from events.errors import Rejected
from events.journal import Commit, Request

MAILBOX_COMMANDS: Final = 256

Outcome = Commit | Rejected | NoAnswer
"""What a request comes to: recorded (a commit without events changed nothing), refused, or no answer."""
Answer = Callable[[Outcome], None]


class Pending:
    """A request on its way: queued, decided, perhaps recorded, answered."""

    __slots__ = ("after", "answer", "commit", "looking", "outcome", "prepared", "request", "tries")

    def __init__(self, request: Request | None, answer: Answer) -> None:
        self.request = request
        """None asks nothing: it is answered once all before it are."""
        self.answer = answer
        self.tries = 0
        self.forget()

    def forget(self) -> None:
        """Make it undecided again."""
        self.commit: Commit | None = None
        """What is to be recorded; None if it came to nothing."""
        self.after: RoomState | None = None
        self.prepared: PreparedMessages | None = None
        self.outcome: Outcome | None = None
        self.looking = False
        """Whether the journal is being asked if this is an old repeat."""


class Mailbox:
    """Requests in three stretches: those answered leave at the front, new ones come at the back.

    ``waiting`` are undecided, ``held`` are decided but wait for the journal. The bound is on both
    together, so that a room whose journal is slow soon says that it is busy.
    """

    def __init__(self, bound: int = MAILBOX_COMMANDS) -> None:
        self.bound = bound
        self.waiting: deque[Pending] = deque()
        self.held: deque[Pending] = deque()

    def __len__(self) -> int:
        return len(self.waiting) + len(self.held)

    @property
    def full(self) -> bool:
        return len(self.waiting) + len(self.held) >= self.bound

    def put_back(self) -> None:
        """Make all that is held undecided again, before what waits."""
        for pending in reversed(self.held):
            pending.forget()
            self.waiting.appendleft(pending)
        self.held.clear()

    def drain(self) -> Iterator[Pending]:
        """Yield and remove everything, in order."""
        while self.held:
            yield self.held.popleft()
        while self.waiting:
            yield self.waiting.popleft()


async def answered(post: Callable[[Request, Answer], None], request: Request) -> Commit:
    """Post the request and wait until it is recorded; raise Rejected or NoAnswer."""
    asked: asyncio.Future[Commit] = asyncio.get_running_loop().create_future()

    def answer(outcome: Outcome) -> None:
        if asked.cancelled():
            return
        if isinstance(outcome, Commit):
            asked.set_result(outcome)
        else:
            asked.set_exception(outcome)

    post(request, answer)
    return await asked
