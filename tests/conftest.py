"""PostgreSQL for the tests: one cluster a worker, migrated once, cloned for each test that asks."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from psycopg_pool import AsyncConnectionPool

from events.journal.database.embedded import OWNER, EmbeddedPostgres
from events.journal.database.pool import Pool
from events.journal.database.programs import system_user, within_reach
from events.journal.database.schema import migrate
from tests.support.browsers import (  # noqa: F401  # fixtures of all who look at the page
    browser,
    demo_database,
    served,
    shared_browser,
)
from tests.support.databases import cloned
from tests.support.wheel import installed  # noqa: F401
from web.ops.gc_tuning import spare_the_collector

# No law is red because a machine is slow, nor for examples that nobody saw when the change was made:
# who looks for new ones runs make test ARGS=--hypothesis-profile=explore.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("repeatable"), derandomize=False)
settings.load_profile("repeatable")

# A shell has what it starts in the background ignore Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

MEMORY = Path("/dev/shm")
"""A folder in memory, where a flush to disk costs nothing: databases are cloned six times faster."""
NEEDED_MEMORY_BYTES = 3 * 2**30
"""What must be free there for each worker's cluster, its clones and its write-ahead log."""

_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Make the user who runs PostgreSQL, where we are root, before several workers would."""
    if config.getoption("numprocesses", None):
        system_user()
    # What is collected from here on stays, and is no garbage.
    spare_the_collector()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage as rarely as a server does: looking was a quarter of what the laws cost."""
    spare_the_collector()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return one worker more than cores, as one of them mostly waits for a server or a browser.

    None for single tests, and where the output is to be seen.
    """
    named = config.invocation_params.args
    if config.getoption("capture") == "no" or any("::" in str(each) for each in named):
        return 0
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return cores + 1


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """Yield a folder that the database's user may enter; pytest's own are closed to it.

    It is in memory where there is room. PostgreSQL still flushes there, as it is told to.
    """
    folder = Path(tempfile.mkdtemp(prefix="hexroom-tests-", dir=_memory()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    """Return the folder in memory if a database can be kept and run there."""
    if not os.access(MEMORY, os.W_OK | os.X_OK):
        return None
    room, user = os.statvfs(MEMORY), system_user()
    if room.f_bavail * room.f_frsize < NEEDED_MEMORY_BYTES or room.f_flag & os.ST_NOEXEC:
        return None
    return MEMORY if user is None or within_reach(MEMORY / "cluster", user) else None


@pytest.fixture
def data_folder(run_folder: Path) -> Path:
    """Return a name for a database's folder that is not there yet."""
    return run_folder / f"data-{next(_numbers)}"


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> Iterator[EmbeddedPostgres]:
    """Yield a running cluster with the settings of the real one, its main database migrated."""
    with EmbeddedPostgres(run_folder / "cluster") as cluster, _ended_with_us(run_folder):
        migrate(cluster.url)
        yield cluster


@contextmanager
def _ended_with_us(folder: Path) -> Iterator[None]:
    """Let a run that is killed leave neither a database nor its folder behind."""
    postmaster = (folder / "cluster/postgres/postmaster.pid").read_text().split()[0]
    # It waits for the end of its input, which comes with ours, however that comes.
    script = 'cat; kill -QUIT "$1" && sleep 1; rm -rf "$2"'
    with subprocess.Popen(
        ["sh", "-c", script, "sh", postmaster, folder],
        stdin=subprocess.PIPE,
        start_new_session=True,
    ) as guard:
        yield
        guard.kill()


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Yield the owner's URL of a database without tables."""
    with cloned(postgres, template="template1") as url:
        yield url


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Yield the owner's URL of a database of this test's own, migrated."""
    with cloned(postgres, template=OWNER) as url:
        yield url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Yield connections of the owner's to a database of the test's own, in autocommit."""
    connections: Pool = AsyncConnectionPool(
        database_url, kwargs={"autocommit": True}, min_size=1, max_size=6, open=False
    )
    await connections.open(wait=True)
    yield connections
    await connections.close()
