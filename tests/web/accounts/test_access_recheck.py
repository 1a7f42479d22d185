from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from events.core.state import UserId
from events.journal.database.pool import Database, open_database
from tests.support.people import Person, ShiftedClock
from web.accounts.access_events import Access, AccessChange, AccessEnded, Held
from web.accounts.access_recheck import Recheck
from web.accounts.auth import hash_of


@pytest.fixture
async def campaign(ann: Person) -> str:
    return await ann.campaign()


@pytest.fixture
def by_cookie(ann: Person, campaign: str) -> Held:
    (cookie,) = ann.http.session.cookie_jar.filter_cookies(ann.http.make_url("/")).values()
    return Held(UserId(ann.id), hash_of(cookie.value), UUID(campaign))


@pytest.fixture
async def by_token(ann: Person, campaign: str) -> Held:
    token = (await ann.post("/api/tokens")).body["token"]
    return Held(UserId(ann.id), hash_of(token), UUID(campaign))


Looking = Callable[[], Awaitable[list[AccessChange]]]


@pytest.fixture
def look(database_url: str, clock: ShiftedClock, by_cookie: Held, by_token: Held) -> Looking:
    """Return a function that looks at both sockets, as another node would, and tells what ended."""

    async def look() -> list[AccessChange]:
        access, heard = Access(), list[AccessChange]()
        access.subscribe(heard.append, lambda: [by_cookie, by_token])
        database: Database = await open_database(database_url, max_connections=2)
        await Recheck(database.pool, clock, access).look()
        await database.close()
        return heard

    return look


async def test_what_is_still_good_is_left_alone(look: Looking) -> None:
    assert await look() == []


async def test_a_sign_out_elsewhere_is_found(ann: Person, look: Looking, by_cookie: Held) -> None:
    await ann.post("/api/auth/logout")
    assert await look() == [AccessEnded(credential=by_cookie.credential)]


async def test_an_expiry_is_found(look: Looking, clock: ShiftedClock, by_cookie: Held) -> None:
    clock.ahead += timedelta(days=31)
    assert await look() == [AccessEnded(credential=by_cookie.credential)]


async def test_a_revoked_token_is_found(ann: Person, look: Looking, by_token: Held) -> None:
    [token] = (await ann.get("/api/tokens")).body["tokens"]
    await ann.delete(f"/api/tokens/{token['id']}")
    assert await look() == [AccessEnded(credential=by_token.credential)]


async def test_a_removal_elsewhere_is_found(
    ann: Person, look: Looking, campaign: str, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE campaign_member SET removed_at = now()")
    ended = AccessEnded(user=UserId(ann.id), campaign=UUID(campaign))
    assert await look() == [ended, ended]


async def test_a_deleted_campaign_is_found(ann: Person, look: Looking, campaign: str) -> None:
    await ann.delete(f"/api/campaigns/{campaign}")
    assert len(await look()) == 2


async def test_anothers_credential_is_no_good(
    look: Looking, by_cookie: Held, by_token: Held, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            b"INSERT INTO account VALUES ('eve', 'Eve', NULL, NULL, now());"
            b"UPDATE login_session SET account_id = 'eve'"
        )
    assert await look() == [AccessEnded(credential=by_cookie.credential)]
