"""A room played commit by commit, for tests of what is undone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from events import EMPTY, Change, Command, Event, Member, RoomState, advance, decide, messages_for
from events.core.features.hexes import RevealHexes
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.sessions import StartSession
from events.core.features.terrain import HexChange, UpdateHexes
from events.core.messages import JSON
from events.errors import Rejected
from events.geometry.grid import Hex
from events.journal import Commit
from tests.support.given import ANN, BEN, DM, SAM


@dataclass
class Table:
    """A room played commit by commit."""

    room: RoomState = EMPTY
    commits: list[Commit] = field(default_factory=list)
    last: Change | None = None

    def do(self, command: Command, by: Member = DM) -> "Table":
        events = decide(self.room, command.stamped(lambda: 7), by)
        return self.happened(events, by)

    def happened(self, events: Iterable[Event], by: Member = DM) -> "Table":
        events = tuple(events)
        version = self.commits[-1].version if self.commits else 0
        commit = Commit(version, events, by, datetime(2026, 1, 1, tzinfo=UTC))
        if events:
            self.commits.append(commit)
        self.last = Change(self.room, advance(self.room, commit), events)
        self.room = self.last.after
        return self

    def refuses(self, command: Command, why: type[Rejected], by: Member = DM) -> None:
        with pytest.raises(why):
            decide(self.room, command, by)

    def told(self, viewer: Member) -> list[dict[str, JSON]]:
        assert self.last is not None
        return [message.to_wire() for message in messages_for(self.last, viewer)]

    def tags(self, viewer: Member) -> list[str]:
        return [message["type"] for message in self.told(viewer)]


def table() -> Table:
    people = (DM, ANN, BEN, SAM)
    made = Table().happened(
        event
        for who in people
        for event in (
            MemberSet(user=who.user, name=who.name, role=who.role),
            PlayerJoined(user=who.user),
        )
    )
    return made.do(StartSession())


def reveal(*hexes: Hex) -> RevealHexes:
    return RevealHexes(hex_keys=hexes, targets="all")


def paint(terrain: str, *hexes: Hex) -> UpdateHexes:
    return UpdateHexes(changes=tuple(HexChange(key=at, terrain=terrain) for at in hexes))
