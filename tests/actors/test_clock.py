"""The machine's clock and chance."""

from actors.runtime.clock import CHANCE_BYTES, SystemClock


def test_no_seed_comes_twice_and_all_bits_are_used() -> None:
    clock = SystemClock()
    seeds = [clock.seed() for _ in range(3 * CHANCE_BYTES // 16)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**128 for seed in seeds)
    together = 0
    for seed in seeds:
        together |= seed
    assert together == 2**128 - 1


def test_two_clocks_share_no_chance() -> None:
    one, other = SystemClock(), SystemClock()
    assert {one.seed() for _ in range(100)}.isdisjoint(other.seed() for _ in range(100))
