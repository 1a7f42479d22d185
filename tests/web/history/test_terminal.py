"""A replay in a terminal leaves it as it was, however it ends."""

import asyncio
import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest

from tests.support.recorded_night import Night
from web.cli.terminal_replay import KEYS

HEXROOM = "from web.cli.main import main; main()"
ON_SCREEN = b"In sight"
"""Stands on the screen once the replay plays."""
WITH_A_SHELL = """set -m; "$@"; echo "left with $?"; read -r _; fg; exit $?"""
"""Runs its arguments as a job of a shell, which goes on once Enter was pressed."""


class Terminal:
    """A terminal with a replay in it."""

    def __init__(self, *arguments: str, database_url: str, by: Sequence[str] = ()) -> None:
        self._ours, theirs = pty.openpty()
        self.before = termios.tcgetattr(theirs)
        environment = {
            **os.environ, "HEXROOM_DATABASE_URL": database_url, "TERM": "xterm-256color",
        }  # fmt: skip
        for fixed in ("COLUMNS", "LINES"):
            environment.pop(fixed, None)
        self.resize(100, 30)
        self.process = subprocess.Popen(
            [*by, sys.executable, "-c", HEXROOM, *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
            preexec_fn=lambda: _own(theirs),
        )  # fmt: skip
        os.close(theirs)
        self.shown = b""

    def resize(self, columns: int, lines: int) -> None:
        termios.tcsetwinsize(self._ours, (lines, columns))

    def read_until(self, text: bytes) -> None:
        """Wait until it is shown, once more if it was before."""
        new = b""
        while text not in new:
            new += os.read(self._ours, 65_536)
        self.shown += new

    def is_given_back(self) -> bool:
        """Tell whether settings, screen and cursor are as the shell left them."""
        return self.settings() == self.before and all(
            self.shown.rfind(shown) > self.shown.rfind(hidden)
            for shown, hidden in ((b"\x1b[?25h", b"\x1b[?25l"), (b"\x1b[?1049l", b"\x1b[?1049h"))
        )

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
        assert b"Traceback" not in terminal.shown
        assert terminal.is_given_back()
    finally:
        terminal.close()


async def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_again(
    night: Night, database_url: str
) -> None:
    by = ["sh", "-c", WITH_A_SHELL, "sh"]
    terminal = Terminal("replay", night.id, "--step", database_url=database_url, by=by)

    def played() -> None:
        terminal.read_until(ON_SCREEN)
        terminal.press(b"\x1a")
        terminal.read_until(b"left with")
        assert terminal.is_given_back()
        terminal.press(b"\n")
        terminal.read_until(ON_SCREEN)
        assert not terminal.is_given_back()
        terminal.press(b"q")
        assert terminal.ended() == 0
        assert terminal.is_given_back()

    try:
        await asyncio.to_thread(played)
    finally:
        terminal.close()


async def test_a_resized_terminal_is_drawn_anew(night: Night, database_url: str) -> None:
    terminal = Terminal("replay", night.id, "--step", database_url=database_url)

    def played() -> None:
        terminal.resize(60, 30)
        terminal.read_until(ON_SCREEN)
        assert KEYS.encode() not in terminal.shown, "it is too long for the line"
        terminal.resize(100, 30)
        terminal.read_until(KEYS.encode())
        terminal.press(b"q")
        assert terminal.ended() == 0

    try:
        await asyncio.to_thread(played)
    finally:
        terminal.close()
