"""A client of the original protocol: its nine commands, without ids, and each message against its schema."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.seats import Campaign, Seat

PROTOCOL: dict[str, Any] = json.loads(
    Path(__file__).with_name("original_protocol.json").read_text(encoding="utf-8")
)
LATER = {"history:changed", "player:presence", "pong"}
"""Messages that came later, which an original client passes over."""


@pytest.fixture
def rooms() -> None:
    """Real ones."""


def check(kind: str, message: dict[str, Any]) -> None:
    """Raise ValidationError where the message is none of the original protocol's."""
    schema = {"$defs": PROTOCOL["$defs"], **PROTOCOL[kind][message["type"]]}
    jsonschema.validate(message, schema)


class Original:
    """A client of then: it knows no ids and no acknowledgements, and checks all that it is sent."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self.got: Counter[str] = Counter()

    async def say(self, type_: str, **fields: Any) -> None:
        check("commands", {"type": type_, **fields})
        await self._seat.send(type_, **fields)

    async def listen(self) -> list[dict[str, Any]]:
        """Return what was sent since, each message checked; silence is success."""
        messages = await self._seat.quiet()
        for message in messages:
            assert message["type"] in PROTOCOL["messages"] or message["type"] in LATER, message
            if message["type"] in PROTOCOL["messages"]:
                check("messages", message)
            assert message["type"] != "ack", "nobody gave an id"
            self.got[message["type"]] += 1
        return messages


async def test_each_message_of_a_night_is_what_it_was(night: Campaign) -> None:
    async with (
        night.socket(night.dm) as dm_socket,
        night.socket(night.ann) as ann_socket,
        night.socket(night.ben) as ben_socket,
    ):
        dm, ann, ben = Original(dm_socket), Original(ann_socket), Original(ben_socket)
        for client in (dm, ann, ben):
            await client.listen()

        ground = [{"key": f"{q},-1", "terrain": "hills"} for q in range(4)]
        await dm.say("hex:update", changes=ground)
        await dm.say("session:start")
        await dm.say("hex:reveal", hexKeys=["0,-1"], targets="all")
        await dm.say("hex:reveal", hexKeys=["1,-1"], targets={"playerIds": [night.ann.id]})
        await dm.say("hex:update", changes=[{"key": "0,-1", "terrain": "swamp"}])
        await dm.say("session:pause")
        await dm.say("session:pause")
        await dm.say("session:resume")
        await dm.say("broadcast:mode", mode="staged")
        for key in ("2,-1", "3,-1"):
            await dm.say("hex:reveal", hexKeys=[key], targets="all")
        await dm.say("hex:update", changes=[{"key": "2,-1", "terrain": "water"}])
        staged = [m for m in await dm.listen() if m["type"] == "staged:changes"][-1]["changes"]
        assert [change["type"] for change in staged] == ["hex:reveal", "hex:reveal", "hex:update"]
        await dm.say("staged:undo", index=1)
        await dm.say("broadcast:publish", changeIds=[staged[0]["id"]])
        await dm.say("broadcast:publish")
        await ann.say("hex:reveal", hexKeys="all", targets="all")
        await dm.say("session:end")
        for client in (dm, ann, ben):
            await client.listen()

    assert dm.got["error"] == 1, "one cannot pause twice"
    assert ann.got["error"] == 1, "players reveal nothing"
    assert ben.got["error"] == 0
    for client, silent in (
        (dm, {"dm:preparing"}),
        (ann, {"staged:changes", "broadcast:modeChanged"}),
    ):
        expected = set(PROTOCOL["messages"]) - {"player:left", "player:joined"} - silent
        assert set(client.got) >= expected, expected - set(client.got)
    assert ann.got["hex:revealed"] == 3
    assert ben.got["hex:revealed"] == 2


def test_the_schema_refuses_what_was_wrong() -> None:
    change = {"id": 1, "description": "x", "type": "hex:reveal", "data": {}}
    with pytest.raises(jsonschema.ValidationError):
        check("messages", {"type": "staged:changes", "changes": [change]})
    check("messages", {"type": "staged:changes", "changes": [{**change, "id": "1"}]})
