"""The server as a process: started, asked, stopped, killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click
import psutil
import pytest
from click.testing import CliRunner

from tests.support.preloaded import CHECKOUT, Forked
from web.cli.main import main
from web.settings import table

PATIENCE_S = 60
"""How long a server may take to answer or to end here: on a slow machine it is only late."""


class Running:
    """A server that said where it is."""

    def __init__(self, process: Forked) -> None:
        self.process = process
        lines = iter(process.output.readline, b"")
        at = next((line for line in lines if line.startswith(b"Hexroom is at ")), None)
        assert at is not None, "it ended before it served"
        self.url = at.decode().split()[-1]

    def get(self, path: str) -> int:
        return get(self.url + path)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Return the exit code."""
        os.kill(self.process.pid, number)
        return self.process.wait()


def get(url: str) -> int:
    """Return the status of the answer."""
    try:
        with urlopen(Request(url), timeout=PATIENCE_S) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if "HEXROOM" not in name}
    given = {"DATA_DIR": str(folder), "PORT": "0", "DEMO": "0", **settings}
    return ours | {f"HEXROOM_{name}": value for name, value in given.items()}


@contextmanager
def launch(folder: Path, **settings: str) -> Iterator[Forked]:
    """Yield a server that starts, with what it prints, errors among it; it is gone at the end."""
    process = Forked(CHECKOUT, "serve", environment=environment(folder, settings))
    with process.output:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Running]:
    with launch(folder, **settings) as process:
        yield Running(process)


def execute(folder: Path, **settings: str) -> subprocess.Popen[str]:
    """Start a server in an interpreter of its own, as users do."""
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli.main", "serve"],
        env=environment(folder, settings),
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def postmaster_of(folder: Path) -> int | None:
    """Return the number of the database's first process, if it wrote it down by now."""
    try:
        return int((folder / "postgres/postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return None


def until(fact: Callable[[], bool]) -> None:
    """Look again until it is so, without taking the core from those who are waited for."""
    while not fact():
        time.sleep(0.005)


def test_help_lists_every_setting_with_its_default() -> None:
    answer = CliRunner().invoke(main, ["serve", "--help"])
    assert answer.exit_code == 0
    for name, default, _ in table():
        assert name in answer.output
        assert default in answer.output


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_each_command_is_called_as_its_module_is(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(), "the list of commands says what each does"


def test_the_version_is_told_without_importing_any_command() -> None:
    script = (
        "import sys, web.cli.main; print([m for m in sys.modules if m in ('aiohttp', 'psycopg')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_bad_setting_is_named_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXROOM_PORT", "http")
    answer = CliRunner().invoke(main, ["serve"])
    assert answer.exit_code == 1
    assert "HEXROOM_PORT" in answer.output
    assert "Traceback" not in answer.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_starts_answers_and_stops_in_order(
    data_folder: Path, number: signal.Signals
) -> None:
    with execute(data_folder) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.startswith("Hexroom is at "), first
            url = first.split()[-1]
            assert get(f"{url}/readyz") == 200
            assert get(f"{url}/api/me") == 401
            process.send_signal(number)
            assert process.wait(timeout=PATIENCE_S) == 0
        finally:
            process.kill()
    assert not (data_folder / "postgres/postmaster.pid").exists()


NO_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000 + b"\r\n\r\n",
    b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
]


@pytest.mark.parametrize(("level", "lines"), [("INFO", 0), ("DEBUG", len(NO_HTTP))])
def test_what_is_no_http_is_a_line_for_those_who_look_for_it(
    data_folder: Path, database_url: str, level: str, lines: int
) -> None:
    with serving(data_folder, LOG_LEVEL=level, DATABASE_URL=database_url) as server:
        address = urlsplit(server.url)
        for request in NO_HTTP:
            with socket.create_connection((address.hostname, address.port)) as scanner:
                scanner.sendall(request)
                assert scanner.recv(20).split()[1] == b"400", request
        assert server.get("/readyz") == 200
        assert server.stop() == 0
        said = server.process.output.read().decode()
    assert said.count("is not HTTP") == lines
    assert "Traceback" not in said


def test_after_a_kill_the_next_server_takes_over(data_folder: Path) -> None:
    with serving(data_folder) as server:
        server.stop(signal.SIGKILL)
    assert (data_folder / "postgres/postmaster.pid").exists()
    with serving(data_folder) as server:
        assert server.get("/readyz") == 200
        assert server.stop() == 0


def test_a_second_server_on_the_folder_is_refused(data_folder: Path) -> None:
    with serving(data_folder) as first:
        with launch(data_folder) as second:
            said = second.output.read().decode()
            assert second.wait() == 1
        assert "in use by another Hexroom server" in said
        assert "Traceback" not in said
        assert first.get("/readyz") == 200
        first.stop()


def test_a_taken_port_is_said_and_the_database_stopped(data_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with launch(data_folder, PORT=str(taken.getsockname()[1])) as process:
            said = process.output.read().decode()
            assert process.wait() == 1
    assert "hexroom: " in said
    assert "address already in use" in said.lower()
    assert "Traceback" not in said
    assert not (data_folder / "postgres/postmaster.pid").exists()


def test_a_server_told_to_stop_while_it_starts_leaves_nothing(data_folder: Path) -> None:
    with launch(data_folder) as process:
        until(lambda: (data_folder / "hexroom.lock").exists())
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait() == 0
    assert not (data_folder / "postgres/postmaster.pid").exists()


def test_no_database_is_said_without_the_password(data_folder: Path) -> None:
    with execute(
        data_folder, DATABASE_URL=f"postgresql://a:secret@/x?host={data_folder}"
    ) as process:
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "the database does not answer" in said
    assert "secret" not in said
    assert "Traceback" not in said


def test_a_dead_database_is_started_again_and_stopping_is_in_order(data_folder: Path) -> None:
    with serving(data_folder) as server:
        postmaster = postmaster_of(data_folder)
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        until(lambda: postmaster_of(data_folder) not in (None, postmaster))
        until(lambda: server.get("/readyz") == 200)
        assert server.get("/api/me") == 401
        assert server.stop() == 0


def test_a_server_stops_in_time_though_its_database_hangs(data_folder: Path) -> None:
    with serving(data_folder) as server:
        leader = psutil.Process(postmaster_of(data_folder))
        frozen = [leader, *leader.children()]
        for process in frozen:
            process.suspend()
        try:
            assert server.stop() == 0
        finally:
            for process in frozen:
                process.resume()
    # What was left running is taken over.
    with serving(data_folder) as server:
        assert server.get("/readyz") == 200
        assert server.stop() == 0
