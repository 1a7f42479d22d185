"""Notes: what lies on a hex, and who may know."""

import pytest
from pydantic import ValidationError

from events import Change, Event, audience
from events.core.features.hexes import HexesHidden, HexesRevealed, HideHexes, RevealHexes
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.notes import (
    TEXT_CHARS,
    DeleteNote,
    NoSuchNote,
    NoteDeleted,
    NoteRevealed,
    NoteSet,
    NoteWanted,
    RevealNote,
    SetNote,
)
from events.core.features.staging import ModeSet, Publish
from events.core.features.tokens import TokenCreated
from events.core.limits import NOTE_CHARS
from events.core.messages import JSON, command_from_wire, command_to_wire
from events.core.note_search import search
from events.core.state import Mode, Note, NoteId, TokenId
from events.core.targets import NoSuchPlayer, Players, Targets, Within
from events.core.values import Check
from events.errors import DmOnly, TooMany
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, given

AT, NEXT, FAR = Hex(0, 0), Hex(1, 0), Hex(3, 0)
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
)
SEEN = HexesRevealed(hexes=runs([AT]), to="all")
GLIMPSED = HexesRevealed(hexes=runs([AT]), to="all", tier="terrain")
STAGING = ModeSet(mode=Mode.STAGED)
N = NoteId("n")
ONLY_ANN = Players(player_ids=(ANN.user,))


def wish(**fields: JSON) -> SetNote:
    note = {"id": "n", "kind": "lore", "title": "Well", **fields}
    return SetNote(hex_key=AT, note=NoteWanted.model_validate(note))


def well(**fields: JSON) -> NoteSet:
    fields = {"player_text": "It is deep.", "dm_text": "A ghoul waits.", **fields}
    return NoteSet(note=N, now=Note(AT, "lore", "Well", **fields))


def reveal_note(to: Targets) -> RevealNote:
    return RevealNote(note_id="n", targets=to)


FOR_PLAYERS = {
    "id": "n",
    "hexKey": "0,0",
    "kind": "lore",
    "title": "Well",
    "playerText": "It is deep.",
}


def test_a_note_gets_a_random_id_and_any_number_lie_on_a_hex() -> None:
    command = SetNote(hex_key=AT, note=NoteWanted(kind="poi", title="Stone"))
    first = given(*TABLE).when(command, seed=1)
    second = first.again().when(command, seed=2)
    assert len(second.after.notes.on(AT)) == 2


def test_who_sees_the_hex_fully_knows_the_note_without_the_dms_text() -> None:
    outcome = given(*TABLE, SEEN).when(wish(playerText="It is deep.", dmText="A ghoul waits."))
    outcome.then(well())
    for viewer in (ANN, SAM):
        outcome.shows(viewer, "notes", "n", FOR_PLAYERS).tells(viewer, "note:changed")
    dm_note = outcome.told(DM)[0]["note"]
    assert dm_note["dmText"] == "A ghoul waits."
    assert dm_note["audience"] == "seen"


def test_the_drawing_of_a_note_is_known_to_who_knows_of_the_note() -> None:
    drawn = given(*TABLE, SEEN, well(audience="dm")).when(wish(site="lair"))
    drawn.then(well(audience="dm", site="lair")).tells(ANN)
    assert drawn.told(DM)[0]["note"]["site"] == "lair"
    shown = drawn.again().when(reveal_note("all"))
    shown.shows(ANN, "notes", "n", {**FOR_PLAYERS, "site": "lair"})


@pytest.mark.parametrize("said", [None, "none"])
def test_a_note_keeps_its_drawing_until_it_is_taken_away(said: str | None) -> None:
    room = given(*TABLE, SEEN, well(site="lair"))
    room.when(wish(title="Old well")).shows(
        ANN, "notes", "n", {**FOR_PLAYERS, "title": "Old well", "site": "lair"}
    )
    room.when(wish(site=said)).then(well()).shows(ANN, "notes", "n", FOR_PLAYERS)


def test_a_drawing_that_nobody_has_made_is_refused() -> None:
    with pytest.raises(ValidationError):
        wish(site="spaceport")


def test_a_glimpse_shows_no_notes() -> None:
    given(*TABLE, GLIMPSED).when(wish()).tells(ANN).tells(DM, "note:changed")


def test_revealing_a_hex_shows_its_notes_but_none_of_the_dms() -> None:
    secret = NoteSet(note=NoteId("s"), now=Note(AT, "encounter", "Trap", audience="dm"))
    shown = given(*TABLE, well(), secret).when(RevealHexes(hex_keys=(AT,), targets="all"))
    shown.tells(ANN, "hex:revealed", "note:changed").shows(ANN, "notes", "s", None)
    hidden = shown.again().when(HideHexes(hex_keys=(AT,), targets="all"))
    hidden.tells(ANN, "hex:hidden", "note:removed")


