"""Rules: what tokens of players reveal by coming near."""

from events import Event
from events.core.features.hexes import HexesRevealed
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.rules import (
    ApplyRule,
    DeleteRule,
    NoSuchRule,
    RuleDeleted,
    RuleSet,
    SetRule,
    ShownTo,
)
from events.core.features.sessions import SessionStarted
from events.core.features.staging import ChangeStaged, ModeSet, Publish
from events.core.features.terrain import HexesUpdated
from events.core.features.tokens import MoveToken, TokenCreated, TokenMoved
from events.core.state import ChangeId, Mode, Rule, RuleId, SessionId, TokenId
from events.core.targets import NoSuchPlayer, Players, To
from events.errors import DmOnly
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, given

AT, NEXT, AFTER = Hex(0, 0), Hex(1, 0), Hex(2, 0)
ROW = runs(Hex(q, 0) for q in range(6))
HERO, R = TokenId("hero"), RuleId("r")
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
    HexesUpdated(painted=(("hills", 0, ROW),)),
    SessionStarted(session=SessionId("s")),
    TokenCreated(token=HERO, at=AT, label="Ann's hero", owner=ANN.user),
)
STAGING = ModeSet(mode=Mode.STAGED)
STEP = MoveToken(token_id="hero", to_hex_key=NEXT)
MOVED = TokenMoved(token=HERO, to=NEXT)


def rule(players: To = "all", within: int = 1, to: ShownTo = "owner") -> RuleSet:
    return RuleSet(rule=R, now=Rule(players, within, "full", to))


def caused(*hexes: Hex, to: To = (ANN.user,)) -> HexesRevealed:
    return HexesRevealed(hexes=runs(hexes), to=to, rule=R, token=HERO)


def test_a_step_reveals_what_comes_near_in_the_same_commit() -> None:
    outcome = given(*TABLE, rule()).when(STEP, by=ANN).then(MOVED, caused(AT, NEXT, AFTER))
    outcome.tells(ANN, "hex:revealed", "token:moved").tells(BEN)


def test_only_what_is_new_is_revealed() -> None:
    seen = HexesRevealed(hexes=runs([AT, NEXT]), to="all")
    given(*TABLE, rule(), seen).when(STEP, by=ANN).then(MOVED, caused(AFTER))
    given(*TABLE, rule(within=0), seen).when(STEP, by=ANN).then(MOVED)


def test_a_rule_is_for_the_tokens_of_its_players() -> None:
    given(*TABLE, rule(players=(BEN.user,))).when(STEP, by=ANN).then(MOVED)
    given(*TABLE, rule(players=(ANN.user,), within=0)).when(STEP, by=ANN).then(MOVED, caused(NEXT))
    ogre = TokenCreated(token=TokenId("ogre"), at=AT, label="an ogre")
    move = MoveToken(token_id="ogre", to_hex_key=NEXT)
    given(*TABLE, ogre, rule()).when(move).then(TokenMoved(token=TokenId("ogre"), to=NEXT))


def test_a_rule_may_show_to_its_players_or_to_all() -> None:
    both = (ANN.user, BEN.user)
    party = given(*TABLE, rule(players=both, within=0, to="players"))
    party.when(STEP, by=ANN).then(MOVED, caused(NEXT, to=both)).tells(
        BEN, "hex:revealed", "token:created"
    )
    everyone = given(*TABLE, rule(within=0, to="all"))
    everyone.when(STEP, by=ANN).then(MOVED, caused(NEXT, to="all")).tells(
        SAM, "hex:revealed", "token:created"
    )


def test_a_dms_move_fires_too() -> None:
    far = MoveToken(token_id="hero", to_hex_key=Hex(5, 0))
    given(*TABLE, rule()).when(far).then(
        TokenMoved(token=HERO, to=Hex(5, 0)), caused(Hex(4, 0), Hex(5, 0))
    )


def test_while_staging_a_players_step_is_seen_and_its_reveal_waits() -> None:
    staged = given(*TABLE, rule(within=0), STAGING).when(STEP, by=ANN)
    wait = ApplyRule(rule=R, token=HERO, at=NEXT, within=0, tier="full", to=(ANN.user,))
    staged.then(
        MOVED,
        ChangeStaged(
            change=ChangeId(1),
            command=wait,
            by=ANN.user,
            description="By rule: Ann's hero reveals hexes within 0 of 1,0",
        ),
    )
    staged.tells(ANN, "token:moved").tells(DM, "token:moved", "staged:changes")
    published = staged.again().when(Publish()).tells(ANN, "hex:revealed", "dm:preparing")
    assert caused(NEXT) in published.events


def test_a_staged_move_reveals_when_it_is_published() -> None:
    staged = given(*TABLE, rule(within=0), STAGING).when(STEP).tells(ANN)
    assert len(staged.events) == 1
    published = staged.again().when(Publish())
    assert published.events[1:3] == (MOVED, caused(NEXT))


def test_each_rule_names_itself() -> None:
    second = RuleSet(rule=RuleId("s"), now=Rule("all", 2, "terrain"))
    outcome = given(*TABLE, rule(within=0), second).when(STEP, by=ANN)
    assert [getattr(event, "rule", None) for event in outcome.events] == [None, "r", "s"]
    assert outcome.events[1].describe(outcome.before) == (
        "Revealed hex 1,0 to Ann, by the rule for Ann's hero"
    )


def test_rules_are_made_changed_and_deleted_by_dms_who_alone_know_them() -> None:
    command = SetRule(players=Players(player_ids=(ANN.user,)), within=2)
    made = given(*TABLE).when(command).tells(DM, "rule:changed").tells(ANN).tells(SAM)
    (event,) = made.events
    assert isinstance(event, RuleSet)
    same = SetRule(rule_id=event.rule, players=command.players, within=2)
    made.again().when(same).then()
    gone = made.again().when(DeleteRule(rule_id=event.rule)).then(RuleDeleted(rule=event.rule))
    gone.tells(DM, "rule:removed").tells(ANN)
    gone.again().when(DeleteRule(rule_id=event.rule)).refused(NoSuchRule)
    given(*TABLE).when(command, by=ANN).refused(DmOnly)
    stranger = SetRule(players=Players(player_ids=(SAM.user,)), within=1)
    given(*TABLE).when(stranger).refused(NoSuchPlayer)
