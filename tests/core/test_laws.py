"""Laws of the core, for random nights of a DM, two players and a spectator."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from events import Change, Command, Event, Member, Rejected, RoomState, advance, decide, fold
from events.core.canonical import state_from_json, state_json
from events.core.diffs import KINDS
from events.core.features.checks import SkillSet
from events.core.features.hexes import HexesRevealed, HideHexes, RevealHexes
from events.core.features.history import RedoAction, UndoAction
from events.core.features.labels import LabelSet
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.notes import NoteRevealed, NoteSet
from events.core.features.paths import PathSet
from events.core.features.pictures import PictureLaid
from events.core.features.regions import RegionSet
from events.core.features.rules import RuleSet
from events.core.features.sessions import SessionStarted
from events.core.features.sites import SiteSet
from events.core.features.staging import ModeSet, Publish, SetMode
from events.core.features.terrain import HexesUpdated
from events.core.features.tokens import TokenCreated, TokenMoved
from events.core.map_objects import (
    Label,
    LabelId,
    Path,
    PathId,
    Region,
    RegionId,
    Site,
    SiteId,
)
from events.core.messages import JSON
from events.core.state import Mode, Note, NoteId, Picture, Rule, RuleId, SessionId, TokenId, UserId
from events.core.values import Check
from events.core.view import encoded, lens, project, state_fields, tell
from events.geometry.course import CoursePoint, along, through
from events.geometry.grid import Hex, runs
from events.journal import Commit
from tests.support.given import ANN, BEN, DM, SAM
from tests.support.reference_client import ReferenceClient
from tests.support.strategies import commands, nights

TABLE = (DM, ANN, BEN, SAM)
START: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in TABLE),
    PlayerJoined(user=DM.user),
    PlayerJoined(user=ANN.user),
    PlayerJoined(user=SAM.user),
    HexesUpdated(painted=(("hills", 0, ((-2, 0, 5), (-2, 1, 5))),)),
    SessionStarted(session=SessionId("s0")),
    TokenCreated(token=TokenId("t1"), at=Hex(0, 0), label="Ann's", owner=ANN.user),
    TokenCreated(token=TokenId("t2"), at=Hex(0, 1), label="Ben's", owner=BEN.user),
    RuleSet(rule=RuleId("r1"), now=Rule("all", 1, "full")),
    PictureLaid(picture=Picture("p1", 700, 600)),
    NoteSet(note=NoteId("n1"), now=Note(Hex(1, 0), "poi", "Well", check=Check("lore", 9))),
    PathSet(
        path=PathId("p1"),
        now=Path("road", through([CoursePoint(Hex(-2, 0)), CoursePoint(Hex(2, 0))])),
    ),
    SiteSet(site=SiteId("s1"), now=Site(Hex(0, 1), "village", "Thornby")),
    RegionSet(
        region=RegionId("r1"), now=Region("The Vale", ((-2, 0, 5), (-2, 1, 5)), audience="seen")
    ),
    LabelSet(label=LabelId("l1"), now=Label(Hex(1, 1), "Beware", audience="seen")),
)
Step = tuple[Command, Member, int]


@dataclass(frozen=True, slots=True)
class Played(Change):
    """A change, and the commit that made it."""

    commit: Commit


def play(room: RoomState, night: Iterable[Step], version: int = len(START)) -> Iterator[Played]:
    """Yield what each command that is not refused does."""
    for command, by, seed in night:
        try:
            events = decide(room, command.stamped(lambda s=seed: s), by)  # type: ignore[misc]
        except Rejected:
            continue
        commit = Commit(version, events, by, datetime(2026, 1, 1, tzinfo=UTC))
        after = advance(room, commit)
        yield Played(room, after, events, commit)
        room, version = after, commit.version


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
    for change in play(room, night):
        for viewer, client in clients.items():
            eyes = lens(viewer, change)
            told = list(tell(change, eyes))
            for message in told:
                client.told(plain(message.to_wire()))
            assert encoded(change, eyes) == [message.encode() for message in told]
            assert client.knows() == opened(change.after, viewer).knows()
            if eyes != viewer:
                assert [m.to_wire() for m in tell(change, eyes)] == [
                    m.to_wire() for m in tell(change, viewer)
                ]


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
            assert not list(tell(change, viewer))


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
    return {name: whole.get(name) for name in KINDS}


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


OUT_OF_SIGHT = runs([Hex(7, q) for q in range(3)])


def in_secret(room: RoomState, who: Member) -> Iterable[Event]:
    """Yield what happens behind the player's back: far hexes painted, shown to another, staged."""
    yield HexesUpdated(painted=(("ruins", 3, OUT_OF_SIGHT),))
    yield TokenCreated(token=TokenId("lurker"), at=Hex(0, 0), label="a lurker", visible=False)
    yield TokenMoved(token=TokenId("lurker"), to=Hex(1, 0))
    trap = Note(
        Hex(0, 0), "encounter", "Trap", dm_text="a pit", audience="dm", check=Check("notice", 12)
    )
    yield NoteSet(note=NoteId("secret"), now=trap)
    yield NoteRevealed(note=NoteId("secret"), to=(UserId("ben" if who is ANN else "ann"),))
    other = UserId("ben" if who is ANN else "ann")
    yield SkillSet(user=other, skill="stealth", modifier=5)
    yield NoteSet(note=NoteId("far"), now=replace(trap, at=Hex(7, 0), hint="smoke", radius=2))
    yield from laid_in_secret(other)
    yield HexesRevealed(hexes=OUT_OF_SIGHT, to=(UserId("ben" if who is ANN else "ann"),))
    for command in (
        RevealHexes(hex_keys=(Hex(7, 0),), targets="all"),
        HideHexes(hex_keys=(Hex(7, 1),), targets="all"),
    ):
        if room.mode is Mode.STAGED:
            yield from decide(fold([], room), command, DM)


