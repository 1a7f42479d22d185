"""Undo and redo: each action of a DM can be taken back, whoever did what since."""

import pytest

from events import (
    Command,
    advance,
    fold,
    project,
)
from events.core.canonical import state_from_json, state_json
from events.core.features.checks import SetSkill
from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.history import (
    HistoryRedone,
    HistoryUndone,
    NoSuchAction,
    NothingToRedo,
    NothingToUndo,
    RedoAction,
    UndoAction,
)
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.notes import NoteWanted, SetNote
from events.core.features.pictures import AlignPicture, LayPicture, RemovePicture
from events.core.features.rules import DeleteRule, RuleSet, SetRule
from events.core.features.settings import SetSettings
from events.core.features.staging import Publish, SetMode
from events.core.features.terrain import SetMap, SetParity
from events.core.features.tokens import CreateToken, DeleteToken, MoveToken, UpdateToken
from events.core.image_placement import Alignment
from events.core.limits import MOST_RULES
from events.core.staged_queue import StagedQueue
from events.core.state import Member, Mode, Role, Rule, RuleId, TokenId, UserId
from events.core.targets import Players, Within
from events.core.undo_log import NO_HISTORY
from events.core.view import state_fields
from events.errors import DmOnly, TooMany
from events.geometry.grid import Hex
from tests.support.given import ANN, BEN, DM, SAM
from tests.support.played_night import Table, paint, reveal, table

AT, NEXT = Hex(0, 0), Hex(1, 0)
OGRE = CreateToken(hex_key=AT, label="an ogre", token_id="ogre")
HERO = CreateToken(hex_key=AT, label="Ann's hero", token_id="hero", owner_id=ANN.user)
HERO_ID = TokenId("hero")
RULE = Rule("all", 1, "full")
OLD = SetMap(
    name="Old",
    grid_width=2,
    grid_height=1,
    hex_size=30,
    orientation="flat",
    painted=(("hills", 0, ((0, 0, 2),)),),
)
PICTURE = LayPicture(picture="p", width=700, height=600)
EVE = Member(UserId("eve"), Role.DM, "Eve")
UNDO, REDO = UndoAction(), RedoAction()


def test_there_is_nothing_to_undo_at_first() -> None:
    table().refuses(UNDO, NothingToUndo)
    table().refuses(REDO, NothingToRedo)
    table().refuses(UNDO, DmOnly, by=ANN)


def test_players_see_the_fog_close_again() -> None:
    game = table().do(reveal(AT, NEXT))
    assert game.told(DM)[-1]["canUndo"] == "Revealed 2 hexes around 0,0 to everyone"
    game.do(UNDO)
    assert game.tags(ANN) == game.tags(SAM) == ["hex:hidden"]
    assert game.tags(DM) == ["hex:hidden", "history:changed"]
    assert not len(game.room.visibility)
    game.do(REDO)
    assert game.tags(ANN) == ["hex:revealed"]
    assert len(game.room.visibility) == 2


def test_the_newest_action_is_undone_first_and_redone_last() -> None:
    game = table().do(paint("hills", AT)).do(paint("marsh", AT)).do(UNDO)
    assert game.room.terrain[AT].terrain == "hills"
    assert AT not in game.do(UNDO).room.terrain
    game.refuses(UNDO, NothingToUndo)
    assert game.do(REDO).room.terrain[AT].terrain == "hills"
    assert game.do(REDO).room.terrain[AT].terrain == "marsh"
    game.refuses(REDO, NothingToRedo)


def test_any_version_can_be_undone() -> None:
    game = table().do(paint("hills", AT))
    version = game.commits[-1].version
    game.do(paint("marsh", NEXT)).do(UndoAction(version=version))
    assert AT not in game.room.terrain
    assert game.room.terrain[NEXT].terrain == "marsh"
    game.refuses(UndoAction(version=version), NoSuchAction)
    game.refuses(UndoAction(version=999), NoSuchAction)


