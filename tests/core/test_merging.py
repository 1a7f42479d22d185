"""Merging: the guest who lost her phone gets back all that was hers, and no more."""

from dataclasses import replace

import hypothesis
import pytest
from hypothesis import example
from hypothesis import strategies as st

from events import Event, Member, advance, decide, fold, project
from events.core.features.checks import SetSkill, SkillSet
from events.core.features.handouts import HandoutShown, HideHandout, NotePictured
from events.core.features.hexes import HexesHidden, HexesRevealed, HideHexes, RevealHexes
from events.core.features.history import RedoAction, UndoAction
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.merging import (
    WITH_PLAYERS,
    MergeMembers,
    OtherRole,
    SamePerson,
    UnknownSeat,
    WaitsForThem,
    YourOwnSeat,
    preview_of,
)
from events.core.features.notes import DeleteNote, NoteSet
from events.core.features.pins import DeletePin, PinSet
from events.core.features.rules import RuleSet
from events.core.features.sites import DeleteSite, SiteSet
from events.core.features.staging import ModeSet
from events.core.features.strokes import EraseStrokes, StrokeDrawn
from events.core.features.tokens import DeleteToken, TokenCreated
from events.core.map_objects import Site, SiteId
from events.core.messages import Command
from events.core.state import (
    Handout,
    Mode,
    Note,
    NoteId,
    Pin,
    PinId,
    Role,
    RoomState,
    Rule,
    RuleId,
    Stroke,
    StrokeId,
    TokenId,
    UserId,
)
from events.core.targets import Players
from events.errors import Rejected
from events.geometry.grid import Hex, runs
from events.journal import Commit
from tests.support.given import ANN, BEN, DM, SAM, Given, given
from tests.support.given_record import BEGAN

NEW = Member(UserId("new"), Role.PLAYER, "Ann")
"""Ann on another phone."""
EVA = Member(UserId("eva"), Role.DM, "Eva")
TABLE = tuple(
    MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, NEW, BEN, SAM, EVA)
)
HERS, OURS, NOT_HERS, BENS = Hex(0, 0), Hex(1, 0), Hex(2, 0), Hex(3, 0)
NIGHT: tuple[Event, ...] = (
    *TABLE,
    PlayerJoined(user=NEW.user),
    HexesRevealed(hexes=runs([OURS, NOT_HERS]), to="all"),
    HexesHidden(hexes=runs([NOT_HERS]), to=(ANN.user,)),
    HexesRevealed(hexes=runs([HERS]), to=(ANN.user,)),
    HexesRevealed(hexes=runs([Hex(0, 1)]), to=(NEW.user,), tier="terrain"),
    HexesRevealed(hexes=runs([Hex(0, 1)]), to=(ANN.user,)),
    HexesRevealed(hexes=runs([BENS]), to=(BEN.user,)),
    TokenCreated(token=TokenId("t1"), at=Hex(9, 9), label="Ann", owner=ANN.user),
    TokenCreated(token=TokenId("t2"), at=Hex(9, 8), label="Ben", owner=BEN.user),
    NoteSet(note=NoteId("n1"), now=Note(HERS, "lore", "Diary", audience="dm", players=(ANN.user,))),
    SiteSet(site=SiteId("s1"), now=Site(HERS, "lair", "Nest", players=(ANN.user, BEN.user))),
    RuleSet(rule=RuleId("r1"), now=Rule((ANN.user,), 1, "full")),
    SkillSet(user=ANN.user, skill="lore", modifier=3),
    SkillSet(user=ANN.user, skill="stealth", modifier=2),
    SkillSet(user=NEW.user, skill="lore", modifier=5),
    PinSet(pin=PinId("pin"), now=Pin(HERS, "smoke", ANN.user, party=True)),
    StrokeDrawn(stroke=StrokeId("stroke"), now=Stroke(HERS, "0,0 9,9", ANN.user, party=True)),
    NotePictured(note=NoteId("n1"), handout=Handout("h1", 9, 9)),
    HandoutShown(note=NoteId("n1"), to=(ANN.user,)),
)
MERGE = MergeMembers(user_id=ANN.user, into=NEW.user)


def seen_by(table: Given, who: Member) -> set[str]:
    return {str(at) for at in project(table.room, who)["hexes"]}


