"""Passkeys: a key of the browser or a stick after the password, alone or beside an authenticator app."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient

from tests.support.authenticators import PRESENT, Authenticator, text
from tests.support.hexroom_commands import lines, on
from tests.support.people import Answer, Person, ShiftedClock
from tests.web.accounts.test_second_factor import App, begin
from tests.web.conftest import Meet
from web.accounts.passkey_routes import MOST_PASSKEYS
from web.accounts.passkeys import LIFETIME, MOST_OPEN, PasskeyRefused, relying_party
from web.accounts.sign_in_log import MOST_REFUSED
from web.app import AUTH
from web.settings import Settings

PASSWORD = "Ann's secret"
LOGIN = {"email": "ann@example.org", "password": PASSWORD}
FACTOR, PASSKEYS = "/api/me/second-factor", "/api/me/passkeys"

Said = dict[str, Any]


def at_localhost(person: Person) -> Person:
    """Return a browser that has opened the server by a name, as passkeys need one."""
    place = f"localhost:{person.server.port}"
    person.http.session.headers["Host"] = place
    person.origin = f"http://{place}"
    return person


@pytest.fixture
def come(meet: Meet) -> Meet:
    """Return a function that gives a new browser at localhost."""

    async def somebody() -> Person:
        return at_localhost(await meet())

    return somebody


def authenticator(person: Person) -> Authenticator:
    assert person.origin is not None
    return Authenticator(origin=person.origin, host="localhost")


async def challenge_to_add(person: Person, **proof: Any) -> str:
    asked = await person.post(f"{PASSKEYS}/challenge", {"password": PASSWORD, **proof})
    assert asked.status == 200, asked
    return str(asked.body["challenge"])


async def add(person: Person, key: Authenticator, name: str = "phone", **proof: Any) -> Answer:
    said = key.made(await challenge_to_add(person, **proof))
    return await person.post(PASSKEYS, {"name": name, "passkey": said})


async def challenge_to_prove(person: Person) -> str:
    asked = await person.post(f"{FACTOR}/challenge")
    assert asked.status == 200, asked
    return str(asked.body["challenge"])


async def challenge_to_sign_in(person: Person) -> str:
    asked = await person.post("/api/auth/passkey", LOGIN)
    assert asked.status == 200, asked
    return str(asked.body["challenge"])


async def login(person: Person, said: Said | None = None, **more: Any) -> Answer:
    return await person.post("/api/auth/login", {**LOGIN, **more, "passkey": said})


@dataclass
class Keyring:
    """Ann, who has a passkey, and what she wrote down."""

    ann: Person
    key: Authenticator
    id: str
    recovery: list[str]
    come: Meet = field(repr=False)

    async def sign_in(self) -> Answer:
        someone = await self.come()
        return await login(someone, self.key.signed(await challenge_to_sign_in(someone)))


@pytest.fixture
async def keyring(ann: Person, come: Meet) -> Keyring:
    at_localhost(ann)
    key = authenticator(ann)
    added = await add(ann, key)
    assert added.status == 201, added
    assert added.body["passkey"]["name"] == "phone"
    recovery = added.body["recoveryCodes"]
    assert len(recovery) == 8
    return Keyring(ann, key, added.body["passkey"]["id"], recovery, come)


async def ways(person: Person) -> list[tuple[str, bool]]:
    """Return how somebody signed in, the latest first."""
    log = (await person.get("/api/me/sign-in-log")).body["lines"]
    return [(line["way"], line["succeeded"]) for line in log]


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
    assert ("password and passkey", False) in await ways(keyring.ann)


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


def lies() -> dict[str, Callable[[Authenticator], Any]]:
    """Return ways in which an authenticator, or who stands before it, lies."""

    def says(**more: Any) -> Callable[[Authenticator], None]:
        def bend(key: Authenticator) -> None:
            for name, value in more.items():
                setattr(key, name, value)

        return bend

    return {
        "of another page": says(origin="https://hexroom.evil.example"),
        "of another port": says(origin="http://localhost:1"),
        "of another host": says(host="evil.example"),
        "without a look at who it is": says(flags=PRESENT),
        "without anybody there": says(flags=0x04),
    }


@pytest.mark.parametrize("lie", lies())
async def test_a_lying_answer_opens_nothing(keyring: Keyring, lie: str) -> None:
    lies()[lie](keyring.key)
    refused = await keyring.sign_in()
    assert (refused.status, refused.code) == (401, "code_needed")
    assert refused.body["error"]["message"].startswith("passkey: ")
    assert "Set-Cookie" not in refused.headers


@pytest.mark.parametrize("lie", lies())
async def test_a_lying_key_is_not_added(ann: Person, lie: str) -> None:
    key = authenticator(at_localhost(ann))
    lies()[lie](key)
    refused = await add(ann, key)
    assert (refused.status, refused.code) == (403, "forbidden")
    state = (await ann.get(FACTOR)).body
    assert (state["on"], state["passkeys"]) == (False, [])


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


async def test_the_last_that_is_removed_switches_it_off(keyring: Keyring, come: Meet) -> None:
    path = f"{PASSKEYS}/{keyring.id}/remove"
    for wrong in ({"password": PASSWORD}, {"password": PASSWORD, "code": "123456"}):
        assert (await keyring.ann.post(path, wrong)).status == 403
    proof = {"password": PASSWORD, "code": keyring.recovery[1]}
    assert (await keyring.ann.post(path, proof)).status == 204
    state = (await keyring.ann.get(FACTOR)).body
    assert (state["on"], state["recoveryCodesLeft"], state["passkeys"]) == (False, 0, [])
    assert (await login(await come())).status == 200


async def test_passkeys_have_names(keyring: Keyring, come: Meet) -> None:
    path = f"{PASSKEYS}/{keyring.id}"
    assert (await keyring.ann.patch(path, {"name": "old phone"})).status == 204
    (listed,) = (await keyring.ann.get(FACTOR)).body["passkeys"]
    assert (listed["name"], listed["host"]) == ("old phone", "localhost")
    ben = await (await come()).sign_up("Ben")
    assert (await ben.patch(path, {"name": "mine"})).code == "not_found"
    remove = await ben.post(f"{path}/remove", {"password": "Ben's secret"})
    assert remove.code == "not_found"
    assert (await keyring.ann.patch(path, {"name": ""})).status == 400
    assert (await keyring.ann.patch(f"{PASSKEYS}/nonsense", {"name": "x"})).status == 404


async def test_one_is_added_once_and_not_too_many(keyring: Keyring, database_url: str) -> None:
    async def prove() -> Said:
        return keyring.key.signed(await challenge_to_prove(keyring.ann))

    again = await add(keyring.ann, keyring.key, passkey=await prove())
    assert (again.status, again.code) == (409, "invalid_state")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO passkey (id, account_id, credential_id, public_key, sign_count, host, name,"
            " created_at) SELECT gen_random_uuid(), account_id, uuid_send(gen_random_uuid()),"
            " public_key, 0, 'old.example', 'x', now() FROM passkey, generate_series(2, %s)",
            (MOST_PASSKEYS,),
        )
    body = {"password": PASSWORD, "passkey": await prove()}
    assert (await keyring.ann.post(f"{PASSKEYS}/challenge", body)).code == "too_large"


async def test_adding_another_takes_the_factor_that_is_on(keyring: Keyring) -> None:
    path = f"{PASSKEYS}/challenge"
    assert (await keyring.ann.post(path, {"password": PASSWORD})).status == 403
    assert (await keyring.ann.post(path, {"password": "guessed"})).status == 403
    body = {"password": PASSWORD, "code": keyring.recovery[0]}
    assert (await keyring.ann.post(path, body)).status == 200


@pytest.fixture
async def both(keyring: Keyring, clock: ShiftedClock) -> tuple[Keyring, App]:
    app = await begin(keyring.ann, clock)
    proof = {"password": PASSWORD, "code": app.code()}
    alone = await keyring.ann.post(f"{FACTOR}/confirm", proof)
    assert alone.status == 403, "a passkey is on: it, or a recovery code, has to say so too"
    said = keyring.key.signed(await challenge_to_prove(keyring.ann))
    on = await keyring.ann.post(f"{FACTOR}/confirm", {**proof, "passkey": said})
    assert (on.status, on.body["recoveryCodes"]) == (200, []), on
    app.later()
    return keyring, app


async def test_an_app_stands_beside_passkeys(both: tuple[Keyring, App], come: Meet) -> None:
    keyring, app = both
    assert (await login(await come(), code=app.code())).status == 200
    assert (await keyring.sign_in()).status == 200
    assert (await login(await come(), code=keyring.recovery[0])).status == 200
    state = (await keyring.ann.get(FACTOR)).body
    assert (state["app"], len(state["passkeys"])) == (True, 1)
    app.later()
    off = await keyring.ann.post(f"{FACTOR}/app/off", {"password": PASSWORD, "code": app.code()})
    assert off.status == 204
    app.later()
    assert (await login(await come(), code=app.code())).code == "code_needed"
    assert (await keyring.sign_in()).status == 200
    assert (await login(await come(), code=keyring.recovery[1])).status == 200


async def test_all_of_it_is_switched_off_at_once(both: tuple[Keyring, App], come: Meet) -> None:
    keyring, _ = both
    said = keyring.key.signed(await challenge_to_prove(keyring.ann))
    off = await keyring.ann.post(f"{FACTOR}/off", {"password": PASSWORD, "passkey": said})
    assert off.status == 204
    state = (await keyring.ann.get(FACTOR)).body
    assert (state["on"], state["app"], state["passkeys"]) == (False, False, [])
    assert (await login(await come())).status == 200


async def test_new_recovery_codes_replace_those_of_before(keyring: Keyring, come: Meet) -> None:
    proof = {"password": PASSWORD, "code": keyring.recovery[0]}
    renewed = await keyring.ann.post(f"{FACTOR}/recovery-codes", proof)
    assert renewed.status == 200, renewed
    assert (await login(await come(), code=keyring.recovery[1])).code == "code_needed"
    assert (await login(await come(), code=renewed.body["recoveryCodes"][0])).status == 200


async def test_an_admin_and_the_command_line_take_passkeys_off(
    keyring: Keyring, come: Meet, database_url: str, tmp_path: Path
) -> None:
    ben = await (await come()).sign_up("Ben")
    await keyring.ann.patch(f"/api/admin/people/{ben.id}", {"admin": True})
    people = {each["name"]: each for each in (await ben.get("/api/admin/people")).body["people"]}
    assert (people["Ann"]["secondFactor"], people["Ben"]["secondFactor"]) == (True, False)
    assert (await ben.delete(f"/api/admin/people/{keyring.ann.id}/second-factor")).status == 204
    assert (await login(await come())).status == 200
    assert (await keyring.ann.get(FACTOR)).body["passkeys"] == []
    again = await add(keyring.ann, keyring.key)
    assert (again.status, len(again.body["recoveryCodes"])) == (201, 8)
    (said,) = lines(
        await on(database_url, tmp_path)("user", "reset", "Ann", "--second-factor", "--yes")
    )
    assert "the second factor is off" in said
    assert (await login(await come())).status == 200


async def test_guests_tokens_and_strangers_have_no_passkeys(keyring: Keyring, come: Meet) -> None:
    bot, guest, stranger = await come(), await come(), await come()
    proof = {"password": PASSWORD, "code": keyring.recovery[0]}
    await guest.accept(await keyring.ann.invite(await keyring.ann.campaign()), "Gus")
    bot.token = (await keyring.ann.post("/api/tokens")).body["token"]
    made = {"name": "x", "passkey": authenticator(guest).made(text(bytes(32)))}
    for path, body in (
        (f"{PASSKEYS}/challenge", proof),
        (f"{FACTOR}/challenge", None),
        (PASSKEYS, made),
        (f"{PASSKEYS}/{keyring.id}/remove", proof),
        (f"{FACTOR}/recovery-codes", proof),
        (f"{FACTOR}/app/off", proof),
    ):
        assert (await bot.post(path, body)).status == 403, path
        assert (await stranger.post(path, body)).status == 401, path
        assert (await guest.post(path, body)).status in (403, 404, 409), path
    assert (await bot.get("/api/me/sign-in-log")).status == 403


async def test_an_address_has_no_passkeys_and_says_what_helps(ann: Person) -> None:
    refused = await ann.post(f"{PASSKEYS}/challenge", {"password": PASSWORD})
    assert (refused.status, refused.code) == (409, "invalid_state")
    assert "HEXROOM_PUBLIC_URL" in refused.body["error"]["message"]


@pytest.mark.parametrize(
    ("origins", "host", "pages"),
    [
        (["https://home.example"], "home.example", ["https://home.example"]),
        (["http://localhost:8765"], "localhost", ["http://localhost:8765"]),
        (
            ["https://home.example:8443", "https://play.home.example", "https://other.example"],
            "home.example",
            ["https://home.example:8443", "https://play.home.example"],
        ),
        (
            ["https://home.example", "https://evilhome.example"],
            "home.example",
            ["https://home.example"],
        ),
    ],
)
def test_the_relying_party_is_the_host_of_the_public_url(
    origins: list[str], host: str, pages: list[str]
) -> None:
    assert relying_party(origins) == (host, pages)


@pytest.mark.parametrize(
    "origin",
    ["", "http://home.example", "https://192.0.2.7", "http://127.0.0.1:80", "https://[::1]"],
)
def test_what_browsers_allow_no_passkeys_at_has_none(origin: str) -> None:
    with pytest.raises(PasskeyRefused, match="HEXROOM_PUBLIC_URL"):
        relying_party([origin])


class TestBehindAProxy:
    @pytest.fixture
    def settings(self, database_url: str, tmp_path: Path) -> Settings:
        return Settings(
            database_url=database_url, data_dir=tmp_path, public_url="https://home.example"
        )

    async def test_the_public_url_says_the_host(self, meet: Meet) -> None:
        ann = await meet()
        await ann.http.session.close()
        jar = CookieJar(unsafe=True, treat_as_secure_origin=ann.server.make_url("/"))
        ann.http, ann.origin = TestClient(ann.server, cookie_jar=jar), "https://home.example"
        await ann.sign_up()
        key = Authenticator("https://home.example", "home.example")
        assert (await add(ann, key)).status == 201
        said = key.signed(await challenge_to_sign_in(ann))
        assert (await login(ann, said)).status == 200
        near = Authenticator(
            str(ann.server.make_url("/")).rstrip("/"), "127.0.0.1", id=key.id, key=key.key, count=9
        )
        assert (await login(ann, near.signed(await challenge_to_sign_in(ann)))).status == 401


async def test_passkeys_of_another_host_are_named(keyring: Keyring, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE passkey SET host = 'old.example'")
    someone = await keyring.come()
    asked = await someone.post("/api/auth/passkey", LOGIN)
    assert (asked.code, "old.example" in asked.body["error"]["message"]) == ("invalid_state", True)
    assert (await login(someone)).code == "code_needed", "moving a server opens no account"
    assert (await login(someone, code=keyring.recovery[0])).status == 200


async def test_one_s_data_names_passkeys_and_sign_ins_and_a_deleted_account_keeps_none(
    keyring: Keyring, come: Meet, database_url: str
) -> None:
    assert (await keyring.sign_in()).status == 200
    kept = (await keyring.ann.get("/api/me/data")).body
    (passkey,) = kept["passkeys"]
    assert (passkey["name"], passkey["host"]) == ("phone", "localhost")
    assert text(keyring.key.id) not in json.dumps(kept)
    assert [line["way"] for line in kept["signInLog"]] == ["sign-up", "password and passkey"]
    await challenge_to_sign_in(await come())
    await (await come()).sign_up("Ben")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE account SET is_admin = true WHERE name = 'Ben'")
        assert (await keyring.ann.post("/api/me/delete", {"password": PASSWORD})).status == 204
        for table in ("passkey", "passkey_challenge", "account_factor", "sign_in_log"):
            query = f"SELECT count(*) FROM {table} WHERE account_id = %s"
            assert connection.execute(query, (keyring.ann.id,)).fetchone() == (0,), table


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
    "bent",
    [
        {"attestationObject": text(b"\xa0")},
        {"attestationObject": text(b"\x81" * 9000)},
        {"attestationObject": text(b"\xa1\x63fmt\x64none")},
        {"attestationObject": text(b"\xff")},
        {"id": text(b"another")},
    ],
)
async def test_garbage_is_no_passkey(ann: Person, bent: Said) -> None:
    key = authenticator(at_localhost(ann))
    said = {**key.made(await challenge_to_add(ann)), **bent}
    refused = await ann.post(PASSKEYS, {"name": "x", "passkey": said})
    assert (refused.status, refused.code) == (403, "forbidden"), refused


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
    await login(await come(), code=keyring.recovery[0])

    assert ("password", False) in await ways(keyring.ann)
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