def test_each_version_of_a_commit_names_it() -> None:
    game = table().do(SetMode(mode=Mode.STAGED)).do(paint("hills", AT)).do(paint("marsh", NEXT))
    game.do(Publish())
    commit = game.commits[-1]
    assert commit.version - commit.after > 2
    game.do(UndoAction(version=commit.after + 2))
    assert not len(game.room.terrain)


def test_what_was_changed_since_stays_and_is_named_to_dms() -> None:
    game = table().do(paint("hills", AT, NEXT))
    version = game.commits[-1].version
    game.do(paint("marsh", NEXT)).do(UndoAction(version=version))
    assert AT not in game.room.terrain
    assert game.room.terrain[NEXT].terrain == "marsh"
    (event,) = game.commits[-1].events
    assert isinstance(event, HistoryUndone)
    assert event.kept == "hex 1,0"
    assert game.told(DM)[-1]["kept"] == "hex 1,0"
    assert game.do(reveal(AT)).told(DM)[-1]["kept"] == ""


def test_a_players_step_is_not_undone_and_stops_the_undo_of_an_earlier_one() -> None:
    game = table().do(HERO).do(MoveToken(token_id="hero", to_hex_key=NEXT))
    game.do(MoveToken(token_id="hero", to_hex_key=Hex(2, 0)), by=ANN).do(UNDO)
    assert game.room.tokens[HERO_ID].at == Hex(2, 0)
    assert game.told(DM)[-1]["kept"] == "Ann's hero"
    game.do(UNDO)
    assert HERO_ID in game.room.tokens


def test_redo_leaves_alone_what_undo_could_not_put_back() -> None:
    game = table().do(paint("hills", AT, NEXT))
    version = game.commits[-1].version
    game.do(paint("marsh", NEXT)).do(UndoAction(version=version)).do(REDO)
    assert [game.room.terrain[at].terrain for at in (AT, NEXT)] == ["hills", "marsh"]


def test_a_new_action_ends_what_can_be_redone() -> None:
    game = table().do(paint("hills", AT)).do(UNDO).do(paint("marsh", NEXT))
    game.refuses(REDO, NothingToRedo)


def test_tokens_come_back_for_those_who_saw_them() -> None:
    game = table().do(reveal(AT)).do(OGRE).do(DeleteToken(token_id="ogre"))
    assert game.do(UNDO).tags(ANN) == ["token:created"]
    game.do(UpdateToken(token_id="ogre", visible=False))
    assert game.do(UNDO).tags(ANN) == ["token:created"]


def test_an_undone_reveal_takes_the_tokens_along() -> None:
    game = table().do(OGRE).do(reveal(AT)).do(UNDO)
    assert game.tags(ANN) == ["hex:hidden", "token:deleted"]


def test_what_a_campaign_begins_with_is_no_action() -> None:
    game = table().do(OLD).do(PICTURE)
    assert game.room.history == NO_HISTORY
    game.refuses(UNDO, NothingToUndo)
    game.do(reveal(AT)).do(UNDO)
    game.refuses(UNDO, NothingToUndo)
    assert game.room.map is not None
    assert game.room.picture is not None


def test_a_map_laid_anew_after_its_undo_is_an_action() -> None:
    game = table().do(OGRE).do(OLD).do(UNDO).do(UNDO).do(OLD)
    game.refuses(REDO, NothingToRedo)
    game.do(UNDO)
    assert game.room.map is None


@pytest.mark.parametrize("command", [OLD, PICTURE])
def test_a_map_or_picture_laid_after_something_was_done_is_one(command: Command) -> None:
    game = table().do(OGRE).do(command).do(UNDO)
    assert (game.room.map, game.room.picture) == (None, None)


