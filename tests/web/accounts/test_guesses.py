"""Guesses at passwords, codes and links are counted for all nodes together."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from aiohttp.test_utils import TestServer

from tests.support.people import Person, RoomsHeard, ShiftedClock
from tests.web.accounts.test_second_factor import FACTOR, PASSWORD, begin
from web.accounts.passwords import Passwords
from web.accounts.resets import RESETS
from web.app import AUTH, create_app
from web.campaigns.way_back import ATTEMPTS
from web.settings import Settings

RIGHT = {"email": "ann@example.org", "password": "Ann's secret"}
MANY = 10


@pytest.fixture
async def elsewhere(
    settings: Settings, clock: ShiftedClock, passwords: Passwords
) -> AsyncIterator[TestServer]:
    """Another node over the same database."""
    app = await create_app(settings, clock=clock, rooms=RoomsHeard(), passwords=passwords)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def two_doors(server: TestServer, elsewhere: TestServer) -> AsyncIterator[list[Person]]:
    """Somebody at each of two nodes."""
    people = [Person(server), Person(elsewhere)]
    yield people
    for person in people:
        await person.http.session.close()


async def test_passwords_are_guessed_at_no_more_often_by_two_nodes(
    ann: Person, two_doors: list[Person], clock: ShiftedClock
) -> None:
    guess = RIGHT | {"password": "a guess"}
    statuses = [
        (await two_doors[number % 2].post("/api/auth/login", guess)).status for number in range(12)
    ]
    assert statuses == [401] * MANY + [429] * 2
    assert [(await each.post("/api/auth/login", RIGHT)).status for each in two_doors] == [429] * 2
    clock.ahead += timedelta(seconds=61)
    assert [(await each.post("/api/auth/login", RIGHT)).status for each in two_doors] == [200] * 2


async def test_many_guesses_at_once_by_two_nodes_are_no_way_around(
    ann: Person, two_doors: list[Person]
) -> None:
    guess = RIGHT | {"password": "a guess"}
    headers = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(30)]
    answers = await asyncio.gather(
        *(
            two_doors[number % 2].post("/api/auth/login", guess, headers=headers[number])
            for number in range(30)
        )
    )
    assert sorted(answer.status for answer in answers) == [401] * MANY + [429] * 20


async def test_an_owner_is_known_to_all_nodes_by_the_address_they_came_from(
    ann: Person, two_doors: list[Person]
) -> None:
    here, there = two_doors
    for number in range(MANY):
        away = {"X-Forwarded-For": f"198.51.100.{number}"}
        guess = RIGHT | {"password": "a guess"}
        assert (await here.post("/api/auth/login", guess, headers=away)).status == 401
    away = {"X-Forwarded-For": "198.51.100.99"}
    assert (await there.post("/api/auth/login", RIGHT, headers=away)).status == 429
    assert (await there.post("/api/auth/login", RIGHT)).status == 200, "they signed up from there"


async def test_codes_are_guessed_at_no_more_often_by_two_nodes(
    ann: Person, two_doors: list[Person], clock: ShiftedClock
) -> None:
    app = await begin(ann, clock)
    on = await ann.post(f"{FACTOR}/confirm", {"password": PASSWORD, "code": app.code()})
    assert on.status == 200
    app.later()
    guess = RIGHT | {"code": app.wrong()}
    statuses = [
        (await two_doors[number % 2].post("/api/auth/login", guess)).status for number in range(12)
    ]
    assert statuses == [401] * MANY + [429] * 2


async def test_links_and_mails_are_counted_for_two_nodes_together(two_doors: list[Person]) -> None:
    forgotten = {"email": "ann@example.org"}
    for path, body, limit in (
        ("/api/auth/forgotten", forgotten, RESETS),
        ("/api/way-back/no-such-link", None, ATTEMPTS),
    ):
        statuses = [
            (await two_doors[number % 2].post(path, body)).status for number in range(limit + 2)
        ]
        assert 429 not in statuses[:limit]
        assert statuses[limit:] == [429] * 2


async def test_a_guess_is_kept_for_a_minute_and_says_nobodys_address(
    ann: Person, server: TestServer, database_url: str, clock: ShiftedClock
) -> None:
    await ann.post("/api/auth/login", RIGHT | {"password": "a guess"})
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute("SELECT key, cardinality(times) FROM attempt").fetchall()
        assert [count for _, count in rows] == [1], "of the address alone, which is Ann's"
        assert b"127.0.0.1" not in rows[0][0]
        clock.ahead += timedelta(seconds=61)
        await server.app[AUTH].end_expired()
        assert connection.execute("SELECT FROM attempt").fetchall() == []
