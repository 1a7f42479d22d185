"""A PostgreSQL for the crash matrix: on a small disk, with a standby that it waits for."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg

from events.journal.database.programs import Programs, SystemUser, system_user

OWNER = "hexroom"
FOLLOWED_S: Final = 60.0
"""Within what time a new standby has all of what its primary has."""
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "superuser_reserved_connections": "3",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "max_wal_size": "96MB",
    "min_wal_size": "32MB",
    "checkpoint_timeout": "60s",
    "hot_standby": "on",
    "deadlock_timeout": "1s",
}


class Postgres:
    """One cluster in a folder. Made by `initdb` or `copy_of`, launched, killed, launched again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster, self.socket = folder / "data", folder / "run"
        self._user = system_user()
        self._programs = Programs.for_cluster(self.cluster, folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Path:
        return self.socket / ".s.PGSQL.5432"

    @property
    def url(self) -> str:
        return f"postgresql://{OWNER}@/{OWNER}?host={self.socket}"

    def initdb(self) -> None:
        self._own(self.folder, self.socket)
        self._run(
            "initdb",
            f"--pgdata={self.cluster}",
            f"--username={OWNER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        )

    def copy_of(self, primary: "Postgres") -> None:
        """Make this a standby that streams from the primary."""
        self._own(self.folder, self.socket)
        self._run(
            "pg_basebackup",
            f"--pgdata={self.cluster}",
            f"--host={primary.socket}",
            f"--username={OWNER}",
            "--write-recovery-conf",
            "--wal-method=stream",
            "--checkpoint=fast",
        )

    async def launch(self) -> None:
        """Start the postmaster; return when it answers."""
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  # it returns at once
                [
                    self._programs.path("postgres"),
                    "-D",
                    str(self.cluster),
                    "-k",
                    str(self.socket),
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **_as(self._user),
            )
        async with asyncio.timeout(120):
            while not await asyncio.to_thread(self._answers):
                assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
                await asyncio.sleep(0.1)

    def wait_for_standby(self) -> None:
        """Have commits wait for the standby, so that what is acknowledged survives the primary.

        Returns once all that was committed before they waited is with the standby, too. Without this a
        primary that is killed now takes commits with it that were acknowledged while the standby started.
        """
        with psycopg.connect(self.url, dbname="postgres", autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
            _until(
                connection,
                "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')",
            )
            # Commits wait from when the checkpointer has read the setting, which it does before this.
            connection.execute("CHECKPOINT")
            (at,) = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone() or ("",)
            _until(
                connection,
                f"SELECT flush_lsn >= '{at}' FROM pg_stat_replication WHERE sync_state = 'sync'",
            )

    def promote(self) -> None:
        with psycopg.connect(self.url, dbname="postgres", autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
            connection.execute("SELECT pg_promote(true, 60)")

    def signal(self, number: signal.Signals) -> None:
        """Send it to the postmaster and all its children."""
        if self._process is None or self._process.poll() is not None:
            return
        family = psutil.Process(self._process.pid)
        for process in (family, *family.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would; what was flushed is there."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _own(self, *folders: Path) -> None:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
            if self._user is not None:
                os.chown(folder, self._user.uid, self._user.gid)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs.path(program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            **_as(self._user),
        )
        assert done.returncode == 0, done.stderr


class SmallDisk:
    """A file system of a few hundred megabytes in memory, that can be filled. Mounted, unmounted."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self._megabytes = folder, megabytes
        self.is_mounted = False

    def mount(self) -> None:
        """Mount it, where that is allowed; else the folder is on the disk that is there."""
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o755)
        command = [
            "mount",
            "-t",
            "tmpfs",
            "-o",
            f"size={self._megabytes}m,mode=755",
            "tmpfs",
            str(self.folder),
        ]
        self.is_mounted = (
            shutil.which("mount") is not None
            and subprocess.run(command, capture_output=True, check=False).returncode == 0
        )

    def fill(self) -> None:
        """Leave no room."""
        with suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as file:
            for size in (2**20, 4096, 1):
                with suppress(OSError):
                    while file.write(b"\0" * size):
                        pass

    def empty(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def unmount(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, check=False)


def _until(connection: psycopg.Connection, query: str) -> None:
    """Ask until the answer is yes; raise TimeoutError."""
    until_s = time.monotonic() + FOLLOWED_S
    while connection.execute(query.encode()).fetchone() != (True,):
        if time.monotonic() > until_s:
            raise TimeoutError(f"the standby does not follow: {query}")
        time.sleep(0.02)


def _as(user: SystemUser | None) -> Any:
    return {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
