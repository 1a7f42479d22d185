"""A long message is read beside the event loop; what its sender and others see is as ever."""

import asyncio
import json
import threading
from typing import Any

import pytest

from events.geometry.grid import Hex
from tests.support.seats import Campaign
from web.live import session
from web.live.frames import ClientFrame, read_frame


@pytest.fixture
def rooms() -> None:
    """Real ones."""


WIDE = [f"{n % 200},{n // 200}" for n in range(6_000)]


def wide(id_: str, *more: str) -> str:
    fields = {"id": id_, "hexKeys": [*WIDE, *more], "targets": "all"}
    return json.dumps({"type": "hex:reveal", **fields})


def hold_up(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Have long messages read only once the event is set."""
    go = threading.Event()

    def held(data: bytes, most_hexes: int) -> ClientFrame:
        if len(data) > session.LONG_BYTES:
            assert go.wait(30)
        return read_frame(data, most_hexes)

    monkeypatch.setattr(session, "read_frame", held)
    return go


async def test_what_comes_after_a_long_message_is_answered_after_it(night: Campaign) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann:
        await ann.quiet()
        await dm.socket.send_str(wide("1"))
        await dm.send("hex:hide", id="2", hexKeys=["0,0"], targets="all")
        await dm.socket.send_str("{")
        await dm.socket.send_str(wide("3"))
        await dm.socket.send_str(wide("4", "no hex"))
        await dm.send("ping")
        answers = []
        while (message := await dm.next())["type"] != "pong":
            if message["type"] in ("ack", "error"):
                answers.append((message.get("id"), message.get("code")))
        assert answers == [
            ("1", None),
            ("2", None),
            (None, "invalid_json"),
            ("3", None),
            ("4", "invalid_message"),
        ]
        told = [message["type"] for message in await ann.quiet()]
        assert told == ["hex:revealed", "hex:hidden", "hex:revealed"]


async def test_others_are_answered_while_a_long_message_is_read(
    night: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = hold_up(monkeypatch)
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann:
        await ann.quiet()
        await dm.socket.send_str(wide("1"))
        await dm.send("hex:reveal", id="2", hexKeys=["300,0"], targets="all")
        assert await ann.quiet() == []
        go.set()
        while (await dm.until("ack"))["id"] != "2":
            pass
        assert len(await ann.quiet()) == 2


async def test_a_long_message_is_carried_out_though_its_sender_has_gone(night: Campaign) -> None:
    async with night.seat(night.ann) as ann:
        async with night.seat(night.dm) as dm:
            await dm.socket.send_str(wide("1"))
        assert len((await ann.until("hex:revealed"))["hexKeys"]) == len(WIDE)


async def test_whose_access_ends_while_their_message_is_read_does_nothing(
    night: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = hold_up(monkeypatch)
    async with night.seat(night.dm) as dm:
        await dm.socket.send_str(wide("1"))
        room: Any = night.room
        await dm.send("ping")
        answer = await night.dm.post("/api/auth/logout", {})
        assert answer.status < 300
        go.set()
        assert await dm.closed() == 4001
        await asyncio.wait_for(room.idle(), 10)
        assert Hex(0, 0) not in room.state.visibility
