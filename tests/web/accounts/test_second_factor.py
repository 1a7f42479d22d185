"""The second factor of an account: a code of an authenticator app after the password."""

import asyncio
import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.support.hexroom_commands import lines, on
from tests.support.people import Answer, Person, ShiftedClock
from tests.web.conftest import Meet
from web.accounts.second_factor import STEP_S, code_at, step_at

PASSWORD = "Ann's secret"
LOGIN = {"email": "ann@example.org", "password": PASSWORD}
FACTOR = "/api/me/second-factor"


@dataclass
class App:
    """An authenticator app, and the recovery codes that its owner wrote down."""

    secret: bytes
    clock: ShiftedClock
    recovery: tuple[str, ...] = ()

    def code(self, steps: int = 0) -> str:
        """Return the code of now, or of so many steps later."""
        return code_at(self.secret, step_at(self.clock.now()) + steps)

    def wrong(self) -> str:
        """Return six digits that no code of the time around now has."""
        near = {self.code(steps) for steps in range(-3, 4)}
        return next(text for text in map("{:06}".format, range(8)) if text not in near)

    def later(self, steps: int = 10) -> None:
        """Let so many steps go by."""
        self.clock.ahead += steps * timedelta(seconds=STEP_S)


async def begin(person: Person, clock: ShiftedClock) -> App:
    """Start to switch the factor on, at the beginning of a step."""
    clock.ahead += timedelta(seconds=STEP_S - clock.now().timestamp() % STEP_S)
    started = await person.post(FACTOR)
    assert started.status == 201, started
    secret = started.body["secret"]
    assert started.body["url"] == (
        f"otpauth://totp/Hexroom%3Aann%40example.org?secret={secret}&issuer=Hexroom"
    )
    assert "<svg" in started.body["picture"]
    return App(base64.b32decode(secret), clock)


@pytest.fixture
async def app(ann: Person, clock: ShiftedClock) -> App:
    """Return the app of Ann, whose factor is on; the code by which it came on is long over."""
    app = await begin(ann, clock)
    confirmed = await ann.post(f"{FACTOR}/confirm", {"password": PASSWORD, "code": app.code()})
    assert confirmed.status == 200, confirmed
    app.recovery = tuple(confirmed.body["recoveryCodes"])
    app.later()
    return app


async def login(meet: Meet, code: str | None = None) -> Answer:
    body = LOGIN if code is None else {**LOGIN, "code": code}
    return await (await meet()).post("/api/auth/login", body)


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(at: int, code: str) -> None:
    now = datetime.fromtimestamp(at, UTC)
    assert code_at(b"12345678901234567890", step_at(now)) == code


async def test_after_the_password_a_code_is_needed(app: App, meet: Meet) -> None:
    without = await login(meet)
    assert (without.status, without.code) == (401, "code_needed")
    assert "Set-Cookie" not in without.headers
    wrong = await login(meet, app.wrong())
    assert (wrong.status, wrong.body) == (401, without.body), "nothing more is told"
    assert (await login(meet, app.code())).status == 200


async def test_a_wrong_password_tells_nothing_of_a_factor(app: App, meet: Meet) -> None:
    body = {"email": "ann@example.org", "password": "guessed"}
    someone = await meet()
    plain = await someone.post("/api/auth/login", body)
    with_code = await someone.post("/api/auth/login", {**body, "code": app.code()})
    unknown = await someone.post("/api/auth/login", {**body, "email": "nobody@example.org"})
    assert plain.code == "forbidden"
    assert plain[:2] == with_code[:2] == unknown[:2]
    assert (await login(meet, app.code())).status == 200, "the code is not spent"


async def test_a_code_is_good_once(app: App, meet: Meet) -> None:
    code = app.code()
    assert (await login(meet, code)).status == 200
    assert (await login(meet, code)).code == "code_needed"
    app.later(1)
    assert (await login(meet, code)).code == "code_needed", "within the window, but spent"
    assert (await login(meet, app.code())).status == 200


async def test_of_two_sign_ins_at_once_by_one_code_one_succeeds(app: App, meet: Meet) -> None:
    for code in (app.code(), app.recovery[0]):
        answers = await asyncio.gather(*(login(meet, code) for _ in range(4)))
        assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]


