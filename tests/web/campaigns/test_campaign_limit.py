"""How many campaigns an account may make."""

import asyncio

import psycopg
import pytest

from tests.support.people import Person
from tests.web.conftest import Meet
from web.settings import Settings

WAITING = b"""
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def rooms() -> None:
    """Real ones."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"campaigns": 4, "database_connections": 10})


async def test_of_two_that_are_asked_for_at_once_the_last_place_is_for_one(
    ann: Person, database_url: str
) -> None:
    for number in range(3):
        await ann.campaign(f"Night {number}")
    with (
        psycopg.connect(database_url) as other,
        psycopg.connect(database_url, autocommit=True) as watching,
    ):
        other.execute("SELECT FROM account FOR UPDATE")
        asked = [asyncio.create_task(ann.post("/api/campaigns", {"name": "Last"})) for _ in "ab"]
        while watching.execute(WAITING).fetchone() != (2,):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        other.rollback()
        answers = [await each for each in asked]
    assert sorted(answer.status for answer in answers) == [201, 413]


async def test_an_account_has_so_many_campaigns_and_no_more(ann: Person) -> None:
    made = [await ann.campaign(f"Night {number}") for number in range(4)]
    refused = await ann.post("/api/campaigns", {"name": "One more"})
    assert (refused.status, refused.code) == (413, "too_large")
    fork = await ann.post(f"/api/campaigns/{made[0]}/fork", {"name": "What if"})
    assert (fork.status, fork.code) == (413, "too_large")
    assert (await ann.delete(f"/api/campaigns/{made[1]}")).status == 204
    fork = await ann.post(f"/api/campaigns/{made[0]}/fork", {"name": "What if"})
    assert fork.status == 201
    assert (await ann.post("/api/campaigns", {"name": "One more"})).status == 413


async def test_the_campaigns_one_plays_in_do_not_count(meet: Meet, ann: Person) -> None:
    bob = await (await meet()).sign_up("Bob")
    others = [await ann.campaign(f"Night {number}") for number in range(3)]
    for other in others:
        assert (await bob.accept(await ann.invite(other))).status == 200
    assert (await bob.post("/api/campaigns", {"name": "Bob's own"})).status == 201
