"""Sockets under random frames: each is answered by a documented code, and the room plays on.

Frames are drawn from the catalogue: commands as they should be, commands with something wrong
somewhere in them, other JSON, text and bytes.
"""

import json
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as fuzz
from hypothesis import strategies as st
from pydantic_core import from_json

from events.core.canonical import state_hash
from events.core.messages import Command, command_to_wire
from events.core.state import RoomId
from events.journal.database.pool import Pool
from events.journal.postgres.journal import PostgresJournal
from events.record.reader import Record
from tests.support.seats import Campaign, Seat
from tests.support.strategies import commands
from web.settings import Settings

CODES: Final = {
    "invalid_json",
    "invalid_message",
    "invalid_state",
    "forbidden",
    "not_found",
    "too_large",
    "conflict",
    "busy",
}
"""What a client may be answered here; the database is there and nobody is too fast."""

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.sampled_from(["", "\ud800", "\x00", "0,0", "1e9,0", "all", "__proto__", "9" * 400]),
    lambda within: (
        st.lists(within, max_size=3) | st.dictionaries(st.text(max_size=6), within, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return each place within a value as its container and key."""
    keys = (
        list(value)
        if isinstance(value, dict)
        else range(len(value) if isinstance(value, list) else 0)
    )
    return [(value, key) for key in keys] + [at for key in keys for at in places(value[key])]


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """Draw a command in which one to three things are wrong."""
    message = {**command_to_wire(draw(wanted)), "id": draw(st.text("abc", min_size=1, max_size=3))}
    message = json.loads(json.dumps(message))
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(places(message) or [(message, "type")]))
        match draw(st.sampled_from(["junk", "gone", "more"])):
            case "gone" if isinstance(container, dict):
                container.pop(key, None)
            case "more" if isinstance(container, dict):
                container[draw(st.text(max_size=6))] = draw(junk)
            case _:
                container[key] = draw(junk)
    return message


wanted = commands().filter(lambda command: not command.internal)
frames = st.one_of(
    wanted.map(command_to_wire),
    spoilt(),
    spoilt(),
    junk,
    st.sampled_from(sorted(Command.known)).map(lambda tag: {"type": tag, "id": "x"}),
).map(json.dumps) | st.one_of(
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace").decode()),
    st.sampled_from(
        ["", "{", "[" * 5000, '{"type":"ping","type":"pong"}', '{"type":"ping"}', "﻿{}", "NaN"]
    ),
    st.binary(max_size=20),
)


@pytest.fixture
def rooms() -> None:
    """Real ones."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"commands_per_second": 0})


def id_in(sent: str) -> str | None:
    """Return the id by which a frame is answered, if it has one that can be read."""
    try:
        message = from_json(sent, allow_inf_nan=False)
    except ValueError:
        return None
    id_ = message.get("id") if isinstance(message, dict) else None
    return id_ if isinstance(id_, str) and 1 <= len(id_) <= 64 and "\0" not in id_ else None


async def answers(seat: Seat, sent: str | bytes) -> list[dict[str, Any]]:
    """Send a frame; return the acks and errors that came before the answer to a ping."""
    await (seat.socket.send_str(sent) if isinstance(sent, str) else seat.socket.send_bytes(sent))
    return [message for message in await seat.quiet() if message["type"] in ("ack", "error")]


@fuzz(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([("dm", '{"type":"hex:hide","id":"a","more":"\\u0000"}')])
@given(st.lists(st.tuples(st.sampled_from(["dm", "ann"]), frames), min_size=1, max_size=12))
async def test_every_frame_is_answered_by_a_documented_code(
    night: Campaign, pool: Pool, sent: list[tuple[str, str | bytes]]
) -> None:
    async with night.seat(night.dm) as dm, night.seat(night.ann) as ann:
        for who, frame in sent:
            told = await answers(dm if who == "dm" else ann, frame)
            for each in told:
                assert each["type"] == "ack" or each["code"] in CODES, (frame, each)
            if isinstance(frame, bytes):
                assert [each["code"] for each in told] == ["invalid_message"]
            elif id_in(frame) is not None and told:
                assert [each.get("id") for each in told] == [id_in(frame)], (frame, told)
        live, version = night.room.state, night.room.version
        record = Record(pool, PostgresJournal(pool))
        recorded = await record.at_version(RoomId(UUID(night.id)), version)
        assert state_hash(live) == state_hash(recorded.room)
