"""Carrying a command out leads to the room that folding its events leads to."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from events import Command, Event, Rejected, RoomState, decide, fold
from events.core.canonical import state_json
from events.core.decider import carry_out
from events.core.features.hexes import RevealHexes
from events.core.features.tokens import TokenMoved
from events.core.messages import Deciding, Decision
from events.core.state import Member, TokenId
from events.geometry.grid import Hex
from tests.support.given import DM
from tests.support.random_nights import START, Step
from tests.support.strategies import nights


@settings(max_examples=200, deadline=None)
@given(nights(20))
def test_a_decision_is_the_events_and_what_they_fold_to(night: list[Step]) -> None:
    room = fold(START)
    for command, by, seed in night:
        try:
            decision = carry_out(room, command.stamped(lambda s=seed: s), by)  # type: ignore[misc]
        except Rejected:
            continue
        folded = fold(decision.events, room)
        assert state_json(decision.after) == state_json(folded)
        room = decision.after


@pytest.fixture
def march() -> Iterator[type[Command]]:
    """A command that takes two steps, the second from where the first led, and then what another does."""

    class March(Command):
        tag = "march"

        def decide(self, room: RoomState, by: Member) -> Deciding:
            for _ in range(2):
                at = room.tokens[TokenId("t1")].at
                room = yield TokenMoved(token=TokenId("t1"), to=Hex(at.q + 1, at.r))
            at = room.tokens[TokenId("t1")].at
            yield RevealHexes(hex_keys=(at,), targets="all").carry_out(room, by)

    yield March
    del Command.known[March.tag]


def test_a_yield_gives_the_room_after_what_it_yielded(march: type[Command]) -> None:
    room = fold(START)
    at = room.tokens[TokenId("t1")].at
    decision = carry_out(room, march(), DM)
    assert decision.after.tokens[TokenId("t1")].at == Hex(at.q + 2, at.r)
    assert Hex(at.q + 2, at.r) in decision.after.visibility
    assert decision.events == decide(room, march(), DM)
    assert decision == Decision(decision.events, fold(decision.events, room))
    assert all(isinstance(event, Event) for event in decision.events)


def test_a_command_that_changes_nothing_leaves_the_room_itself() -> None:
    reveal = RevealHexes(hex_keys=(Hex(0, 0),), targets="all")
    room = carry_out(fold(START), reveal, DM).after
    events, after = carry_out(room, reveal, DM)
    assert events == ()
    assert after is room
