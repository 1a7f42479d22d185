"""A long night, scaled: an hour of play at 50 commands a second, on a clock that is put forward.

The commands are the same in every run. After a warm-up, what the process and its tables hold is flat;
the record itself grows, by one row an event, and is all that may.
"""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from typing import Final, NamedTuple
from uuid import uuid4

import psutil
import psycopg
import pytest

from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.notes import NoteWanted, SetNote
from events.core.features.staging import Publish, SetMode
from events.core.features.tokens import CreateToken, MoveToken
from events.core.messages import Command
from events.core.state import Member, Mode, RoomId
from events.geometry.grid import Hex
from events.journal.database.pool import Pool, open_database
from events.journal.postgres.journal import PostgresJournal
from events.journal.snapshots import SnapshotStore
from tests.benchmarks.conftest import Show
from tests.benchmarks.served import a_database
from tests.support.actor_table import a_table
from tests.support.given import ANN, BEN, DM

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3000)]

RATE: Final = 50
MINUTES: Final = int(os.environ.get("HEXROOM_SOAK_MINUTES", "60"))
WARM: Final = MINUTES * 3 // 5
"""Minutes until everything that has a bound has reached it: 10 000 receipts, 1 000 actions to undo."""
FLAT: Final = 0.10


class Held(NamedTuple):
    """What is held at a moment."""

    memory_kib: int
    descriptors: int
    rows: int
    """Of all tables but the record."""
    table_bytes: int
    """Of all tables but the record, with what is dead in them."""


@pytest.fixture
def url() -> Iterator[str]:
    with a_database() as url:
        yield url


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Pool]:
    database = await open_database(url)
    yield database.pool
    await database.close()


def commands() -> Iterator[tuple[Member, Command, str]]:
    """Yield what a table does over and over, with the ids of its clients."""
    number = 0
    while True:
        q, note = (
            number // 20 % 300,
            NoteWanted(id=f"n{number % 40}", kind="lore", title=f"{number}"),
        )
        at = Hex(q, 0)
        for by, command in (
            (DM, RevealHexes(hex_keys=(at, Hex(q, 1)), targets="all")),
            (DM, MoveToken(token_id="t", to_hex_key=Hex(number % 2, 0))),
            (DM, SetNote(hex_key=at, note=note)),
            # Some that change nothing, which are remembered by their ids.
            *[(DM, SetMode(mode=Mode.IMMEDIATE))] * 6,
            (DM, HideHexes(hex_keys=(at, Hex(q, 1)), targets="all")),
            (DM, SetMode(mode=Mode.STAGED)),
            (DM, RevealHexes(hex_keys=(Hex(q, 2),), targets="all")),
            (DM, HideHexes(hex_keys=(Hex(q, 3),), targets="all")),
            (DM, Publish()),
            (DM, HideHexes(hex_keys=(Hex(q, 2),), targets="all")),
        ):
            yield by, command, f"c{number}"
            number += 1


def held(url: str) -> Held:
    """Return what is held now, after the tables were vacuumed.

    At this pace the database would do that by itself once in two minutes of play.
    """
    gc.collect()
    memory = psutil.Process().memory_info().rss // 1024
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
        row = owner.execute(
            "SELECT sum(c.reltuples)::bigint, sum(pg_total_relation_size(relid))::bigint"
            " FROM pg_stat_user_tables JOIN pg_class AS c ON c.oid = relid"
            " WHERE c.relname NOT LIKE 'session_event%' AND c.reltuples > 0"
        ).fetchone()
    assert row is not None
    return Held(memory, len(os.listdir("/proc/self/fd")), row[0], row[1])


async def test_an_hour_at_fifty_commands_a_second_holds_no_more_at_its_end(
    url: str, pool: Pool, show: Show, as_served: None
) -> None:
    journal = PostgresJournal(pool)
    room = RoomId(uuid4())
    doing = commands()
    warm: Held | None = None
    last: Held | None = None
    async with a_table(journal, DM, ANN, BEN, snapshots=SnapshotStore(pool), room=room) as table:
        await table.sit(DM, ANN, BEN)
        await table.ask(
            CreateToken(token_id="t", hex_key=Hex(0, 0), label="Ann", owner_id=ANN.user)
        )
        for minute in range(1, MINUTES + 1):
            for _ in range(60):
                table.clock.forward(1)
                for by, command, id_ in (next(doing) for _ in range(RATE)):
                    table.post(command, by, id_)
                await table.settled()
                table.directory.sweep()
                assert {*table.outcomes()} <= {"ok"} | {None}, table.outcomes()
                table.answers.clear()
                for listener in table.listeners.values():
                    listener.clear()
            last = await asyncio.to_thread(held, url)
            if minute == WARM:
                warm = last
            if minute % 5 == 0:
                print(f"\nminute {minute}: {last}")
        version = table.room.version
    await journal.close()
    assert warm is not None
    assert last is not None
    show("events recorded", version, "", "grows: it is the record")
    for what, before, after in zip(Held._fields, warm, last, strict=True):
        ratio = after / before
        show(f"{what} at the end of the hour", after, "", f"± {FLAT:.0%} of warm", before, "warm")
        assert abs(ratio - 1) <= FLAT, f"{what}: {before} when warm, {after} at the end"