def test_a_map_laid_over_a_played_one_is_one_action() -> None:
    new = OLD.model_copy(update={"name": "New", "painted": (("marsh", 0, ((0, 0, 1),)),)})
    game = table().do(OLD).do(reveal(AT)).do(new)
    assert game.room.label(AT) == "0101"
    game.do(UNDO)
    assert game.room.map is not None
    assert game.room.map.name == "Old"
    assert {what.terrain for what in game.room.terrain.values()} == {"hills"}
    assert game.tags(ANN) == ["map:changed", "hex:updated"]
    assert game.do(UNDO).tags(ANN) == ["hex:hidden"]


def test_published_reveals_are_undone_together() -> None:
    game = table().do(SetMode(mode=Mode.STAGED)).do(reveal(AT)).do(reveal(NEXT)).do(Publish())
    assert game.told(DM)[-1]["canUndo"] == "Published 2 staged changes"
    game.do(UNDO)
    assert game.tags(ANN) == ["hex:hidden"]
    assert game.room.mode is Mode.IMMEDIATE
    assert not game.room.staged


def test_the_queue_that_was_thrown_away_comes_back() -> None:
    game = table().do(SetMode(mode=Mode.STAGED)).do(reveal(AT)).do(reveal(NEXT))
    queue = game.room.staged
    game.do(SetMode(mode=Mode.IMMEDIATE))
    assert not game.room.staged
    game.do(UNDO)
    assert (game.room.staged, game.room.mode) == (queue, Mode.STAGED)
    assert game.tags(ANN) == ["dm:preparing"]
    assert game.tags(DM) == ["broadcast:modeChanged", "staged:changes", "history:changed"]
    game.do(REDO)
    assert (game.room.staged, game.room.mode) == (StagedQueue(), Mode.IMMEDIATE)


def test_changing_the_mode_or_the_session_is_no_action() -> None:
    game = table().do(SetMode(mode=Mode.STAGED)).do(reveal(AT)).do(SetMode(mode=Mode.STAGED))
    game.refuses(UNDO, NothingToUndo)


def test_a_reveal_to_one_player_is_undone_for_them_alone() -> None:
    only = RevealHexes(hex_keys=(AT,), targets=Players(player_ids=(ANN.user,)))
    game = table().do(reveal(AT)).do(HideHexes(hex_keys=(AT,), targets=only.targets)).do(UNDO)
    assert game.tags(ANN) == ["hex:revealed"]
    assert game.tags(BEN) == []


def test_at_least_a_thousand_actions_are_kept_and_not_many_more() -> None:
    game = table()
    for n in range(1_200):
        game.do(paint("hills" if n % 2 else "marsh", AT))
    assert 1_000 <= len(game.room.history.done) < 1_100
    again = advance(state_from_json(state_json(game.room)), game.commits[-1])
    live = advance(game.room, game.commits[-1])
    assert state_json(again) == state_json(live)
    oldest = next(iter(game.room.history.done))
    assert oldest.version == game.commits[-len(game.room.history.done)].version


def test_settings_are_undone_one_by_one_and_what_they_showed_goes_with_them() -> None:
    game = table().do(paint("hills", AT, NEXT)).do(reveal(AT))
    game.do(SetSettings(adjacent_terrain=True))
    version = game.commits[-1].version
    game.do(SetSettings(grid=False)).do(UndoAction(version=version))
    assert game.tags(ANN) == ["settings:changed", "hex:hidden"]
    assert (game.room.settings.adjacent_terrain, game.room.settings.grid) == (False, False)
    assert game.do(REDO).tags(ANN) == ["settings:changed", "hex:revealed"]


def test_each_step_of_a_picture_is_undone_and_told() -> None:
    game = table().do(OGRE).do(PICTURE)
    game.do(AlignPicture(alignment=Alignment(scale=0.5))).do(RemovePicture())
    seen = []
    for command in (UNDO, UNDO, UNDO, REDO):
        game.do(command)
        (told,) = (told for told in game.told(ANN) if told["type"] == "picture:changed")
        seen.append(told["picture"] and told["picture"]["alignment"]["scale"])
    assert seen == [0.5, 1.0, None, 1.0]


