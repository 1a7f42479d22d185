"""Axial hexes: keys, runs, distance, lines, discs, labels."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.geometry.grid import (
    FAR,
    KEYS_AT_ONCE,
    BadHexKey,
    Hex,
    by_row,
    count,
    disc,
    hexes,
    line,
    middle,
    parse_all,
    runs,
)

anywhere = st.builds(Hex, st.integers(-FAR, FAR), st.integers(-FAR, FAR))
near = st.builds(Hex, st.integers(-30, 30), st.integers(-30, 30))


@given(anywhere)
def test_a_hex_is_its_key(at: Hex) -> None:
    assert Hex.parse(str(at)) == at


@pytest.mark.parametrize(
    "key",
    [
        "", "1", "1,2,3", "a,b", "1.5,0", " 1,2", "1,2 ", "1, 2", "+1,2", "01,2", "-0,1", "1,-0",
        "1_0,2", "１,2", "٣,1", "1e3,0", "1000001,0", "0,-1000001", "1,2\n", "10000000,0", "--1,0",
    ],
)  # fmt: skip
def test_there_is_one_form_of_a_key(key: str) -> None:
    with pytest.raises(BadHexKey):
        Hex.parse(key)


KEYS = st.one_of(
    st.sampled_from(
        ["0,0;1,1", "", ";", "1,2;", "1,2,3", "01,2", "1,-0", "1000001,0", " 1,2", None]
    ),
    anywhere.map(str),
)


@given(st.lists(KEYS, min_size=1, max_size=6))
def test_many_keys_at_once_are_read_as_one_by_one(keys: list[object]) -> None:
    try:
        expected = tuple(_parsed(key) for key in keys)
    except BadHexKey:
        with pytest.raises(BadHexKey):
            parse_all(keys)
    else:
        assert parse_all(keys) == expected


def _parsed(key: object) -> Hex:
    if not isinstance(key, str):
        raise BadHexKey("a hex key is a text")
    return Hex.parse(key)


def test_the_edge_of_the_world_is_a_million() -> None:
    assert Hex.parse("1000000,-1000000") == Hex(FAR, -FAR)


@given(st.lists(near))
def test_runs_hold_the_same_hexes_in_one_form(some: list[Hex]) -> None:
    packed = runs(some)
    assert set(hexes(packed)) == set(some)
    assert count(packed) == len(set(some))
    assert runs(reversed(some)) == packed
    rows = [(r, q, n) for q, r, n in packed]
    assert all(r1 < r2 or q1 + n1 < q2 for (r1, q1, n1), (r2, q2, _) in itertools.pairwise(rows))


@given(st.lists(near))
def test_hexes_are_sorted_by_row_and_each_is_kept(some: list[Hex]) -> None:
    assert by_row(some) == sorted(some, key=lambda at: (at.r, at.q))


def test_a_full_row_is_one_run() -> None:
    assert runs(Hex(q, 4) for q in range(200)) == ((0, 4, 200),)


@given(near, near)
def test_a_line_goes_step_by_step(start: Hex, end: Hex) -> None:
    path = line(start, end)
    assert path[0] == start
    assert path[-1] == end
    assert len(path) == start.distance(end) + 1
    assert all(a.distance(b) == 1 for a, b in itertools.pairwise(path))


@given(near, st.integers(0, 5))
def test_a_disc_is_what_is_near(centre: Hex, radius: int) -> None:
    found = list(disc(centre, radius))
    assert len(found) == len(set(found)) == 3 * radius * (radius + 1) + 1
    assert all(centre.distance(at) <= radius for at in found)


@given(near)
def test_neighbours_are_six_and_one_step_away(at: Hex) -> None:
    assert len(set(at.neighbours())) == 6
    assert all(at.distance(other) == 1 for other in at.neighbours())


@given(st.lists(near, min_size=1))
def test_the_middle_is_one_of_them(some: list[Hex]) -> None:
    assert middle(runs(some)) in some


@given(st.lists(near, min_size=1, max_size=20))
def test_no_hex_is_nearer_to_the_mean_than_the_middle(some: list[Hex]) -> None:
    distinct = set(some)
    q, r = (sum(axis) / len(distinct) for axis in zip(*distinct, strict=True))

    def off(at: Hex) -> float:
        return float(max(abs(at.q - q), abs(at.r - r), abs(at.q + at.r - q - r)))

    # The mean is rounded to a hex first, which is less than one step away.
    assert off(middle(runs(some))) <= min(map(off, some)) + 2


@pytest.mark.parametrize("more", [-1, 0, 1, KEYS_AT_ONCE])
def test_more_keys_than_are_read_at_one_go_are_read_in_order(more: int) -> None:
    keys = [f"{n},{-n}" for n in range(KEYS_AT_ONCE + more)]
    assert parse_all(keys) == tuple(map(Hex.parse, keys))
    for bad in ("1,", "01,1", f"{FAR + 1},0"):
        with pytest.raises(BadHexKey):
            parse_all([*keys, bad])
