from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher

from tests.support.people import Person, RoomsHeard, ShiftedClock
from tests.support.seats import Campaign, a_campaign
from web.accounts.passwords import Passwords
from web.app import create_app
from web.settings import Settings

Meet = Callable[[], Awaitable[Person]]

NEVER_S = 3600.0
"""Heartbeats: a socket that a test does not read for a while answers none, and is not gone."""


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def rooms() -> RoomsHeard | None:
    """Stand-ins that listen; a module that wants real rooms says None."""
    return RoomsHeard()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        database_connections=3,
        data_dir=tmp_path,
        heartbeat_s=NEVER_S,
    )


@pytest.fixture
def passwords() -> Passwords:
    """Hashed at no cost: at the real one, people who sign up are a quarter of what these tests take."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def server(
    settings: Settings, clock: ShiftedClock, rooms: RoomsHeard | None, passwords: Passwords
) -> AsyncIterator[TestServer]:
    app = await create_app(settings, clock=clock, rooms=rooms, passwords=passwords)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def meet(server: TestServer) -> AsyncIterator[Meet]:
    """Yield a function that gives a new browser, signed out."""
    met: list[Person] = []

    async def somebody() -> Person:
        person = Person(server)
        met.append(person)
        return person

    yield somebody
    for person in met:
        await person.http.session.close()


@pytest.fixture
async def night(server: TestServer, meet: Meet) -> Campaign:
    """Return a campaign of a DM and two players."""
    dm = await (await meet()).sign_up("Dora")
    return await a_campaign(server, dm, await meet(), await meet())


@pytest.fixture
async def ann(meet: Meet) -> Person:
    """Somebody who signed up."""
    return await (await meet()).sign_up("Ann")
