"""Backoff: pauses grow up to the longest, and differ by chance."""

from hypothesis import given
from hypothesis import strategies as st

from actors.runtime.backoff import Backoff


def test_pauses_double_up_to_the_longest_and_begin_anew_after_a_success() -> None:
    pauses = Backoff(0.1, 0.5, seed=lambda: 0)
    assert [pauses.next_s() for _ in range(5)] == [0.1, 0.2, 0.4, 0.5, 0.5]
    pauses.reset()
    assert pauses.next_s() == 0.1


@given(st.integers(0, 2**128 - 1))
def test_chance_takes_at_most_half(seed: int) -> None:
    assert 0.5 < Backoff(1.0, 8.0, seed=lambda: seed).next_s() <= 1.0


def test_two_callers_do_not_come_back_together() -> None:
    assert Backoff(1.0, 8.0).next_s() != Backoff(1.0, 8.0).next_s()
