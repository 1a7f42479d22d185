"""The reference of all messages, in Markdown, made from their classes."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Final

from events.core.catalogue import schemas
from events.core.messages import JSON, Command, Event, Message, ServerMessage

HEAD: Final = """\
# Messages

Made by `python -m events.catalogue` from the classes themselves; do not edit it by hand.

Text frames of JSON, one message a frame, with its name in `type`. Any command may carry an `id` (1 to 64 characters) and is
then answered with `ack {id, seq}` once it is durable, or with `error {id, code, message}`. The codes `busy`, `unavailable` and `internal`
leave open whether the command was carried out: send it again under the same `id`, which has one effect however often it is sent, after a
restart too, and also where it changed nothing. After any other code nothing was done. Messages that come of events carry `seq`, which counts 1, 2, 3 … in the stream of each viewer. `ping` is answered with `pong`. A hex key is `"q,r"`.
"""
COMMANDS: Final = """
## Commands: client → server

"Staged" commands wait in the queue while the DM stages.
"""
MESSAGES: Final = """
## Messages: server → client

Everyone gets them who may know what they say, and nobody else. Only fields that are given are sent.
"""
EVENTS: Final = """
## Events: the record

`event_type` in `session_event`, with the fields of `payload`. Older payloads are read as if they had been written today.
"""


VALUES: Final = """
## Values

What messages and events are made of, where that is too much for a table.
"""
LARGE: Final = 2
"""A value with more fields than this has a section of its own."""


def reference() -> str:
    """Return the whole reference."""
    parts = [
        HEAD + COMMANDS,
        *_described(Command, _client_commands()),
        MESSAGES,
        *_described(ServerMessage, ServerMessage.known.values()),
        EVENTS,
        *_described(Event, Event.known.values()),
        VALUES,
        *_values(),
    ]
    return "\n".join(parts)


def _described(of: type[Message], classes: Iterable[type[Message]]) -> Iterator[str]:
    schemas_by_tag = schemas(of)
    for cls in _core_classes(classes):
        yield _section(cls, schemas_by_tag[_tag(cls)])


def _client_commands() -> Iterable[type[Command]]:
    return [command for command in Command.known.values() if not command.internal]


def _core_classes(classes: Iterable[type[Message]]) -> list[type[Message]]:
    """Return the classes of the core by tag, without what others add where this runs."""
    return sorted((cls for cls in classes if cls.__module__.startswith("events.")), key=_tag)


def _values() -> Iterator[str]:
    defs_by_name: dict[str, tuple[JSON, JSON]] = {}
    for kind, classes in (
        (Command, _client_commands()),
        (ServerMessage, ServerMessage.known.values()),
        (Event, Event.known.values()),
    ):
        schemas_by_tag = schemas(kind)
        for schema in (schemas_by_tag[_tag(cls)] for cls in _core_classes(classes)):
            defs = schema.get("$defs", {})
            defs_by_name |= {name: (of, defs) for name, of in defs.items() if _is_large(of)}
    for name, (of, defs) in sorted(defs_by_name.items()):
        rows = [
            _field(field, each, {**of, "$defs": defs}) for field, each in of["properties"].items()
        ]
        yield "\n".join([f"### `{name}`", "", "| field | what |", "|---|---|", *rows, ""])


def _is_large(of: JSON) -> bool:
    return len(of.get("properties", ())) > LARGE


def _tag(cls: type[Message]) -> str:
    tag: str = cls.tag  # type: ignore[attr-defined]  # all three kinds have one
    return tag


def _section(cls: type[Message], schema: JSON) -> str:
    lines = [f"### `{_tag(cls)}`", ""]
    # Not cls.__doc__: where a class says nothing, that is its base's.
    if "__doc__" in cls.__dict__ and cls.__doc__:
        lines += [inspect.cleandoc(cls.__doc__), ""]
    if issubclass(cls, Command):
        who = "DMs" if cls.dm_only else "DMs and players"
        lines += [f"For {who}{', staged' if cls.stageable else ''}.", ""]
    if issubclass(cls, Event) and cls.schema_version > 1:
        lines += [f"Schema version {cls.schema_version}.", ""]
    fields = [_field(name, of, schema) for name, of in schema.get("properties", {}).items()]
    if fields:
        lines += ["| field | what |", "|---|---|", *fields, ""]
    return "\n".join(lines)


def _field(name: str, of: JSON, schema: JSON) -> str:
    text = _words(of, schema.get("$defs", {}))
    if name not in schema.get("required", ()):
        default = of.get("default")
        text += (
            "; may be left out" if default in (None, "") else f"; `{_json(default)}` if left out"
        )
    return f"| `{name}` | {text} |"


def _words(of: JSON, defs: JSON) -> str:
    """Return a schema in words."""
    match of:
        case {"$ref": ref}:
            name = ref.rpartition("/")[2]
            return (
                f"[`{name}`](#{name.lower()})"
                if _is_large(defs[name])
                else _words(defs[name], defs)
            )
        case {"anyOf": options} | {"oneOf": options}:
            return " or ".join(dict.fromkeys(_words(option, defs) for option in options))
        case {"const": value}:
            return f"`{_json(value)}`"
        case {"enum": values}:
            return " or ".join(f"`{_json(value)}`" for value in values)
        case {"type": "array", "prefixItems": items}:
            return "[" + ", ".join(_words(item, defs) for item in items) + "]"
        case {"type": "array", "items": items}:
            return f"list of {_words(items, defs)}" + _bounds(of, "Items")
        case {"type": "object", "properties": fields}:
            required = of.get("required", ())
            inner = (
                f"`{name}`{'' if name in required else '?'}: {_words(field, defs)}"
                for name, field in fields.items()
            )
            return "{" + ", ".join(inner) + "}"
        case {"type": "object", "additionalProperties": dict() as values}:
            return f"object of {_words(values, defs)}"
        case {"type": "string", "format": form}:
            return str(form)
        case {"type": "string", "description": description}:
            return str(description)
        case {"type": "string"}:
            return "text" + _bounds(of, "Length")
        case {"type": "integer"}:
            return "whole number" + _bounds(of, "imum")
        case {"type": "null"}:
            return "null"
        case {"type": kind}:
            return str(kind) + _bounds(of, "imum")
        case _:
            return "any"


def _bounds(of: JSON, of_what: str) -> str:
    least, most = of.get(f"min{of_what}"), of.get(f"max{of_what}")
    if least is not None and most is not None:
        return f" ({least} to {most})"
    if most is not None:
        return f" (at most {most})"
    return "" if least is None else f" (at least {least})"


def _json(value: JSON) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
