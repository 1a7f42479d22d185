import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from events.journal.database.embedded import (
    DatabaseDidNotStart,
    DataFolderInUse,
    DataFolderNotWritable,
    DataFolderOutOfReach,
    EmbeddedError,
    EmbeddedPostgres,
)
from events.journal.database.programs import SystemUser, system_user, within_reach

CHECKOUT = Path(__file__).parents[2]

SERVE_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from events.journal.database.embedded import EmbeddedPostgres
database = EmbeddedPostgres(Path(sys.argv[1]))
database.start()
print(database.url, flush=True)
time.sleep(600)
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as somebody else")


def put(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (%s)", (number,))


def kept(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number")]


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postgres/postmaster.pid").read_text().split()[0]))


def runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_was_written_is_there_after_a_stop_and_a_start(data_folder: Path) -> None:
    with EmbeddedPostgres(data_folder) as database:
        put(database.url, 1)
    with EmbeddedPostgres(data_folder) as database:
        assert kept(database.url) == [1]


def test_nothing_listens_on_the_network_and_nothing_is_left_after_a_stop(data_folder: Path) -> None:
    with EmbeddedPostgres(data_folder) as database:
        process = postmaster(data_folder)
        everyone = [process, *process.children(recursive=True)]
        assert not process.net_connections("inet")
        assert database.alive()
    assert not database.alive()
    assert not [each for each in everyone if runs(each)]


def test_durability_is_as_postgresql_delivers_it(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        rows = connection.execute(
            "SELECT setting FROM pg_settings WHERE name IN "
            "('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums')"
        ).fetchall()
    assert rows == [("on",)] * 4


def test_a_second_server_on_the_folder_is_refused_by_name(data_folder: Path) -> None:
    with EmbeddedPostgres(data_folder) as first:
        with pytest.raises(DataFolderInUse, match="HEXROOM_DATA_DIR") as refusal:
            EmbeddedPostgres(data_folder).start()
        assert str(data_folder) in str(refusal.value)
        assert f"process {os.getpid()}" in str(refusal.value)
        put(first.url, 1)
        assert kept(first.url) == [1]


def test_a_killed_servers_database_is_taken_over(data_folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVE_UNTIL_KILLED, str(data_folder)],
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        put(server.stdout.readline().strip(), 1)
        server.send_signal(signal.SIGKILL)
    orphan = postmaster(data_folder)
    assert runs(orphan)

    with EmbeddedPostgres(data_folder) as database:
        assert kept(database.url) == [1]
        assert postmaster(data_folder) != orphan
        assert not runs(orphan)


def test_ctrl_c_in_the_terminal_does_not_reach_the_database(data_folder: Path) -> None:
    with EmbeddedPostgres(data_folder):
        assert os.getpgid(postmaster(data_folder).pid) != os.getpgid(0)
        assert os.getsid(postmaster(data_folder).pid) != os.getsid(0)


def test_a_number_that_another_process_has_by_now_does_not_hinder_the_start(
    data_folder: Path,
) -> None:
    with EmbeddedPostgres(data_folder) as database:
        put(database.url, 1)
        lines = (data_folder / "postgres/postmaster.pid").read_text().splitlines()
    stale = data_folder / "postgres/postmaster.pid"
    user = system_user()
    # Of the same user: PostgreSQL does not start while its file names such a process.
    with subprocess.Popen(
        ["sleep", "600"], cwd="/", user=None if user is None else user.uid
    ) as stranger:
        stale.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        try:
            with EmbeddedPostgres(data_folder) as database:
                assert kept(database.url) == [1]
                assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_postmaster_that_died_is_started_again(data_folder: Path) -> None:
    with EmbeddedPostgres(data_folder) as database:
        put(database.url, 1)
        process = postmaster(data_folder)
        process.kill()
        process.wait()
        assert not database.alive()
        database.restart()
        assert kept(database.url) == [1]
    database.restart()
    assert not database.alive()


def test_what_postgresql_says_of_a_bad_setting_is_passed_on(data_folder: Path) -> None:
    with pytest.raises(DatabaseDidNotStart, match="shared_buffers"):
        EmbeddedPostgres(data_folder, settings=["shared_buffers=lots"]).start()
    # The folder is free again, and the cluster unharmed.
    with EmbeddedPostgres(data_folder) as database:
        assert database.alive()


def test_a_cluster_half_made_is_made_anew(data_folder: Path) -> None:
    (data_folder / "postgres.new").mkdir(parents=True)
    (data_folder / "postgres.new/PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(data_folder) as database:
        put(database.url, 1)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("13", "was made by PostgreSQL 13"),
        ("9.6", "was made by PostgreSQL 9.6"),
        (None, "PG_VERSION"),
    ],
)
def test_a_cluster_of_another_version_is_left_alone_and_said(
    data_folder: Path, version: str | None, said: str
) -> None:
    cluster = data_folder / "postgres"
    cluster.mkdir(parents=True)
    if version is not None:
        (cluster / "PG_VERSION").write_text(f"{version}\n")
    before = sorted(cluster.iterdir())
    with pytest.raises(EmbeddedError, match=said) as refused:
        EmbeddedPostgres(data_folder).start()
    assert "HEXROOM_DATA_DIR" in str(refused.value)
    assert sorted(cluster.iterdir()) == before


def test_a_data_folder_that_cannot_be_written_is_said(data_folder: Path) -> None:
    data_folder.write_text("a file where the folder should be")
    with pytest.raises(DataFolderNotWritable, match="cannot be written"):
        EmbeddedPostgres(data_folder / "data").start()


@pytest.mark.parametrize("name", ["a" * 100, "a, b", "o'brien's \"maps\" 100%", "карты"])
def test_any_folder_name_will_do(data_folder: Path, name: str) -> None:
    with EmbeddedPostgres(data_folder / name) as database:
        put(database.url, 1)
        assert kept(database.url) == [1]


@as_root
def test_as_root_the_cluster_belongs_to_another_user_and_only_to_that_one(
    data_folder: Path,
) -> None:
    with EmbeddedPostgres(data_folder):
        assert postmaster(data_folder).uids().real != 0
        for folder in ("postgres", "run"):
            assert stat.S_IMODE((data_folder / folder).stat().st_mode) == 0o700


@as_root
def test_as_root_a_closed_home_stays_closed_and_is_refused(data_folder: Path) -> None:
    home = data_folder / "home"
    home.mkdir(parents=True, mode=0o700)
    with pytest.raises(DataFolderOutOfReach, match="/var/lib/hexroom"):
        EmbeddedPostgres(home / "data").start()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@as_root
def test_as_root_programs_out_of_reach_are_copied(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from events.journal.database import programs

    wheel = programs._wheel_folder()

    def hidden(folder: Path, user: SystemUser) -> bool:
        return wheel not in folder.parents and within_reach(folder, user)

    monkeypatch.setattr(programs, "within_reach", hidden)
    for _ in range(2):
        with EmbeddedPostgres(data_folder):
            assert Path(postmaster(data_folder).exe()).is_relative_to(data_folder)
