"""Sights as DMs are told of them."""

import gc

from events.core.state import Tier, UserId, Visibility
from events.core.visibility import viewers


def seen_by(number: int) -> Visibility:
    return Visibility(Tier.HIDDEN, ((UserId(f"{number}"), Tier.FULL),))


def test_equal_sights_have_one_viewers_for_as_long_as_it_is_held() -> None:
    held = viewers(seen_by(0))
    for number in range(1, 5_000):
        viewers(seen_by(number))
    assert viewers(seen_by(0)) is held


def test_what_nobody_holds_is_forgotten() -> None:
    """A DM may show hexes to any combination of players, again and again."""
    before = alive()
    for number in range(20_000):
        viewers(seen_by(number))
    assert alive() - before < 5_000


def alive() -> int:
    gc.collect()
    return sum(type(each) is type(viewers(None)) for each in gc.get_objects())
