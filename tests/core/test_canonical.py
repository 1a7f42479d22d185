"""The canonical text of a state: short where there is little to say, and read back as it was."""

from events import EMPTY
from events.core.canonical import state_from_json, state_hash, state_json
from events.core.features.members import MemberSet
from tests.support.given import DM


def test_what_is_as_in_an_empty_room_is_left_out() -> None:
    # So a slice that a later version adds does not change the hash of a state that has none of it.
    assert state_json(EMPTY) == b"{}"
    room = MemberSet(user=DM.user, name=DM.name, role=DM.role).evolve(EMPTY)
    assert state_json(room).startswith(b'{"members":')
    assert state_from_json(state_json(room)) == room
    assert state_hash(room) != state_hash(EMPTY)
