"""Handouts: the pictures of notes, and to whom they are shown."""

from events import Event, fold
from events.core.features.handouts import (
    HandoutHidden,
    HandoutShown,
    HideHandout,
    NoSuchHandout,
    NotePictured,
    OpenHandout,
    PictureNote,
    RemoveNotePicture,
    ShowHandout,
)
from events.core.features.hexes import HexesRevealed
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.merging import MergeMembers
from events.core.features.notes import DeleteNote, NoSuchNote, NoteSet, NoteWanted, SetNote
from events.core.features.staging import ModeSet, Publish
from events.core.limits import MOST_HANDOUTS
from events.core.messages import ServerMessage
from events.core.state import Handout, Member, Mode, Note, NoteId, UserId
from events.core.targets import NoSuchPlayer, Players
from events.errors import DmOnly, TooMany
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, Given, given

AT = Hex(0, 0)
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
    NoteSet(note=NoteId("n"), now=Note(AT, "lore", "A letter", dm_text="forged")),
)
PICTURE = NotePictured(note=NoteId("n"), handout=Handout("h-1", 30, 20))
GIVE = PictureNote(note_id="n", picture="h-1", width=30, height=20)
TO_ANN = ShowHandout(note_id="n", targets=Players(player_ids=(ANN.user,)))
FROM_ANN = HideHandout(note_id="n", targets=Players(player_ids=(ANN.user,)))
FROM_ALL = HideHandout(note_id="n", targets="all")
LETTER = {"id": "n", "title": "A letter", "image": "h-1", "width": 30, "height": 20}


def test_a_picture_is_the_dms_until_it_is_shown() -> None:
    seen = HexesRevealed(hexes=runs([AT]), to="all")
    given_ = given(*TABLE, seen).when(GIVE).then(PICTURE)
    given_.tells(DM, "handout:changed").tells(ANN).tells(SAM)
    given_.shows(DM, "handouts", "n", {**LETTER, "shownTo": {"playerIds": []}})
    given(*TABLE).when(GIVE, by=ANN).refused(DmOnly)


def test_who_is_shown_a_handout_has_it_without_knowing_of_its_hex() -> None:
    shown = given(*TABLE, PICTURE).when(TO_ANN)
    shown.then(HandoutShown(note=NoteId("n"), to=(ANN.user,)))
    shown.tells(ANN, "handout:changed").tells(BEN).tells(SAM).tells(DM, "handout:changed")
    shown.shows(ANN, "handouts", "n", LETTER).shows(ANN, "notes", "n", None)
    shown.shows(BEN, "handouts", "n", None)
    shown.again().when(TO_ANN).then()
    everyone = shown.again().when(ShowHandout(note_id="n", targets="all"))
    everyone.tells(ANN).tells(BEN, "handout:changed").tells(SAM, "handout:changed")
    everyone.again().when(TO_ANN).then()


def test_a_handout_is_taken_back_from_one_of_those_who_have_it() -> None:
    shown = given(*TABLE, PICTURE, HandoutShown(note=NoteId("n"), to=(ANN.user, BEN.user)))
    back = shown.when(FROM_ANN).then(HandoutHidden(note=NoteId("n"), to=(ANN.user,)))
    back.tells(ANN, "handout:removed").tells(BEN).tells(DM, "handout:changed")
    back.shows(ANN, "handouts", "n", None).shows(BEN, "handouts", "n", LETTER)
    back.again().when(FROM_ANN).then()
    back.again().when(FROM_ALL).tells(ANN).tells(BEN, "handout:removed")
    given(*TABLE).when(FROM_ANN).refused(NoSuchHandout)


def test_a_handout_of_everyone_is_taken_back_from_one_and_given_again() -> None:
    shown = given(*TABLE, PICTURE, HandoutShown(note=NoteId("n"), to="all"))
    back = shown.when(FROM_ANN).tells(ANN, "handout:removed").tells(BEN).tells(SAM)
    back.shows(DM, "handouts", "n", {**LETTER, "shownTo": "all", "keptFrom": ["ann"]})
    newcomer = MemberSet(user=UserId("zoe"), name="Zoe", role=ANN.role)
    zoe = Member(UserId("zoe"), ANN.role, "Zoe")
    joined = Given(fold([newcomer], back.after)).when(TO_ANN)
    joined.tells(ANN, "handout:changed").tells(BEN).shows(zoe, "handouts", "n", LETTER)
    back.again().when(ShowHandout(note_id="n", targets="all")).tells(ANN, "handout:changed")
    back.again().when(FROM_ALL).tells(ANN).tells(BEN, "handout:removed")


