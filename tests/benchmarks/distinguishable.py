"""Whether two ways of loading a server can be told apart by how long answers took."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

Blocks = Sequence[Sequence[float]]
"""What was timed, block by block: what is timed in one stretch resembles itself more than the next."""


class Told(NamedTuple):
    """How well one could tell which of two loads there was."""

    auc: float
    """How often an answer of the second load took longer than one of the first: ½ tells nothing."""
    band: float
    """How far from ½ it is by chance alone: 99 of 100 shuffles of the blocks are nearer."""

    @property
    def beyond_chance(self) -> float:
        """How far past what chance gives it is from ½."""
        return max(0.0, abs(self.auc - 0.5) - self.band)


def told_apart(first: Blocks, second: Blocks, shuffles: int = 1000, seed: int = 7) -> Told:
    """Return how well single answers tell the second load from the first.

    The area under the curve of the best classifier by one threshold, which is Mann and Whitney's U over
    all pairs. What chance gives is found by dealing the blocks out anew, whole ones.
    """
    blocks, chance = [*first, *second], random.Random(seed)
    apart = []
    for _ in range(shuffles):
        chance.shuffle(blocks)
        apart.append(abs(_auc(blocks[: len(first)], blocks[len(first) :]) - 0.5))
    return Told(_auc(first, second), sorted(apart)[shuffles * 99 // 100])


def _auc(first: Blocks, second: Blocks) -> float:
    ordered, others = sorted(chain(*first)), list(chain(*second))
    longer = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in others)
    return longer / 2 / len(ordered) / len(others)
