"""A PostgreSQL of our own, from a wheel, where no database is named: started and stopped by us.

Only the wheel's programs are used. Its own launcher opens parent folders to everybody when it runs
as root (the home directory too) and ties the database to the process that asked for it.
"""

import asyncio
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from events.journal.database.programs import (
    EmbeddedError as EmbeddedError,
)
from events.journal.database.programs import (
    Programs,
    SystemUser,
    system_user,
    within_reach,
)

logger = logging.getLogger(__name__)

OWNER: Final = "hexroom"
"""The database, and the role that owns it."""

# The address of a unix socket holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432".
_LONGEST_SOCKET_FOLDER: Final = 90


class DataFolderInUse(EmbeddedError):
    def __init__(self, folder: Path, holder: str) -> None:
        self.folder, self.holder = folder, holder
        super().__init__(
            f"{folder} is in use by another Hexroom server ({holder or 'unknown process'}): "
            "stop that one, or name another folder in HEXROOM_DATA_DIR"
        )


class DataFolderOutOfReach(EmbeddedError):
    def __init__(self, folder: Path, user: str) -> None:
        self.folder, self.user = folder, user
        super().__init__(
            f"{folder} cannot hold the database: PostgreSQL refuses to run as root, and the user "
            f"{user} who runs it instead may not enter that folder. Name one outside of home "
            "directories in HEXROOM_DATA_DIR, such as /var/lib/hexroom"
        )


class DataFolderNotWritable(EmbeddedError):
    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"{folder} cannot be written ({error.strerror or error}): give this user a folder of "
            "its own in HEXROOM_DATA_DIR, on a disk with room"
        )


class DatabaseDidNotStart(EmbeddedError):
    pass


class EmbeddedPostgres:
    """A database cluster in a folder, with the postmaster as a child in a session of its own.

    Made; started (the folder locked, a postmaster left over from a killed server stopped, the
    cluster made on first use); serving, until `stop`. Signals of the terminal do not reach it,
    and it outlives a SIGKILL of ours: the next start takes it over.
    """

    def __init__(self, folder: Path, *, settings: Sequence[str] = ()) -> None:
        """Take settings as further ``name=value`` for the server."""
        self._folder = folder.absolute()
        self._cluster = self._folder / "postgres"
        self._settings = tuple(settings)
        self._user: SystemUser | None = None
        self._programs: Programs | None = None
        self._sockets = self._folder / "run"
        self._lock: int | None = None
        self._stopping = threading.Event()
        self._changing = threading.Lock()
        self._postmaster: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The owner's connection string; valid while started."""
        return f"postgresql://{OWNER}@/{OWNER}?host={quote(str(self._sockets), safe='')}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *, timeout_s: float = 300) -> None:
        """Return when the database answers. Recovery after a crash may need much of the time."""
        self._user = system_user()
        expect_writable(self._folder)
        if self._user is not None and not within_reach(self._folder / "postgres", self._user):
            raise DataFolderOutOfReach(self._folder, self._user.name)
        self._lock = _locked(self._folder)
        self._stopping.clear()
        try:
            self._programs = Programs.for_cluster(self._cluster, self._folder, self._user)
            self._stop_leftover()
            if not self._cluster.exists():
                self._make_cluster()
            self._sockets = self._socket_folder()
            self._launch(timeout_s)
            self._ensure_database()
        except BaseException:
            self.stop()
            raise
        logger.info("database %s: serving", self._folder, extra={"folder": str(self._folder)})

    def alive(self) -> bool:
        """Return whether the postmaster runs."""
        return self._postmaster is not None and self._postmaster.poll() is None

    def restart(self, *, timeout_s: float = 300) -> None:
        """Start a postmaster that died by itself; the lock was never given back."""
        with self._changing:
            if not self.alive() and not self._stopping.is_set():
                self._stop_leftover()
                self._launch(timeout_s)

    def stop(self, *, timeout_s: float = 5) -> None:
        """Stop the database in order, or without order when that lasts; either is safe to restart.

        Open connections are cut. Does nothing when it is not running.
        """
        self._stopping.set()
        with self._changing:
            if self._postmaster is not None:
                self._end_postmaster(self._postmaster, timeout_s)
                self._postmaster = None
            if self._sockets.parent != self._folder:
                shutil.rmtree(self._sockets, ignore_errors=True)
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def _end_postmaster(self, postmaster: subprocess.Popen[bytes], timeout_s: float) -> None:
        if postmaster.poll() is None:
            _end(psutil.Process(postmaster.pid), timeout_s)
        postmaster.wait()
        logger.info("database %s: stopped", self._folder, extra={"folder": str(self._folder)})

    def _stop_leftover(self) -> None:
        if not self._cluster.exists():
            return
        named = self._cluster / "postmaster.pid"
        processes = list(_processes_in(self._cluster))
        leader = _pid_in(named)
        for process in sorted(processes, key=lambda each: each.pid != leader):
            if process.is_running():
                logger.warning(
                    "database %s: stopping process %d, left over from a server that was killed",
                    self._folder,
                    process.pid,
                    extra={"folder": str(self._folder)},
                )
                _end(process, timeout_s=30)
        # Another process may have the number by now; PostgreSQL would refuse to start for ever.
        if leader is not None and leader not in {process.pid for process in processes}:
            named.unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        logger.info(
            "database %s: creating the cluster", self._folder, extra={"folder": str(self._folder)}
        )
        fresh = self._folder / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._own_folder(fresh)
        initdb = self._run(
            "initdb",
            f"--pgdata={fresh}",
            f"--username={OWNER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        )
        if initdb.returncode != 0:
            raise DatabaseDidNotStart(f"initdb failed: {initdb.stderr.strip()}")
        # A cluster half made is never taken for a whole one.
        fresh.rename(self._cluster)

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if self._user is not None:
            os.chown(folder, self._user.uid, self._user.gid)

    def _socket_folder(self) -> Path:
        folder = self._folder / "run"
        # A comma would separate two folders, for the server and for its clients.
        if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER or "," in str(folder):
            folder = Path(tempfile.mkdtemp(prefix="hexroom-"))
        self._own_folder(folder)
        return folder

    def _launch(self, timeout_s: float) -> None:
        assert self._programs is not None
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": '"' + str(self._sockets).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            "logging_collector": "on",
            "log_directory": "log",
            "log_filename": "postgres-%a.log",
            "log_truncate_on_rotation": "on",
        }
        options = [f"{name}={value}" for name, value in settings.items()] + list(self._settings)
        arguments = [part for option in options for part in ("-c", option)]
        output = self._folder / "start.log"
        with output.open("wb") as log:
            self._postmaster = subprocess.Popen(
                [self._programs.path("postgres"), "-D", str(self._cluster), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                # Ctrl-C in the terminal is for us; the database goes after the last commit.
                start_new_session=True,
                user=None if self._user is None else self._user.uid,
                group=None if self._user is None else self._user.gid,
                extra_groups=None if self._user is None else [],
            )
        self._wait_until_ready(output, timeout_s)

    def _wait_until_ready(self, output: Path, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        while not self._stopping.is_set():
            if not self.alive():
                raise DatabaseDidNotStart(
                    f"PostgreSQL ended while starting: {_tail(output)} "
                    f"(more in {self._cluster / 'log'})"
                )
            try:
                self._connect("postgres").close()
            except psycopg.OperationalError as error:
                if time.monotonic() > until:
                    raise DatabaseDidNotStart(
                        f"PostgreSQL does not answer after {timeout_s:.0f} s"
                    ) from error
                time.sleep(0.02)
            else:
                return
        raise DatabaseDidNotStart("told to stop while it started")

    def _ensure_database(self) -> None:
        with self._connect("postgres") as connection:
            cursor = connection.execute("SELECT FROM pg_database WHERE datname = %s", (OWNER,))
            if cursor.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(OWNER)))

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._sockets),
            user=OWNER,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        assert self._programs is not None
        return subprocess.run(
            [self._programs.path(program), *arguments],
            capture_output=True,
            text=True,
            cwd=self._folder,
            check=False,
            user=None if self._user is None else self._user.uid,
            group=None if self._user is None else self._user.gid,
            extra_groups=None if self._user is None else [],
        )


