"""Where the server listens: an address, a Unix socket, a socket that systemd opened."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from aiohttp import web

from web.listening import listen
from web.settings import Settings

CHECKOUT = Path(__file__).parents[2]

ACTIVATED = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", "web.cli.main", "serve"])
"""


def environment(database_url: str, folder: Path, host: str) -> dict[str, str]:
    return {
        **os.environ,
        "HEXROOM_DATABASE_URL": database_url,
        "HEXROOM_DATA_DIR": str(folder),
        "HEXROOM_HOST": host,
        "HEXROOM_DEMO": "0",
    }


def ready(connection: http.client.HTTPConnection) -> bool:
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status == 200


def stopped(server: "subprocess.Popen[str]") -> int:
    server.send_signal(signal.SIGTERM)
    return server.wait(30)


def test_a_unix_socket_serves_and_is_told(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "hexroom.sock"
    with subprocess.Popen(
        [sys.executable, "-m", "web.cli.main", "serve"],
        cwd=CHECKOUT,
        env=environment(database_url, tmp_path, f"unix:{path}"),
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == f"Hexroom is at unix:{path}\n"
        connection = http.client.HTTPConnection("hexroom")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(path))
        assert ready(connection)
        assert stopped(server) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="file descriptors are passed on by number")
def test_a_socket_that_systemd_opened_is_used(database_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        host, port = listening.getsockname()
        with subprocess.Popen(
            [sys.executable, "-c", ACTIVATED, str(listening.fileno())],
            cwd=CHECKOUT,
            env=environment(database_url, tmp_path, "127.0.0.1") | {"HEXROOM_PORT": "1"},
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=(listening.fileno(),),
        ) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == f"Hexroom is at http://{host}:{port}\n"
            assert ready(http.client.HTTPConnection(host, port))
            assert stopped(server) == 0


KERNEL_ALLOWS = Path("/proc/sys/net/core/somaxconn")
CROWD = 500


@pytest.mark.skipif(
    not KERNEL_ALLOWS.exists() or int(KERNEL_ALLOWS.read_text()) < CROWD,
    reason="the kernel lets fewer connections wait",
)
async def test_a_crowd_that_comes_at_once_finds_room_to_wait() -> None:
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await listen(runner, Settings(host="127.0.0.1", port=0))
    # Nobody is accepted meanwhile, as this loop does not turn. Who finds no room would be let in when
    # they ask again, a second later.
    with ExitStack() as crowd:
        for _ in range(CROWD):
            crowd.enter_context(socket.create_connection(runner.addresses[0], timeout=0.9))
    await runner.cleanup()
