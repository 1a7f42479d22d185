"""The checker of orders finds what is no single order, and nothing where there is one."""

from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.linear import Call, violations

A = Call("a", 0, "a0", 0.0, 1.0)
B = Call("b", 0, "b0", 2.0, 3.0)
DURING = Call("c", 0, "c0", 0.5, 2.5)


def test_real_time_is_respected() -> None:
    assert violations([A, B], {"a0": 1, "b0": 2}) == []
    assert violations([A, B], {"a0": 2, "b0": 1})


def test_those_at_the_same_time_may_take_either_place() -> None:
    for versions in (
        {"a0": 1, "c0": 2, "b0": 3},
        {"c0": 1, "a0": 2, "b0": 3},
        {"a0": 1, "b0": 2, "c0": 3},
    ):
        assert violations([A, B, DURING], versions) == []


def test_one_client_keeps_its_order_even_at_the_same_time() -> None:
    first, second = Call("a", 0, "x", 0.0, 5.0), Call("a", 1, "y", 0.1, 5.0)
    assert violations([first, second], {"x": 1, "y": 2}) == []
    assert violations([first, second], {"x": 2, "y": 1})


def test_what_was_acknowledged_is_recorded() -> None:
    assert violations([A], {})


calls = st.lists(
    st.tuples(st.sampled_from("abc"), st.floats(0, 100), st.floats(0, 10), st.floats(0, 1)),
    max_size=12,
)


@given(calls)
def test_commands_that_take_effect_while_they_are_under_way_are_linearizable(
    drawn: list[tuple[str, float, float, float]],
) -> None:
    """Each takes effect at a moment of its own between being sent and being acknowledged."""
    history, moments = [], []
    for number, (client, sent, lasted, when) in enumerate(drawn):
        # Each call is a client of its own, so that only real time orders them.
        history.append(Call(f"{client}{number}", 0, str(number), sent, sent + lasted))
        moments.append((sent + when * lasted, str(number)))
    versions = {id_: version for version, (_, id_) in enumerate(sorted(moments), 1)}
    assert violations(history, versions) == []


@given(calls)
def test_a_sweep_finds_what_a_look_at_all_pairs_finds(
    drawn: list[tuple[str, float, float, float]],
) -> None:
    history = [
        Call(f"{client}{number}", 0, str(number), sent, sent + lasted)
        for number, (client, sent, lasted, _) in enumerate(drawn)
    ]
    versions = {call.id: number for number, call in enumerate(history)}
    wrong = any(
        late.acknowledged < early.sent
        for number, early in enumerate(history)
        for late in history[number + 1 :]
    )
    assert bool(violations(history, versions)) is wrong
