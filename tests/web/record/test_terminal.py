"""A replay in a terminal leaves it as it was, however it ends."""

import asyncio
import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.web.record.night import Night

HEXROOM = "from web.cli import main; main()"
ON_SCREEN = b"In sight"
"""Stands on the screen once the replay plays."""


class Terminal:
    """A terminal with a replay in it."""

    def __init__(self, *arguments: str, database_url: str) -> None:
        self._ours, theirs = pty.openpty()
        self.before = termios.tcgetattr(theirs)
        environment = {
            **os.environ, "HEXROOM_DATABASE_URL": database_url, "TERM": "xterm-256color",
            "COLUMNS": "100", "LINES": "30",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", HEXROOM, *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
            preexec_fn=lambda: _own(theirs),
        )  # fmt: skip
        os.close(theirs)
        self.shown = b""

    def read_until(self, text: bytes) -> None:
        while text not in self.shown:
            self.shown += os.read(self._ours, 65_536)

    def press(self, key: bytes) -> None:
        os.write(self._ours, key)

    def ended(self) -> int:
        """Return the exit code, with all read that was shown."""
        # Who does not read would hold up who writes. Nobody has the terminal any more: EIO.
        with suppress(OSError):
            while some := os.read(self._ours, 65_536):
                self.shown += some
        return self.process.wait()

    def settings(self) -> list[object]:
        return list(termios.tcgetattr(self._ours))

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


def _own(terminal: int) -> None:
    """Make it the terminal of this process, so that Ctrl-C in it is a signal."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def pressed(key: bytes) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.press(key)


def sent(number: int) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.process.send_signal(number)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (pressed(b"q"), 0),
        (pressed(b"\x03"), 130),
        (sent(signal.SIGINT), 130),
        (sent(signal.SIGTERM), 143),
        (sent(signal.SIGHUP), 129),
    ],
    ids=["q", "Ctrl-C", "SIGINT", "SIGTERM", "SIGHUP"],
)
async def test_the_terminal_is_as_it_was(
    night: Night, database_url: str, end: Callable[[Terminal], None], code: int
) -> None:
    terminal = Terminal("replay", night.id, "--step", database_url=database_url)

    def played() -> int:
        terminal.read_until(ON_SCREEN)
        end(terminal)
        return terminal.ended()

    try:
        assert await asyncio.to_thread(played) == code
        assert terminal.settings() == terminal.before
        assert b"Traceback" not in terminal.shown
        for shown, hidden in ((b"\x1b[?25h", b"\x1b[?25l"), (b"\x1b[?1049l", b"\x1b[?1049h")):
            assert terminal.shown.rfind(shown) > terminal.shown.rfind(hidden)
    finally:
        terminal.close()
