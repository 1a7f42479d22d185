import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.party import gather_party
from tests.support.processes import NodeProcess
from web.workers import count_of


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[NodeProcess]:
    """Yield a server of two workers."""
    server = NodeProcess(
        HEXROOM_DATABASE_URL=database_url,
        HEXROOM_DATABASE_CONNECTIONS="4",
        HEXROOM_DATA_DIR=str(tmp_path),
        HEXROOM_DEMO="0",
        HEXROOM_PORT="0",
    )
    await server.start("--workers", "2")
    yield server
    left = list(workers(server).values())
    await server.close()
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def workers(server: NodeProcess) -> dict[int, int]:
    """Return the last process of each worker, as logged."""
    found = re.findall(r"worker (\d+): process (\d+)", server.log)
    return {int(number): int(pid) for number, pid in found}


async def test_two_workers_serve_one_port_and_one_that_is_killed_is_replaced(
    served: NodeProcess,
) -> None:
    await served.says(served.url)
    party = await gather_party(served.url, 3)
    async with (
        party.sit(party.dm, served.url) as dm,
        party.sit(party.players[0], served.url) as ann,
        party.sit(party.players[1], served.url) as ben,
    ):
        await dm.start()
        await dm.reveal(["0,0"])
        assert (await ann.until("hex:revealed"))["hexKeys"] == ["0,0"]
        assert (await ben.until("hex:revealed"))["hexKeys"] == ["0,0"]

        first = workers(served)
        os.kill(first[1], signal.SIGKILL)
        await served.says("worker 1: ended with -9")
        await served.says("Hexroom is at", after=served.log.index("ended with -9"))
        async with asyncio.timeout(60):
            await dm.reveal(["1,0"])

    served.signal(signal.SIGTERM)
    assert await served.ended() == 0
    assert workers(served)[1] != first[1]
    assert not psutil.pid_exists(workers(served)[2])


def test_auto_is_a_worker_a_core_and_none_is_no_number() -> None:
    assert count_of("auto") == os.cpu_count()
    assert count_of("3") == 3
    with pytest.raises(ValueError, match="expected 1 to 256"):
        count_of("0")
    with pytest.raises(ValueError, match="invalid literal"):
        count_of("many")
