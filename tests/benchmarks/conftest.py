"""Collects figures while benchmarks run, and prints them as one table at the end."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from rich.console import Console
from rich.table import Table

from web.ops.gc_tuning import spare_the_collector

Show = Callable[..., None]


@dataclass(frozen=True)
class Figure:
    what: str
    value: float
    unit: str
    budget: str
    limit: float | None
    of: str
    """What the limit is of."""


FIGURES: list[Figure] = []


@pytest.fixture
def show() -> Show:
    """Return a function that keeps a figure for the table, and prints it now."""

    def keep(
        what: str, value: float, unit: str, budget: str, limit: float | None = None, of: str = ""
    ) -> None:
        FIGURES.append(Figure(what, value, unit, budget, limit, of))
        print(f"\n{what}: {value:,.3g} {unit} (budget {budget})")

    return keep


@pytest.fixture
def as_served() -> Iterator[None]:
    """Let garbage be looked for as seldom as in a server, or a tool that reads the record."""
    before = gc.get_threshold()
    spare_the_collector()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def pytest_terminal_summary() -> None:
    if not FIGURES:
        return
    table = Table("what", "figure", "budget", "limit of this run", "ratio")
    for figure in FIGURES:
        limit, ratio = "", ""
        if figure.limit is not None:
            limit = f"{figure.limit:,.3g} {figure.unit} ({figure.of})"
            ratio = f"{figure.value / figure.limit:.2f}" if figure.limit else ""
        said = f"{figure.value:,.3g} {figure.unit}"
        table.add_row(figure.what, said, figure.budget, limit, ratio)
    Console(width=140).print(table)