def test_who_is_merged_with_one_who_has_a_handout_has_it() -> None:
    for kept in ((ANN.user,), (BEN.user,), (ANN.user, BEN.user)):
        taken = HandoutHidden(note=NoteId("n"), to=kept)
        table = given(*TABLE, PICTURE, HandoutShown(note=NoteId("n"), to="all"), taken)
        merged = table.when(MergeMembers(user_id=ANN.user, into=BEN.user))
        merged.shows(BEN, "handouts", "n", None if len(kept) == 2 else LETTER)


def test_another_picture_was_shown_to_nobody() -> None:
    shown = given(*TABLE, PICTURE, HandoutShown(note=NoteId("n"), to="all"))
    other = shown.when(PictureNote(note_id="n", picture="h-2", width=3, height=2))
    other.tells(ANN, "handout:removed").shows(BEN, "handouts", "n", None)


def test_a_handout_goes_with_its_picture_and_with_its_note() -> None:
    shown = given(*TABLE, PICTURE, HandoutShown(note=NoteId("n"), to=(ANN.user,)))
    for command in (RemoveNotePicture(note_id="n"), DeleteNote(note_id="n")):
        shown.when(command).tells(ANN, "handout:removed").tells(BEN)


def test_a_note_that_is_written_anew_keeps_its_handout() -> None:
    shown = given(*TABLE, PICTURE, HandoutShown(note=NoteId("n"), to=(ANN.user,)))
    wish = NoteWanted(id="n", kind="lore", title="A torn letter")
    outcome = shown.when(SetNote(hex_key=AT, note=wish)).tells(ANN, "handout:changed").tells(BEN)
    outcome.shows(ANN, "handouts", "n", {**LETTER, "title": "A torn letter"})


def test_a_handout_waits_while_the_dm_prepares() -> None:
    staged = given(*TABLE, ModeSet(mode=Mode.STAGED)).when(GIVE).tells(ANN)
    waits = staged.again().when(TO_ANN).tells(ANN)
    waits.again().when(Publish()).tells(ANN, "handout:changed", "dm:preparing")


def test_a_handout_is_opened_again_before_those_who_have_it() -> None:
    room = fold([*TABLE, PICTURE, HandoutShown(note=NoteId("n"), to=(ANN.user,))])

    def hears(who: Member, command: OpenHandout) -> ServerMessage | None:
        return command.ephemeral_message(room, DM, who)

    assert hears(ANN, OpenHandout(note_id="n")) is not None
    assert hears(BEN, OpenHandout(note_id="n")) is None
    only_ben = OpenHandout(note_id="n", targets=Players(player_ids=(BEN.user,)))
    assert hears(ANN, only_ben) is None
    assert hears(BEN, only_ben) is None
    given(*TABLE).when(OpenHandout(note_id="n")).refused(NoSuchHandout)


def test_what_is_not_there_is_not_shown() -> None:
    table = given(*TABLE)
    table.when(TO_ANN).refused(NoSuchHandout)
    table.when(RemoveNotePicture(note_id="n")).refused(NoSuchHandout)
    table.when(ShowHandout(note_id="x", targets="all")).refused(NoSuchNote)
    table.when(PictureNote(note_id="x", picture="h", width=1, height=1)).refused(NoSuchNote)
    strange = Players(player_ids=(UserId("nobody"),))
    given(*TABLE, PICTURE).when(ShowHandout(note_id="n", targets=strange)).refused(NoSuchPlayer)


def test_so_many_notes_have_pictures_and_no_more() -> None:
    def noted(n: int) -> Event:
        handout = Handout(f"h-{n}", 1, 1)
        return NoteSet(note=NoteId(f"n{n}"), now=Note(AT, "lore", "x", handout=handout))

    table = (*TABLE, *map(noted, range(MOST_HANDOUTS - 1)))
    given(*table).when(GIVE).then(PICTURE)
    full = given(*table, noted(MOST_HANDOUTS)).when(GIVE).refused(TooMany)
    instead = PictureNote(note_id="n0", picture="h-x", width=1, height=1)
    assert full.again().when(instead).events


def test_who_is_merged_with_another_gives_them_their_handouts() -> None:
    shown = given(*TABLE, PICTURE, HandoutShown(note=NoteId("n"), to=(ANN.user,)))
    merged = shown.when(MergeMembers(user_id=ANN.user, into=BEN.user))
    merged.shows(BEN, "handouts", "n", LETTER)
