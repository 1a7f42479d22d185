"""Bad input and too much of it: each gets its error or close code, and hurts nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import WSMsgType
from aiohttp.test_utils import TestServer

from tests.support.people import Person, ShiftedClock
from tests.support.seats import Campaign, Seat, a_campaign
from tests.web.conftest import NEVER_S
from web.app import create_app
from web.settings import Settings

KIB = 1024


@pytest.fixture
async def night(
    database_url: str, tmp_path: Any, clock: ShiftedClock, request: pytest.FixtureRequest
) -> AsyncIterator[Campaign]:
    """Yield a campaign on a server with the settings of the test's parameter."""
    settings = Settings(
        database_url=database_url,
        database_connections=3,
        data_dir=tmp_path,
        **{"heartbeat_s": NEVER_S, **getattr(request, "param", {})},
    )
    server = TestServer(await create_app(settings, clock=clock))
    await server.start_server()
    people = [Person(server) for _ in range(3)]
    await people[0].sign_up("Dora")
    yield await a_campaign(server, *people)
    for person in people:
        await person.http.session.close()
    await server.close()


def key_of(value: Any) -> bytes:
    return json.dumps({"type": "hex:reveal", "hexKeys": [value], "targets": "all"}).encode()


BAD = [
    (b"", "invalid_json"),
    (b"{", "invalid_json"),
    (b'{"type":"ping"', "invalid_json"),
    (b"NaN", "invalid_json"),
    (b'{"type":"staged:undo","index":NaN}', "invalid_json"),
    (b'{"type":"staged:undo","index":Infinity}', "invalid_json"),
    (b'{"type":"staged:undo","index":' + b"9" * 5000 + b"}", "invalid_json"),
    (b'{"type":' + b"[" * 500 + b"]" * 500 + b"}", "invalid_json"),
    (b"[" * 60_000, "invalid_json"),
    (b'{"type":"ping","x":"\\ud800"}', "invalid_json"),
    (b'{"type":"ping","x":"\x00"}', "invalid_json"),
    (b"[]", "invalid_message"),
    (b"null", "invalid_message"),
    (b"1", "invalid_message"),
    (b'"ping"', "invalid_message"),
    (b"{}", "invalid_message"),
    (b'{"type":null}', "invalid_message"),
    (b'{"type":1}', "invalid_message"),
    (b'{"type":["ping"]}', "invalid_message"),
    (b'{"type":{"a":1}}', "invalid_message"),
    (b'{"type":"nonsense"}', "invalid_message"),
    (b'{"type":"member:set","user":"x","name":"x","role":"dm"}', "invalid_message"),
    (b'{"type":"room:open","name":"x"}', "invalid_message"),
    (b'{"type":"map:set","name":"x"}', "invalid_message"),
    (b'{"type":"player:depart"}', "invalid_message"),
    (b'{"type":"session:start","x":1}', "invalid_message"),
    (b'{"type":"session:start","id":""}', "invalid_message"),
    (b'{"type":"session:start","id":7}', "invalid_message"),
    (b'{"type":"session:start","id":null}', "invalid_message"),
    (b'{"type":"session:start","id":"' + b"x" * 65 + b'"}', "invalid_message"),
    (b'{"type":"session:start","id":"\\u0000"}', "invalid_message"),
    (b'{"type":"session:start","\\u0000":1}', "invalid_message"),
    (b'{"type":"broadcast:mode"}', "invalid_message"),
    (b'{"type":"broadcast:mode","mode":"STAGED"}', "invalid_message"),
    (b'{"type":"broadcast:mode","mode":true}', "invalid_message"),
    (b'{"type":"broadcast:publish","changeIds":[]}', "invalid_message"),
    (b'{"type":"broadcast:publish","changeIds":[1.5]}', "invalid_message"),
    (b'{"type":"staged:undo"}', "invalid_message"),
    (b'{"type":"staged:undo","index":-1}', "invalid_message"),
    (b'{"type":"staged:undo","index":0.5}', "invalid_message"),
    (b'{"type":"staged:undo","index":true}', "invalid_message"),
    (b'{"type":"staged:undo","index":"0"}', "invalid_message"),
    (b'{"type":"staged:undo","index":0,"changeId":1}', "invalid_message"),
    (b'{"type":"staged:undo","index":0}', "not_found"),
    (b'{"type":"staged:undo","index":123456789012345678901234567890}', "not_found"),
    (b'{"type":"hex:reveal","hexKeys":[],"targets":"all"}', "invalid_message"),
    (b'{"type":"hex:reveal","hexKeys":"some","targets":"all"}', "invalid_message"),
    (b'{"type":"hex:reveal","hexKeys":["0,0"]}', "invalid_message"),
    (b'{"type":"hex:reveal","hexKeys":["0,0"],"targets":"everyone"}', "invalid_message"),
    (b'{"type":"hex:reveal","hexKeys":["0,0"],"targets":{"playerIds":[]}}', "invalid_message"),
    (b'{"type":"hex:reveal","hexKeys":["0,0"],"targets":{"playerIds":[1]}}', "invalid_message"),
    (b'{"type":"hex:reveal","hexKeys":["0,0"],"targets":{"playerIds":["eve"]}}', "not_found"),
    (b'{"type":"hex:reveal","hexKeys":["0,0"],"targets":{"within":-1}}', "invalid_message"),
    (b'{"type":"hex:update","changes":[]}', "invalid_message"),
    (b'{"type":"hex:update","changes":[{"key":"0,0"}]}', "invalid_message"),
    (b'{"type":"hex:update","changes":[{"key":"0,0","terrain":""}]}', "invalid_message"),
    (b'{"type":"hex:update","changes":[{"key":"0,0","terrain":"a\\u0000"}]}', "invalid_message"),
    (b'{"type":"hex:update","changes":[{"key":"0,0","terrain":"\\u202e"}]}', "invalid_message"),
    *(
        (key_of(key), "invalid_message")
        for key in (
            "1,2,3",
            "a,b",
            "1.5,0",
            "1000001,0",
            "0,-1000001",
            "",
            "0",
            "0,",
            "+1,0",
            "01,0",
            "-0,0",
            " 0,0",
            "0,0\n",
            "1_0,0",
            "１,0",
            "1e3,0",
            "0x1,0",
            1,
            None,
            True,
            [0, 0],
            {"q": 0, "r": 0},
        )
    ),
]


