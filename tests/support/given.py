"""given/when/then for the core: a history, a command, what follows."""

from dataclasses import dataclass

from events import (
    Change,
    Command,
    Event,
    Member,
    Rejected,
    RoomState,
    decide,
    fold,
    messages_for,
    project,
)
from events.core.messages import JSON
from events.core.state import Role, UserId
from events.geometry.grid import Hex

DM = Member(UserId("dm"), Role.DM, "Dora")
ANN = Member(UserId("ann"), Role.PLAYER, "Ann")
BEN = Member(UserId("ben"), Role.PLAYER, "Ben")
SAM = Member(UserId("sam"), Role.SPECTATOR, "Sam")


@dataclass(frozen=True)
class Given:
    room: RoomState

    def when(self, command: Command, by: Member = DM, seed: int = 7) -> "Outcome":
        command = command.stamped(lambda: seed)
        try:
            return Outcome(self.room, decide(self.room, command, by), None)
        except Rejected as refusal:
            return Outcome(self.room, (), refusal)


@dataclass(frozen=True)
class Outcome:
    before: RoomState
    events: tuple[Event, ...]
    refusal: Rejected | None

    @property
    def after(self) -> RoomState:
        return fold(self.events, self.before)

    def then(self, *expected: Event) -> "Outcome":
        assert self.refusal is None, self.refusal
        assert self.events == expected
        return self

    def refused(self, why: type[Rejected]) -> "Outcome":
        assert type(self.refusal) is why, self.refusal or self.events
        return self

    def shows(self, viewer: Member, part: str, key: str, expected: JSON) -> "Outcome":
        view = project(self.after, viewer)[part]
        keys = {str(at) if isinstance(at, Hex) else at: shown for at, shown in view.items()}
        assert keys.get(key) == expected
        return self

    def tells(self, viewer: Member, *tags: str) -> "Outcome":
        """Assert the kinds of messages the viewer is told, in order."""
        assert [message["type"] for message in self.told(viewer)] == list(tags)
        return self

    def told(self, viewer: Member) -> list[dict[str, JSON]]:
        change = Change(self.before, self.after, self.events)
        return [message.to_wire() for message in messages_for(change, viewer)]

    def again(self) -> Given:
        return Given(self.after)


def given(*events: Event) -> Given:
    return Given(fold(events))
