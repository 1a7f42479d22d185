"""Requests and outcomes as the fields of a frame, and back."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from actors.room.mailbox import Outcome
from actors.room.ref import Online, RoomMembers
from actors.runtime.errors import NoAnswer, Poisoned, RoomBusy, RoomQuarantined, RoomUnavailable
from events.core.messages import Command
from events.core.state import Member, Role, RoomId, UserId
from events.errors import Forbidden, Invalid, InvalidState, NotFound, Rejected, TooLarge
from events.journal import CommandId, Commit, Request

_REFUSALS: Final[dict[str, type[Rejected]]] = {
    kind.code: kind for kind in (Forbidden, InvalidState, NotFound, Invalid, TooLarge)
}
_NO_ANSWERS: Final[dict[str, type[NoAnswer]]] = {
    kind.__name__: kind for kind in (RoomBusy, RoomUnavailable, RoomQuarantined, Poisoned)
}
_ROOM_MEMBERS: Final = TypeAdapter(RoomMembers)
_ONLINE: Final[TypeAdapter[Online]] = TypeAdapter(dict[RoomId, frozenset[UserId]])


def request_fields(room: RoomId, request: Request) -> tuple[bytes, ...]:
    """Return the request as fields."""
    by = request.by
    return (
        room.bytes,
        request.command.tag.encode(),
        by.user.encode(),
        by.role.value.encode(),
        by.name.encode(),
        request.at.isoformat().encode(),
        (request.id or "").encode(),
        request.digest,
        request.command.to_json(),
    )


def request_of(fields: Sequence[bytes]) -> tuple[RoomId, Request]:
    """Return the room and the request of fields; raise ValueError, KeyError or Rejected."""
    room, tag, user, role, name, at, id_, digest, command = fields
    return room_of(room), Request(
        Command.known[tag.decode()].model_validate_json(command),
        _member(user, role, name),
        datetime.fromisoformat(at.decode()),
        CommandId(id_.decode()) if id_ else None,
        digest,
    )


@lru_cache(maxsize=4096)
def _member(user: bytes, role: bytes, name: bytes) -> Member:
    """Return who asks. The same few ask again and again."""
    return Member(UserId(user.decode()), Role(role.decode()), name.decode())


@lru_cache(maxsize=4096)
def room_of(field: bytes) -> RoomId:
    """Return the room that a field names; raise ValueError."""
    return RoomId(UUID(bytes=field))


def outcome_fields(outcome: Outcome) -> tuple[bytes, ...]:
    """Return the outcome of a request as fields. A commit's events stay with its owner."""
    match outcome:
        case Commit():
            return (b"done", b"%d" % outcome.version)
        case Rejected():
            return (b"refused", outcome.code.encode(), str(outcome).encode())
        case NoAnswer():
            return (b"none", type(outcome).__name__.encode())


def outcome_of(request: Request, fields: Sequence[bytes]) -> Outcome:
    """Return what came of a request: a commit without its events, a refusal, or no answer."""
    match fields:
        case (b"done", version):
            return Commit(
                int(version), (), request.by, request.at, id=request.id, digest=request.digest
            )
        case _:
            return error_of(fields)


def error_of(fields: Sequence[bytes]) -> Rejected | NoAnswer:
    """Return the refusal, or why there is no answer."""
    match fields:
        case (b"refused", code, text):
            return _REFUSALS.get(code.decode(), Rejected)(text.decode())
        case (b"none", name):
            return _NO_ANSWERS.get(name.decode(), RoomUnavailable)()
        case _:
            return RoomUnavailable()


def room_members_field(room_members: RoomMembers) -> bytes:
    """Return a room_members as a field."""
    return _ROOM_MEMBERS.dump_json(room_members._replace(members=dict(room_members.members)))


def room_members_of(field: bytes) -> RoomMembers:
    """Return the room_members of a field."""
    return _ROOM_MEMBERS.validate_json(field)


def online_field(online: Online) -> bytes:
    """Return who is connected to rooms as a field."""
    return _ONLINE.dump_json(dict(online))


def online_of(field: bytes) -> Online:
    """Return who is connected to the rooms of a field."""
    return _ONLINE.validate_json(field)