async def watch(database: EmbeddedPostgres, *, every_s: float = 0.5) -> None:
    """Start the database again whenever it died by itself; returns only by being cancelled."""
    pause = every_s
    while True:
        await asyncio.sleep(pause)
        if database.alive():
            pause = every_s
            continue
        logger.warning("embedded database: died, starting it again")
        try:
            await asyncio.to_thread(database.restart)
        except EmbeddedError as error:
            pause = min(2 * pause, 30)
            logger.warning("embedded database: %s", error)


def expect_writable(folder: Path) -> None:
    """Make the folder if it is missing; raise DataFolderNotWritable unless it takes a file; blocks."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
    except OSError as error:
        raise DataFolderNotWritable(folder, error) from None


def _locked(folder: Path) -> int:
    """Return a descriptor that holds the folder's lock until it is closed or the process ends."""
    lock = os.open(folder / "hexroom.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 100).decode(errors="replace").strip()
        os.close(lock)
        raise DataFolderInUse(folder, holder) from None
    os.ftruncate(lock, 0)
    os.write(lock, f"process {os.getpid()}\n".encode())
    return lock


def _processes_in(cluster: Path) -> Iterator[psutil.Process]:
    """Yield the processes of a PostgreSQL that serves the cluster: each works in its folder."""
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and Path(process.cwd()) == cluster.resolve():
                yield process
        except psutil.Error:
            continue


def _pid_in(postmaster_file: Path) -> int | None:
    try:
        return int(postmaster_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _end(process: psutil.Process, timeout_s: float) -> None:
    # To a postmaster: fast, immediate (recovery repeats what the log has), and by force.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return
        if _ended(process, timeout_s):
            return
        logger.warning("process %d does not end by %s", process.pid, number.name)


def _ended(process: psutil.Process, timeout_s: float) -> bool:
    # Not Process.wait: in a container whose first process reaps nobody, the dead stay listed.
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


def _tail(output: Path) -> str:
    return output.read_text(errors="replace").strip()[-500:]
