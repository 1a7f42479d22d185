"""Pictures of tokens: who gives them, and who is told which."""

from events import Event
from events.core.features.archiving import RoomArchived
from events.core.features.hexes import HexesRevealed
from events.core.features.members import MemberSet
from events.core.features.sessions import SessionPaused, SessionStarted
from events.core.features.staging import ModeSet, Publish
from events.core.features.token_pictures import (
    NoSuchTokenPicture,
    PictureToken,
    RemoveTokenPicture,
    TokenPictured,
)
from events.core.features.tokens import (
    CreateToken,
    MoveToken,
    NoSuchToken,
    NotYours,
    TokenCreated,
    UpdateToken,
)
from events.core.state import Mode, SessionId, TokenId
from events.errors import PlayersOnly, WhileArchived, WhilePaused
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, given

AT = Hex(0, 0)
TABLE: tuple[Event, ...] = tuple(
    MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)
)
HERO, OGRE = TokenId("hero"), TokenId("ogre")
TOKENS = (
    TokenCreated(token=HERO, at=AT, label="Ann's hero", owner=ANN.user),
    TokenCreated(token=OGRE, at=AT, label="an ogre"),
)
SEEN = HexesRevealed(hexes=runs([AT]), to="all")


def test_a_picture_is_told_with_the_token_to_those_who_see_it() -> None:
    face = PictureToken(token_id="ogre", picture="face")
    (
        given(*TABLE, *TOKENS)
        .when(face)
        .then(TokenPictured(token=OGRE, picture="face"))
        .tells(DM, "token:updated")
        .tells(ANN)
    )
    outcome = given(*TABLE, *TOKENS, SEEN).when(face).tells(ANN, "token:updated")
    assert outcome.told(ANN)[0]["token"]["picture"] == "face"


def test_a_token_without_a_picture_is_told_as_it_always_was() -> None:
    (created,) = given(*TABLE, SEEN).when(CreateToken(hex_key=AT, label="an ogre")).told(SAM)
    assert "picture" not in created["token"]


def test_players_give_pictures_to_their_own_tokens_alone() -> None:
    table = given(*TABLE, *TOKENS, SEEN)
    own = PictureToken(token_id="hero", picture="face")
    table.when(own, by=ANN).then(TokenPictured(token=HERO, picture="face"))
    table.when(own, by=BEN).refused(NotYours)
    table.when(own, by=SAM).refused(PlayersOnly)
    table.when(PictureToken(token_id="ogre", picture="face"), by=ANN).refused(NotYours)
    table.when(RemoveTokenPicture(token_id="hero"), by=BEN).refused(NotYours)


def test_a_token_that_a_player_may_not_know_of_is_none() -> None:
    unseen = given(*TABLE, *TOKENS)
    for token in ("ogre", "nobody"):
        unseen.when(PictureToken(token_id=token, picture="face"), by=ANN).refused(NoSuchToken)
        unseen.when(RemoveTokenPicture(token_id=token), by=ANN).refused(NoSuchToken)


def test_nobody_changes_pictures_while_that_is_refused_to_them() -> None:
    own = PictureToken(token_id="hero", picture="face")
    paused = (SessionStarted(session=SessionId("s")), SessionPaused())
    given(*TABLE, *TOKENS, *paused).when(own, by=ANN).refused(WhilePaused)
    given(*TABLE, *TOKENS, RoomArchived(archived=True)).when(own).refused(WhileArchived)


def test_a_picture_stays_when_the_token_moves_and_changes_and_goes_when_it_is_taken_away() -> None:
    table = given(*TABLE, *TOKENS, TokenPictured(token=OGRE, picture="face"))
    for command in (
        MoveToken(token_id="ogre", to_hex_key=Hex(3, 0)),
        UpdateToken(token_id="ogre", label="a troll"),
    ):
        assert table.when(command).after.tokens[OGRE].picture == "face"
    gone = table.when(RemoveTokenPicture(token_id="ogre")).then(TokenPictured(token=OGRE))
    assert gone.after.tokens[OGRE].picture is None
    gone.again().when(RemoveTokenPicture(token_id="ogre")).refused(NoSuchTokenPicture)


def test_a_picture_waits_while_the_dm_prepares_even_for_a_token_that_waits_itself() -> None:
    staged = (
        given(*TABLE, SEEN, ModeSet(mode=Mode.STAGED))
        .when(CreateToken(token_id="ogre", hex_key=AT, label="an ogre"))
        .again()
        .when(PictureToken(token_id="ogre", picture="face"))
        .tells(ANN)
    )
    published = staged.again().when(Publish())
    assert published.told(ANN)[0]["token"]["picture"] == "face"
    assert published.after.tokens[OGRE].picture == "face"
