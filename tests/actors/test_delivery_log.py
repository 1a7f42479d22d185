"""Who was handed what, noted as it happens, stored in batches, kept while the database is away."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from actors.delivery.delivery_log import DeliveryLog, Noted
from actors.delivery.viewer_streams import ViewerStreams
from events import fold
from events.core.features.members import MemberSet
from events.core.state import RoomId, UserId
from tests.support.actor_table import ROOM, HandClock
from tests.support.given import ANN, BEN, DM


@dataclass
class Table:
    """A room as the log sees it."""

    id: RoomId = ROOM
    version: int = 0
    here: list[UserId] = field(default_factory=list)

    def present(self) -> list[UserId]:
        return list(self.here)


@dataclass
class Shelf:
    """A store that keeps what it gets, and fails on demand."""

    rows: list[Noted] = field(default_factory=list)
    away: bool = False

    async def __call__(self, batch: Sequence[Noted]) -> None:
        if self.away:
            raise ConnectionError
        self.rows.extend(batch)

    def told(self) -> list[tuple[str, int, bool]]:
        return [(each.user, each.version, each.whole) for _, each in self.rows]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def log(shelf: Shelf) -> DeliveryLog:
    return DeliveryLog(shelf, HandClock(), (ConnectionError,))


async def test_those_present_were_told_all_up_to_the_last_version(
    log: DeliveryLog, shelf: Shelf
) -> None:
    room = Table(here=[ANN.user, DM.user])
    for room.version in (1, 2, 3):
        log.delivered(room)
    await log.flush()
    assert shelf.told() == [(ANN.user, 3, False), (DM.user, 3, False)]
    await log.flush()
    assert len(shelf.rows) == 2


async def test_who_comes_later_was_not_told_what_came_before(
    log: DeliveryLog, shelf: Shelf
) -> None:
    room = Table(version=5, here=[ANN.user])
    log.delivered(room)
    log.settle(room)
    room.here.append(BEN.user)
    log.greeted(room, BEN.user, whole=True)
    await log.flush()
    assert shelf.told() == [(ANN.user, 5, False), (BEN.user, 5, True)]


async def test_what_cannot_be_stored_now_is_stored_later(log: DeliveryLog, shelf: Shelf) -> None:
    room = Table(version=1, here=[ANN.user])
    shelf.away = True
    log.delivered(room)
    await log.flush()
    room.version = 2
    log.delivered(room)
    shelf.away = False
    await log.flush()
    assert shelf.told() == [(ANN.user, 1, False), (ANN.user, 2, False)]


class Ear:
    staged_delta = False
    terrain_in_runs = False

    def push(self, messages: Sequence[bytes]) -> None: ...

    def push_stream(self, bodies: Sequence[bytes], first: int) -> None: ...

    def close(self, why: object) -> None: ...


async def test_who_looks_over_a_shoulder_is_not_that_player() -> None:
    room = fold([MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN)])
    streams = ViewerStreams(HandClock())
    streams.attach(room, ANN, Ear(), by=DM.user)
    assert streams.present() == ()
    streams.attach(room, ANN, Ear(), by=ANN.user)
    assert streams.present() == (ANN.user,)
    assert not streams.covers(ANN, None, None)
