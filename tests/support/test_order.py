"""The order of tests for several workers that steal from each other, as `--dist worksteal` has them."""

from collections.abc import Callable, Sequence
from itertools import groupby, islice
from typing import Final, TypeVar

import pytest

SLOW_FOLDERS: Final = ("tests/acceptance/", "tests/deploy/")

T = TypeVar("T", bound=pytest.Item)


def takes_long(item: pytest.Item) -> bool:
    """Return whether a test needs a browser, or servers of its own: seconds, where others need 0.1 s."""
    return item.nodeid.startswith(SLOW_FOLDERS) or item.get_closest_marker("browser") is not None


def slow_first(items: Sequence[T], workers: int, is_slow: Callable[[T], bool]) -> list[T]:
    """Return the same tests, the slow ones in turn at the beginning of each worker's part.

    Those of a module stay together: they share fixtures. The parts are those in which the tests
    are dealt at first: in order, as many to each worker.
    """
    modules = [list(of) for _, of in groupby(filter(is_slow, items), _module)]
    shares = [[item for module in modules[i::workers] for item in module] for i in range(workers)]
    others = iter([item for item in items if not is_slow(item)])
    ordered: list[T] = []
    for worker, share in enumerate(shares):
        size = (len(items) - len(ordered)) // (workers - worker)
        ordered += share
        ordered += islice(others, max(0, size - len(share)))
    return [*ordered, *others]


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
