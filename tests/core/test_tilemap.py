"""TileMap behaves as a dict of hexes that never changes."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from events.geometry.grid import Hex, runs
from events.geometry.tilemap import MOST_AHEAD, MOST_STEP_RUNS, TileMap

hexes = st.builds(Hex, st.integers(-40, 40), st.integers(-40, 40))
values = st.sampled_from(["a", "b", "c"])
dicts = st.dictionaries(hexes, values, max_size=60)
changes = st.lists(st.tuples(st.lists(hexes, max_size=8), values | st.none()), max_size=8)


@given(dicts, changes)
def test_putting_is_what_it_is_for_a_dict(start: dict[Hex, str], todo: list[object]) -> None:
    model, tiles = dict(start), TileMap(start)
    for where, value in todo:  # type: ignore[misc]
        before, kept = tiles, dict(tiles)
        tiles = tiles.put(runs(where), value)  # type: ignore[has-type]
        assert dict(before) == kept
        for at in where:  # type: ignore[has-type]
            model.pop(at, None)
            if value is not None:  # type: ignore[has-type]
                model[at] = value  # type: ignore[has-type]
    assert dict(tiles) == model
    assert len(tiles) == len(model)
    assert tiles == TileMap(model)


@given(dicts, st.lists(hexes))
def test_change_sees_each_old_value(start: dict[Hex, str], where: list[Hex]) -> None:
    changed = TileMap(start).change(runs(where), lambda old: "new" if old is None else old + "!")
    for at in {*start, *where}:
        old = start.get(at)
        expected = old if at not in where else "new" if old is None else old + "!"
        assert changed.get(at) == expected


@given(dicts, dicts)
def test_diff_names_what_differs(one: dict[Hex, str], other: dict[Hex, str]) -> None:
    found = {at: (here, there) for at, here, there in TileMap(one).diff(TileMap(other))}
    assert found == {
        at: (one.get(at), other.get(at))
        for at in one.keys() | other.keys()
        if one.get(at) != other.get(at)
    }


@given(
    dicts,
    st.lists(st.tuples(st.lists(hexes, max_size=8), values | st.none()), max_size=40),
    st.data(),
)
def test_a_map_knows_what_changed_since_an_older_one(
    start: dict[Hex, str], todo: list[tuple[list[Hex], str | None]], data: st.DataObject
) -> None:
    maps = [TileMap(start)]
    for where, value in todo:
        maps.append(maps[-1].put(runs(where), value))
    older, newer = data.draw(st.sampled_from(maps)), data.draw(st.sampled_from(maps))
    changed = newer.changed_since(older)
    assert len(set(changed)) == len(changed)
    assert {at for at, _, _ in older.diff(newer)} <= set(changed)


def test_maps_made_apart_are_compared() -> None:
    one, other = TileMap({Hex(0, 0): "a"}), TileMap({Hex(0, 0): "b"})
    assert one.changed_since(other) == (Hex(0, 0),)
    wide = other.put(tuple((2 * q, 0, 1) for q in range(MOST_STEP_RUNS + 1)), "b")
    assert len(wide.changed_since(other)) == MOST_STEP_RUNS


@given(dicts)
def test_the_order_does_not_tell_the_history(start: dict[Hex, str]) -> None:
    backwards = TileMap(list(reversed(start.items())))
    assert list(backwards.cells()) == list(TileMap(start).cells())


@given(dicts)
def test_it_survives_json_in_one_form(start: dict[Hex, str]) -> None:
    adapter = TypeAdapter(TileMap[str])
    text = adapter.dump_json(TileMap(start))
    assert adapter.validate_json(text) == TileMap(start)
    assert adapter.dump_json(TileMap(list(reversed(start.items())))) == text
    assert isinstance(json.loads(text), list)


def test_what_is_not_there_is_not_there() -> None:
    tiles = TileMap({Hex(0, 0): "a"})
    assert Hex(0, 1) not in tiles
    assert tiles.get(Hex(0, 1), "none") == "none"
    assert not tiles.put(runs([Hex(0, 0)]), None)


@settings(deadline=None)
@given(dicts, st.integers(1, 3 * MOST_AHEAD), st.integers(0, 2**32 - 1))
def test_a_map_that_nobody_looked_at_is_made_when_somebody_does(
    start: dict[Hex, str], turns: int, order: int
) -> None:
    model, tiles = dict(start), TileMap(start)
    looked_at: list[tuple[TileMap[str], dict[Hex, str]]] = []
    for turn in range(turns):
        value = "abc"[turn % 3] if turn % 4 else None
        at = Hex(turn % 7, turn % 5)
        tiles = tiles.change(((*at, 2),), lambda old, value=value: value)  # type: ignore[misc]
        for near in (at, Hex(at.q + 1, at.r)):
            model.pop(near, None)
            if value is not None:
                model[near] = value
        looked_at.append((tiles, dict(model)))
    # By a seed: a permutation that hypothesis draws costs more than the maps.
    random.Random(order).shuffle(looked_at)
    for made, expected in looked_at:
        assert dict(made) == expected
        assert made == TileMap(expected)


def test_what_a_change_raises_is_raised_when_somebody_looks() -> None:
    def wrong(old: str | None) -> str | None:
        raise ZeroDivisionError

    changed = TileMap({Hex(0, 0): "a"}).change(runs([Hex(0, 0)]), wrong)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            changed.materialize()


@given(dicts, st.lists(hexes))
def test_many_hexes_hold_at_once_what_each_holds(start: dict[Hex, str], where: list[Hex]) -> None:
    of = TileMap(start)
    assert of.values_at(where) == [of.get(at) for at in where]


@given(dicts, changes)
def test_a_change_is_about_at_least_the_hexes_that_differ(
    start: dict[Hex, str], todo: list[tuple[list[Hex], str | None]]
) -> None:
    before = after = TileMap(start)
    for where, value in todo:
        after = after.put(runs(where), value)
    assert after.changed_about(before) >= len(list(before.diff(after)))
    assert list(before.diff(after)) == list(before.diff(TileMap(dict(after.items()))))
