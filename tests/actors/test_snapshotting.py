"""Saving: a state is saved every so often, and not twice."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

import pytest

from actors.room.services import Services
from actors.room.snapshotting import Saving
from actors.runtime.clock import SystemClock
from actors.runtime.group_commit import Writer
from actors.runtime.metrics import Meters
from actors.runtime.tenure import Tenure
from events import EMPTY, RoomState
from events.core.state import RoomId
from events.journal.memory import MemoryJournal
from tests.support.actor_table import ROOM, a_table, reveal, until
from tests.support.given import DM


class Shelf:
    """Snapshots in memory; what is saved on the side is saved at once."""

    def __init__(self) -> None:
        self.versions: list[int] = []

    async def load(self, room: RoomId) -> tuple[int, RoomState] | None:
        return (self.versions[-1], EMPTY) if self.versions else None

    async def before(self, room: RoomId, version: int) -> tuple[int, RoomState] | None:
        return None

    async def save(self, room: RoomId, version: int, state: RoomState) -> None:
        self.versions.append(version)

    def restart(self, room: Any) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        for _ in work.__await__():
            raise AssertionError("nothing here waits")


async def test_a_state_is_due_every_so_many_events_and_saved_once() -> None:
    shelf, journal, clock, meters = Shelf(), MemoryJournal(), SystemClock(), Meters()
    writer = Writer(journal, clock, meters)
    services = Services(
        journal, writer, shelf, shelf, clock, meters, Tenure(clock), snapshot_every=10
    )
    saving = Saving(ROOM, services)
    assert await saving.load() == (EMPTY, 0)
    assert [saving.due(9), saving.due(10)] == [False, True]

    saving.save(10, EMPTY)
    saving.save(10, EMPTY)
    assert shelf.versions == [10]
    assert [saving.due(19), saving.due(20)] == [False, True]

    again = Saving(ROOM, services)
    assert await again.load() == (EMPTY, 10)
    assert [again.due(19), again.due(20)] == [False, True]


async def test_a_room_saves_its_state_whenever_enough_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("actors.directory.Services", partial(Services, snapshot_every=4))
    shelf = Shelf()
    async with a_table(snapshots=shelf) as table:
        begun = table.room.version
        for number in range(20):
            await table.ask(reveal(f"{number},0"), DM)
        await until(lambda: table.room.version - shelf.versions[-1] < 4)
        while_it_went_on = [version for version in shelf.versions if version > begun]
    assert len(while_it_went_on) == 5
