"""Placed: things by id and by hex."""

from hypothesis import given as cases
from hypothesis import strategies as st
from pydantic import TypeAdapter

from events.core.state import Token, TokenId
from events.geometry.grid import Hex
from events.geometry.placed import Placed

A, B, C = TokenId("a"), TokenId("b"), TokenId("c")
HERE, THERE = Hex(0, 0), Hex(1, 0)
ADAPTER = TypeAdapter(Placed[TokenId, Token])


def placed() -> Placed[TokenId, Token]:
    empty: Placed[TokenId, Token] = Placed()
    return empty.put(B, Token(HERE, "b")).put(A, Token(HERE, "a")).put(C, Token(THERE, "c"))


def test_a_change_returns_a_new_map_and_leaves_the_old() -> None:
    old = placed()
    new = old.put(C, None).put(A, Token(THERE, "a"))
    assert (old.on(HERE), old.on(THERE)) == ((A, B), (C,))
    assert (new.on(HERE), new.on(THERE)) == ((B,), (A,))
    assert C in old
    assert C not in new


def test_within_finds_what_stands_on_the_hexes_whatever_their_number() -> None:
    some, many = [HERE], [Hex(q, 0) for q in range(-50, 51)]
    assert set(placed().within(some)) == {A, B}
    assert set(placed().within(many)) == {A, B, C}
    assert not set(placed().within([Hex(0, 1)]))
    assert not set(placed().within([Hex(q, 7) for q in range(-50, 51)]))


@cases(
    st.lists(
        st.tuples(st.sampled_from([A, B, C]), st.sampled_from([HERE, THERE, None])), max_size=40
    ),
    st.data(),
)
def test_a_map_knows_what_changed_since_an_older_one(
    changes: list[tuple[TokenId, Hex | None]], data: st.DataObject
) -> None:
    maps = [placed()]
    for key, at in changes:
        maps.append(maps[-1].put(key, at and Token(at, "x")))
    older, newer = data.draw(st.sampled_from(maps)), data.draw(st.sampled_from(maps))
    differs = {key for key in (A, B, C) if older.get(key) != newer.get(key)}
    assert differs <= set(newer.changed_since(older)) <= {A, B, C}
    assert not newer.changed_since(newer)


def test_a_map_that_came_of_another_is_not_compared_with_it() -> None:
    start: Placed[TokenId, Token] = Placed({TokenId(f"t{n}"): Token(HERE, "x") for n in range(9)})
    assert start.put(A, Token(HERE, "a")).put(A, None).changed_since(start) == (A,)


def test_equal_maps_are_written_alike_whatever_their_history() -> None:
    other: Placed[TokenId, Token] = Placed({key: placed()[key] for key in (C, A, B)})
    assert other == placed()
    assert ADAPTER.dump_json(other) == ADAPTER.dump_json(placed())
    assert ADAPTER.validate_json(ADAPTER.dump_json(other)) == placed()
