"""Tokens: who may know of them, who may move them."""

import pytest
from pydantic import ValidationError

from events import Change, Event, fold, messages_for
from events.core.features.hexes import HexesHidden, HexesRevealed, HideHexes, RevealHexes
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.sessions import SessionEnded, SessionPaused, SessionStarted
from events.core.features.staging import ModeSet, Publish
from events.core.features.tokens import (
    CreateToken,
    DeleteToken,
    MoveToken,
    NoSuchToken,
    NotPlaying,
    NotYours,
    TokenCreated,
    TokenDeleted,
    TokenExists,
    TokenMoved,
    TokenUpdated,
    TooFar,
    UpdateToken,
)
from events.core.limits import MOST_TOKENS
from events.core.state import Mode, SessionId, TokenId, UserId
from events.core.targets import NoSuchPlayer, Within
from events.core.view import audience
from events.errors import DmOnly, PlayersOnly, Rejected, TooMany, WhilePaused
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, Given, given

AT, NEXT, FAR = Hex(0, 0), Hex(1, 0), Hex(5, 5)
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
    SessionStarted(session=SessionId("s1")),
)
HERO_ID, OGRE_ID = TokenId("hero"), TokenId("ogre")
HERO = TokenCreated(token=HERO_ID, at=AT, label="Ann's hero", owner=ANN.user, kind="pc")
OGRE = TokenCreated(token=OGRE_ID, at=AT, label="an ogre")
SEEN = HexesRevealed(hexes=runs([AT, NEXT]), to="all")
STAGING = ModeSet(mode=Mode.STAGED)
OGRE_SAID = {
    "id": "ogre",
    "hexKey": "0,0",
    "ownerId": None,
    "label": "an ogre",
    "icon": "",
    "color": "",
    "tokenType": "npc",
    "visible": True,
}


def move(token: str, to: Hex) -> MoveToken:
    return MoveToken(token_id=token, to_hex_key=to)


def test_a_token_is_created_under_a_random_id() -> None:
    create = CreateToken(hex_key=AT, label="an ogre")
    (event,) = given(*TABLE).when(create, seed=1 << 100).events
    assert isinstance(event, TokenCreated)
    assert event.token == "00000010-0000-4000-8000-000000000000"
    assert given(*TABLE).when(create, seed=8).events != (event,)


def test_a_token_keeps_the_id_its_maker_gave_it_and_an_id_is_taken_once() -> None:
    create = CreateToken(hex_key=AT, label="an ogre", token_id="ogre")
    given(*TABLE).when(create).then(OGRE).again().when(create).refused(TokenExists)


def test_a_token_appears_to_those_who_see_its_hex_fully() -> None:
    create = CreateToken(hex_key=AT, label="an ogre", token_id="ogre")
    outcome = given(*TABLE, SEEN).when(create)
    for viewer in (DM, ANN, SAM):
        outcome.shows(viewer, "tokens", "ogre", OGRE_SAID).tells(viewer, "token:created")
    terrain = HexesRevealed(hexes=runs([AT]), to="all", tier="terrain")
    given(*TABLE, terrain).when(create).shows(ANN, "tokens", "ogre", None).tells(ANN)


def test_a_reveal_shows_the_tokens_standing_there_and_hiding_takes_them_away() -> None:
    shown = given(*TABLE, OGRE).when(RevealHexes(hex_keys=(AT,), targets="all"))
    shown.tells(ANN, "hex:revealed", "token:created").tells(DM, "hex:revealed")
    hidden = shown.again().when(HideHexes(hex_keys=(AT,), targets="all"))
    hidden.tells(ANN, "hex:hidden", "token:deleted")


def test_a_hidden_token_exists_for_dms_alone() -> None:
    hidden = TokenUpdated(token=OGRE_ID, visible=False)
    outcome = given(*TABLE, SEEN, OGRE).when(UpdateToken(token_id="ogre", visible=False))
    outcome.then(hidden).tells(ANN, "token:deleted").tells(DM, "token:updated")
    unseen = outcome.again()
    unseen.when(move("ogre", NEXT)).tells(ANN).tells(BEN).tells(DM, "token:moved")


