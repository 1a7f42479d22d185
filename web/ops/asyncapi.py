"""The websocket described: an AsyncAPI document made from the catalogue of messages."""

import inspect
from typing import Any, Final
from urllib.parse import urlsplit

from actors.runtime import control_messages as replies
from events.core.catalogue import schemas
from events.core.messages import JSON, Command, ServerMessage
from web.version import hexroom_version

REPLIES: Final = (replies.Ack, replies.Refused, replies.Pong, replies.Connected)
"""What carries no number: it comes of a connection or of one command, not of events."""

_ID: Final = {
    "type": "string",
    "minLength": 1,
    "maxLength": 64,
    "description": "unique per user and campaign; the answer names it, and a repeat changes nothing",
}
_SEQ: Final = {
    "type": "integer",
    "minimum": 0,
    "description": "1, 2, 3 … without a gap in the stream of this viewer",
}
_QUERY: Final = {
    "campaignId": "the campaign whose room to enter",
    "resume": "the token of a stream to go on with",
    "after": "the last number seen of that stream",
    "as": "for DMs: look as this user, read-only",
    "staged": "`delta`: send DMs what changes in the queue (`staged:updated`) where that is known, not all of it",
    "terrain": "`runs`: have `session:state` tell hexes of the same terrain in runs (`painted`) where it can, and leave `terrain` empty",
}


def asyncapi(address: str) -> dict[str, JSON]:
    """Return the AsyncAPI 3.0 document of ``/ws`` at an address: what may be sent, what is told."""
    sent = {
        tag: _command(Command.known[tag], schema)
        for tag, schema in schemas(Command).items()
        if not Command.known[tag].internal
    }
    sent["ping"] = _message("ping", "Ask for a pong.", {"type": "object", "properties": {}})
    received = {
        tag: _server_message(ServerMessage.known[tag], schema)
        for tag, schema in schemas(ServerMessage).items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Hexroom", "version": hexroom_version()},
        "servers": {"here": _server(address)},
        "defaultContentType": "application/json",
        "channels": {
            "room": {
                "address": "/ws",
                "description": "A campaign room. One JSON object a text frame.",
                "bindings": {"ws": {"query": _query()}},
                "messages": {_key(tag): _reference(tag) for tag in (*sent, *received)},
            }
        },
        "operations": {
            "ask": _operation("receive", sent),
            "tell": _operation("send", received),
        },
        "components": _components(sent | received),
    }


def _server(address: str) -> dict[str, JSON]:
    parts = urlsplit(address)
    protocol = "wss" if parts.scheme == "https" else "ws"
    return {"host": parts.netloc, "protocol": protocol, "pathname": parts.path or "/"}


def _components(messages: dict[str, dict[str, JSON]]) -> dict[str, JSON]:
    """Return the messages, and beside them the schemas they share."""
    shared: dict[str, JSON] = {}
    for message in messages.values():
        shared.update(message["payload"].pop("$defs", {}))
    whole = {
        "messages": {_key(tag): message for tag, message in messages.items()},
        "schemas": dict(sorted(shared.items())),
    }
    moved: dict[str, JSON] = _moved(whole)
    return moved


def _moved(value: Any) -> Any:
    """Return the value with references to a schema's own definitions led to the shared ones."""
    if isinstance(value, dict):
        return {
            key: each.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref"
            else _moved(each)
            for key, each in value.items()
        }
    return [_moved(each) for each in value] if isinstance(value, list) else value


def _command(command: type[Command], schema: dict[str, JSON]) -> dict[str, JSON]:
    schema["properties"] = {"id": _ID, **schema.get("properties", {})}
    message = _message(command.tag, inspect.getdoc(command) or command.tag, schema)
    message["x-dm-only"], message["x-stageable"] = command.dm_only, command.stageable
    return message


def _server_message(kind: type[ServerMessage], schema: dict[str, JSON]) -> dict[str, JSON]:
    if kind not in REPLIES:
        schema["properties"] = {**schema.get("properties", {}), "seq": _SEQ}
    return _message(kind.tag, inspect.getdoc(kind) or kind.tag, schema)


def _message(tag: str, doc: str, schema: dict[str, JSON]) -> dict[str, JSON]:
    first, _, rest = doc.partition("\n")
    fields = {"type": {"const": tag}, **schema.get("properties", {})}
    payload = {key: value for key, value in schema.items() if key not in ("title", "description")}
    payload["properties"] = fields
    payload["required"] = ["type", *schema.get("required", ())]
    described: dict[str, Any] = {"name": tag, "summary": first, "payload": payload}
    if rest.strip():
        described["description"] = rest.strip()
    return described


def _operation(action: str, messages: dict[str, Any]) -> dict[str, JSON]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/room"},
        "messages": [{"$ref": f"#/channels/room/messages/{_key(tag)}"} for tag in messages],
    }


def _query() -> dict[str, JSON]:
    fields = {
        name: {"type": "string", "description": description} for name, description in _QUERY.items()
    }
    return {"type": "object", "required": ["campaignId"], "properties": fields}


def _reference(tag: str) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{_key(tag)}"}


def _key(tag: str) -> str:
    # AsyncAPI allows letters, digits, dots, dashes and underscores in keys.
    return tag.replace(":", ".")
