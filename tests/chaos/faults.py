"""The faults: each is injected into a world under load, and over when its function returns."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from typing import Final

import psycopg

from tests.chaos.clients import NotHere, Violation
from tests.chaos.people_faults import (
    member_removed,
    player_gone_dead,
    rubbish_sent,
    signed_out,
)
from tests.chaos.postgres import Postgres
from tests.chaos.record_faults import commit_answers_lost, record_damaged
from tests.chaos.world import Node, World, shift_clock

Fault = Callable[[World], Awaitable[None]]

STOP_S: Final = 10.0
LATE: Final = """
CREATE OR REPLACE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$;
DROP TRIGGER IF EXISTS late ON session_event;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON session_event DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION late();
"""


def _one(world: World) -> Node:
    return world.chance.choice(world.nodes)


async def sigkill(world: World) -> None:
    node = _one(world)
    node.signal(signal.SIGKILL)
    await node.process.ended()
    await world.some_work(world.chance.random())
    await node.start()


async def sigterm(world: World) -> None:
    node = _one(world)
    node.signal(signal.SIGTERM)
    # The server leaves within ten seconds; a machine that is busy may take longer to say so.
    async with asyncio.timeout(3 * STOP_S):
        code = await node.process.ended()
    if code != 0:
        raise Violation(f"G13: SIGTERM ended a node with {code}")
    await node.start()


async def sigstop(world: World) -> None:
    node = _one(world)
    node.signal(signal.SIGSTOP)
    try:
        await world.some_work(1 + 9 * world.chance.random())
    finally:
        node.signal(signal.SIGCONT)


async def cut_clients(world: World) -> None:
    _one(world).clients.cut()


async def half_open_clients(world: World) -> None:
    cable = _one(world).clients
    cable.hold()
    await world.some_work(1 + 4 * world.chance.random())
    cable.cut()
    cable.heal()


async def cut_database(world: World) -> None:
    _one(world).database.cut()


async def half_open_database(world: World) -> None:
    cable = _one(world).database
    cable.hold()
    await world.some_work(1 + 4 * world.chance.random())
    cable.cut()
    cable.heal()


async def postgres_killed(world: World) -> None:
    await asyncio.to_thread(world.primary.kill)
    await world.some_work(2 * world.chance.random())
    await world.primary.launch()


async def postgres_stopped(world: World) -> None:
    world.primary.signal(signal.SIGSTOP)
    try:
        await world.some_work(1 + 5 * world.chance.random())
    finally:
        world.primary.signal(signal.SIGCONT)


async def postgres_slow(world: World) -> None:
    await asyncio.to_thread(_execute, world.primary, LATE)
    await world.some_work(4)
    await asyncio.to_thread(_execute, world.primary, "DROP TRIGGER late ON session_event")


async def disk_full(world: World) -> None:
    if not world.disk.is_mounted:
        raise NotHere("a disk of its own cannot be mounted without CAP_SYS_ADMIN")
    await asyncio.to_thread(world.disk.fill)
    await world.some_work(3)
    await asyncio.to_thread(world.disk.empty)
    if not await asyncio.to_thread(_is_up, world.primary):
        # PostgreSQL gives up where it cannot write its log, and recovers once there is room.
        await asyncio.to_thread(world.primary.kill)
        await world.primary.launch()


async def connections_used_up(world: World) -> None:
    with ExitStack() as held:
        with suppress(psycopg.OperationalError):
            for _ in range(100):
                held.enter_context(await asyncio.to_thread(_connected, world.primary))
        # Those who are connected are sent away, so that all have to come back through the crowd.
        for node in world.nodes:
            node.database.cut()
        await world.some_work(3)


async def failover(world: World) -> None:
    if world.standby is None:
        await world.add_standby()
    old, new = world.primary, world.standby
    assert new is not None
    await asyncio.to_thread(old.kill)
    await asyncio.to_thread(new.promote)
    world.primary, world.standby = new, None
    for node in world.nodes:
        node.database.to = new.address
        node.database.cut()


async def nats_killed(world: World) -> None:
    if world.nats is None or world.nats.pid is None:
        raise NotHere("one node needs no NATS")
    port = world.nats.port
    await world.nats.stop()
    await world.some_work(2 * world.chance.random())
    world.nats.port = port
    await world.nats.start()


async def nats_partitioned(world: World) -> None:
    cable = _one(world).nats
    if cable is None:
        raise NotHere("one node needs no NATS")
    cable.hold()
    await world.some_work(2 + 6 * world.chance.random())
    cable.cut()
    cable.heal()


async def clock_stepped(world: World) -> None:
    if world.clock is None:
        raise NotHere("there is no C compiler, by which the nodes' clocks are shifted")
    shift_clock(world.clock, world.chance.choice((-3600, 3600)))
    await world.some_work(3)
    shift_clock(world.clock, 0)


def _connected(postgres: Postgres) -> psycopg.Connection:
    return psycopg.connect(postgres.url)


def _execute(postgres: Postgres, statements: str) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(statements.encode())


def _is_up(postgres: Postgres) -> bool:
    try:
        _execute(postgres, "SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


FAULTS: Final[dict[str, Fault]] = {
    "node killed (SIGKILL)": sigkill,
    "node told to stop (SIGTERM)": sigterm,
    "node frozen and thawed (SIGSTOP)": sigstop,
    "clients' lines cut": cut_clients,
    "clients' lines half open": half_open_clients,
    "line to PostgreSQL cut": cut_database,
    "line to PostgreSQL half open": half_open_database,
    "PostgreSQL killed": postgres_killed,
    "PostgreSQL frozen and thawed": postgres_stopped,
    "PostgreSQL slow (500 ms a commit)": postgres_slow,
    "disk full": disk_full,
    "connection limit reached": connections_used_up,
    "failover to a streaming replica": failover,
    "NATS killed": nats_killed,
    "NATS partitioned": nats_partitioned,
    "clock stepped by an hour": clock_stepped,
    "answers to a commit lost": commit_answers_lost,
    "a room's record damaged": record_damaged,
    "rubbish sent by members": rubbish_sent,
    "member removed while connected": member_removed,
    "signed out while connected": signed_out,
    "a player's line dead": player_gone_dead,
}
