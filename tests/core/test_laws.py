"""Laws of the core, for random nights of a DM, two players and a spectator."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from events import (
    PROJECTIONS,
    Change,
    Command,
    Event,
    Member,
    Rejected,
    RoomState,
    advance,
    decide,
    fold,
)
from events.core.canonical import state_from_json, state_json
from events.core.diffs import KINDS, Changes
from events.core.features.checks import CheckRolled, SkillSet
from events.core.features.handouts import HandoutHidden, HandoutShown, NotePictured
from events.core.features.hexes import HexesHidden, HexesRevealed, HideHexes, RevealHexes
from events.core.features.history import HistoryRedone, HistoryUndone, RedoAction, UndoAction
from events.core.features.labels import LabelDeleted, LabelRevealed, LabelSet
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.notes import NoteDeleted, NoteRevealed, NoteSet
from events.core.features.paths import PathDeleted, PathRevealed, PathSet
from events.core.features.pictures import PictureLaid
from events.core.features.pins import PinDeleted, PinSet
from events.core.features.regions import RegionDeleted, RegionRevealed, RegionSet
from events.core.features.rules import RuleDeleted, RuleSet
from events.core.features.sessions import SessionStarted
from events.core.features.sites import SiteDeleted, SiteRevealed, SiteSet
from events.core.features.staging import (
    ChangeStaged,
    ChangeUnstaged,
    ModeSet,
    Publish,
    Published,
    SetMode,
    foresee,
)
from events.core.features.strokes import StrokeDrawn, StrokesErased
from events.core.features.terrain import HexesUpdated
from events.core.features.token_pictures import TokenPictured
from events.core.features.tokens import TokenCreated, TokenDeleted, TokenMoved, TokenUpdated
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
from events.core.state import (
    Handout,
    Mode,
    Note,
    NoteId,
    Picture,
    Rule,
    RuleId,
    SessionId,
    TokenId,
    UserId,
)
from events.core.values import ChangeId, Check, Pin, PinId, Stroke, StrokeId, ground
from events.core.view import (
    Disclosure,
    audience,
    messages_for,
    parts_reading,
    project,
    state_fields,
)
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
    PinSet(pin=PinId("pin-1"), now=Pin(Hex(1, 1), "smoke", ANN.user, party=True)),
    StrokeDrawn(
        stroke=StrokeId("stroke-1"), now=Stroke(Hex(1, 1), "0,0 9,9", ANN.user, party=True)
    ),
    NoteSet(note=NoteId("n1"), now=Note(Hex(1, 0), "poi", "Well", check=Check("lore", 9))),
    NotePictured(note=NoteId("n1"), handout=Handout("h1", 9, 9)),
    HandoutShown(note=NoteId("n1"), to="all"),
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
OUT_OF_SIGHT = runs([Hex(7, q) for q in range(3)])


def in_secret(room: RoomState, who: Member) -> Iterable[Event]:
    """Yield what happens behind the player's back: far hexes painted, shown to another, staged."""
    yield HexesUpdated(painted=(("ruins", 3, OUT_OF_SIGHT),))
    yield TokenCreated(token=TokenId("lurker"), at=Hex(0, 0), label="a lurker", visible=False)
    yield TokenMoved(token=TokenId("lurker"), to=Hex(1, 0))
    yield TokenPictured(token=TokenId("lurker"), picture="grin")
    trap = Note(
        Hex(0, 0), "encounter", "Trap", dm_text="a pit", audience="dm", check=Check("notice", 12)
    )
    yield NoteSet(note=NoteId("secret"), now=trap)
    yield NoteRevealed(note=NoteId("secret"), to=(UserId("ben" if who is ANN else "ann"),))
    other = UserId("ben" if who is ANN else "ann")
    yield NotePictured(note=NoteId("secret"), handout=Handout("map", 9, 9))
    yield HandoutShown(note=NoteId("secret"), to=(other,))
    yield HandoutHidden(note=NoteId("secret"), to=(other,))
    yield HandoutShown(note=NoteId("secret"), to=(other,))
    yield SkillSet(user=other, skill="stealth", modifier=5)
    yield PinSet(pin=PinId("mine"), now=Pin(Hex(0, 0), "to be searched", other))
    yield PinSet(pin=PinId("gone"), now=Pin(Hex(1, 0), "was searched", other))
    yield PinDeleted(pin=PinId("gone"))
    for key in ("drawn", "erased"):
        yield StrokeDrawn(stroke=StrokeId(key), now=Stroke(Hex(0, 0), "0,0 9,9", other, "red"))
    yield StrokesErased(strokes=(StrokeId("erased"),))
    yield NoteSet(note=NoteId("far"), now=replace(trap, at=Hex(7, 0), hint="smoke", radius=2))
    yield from laid_in_secret(other)
    yield HexesRevealed(hexes=OUT_OF_SIGHT, to=(other,))
    yield HexesHidden(hexes=runs([Hex(7, 2)]), to=(other,))
    yield TokenCreated(token=TokenId("scout"), at=Hex(7, 0), label="a scout")
    yield TokenUpdated(token=TokenId("scout"), label="a spy")
    yield TokenDeleted(token=TokenId("scout"))
    yield NoteDeleted(note=NoteId("secret"))
    # A rule that stays would show its effect with the next step.
    yield RuleSet(rule=RuleId("secret"), now=Rule("all", 3, "full"))
    yield RuleDeleted(rule=RuleId("secret"))
    yield CheckRolled(
        number=99,
        note=NoteId("far"),
        token=TokenId("t2"),
        user=BEN.user,
        skill="notice",
        die=20,
        modifier=0,
        dc=12,
    )
    far = Changes(terrain=((None, ground("lava"), ((7, 3, 1),)),))
    yield HistoryUndone(after=0, version=1, description="Far away", put=far, kept="a note")
    yield HistoryRedone(version=1, description="Far away", put=far)
    staged = RevealHexes(hex_keys=(Hex(7, 0),), targets="all")
    change = ChangeId(room.last_change + 1)
    yield ChangeStaged(change=change, command=staged, by=DM.user, description="Reveal")
    yield Published(changes=(change,))
    yield ChangeUnstaged(change=change, reason="dropped", because="it no longer holds")
    for command in (
        RevealHexes(hex_keys=(Hex(7, 0),), targets="all"),
        HideHexes(hex_keys=(Hex(7, 1),), targets="all"),
    ):
        if room.mode is Mode.STAGED:
            yield from decide(fold([], room), command, DM)