def laid_in_secret(other: UserId) -> Iterable[Event]:
    """Yield what is laid for DMs or another player here, and for all who see the hexes far away."""
    near, far = (Hex(0, 0), Hex(1, 0)), (Hex(7, 0), Hex(7, 1))
    for number, (audience, players, (start, end)) in enumerate(
        [("dm", (), near), ("dm", (other,), near), ("seen", (), far), ("all", (), far)]
    ):
        key = f"hidden-{number}"
        knows: dict[str, Any] = {"audience": audience, "players": players}
        course = through([CoursePoint(start), CoursePoint(end)])
        yield PathSet(path=PathId(key), now=Path("trail", course, "the way in", **knows))
        wall = along([CoursePoint(start, 0), CoursePoint(end, 1)])
        yield PathSet(path=PathId(f"{key}w"), now=Path("wall", wall, along=True, **knows))
        yield SiteSet(site=SiteId(key), now=Site(start, "lair", "a nest", **knows))
        yield RegionSet(region=RegionId(key), now=Region("Peril", runs((start, end)), **knows))
        yield LabelSet(label=LabelId(key), now=Label(start, "Beware", **knows))


@settings(max_examples=200, deadline=None)
@given(nights(), st.data())
def test_a_player_gets_the_same_bytes_whatever_happens_in_secret(
    night: list[Step], data: st.DataObject
) -> None:
    """Noninterference: two histories that differ only in what ANN may not see, told to ANN."""
    night = [step for step in night if not _reads_the_secret(step[0])]
    secret_at = data.draw(st.integers(0, len(night)))
    open_, veiled, version = fold(START), fold(START), len(START)
    for index, step in enumerate([*night, None]):
        if index == secret_at:
            secret = tuple(in_secret(veiled, ANN))
            change = Change(veiled, fold(secret, veiled), secret)
            assert not list(tell(change, lens(ANN, change)))
            veiled = change.after
        if step is None:
            break
        told = []
        for room in (open_, veiled):
            change = next(play(room, [step], version), Change(room, room, ()))
            told.append(
                (
                    [message.encode() for message in tell(change, lens(ANN, change))],
                    state_fields(project(change.after, ANN)),
                    change.after,
                )
            )
        assert told[0][:2] == told[1][:2]
        open_, veiled, version = told[0][2], told[1][2], version + 10


def _reads_the_secret(command: Command) -> bool:
    """Say whether the DM's command itself names the secret: all hexes, or the whole queue."""
    return getattr(command, "hex_keys", None) == "all" or command.tag in (
        "broadcast:publish",
        "staged:undo",
        "map:set",
        "map:import",
    )
