import gzip
from datetime import timedelta

import psycopg
import pytest
from aiohttp.test_utils import TestServer

from events.core.state import UserId
from tests.support.people import Person, ShiftedClock
from tests.web.conftest import Meet
from web.accounts.access_events import Access, AccessChange, AccessEnded
from web.app import ACCESS, AUTH, create_app
from web.settings import Settings


@pytest.fixture
def heard(server: TestServer) -> list[AccessChange]:
    heard: list[AccessChange] = []
    server.app[ACCESS].subscribe(heard.append)
    return heard


@pytest.mark.parametrize(
    "origin",
    [None, "null", "", "https://evil.example", "http://127.0.0.1:1", "nonsense", "http://["],
)
async def test_a_foreign_page_cannot_act_for_a_user(ann: Person, origin: str | None) -> None:
    ann.origin = origin
    answer = await ann.post("/api/campaigns", {"name": "Not mine"})
    assert (answer.status, answer.code) == (403, "forbidden")
    assert (await ann.get("/api/campaigns")).body == {"campaigns": []}


async def test_another_host_of_the_same_name_is_foreign(ann: Person, server: TestServer) -> None:
    ann.origin = f"http://127.0.0.1.evil.example:{server.port}"
    assert (await ann.post("/api/campaigns", {"name": "Not mine"})).status == 403


async def test_settings_name_further_origins_and_the_public_one(
    settings: Settings, clock: ShiftedClock
) -> None:
    there = settings.model_copy(
        update={
            "public_url": "https://play.example",
            "allowed_origins": ("https://other.example:8443",),
        }
    )
    server = TestServer(await create_app(there, clock=clock))
    async with server:
        ann = Person(server)
        own = ann.origin
        ann.origin = "https://play.example"
        made = await ann.post(
            "/api/auth/signup", {"name": "A", "email": "a@b.c", "password": "12345678"}
        )
        assert made.status == 201
        assert "Secure" in made.headers["Set-Cookie"]
        ann.origin = "https://other.example:8443"
        assert (await ann.post("/api/auth/logout")).status == 204
        ann.origin = own
        assert (await ann.post("/api/auth/logout")).status == 403
        await ann.http.session.close()


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer ", "Bearer wrong", "bearer \udcff", "Bearer " + "x" * 5000]
)
async def test_a_bad_token_is_not_made_up_for_by_a_cookie(ann: Person, authorization: str) -> None:
    answer = await ann.get(
        "/api/me", headers={"Authorization": authorization.encode(errors="replace").decode()}
    )
    assert (answer.status, answer.code) == (401, "forbidden")
    answer = await ann.post(
        "/api/campaigns",
        {"name": "x"},
        headers={"Authorization": authorization.encode(errors="replace").decode()},
    )
    assert answer.status == 401


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "é", '"\\000"'])
async def test_a_bad_cookie_is_nobody(meet: Meet, cookie: str) -> None:
    answer = await (await meet()).get("/api/me", headers={"Cookie": f"hexroom_session={cookie}"})
    assert (answer.status, answer.code) == (401, "forbidden")


async def test_signing_out_ends_this_sign_in_only_and_is_told(
    meet: Meet, ann: Person, heard: list[AccessChange]
) -> None:
    tablet = await meet()
    await tablet.post("/api/auth/login", {"email": "ann@example.org", "password": "Ann's secret"})
    (cookie,) = ann.http.session.cookie_jar.filter_cookies(ann.http.make_url("/")).values()
    stolen = {"Cookie": f"{cookie.key}={cookie.value}"}

    assert (await ann.post("/api/auth/logout")).status == 204
    assert (await ann.get("/api/me")).status == 401
    assert (await (await meet()).get("/api/me", headers=stolen)).status == 401
    assert (await tablet.get("/api/me")).status == 200
    [ended] = heard
    assert isinstance(ended, AccessEnded)
    assert ended.credential is not None
    assert (await ann.post("/api/auth/logout")).status == 204


async def test_a_sign_in_ends_by_itself_and_is_told(
    ann: Person,
    server: TestServer,
    clock: ShiftedClock,
    heard: list[AccessChange],
    database_url: str,
) -> None:
    clock.ahead += timedelta(days=29)
    assert await server.app[AUTH].end_expired() == 0
    clock.ahead += timedelta(days=1, seconds=1)
    assert (await ann.get("/api/me")).status == 401
    await server.app[AUTH].end_expired()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM login_session").fetchone() == (0,)
    assert [type(each) for each in heard] == [AccessEnded]


