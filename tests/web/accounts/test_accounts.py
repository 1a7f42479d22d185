import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.support.people import Person, ShiftedClock
from tests.web.conftest import Meet
from web.accounts.passwords import Passwords
from web.accounts.routes import SIGN_UPS

GOOD = {"name": "Ann", "email": "ann@example.org", "password": "a good secret"}


@pytest.fixture
def passwords() -> Passwords:
    """Hashed as for users: it is what a crowd waits for."""
    return Passwords()


async def test_who_signs_up_is_signed_in(meet: Meet) -> None:
    ann = await meet()
    assert (await ann.get("/api/me")).status == 401
    made = await ann.post("/api/auth/signup", GOOD)
    assert made.status == 201
    me = await ann.get("/api/me")
    assert me.body == made.body
    assert me.body == {
        "userId": made.body["userId"],
        "name": "Ann",
        "email": "ann@example.org",
        "guest": False,
        "admin": True,
    }


async def test_the_cookie_is_out_of_reach_of_pages(meet: Meet) -> None:
    made = await (await meet()).post("/api/auth/signup", GOOD)
    cookie = made.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


async def test_only_hashes_are_stored(meet: Meet, database_url: str) -> None:
    made = await (await meet()).post("/api/auth/signup", GOOD)
    token = made.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    with psycopg.connect(database_url) as connection:
        account = connection.execute("SELECT password_hash FROM account").fetchone()
        login = connection.execute("SELECT token_hash FROM login_session").fetchone()
    assert account is not None
    assert account[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert login is not None
    assert token.encode() not in login[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "invalid_message"),
        ({"name": "   "}, "invalid_message"),
        ({"name": "a" * 81}, "invalid_message"),
        ({"name": "a\u0000b"}, "invalid_message"),
        ({"name": "a\u202eb"}, "invalid_message"),
        ({"name": "a\u200bb"}, "invalid_message"),
        ({"name": 7}, "invalid_message"),
        ({"name": None}, "invalid_message"),
        ({"email": "ann"}, "invalid_message"),
        ({"email": "ann@"}, "invalid_message"),
        ({"email": "a nn@example.org"}, "invalid_message"),
        ({"email": "ann@example.org\u0000"}, "invalid_message"),
        ({"email": "a" * 300 + "@example.org"}, "invalid_message"),
        ({"password": "short"}, "invalid_message"),
        ({"password": "x" * 201}, "invalid_message"),
        ({"password": 12345678}, "invalid_message"),
        ({"role": "dm"}, "invalid_message"),
    ],
)
async def test_a_bad_sign_up_is_refused(
    meet: Meet, database_url: str, change: dict[str, Any], code: str
) -> None:
    answer = await (await meet()).post("/api/auth/signup", GOOD | change)
    assert (answer.status, answer.code) == (400, code)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM account").fetchone() == (0,)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        (b'{"name": "\\ud800", "email": "a@b.c", "password": "12345678"}', "invalid_json"),
        (b'{"a":' * 10_000, "invalid_json"),
        (b"[]", "invalid_message"),
        (b"null", "invalid_message"),
        (b'{"name": NaN, "email": "a@b.c", "password": "12345678"}', "invalid_message"),
        (b'{"name": 1e999999, "email": "a@b.c", "password": "12345678"}', "invalid_message"),
    ],
)
async def test_what_is_no_json_object_is_refused(meet: Meet, raw: bytes, code: str) -> None:
    answer = await (await meet()).post("/api/auth/signup", data=raw)
    assert (answer.status, answer.code) == (400, code)


async def test_a_body_past_the_limit_is_refused(meet: Meet) -> None:
    answer = await (await meet()).post("/api/auth/signup", data=b" " * (64 * 1024 + 1))
    assert (answer.status, answer.code) == (413, "too_large")


async def test_an_email_has_one_account_however_it_is_written(meet: Meet, ann: Person) -> None:
    bob = await meet()
    answer = await bob.post("/api/auth/signup", GOOD | {"email": " ANN@Example.ORG"})
    assert (answer.status, answer.code) == (409, "invalid_state")
    assert (await bob.get("/api/me")).status == 401


async def test_sign_in_from_another_browser(meet: Meet, ann: Person) -> None:
    tablet = await meet()
    answer = await tablet.post(
        "/api/auth/login", {"email": "Ann@example.org", "password": "Ann's secret"}
    )
    assert answer.status == 200
    assert answer.body["userId"] == ann.id
    assert (await tablet.get("/api/me")).body["userId"] == ann.id


async def test_a_wrong_password_and_an_unknown_email_look_alike(meet: Meet, ann: Person) -> None:
    stranger = await meet()
    wrong = await stranger.post(
        "/api/auth/login", {"email": "ann@example.org", "password": "wrong"}
    )
    unknown = await stranger.post(
        "/api/auth/login", {"email": "bob@example.org", "password": "wrong"}
    )
    assert wrong.status == unknown.status == 401
    assert wrong.body == unknown.body
    assert "Set-Cookie" not in wrong.headers


async def test_who_guesses_too_often_has_to_wait(
    meet: Meet, ann: Person, clock: ShiftedClock
) -> None:
    stranger = await meet()
    right = {"email": "ann@example.org", "password": "Ann's secret"}
    for _ in range(10):
        answer = await stranger.post("/api/auth/login", right | {"password": "guess"})
        assert answer.status == 401
    refused = await stranger.post("/api/auth/login", right)
    assert (refused.status, refused.code) == (429, "rate_limited")
    clock.ahead += timedelta(seconds=61)
    assert (await stranger.post("/api/auth/login", right)).status == 200


