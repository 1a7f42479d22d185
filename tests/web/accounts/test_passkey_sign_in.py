"""Signing in by a passkey after the password: a challenge, its answer, and who lies."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.support.authenticators import text
from tests.support.hexroom_commands import lines, on
from tests.support.passkeys import (
    FACTOR,
    LOGIN,
    PASSKEYS,
    PASSWORD,
    Keyring,
    Said,
    add,
    at_localhost,
    authenticator,
    challenge_to_prove,
    challenge_to_sign_in,
    lies,
    login,
    refusal_noted,
    ways,
)
from tests.support.people import Person, ShiftedClock
from tests.web.conftest import Meet
from web.accounts.passkeys import LIFETIME, MOST_OPEN
from web.accounts.sign_in_log import MOST_REFUSED
from web.app import AUTH


async def test_after_the_password_a_passkey_signs_in(keyring: Keyring) -> None:
    someone = await keyring.come()
    without = await login(someone)
    assert (without.status, without.code) == (401, "code_needed")
    asked = await someone.post("/api/auth/passkey", LOGIN)
    assert asked.body["host"] == "localhost"
    assert asked.body["passkeys"] == [{"id": text(keyring.key.id), "transports": ["internal"]}]
    signed_in = await login(someone, keyring.key.signed(asked.body["challenge"]))
    assert signed_in.status == 200, signed_in
    assert (await someone.get("/api/me")).body["userId"] == keyring.ann.id
    assert (await ways(someone))[0] == ("password and passkey", True)
    (listed,) = (await someone.get(FACTOR)).body["passkeys"]
    assert listed["lastUsedAt"] is not None


async def test_nothing_of_passkeys_is_told_without_the_password(
    keyring: Keyring, come: Meet
) -> None:
    someone = await come()
    guessed = await someone.post("/api/auth/passkey", {**LOGIN, "password": "guessed"})
    unknown = await someone.post("/api/auth/passkey", {**LOGIN, "email": "nobody@example.org"})
    assert guessed.status == 401
    assert guessed[:2] == unknown[:2]
    await (await come()).sign_up("Ben")
    bens = {"email": "ben@example.org", "password": "Ben's secret"}
    none = await someone.post("/api/auth/passkey", bens)
    assert (none.status, none.code) == (409, "invalid_state")


async def test_guesses_at_the_password_count_together(keyring: Keyring, come: Meet) -> None:
    someone = await come()
    wrong = {**LOGIN, "password": "guessed"}
    for _ in range(5):
        await someone.post("/api/auth/passkey", wrong)
        await someone.post("/api/auth/login", wrong)
    assert (await someone.post("/api/auth/passkey", LOGIN)).code == "rate_limited"


async def test_recovery_codes_go_on_working(keyring: Keyring) -> None:
    first = keyring.recovery[0]
    someone = await keyring.come()
    assert (await login(someone, code=first)).status == 200
    assert (await ways(someone))[0] == ("password and recovery code", True)
    assert (await login(await keyring.come(), code=first)).code == "code_needed"


async def test_an_answer_is_good_once(keyring: Keyring) -> None:
    someone = await keyring.come()
    said = keyring.key.signed(await challenge_to_sign_in(someone))
    assert (await login(someone, said)).status == 200
    again = await login(await keyring.come(), said)
    assert (again.status, again.code) == (401, "code_needed")
    assert "answered before" in again.body["error"]["message"]
    await refusal_noted(keyring.ann, "password and passkey")


async def test_of_many_sign_ins_at_once_by_one_answer_one_succeeds(keyring: Keyring) -> None:
    people = [await keyring.come() for _ in range(4)]
    said = keyring.key.signed(await challenge_to_sign_in(people[0]))
    answers = await asyncio.gather(*(login(person, said) for person in people))
    assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]


async def test_a_challenge_is_spent_by_a_wrong_answer(keyring: Keyring) -> None:
    someone = await keyring.come()
    challenge = await challenge_to_sign_in(someone)
    said = keyring.key.signed(challenge)
    assert (await login(someone, {**said, "signature": text(b"no")})).code == "code_needed"
    assert (await login(someone, said)).code == "code_needed"


async def test_a_challenge_is_good_for_minutes(keyring: Keyring, clock: ShiftedClock) -> None:
    someone = await keyring.come()
    said = keyring.key.signed(await challenge_to_sign_in(someone))
    clock.ahead += LIFETIME + timedelta(seconds=1)
    late = await login(someone, said)
    assert (late.code, "too long" in late.body["error"]["message"]) == ("code_needed", True)


async def test_so_many_challenges_wait_at_most(keyring: Keyring, database_url: str) -> None:
    someone = await keyring.come()
    first, *others = [await challenge_to_sign_in(someone) for _ in range(MOST_OPEN + 2)]
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT count(*) FROM passkey_challenge").fetchone()
    assert rows == (MOST_OPEN,)
    assert (await login(someone, keyring.key.signed(first))).code == "code_needed"
    assert (await login(someone, keyring.key.signed(others[-1]))).status == 200


@pytest.mark.parametrize("lie", lies())
async def test_a_lying_answer_opens_nothing(keyring: Keyring, lie: str) -> None:
    lies()[lie](keyring.key)
    refused = await keyring.sign_in()
    assert (refused.status, refused.code) == (401, "code_needed")
    assert refused.body["error"]["message"].startswith("passkey: ")
    assert "Set-Cookie" not in refused.headers


async def test_a_made_up_challenge_opens_nothing(keyring: Keyring) -> None:
    someone = await keyring.come()
    await challenge_to_sign_in(someone)
    assert (await login(someone, keyring.key.signed(text(bytes(32))))).code == "code_needed"


async def test_a_challenge_is_for_one_account_and_one_purpose(keyring: Keyring, come: Meet) -> None:
    ben = await (await come()).sign_up("Ben")
    theirs = authenticator(ben)
    asked = await ben.post(f"{PASSKEYS}/challenge", {"password": "Ben's secret"})
    made = theirs.made(asked.body["challenge"])
    assert (await ben.post(PASSKEYS, {"name": "b", "passkey": made})).status == 201
    someone = await come()
    bens = {"email": "ben@example.org", "password": "Ben's secret"}
    foreign = (await someone.post("/api/auth/passkey", bens)).body["challenge"]
    assert (await login(someone, keyring.key.signed(foreign))).code == "code_needed"
    own = await challenge_to_sign_in(someone)
    assert (await login(someone, theirs.signed(own))).code == "code_needed", "Ben's key"
    proving = await challenge_to_prove(keyring.ann)
    assert (await login(someone, keyring.key.signed(proving))).code == "code_needed"
    signing_in = await challenge_to_sign_in(someone)
    off = {"password": PASSWORD, "passkey": keyring.key.signed(signing_in)}
    assert (await keyring.ann.post(f"{FACTOR}/off", off)).status == 403
    elsewhere = await come()
    assert (
        await login(elsewhere, keyring.key.signed(await challenge_to_sign_in(elsewhere)))
    ).status == 200
    off["passkey"] = keyring.key.signed(await challenge_to_prove(elsewhere))
    assert (await keyring.ann.post(f"{FACTOR}/off", off)).status == 403, "of another sign-in"


async def test_a_copy_s_count_is_refused(keyring: Keyring, come: Meet) -> None:
    assert (await keyring.sign_in()).status == 200
    assert (await keyring.sign_in()).status == 200
    keyring.key.count -= 1
    refused = await keyring.sign_in()
    assert (refused.code, "copy" in refused.body["error"]["message"]) == ("code_needed", True)
    keyring.key.count += 1
    assert (await keyring.sign_in()).status == 200


async def test_an_authenticator_need_not_count(ann: Person, come: Meet) -> None:
    key = authenticator(at_localhost(ann))
    key.counts = False
    assert (await add(ann, key)).status == 201
    for _ in range(2):
        someone = await come()
        said = key.signed(await challenge_to_sign_in(someone))
        assert (await login(someone, said)).status == 200


async def test_unknown_and_removed_passkeys_open_nothing(keyring: Keyring) -> None:
    someone = await keyring.come()
    stranger = authenticator(someone)
    refused = await login(someone, stranger.signed(await challenge_to_sign_in(someone)))
    assert (refused.code, "none of this account" in refused.body["error"]["message"]) == (
        "code_needed",
        True,
    )
    second = authenticator(keyring.ann)
    proof = keyring.key.signed(await challenge_to_prove(keyring.ann))
    added = await add(keyring.ann, second, "stick", passkey=proof)
    assert (added.status, added.body["recoveryCodes"]) == (201, []), "those of before are good"
    challenge = await challenge_to_sign_in(someone)
    proof = second.signed(await challenge_to_prove(keyring.ann))
    body = {"password": PASSWORD, "passkey": proof}
    assert (await keyring.ann.post(f"{PASSKEYS}/{keyring.id}/remove", body)).status == 204
    assert (await login(someone, keyring.key.signed(challenge))).code == "code_needed"
    assert (await login(someone, second.signed(await challenge_to_sign_in(someone)))).status == 200


async def test_passkeys_of_another_host_are_named(keyring: Keyring, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE passkey SET host = 'old.example'")
    someone = await keyring.come()
    asked = await someone.post("/api/auth/passkey", LOGIN)
    assert (asked.code, "old.example" in asked.body["error"]["message"]) == ("invalid_state", True)
    assert (await login(someone)).code == "code_needed", "moving a server opens no account"
    assert (await login(someone, code=keyring.recovery[0])).status == 200


@pytest.mark.parametrize(
    "bent",
    [
        {"clientData": text(b"{}")},
        {"clientData": text(b"[" * 8000)},
        {"clientData": text(b"\xff\xfe")},
        {"clientData": text(json.dumps({"type": 1, "challenge": 2, "origin": {}}).encode())},
        {"authenticatorData": text(bytes(37))},
        {"authenticatorData": text(b"\xff" * 300)},
        {"signature": text(b"\x30" * 9)},
    ],
)
async def test_garbage_is_no_answer(keyring: Keyring, bent: Said) -> None:
    someone = await keyring.come()
    said = keyring.key.signed(await challenge_to_sign_in(someone))
    refused = await login(someone, {**said, **bent})
    assert (refused.status, refused.code) == (401, "code_needed"), refused


@pytest.mark.parametrize(
    "wrong", [{"id": "?"}, {"id": "A"}, {"clientData": ""}, {"signature": None}, {"x": "y"}]
)
async def test_what_cannot_be_an_answer_is_a_bad_request(keyring: Keyring, wrong: Said) -> None:
    someone = await keyring.come()
    said = {**keyring.key.signed(text(bytes(32))), **wrong}
    assert (await login(someone, said)).code == "invalid_message"


async def test_the_log_of_sign_ins_is_for_its_person_and_for_admins(
    keyring: Keyring, come: Meet, database_url: str, tmp_path: Path, clock: ShiftedClock
) -> None:
    guest, ben = await come(), await (await come()).sign_up("Ben")
    await guest.accept(await keyring.ann.invite(await keyring.ann.campaign()), "Gus")
    await guest.post("/api/auth/login", {**LOGIN, "password": "guessed"})
    await refusal_noted(keyring.ann, "password")
    await login(await come(), code=keyring.recovery[0])

    assert [way for way, _ in await ways(ben)] == ["sign-up"]
    assert [way for way, _ in await ways(guest)] == ["invite"]
    assert (await ben.get("/api/admin/sign-in-log")).status == 403
    told = (await keyring.ann.get("/api/admin/sign-in-log")).body["lines"]
    assert {line["name"] for line in told} == {"Ann", "Ben", "Gus"}
    assert told[0]["address"] == "127.0.0.1"
    printed = lines(await on(database_url, tmp_path)("user", "log", "--sign-ins"))
    assert len(printed) == len(told)
    assert "password and recovery code" in printed[0]

    clock.ahead += timedelta(days=91)
    await keyring.ann.server.app[AUTH].end_expired()
    again = (await (await come()).sign_up("Dan")).get("/api/me/sign-in-log")
    assert len((await again).body["lines"]) == 1
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM sign_in_log").fetchone() == (1,)


async def test_guessing_on_and_on_leaves_the_log_short(keyring: Keyring, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO sign_in_log (at, account_id, way, succeeded, address, device)"
            " SELECT now(), %s, 'password', false, '', '' FROM generate_series(1, %s)",
            (keyring.ann.id, MOST_REFUSED + 50),
        )
    someone = await keyring.come()
    await login(someone, code="wrong-code")
    await keyring.ann.server.app[AUTH].close()
    with psycopg.connect(database_url) as connection:
        query = "SELECT succeeded, count(*) FROM sign_in_log GROUP BY 1 ORDER BY 1"
        assert connection.execute(query).fetchall() == [(False, MOST_REFUSED), (True, 1)]