def test_a_change_of_the_dms_text_is_told_to_dms_alone() -> None:
    outcome = given(*TABLE, SEEN, well()).when(wish(dmText="It sleeps."))
    outcome.then(well(dm_text="It sleeps.")).tells(ANN).tells(DM, "note:changed")


def test_a_note_for_named_players_is_for_them_alone() -> None:
    outcome = given(*TABLE, SEEN).when(wish(audience={"playerIds": ["ann"]}))
    outcome.tells(ANN, "note:changed").tells(BEN).tells(SAM)
    change = Change(outcome.before, outcome.after, outcome.events)
    assert audience(ANN, change) is ANN
    assert outcome.told(DM)[0]["note"]["audience"] == {"playerIds": ["ann"]}


def test_named_players_know_it_with_the_first_glimpse_of_the_hex_and_not_before() -> None:
    named = well(audience="dm", players=(ANN.user,))
    given(*TABLE, named).when(reveal_note("all")).tells(ANN)
    glimpse = RevealHexes(hex_keys=(AT,), targets="all", tier="terrain")
    given(*TABLE, named).when(glimpse).tells(ANN, "hex:revealed", "note:changed")


def test_each_note_can_be_revealed_alone() -> None:
    secret = well(audience="dm")
    room = given(*TABLE, SEEN, secret)
    shown = room.when(reveal_note(ONLY_ANN)).then(NoteRevealed(note=N, to=(ANN.user,)))
    shown.tells(ANN, "note:changed").tells(BEN).shows(ANN, "notes", "n", FOR_PLAYERS)
    shown.again().when(reveal_note(ONLY_ANN)).then()
    everyone = shown.again().when(reveal_note("all")).tells(BEN, "note:changed").tells(ANN)
    everyone.again().when(reveal_note(ONLY_ANN)).then()


def test_a_note_is_revealed_to_players_near_by() -> None:
    hero = TokenCreated(token=TokenId("h"), at=NEXT, label="Ann's", owner=ANN.user)
    room = given(*TABLE, hero, well(audience="dm"))
    room.when(reveal_note(Within(within=1))).then(NoteRevealed(note=N, to=(ANN.user,)))
    room.when(reveal_note(Within(within=0))).then()


def test_a_staged_reveal_of_a_note_waits() -> None:
    staged = given(*TABLE, SEEN, well(audience="dm"), STAGING).when(reveal_note("all"))
    staged.tells(ANN).again().when(Publish()).tells(ANN, "note:changed", "dm:preparing")


def test_what_is_left_out_stays_as_it_is() -> None:
    old = well(hint="dead grass", radius=2, check=Check("lore", 12), audience="dm")
    outcome = given(*TABLE, old).when(wish(title="Dry well"))
    assert outcome.after.notes[N] == Note(
        AT, "lore", "Dry well", "It is deep.", "A ghoul waits.", "dm", (), "dead grass", 2,
        Check("lore", 12),
    )  # fmt: skip
    assert given(*TABLE, old).when(wish(check=None)).after.notes[N].check is None
    given(*TABLE, old).when(wish()).then()


def test_a_note_moves_to_another_hex() -> None:
    moved = SetNote(hex_key=NEXT, note=NoteWanted(id="n", kind="lore", title="Well"))
    given(*TABLE, SEEN, well()).when(moved).tells(ANN, "note:removed")


def test_a_deleted_note_is_gone() -> None:
    outcome = given(*TABLE, SEEN, well()).when(DeleteNote(note_id="n")).then(NoteDeleted(note=N))
    outcome.tells(ANN, "note:removed").tells(DM, "note:removed")
    outcome.again().when(DeleteNote(note_id="n")).refused(NoSuchNote)
    outcome.again().when(reveal_note("all")).refused(NoSuchNote)


def test_notes_are_for_dms_to_write() -> None:
    for command in (wish(), DeleteNote(note_id="n"), reveal_note("all")):
        given(*TABLE, SEEN, well()).when(command, by=ANN).refused(DmOnly)
    given(*TABLE).when(wish(audience={"playerIds": ["sam"]})).refused(NoSuchPlayer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"playerText": "x" * (TEXT_CHARS + 1)},
        {"dmText": "a\u202eb"},
        {"title": ""},
        {"kind": "rumour"},
        {"radius": 11},
        {"audience": {"playerIds": []}},
        {"check": {"skill": "lore", "dc": 0}},
    ],
)
def test_a_note_has_limits(wrong: dict[str, JSON]) -> None:
    with pytest.raises(ValidationError):
        wish(**wrong)


