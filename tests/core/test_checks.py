"""Skill checks: modifiers, and the dice that notes ask for."""

from collections import Counter

import pytest
from pydantic import ValidationError

from events import Change, Event, audience, project
from events.core.features.checks import (
    MOST_ROLLS,
    MOST_SKILLS,
    ROLLS_KEPT,
    CheckRolled,
    NotYourSkill,
    SetSkill,
    SkillSet,
)
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.notes import NoteSet
from events.core.features.sessions import SessionStarted
from events.core.features.tokens import MoveToken, TokenCreated, TokenMoved
from events.core.state import Note, NoteId, SessionId, TokenId
from events.core.targets import NoSuchPlayer
from events.core.values import Check
from events.errors import PlayersOnly, TooMany
from events.geometry.grid import Hex
from tests.support.given import ANN, BEN, DM, SAM, given

AT, NEXT = Hex(0, 0), Hex(1, 0)
HERO, N = TokenId("hero"), NoteId("n")
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
    SessionStarted(session=SessionId("s")),
    TokenCreated(token=HERO, at=AT, label="Ann's hero", owner=ANN.user),
)
TRAP = NoteSet(
    note=N, now=Note(NEXT, "encounter", "Trap", audience="dm", check=Check("stealth", 12))
)
STEALTHY = SkillSet(user=ANN.user, skill="stealth", modifier=3)
STEP = MoveToken(token_id="hero", to_hex_key=NEXT)


def rolled(seed: int, *before: Event) -> CheckRolled:
    outcome = given(*TABLE, TRAP, *before).when(STEP, by=ANN, seed=seed)
    (roll,) = (event for event in outcome.events if isinstance(event, CheckRolled))
    return roll


def test_entering_the_hex_rolls_and_only_dms_are_told() -> None:
    outcome = given(*TABLE, TRAP, STEALTHY).when(STEP, by=ANN)
    outcome.tells(ANN, "token:moved").tells(BEN).tells(DM, "token:moved", "check:rolled")
    roll = outcome.told(DM)[1]["roll"]
    assert roll["total"] == roll["die"] + 3
    assert roll["success"] is (roll["total"] >= 12)
    assert project(outcome.after, DM)["rolls"] == {1: roll}
    assert not project(outcome.after, ANN)["rolls"]


def test_chance_comes_with_the_stamp_and_no_client_chooses_it() -> None:
    assert rolled(1) == rolled(1)
    assert len({rolled(seed).die for seed in range(50)}) > 10
    cheat = MoveToken(token_id="hero", to_hex_key=NEXT, seed=5)
    assert cheat.stamped(lambda: 9).seed == 9


def test_the_die_is_fair() -> None:
    faces = Counter(rolled(seed).die for seed in range(2_000))
    assert set(faces) == set(range(1, 21))
    assert max(faces.values()) < 2 * min(faces.values())


def test_the_modifier_is_the_owners_and_nought_where_none_is_kept() -> None:
    other = SkillSet(user=BEN.user, skill="stealth", modifier=9)
    assert rolled(1, other).modifier == 0
    assert rolled(1, other, STEALTHY).modifier == 3


def test_a_token_of_nobody_rolls_nothing_and_a_hex_without_checks_neither() -> None:
    ogre = TokenCreated(token=TokenId("ogre"), at=AT, label="an ogre")
    move = MoveToken(token_id="ogre", to_hex_key=NEXT)
    given(*TABLE, TRAP, ogre).when(move).then(TokenMoved(token=TokenId("ogre"), to=NEXT))
    elsewhere = MoveToken(token_id="hero", to_hex_key=Hex(0, 1))
    given(*TABLE, TRAP).when(elsewhere, by=ANN).then(TokenMoved(token=HERO, to=Hex(0, 1)))


def test_a_hex_full_of_checks_rolls_the_first_of_them() -> None:
    note = Note(NEXT, "encounter", "Trap", check=Check("stealth", 12))
    traps = [NoteSet(note=NoteId(f"n{number:02}"), now=note) for number in range(30)]
    outcome = given(*TABLE, *traps).when(STEP, by=ANN)
    rolls = [event for event in outcome.events if isinstance(event, CheckRolled)]
    assert [roll.note for roll in rolls] == [f"n{number:02}" for number in range(MOST_ROLLS)]
    assert [roll.number for roll in rolls] == list(range(1, MOST_ROLLS + 1))


def test_a_roll_is_worded_for_the_dm() -> None:
    room = given(*TABLE, TRAP).room
    roll = CheckRolled(
        number=1, note=N, token=HERO, user=ANN.user, skill="stealth", die=9, modifier=3, dc=12
    )
    assert roll.describe(room) == "Ann made stealth 12: 9+3 = 12"


def test_the_last_rolls_are_kept() -> None:
    roll = rolled(1)
    many = [roll.model_copy(update={"number": number}) for number in range(1, 31)]
    kept = given(*TABLE, TRAP, *many).room.rolls
    assert [each.number for each in kept] == list(range(31 - ROLLS_KEPT, 31))


def test_players_set_their_own_modifiers_and_dms_anybodys() -> None:
    mine = given(*TABLE).when(SetSkill(skill="stealth", modifier=3), by=ANN).then(STEALTHY)
    mine.tells(ANN, "skill:changed").tells(BEN).tells(DM, "skill:changed")
    theirs = SetSkill(user_id=ANN.user, skill="stealth", modifier=3)
    given(*TABLE).when(theirs).then(STEALTHY)
    given(*TABLE).when(theirs, by=BEN).refused(NotYourSkill)
    given(*TABLE).when(theirs, by=SAM).refused(PlayersOnly)
    given(*TABLE).when(SetSkill(skill="stealth", modifier=3)).refused(NoSuchPlayer)
    given(*TABLE, STEALTHY).when(theirs).then()


def test_who_keeps_modifiers_is_told_apart() -> None:
    outcome = given(*TABLE).when(SetSkill(user_id=BEN.user, skill="lore", modifier=1))
    change = Change(outcome.before, outcome.after, outcome.events)
    assert audience(BEN, change) is BEN


def test_a_modifier_is_taken_away_with_null() -> None:
    gone = SetSkill.model_validate({"skill": "stealth", "modifier": None})
    outcome = given(*TABLE, STEALTHY).when(gone, by=ANN)
    assert not outcome.after.skills
    assert outcome.told(ANN) == [{"type": "skill:changed", "userId": "ann", "skills": {}}]
    with pytest.raises(ValidationError):
        SetSkill.model_validate({"skill": "stealth"})


def test_a_player_keeps_so_many_skills() -> None:
    many = [SkillSet(user=ANN.user, skill=f"s{n}", modifier=1) for n in range(MOST_SKILLS)]
    given(*TABLE, *many).when(SetSkill(skill="more", modifier=1), by=ANN).refused(TooMany)
    given(*TABLE, *many).when(SetSkill(skill="s1", modifier=2), by=ANN).then(
        SkillSet(user=ANN.user, skill="s1", modifier=2)
    )