@pytest.mark.parametrize("night", [{"commands_per_second": 0}], indirect=True)
async def test_each_bad_frame_gets_its_code_and_leaves_nothing(night: Campaign) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann:
        await dm.quiet()
        version = night.room.version
        for frame, code in BAD:
            await dm.socket.send_frame(frame, WSMsgType.TEXT)
            error = await dm.next()
            assert (error["type"], error["code"]) == ("error", code), frame[:200]
            assert_leaks_nothing(error["message"])
        assert await dm.quiet() == []
        assert await ann.quiet() == []
        assert night.room.version == version
        assert (await dm.ask("session:start"))["type"] == "ack"


@pytest.mark.parametrize("key", ["1000000,0", "-1000000,1000000", "0,0"])
async def test_the_farthest_hexes_are_accepted(night: Campaign, key: str) -> None:
    async with night.seat(night.dm) as dm:
        assert (await dm.ask("hex:reveal", hexKeys=[key], targets="all"))["type"] == "ack"


async def test_an_error_names_the_id_of_its_command(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        await dm.send("hex:reveal", id="x" * 64, hexKeys=["no"], targets="all")
        assert (await dm.next())["id"] == "x" * 64


async def test_a_binary_frame_is_refused_and_the_socket_lives(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        await dm.socket.send_bytes(b'{"type":"session:start"}')
        assert (await dm.next())["code"] == "invalid_message"
        assert await dm.quiet() == []


async def test_commands_by_the_wrong_role_are_forbidden(night: Campaign) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann:
        await dm.quiet()
        for type_, fields in (
            ("session:start", {}),
            ("broadcast:mode", {"mode": "staged"}),
            ("broadcast:publish", {}),
            ("staged:undo", {"index": 0}),
            ("hex:reveal", {"hexKeys": ["0,0"], "targets": "all"}),
            ("hex:hide", {"hexKeys": ["0,0"], "targets": "all"}),
            ("hex:update", {"changes": [{"key": "0,0", "terrain": "hills"}]}),
            ("history:undo", {}),
        ):
            assert (await ann.ask(type_, **fields))["code"] == "forbidden"
        assert await dm.quiet() == []


@pytest.mark.parametrize("night", [{"commands_per_second": 0}], indirect=True)
async def test_fifty_thousand_hexes_go_and_one_more_does_not(night: Campaign) -> None:
    keys = [f"{q},{r}" for q in range(250) for r in range(200)]
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann:
        refused = await dm.ask("hex:reveal", hexKeys=[*keys, "300,0"], targets="all")
        assert refused["code"] == "too_large"
        assert (await dm.ask("hex:reveal", hexKeys=keys, targets="all"))["type"] == "ack"
        told = await ann.until("hex:revealed")
        assert len(told["hexKeys"]) == 50_000
    async with night.socket(night.ann) as ann:
        assert len((await ann.until("session:state"))["revealedHexes"]) == 50_000


@pytest.mark.parametrize(
    ("who", "most"), [("dm", 1024 * KIB), ("ann", 64 * KIB)], ids=["dm", "player"]
)
async def test_a_message_at_its_limit_is_read_and_one_byte_more_closes(
    night: Campaign, who: str, most: int
) -> None:
    person = getattr(night, who)
    async with night.seat(person) as seat:
        await seat.socket.send_str(padded(most))
        assert (await seat.until("error"))["code"] == "invalid_message"
        await seat.socket.send_str(padded(most + 1))
        assert await seat.closed() == 1009


@pytest.mark.parametrize("night", [{"message_bytes": 5000}], indirect=True)
async def test_far_too_large_a_message_closes_before_it_is_read(night: Campaign) -> None:
    async with night.seat(night.ann) as ann:
        await ann.socket.send_str(padded(200 * KIB))
        assert await ann.closed() == 1009


LIMITED = {
    "commands_per_second": 50,
    "command_burst": 20,
    "player_commands_per_second": 20,
    "player_command_burst": 6,
}


class StoppedClock(ShiftedClock):
    def monotonic(self) -> float:
        return self.ahead.total_seconds()


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> ShiftedClock:
    return StoppedClock() if "flood" in request.node.name else ShiftedClock()


@pytest.mark.parametrize("night", [LIMITED], indirect=True)
@pytest.mark.parametrize(("who", "burst"), [("dm", 20), ("ann", 6)])
async def test_a_flood_is_refused_past_the_burst_and_closed_if_it_goes_on(
    night: Campaign, who: str, burst: int
) -> None:
    async with night.seat(getattr(night, who)) as seat, night.seat(night.ben) as ben:
        for number in range(burst + 1):
            await seat.send("session:pause", id=str(number))
        codes = [(await seat.until("error"))["code"] for _ in range(burst + 1)]
        assert codes[-1] == "rate_limited"
        assert "rate_limited" not in codes[:-1]
        for _ in range(2 * burst):
            await seat.send("session:pause")
        assert await seat.closed() == 4029
        assert (await ben.ask("session:start"))["code"] == "forbidden"


@pytest.mark.parametrize("night", [LIMITED], indirect=True)
async def test_a_flood_over_two_sockets_counts_together(night: Campaign) -> None:
    async with night.seat(night.ann) as one, night.seat(night.ann) as two:
        for number in range(3):
            assert (await one.ask("session:pause"))["code"] == "forbidden", number
            assert (await two.ask("session:pause"))["code"] == "forbidden", number
        assert (await one.ask("session:pause"))["code"] == "rate_limited"
        assert (await two.ask("session:pause"))["code"] == "rate_limited"


SMALL = {
    "client_buffer_bytes": 64 * KIB,
    "client_buffer_messages": 1000,
    "commands_per_second": 0,
}


@pytest.mark.parametrize("night", [SMALL], indirect=True)
async def test_who_does_not_read_is_closed_and_the_others_do_not_wait(night: Campaign) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ben) as ben:
        async with night.socket(night.ann) as slow:
            state = await slow.until("session:state")
            stop_reading(slow)
            keys = [f"{q},{r}" for q in range(100) for r in range(10)]
            number = 0
            while night.room._services.meters.slow_consumers == 0:
                number += 1
                type_ = ("hex:reveal", "hex:hide")[number % 2 == 0]
                answer = await dm.ask(type_, hexKeys=keys, targets="all")
                assert answer["type"] == "ack"
                await ben.until("hex:revealed" if type_ == "hex:reveal" else "hex:hidden")
            read_on(slow)
            assert await slow.closed() == 4008
        async with night.socket(night.ann, resume=state["resume"]) as again:
            assert (await again.next())["type"] == "connected"
            assert (await again.next())["type"] in ("session:state", "hex:revealed")


def padded(length: int) -> str:
    """Return a frame of that many bytes that is refused for its content."""
    frame = '{"type":"session:start","x":""}'
    return frame[:-2] + "x" * (length - len(frame)) + frame[-2:]


def stop_reading(seat: Seat) -> None:
    transport_of(seat).pause_reading()


def read_on(seat: Seat) -> None:
    transport_of(seat).resume_reading()


def transport_of(seat: Seat) -> asyncio.Transport:
    connection = seat.socket._response.connection
    assert connection is not None
    assert connection.transport is not None
    return connection.transport


def assert_leaks_nothing(message: str) -> None:
    lowered = message.lower()
    for word in ("traceback", "select ", "insert ", "psycopg", "pydantic", "/web/", ".py"):
        assert word not in lowered


@pytest.mark.parametrize("night", [{"heartbeat_s": 2}], indirect=True)
async def test_a_peer_that_is_gone_without_a_word_leaves_the_table(night: Campaign) -> None:
    async with night.seat(night.dm) as dm:
        headers = {"Origin": str(night.ann.origin)}
        query = {"campaignId": night.id}
        # It neither reads nor answers pings: so does a laptop that was shut.
        silent = await night.ann.http.ws_connect(
            "/ws", params=query, headers=headers, autoping=False
        )
        assert (await dm.until("player:left"))["userId"] == night.ann.id
        await silent.close()


@pytest.mark.parametrize("night", [{"sockets_per_member": 3}], indirect=True)
async def test_the_socket_that_is_silent_for_longest_makes_room_for_its_owner(
    night: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        held = [await stack.enter_async_context(night.seat(night.ann)) for _ in range(3)]
        assert await night.refused(night.ann) == ("rate_limited", 4029), "none missed a heartbeat"
        monkeypatch.setattr("web.live.gateway.HEARTBEATS_MISSED", 0.0)
        await held[0].quiet()
        async with night.seat(night.ann) as newest:
            assert await held[1].closed() == 4029
            assert await newest.quiet() == []
            for seat in (held[0], held[2]):
                await seat.quiet()


async def test_a_frame_that_is_not_utf8_closes_with_1007(night: Campaign) -> None:
    for content in (b"\xff\xfe", b'{"type":"ping","id":"\xc3\x28"}'):
        async with night.seat(night.ann) as seat:
            await seat.socket.send_frame(content, WSMsgType.TEXT)
            assert await seat.closed() == 1007
    async with night.seat(night.ann) as seat:
        await seat.socket.send_str(
            '{"type":"ping","id":"\ud83c"'.encode("utf-8", "replace").decode()
        )
        assert (await seat.until("error"))["code"] == "invalid_json", "which is UTF-8, and goes on"


@pytest.mark.parametrize("night", [{"sockets_per_member": 250}], indirect=True)
async def test_five_hundred_sockets_are_all_told(night: Campaign) -> None:
    for person in (night.ann, night.ben):
        connector = person.http.session.connector
        assert connector is not None
        connector._limit = 0  # A browser of this many tabs has no limit of its own.
    async with AsyncExitStack() as stack, night.seat(night.dm) as dm:
        crowd = [
            await stack.enter_async_context(night.seat(person))
            for person in (night.ann, night.ben)
            for _ in range(250)
        ]
        assert (await dm.ask("hex:reveal", hexKeys=["0,0"], targets="all"))["type"] == "ack"
        for seat in crowd:
            assert (await seat.until("hex:revealed"))["hexKeys"] == ["0,0"]
        assert await night.refused(night.ann) == ("rate_limited", 4029)


@pytest.mark.parametrize("night", [{"commands_per_second": 0}], indirect=True)
async def test_a_crowd_that_comes_at_once_does_not_hold_up_the_table(night: Campaign) -> None:
    keys = [f"{q},{r}" for q in range(100) for r in range(50)]
    async with AsyncExitStack() as stack, night.seat(night.dm) as dm:
        await dm.ask("hex:reveal", hexKeys=keys, targets="all")
        coming = [
            asyncio.ensure_future(stack.enter_async_context(night.seat(person)))
            for person in (night.ann, night.ben)
            for _ in range(20)
        ]
        for number in range(5):
            answer = await dm.ask("hex:reveal", hexKeys=[f"{number},99"], targets="all")
            assert answer["type"] == "ack"
        await asyncio.gather(*coming)
