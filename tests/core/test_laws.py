"""Laws of the core, for random nights of a DM, two players and a spectator."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from events import (
    PROJECTIONS,
    Change,
    Command,
    Event,
    Member,
    RoomState,
    advance,
    decide,
    fold,
)
from events.core.canonical import state_from_json, state_json
from events.core.diffs import DIFFERS
from events.core.features.history import RedoAction, UndoAction
from events.core.features.staging import (
    ModeSet,
    Publish,
    SetMode,
)
from events.core.messages import JSON
from events.core.publish_preview import foresee
from events.core.state import (
    Mode,
)
from events.core.view import (
    Disclosure,
    audience,
    messages_for,
    parts_reading,
    project,
    state_fields,
)
from tests.support.given import ANN, BEN, DM, SAM
from tests.support.random_nights import START, TABLE, Step, play
from tests.support.reference_client import ReferenceClient
from tests.support.secret_events import PUBLIC, in_secret, reads_the_secret
from tests.support.strategies import commands, nights


def plain(value: JSON) -> JSON:
    return json.loads(json.dumps(value))


def opened(room: RoomState, viewer: Member) -> ReferenceClient:
    client = ReferenceClient(viewer.is_dm)
    client.opened(plain(state_fields(project(room, viewer))))
    return client


@settings(max_examples=300, deadline=None)
@given(nights())
def test_a_client_that_only_reads_messages_knows_what_a_fresh_projection_shows(
    night: list[Step],
) -> None:
    room = fold(START)
    clients = {viewer: opened(room, viewer) for viewer in TABLE}
    of_whole_lists = opened(room, DM)
    for change in play(room, night):
        disclosure = Disclosure(change)
        for viewer, client in clients.items():
            shared = disclosure.audience(viewer)
            messages = list(disclosure.messages_for(shared))
            for message in messages:
                client.told(plain(message.to_wire()))
            assert disclosure.encoded_for(shared) == [message.encode() for message in messages]
            assert client.knows() == opened(change.after, viewer).knows()
            if shared != viewer:
                assert [m.to_wire() for m in messages] == [
                    m.to_wire() for m in disclosure.messages_for(viewer)
                ]
        for message in messages_for(change, DM):
            of_whole_lists.told(plain(message.to_wire()))
        assert of_whole_lists.knows() == clients[DM].knows()


@settings(max_examples=100, deadline=None)
@given(nights())
def test_the_state_is_encoded_as_its_fields_are(night: list[Step]) -> None:
    for change in play(fold(START), night):
        room = change.after
        for part in PROJECTIONS:
            for viewer in TABLE:
                long_way = to_json(part.state_fields(part.whole(room, viewer)))[1:-1]
                assert part.state_encoded(room, viewer) == long_way
                if part.name != "hexes" or (room.settings.adjacent_terrain and not viewer.is_dm):
                    assert part.state_in_runs(room, viewer) == long_way
                keys = tuple(part.keys(room, viewer))
                anywhere = part.individually_seen_anywhere(room, viewer)
                assert {*part.individually_seen(room, keys)} <= {*anywhere}


@settings(max_examples=100, deadline=None)
@given(nights())
def test_a_part_shows_the_same_while_the_slices_that_it_reads_are_the_same(
    night: list[Step],
) -> None:
    for change in play(fold(START), night):
        quiet = {part.name for part in PROJECTIONS} - {
            part.name for part in parts_reading(change.slices)
        }
        for viewer in TABLE:
            before, after = project(change.before, viewer), project(change.after, viewer)
            for part in quiet:
                assert before[part] == after[part], part


@settings(max_examples=100, deadline=None)
@given(nights())
def test_many_keys_at_once_are_shown_as_each_is(night: list[Step]) -> None:
    room = fold(START)
    for change in play(room, night):
        room = change.after
    for part in PROJECTIONS:
        for viewer in TABLE:
            keys = tuple(part.keys(room, viewer))
            alone = {key: part.visible(room, viewer, key) for key in keys}
            shown = {key: look for key, look in alone.items() if look is not None}
            assert list(part.shown(room, viewer, keys).items()) == list(shown.items())


@settings(max_examples=100, deadline=None)
@given(nights())
def test_a_part_shows_nothing_to_roles_that_it_is_not_for(night: list[Step]) -> None:
    room = fold(START)
    for change in play(room, night):
        room = change.after
    for part in PROJECTIONS:
        for viewer in TABLE:
            if viewer.role not in part.roles:
                shown = [part.visible(room, viewer, key) for key in part.keys(room, viewer)]
                assert not any(shown), part.name


@settings(max_examples=200, deadline=None)
@given(nights())
def test_folding_what_was_written_and_read_back_gives_the_live_state(night: list[Step]) -> None:
    room = again = restored = fold(START)
    for change in play(room, night):
        room = change.after
        read = tuple(Event.known[e.tag].model_validate_json(e.to_json()) for e in change.events)
        again = advance(again, change.commit._replace(events=read))
        restored = advance(state_from_json(state_json(restored)), change.commit)
    assert again == room == restored
    assert state_json(again) == state_json(room) == state_json(restored)


@settings(max_examples=200, deadline=None)
@given(nights())
def test_nothing_staged_changes_what_a_player_sees(night: list[Step]) -> None:
    room = fold([*START, ModeSet(mode=Mode.STAGED)])
    quiet = [step for step in night if step[0].stageable and step[1].is_dm]
    for change in play(room, quiet):
        for viewer in (ANN, BEN, SAM):
            assert project(change.after, viewer) == project(room, viewer)
            assert not list(messages_for(change, viewer))


def the_map(room: RoomState) -> dict[str, JSON]:
    """Return all of the state but the queue itself."""
    whole: dict[str, JSON] = json.loads(state_json(room))
    for key in ("mode", "staged", "last_change", "dropped", "history"):
        whole.pop(key, None)
    return whole


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(commands(stageable=True), st.integers(0, 2**128 - 1)), max_size=10))
def test_publishing_leaves_the_map_as_if_each_command_had_been_done_at_once(
    queue: list[tuple[Command, int]],
) -> None:
    night = [(command, DM, seed) for command, seed in queue]
    now = fold(START)
    for change in play(now, night):
        now = change.after
    later = fold([*START, ModeSet(mode=Mode.STAGED)])
    for change in play(later, night):
        later = change.after
    if later.staged:
        later = fold(decide(later, Publish(), DM), later)
        assert later.mode is Mode.IMMEDIATE
    assert the_map(later) == the_map(now)


@settings(max_examples=300, deadline=None)
@given(nights(), st.sampled_from([ANN, BEN, SAM]))
def test_a_command_that_changes_nothing_leaves_no_event(night: list[Step], who: Member) -> None:
    for change in play(fold(START), night):
        if change.events:
            assert state_json(change.before) != state_json(change.after)
        else:
            assert change.before is change.after


def undoable(room: RoomState) -> dict[str, JSON]:
    """Return the slices that undo is about."""
    whole: dict[str, JSON] = json.loads(state_json(room))
    return {name: whole.get(name) for name in DIFFERS}


@settings(max_examples=200, deadline=None)
@given(nights(15), st.integers(1, 4))
def test_undo_then_redo_leaves_the_map_as_it_was(night: list[Step], times: int) -> None:
    room, version = fold(START), len(START)
    for change in play(room, night):
        room, version = change.after, change.commit.version
    times = min(times, len(room.history.done))
    back_and_forth: list[Step] = [(UndoAction(), DM, 0)] * times + [(RedoAction(), DM, 0)] * times
    states = [room, *(change.after for change in play(room, back_and_forth, version))]
    assert len(states) == 2 * times + 1
    for undone, redone in zip(states, reversed(states), strict=True):
        assert undoable(undone) == undoable(redone)


@settings(max_examples=100, deadline=None)
@given(nights(15))
def test_the_preview_that_is_kept_is_the_room_that_publishing_would_leave(
    night: list[Step],
) -> None:
    room = fold([*START, ModeSet(mode=Mode.STAGED)])
    for change in play(room, night):
        room = change.after
        if room.staged:
            published = fold(decide(room, Publish(), DM), room)
            assert without_rolls(foresee(room, DM).room) == without_rolls(published)


def without_rolls(room: RoomState) -> dict[str, JSON]:
    """Return the map without the checks rolled, which no decision looks at."""
    return {name: slice_ for name, slice_ in the_map(room).items() if name not in UNREAD}


@settings(max_examples=200, deadline=None)
@given(nights(15))
def test_a_queue_thrown_away_comes_back_with_undo(night: list[Step]) -> None:
    room, version = fold([*START, ModeSet(mode=Mode.STAGED)]), len(START) + 1
    for change in play(room, [step for step in night if step[0].stageable], version):
        room, version = change.after, change.commit.version
    over = [(SetMode(mode=Mode.IMMEDIATE), DM, 0), (UndoAction(), DM, 0)]
    if room.staged:
        _, undone = play(room, over, version)
        assert (undone.after.staged, undone.after.mode) == (room.staged, room.mode)


UNREAD = ("rolls", "online", "name", "pins", "strokes")


def test_every_event_may_happen_in_secret_or_is_declared_public() -> None:
    in_the_law = {event.tag for event in in_secret(fold(START), ANN)}
    assert not in_the_law & PUBLIC
    assert in_the_law | PUBLIC == {tag for tag in Event.known if not tag.startswith("test_")}


@settings(max_examples=200, deadline=None)
@given(nights(), st.data())
def test_a_player_gets_the_same_bytes_whatever_happens_in_secret(
    night: list[Step], data: st.DataObject
) -> None:
    """Noninterference: two histories that differ only in what ANN may not see, told to ANN."""
    night = [step for step in night if not reads_the_secret(step[0])]
    secret_at = data.draw(st.integers(0, len(night)))
    open_, veiled, version = fold(START), fold(START), len(START)
    for index, step in enumerate([*night, None]):
        if index == secret_at:
            secret = tuple(in_secret(veiled, ANN))
            change = Change(veiled, fold(secret, veiled), secret)
            assert not list(messages_for(change, audience(ANN, change)))
            veiled = change.after
        if step is None:
            break
        told = []
        for room in (open_, veiled):
            change = next(play(room, [step], version), Change(room, room, ()))
            told.append(
                (
                    [message.encode() for message in messages_for(change, audience(ANN, change))],
                    state_fields(project(change.after, ANN)),
                    change.after,
                )
            )
        assert told[0][:2] == told[1][:2]
        open_, veiled, version = told[0][2], told[1][2], version + 10
