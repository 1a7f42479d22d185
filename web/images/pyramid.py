"""The tiles that a picture is kept as: level 0 is the picture, each further level half as wide and high.

It is imported by the process that decodes one upload, and so imports next to nothing itself.
"""

import math
from typing import NamedTuple

TILE = 512
"""Pixels a side."""


class Tile(NamedTuple):
    """One square of a pyramid."""

    level: int
    column: int
    row: int


def levels(width: int, height: int) -> int:
    """Return how many levels a picture has: the last one is a single tile."""
    return max(0, math.ceil(math.log2(max(width, height) / TILE))) + 1


def grid(width: int, height: int, level: int) -> tuple[int, int]:
    """Return how many columns and rows of tiles a level has."""
    across, down = -(-width // 2**level), -(-height // 2**level)
    return -(-across // TILE), -(-down // TILE)
