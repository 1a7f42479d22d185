from datetime import UTC, datetime
from types import MappingProxyType
from uuid import UUID

import pytest

from actors.cluster.codec import (
    outcome_fields,
    outcome_of,
    request_fields,
    request_of,
    room_members_field,
    room_members_of,
)
from actors.room.ref import RoomMembers
from actors.runtime.errors import NoAnswer, Poisoned, RoomBusy, RoomQuarantined, RoomUnavailable
from events.core.features.hexes import RevealHexes
from events.core.messages import command_from_wire
from events.core.state import Member, Role, RoomId, UserId
from events.errors import Forbidden, Rejected, TooMany
from events.journal import CommandId, Commit, Request

ROOM = RoomId(UUID(int=7, version=4))
DORA = Member(UserId("dora"), Role.DM, "Dora")
REVEAL = command_from_wire({"type": "hex:reveal", "hexKeys": ["0,0"], "targets": "all"})


@pytest.mark.parametrize("id_", [None, CommandId("x-1")])
def test_a_request_is_the_same_on_the_other_node(id_: CommandId | None) -> None:
    at = datetime(2026, 1, 31, 20, 15, 0, 250_001, tzinfo=UTC)
    request = Request(REVEAL, DORA, at, id_, b"\x00digest" if id_ else b"")

    assert isinstance(REVEAL, RevealHexes)
    assert request_of(request_fields(ROOM, request)) == (ROOM, request)


@pytest.mark.parametrize("error", [Forbidden("no"), TooMany("hexes", 1, 2), Rejected("odd")])
def test_a_refusal_keeps_its_code_and_its_words(error: Rejected) -> None:
    request = Request(REVEAL, DORA, datetime.now(UTC))

    told = outcome_of(request, outcome_fields(error))

    assert isinstance(told, Rejected)
    assert (told.code, str(told)) == (error.code, str(error))


@pytest.mark.parametrize("kind", [RoomBusy, RoomUnavailable, RoomQuarantined, Poisoned])
def test_no_answer_keeps_its_kind(kind: type[NoAnswer]) -> None:
    request = Request(REVEAL, DORA, datetime.now(UTC))

    assert isinstance(outcome_of(request, outcome_fields(kind())), kind)


def test_an_answer_that_was_lost_is_unavailable() -> None:
    assert isinstance(outcome_of(Request(REVEAL, DORA, datetime.now(UTC)), ()), RoomUnavailable)


def test_a_commit_keeps_its_version() -> None:
    request = Request(REVEAL, DORA, datetime.now(UTC), CommandId("x"))

    told = outcome_of(request, outcome_fields(Commit(41, (), DORA, request.at)))

    assert isinstance(told, Commit)
    assert (told.version, told.id) == (41, "x")


def test_a_census_is_the_same_on_the_other_node() -> None:
    room_members = RoomMembers(
        "The Vale", MappingProxyType({DORA.user: DORA}), frozenset({DORA.user})
    )

    assert room_members_of(room_members_field(room_members)) == room_members
