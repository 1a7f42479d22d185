"""A draft ends as the room that every commit, taken one after another, leads to."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import EMPTY, Event, RoomState, advance, advance_all, decide, fold
from events.core.actions import CHUNK, CHUNKS, MOST_ACTIONS, Actions
from events.core.canonical import state_json
from events.core.features.hexes import HexesRevealed
from events.core.features.history import UndoAction
from events.core.features.members import PlayerJoined, RoomOpened
from events.core.fold_draft import FoldDraft
from events.core.state import Member
from events.journal import Commit
from tests.support.given import ANN, DM
from tests.support.random_nights import START, Step, play
from tests.support.strategies import nights

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def one_by_one(room: RoomState, commits: list[Commit]) -> RoomState:
    for commit in commits:
        room = advance(room, commit)
    return room


@settings(max_examples=300, deadline=None)
@given(nights(20), st.data())
def test_many_commits_at_once_lead_where_one_after_another_does(
    night: list[Step], data: st.DataObject
) -> None:
    start = fold(START)
    commits = [change.commit for change in play(start, night)]
    expected = one_by_one(start, commits)
    before = state_json(start)
    draft, cut = FoldDraft.of(start), data.draw(st.integers(0, len(commits)))
    draft.advance(commits[:cut])
    draft.advance(commits[cut:])
    found = draft.finished()
    assert found == expected
    assert state_json(found) == state_json(expected)
    assert state_json(start) == before
    assert type(found) is RoomState


def reveals(number: int, after: int = 0) -> list[Commit]:
    return [
        Commit(after + n, (HexesRevealed(hexes=((n % 50, n % 9, 2),), to="all"),), by(n), NOW)
        for n in range(number)
    ]


def by(number: int) -> Member:
    return ANN if number % 10 == 3 else DM


@pytest.mark.parametrize("number", [1, CHUNK, MOST_ACTIONS, MOST_ACTIONS + 1, 1_500, 2_700])
@pytest.mark.parametrize("before", [0, 7, 100])
def test_what_can_be_undone_is_the_same_after_any_number(before: int, number: int) -> None:
    start = one_by_one(EMPTY, reveals(before))
    commits = reveals(number, before)
    expected, found = one_by_one(start, commits), advance_all(start, commits)
    assert [action.version for action in found.history.done] == [
        action.version for action in expected.history.done
    ]
    assert state_json(found) == state_json(expected)


def test_an_undo_on_the_way_finds_what_was_done_before_it() -> None:
    commits = reveals(1_400)
    room = one_by_one(EMPTY, commits)
    for version in (None, 900):
        events = decide(room, UndoAction(version=version), DM)
        commits.append(Commit(commits[-1].version, events, DM, NOW))
        room = advance(room, commits[-1])
    commits += reveals(3, commits[-1].version)
    room = one_by_one(room, commits[-3:])
    assert state_json(advance_all(EMPTY, commits)) == state_json(room)


def test_what_an_event_raises_is_raised_and_harms_nobody() -> None:
    start = fold(START)
    broken = HexesRevealed(hexes=((0, 0, 1),), to="all").model_copy(update={"to": {}})
    for events in ((PlayerJoined(user=ANN.user), broken), (broken,)):
        with pytest.raises(TypeError):
            advance_all(start, [Commit(0, events, DM, NOW)])
        with pytest.raises(TypeError):
            fold(events, start)
    assert start == fold(START)


def test_a_slice_that_no_room_has_is_refused() -> None:
    class Odd(RoomOpened):
        tag = "odd_for_tests"

        def evolve(self, room: RoomState) -> RoomState:
            return room.but(colour=self.name)

    del Event.known[Odd.tag]
    with pytest.raises(TypeError, match="colour"):
        advance_all(EMPTY, [Commit(0, (Odd(name="red"),), DM, NOW)])


@given(st.integers(0, 200), st.integers(0, 3_000))
@settings(max_examples=30, deadline=None)
def test_actions_added_at_once_are_kept_as_if_one_by_one(before: int, number: int) -> None:
    all_ = tuple(one_by_one(EMPTY, reveals(1)).history.done) * (before + number)
    expected = start = Actions(all_[:before])
    for action in all_[before:]:
        expected = expected.plus((action,))
    given_ = all_[before:][-MOST_ACTIONS:]
    assert start.plus(given_, number - len(given_)) == expected
    assert len(expected) <= max(before, CHUNKS * CHUNK + CHUNK - 1)