def laid_in_secret(other: UserId) -> Iterable[Event]:
    """Yield what is laid for DMs or another player here, and for all who see the hexes far away."""
    near, far = (Hex(0, 0), Hex(1, 0)), (Hex(7, 0), Hex(7, 1))
    for number, (who, players, (start, end)) in enumerate(
        [("dm", (), near), ("dm", (other,), near), ("seen", (), far), ("all", (), far)]
    ):
        key = f"hidden-{number}"
        knows: dict[str, Any] = {"audience": who, "players": players}
        course = through([CoursePoint(start), CoursePoint(end)])
        yield PathSet(path=PathId(key), now=Path("trail", course, "the way in", **knows))
        wall = along([CoursePoint(start, 0), CoursePoint(end, 1)])
        yield PathSet(path=PathId(f"{key}w"), now=Path("wall", wall, along=True, **knows))
        yield SiteSet(site=SiteId(key), now=Site(start, "lair", "a nest", **knows))
        yield RegionSet(region=RegionId(key), now=Region("Peril", runs((start, end)), **knows))
        yield LabelSet(label=LabelId(key), now=Label(start, "Beware", **knows))
    for number in (0, 1):
        key = f"hidden-{number}"
        yield PathRevealed(path=PathId(key), to=(other,))
        yield SiteRevealed(site=SiteId(key), to=(other,))
        yield RegionRevealed(region=RegionId(key), to=(other,))
        yield LabelRevealed(label=LabelId(key), to=(other,))
    yield PathDeleted(path=PathId("hidden-0"))
    yield SiteDeleted(site=SiteId("hidden-0"))
    yield RegionDeleted(region=RegionId("hidden-0"))
    yield LabelDeleted(label=LabelId("hidden-0"))


PUBLIC: frozenset[str] = frozenset(
    {
        # Everyone knows who is a member, who is here, and that the DM prepares something.
        "member_set", "member_remove", "member_merge", "player_join", "player_leave",
        "broadcast_mode",
        # How the session goes, what the campaign is called, and how the map is drawn.
        "room_open", "room_archive", "session_start", "session_pause", "session_resume", "session_end",
        "settings_change",
        # The frame of the map and where the backdrop lies are everyone's; a map laid over hexes
        # that a player sees changes them.
        "map_set", "picture_lay", "picture_align", "picture_remove",
    }
)  # fmt: skip


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
    night = [step for step in night if not _reads_the_secret(step[0])]
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


def _reads_the_secret(command: Command) -> bool:
    """Say whether the DM's command itself names the secret: all hexes, or the whole queue.

    Who is merged with another learns all that was shown to that one: this is what the DM asks for.
    """
    if getattr(command, "into", None) == ANN.user:
        return True
    return getattr(command, "hex_keys", None) == "all" or command.tag in (
        "broadcast:publish",
        "staged:undo",
        "map:set",
        "map:import",
    )
