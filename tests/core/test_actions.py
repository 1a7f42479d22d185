"""What can be undone is the same whether it is held by reference, written out or packed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import EMPTY, Rejected, RoomState, advance, decide, fold
from events.core.action import LeftMemory
from events.core.actions import CHUNK, MOST_ACTIONS, MOST_AT_ONCE, Actions
from events.core.canonical import state_from_json, state_hash, state_json
from events.core.features.hexes import HexesRevealed
from events.core.features.history import RedoAction, UndoAction
from events.core.features.terrain import HexesUpdated
from events.core.state import Member, Role, UserId
from events.journal import Commit
from tests.support.given import DM
from tests.support.random_nights import START, Step, play
from tests.support.strategies import nights

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = Member(UserId("dm2"), Role.DM, "Dave")
PLENTY = 10_000_000


def reveal(room: RoomState, number: int, by: Member = DM) -> RoomState:
    event = HexesRevealed(hexes=((number % 60, number // 60, 1),), to="all")
    return advance(room, Commit(number, (event,), by, NOW))


def revealed(number: int) -> RoomState:
    room = EMPTY
    for n in range(number):
        room = reveal(room, n)
    return room


def compact(room: RoomState, limit: int = PLENTY) -> None:
    while room.history.compact(limit):
        pass


@settings(max_examples=200, deadline=None)
@given(nights(30), st.data())
def test_written_out_history_is_the_same_and_undoes_the_same(
    night: list[Step], data: st.DataObject
) -> None:
    plain = compacted = fold(START)
    for change in play(plain, night):
        plain = advance(plain, change.commit)
        compacted = advance(compacted, change.commit)
        if data.draw(st.booleans()):
            compact(compacted)
    compact(compacted)
    assert state_json(compacted) == state_json(plain)
    assert state_hash(compacted) == state_hash(plain)
    assert compacted.history == plain.history
    for command in (UndoAction(), UndoAction(version=data.draw(st.integers(1, 60))), RedoAction()):
        try:
            expected = decide(plain, command, DM)
        except Rejected as refusal:
            with pytest.raises(type(refusal)):
                decide(compacted, command, DM)
        else:
            assert decide(compacted, command, DM) == expected


@pytest.mark.parametrize("number", [3, CHUNK, CHUNK + 1, 300, 1_200])
def test_packed_actions_are_found_taken_out_and_put_back(number: int) -> None:
    plain, packed = revealed(number), revealed(number)
    compact(packed)
    for version in (number, number // 2, max(number - MOST_ACTIONS // 2, 1), number - CHUNK):
        one, other = (room.history.done.find(version) for room in (plain, packed))
        assert one == other
        if one is None or other is None:
            continue
        less = packed.history.done.without(other)
        assert list(less) == [each for each in plain.history.done if each is not one]
        assert less == plain.history.done.without(one)
        assert less.again(other) == packed.history.done
        assert len(less) == len(packed.history.done) - 1
        assert less.find(version) is None
    saved = state_from_json(state_json(packed))
    assert saved.history == plain.history
    compact(saved)
    assert state_json(saved) == state_json(plain)


def test_each_dm_finds_their_newest_action_in_packed_ones() -> None:
    room = reveal(EMPTY, 0, OTHER)
    for n in range(1, 200):
        room = reveal(room, n)
    compact(room)
    for user, version in ((OTHER.user, 1), (DM.user, 200)):
        newest = room.history.done.newest_of(user)
        assert newest is not None
        assert newest.version == version
    assert room.history.done.newest_of(UserId("nobody")) is None


def test_past_the_bound_the_oldest_leave_and_are_restored() -> None:
    room = revealed(300)
    compact(room, PLENTY)
    held = room.history.held_bytes
    compact(room, held)
    assert all(action.is_here for action in room.history.done)
    room = reveal(room, 300)
    while len(room.history.done) % 8:
        room = reveal(room, room.history.done.newest.version)  # type: ignore[union-attr]
    compact(room, held - 500)
    flags = [action.is_here for action in room.history.done]
    assert flags == sorted(flags)
    assert not flags[0]
    gone = next(iter(room.history.done))
    missing = UndoAction(version=gone.version).missing(room, DM)
    assert missing is not None
    assert (missing.after, missing.version, missing.undone) == (0, 1, False)
    with pytest.raises(LeftMemory):
        decide(room, UndoAction(version=gone.version), DM)
    assert state_from_json(state_json(room)).history == room.history
    whole = next(iter(revealed(1).history.done))
    room.history.restore(missing, whole.changes)
    assert UndoAction(version=gone.version).missing(room, DM) is None
    assert decide(room, UndoAction(version=gone.version), DM)
    assert next(iter(room.history.done)).description == gone.description


def test_large_changes_are_not_written_out() -> None:
    wide = tuple((0, r, 80) for r in range(80))
    room = advance(revealed(1), Commit(1, (HexesUpdated(painted=(("hills", 0, wide),)),), DM, NOW))
    compact(room)
    assert [action.is_here for action in room.history.done] == [True, True], "not the newest"
    room = reveal(room, 2)
    compact(room)
    assert [action.is_here for action in room.history.done] == [True, False, True]


def test_what_was_undone_is_bounded_as_well() -> None:
    room = revealed(40)
    for version in range(40, 64):
        room = advance(room, Commit(version, decide(room, UndoAction(), DM), DM, NOW))
    compact(room, 1)
    assert RedoAction().missing(room, DM) is None, "the newest stays"
    assert not room.history.undone[0].put.is_here
    while room.history.undone[-1].put.is_here:
        room = advance(room, Commit(80, decide(room, RedoAction(), DM), DM, NOW))
    missing = RedoAction().missing(room, DM)
    assert missing is not None
    assert missing.undone


def test_no_actions_are_equal_to_no_actions() -> None:
    assert Actions() == Actions([])
    assert not Actions()
    assert Actions().newest is None


def test_few_actions_are_written_out_at_one_go() -> None:
    room = revealed(3 * CHUNK + 20)
    was, calls = 0, 1
    while room.history.compact(PLENTY):
        now = sum(action.is_written_out for action in room.history.done)
        assert now <= was + MOST_AT_ONCE
        was, calls = now, calls + 1
    assert calls >= len(room.history.done) / MOST_AT_ONCE
    assert state_json(room) == state_json(revealed(3 * CHUNK + 20))
