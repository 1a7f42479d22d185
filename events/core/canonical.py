"""One text for one state: canonical JSON, and its hash."""

import hashlib
from typing import Final

from pydantic import TypeAdapter

from events.core.action import FOR_HASH
from events.core.state import RoomState

_STATE: Final = TypeAdapter(RoomState)


def state_json(room: RoomState) -> bytes:
    """Return the state as JSON; equal states give equal bytes, on every machine.

    What is as in an empty room is left out: a state keeps its text, and its hash, when a later
    version of Hexroom knows more of rooms. Fields have their names in the record: ``sights`` is
    the visibility of hexes, ``apart`` who was told something alone.
    """
    return _STATE.dump_json(room, exclude_defaults=True, by_alias=True)


def state_from_json(text: bytes) -> RoomState:
    """Return the state that `state_json` wrote; raise ValueError if it is none."""
    return _STATE.validate_json(text)


def state_hash(room: RoomState) -> bytes:
    """Return the SHA-256 of the state's canonical JSON, without the authors of undoable actions.

    Archives of earlier versions carry this hash, and their states did not hold the authors.
    """
    text = _STATE.dump_json(room, exclude_defaults=True, by_alias=True, context=FOR_HASH)
    return hashlib.sha256(text).digest()