def test_who_stays_sees_exactly_what_either_of_the_two_was_shown() -> None:
    before = given(*NIGHT)
    after = before.when(MERGE).again()
    assert seen_by(after, NEW) == seen_by(before, ANN) | seen_by(before, NEW)
    assert project(after.room, NEW)["hexes"][Hex(0, 1)]["tier"] == "full"
    assert str(BENS) not in seen_by(after, NEW)
    assert str(NOT_HERS) in seen_by(after, NEW)
    for other in (BEN, SAM):
        assert project(after.room, other)["hexes"] == project(before.room, other)["hexes"]


def test_tokens_notes_sites_rules_and_skills_go_along() -> None:
    room = given(*NIGHT).when(MERGE).after
    assert room.tokens[TokenId("t1")].owner == NEW.user
    assert room.tokens[TokenId("t2")].owner == BEN.user
    assert room.notes[NoteId("n1")].players == (NEW.user,)
    assert room.sites[SiteId("s1")].players == (BEN.user, NEW.user)
    assert room.rules[RuleId("r1")].players == (NEW.user,)
    assert room.skills[NEW.user] == {"lore": 5, "stealth": 2}
    assert ANN.user not in room.skills
    assert ANN.user not in room.members


def test_who_stays_is_told_all_at_once_and_who_goes_is_gone() -> None:
    outcome = given(*NIGHT, PlayerJoined(user=ANN.user)).when(MERGE)
    told = {message["type"] for message in outcome.told(NEW)}
    assert {"hex:revealed", "token:created", "note:changed", "skill:changed"} <= told
    outcome.tells(SAM, "player:left", "player:presence")
    assert not project(outcome.after, ANN)["tokens"]


def test_undo_gives_all_of_it_back_and_redo_takes_it_again() -> None:
    room = fold(NIGHT)
    merged = advance(room, Commit(len(NIGHT), decide(room, MERGE, DM), DM, BEGAN))
    version = len(NIGHT) + 1
    undone = advance(merged, Commit(version, decide(merged, UndoAction(), DM), DM, BEGAN))
    for slice_ in ("visibility", "tokens", "notes", "sites", "rules", "skills", "merged"):
        assert getattr(undone, slice_) == getattr(room, slice_)
    again = advance(undone, Commit(version + 1, decide(undone, RedoAction(), DM), DM, BEGAN))
    for slice_ in ("visibility", "tokens", "notes", "sites", "rules", "skills", "merged"):
        assert getattr(again, slice_) == getattr(merged, slice_)


def test_the_preview_names_what_the_merge_gives() -> None:
    preview = preview_of(fold(NIGHT), ANN.user, NEW.user, DM)
    assert preview.tokens == ("Ann",)
    assert preview.hexes == 2
    assert set(preview.things) == {"Diary", "Nest"}
    assert (preview.rules, preview.skills) == (1, ("stealth",))


@pytest.mark.parametrize(
    ("user", "into", "why"),
    [
        (ANN, ANN, SamePerson),
        (ANN, EVA, OtherRole),
        (EVA, ANN, OtherRole),
        (ANN, SAM, OtherRole),
        (DM, EVA, YourOwnSeat),
        (ANN, Member(UserId("nobody"), Role.PLAYER), UnknownSeat),
        (Member(UserId("nobody"), Role.PLAYER), ANN, UnknownSeat),
    ],
)
def test_what_is_no_merge_of_one_person_is_refused(
    user: Member, into: Member, why: type[Exception]
) -> None:
    command = MergeMembers(user_id=user.user, into=into.user)
    given(*NIGHT).when(command).refused(why)  # type: ignore[arg-type]


def test_two_seats_of_another_dm_become_one() -> None:
    other = replace(EVA, user=UserId("eva2"))
    outcome = given(*NIGHT, MemberSet(user=other.user, name="Eva", role=Role.DM)).when(
        MergeMembers(user_id=other.user, into=EVA.user)
    )
    assert other.user not in outcome.after.members


def test_a_staged_change_that_names_who_goes_is_carried_out_or_undone_first() -> None:
    waits = RevealHexes(hex_keys=(Hex(5, 5),), targets=Players(player_ids=(ANN.user,)))
    staged = given(*NIGHT, ModeSet(mode=Mode.STAGED)).when(waits).again()
    staged.when(MERGE).refused(WaitsForThem)


def test_a_staged_change_for_others_does_not_hinder_a_merge() -> None:
    waits = RevealHexes(hex_keys=(Hex(5, 5),), targets=Players(player_ids=(NEW.user,)))
    staged = given(*NIGHT, ModeSet(mode=Mode.STAGED)).when(waits).again()
    merged = staged.when(MERGE)
    assert merged.after.staged == staged.room.staged
    assert ANN.user not in merged.after.members


