"""Sign-in by another service: a real provider in a process of its own, and one that forges."""

import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from tests.support.people import Person
from tests.support.ports import free_port
from tests.web.conftest import NEVER_S, Meet
from web.settings import Settings

CLIENT = "hexroom"
TOKEN = web.AppKey("id_token", list[object])
CHANGED = web.AppKey("changed", dict[str, Any])
"""What the forger publishes otherwise than it should; None is left out."""


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Yield the address of a provider that lets anybody in who gives a name."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)],
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def issuer(provider: str) -> str:
    return provider


@pytest.fixture
def settings(database_url: str, tmp_path: Path, issuer: str) -> Settings:
    return Settings(
        database_url=database_url,
        database_connections=3,
        data_dir=tmp_path,
        heartbeat_s=NEVER_S,
        oidc_issuer=issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret="secret",
        oidc_name="The Guild",
    )


async def known(provider: str, subject: str, **claims: object) -> None:
    """Let the provider know somebody; wait until it answers at all."""
    deadline = time.monotonic() + 60
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.put(f"{provider}/users/{subject}", json=claims) as answer:
                    assert answer.status == 204
                    return
            except aiohttp.ClientError:
                assert time.monotonic() < deadline, "the provider does not start"


async def left_for(person: Person) -> str:
    """Return where the person is sent to sign in."""
    answer = await person.get("/api/auth/oidc/start", allow_redirects=False)
    assert answer.status == 302
    return str(answer.headers["Location"])


async def consent(address: str, subject: str) -> str:
    """Sign in at the provider; return where it sends the browser back to."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data={"sub": subject}, allow_redirects=False) as answer,
    ):
        assert answer.status == 302, await answer.text()
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


async def sign_in(person: Person, subject: str) -> str:
    """Sign in by the provider; return where the person ends up."""
    back = await person.get(await consent(await left_for(person), subject), allow_redirects=False)
    assert back.status == 302
    return str(back.headers["Location"])


async def test_a_stranger_gets_an_account_and_finds_it_again(provider: str, meet: Meet) -> None:
    await known(provider, "cleo", name="Cleo", email="Cleo@Example.org", email_verified=True)
    desk, phone = await meet(), await meet()
    assert (await desk.get("/api/auth/services")).body == {"services": ["The Guild"]}
    assert await sign_in(desk, "cleo") == "/"
    me = (await desk.get("/api/me")).body
    assert (me["name"], me["email"], me["guest"]) == ("Cleo", "cleo@example.org", False)
    assert await sign_in(phone, "cleo") == "/"
    assert (await phone.get("/api/me")).body["userId"] == me["userId"]


async def test_a_guest_becomes_an_account_and_keeps_everything(provider: str, meet: Meet) -> None:
    await known(provider, "dan", name="Daniel", email="dan@example.org", email_verified=True)
    dm, dan = await (await meet()).sign_up("Dora"), await meet()
    await dan.accept(await dm.invite(await dm.campaign()), "Dan")
    assert await sign_in(dan, "dan") == "/"
    me = (await dan.get("/api/me")).body
    assert (me["userId"], me["name"], me["guest"]) == (dan.id, "Dan", False)
    assert len((await dan.get("/api/campaigns")).body["campaigns"]) == 1


async def test_an_account_is_joined_by_who_is_signed_in_to_it_alone(
    provider: str, ann: Person, meet: Meet
) -> None:
    await known(provider, "ann", name="Ann", email="ann@example.org", email_verified=True)
    stranger = await meet()
    assert await sign_in(stranger, "ann") == "/?problem=taken"
    assert (await stranger.get("/api/me")).status == 401
    assert await sign_in(ann, "ann") == "/"
    assert await sign_in(stranger, "ann") == "/"
    assert (await stranger.get("/api/me")).body["userId"] == ann.id


async def test_an_address_that_is_not_verified_is_not_taken_over(provider: str, meet: Meet) -> None:
    await known(provider, "eve", name="Eve", email="ann@example.org", email_verified=False)
    eve = await meet()
    assert await sign_in(eve, "eve") == "/"
    assert (await eve.get("/api/me")).body["email"].endswith("@oidc.invalid")


async def test_an_answer_of_another_browser_or_used_twice_is_refused(
    provider: str, meet: Meet
) -> None:
    await known(provider, "fay", name="Fay")
    fay, victim = await meet(), await meet()
    back = await consent(await left_for(fay), "fay")
    await left_for(victim)
    foreign = await victim.get(back, allow_redirects=False)
    assert foreign.headers["Location"] == "/?problem=expired"
    assert (await victim.get("/api/me")).status == 401
    assert (await fay.get(back, allow_redirects=False)).headers["Location"] == "/"
    again = await fay.get(back, allow_redirects=False)
    assert again.headers["Location"] == "/?problem=expired"


async def test_who_says_no_over_there_is_told_so(provider: str, meet: Meet) -> None:
    await known(provider, "gus", name="Gus")
    gus = await meet()
    (state,) = parse_qs(urlsplit(await left_for(gus)).query)["state"]
    path = f"/api/auth/oidc/callback?error=access_denied&state={state}"
    assert (await gus.get(path, allow_redirects=False)).headers["Location"] == "/?problem=cancelled"


class Escaped(json.JSONEncoder):
    """Writes JSON in ASCII, so that it can say what is no text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": True})


