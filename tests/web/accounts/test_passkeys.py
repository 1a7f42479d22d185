"""Passkeys of an account: added, named and taken off, alone or beside an authenticator app."""

import json
from pathlib import Path

import psycopg
import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient

from tests.support.authenticators import Authenticator, text
from tests.support.hexroom_commands import lines, on
from tests.support.passkeys import (
    FACTOR,
    PASSKEYS,
    PASSWORD,
    Keyring,
    Said,
    add,
    at_localhost,
    authenticator,
    challenge_to_add,
    challenge_to_prove,
    challenge_to_sign_in,
    lies,
    login,
)
from tests.support.people import Person, ShiftedClock
from tests.web.accounts.test_second_factor import App, begin
from tests.web.conftest import Meet
from web.accounts.passkey_routes import MOST_PASSKEYS
from web.accounts.passkeys import PasskeyRefused, relying_party
from web.settings import Settings


@pytest.mark.parametrize("lie", lies())
async def test_a_lying_key_is_not_added(ann: Person, lie: str) -> None:
    key = authenticator(at_localhost(ann))
    lies()[lie](key)
    refused = await add(ann, key)
    assert (refused.status, refused.code) == (403, "forbidden")
    state = (await ann.get(FACTOR)).body
    assert (state["on"], state["passkeys"]) == (False, [])


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
