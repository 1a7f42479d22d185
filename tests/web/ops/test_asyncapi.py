"""The description of the websocket, made from the catalogue."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from events import Command, ServerMessage
from web.ops.asyncapi import asyncapi

DOCUMENT = json.loads(json.dumps(asyncapi("https://home.example/hexroom")))
MESSAGES = DOCUMENT["components"]["messages"]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref":
                yield each
            else:
                yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_message_that_a_client_may_meet_is_described() -> None:
    names = {message["name"] for message in MESSAGES.values()}
    commands = {tag for tag, command in Command.known.items() if not command.internal}
    assert names == {*commands, *ServerMessage.known, "ping"}


def test_what_only_the_server_asks_is_not_described() -> None:
    assert "member.set" not in MESSAGES


def test_references_lead_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert any(each.startswith("#/components/schemas/") for each in found)
    for reference in found:
        at = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            at = at[step]


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_a_message_says_its_type_and_what_it_is_for(key: str) -> None:
    message = MESSAGES[key]
    assert message["payload"]["properties"]["type"] == {"const": message["name"]}
    assert message["payload"]["required"][0] == "type"
    assert message["summary"]


def test_what_comes_of_events_is_numbered_and_what_answers_is_not() -> None:
    assert "seq" in MESSAGES["hex.revealed"]["payload"]["properties"]
    assert "seq" not in MESSAGES["pong"]["payload"]["properties"]


def test_a_command_takes_an_id_and_names_its_fields_as_the_wire_does() -> None:
    reveal = MESSAGES["hex.reveal"]["payload"]
    assert {"type", "id", "hexKeys", "targets", "tier"} == set(reveal["properties"])
    assert reveal["required"] == ["type", "hexKeys", "targets"]
