"""The catalogue: every message is known, described, and in the reference."""

import pytest

from events import PROJECTIONS
from events.core.catalogue import schemas
from events.core.catalogue.__main__ import REFERENCE
from events.core.catalogue.reference import reference
from events.core.messages import Command, Event, Message, ServerMessage


def test_the_reference_is_up_to_date() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), (
        "run python -m events.core.catalogue"
    )


def test_every_message_of_the_wire_is_in_the_reference() -> None:
    text = reference()
    for command in Command.known.values():
        if not command.__module__.startswith("events."):
            continue
        assert (f"### `{command.tag}`" in text) is not command.internal
    assert "### `hex:revealed`" in text
    assert '| `hexKey` | hex key "q,r" |' in text


@pytest.mark.parametrize("kind", [Command, Event])
def test_every_command_and_event_is_described_for_dms(kind: type[Command] | type[Event]) -> None:
    for tag, cls in kind.known.items():
        if cls.__module__.startswith("events."):
            inherited = cls.describe in (Command.describe, Event.describe)
            # What the server asks for itself is never staged, so nobody reads its description.
            assert not inherited or (issubclass(cls, Command) and cls.internal), tag


@pytest.mark.parametrize("kind", [Command, Event, ServerMessage])
def test_every_message_has_a_schema(kind: type[Message]) -> None:
    known = schemas(kind)
    assert known
    assert all(schema["type"] == "object" for schema in known.values())


def test_parts_of_the_view_have_names_of_their_own() -> None:
    names = [part.name for part in PROJECTIONS]
    assert len(set(names)) == len(names)