async def test_use_prolongs_a_sign_in(ann: Person, clock: ShiftedClock) -> None:
    for _ in range(4):
        clock.ahead += timedelta(days=20)
        assert (await ann.get("/api/me")).status == 200


async def test_a_browser_that_comes_by_keeps_its_cookie_longer(ann: Person, meet: Meet) -> None:
    token = (await ann.post("/api/tokens")).body["token"]
    (held,) = ann.http.session.cookie_jar.filter_cookies(ann.http.make_url("/")).values()
    for path in ("/api/me", f"/api/campaigns/{await ann.campaign()}"):
        renewed = (await ann.get(path)).headers["Set-Cookie"]
        assert renewed.startswith(f"{held.key}={held.value}; ")
        assert {"Max-Age=34560000", "HttpOnly", "SameSite=Lax"} <= set(renewed.split("; "))
    bearer = {"Authorization": f"Bearer {token}"}
    assert "Set-Cookie" not in (await (await meet()).get("/api/me", headers=bearer)).headers
    assert "Set-Cookie" not in (await (await meet()).get("/api/me")).headers, "nobody's"


async def test_revoking_a_token_is_told(ann: Person, heard: list[AccessChange]) -> None:
    token = (await ann.post("/api/tokens")).body
    await ann.delete(f"/api/tokens/{token['id']}")
    assert [type(each) for each in heard] == [AccessEnded]


def test_an_end_concerns_whom_it_names() -> None:
    from uuid import UUID

    here, there = UUID(int=1), UUID(int=2)
    ann, bob = UserId("ann"), UserId("bob")
    removed = AccessEnded(user=ann, campaign=here)
    assert removed.concerns(ann, b"1", here)
    assert not removed.concerns(ann, b"1", there)
    assert not removed.concerns(bob, b"1", here)
    assert AccessEnded(credential=b"1").concerns(ann, b"1", there)
    assert not AccessEnded(credential=b"1").concerns(ann, b"2", there)
    assert AccessEnded(campaign=here).concerns(bob, b"2", here)


def test_who_unsubscribes_hears_no_more() -> None:
    access, heard = Access(), list[AccessChange]()
    stop = access.subscribe(heard.append)
    access.publish(AccessEnded())
    stop()
    stop()
    access.publish(AccessEnded())
    assert heard == [AccessEnded()]


async def test_no_answer_may_be_sniffed_or_kept(meet: Meet) -> None:
    answer = await (await meet()).get("/api/me")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_compressed_body_is_not_taken(meet: Meet) -> None:
    """To unpack it would cost whoever sends it a thousandth of what it costs the server."""
    body = gzip.compress(b'{"email": "ann@example.org", "password": "secret"}')
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await (await meet()).post("/api/auth/login", data=body, headers=headers)
    assert (answer.status, answer.code) == (415, "invalid_message")


async def test_a_cookie_of_the_version_before_goes_on_working(ann: Person, meet: Meet) -> None:
    (cookie,) = ann.http.session.cookie_jar.filter_cookies(ann.http.make_url("/")).values()
    old = {"Cookie": f"hexroom_session={cookie.value}"}
    someone = await meet()
    assert (await someone.get("/api/me", headers=old)).body["name"] == "Ann"
    out = await someone.post("/api/auth/logout", headers=old)
    assert any("hexroom_session=" in each for each in out.headers.getall("Set-Cookie"))
    assert (await someone.get("/api/me", headers=old)).status == 401


async def test_two_servers_on_one_host_do_not_sign_each_others_people_out(
    ann: Person, meet: Meet
) -> None:
    (cookie,) = ann.http.session.cookie_jar.filter_cookies(ann.http.make_url("/")).values()
    both = {"Cookie": f"hexroom_session_0badcafe=theirs; {cookie.key}={cookie.value}"}
    someone = await meet()
    assert (await someone.get("/api/me", headers=both)).status == 200
    out = await someone.post("/api/auth/logout", headers=both)
    cleared = [each.partition("=")[0] for each in out.headers.getall("Set-Cookie")]
    assert cleared == [cookie.key]


async def test_a_refused_origin_is_told_with_the_setting_that_mends_it(
    ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    own, ann.origin = ann.origin, "https://play.example"
    refused = await ann.post("/api/tokens")
    assert (refused.status, refused.code) == (403, "forbidden")
    message = refused.body["error"]["message"]
    for word in ("https://play.example", str(own), "HEXROOM_PUBLIC_URL", "HEXROOM_ALLOWED_ORIGINS"):
        assert word in message
        assert word in caplog.text
