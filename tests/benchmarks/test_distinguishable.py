"""The statistic of the benchmark of secrecy in time finds a difference, and none where there is none."""

import random

from tests.benchmarks.distinguishable import told_apart


def drawn(seed: int, slower: float) -> list[list[float]]:
    """Return blocks of answers, each block with a mood of its own, a part of them slower."""
    chance = random.Random(seed)
    moods = [chance.gauss(10, 0.5) for _ in range(12)]
    return [[chance.gauss(mood + slower, 1) for _ in range(40)] for mood in moods]


def test_nothing_is_told_where_there_is_no_difference() -> None:
    told = told_apart(drawn(1, 0), drawn(2, 0), shuffles=200)
    assert told.beyond_chance == 0


def test_a_small_difference_is_told() -> None:
    told = told_apart(drawn(1, 0), drawn(2, 1.0), shuffles=200)
    assert told.auc > 0.6
    assert told.beyond_chance > 0.05


def test_the_same_answers_cannot_be_told_and_others_surely_can() -> None:
    same = [[1.0, 2.0], [3.0, 2.0]]
    assert told_apart(same, same, shuffles=20).auc == 0.5
    assert told_apart([[1.0, 2.0]], [[3.0, 4.0]], shuffles=20).auc == 1.0