class TestForged:
    """A provider that answers whatever the test wants."""

    KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    OTHER = RSAKey.generate_key(2048, {"kid": "one"}, private=True)

    @pytest.fixture
    async def forger(self) -> AsyncIterator[TestServer]:
        app = web.Application()
        server = TestServer(app)

        async def metadata(_: web.Request) -> web.Response:
            url = str(server.make_url("/")).rstrip("/")
            published = {
                "issuer": url,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token",
                "jwks_uri": f"{url}/jwks",
            } | app[CHANGED]
            return web.json_response({k: v for k, v in published.items() if v is not None})

        async def userinfo(_: web.Request) -> web.Response:
            return web.json_response(app[CHANGED]["userinfo"])

        async def token(_: web.Request) -> web.Response:
            return web.json_response({"access_token": "x", "id_token": app[TOKEN][-1]})

        async def jwks(_: web.Request) -> web.Response:
            return web.json_response(KeySet([self.KEY]).as_dict(private=False))

        app.router.add_get("/.well-known/openid-configuration", metadata)
        app.router.add_post("/token", token)
        app.router.add_get("/jwks", jwks)
        app.router.add_get("/userinfo", userinfo)
        app[TOKEN], app[CHANGED] = [], {}
        await server.start_server()
        yield server
        await server.close()

    @pytest.fixture
    def issuer(self, forger: TestServer) -> str:
        return str(forger.make_url("/")).rstrip("/")

    async def ends_up(
        self, person: Person, forger: TestServer, key: RSAKey | OctKey | None = None, **changes: Any
    ) -> str:
        """Come back with a token that says something else; return where that leads."""
        query = parse_qs(urlsplit(await left_for(person)).query)
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": str(forger.make_url("/")).rstrip("/"),
            "aud": CLIENT,
            "sub": "mallory",
            "nonce": query["nonce"][0],
            "iat": now,
            "exp": now + 300,
        }
        header = {"alg": changes.pop("alg", "RS256"), "kid": "one"}
        claims = {k: v for k, v in (claims | changes).items() if v is not None}
        token = jwt.encode(header, claims, key or self.KEY, encoder_cls=Escaped)
        forger.app[TOKEN].append(token)
        path = f"/api/auth/oidc/callback?code=x&state={query['state'][0]}"
        back = await person.get(path, allow_redirects=False)
        return str(back.headers["Location"])

    async def test_a_token_that_is_right_signs_in(self, forger: TestServer, meet: Meet) -> None:
        assert await self.ends_up(await meet(), forger) == "/"

    @pytest.mark.parametrize(
        "changes",
        [
            {"nonce": "another"},
            {"nonce": None},
            {"iss": "https://evil.example"},
            {"aud": "another-client"},
            {"aud": None},
            {"exp": 1_000_000_000},
            {"exp": None},
            {"iat": 4_000_000_000},
            {"sub": None},
        ],
        ids=str,
    )
    async def test_a_token_with_a_wrong_claim_signs_nobody_in(
        self, forger: TestServer, meet: Meet, changes: dict[str, Any]
    ) -> None:
        person = await meet()
        assert await self.ends_up(person, forger, **changes) == "/?problem=refused"
        assert (await person.get("/api/me")).status == 401

    @pytest.mark.parametrize(
        ("changes", "ends_at"),
        [
            ({"exp": -55}, "/"),
            ({"exp": -65}, "/?problem=refused"),
            ({"iat": 55}, "/"),
            ({"iat": 120}, "/?problem=refused"),
            ({"nbf": 55}, "/"),
            ({"nbf": 120}, "/?problem=refused"),
        ],
        ids=str,
    )
    async def test_two_clocks_may_differ_by_a_minute(
        self, forger: TestServer, meet: Meet, changes: dict[str, int], ends_at: str
    ) -> None:
        now = int(time.time())
        moved: dict[str, Any] = {claim: now + seconds for claim, seconds in changes.items()}
        assert await self.ends_up(await meet(), forger, **moved) == ends_at

    @pytest.mark.parametrize(
        ("changes", "ends_at"),
        [
            ({"aud": [CLIENT]}, "/"),
            ({"aud": [CLIENT, "another"], "azp": CLIENT}, "/"),
            ({"aud": [CLIENT, "another"], "azp": "another"}, "/?problem=refused"),
            ({"aud": ["another"]}, "/?problem=refused"),
            ({"nonce": "né"}, "/?problem=refused"),
            ({"nonce": ["x"]}, "/?problem=refused"),
            ({"nonce": "\ud800"}, "/?problem=refused"),
            ({"iss": ["x"]}, "/?problem=refused"),
            ({"sub": "\ud800"}, "/?problem=refused"),
            ({"sub": "a\0b"}, "/?problem=refused"),
            ({"sub": "a" * 256}, "/?problem=refused"),
            ({"sub": "a" * 255}, "/"),
            ({"name": "\ud800\0", "email": "\ud800@x", "email_verified": True}, "/"),
        ],
        ids=str,
    )
    async def test_a_token_for_several_or_of_odd_claims(
        self, forger: TestServer, meet: Meet, changes: dict[str, Any], ends_at: str
    ) -> None:
        person = await meet()
        assert await self.ends_up(person, forger, **changes) == ends_at
        assert (await person.get("/api/me")).status == (200 if ends_at == "/" else 401)

    async def test_a_token_that_anybody_with_the_secret_could_make_signs_nobody_in(
        self, forger: TestServer, meet: Meet
    ) -> None:
        for secret in ("secret", str(self.KEY.as_dict(private=False)["n"])):
            key = OctKey.import_key(secret.ljust(32, "0"), {"kid": "one"})
            person = await meet()
            assert await self.ends_up(person, forger, key=key, alg="HS256") == "/?problem=refused"

    async def test_a_token_without_a_nonce_fits_no_cookie_without_one(
        self, forger: TestServer, meet: Meet
    ) -> None:
        person = await meet()
        await self.ends_up(person, forger, nonce=None)
        answer = await person.get(
            "/api/auth/oidc/callback?code=x&state=a",
            headers={"Cookie": "hexroom_oidc=a..c"},
            allow_redirects=False,
        )
        assert answer.headers["Location"] == "/?problem=refused"

    async def test_a_cookie_that_somebody_made_up_signs_nobody_in(
        self, forger: TestServer, meet: Meet
    ) -> None:
        for made_up in ("a.b.c", "a.b", "..", "a.n%C3%A9.c", "a.b.c.d"):
            person = await meet()
            await left_for(person)
            forger.app[TOKEN].append("x.y.z")
            answer = await person.get(
                "/api/auth/oidc/callback?code=x&state=a",
                headers={"Cookie": f"hexroom_oidc={made_up}"},
                allow_redirects=False,
            )
            assert answer.headers["Location"].startswith("/?problem="), made_up
            assert (await person.get("/api/me")).status == 401

    async def test_an_issuer_that_calls_itself_another_or_lacks_an_address_is_not_left_for(
        self, forger: TestServer, meet: Meet
    ) -> None:
        for change in ({"issuer": "https://evil.example"}, {"token_endpoint": None}):
            forger.app[CHANGED].update(change)
            answer = await (await meet()).get("/api/auth/oidc/start", allow_redirects=False)
            assert answer.headers["Location"] == "/?problem=provider"
            forger.app[CHANGED].clear()

    @pytest.mark.parametrize("subject", ["mallory", "somebody else"])
    async def test_what_is_told_of_somebody_else_signs_nobody_in(
        self, forger: TestServer, meet: Meet, subject: str
    ) -> None:
        url = str(forger.make_url("/userinfo"))
        forger.app[CHANGED].update({"userinfo_endpoint": url, "userinfo": {"sub": subject}})
        right = subject == "mallory"
        person = await meet()
        assert await self.ends_up(person, forger) == ("/" if right else "/?problem=refused")
        assert (await person.get("/api/me")).status == (200 if right else 401)

    async def test_a_token_of_another_key_signs_nobody_in(
        self, forger: TestServer, meet: Meet
    ) -> None:
        person = await meet()
        assert await self.ends_up(person, forger, key=self.OTHER) == "/?problem=refused"

    @pytest.mark.parametrize("token", ["", "x", "e30.e30.", None, 7])
    async def test_what_is_no_signed_token_signs_nobody_in(
        self, forger: TestServer, meet: Meet, token: object
    ) -> None:
        person = await meet()
        query = parse_qs(urlsplit(await left_for(person)).query)
        forger.app[TOKEN].append(token)
        path = f"/api/auth/oidc/callback?code=x&state={query['state'][0]}"
        back = await person.get(path, allow_redirects=False)
        assert back.headers["Location"] in ("/?problem=refused", "/?problem=provider")

    async def test_an_issuer_that_does_not_answer_is_a_sentence(
        self, forger: TestServer, meet: Meet
    ) -> None:
        await forger.close()
        answer = await (await meet()).get("/api/auth/oidc/start", allow_redirects=False)
        assert answer.headers["Location"] == "/?problem=provider"