async def test_the_code_that_switches_it_on_signs_nobody_in(
    ann: Person, meet: Meet, clock: ShiftedClock
) -> None:
    app = await begin(ann, clock)
    proof = {"password": PASSWORD, "code": app.code()}
    assert (await ann.post(f"{FACTOR}/confirm", proof)).status == 200
    assert (await login(meet, proof["code"])).code == "code_needed"


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_a_clock_may_be_a_step_early_or_late(
    app: App, meet: Meet, steps: int, status: int
) -> None:
    assert (await login(meet, app.code(steps))).status == status


async def test_recovery_codes_are_good_once_each(app: App, ann: Person, meet: Meet) -> None:
    assert len(set(app.recovery)) == 8
    first, second = app.recovery[:2]
    assert (await login(meet, first)).status == 200
    assert (await login(meet, first)).code == "code_needed"
    assert (await login(meet, f" {second.upper().replace('-', ' ')} ")).status == 200
    state = (await ann.get(FACTOR)).body
    assert state == {
        "on": True,
        "available": True,
        "recoveryCodesLeft": 6,
        "app": True,
        "passkeys": [],
    }


async def test_guesses_are_throttled_with_those_of_passwords(app: App, meet: Meet) -> None:
    answers = [await login(meet, app.wrong()) for _ in range(11)]
    assert [answer.status for answer in answers] == [401] * 10 + [429]
    assert (await login(meet, app.code())).code == "rate_limited", "the right one too"
    app.later()
    assert (await login(meet, app.code())).status == 200


async def test_to_be_asked_is_no_guess(app: App, meet: Meet) -> None:
    assert {(await login(meet)).code for _ in range(12)} == {"code_needed"}
    assert (await login(meet, app.code())).status == 200


async def test_nothing_is_on_until_a_code_and_the_password_fit(
    ann: Person, meet: Meet, clock: ShiftedClock
) -> None:
    app = await begin(ann, clock)
    for password, code in ((PASSWORD, app.wrong()), ("guessed", app.code())):
        refused = await ann.post(f"{FACTOR}/confirm", {"password": password, "code": code})
        assert (refused.status, refused.code) == (403, "forbidden")
    assert (await ann.get(FACTOR)).body["on"] is False
    assert (await login(meet)).status == 200
    old, app = app, await begin(ann, clock)
    stale = await ann.post(f"{FACTOR}/confirm", {"password": PASSWORD, "code": old.code()})
    assert stale.status == 403, "a newer secret replaced it"


async def test_what_is_on_is_not_started_or_confirmed_again(app: App, ann: Person) -> None:
    again = await ann.post(FACTOR)
    assert (again.status, again.code) == (409, "invalid_state")
    proof = {"password": PASSWORD, "code": app.code()}
    twice = await ann.post(f"{FACTOR}/confirm", proof)
    assert (twice.status, twice.code) == (409, "invalid_state")


@pytest.mark.parametrize("by_recovery", [False, True])
async def test_it_is_switched_off_by_the_password_and_a_code(
    app: App, ann: Person, meet: Meet, by_recovery: bool
) -> None:
    code = app.recovery[3] if by_recovery else app.code()
    for proof in ({"password": PASSWORD, "code": app.wrong()}, {"password": "no", "code": code}):
        refused = await ann.post(f"{FACTOR}/off", proof)
        assert (refused.status, refused.code) == (403, "forbidden")
    assert (await ann.post(f"{FACTOR}/off", {"password": PASSWORD, "code": code})).status == 204
    assert (await ann.get(FACTOR)).body["on"] is False
    assert (await login(meet)).status == 200


async def test_guesses_on_the_account_page_are_throttled(app: App, ann: Person) -> None:
    proof = {"password": PASSWORD, "code": app.wrong()}
    answers = [await ann.post(f"{FACTOR}/off", proof) for _ in range(11)]
    assert [answer.status for answer in answers] == [403] * 10 + [429]


@pytest.mark.parametrize("code", ["", "12é456", "\ud800", "1" * 41, "12\n456", 123456])
async def test_what_cannot_be_a_code_is_refused(app: App, meet: Meet, code: object) -> None:
    text = json.dumps({**LOGIN, "code": code})
    someone = await meet()
    refused = await someone.post(
        "/api/auth/login", data=text, headers={"Content-Type": "application/json"}
    )
    assert refused.status == 400, refused
    assert refused.code in ("invalid_message", "invalid_json")


