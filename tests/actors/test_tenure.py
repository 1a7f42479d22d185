"""A process that was stopped for longer than its leases hold answers nothing from memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from actors.delivery.viewer_streams import CloseReason
from actors.runtime import tenure as tenure_module
from actors.runtime.errors import RoomUnavailable
from tests.support.actor_table import Listener, Table, a_table, reveal
from tests.support.given import ANN, DM

LEASE_S = 3.0

Answers = Callable[[Table], Awaitable[Any]]
ANSWERS: dict[str, Answers] = {
    "state": lambda table: table.room.follow(Listener(), ANN.user, ANN.user),
    "whole": lambda table: table.room.whole(),
    "members": lambda table: table.room.room_members(),
}


def lease(table: Table) -> None:
    """Let the leases hold from now on, for their time."""
    services = table.directory.services
    services.tenure.limit(services.clock.monotonic() + LEASE_S)


def stop(table: Table) -> None:
    """Let the process be stopped for longer than its leases hold."""
    table.clock.forward(LEASE_S + 0.1)


@pytest.mark.parametrize("name", ANSWERS)
async def test_nothing_is_answered_until_the_leases_are_renewed(name: str) -> None:
    async with a_table() as table:
        lease(table)
        await ANSWERS[name](table)
        stop(table)
        answer = asyncio.ensure_future(ANSWERS[name](table))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not answer.done()
        lease(table)
        await answer


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_room_that_went_to_another_meanwhile_answers_nothing(name: str) -> None:
    async with a_table() as table:
        lease(table)
        stop(table)
        answer = asyncio.ensure_future(ANSWERS[name](table))
        await asyncio.sleep(0)
        table.room.close(CloseReason.RESTART)
        lease(table)
        with pytest.raises(RoomUnavailable):
            await answer


@pytest.mark.parametrize("name", ANSWERS)
async def test_leases_that_are_not_renewed_in_time_are_an_answer_too(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenure_module, "PATIENCE_S", 0.01)
    async with a_table() as table:
        lease(table)
        stop(table)
        with pytest.raises(RoomUnavailable):
            await ANSWERS[name](table)


async def test_nobody_is_called_present_on_hearsay() -> None:
    async with a_table() as table:
        lease(table)
        await table.sit(DM, ANN)
        assert await table.directory.online([table.room.id]) == {
            table.room.id: frozenset({DM.user, ANN.user})
        }
        stop(table)
        assert await table.directory.online([table.room.id]) == {}


async def test_what_changes_nothing_and_what_is_refused_is_not_answered_from_old_state() -> None:
    async with a_table() as table:
        await table.ask(reveal("0,0"))
        lease(table)
        table.post(reveal("0,0"))
        await table.settled()
        stop(table)
        table.post(reveal("0,0"))
        table.post(reveal("0,0"), ANN)
        await table.settled()
        assert table.outcomes() == ["ok", "unavailable", "unavailable"]


async def test_what_is_recorded_is_answered_since_the_record_knows_its_owner() -> None:
    async with a_table() as table:
        lease(table)
        stop(table)
        table.post(reveal("0,0"))
        await table.settled()
        assert table.outcomes() == ["ok"]
