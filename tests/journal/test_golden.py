"""Old payloads stay readable, and a payload's shape does not change in secret."""

import json
from typing import Any

import pytest

from events import Command, Event
from events.journal.codec import event, payload
from tests.support.golden_files import (
    extends,
    files,
    path,
    shape,
    stageable,
    staged_path,
)

KNOWN = sorted(Event.known.items())
GOLDEN = list(files())
NOTE_THEM = "run python -m tests.support.golden_files"


@pytest.mark.parametrize(("tag", "kind"), KNOWN, ids=[tag for tag, _ in KNOWN])
def test_each_event_has_its_shape_on_file(tag: str, kind: type[Event]) -> None:
    on_file = {(name, version): content for name, version, content in GOLDEN}
    found = on_file.get((tag, kind.schema_version))
    assert found is not None, f"{path(kind)} is missing: {NOTE_THEM}"
    assert extends(shape(kind), found["shape"]), (
        f"the payload of {tag} changed: raise its schema_version and register an upcaster in"
        f" events/journal/codec.py; only if version {kind.schema_version} was never released, delete {path(kind)}"
        f" and {NOTE_THEM}"
    )
    assert shape(kind) == found["shape"], f"{tag} may have more fields: {NOTE_THEM}"


@pytest.mark.parametrize(("tag", "kind"), stageable(), ids=[tag for tag, _ in stageable()])
def test_each_command_that_can_wait_has_its_shape_on_file(tag: str, kind: type[Command]) -> None:
    file = staged_path(kind)
    assert file.exists(), f"{file} is missing: {NOTE_THEM}"
    on_file = json.loads(file.read_text())["shape"]
    assert extends(shape(kind), on_file), (
        f"{tag} changed, which waits in the record where a DM staged it: raise the schema_version"
        f" of ChangeStaged and register an upcaster; only if this was never released, delete {file}"
        f" and {NOTE_THEM}"
    )
    assert shape(kind) == on_file, f"{tag} may have more fields: {NOTE_THEM}"


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        ({"properties": {"at": {"type": "string"}, "to": {"type": "string"}}}, True),
        ({"properties": {"at": {"type": "string"}}, "$defs": {"Players": {}}}, True),
        ({"properties": {"at": {"type": "string", "default": {"a": 1}}}}, False),
        ({"properties": {"at": {"type": "string", "pattern": "x"}}}, False),
        ({"properties": {"at": {"type": "integer"}}}, False),
        ({"properties": {"to": {"type": "string"}}}, False),
        ({"properties": {"at": {"type": "string"}}, "required": ["at"]}, False),
    ],
)
def test_a_shape_may_have_fields_besides_and_nothing_else(now: Any, holds: bool) -> None:
    assert extends(now, {"properties": {"at": {"type": "string"}}}) is holds


@pytest.mark.parametrize(
    ("default", "holds"),
    [({"a": 1, "b": None}, True), ({"a": 2}, False), ({"a": 1, "b": 1}, False), ({}, False)],
)
def test_a_default_may_say_nothing_of_what_came_later(default: Any, holds: bool) -> None:
    assert extends({"default": default}, {"default": {"a": 1}}) is holds


@pytest.mark.parametrize(
    ("tag", "version", "content"), GOLDEN, ids=[f"{tag}@{version}" for tag, version, _ in GOLDEN]
)
def test_what_was_written_once_is_read_for_ever(
    tag: str, version: int, content: dict[str, Any]
) -> None:
    assert content["payloads"]
    current = Event.known[tag].schema_version == version
    becomes = content["payloads"] if current else content["becomes"]
    assert [payload(event(tag, text)).decode() for text in content["payloads"]] == becomes
