"""The life of a game session: waiting or ended → active ⇄ paused → ended."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Self
from uuid import UUID

from events.core.messages import JSON, Command, Event, ServerMessage
from events.core.projection import Shown, SingleProjection
from events.core.state import Member, RoomState, SessionId, Status
from events.errors import InvalidState


class WrongStatus(InvalidState):
    def __init__(self, wanted: str, expected: Iterable[Status], found: Status) -> None:
        super().__init__(wanted, tuple(expected), found)
        self.wanted, self.expected, self.found = wanted, tuple(expected), found

    def __str__(self) -> str:
        return (
            f"to {self.wanted} a session it must be {' or '.join(self.expected)}, not {self.found}"
        )


class StartSession(Command):
    """Begin a new game session."""

    tag = "session:start"
    session: SessionId | None = None
    """Stamped; what a client sends here is overwritten."""

    def stamped(self, seed: Callable[[], int]) -> Self:
        return self.model_copy(update={"session": SessionId(str(UUID(int=seed(), version=4)))})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        _expect(room, "start", Status.WAITING, Status.ENDED)
        assert self.session is not None, "commands are stamped before they are decided"
        yield SessionStarted(session=self.session)

    def describe(self, room: RoomState) -> str:
        return "Start the session"


class PauseSession(Command):
    """Hold the game; players may look, but not act."""

    tag = "session:pause"

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        _expect(room, "pause", Status.ACTIVE)
        yield SessionPaused()

    def describe(self, room: RoomState) -> str:
        return "Pause the session"


class ResumeSession(Command):
    """Go on after a pause."""

    tag = "session:resume"

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        _expect(room, "resume", Status.PAUSED)
        yield SessionResumed()

    def describe(self, room: RoomState) -> str:
        return "Resume the session"


class EndSession(Command):
    """End the game session; the room stays, with all that was shown."""

    tag = "session:end"

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        _expect(room, "end", Status.ACTIVE, Status.PAUSED)
        yield SessionEnded()

    def describe(self, room: RoomState) -> str:
        return "End the session"


class SessionStarted(Event):
    tag = "session_start"
    session: SessionId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(status=Status.ACTIVE, session=self.session)

    def describe(self, room: RoomState) -> str:
        return "Started the session"


class SessionPaused(Event):
    tag = "session_pause"

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(status=Status.PAUSED)

    def describe(self, room: RoomState) -> str:
        return "Paused the session"


class SessionResumed(Event):
    tag = "session_resume"

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(status=Status.ACTIVE)

    def describe(self, room: RoomState) -> str:
        return "Resumed the session"


class SessionEnded(Event):
    tag = "session_end"

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(status=Status.ENDED)

    def describe(self, room: RoomState) -> str:
        return "Ended the session"


class StatusChanged(ServerMessage):
    """The session was started, paused, resumed or ended."""

    tag = "session:statusChanged"
    status: Status
    session_id: SessionId | None


class SessionProjection(SingleProjection):
    """Status and session id; everyone knows them."""

    name = "session"
    reads = frozenset({"status", "session"})

    def visible(self, room: RoomState, viewer: Member, key: str) -> JSON:
        return {"status": room.status, "sessionId": room.session}

    def state_fields(self, whole: Shown[str]) -> Mapping[str, JSON]:
        return whole["session"]  # type: ignore[no-any-return]

    def diff_messages(self, before: Shown[str], after: Shown[str]) -> Iterator[ServerMessage]:
        now = after["session"]
        yield StatusChanged(status=now["status"], session_id=now["sessionId"])


def _expect(room: RoomState, action: str, *expected: Status) -> None:
    if room.status not in expected:
        raise WrongStatus(action, expected, room.status)
