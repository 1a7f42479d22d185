"""hexroom doctor names what is wrong, and what to change."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psycopg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from tests.support.ports import free_port
from tests.web.conftest import Meet
from web.cli.commands import doctor
from web.cli.commands.doctor import Finding
from web.cli.main import main
from web.http.client_ip import ProxySeen
from web.settings import Settings


@pytest.fixture
def rooms() -> None:
    """Real ones."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """So that stored rows go on naming who is gone."""
    return settings.model_copy(update={"reseal": False})


async def found(check: doctor.Check, settings: Settings) -> list[Finding]:
    return [finding async for finding in check(settings)]


@pytest.fixture
async def not_ours() -> AsyncIterator[TestServer]:
    """A server that answers everything, but not as Hexroom does."""

    async def nothing(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.path == "/healthz" else 502, text="<html>")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", nothing)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


async def test_a_good_database_is_fine(settings: Settings) -> None:
    assert all(finding.fine for finding in await found(doctor.database, settings))


async def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    url = f"postgresql://hexroom:secret@127.0.0.1:{free_port()}/hexroom"
    (finding,) = await found(doctor.database, Settings(database_url=url))
    assert not finding.fine
    assert "HEXROOM_DATABASE_URL" in finding.text
    assert "secret" not in finding.text


async def test_a_full_disk_and_a_folder_that_cannot_be_written_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    (finding,) = await found(doctor.data_folder, settings)
    assert finding.fine
    monkeypatch.setattr("web.cli.commands.doctor.LEAST_FREE_BYTES", 1 << 62)
    (finding,) = await found(doctor.data_folder, settings)
    assert (finding.fine, "make room" in finding.text) == (False, True)
    file = tmp_path / "file"
    file.touch()
    (finding,) = await found(doctor.data_folder, Settings(data_dir=file))
    assert (finding.fine, "HEXROOM_DATA_DIR" in finding.text) == (False, True)


async def test_mail_and_nats_that_do_not_answer_are_named() -> None:
    settings = Settings(
        smtp_url=f"smtp://ann:secret@127.0.0.1:{free_port()}",
        nats_url=f"nats://127.0.0.1:{free_port()}",
    )
    for check, name in ((doctor.mail, "HEXROOM_SMTP_URL"), (doctor.cluster, "HEXROOM_NATS_URL")):
        (finding,) = await found(check, settings)
        assert (finding.fine, name in finding.text) == (False, True)
        assert "secret" not in finding.text


async def test_our_own_server_is_reached_with_its_websockets(server: TestServer) -> None:
    url = str(server.make_url("/")).rstrip("/")
    findings = await found(doctor.public_address, Settings(public_url=url))
    assert [(each.what, each.fine) for each in findings] == [
        ("public address", True),
        ("websockets", True),
    ]


async def test_a_proxy_that_passes_no_websockets_is_named(not_ours: TestServer) -> None:
    url = str(not_ours.make_url("/")).rstrip("/")
    findings = await found(doctor.public_address, Settings(public_url=url))
    assert [(each.what, each.fine) for each in findings] == [
        ("public address", True),
        ("websockets", False),
    ]


async def test_a_server_for_others_needs_its_address() -> None:
    (finding,) = await found(doctor.public_address, Settings(host="0.0.0.0"))
    assert (finding.fine, "HEXROOM_PUBLIC_URL" in finding.text) == (False, True)


async def test_a_proxy_that_the_server_does_not_believe_is_named(server: TestServer) -> None:
    async def passed_on(request: web.Request) -> web.Response:
        async with aiohttp.ClientSession() as http:
            headers = {"X-Forwarded-For": "192.0.2.1"}
            async with http.get(server.make_url("/healthz"), headers=headers) as answer:
                return web.Response(body=await answer.read())

    app = web.Application()
    app.router.add_get("/healthz", passed_on)
    async with TestServer(app) as proxy:
        url = str(proxy.make_url("/")).rstrip("/")
        findings = await found(doctor.public_address, Settings(public_url=url))
    assert ("proxy headers", True) in [(each.what, each.fine) for each in findings]
    at = "https://play.example"
    for seen, setting in (
        (ProxySeen.DISBELIEVED, "HEXROOM_PROXIES"),
        (ProxySeen.NONE, "X-Forwarded-For"),
    ):
        finding = doctor.proxy_headers(at, seen)
        assert finding is not None
        assert (finding.fine, setting in finding.text) == (False, True)
    assert doctor.proxy_headers("http://10.0.0.2:8080", ProxySeen.NONE) is None
    assert doctor.proxy_headers(at, None) is None, "a server of a version before"


async def test_rows_that_name_deleted_accounts_are_counted(
    settings: Settings, meet: Meet, database_url: str
) -> None:
    (finding,) = await found(doctor.deleted_accounts, settings)
    assert (finding.fine, finding.text) == (True, "no stored row names them")
    ann, ben = [await (await meet()).sign_up(name) for name in ("Ann", "Ben")]
    await ben.accept(await ann.invite(await ann.campaign()))
    assert (await ben.post("/api/me/delete", {"password": "Ben's secret"})).status == 204
    (finding,) = await found(doctor.deleted_accounts, settings)
    assert (finding.fine, "hexroom campaign reseal --all" in finding.text) == (True, True)


async def test_events_that_the_report_tables_lack_are_counted(
    settings: Settings, database_url: str
) -> None:
    (finding,) = await found(doctor.background_work, settings)
    assert finding.text == "the report tables have all events"
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO session_event (campaign_id, version, event_type, user_id, role, first_version,"
            " created_at, payload, hash, epoch) SELECT gen_random_uuid(), 1, 'room_open', 'x', 'dm', 1,"
            " '2026-01-31 21:40Z', '{}', 'x', 0 FROM generate_series(1, 2)"
        )
    (finding,) = await found(doctor.background_work, settings)
    assert finding.fine
    assert "2 events are not in" in finding.text
    assert "the oldest of 2026-01-31 21:40 UTC" in finding.text


async def test_settings_are_printed_without_secrets() -> None:
    given = {
        "HEXROOM_OIDC_CLIENT_SECRET": "hush",
        "HEXROOM_PORT": "8123",
        "HEXROOM_PROXIES": "10.0.0.0/8",
    }
    printed = CliRunner(env=given).invoke(main, ["settings"])
    assert printed.exit_code == 0, printed.output
    lines = printed.output.splitlines()
    for line in (
        "HEXROOM_OIDC_CLIENT_SECRET=(set)",
        "HEXROOM_PORT=8123",
        "HEXROOM_PROXIES=10.0.0.0/8",
    ):
        assert line in lines
    assert "hush" not in printed.output
    wrong = CliRunner(env={"HEXROOM_PORT": "x"}).invoke(main, ["settings"])
    assert (wrong.exit_code, "HEXROOM_PORT" in wrong.output or "port" in wrong.output) == (2, True)
