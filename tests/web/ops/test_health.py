import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from events.core.features.staging import SetMode
from events.core.state import Mode, RoomId
from tests.support.actor_table import Table, a_table, reveal
from tests.support.people import Person, ShiftedClock
from tests.web.conftest import Meet
from web.app import HEALTH, create_app
from web.http.openapi import description_of
from web.listening import listen
from web.ops.metrics import RoomFigures
from web.settings import Settings


async def test_a_server_says_that_it_lives_and_is_ready(meet: Meet) -> None:
    probe = await meet()
    health = {"status": "ok", "quarantined": [], "proxy": "none"}
    assert (await probe.get("/healthz")).body == health
    assert (await probe.get("/readyz")).body == {"status": "ready", "faults": []}


async def test_health_names_rooms_that_cannot_be_loaded(meet: Meet, server: TestServer) -> None:
    server.app[HEALTH].quarantined = lambda: [RoomId(UUID(int=7))]
    answer = await (await meet()).get("/healthz")
    assert (answer.status, answer.body["quarantined"]) == (200, [str(UUID(int=7))])


@pytest.mark.parametrize(
    ("proxies", "seen"), [(("127.0.0.0/8",), "believed"), (("10.0.0.0/8",), "disbelieved")]
)
async def test_health_tells_whether_the_proxy_is_believed(
    settings: Settings, proxies: tuple[str, ...], seen: str
) -> None:
    app = await create_app(settings.model_copy(update={"proxies": proxies}))
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/healthz", headers={"X-Forwarded-For": "192.0.2.1"})
        assert (await answer.json())["proxy"] == seen


async def test_a_server_that_stops_is_not_ready(meet: Meet, server: TestServer) -> None:
    server.app[HEALTH].stopping()
    answer = await (await meet()).get("/readyz")
    assert (answer.status, answer.body["faults"]) == (503, ["the server is stopping"])
    assert (await (await meet()).get("/healthz")).status == 200