def test_own_tokens_are_seen_wherever_they_are() -> None:
    lost = TokenMoved(token=HERO_ID, to=FAR)
    hidden = TokenUpdated(token=HERO_ID, visible=False)
    outcome = given(*TABLE, HERO, hidden).when(move("hero", FAR)).then(lost)
    outcome.tells(ANN, "token:moved").tells(BEN).tells(SAM)
    assert outcome.told(ANN)[0]["token"]["visible"] is False


def test_owners_are_told_apart_from_other_players() -> None:
    room = given(*TABLE, HERO).room
    assert ANN.user in room.individually_seen
    moved = (TokenMoved(token=HERO_ID, to=NEXT),)
    change = Change(room, fold(moved, room), moved)
    assert audience(ANN, change) is ANN
    assert audience(BEN, change) != BEN
    assert [m.tag for m in messages_for(change, audience(ANN, change))] == ["token:moved"]
    assert not list(messages_for(change, audience(BEN, change)))


def test_a_new_owner_is_told_apart_at_once() -> None:
    outcome = given(*TABLE, OGRE).when(UpdateToken(token_id="ogre", owner_id=BEN.user))
    outcome.tells(BEN, "token:created").tells(ANN)
    change = Change(outcome.before, outcome.after, outcome.events)
    assert audience(BEN, change) is BEN


def test_who_owns_a_token_no_longer_does_not_see_it_in_the_dark() -> None:
    taken = given(*TABLE, HERO).when(UpdateToken(token_id="hero", owner_id=""))
    taken.then(TokenUpdated(token=HERO_ID, owner=UserId(""))).tells(ANN, "token:deleted")
    assert taken.after.tokens[HERO_ID].owner is None


def test_null_takes_the_owner_away_and_nothing_said_leaves_it() -> None:
    assert UpdateToken.model_validate({"tokenId": "hero", "ownerId": None}).owner_id == ""
    assert UpdateToken.model_validate({"tokenId": "hero"}).owner_id is None


def test_a_player_moves_their_own_token_to_an_adjacent_hex() -> None:
    given(*TABLE, SEEN, HERO).when(move("hero", NEXT), by=ANN).then(
        TokenMoved(token=HERO_ID, to=NEXT)
    )


def test_a_player_cannot_move_a_token_two_hexes() -> None:
    given(*TABLE, SEEN, HERO).when(move("hero", Hex(2, 0)), by=ANN).refused(TooFar)


def test_a_player_steps_into_the_dark_and_others_lose_sight() -> None:
    outcome = given(*TABLE, SEEN, HERO).when(move("hero", Hex(-1, 0)), by=ANN)
    outcome.tells(ANN, "token:moved").tells(BEN, "token:deleted").tells(DM, "token:moved")


def test_a_dm_moves_any_token_anywhere_at_any_time() -> None:
    ended = given(*TABLE, HERO, SessionEnded())
    ended.when(move("hero", FAR)).then(TokenMoved(token=HERO_ID, to=FAR))


def test_players_move_only_while_the_session_is_active() -> None:
    given(*TABLE, HERO, SessionEnded()).when(move("hero", NEXT), by=ANN).refused(NotPlaying)
    given(*TABLE, HERO, SessionPaused()).when(move("hero", NEXT), by=ANN).refused(WhilePaused)


def test_a_player_moves_nobody_elses_token() -> None:
    given(*TABLE, SEEN, HERO).when(move("hero", NEXT), by=BEN).refused(NotYours)
    given(*TABLE, SEEN, OGRE).when(move("ogre", NEXT), by=BEN).refused(NotYours)


@pytest.mark.parametrize(
    "hiding", [HexesHidden(hexes=runs([AT]), to="all"), TokenUpdated(token=OGRE_ID, visible=False)]
)
def test_an_unknown_token_answers_like_one_that_does_not_exist(hiding: Event) -> None:
    there = given(*TABLE, SEEN, OGRE, hiding)
    nowhere = given(*TABLE, SEEN)
    for command in (
        move("ogre", NEXT),
        move("ogre", FAR),
        UpdateToken(token_id="ogre", icon="skull"),
        UpdateToken(token_id="ogre", label="mine"),
    ):
        answers = [room.when(command, by=BEN).refused(NoSuchToken) for room in (there, nowhere)]
        assert str(answers[0].refusal) == str(answers[1].refusal)


