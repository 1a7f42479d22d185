"""The order of tests for several workers that steal from each other, as `--dist worksteal` has them."""

from collections.abc import Callable, Sequence
from itertools import groupby, islice
from typing import Final, TypeVar

import pytest

SLOW_FOLDERS: Final = ("tests/deploy/", "tests/acceptance/")
"""The slowest first: tests of deploy take up to half a minute, and begin with the wheel."""

QUICK_AT_FIRST: Final = 100
"""What the other workers run while the first builds the wheel, for which they would wait."""

T = TypeVar("T", bound=pytest.Item)


def takes_long(item: pytest.Item) -> bool:
    """Return whether a test needs a browser, or servers of its own: seconds, where others need 0.1 s."""
    return item.nodeid.startswith(SLOW_FOLDERS) or item.get_closest_marker("browser") is not None


def slow_first(items: Sequence[T], workers: int, is_slow: Callable[[T], bool]) -> list[T]:
    """Return the same tests, the slow ones in turn at the beginning of each worker's part.

    Those that share fixtures stay together. The parts are those in which the tests are dealt at
    first: in order, as many to each worker.
    """
    slow = sorted(filter(is_slow, items), key=_urgency)
    groups = [list(of) for _, of in groupby(slow, _together)]
    shares = [[item for group in groups[i::workers] for item in group] for i in range(workers)]
    others = iter([item for item in items if not is_slow(item)])
    ordered: list[T] = []
    for worker, share in enumerate(shares):
        size = (len(items) - len(ordered)) // (workers - worker)
        lead = list(islice(others, min(QUICK_AT_FIRST, size // 10) if worker else 0))
        ordered += [*lead, *share, *islice(others, max(0, size - len(lead) - len(share)))]
    return [*ordered, *others]


def _urgency(item: pytest.Item) -> int:
    found = [at for at, folder in enumerate(SLOW_FOLDERS) if item.nodeid.startswith(folder)]
    return found[0] if found else len(SLOW_FOLDERS)


def _together(item: pytest.Item) -> str:
    """Return the module, or the folder where all modules share an installation."""
    module = item.nodeid.partition("::")[0]
    return SLOW_FOLDERS[0] if module.startswith(SLOW_FOLDERS[0]) else module
