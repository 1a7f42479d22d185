"""Errors of HTTP calls: one status for one code, and faults of our own are not 'the database is away'."""

import asyncio
import logging
from collections.abc import Iterator

import psycopg
import psycopg_pool
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from events.errors import Rejected
from events.journal import JournalUnavailable
from events.journal.database.away import database_errors
from web.http.api import STATUS_OF_CODE, ApiError, errors
from web.http.openapi import described, openapi

OF_HTTP_ITSELF = {401, 415}


def below(base: type[Exception]) -> Iterator[type[Exception]]:
    for kind in base.__subclasses__():
        yield kind
        yield from below(kind)


async def test_who_vanishes_before_a_websocket_is_opened_is_no_fault_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    came, gone = asyncio.Event(), asyncio.Event()

    async def handle(request: web.Request) -> web.StreamResponse:
        came.set()
        await gone.wait()
        while request.transport is not None:  # noqa: ASYNC110  # until the server knows
            await asyncio.sleep(0)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        return socket

    app = web.Application(middlewares=[errors])
    app.router.add_get("/ws", handle)
    with caplog.at_level(logging.DEBUG, "web"):
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            _, writer = await asyncio.open_connection(*runner.addresses[0])
            writer.write(
                b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
            )
            await came.wait()
            writer.close()
            await writer.wait_closed()
            gone.set()
            while not caplog.records:  # noqa: ASYNC110  # it is about what is logged
                await asyncio.sleep(0)
        finally:
            await runner.cleanup()
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("DEBUG", "GET /ws: the client is gone")
    ]


def test_each_code_has_one_status() -> None:
    kinds = [kind for kind in below(ApiError) if issubclass(kind, ApiError)]
    assert len(kinds) >= 12
    for kind in kinds:
        assert kind.status == STATUS_OF_CODE[kind.code] or kind.status in OF_HTTP_ITSELF, kind


def test_each_refusal_of_the_core_has_a_status() -> None:
    assert {kind.code for kind in below(Rejected) if issubclass(kind, Rejected)} <= set(
        STATUS_OF_CODE
    )


async def test_the_document_names_every_status_and_code() -> None:
    @described()
    async def call(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/x", call)
    document = openapi(app, "https://home.example/hexroom")
    answers = document["paths"]["/x"]["get"]["responses"]
    assert {str(status) for status in STATUS_OF_CODE.values()} <= set(answers)
    error = document["components"]["schemas"]["Error"]["properties"]["error"]
    assert set(error["properties"]["code"]["enum"]) == set(STATUS_OF_CODE)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (psycopg.OperationalError("gone"), 503, "unavailable"),
        (psycopg_pool.PoolTimeout("full"), 503, "unavailable"),
        (psycopg.errors.ReadOnlySqlTransaction("a replica"), 503, "unavailable"),
        (JournalUnavailable("gone"), 503, "unavailable"),
        (psycopg.errors.UndefinedColumn("a fault of ours"), 500, "internal"),
        (psycopg.errors.NotNullViolation("a fault of ours"), 500, "internal"),
    ],
)
async def test_only_a_database_that_is_away_is_said_to_be(
    fault: Exception, status: int, code: str
) -> None:
    async def call(request: web.Request) -> web.Response:
        raise fault

    app = web.Application(middlewares=[errors])
    app.router.add_get("/x", call)
    async with TestClient(TestServer(app)) as client, client.get("/x") as response:
        body = await response.json()
    assert (response.status, body["error"]["code"]) == (status, code)
    assert str(fault) not in body["error"]["message"]


def test_the_translation_lets_faults_of_our_sql_pass() -> None:
    with pytest.raises(JournalUnavailable), database_errors():
        raise psycopg.errors.DiskFull
    with pytest.raises(psycopg.errors.UndefinedTable), database_errors():
        raise psycopg.errors.UndefinedTable
