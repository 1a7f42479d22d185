"""Whatever was played and undone in whatever order: the room is as if it had not been."""

import random

from events import Command, RoomState, fold, project
from events.core.diffs import ALL_DIFFERS
from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.history import RedoAction, UndoAction
from events.core.features.tokens import CreateToken, DeleteToken, MoveToken, UpdateToken
from events.core.targets import Players
from events.geometry.grid import Hex
from tests.support.given import ANN
from tests.support.played_night import Table, paint, reveal, table

UNDO, REDO = UndoAction(), RedoAction()


def random_action(chance: random.Random, game: Table) -> Command:
    at = Hex(chance.randrange(60), chance.randrange(60))
    near = tuple({at, Hex(at.q + 1, at.r)})
    token = f"t{chance.randrange(300)}"
    choices: list[Command] = [
        paint(chance.choice(["hills", "marsh", "forest"]), *near),
        reveal(*near),
        RevealHexes(hex_keys=near, targets=Players(player_ids=(ANN.user,)), tier="terrain"),
        HideHexes(hex_keys=near, targets="all"),
    ]
    if token in game.room.tokens:
        choices += [MoveToken(token_id=token, to_hex_key=at), DeleteToken(token_id=token)] * 2
        choices.append(UpdateToken(token_id=token, visible=chance.random() < 0.5))
    else:
        choices += [CreateToken(hex_key=at, label="x", token_id=token)] * 2
    return chance.choice(choices)


def keys_of(before: RoomState, after: RoomState) -> set[tuple[str, object]]:
    found: set[tuple[str, object]] = set()
    for name, kind in ALL_DIFFERS.items():
        for *values, where in kind.diff(getattr(before, name), getattr(after, name)):
            if name in ("terrain", "visibility"):
                found |= {(name, Hex(q + n, r)) for q, r, long in where for n in range(long)}
            else:
                found.add((name, values[0]))
    return found


def on_the_map(room: RoomState) -> tuple[object, ...]:
    return room.terrain, room.visibility, room.tokens


def test_a_thousand_random_actions_undone_in_random_order_leave_what_was_without_them() -> None:
    """Wherever they do not touch the same keys."""
    chance = random.Random(5)
    game = table()
    start, touched = game.room, dict[tuple[str, object], int]()
    opening = len(game.commits)
    while len(game.commits) < opening + 1_000:
        game.do(random_action(chance, game))
        assert game.last is not None
        for key in keys_of(game.last.before, game.last.after):
            touched[key] = touched.get(key, 0) + 1
    played = game.commits[opening:]
    undone = chance.sample(played, 700)
    for commit in undone:
        game.do(UndoAction(version=commit.version))
    without = fold((e for commit in played if commit not in undone for e in commit.events), start)
    alone = {key for key, times in touched.items() if times == 1}
    assert len(alone) > 300
    for slice_, at in alone:
        assert getattr(game.room, slice_).get(at) == getattr(without, slice_).get(at)
    for _ in undone:
        game.do(REDO)
    with_them = fold((e for commit in played for e in commit.events), start)
    for slice_, at in alone:
        assert getattr(game.room, slice_).get(at) == getattr(with_them, slice_).get(at)


def test_undoing_everything_newest_first_leaves_the_beginning() -> None:
    chance = random.Random(6)
    game = table()
    start = game.room
    for _ in range(300):
        game.do(random_action(chance, game))
    end = game.room
    for _ in range(len(game.room.history.done)):
        game.do(UNDO)
    assert on_the_map(game.room) == on_the_map(start)
    for _ in range(len(game.room.history.undone)):
        game.do(REDO)
    assert on_the_map(game.room) == on_the_map(end)
    assert project(game.room, ANN) == project(end, ANN)