async def test_guests_tokens_and_strangers_have_no_say(app: App, ann: Person, meet: Meet) -> None:
    bot, guest = await meet(), await meet()
    bot.token = (await ann.post("/api/tokens")).body["token"]
    await guest.accept(await ann.invite(await ann.campaign()), "Gus")
    assert (await bot.get("/api/me")).status == 200, "a token needs no code"
    proof = {"password": PASSWORD, "code": app.code()}
    calls = [(FACTOR, None), (f"{FACTOR}/confirm", proof), (f"{FACTOR}/off", proof)]
    assert [(await bot.post(*call)).status for call in calls] == [403] * 3
    assert [(await (await meet()).post(*call)).status for call in calls] == [401] * 3
    assert (await guest.post(FACTOR)).status == 403
    assert (await guest.get(FACTOR)).body["available"] is False
    assert (await login(meet, app.code())).status == 200


async def test_a_new_password_leaves_it_on_and_an_operator_takes_it_off(
    app: App, meet: Meet, database_url: str, tmp_path: Path
) -> None:
    run = on(database_url, tmp_path)
    (link,) = lines(await run("user", "reset", "Ann"))
    someone = await meet()
    token = link.rpartition("/reset/")[2]
    assert (await someone.post(f"/api/auth/reset/{token}", {"password": PASSWORD})).status == 204
    assert (await login(meet)).code == "code_needed"
    assert (await run("user", "reset", "Ann", "--second-factor")).exit_code == 1, "it asks first"
    assert (await login(meet)).code == "code_needed"
    (said,) = lines(await run("user", "reset", "Ann", "--second-factor", "--yes"))
    assert "Ann: the second factor is off" in said
    assert (await login(meet)).status == 200
    log = lines(await run("user", "log"))
    assert "command line: second factor switched off" in log[0]
    again = await run("user", "reset", "Ann", "--second-factor", "--yes")
    assert (again.exit_code, "no second factor" in again.stderr) == (1, True)


async def test_an_admin_switches_it_off_for_who_lost_it(app: App, ann: Person, meet: Meet) -> None:
    ben = await (await meet()).sign_up("Ben")
    assert (await ann.patch(f"/api/admin/people/{ben.id}", {"admin": True})).status == 204
    path = f"/api/admin/people/{ann.id}/second-factor"
    people = {each["name"]: each for each in (await ben.get("/api/admin/people")).body["people"]}
    assert (people["Ann"]["secondFactor"], people["Ben"]["secondFactor"]) == (True, False)
    assert (await login(meet)).code == "code_needed"

    assert (await ben.delete(path)).status == 204

    assert (await login(meet)).status == 200
    line, _ = (await ben.get("/api/admin/log")).body["lines"]
    assert (line["action"], line["subject"]) == ("second factor switched off", ann.id)
    assert (await ben.delete(path)).code == "not_found"


async def test_one_s_data_says_that_it_is_on_but_not_the_secret(app: App, ann: Person) -> None:
    kept = (await ann.get("/api/me/data")).body
    (factor,) = kept["secondFactor"]
    assert set(factor) == {"confirmed_at", "recovery_codes_left"}
    assert factor["recovery_codes_left"] == 8
    text = json.dumps(kept)
    for secret in (base64.b32encode(app.secret).decode(), app.secret.hex(), *app.recovery):
        assert secret not in text


async def test_only_hashes_of_recovery_codes_are_kept_and_nothing_of_a_deleted_account(
    app: App, ann: Person, meet: Meet, database_url: str
) -> None:
    kept = "SELECT account_factor::text FROM account_factor"
    with psycopg.connect(database_url, autocommit=True) as connection:
        ((row,),) = connection.execute(kept).fetchall()
        for code in app.recovery:
            for text in (code, code.replace("-", "")):
                assert text not in row
                assert text.encode().hex() not in row
        await (await meet()).sign_up("Ben")
        connection.execute("UPDATE account SET is_admin = true WHERE name = 'Ben'")
        assert (await ann.post("/api/me/delete", {"password": PASSWORD})).status == 204
        assert connection.execute(kept).fetchall() == []