def test_a_note_survives_the_wire() -> None:
    command = wish(playerText="a\nb", audience={"playerIds": ["ann"]}, check=None, radius=0)
    assert command_from_wire(command_to_wire(command)) == command


def test_a_hint_reaches_those_who_see_a_hex_within_its_radius() -> None:
    room = given(*TABLE, HexesRevealed(hexes=runs([NEXT, FAR]), to="all"))
    outcome = room.when(wish(hint="dead grass", radius=2))
    outcome.shows(ANN, "hints", "1,0", ["dead grass"]).shows(ANN, "hints", "3,0", None)
    outcome.tells(ANN, "hint:changed").tells(SAM, "hint:changed").shows(ANN, "notes", "n", None)
    assert outcome.told(ANN)[0]["hints"] == [{"hexKey": "1,0", "texts": ["dead grass"]}]
    gone = outcome.again().when(wish(hint=""))
    assert gone.told(ANN) == [{"type": "hint:changed", "hints": [{"hexKey": "1,0", "texts": []}]}]


def test_a_hint_appears_with_its_hex_and_goes_with_it() -> None:
    room = given(*TABLE, well(hint="dead grass", radius=1, audience="dm"))
    outcome = room.when(RevealHexes(hex_keys=(NEXT,), targets="all"))
    outcome.tells(ANN, "hex:revealed", "hint:changed")
    hidden = outcome.again().when(HideHexes(hex_keys=(NEXT,), targets="all"))
    hidden.tells(ANN, "hex:hidden", "hint:changed")
    glimpse = RevealHexes(hex_keys=(NEXT,), targets="all", tier="terrain")
    room.when(glimpse).tells(ANN, "hex:revealed")


def test_hints_do_not_tell_how_many_notes_give_them() -> None:
    other = NoteSet(note=NoteId("m"), now=Note(FAR, "lore", "Hut", hint="dead grass", radius=5))
    room = given(*TABLE, HexesRevealed(hexes=runs([NEXT]), to="all"), other)
    room.when(wish(hint="dead grass", radius=2)).tells(ANN)


def test_a_search_finds_whole_notes_for_dms_and_theirs_for_players() -> None:
    trap = NoteSet(
        note=NoteId("t"), now=Note(AT, "encounter", "Trap", dm_text="deep", audience="dm")
    )
    room = given(*TABLE, SEEN, well(), trap).room
    assert [found.note["id"] for found in search(room, DM, "DEEP")] == ["t", "n"]
    assert [found.note["id"] for found in search(room, ANN, "deep")] == ["n"]
    assert not search(room, ANN, "ghoul")
    assert [found.excerpt for found in search(room, DM, "ghoul waits")] == ["A ghoul waits."]
    assert "dmText" not in search(room, DM, "well")[0].to_json()


def test_a_search_finds_nothing_on_hidden_hexes() -> None:
    hidden = HexesHidden(hexes=runs([AT]), to=(ANN.user,))
    room = given(*TABLE, SEEN, hidden, well()).room
    assert not search(room, ANN, "well")
    assert search(room, BEN, "well")
    assert not search(room, DM, "  ")


def test_titles_come_first() -> None:
    hut = NoteSet(note=NoteId("a"), now=Note(AT, "lore", "A hut", player_text="by the well"))
    room = given(*TABLE, hut, well()).room
    assert [found.note["title"] for found in search(room, DM, "well")] == ["Well", "A hut"]


def test_all_notes_together_hold_so_many_characters_and_no_more() -> None:
    text = "x" * TEXT_CHARS
    few = NOTE_CHARS // TEXT_CHARS
    written = [
        NoteSet(note=NoteId(f"{n}"), now=Note(AT, "lore", "T", player_text=text))
        for n in range(few - 1)
    ]
    almost = given(*TABLE, *written)
    wanted = NoteWanted(id="last", kind="lore", title="T", dm_text="x" * (TEXT_CHARS - few))
    full = almost.when(SetNote(hex_key=AT, note=wanted)).again()
    longer = wanted.model_copy(update={"dm_text": "x" * (TEXT_CHARS - few + 1)})
    full.when(SetNote(hex_key=AT, note=longer)).refused(TooMany)
    shorter = wanted.model_copy(update={"dm_text": "x"})
    assert full.when(SetNote(hex_key=AT, note=shorter)).events
