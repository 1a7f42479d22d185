"""`hexroom` as processes of its own, forked from one that has imported everything.

A new interpreter needs 1.5 s of CPU for the imports alone, and the tests start more than a hundred.
Run as a program, this module is the process that is forked.
"""

import atexit
import functools
import gc
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, NoReturn, Protocol

CHECKOUT: Final = Path(__file__).parents[2]
_LENGTH: Final = struct.Struct("!I")
_CODE: Final = struct.Struct("!i")


class Running(Protocol):
    """A command that was started: its process id, and what it prints, errors among it."""

    pid: int
    output: IO[bytes]

    def wait(self) -> int:
        """Return the exit code once the process has ended; -9 is an end by SIGKILL."""

    def kill(self) -> None:
        """Kill its whole session, if it still runs, and wait until it ended."""


class Executed:
    """A command in an interpreter that was started for it, and in a session of its own."""

    def __init__(self, root: Path, *arguments: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "web.cli.main", *arguments],
            cwd=root,
            env={**environment, "PYTHONPATH": str(root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.pid = self._process.pid
        self.output: IO[bytes] = self._process.stdout

    def wait(self) -> int:
        return self._process.wait()

    def kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait()


class Forked:
    """A command in a copy of the process that has imported everything, in a session of its own."""

    def __init__(self, root: Path, *arguments: str, environment: Mapping[str, str]) -> None:
        output, printed = os.pipe()
        code, ended = os.pipe()
        environment = {**environment, "PYTHONPATH": str(root)}
        request = json.dumps({"arguments": arguments, "environment": environment}).encode()
        with _one_at_a_time:
            origin = _origin(root)
            origin.sendall(_LENGTH.pack(len(request)) + request)
            socket.send_fds(origin, [b"."], [printed, ended])
            os.close(printed)
            os.close(ended)
            (self.pid,) = _CODE.unpack(_exactly(origin, _CODE.size))
        self.output: IO[bytes] = os.fdopen(output, "rb")
        self._code = os.fdopen(code, "rb")
        self._waiting = threading.Lock()
        self._returned: int | None = None

    def wait(self) -> int:
        with self._waiting:
            if self._returned is None:
                self._returned = _CODE.unpack(self._code.read(_CODE.size))[0]
                self._code.close()
            return self._returned

    def kill(self) -> None:
        if self._returned is None:
            # Its session may not be there yet.
            for kill in (os.killpg, os.kill):
                with suppress(ProcessLookupError):
                    kill(self.pid, signal.SIGKILL)
            self.wait()


_one_at_a_time = threading.Lock()


@functools.cache
def _origin(root: Path) -> socket.socket:
    """Return the connection to the process that is forked, of the packages in a folder.

    It ends with ours.
    """
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        # Nothing of the tests is there to be imported by mistake.
        [sys.executable, "-P", __file__],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdin=theirs.fileno(),
        # Ctrl-C in the terminal is for the tests, which end what they started.
        start_new_session=True,
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


class _Origin:
    """Forks for each request, and writes the exit code of each child to its pipe."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._codes: dict[int, int] = {}

    def serve(self) -> None:
        """Fork until nobody is left who would ask."""
        news, wakeup = socket.socketpair()
        for each in (news, wakeup):
            each.setblocking(False)
        signal.set_wakeup_fd(wakeup.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection, selectors.EVENT_READ)
            selector.register(news, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if news in ready:
                    news.recv(4096)
                    self._reap()
                if self._connection in ready and not self._handle():
                    return

    def _reap(self) -> None:
        while self._codes:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            pipe = self._codes.pop(pid)
            with suppress(BrokenPipeError):
                os.write(pipe, _CODE.pack(os.waitstatus_to_exitcode(status)))
            os.close(pipe)

    def _handle(self) -> bool:
        """Fork as asked; return False when nobody asks any more."""
        try:
            (length,) = _LENGTH.unpack(_exactly(self._connection, _LENGTH.size))
        except (EOFError, ConnectionError):
            for pid in self._codes:
                os.killpg(pid, signal.SIGKILL)
            return False
        request = json.loads(_exactly(self._connection, length))
        _, (printed, ended), _, _ = socket.recv_fds(self._connection, 1, 2)
        pid = os.fork()
        if pid == 0:
            os.close(ended)
            self._become(request["arguments"], request["environment"], printed)
        os.close(printed)
        self._codes[pid] = ended
        self._connection.sendall(_CODE.pack(pid))
        return True

    def _become(self, arguments: list[str], environment: dict[str, str], printed: int) -> NoReturn:
        """Run the command as if an interpreter had been started for it."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._connection.close()
        for pipe in self._codes.values():
            os.close(pipe)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(printed, stream)
        os.close(printed)
        os.environ.clear()
        os.environ.update(environment)
        try:
            main(arguments, prog_name="hexroom")
            _ending.code = 0
        except SystemExit as ended:
            _ending.code = (
                ended.code if isinstance(ended.code, int) else int(ended.code is not None)
            )
            raise
        raise SystemExit


class _Ending:
    """The end of a process without taking apart all that it had imported: half of what it costs."""

    code = 1
    """That of a traceback."""

    def leave(self) -> NoReturn:
        """End it; threads are joined by now, and what is to be done at the exit is done."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(self.code)


_ending = _Ending()


if __name__ == "__main__":
    # What is registered first comes last.
    atexit.register(_ending.leave)

    import click

    import web.server  # noqa: F401  # `serve` imports it when it is run
    from events.journal.snapshots import fingerprint
    from web.accounts.passwords import Passwords
    from web.cli.main import main
    from web.page.serve import read_site

    # Kept by all that are forked: more than two thirds of what a server needs to start.
    for name in main.list_commands(click.Context(main)):
        main.get_command(click.Context(main), name)
    fingerprint()
    read_site(sources=False)
    Passwords()
    assert threading.active_count() == 1, "what forks has no threads"
    gc.freeze()
    _Origin(socket.socket(fileno=os.dup(0))).serve()
    _ending.code = 0