async def test_without_its_database_a_server_is_not_ready_and_says_no_more(
    meet: Meet, server: TestServer, database_url: str
) -> None:
    probe = await meet()
    ann = await (await meet()).sign_up("Ann")
    with psycopg.connect(database_url, autocommit=True) as owner:
        name = owner.info.dbname
    with psycopg.connect(database_url, dbname="postgres", autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        answer = await probe.get("/readyz")
        assert (answer.status, answer.body["faults"]) == (503, ["the database is away"])
        refused = await ann.get("/api/me")
        assert (refused.status, refused.code) == (503, "unavailable")
        assert (await probe.get("/healthz")).status == 200
        owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    while (await probe.get("/readyz")).status != 200:
        pass
    assert (await ann.get("/api/me")).status == 200


async def test_a_server_whose_data_folder_cannot_be_written_is_not_ready(
    meet: Meet, server: TestServer, settings: Settings
) -> None:
    probe, folder = await meet(), settings.data_dir
    folder.rename(folder.with_name("moved"))
    folder.write_text("a file where the folder was")
    answer = await probe.get("/readyz")
    assert (answer.status, answer.body["faults"]) == (503, ["the data folder cannot be written"])
    outside = await probe.get("/readyz", headers={"X-Forwarded-For": "192.0.2.7"})
    assert (outside.status, outside.body["faults"]) == (503, [])
    folder.unlink()
    assert (await probe.get("/readyz")).status == 200, "a folder that is merely gone is made"


async def test_no_answer_says_which_versions_run(meet: Meet, server: TestServer) -> None:
    probe = await meet()
    for path in ("/healthz", "/nowhere", "/"):
        assert (await probe.get(path)).headers["Server"] == "Hexroom"
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"\x16\x03\x01 nonsense\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert b"Server: Hexroom" in answer
    assert b"aiohttp" not in answer
    assert b"Python" not in answer


@pytest.mark.parametrize(
    ("public_url", "said"),
    [(None, None), ("http://play.example", None), ("https://play.example", "max-age=31536000")],
)
async def test_browsers_come_by_tls_alone_where_the_server_is_reached_by_it(
    settings: Settings, clock: ShiftedClock, public_url: str | None, said: str | None
) -> None:
    public = settings.model_copy(update={"public_url": public_url})
    server = TestServer(await create_app(public, clock=clock))
    async with server:
        person = Person(server)
        for path in ("/", "/healthz", "/api/me", "/nowhere"):
            assert (await person.get(path)).headers.get("Strict-Transport-Security") == said
        await person.http.session.close()


async def test_on_all_ipv6_addresses_ipv4_is_served_too(settings: Settings) -> None:
    app = web.Application()
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await listen(runner, settings.model_copy(update={"host": "::", "port": 0}))
        families = {address[0]: address[1] for address in runner.addresses}
        assert set(families) == {"::", "0.0.0.0"}
        assert len(set(families.values())) == 1
        for host in ("127.0.0.1", "::1"):
            _, writer = await asyncio.open_connection(host, families["::"])
            writer.close()
    finally:
        await runner.cleanup()


async def test_the_figures_are_there(meet: Meet) -> None:
    answer = await (await meet()).get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "process_cpu_seconds_total" in answer.body


async def test_the_figures_say_how_much_is_staged() -> None:
    def shown(table: Table) -> float | None:
        registry = CollectorRegistry()
        registry.register(RoomFigures(table.directory))
        return registry.get_sample_value("hexroom_staged_bytes")

    async with a_table() as table:
        assert shown(table) == 0
        await table.ask(SetMode(mode=Mode.STAGED))
        await table.ask(reveal("0,0"))
        assert shown(table) == table.room.state.staged.held_bytes > 0


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_the_figures_are_not_for_players(meet: Meet, header: str) -> None:
    """They count reveals that are staged, and notes that are hidden."""
    through_a_proxy = await (await meet()).get("/metrics", headers={header: "127.0.0.1"})
    assert (through_a_proxy.status, through_a_proxy.code) == (404, "not_found")


async def test_the_figures_are_for_the_networks_that_are_named(
    settings: Settings, clock: ShiftedClock
) -> None:
    far = settings.model_copy(update={"metrics_from": ("10.0.0.0/8",)})
    server = TestServer(await create_app(far, clock=clock))
    await server.start_server()
    person = Person(server)
    assert (await person.get("/metrics")).status == 404
    assert (await person.get("/healthz")).status == 200
    await person.http.session.close()
    await server.close()


async def test_every_call_is_described(meet: Meet, server: TestServer) -> None:
    document = (await (await meet()).get("/api/openapi.json")).body
    assert document["openapi"] == "3.1.0"
    for route in server.app.router.routes():
        if route.resource is None or route.method == "HEAD":
            continue
        if route.resource.canonical.startswith("/api/"):
            assert description_of(route.handler) is not None, route
            operation = document["paths"][route.resource.canonical][route.method.lower()]
            assert operation["summary"]
    accept = document["paths"]["/api/invites/{token}/accept"]["post"]
    assert accept["requestBody"]["required"] is False
    assert accept["parameters"][0]["name"] == "token"
    assert references(document) <= set(document["components"]["schemas"])


def references(part: Any) -> set[str]:
    match part:
        case {"$ref": str(target)}:
            return {target.removeprefix("#/components/schemas/")}
        case dict():
            return set().union(*(references(each) for each in part.values()))
        case list():
            return set().union(*(references(each) for each in part))
        case _:
            return set()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nope", 404, "not_found"),
        ("GET", "/api/campaigns/../../etc/passwd", 404, "not_found"),
        ("PUT", "/api/me", 405, "invalid_message"),
        ("TRACE", "/healthz", 405, "invalid_message"),
    ],
)
async def test_every_refusal_has_the_same_form(
    meet: Meet, method: str, path: str, status: int, code: str
) -> None:
    answer = await (await meet()).call(method, path)
    assert (answer.status, answer.code) == (status, code)
    assert (status == 405) == ("Allow" in answer.headers)


async def test_what_nobody_expected_leaks_nothing(
    meet: Meet,
    server: TestServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken() -> tuple[str, ...]:
        raise RuntimeError("SELECT secret FROM /root/place")

    monkeypatch.setattr(server.app[HEALTH], "faults", broken)
    answer = await (await meet()).get("/readyz")
    assert (answer.status, answer.code) == (500, "internal")
    assert "secret" not in str(answer.body)
    assert "SELECT secret" in caplog.text


def test_handlers_of_others_are_simply_not_described() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response()

    assert description_of(handler) is None


async def test_the_messages_are_described_too(meet: Meet) -> None:
    document = (await (await meet()).get("/api/asyncapi.json")).body
    assert document["asyncapi"] == "3.0.0"
    assert "hex.reveal" in document["components"]["messages"]


async def test_parameters_of_queries_have_types_and_say_what_they_mean(meet: Meet) -> None:
    paths = (await (await meet()).get("/api/openapi.json")).body["paths"]
    events = {
        each["name"]: each for each in paths["/api/campaigns/{id}/events"]["get"]["parameters"]
    }
    assert events["limit"]["schema"] == {"default": 100, "minimum": 0, "type": "integer"}
    assert events["limit"]["description"]
    assert not events["limit"]["required"]
    export = {
        each["name"]: each for each in paths["/api/campaigns/{id}/map/export"]["get"]["parameters"]
    }
    assert {"minimum": 64, "maximum": 16_384, "type": "integer"} in export["side"]["schema"][
        "anyOf"
    ]
    recap = paths["/api/sessions/{session}/recap"]["get"]["parameters"]
    assert [each["name"] for each in recap] == ["session", "format", "as"]
    assert recap[1]["schema"]["enum"] == ["md", "html", "json", "webp", "gif"]
