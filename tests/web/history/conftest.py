"""A played night, for the tests of what is read of it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from tests.support.hexroom_commands import Hexroom, on
from tests.support.people import Person, ShiftedClock
from tests.support.recorded_night import Night


@pytest.fixture
def rooms() -> None:
    """Real ones."""


@pytest.fixture
async def night(
    server: TestServer, clock: ShiftedClock, meet: Callable[[], Awaitable[Person]]
) -> Night:
    """Return an evening that a DM, Ann and Ben played."""
    dora, ann, ben = [await (await meet()).sign_up(name) for name in ("Dora", "Ann", "Ben")]
    return await (await Night(server, clock, dora, ann, ben).begin()).play()


@pytest.fixture
def hexroom(database_url: str, tmp_path: Path) -> Hexroom:
    """Return a function that runs a command on the test's database."""
    return on(database_url, tmp_path)


@pytest.fixture
def elsewhere(empty_database_url: str, tmp_path: Path) -> Hexroom:
    """Return a function that runs a command where nothing is yet."""
    return on(empty_database_url, tmp_path / "elsewhere")