async def test_guesses_at_one_account_from_many_addresses_are_counted_together(
    meet: Meet, ann: Person
) -> None:
    """And its owner still comes in from where they signed in before."""
    right = {"email": "ann@example.org", "password": "Ann's secret"}
    assert (await ann.post("/api/auth/login", right)).status == 200
    statuses = []
    for number in range(40):
        stranger = await meet()
        answer = await stranger.post(
            "/api/auth/login",
            right | {"password": "guess"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
        statuses.append(answer.status)
    assert statuses == [401] * 10 + [429] * 30
    assert (await ann.post("/api/auth/login", right)).status == 200


async def test_right_passwords_are_no_attempts(ann: Person) -> None:
    right = {"email": "ann@example.org", "password": "Ann's secret"}
    for _ in range(12):
        assert (await ann.post("/api/auth/login", right)).status == 200


async def test_a_crowd_at_the_door_is_told_to_come_back(meet: Meet) -> None:
    crowd = [await meet() for _ in range(30)]
    answers = await asyncio.gather(
        *(
            each.post("/api/auth/signup", GOOD | {"email": f"a{number}@example.org"})
            for number, each in enumerate(crowd)
        )
    )
    assert {answer.status for answer in answers} <= {201, 503}
    assert {answer.code for answer in answers if answer.status == 503} <= {"busy"}
    assert (await crowd[0].get("/healthz")).status == 200


async def test_a_token_acts_without_cookie_and_origin(meet: Meet, ann: Person) -> None:
    made = await ann.post("/api/tokens", {"name": "the bot"})
    assert made.status == 201
    bot = await meet()
    bot.origin, bot.token = None, made.body["token"]
    assert (await bot.get("/api/me")).body["userId"] == ann.id
    assert (await bot.post("/api/campaigns", {"name": "By a bot"})).status == 201
    listed = (await ann.get("/api/tokens")).body["tokens"]
    assert [each["name"] for each in listed] == ["the bot"]
    assert "token" not in listed[0]

    assert (await ann.delete(f"/api/tokens/{made.body['id']}")).status == 204
    assert (await bot.get("/api/me")).status == 401
    assert (await ann.get("/api/tokens")).body == {"tokens": []}
    assert (await ann.delete(f"/api/tokens/{made.body['id']}")).status == 404


async def test_a_token_makes_no_token_and_no_body_is_fine(meet: Meet, ann: Person) -> None:
    bot = await meet()
    bot.token = (await ann.post("/api/tokens")).body["token"]
    answer = await bot.post("/api/tokens")
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_tokens_of_others_and_none_at_all_answer_alike(meet: Meet, ann: Person) -> None:
    token = (await ann.post("/api/tokens")).body["id"]
    bob = await (await meet()).sign_up("Bob")
    nobodys = "00000000-0000-4000-8000-000000000000"
    answers = [await bob.delete(f"/api/tokens/{id_}") for id_ in (token, nobodys, "x", "%00")]
    assert {answer.status for answer in answers} == {404}
    assert len({str(answer.body) for answer in answers}) == 1


async def test_there_is_an_end_to_tokens(ann: Person) -> None:
    for _ in range(50):
        assert (await ann.post("/api/tokens")).status == 201
    answer = await ann.post("/api/tokens")
    assert (answer.status, answer.code) == (413, "too_large")


async def test_a_guest_who_signs_up_stays_who_they_are(meet: Meet, ann: Person) -> None:
    campaign = await ann.campaign()
    guest = await meet()
    await guest.accept(await ann.invite(campaign), "Bobby")
    assert (await guest.post("/api/tokens")).status == 403
    before = guest.id
    await guest.sign_up("Bob")
    assert guest.id == before
    assert (await guest.get("/api/me")).body["guest"] is False
    assert (await guest.get(f"/api/campaigns/{campaign}")).status == 200


async def test_an_address_signs_up_so_often_a_minute_and_others_go_on(
    meet: Meet, clock: ShiftedClock
) -> None:
    """Else one sender keeps the threads that compare passwords busy, and nobody can sign in."""

    async def sign_up(number: int, address: str | None) -> int:
        said = {"name": "X", "email": f"{number}@x.example", "password": "long enough"}
        headers = {"X-Forwarded-For": address} if address else {}
        return (await (await meet()).post("/api/auth/signup", said, headers=headers)).status

    first = [await sign_up(number, "203.0.113.7") for number in range(SIGN_UPS + 1)]
    assert first == [201] * SIGN_UPS + [429]
    assert await sign_up(100, "203.0.113.8") == 201
    assert await sign_up(101, None) == 201
    clock.ahead += timedelta(minutes=1)
    assert await sign_up(102, "203.0.113.7") == 201


async def test_the_first_account_of_a_server_is_its_admin(meet: Meet) -> None:
    ann = await (await meet()).post("/api/auth/signup", GOOD)
    ben = await (await meet()).post("/api/auth/signup", GOOD | {"email": "ben@example.org"})
    assert (ann.body["admin"], ben.body["admin"]) == (True, False)


async def test_two_first_accounts_make_one_admin(meet: Meet) -> None:
    people = [await meet() for _ in range(4)]
    answers = await asyncio.gather(
        *(
            person.post("/api/auth/signup", GOOD | {"email": f"{number}@example.org"})
            for number, person in enumerate(people)
        )
    )
    assert sorted(answer.body["admin"] for answer in answers) == [False, False, False, True]