def test_which_columns_a_grid_pushes_is_undone_and_told() -> None:
    grid = SetMap(
        name="A", grid_width=2, grid_height=2, hex_size=30, orientation="flat", painted=()
    )
    game = table().do(grid).do(SetParity(parity="even"))
    told = [game.do(command).told(ANN)[0]["map"].get("parity") for command in (UNDO, REDO)]
    assert told == [None, "even"]


def test_notes_rules_and_skills_are_undone_too() -> None:
    note = SetNote(hex_key=AT, note=NoteWanted(id="n", kind="poi", title="Well"))
    game = table().do(reveal(AT)).do(note)
    assert game.do(UNDO).tags(ANN) == ["note:removed"]
    game.do(SetRule(rule_id="r", players="all", within=1)).do(UNDO)
    assert game.tags(DM) == ["history:changed", "rule:removed"]
    game.do(SetSkill(user_id=ANN.user, skill="lore", modifier=2)).do(UNDO)
    assert game.tags(ANN) == ["skill:changed"]
    assert not game.room.skills


def test_undoing_and_redoing_go_past_no_limit() -> None:
    """Else a deleted rule and a new one in its place, again and again, made any number of them."""
    rules = [SetRule(rule_id=f"r{n}", players="all", within=1) for n in range(MOST_RULES)]
    game = table()
    for rule in rules:
        game.do(rule)
    game.do(DeleteRule(rule_id="r0"))
    deleted = game.commits[-1].version
    game.do(SetRule(rule_id="new", players="all", within=1))
    game.refuses(UndoAction(version=deleted), TooMany)
    game.do(UNDO).do(UndoAction(version=deleted))
    assert len(game.room.rules) == MOST_RULES


def test_a_room_past_a_limit_may_still_become_smaller() -> None:
    crowd = Table(fold([RuleSet(rule=RuleId(f"{n}"), now=RULE) for n in range(MOST_RULES + 5)]))
    crowd.do(SetRule(rule_id="0", players="all", within=2)).do(UNDO)
    assert crowd.room.rules[RuleId("0")] == RULE


def test_events_are_described() -> None:
    game = table().do(paint("hills", AT)).do(UNDO)
    (event,) = game.commits[-1].events
    assert event.describe(game.room) == "Undid: Turned hex 0,0 into hills"
    (event,) = game.do(REDO).commits[-1].events
    assert isinstance(event, HistoryRedone)
    assert event.describe(game.room) == "Did again: Turned hex 0,0 into hills"


def test_an_event_puts_back_without_the_memory_of_the_action() -> None:
    game = table().do(paint("hills", AT)).do(UNDO)
    forgetful = fold(event for commit in game.commits for event in commit.events)
    assert forgetful.terrain == game.room.terrain


def test_within_and_undo_go_together() -> None:
    game = table().do(HERO).do(RevealHexes(hex_keys=(AT,), targets=Within(within=0))).do(UNDO)
    assert game.tags(ANN) == ["hex:hidden"]


def test_undo_takes_back_the_senders_own_action() -> None:
    game = two_dms().do(paint("hills", AT), by=DM).do(paint("marsh", NEXT), by=EVE)
    game.do(UNDO, by=DM)
    assert AT not in game.room.terrain
    assert game.room.terrain[NEXT].terrain == "marsh"
    game.refuses(UNDO, NothingToUndo, by=DM)
    game.do(UNDO, by=EVE)
    assert not len(game.room.terrain)


def test_redo_repeats_what_the_sender_undid() -> None:
    game = two_dms().do(paint("hills", AT), by=DM).do(paint("marsh", NEXT), by=EVE)
    game.do(UNDO, by=DM).do(UNDO, by=EVE).do(REDO, by=DM)
    assert game.room.terrain[AT].terrain == "hills"
    assert NEXT not in game.room.terrain
    game.refuses(REDO, NothingToRedo, by=DM)