def test_a_player_changes_the_icon_of_their_own_and_nothing_else() -> None:
    room = given(*TABLE, HERO)
    room.when(UpdateToken(token_id="hero", icon="bow"), by=ANN).then(
        TokenUpdated(token=HERO_ID, icon="bow")
    )
    for wrong in (
        UpdateToken(token_id="hero", label="God"),
        UpdateToken(token_id="hero", icon="bow", visible=False),
        UpdateToken(token_id="hero", owner_id=""),
    ):
        room.when(wrong, by=ANN).refused(NotYours)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (CreateToken(hex_key=AT, label="x"), DmOnly),
        (DeleteToken(token_id="hero"), DmOnly),
    ],
)
def test_players_neither_create_nor_delete(
    command: CreateToken | DeleteToken, why: type[Rejected]
) -> None:
    given(*TABLE, HERO).when(command, by=ANN).refused(why)


def test_spectators_move_nothing() -> None:
    given(*TABLE, SEEN, HERO).when(move("hero", NEXT), by=SAM).refused(PlayersOnly)


def test_a_deleted_token_is_gone_for_all() -> None:
    outcome = given(*TABLE, SEEN, OGRE).when(DeleteToken(token_id="ogre"))
    outcome.then(TokenDeleted(token=OGRE_ID)).tells(ANN, "token:deleted")
    outcome.again().when(DeleteToken(token_id="ogre")).refused(NoSuchToken)


def test_moving_to_where_it_stands_changes_nothing() -> None:
    given(*TABLE, HERO).when(move("hero", AT), by=ANN).then()
    given(*TABLE, OGRE).when(UpdateToken(token_id="ogre", label="an ogre")).then()


def test_an_owner_is_a_player() -> None:
    for who in (DM.user, SAM.user, "nobody"):
        given(*TABLE, OGRE).when(UpdateToken(token_id="ogre", owner_id=who)).refused(NoSuchPlayer)
    create = CreateToken(hex_key=AT, label="x", owner_id=SAM.user)
    given(*TABLE).when(create).refused(NoSuchPlayer)


def test_a_token_staged_a_second_ago_can_be_moved_and_players_see_it_when_published() -> None:
    create = CreateToken(hex_key=AT, label="an ogre", token_id="ogre")
    staged = given(*TABLE, SEEN, STAGING).when(create).tells(ANN).again()
    staged = staged.when(move("ogre", NEXT)).tells(ANN).again()
    published = staged.when(Publish()).tells(ANN, "token:created", "dm:preparing")
    assert published.told(ANN)[0]["token"]["hexKey"] == "1,0"


def test_a_player_moves_at_once_while_the_dm_stages() -> None:
    given(*TABLE, SEEN, HERO, STAGING).when(move("hero", NEXT), by=ANN).tells(BEN, "token:moved")


def test_a_room_holds_so_many_tokens() -> None:
    crowd = [TokenCreated(token=TokenId(f"t{n}"), at=AT, label="a rat") for n in range(MOST_TOKENS)]
    given(*TABLE, *crowd).when(CreateToken(hex_key=AT, label="a rat")).refused(TooMany)


def test_within_finds_the_owners_near_by() -> None:
    near = RevealHexes(hex_keys=(NEXT,), targets=Within(within=1))
    given(*TABLE, HERO).when(near).then(HexesRevealed(hexes=runs([NEXT]), to=(ANN.user,)))


@pytest.mark.parametrize("bad", ["", "a b", "a/b", "x" * 65, "ä"])
def test_a_token_id_is_plain(bad: str) -> None:
    with pytest.raises(ValidationError):
        CreateToken(hex_key=AT, label="x", token_id=bad)


def test_events_and_commands_are_described_for_the_dm() -> None:
    room = Given(fold([*TABLE, HERO])).room
    assert move("hero", NEXT).describe(room) == "Move Ann's hero to hex 1,0"
    moved = TokenMoved(token=HERO_ID, to=NEXT)
    assert moved.describe(room) == "Moved Ann's hero from hex 0,0 to hex 1,0"
    assert TokenDeleted(token=HERO_ID).describe(room) == "Deleted Ann's hero"