PEOPLE = st.sampled_from(
    ["all", Players(player_ids=(ANN.user,)), Players(player_ids=(BEN.user, ANN.user))]
)
HEXES = st.tuples(st.builds(Hex, st.integers(0, 2), st.just(0)))
ACTIONS: st.SearchStrategy[Command] = st.one_of(
    st.tuples(HEXES, PEOPLE).map(lambda of: RevealHexes(hex_keys=of[0], targets=of[1])),
    st.tuples(HEXES, PEOPLE).map(lambda of: HideHexes(hex_keys=of[0], targets=of[1])),
    st.sampled_from(
        [
            DeleteToken(token_id="t1"),
            DeleteNote(note_id="n1"),
            DeleteSite(site_id="s1"),
            DeletePin(pin_id="pin"),
            EraseStrokes(stroke_ids=("stroke",)),
            HideHandout(note_id="n1", targets=Players(player_ids=(ANN.user,))),
            HideHandout(note_id="n1", targets="all"),
            *(
                SetSkill(user_id=ANN.user, skill=skill, modifier=modifier)
                for skill in ("lore", "law")
                for modifier in (1, 3)
            ),
        ]
    ),
)


class Playing:
    """A room that a DM plays with; what is refused changes nothing."""

    def __init__(self) -> None:
        self.room, self.version = fold(NIGHT), len(NIGHT)

    def do(self, command: Command) -> int | None:
        """Return the version of what the command did; None if nothing."""
        try:
            events = decide(self.room, command, DM)
        except Rejected:
            return None
        if not events:
            return None
        self.room = advance(self.room, Commit(self.version, events, DM, BEGAN))
        self.version += len(events)
        return self.version


@hypothesis.given(
    actions=st.lists(ACTIONS, min_size=1, max_size=6),
    steps=st.lists(st.one_of(st.integers(0, 8), st.none()), max_size=12),
)
@example(actions=[DeleteToken(token_id="t1")], steps=[0])
@example(actions=[DeletePin(pin_id="pin")], steps=[0])
@example(actions=[EraseStrokes(stroke_ids=("stroke",))], steps=[0])
@example(actions=[HideHandout(note_id="n1", targets="all")], steps=[0])
@example(actions=[DeleteNote(note_id="n1"), DeleteSite(site_id="s1")], steps=[0, 1, None, 0])
def test_whatever_is_undone_after_a_merge_nothing_goes_to_the_seat_that_ended(
    actions: list[Command], steps: list[int | None]
) -> None:
    playing = Playing()
    versions = [at for action in actions if (at := playing.do(action)) is not None]
    assert playing.do(MERGE) is not None
    for step in steps if versions else ():
        undo = UndoAction(version=versions[step % len(versions)]) if step is not None else None
        playing.do(undo or RedoAction())
        assert ANN.user in playing.room.merged
        assert not names(playing.room, ANN.user)


def names(room: RoomState, user: UserId) -> bool:
    """Return whether anything is the user's, or shown to them alone."""
    return (
        any(token.owner == user for token in room.tokens.values())
        or any(pin.by == user for pin in room.pins.values())
        or any(stroke.by == user for stroke in room.strokes.values())
        or any(
            user in note.handout.shown_to or user in note.handout.kept_from
            for note in room.notes.values()
            if note.handout is not None
        )
        or user in room.skills
        or any(user in dict(seen.exceptions) for seen, _ in room.visibility.grouped())
        or any(
            thing.players != "all" and user in thing.players
            for slice_ in WITH_PLAYERS
            for thing in getattr(room, slice_).values()
        )
    )


def test_what_was_deleted_before_a_merge_comes_back_to_who_stays() -> None:
    playing = Playing()
    deleted = playing.do(DeleteToken(token_id="t1"))
    merged = playing.do(MERGE)
    playing.do(UndoAction(version=deleted))
    assert playing.room.tokens[TokenId("t1")].owner == NEW.user
    playing.do(UndoAction(version=merged))
    assert NEW.user in playing.room.members
    assert not playing.room.merged
    assert playing.room.tokens[TokenId("t1")].owner == NEW.user


def test_what_is_undone_after_two_merges_goes_to_who_is_left() -> None:
    playing = Playing()
    deleted = playing.do(DeleteToken(token_id="t1"))
    playing.do(MERGE)
    playing.do(MergeMembers(user_id=NEW.user, into=BEN.user))
    playing.do(UndoAction(version=deleted))
    assert playing.room.tokens[TokenId("t1")].owner == BEN.user
    assert not names(playing.room, NEW.user)