def test_a_named_version_undoes_what_another_dm_did_and_its_undoer_redoes_it() -> None:
    game = two_dms().do(paint("hills", AT), by=DM)
    game.do(UndoAction(version=game.commits[-1].version), by=EVE)
    assert AT not in game.room.terrain
    game.refuses(REDO, NothingToRedo, by=DM)
    assert game.told(EVE)[-1]["redoBy"] == DM.user
    assert game.told(DM)[-1]["canRedo"] is None
    assert game.do(REDO, by=EVE).room.terrain[AT].terrain == "hills"


def test_each_dm_is_told_what_is_theirs_to_undo_and_whose_the_newest_action_is() -> None:
    game = two_dms().do(paint("hills", AT), by=DM).do(paint("marsh", NEXT), by=EVE)
    mine, hers = game.told(DM)[-1], game.told(EVE)[-1]
    assert (mine["canUndo"], hers["canUndo"]) == (
        "Turned hex 0,0 into hills",
        "Turned hex 1,0 into marsh",
    )
    newest = {
        "version": game.commits[-1].version,
        "description": "Turned hex 1,0 into marsh",
        "userId": EVE.user,
        "name": EVE.name,
    }
    assert mine["newest"] == hers["newest"] == newest
    assert project(game.room, DM)["history"]["history"]["canUndo"] == mine["canUndo"]


def test_each_dm_is_told_of_every_undone_action_and_who_undid_it() -> None:
    game = two_dms().do(paint("hills", AT), by=DM).do(paint("marsh", NEXT), by=EVE)
    older, newest = game.commits[-2].version, game.commits[-1].version
    hills = {
        "version": older,
        "description": "Turned hex 0,0 into hills",
        "userId": DM.user,
        "name": DM.name,
    }
    marsh = {
        "version": newest,
        "description": "Turned hex 1,0 into marsh",
        "userId": EVE.user,
        "name": EVE.name,
    }
    by_dm = {"undoneBy": DM.user, "undoneByName": DM.name}
    by_eve = {"undoneBy": EVE.user, "undoneByName": EVE.name}
    for version, who, undone in (
        (older, EVE, hills | by_eve),
        (newest, EVE, marsh | by_eve),
        (newest, DM, marsh | by_dm),
    ):
        if who is DM:
            game.do(REDO, by=EVE)
        game.do(UndoAction(version=version), by=who)
        assert game.told(DM)[-1]["undone"] == game.told(EVE)[-1]["undone"] == undone
        for player in (ANN, BEN, SAM):
            assert "history:changed" not in game.tags(player)


def test_only_an_undo_is_told_as_one() -> None:
    game = two_dms().do(paint("hills", AT), by=DM).do(paint("marsh", NEXT), by=DM)
    game.do(UNDO, by=DM).do(UNDO, by=DM)
    for step in (REDO, REDO, reveal(AT)):
        game.do(step, by=DM)
        assert all("undone" not in message for message in game.told(EVE) + game.told(DM))
    game.do(UNDO, by=DM).do(paint("swamp", AT), by=EVE)
    assert all("undone" not in message for message in game.told(EVE) + game.told(DM))
    assert "undone" not in state_fields(project(game.do(UNDO, by=EVE).room, DM))["history"]


def test_an_undo_of_an_earlier_version_is_redone_by_who_did_the_action() -> None:
    game = two_dms().do(paint("hills", AT), by=DM).do(UNDO, by=DM)
    undone = game.commits[-1].events[0]
    old = two_dms().do(paint("hills", AT), by=DM)
    old.happened([undone.model_copy(update={"by": UserId("")})])
    old.refuses(REDO, NothingToRedo, by=EVE)
    assert old.do(REDO, by=DM).room.terrain[AT].terrain == "hills"


def two_dms() -> Table:
    return table().happened(
        [MemberSet(user=EVE.user, name=EVE.name, role=EVE.role), PlayerJoined(user=EVE.user)]
    )
