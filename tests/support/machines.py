"""A machine on which somebody has installed Hexroom: a home of its own, commands, and a server."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.ports import free_port

_AT: Final = re.compile(r"Hexroom is at (http://\S+)")


class Machine:
    """An installation, with what its owner has set; everything it keeps is in its home."""

    def __init__(
        self, environment: Path, home: Path, settings: Mapping[str, str] | None = None
    ) -> None:
        home.mkdir(exist_ok=True)
        self.home = home
        self._hexroom = environment / "bin/hexroom"
        ours = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
        self._environment = {
            **ours,
            "HOME": str(home),
            # Where root's own would be is the same for all machines of a test.
            "HEXROOM_DATA_DIR": str(home / "data"),
            "HEXROOM_PORT": str(free_port()),
            **(settings or {}),
        }

    def run(self, *words: str) -> list[str]:
        """Return the lines that a command of Hexroom prints; it has to succeed."""
        done = subprocess.run(
            [self._hexroom, *words],
            cwd=self.home,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout.splitlines()

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Yield where the server is, until it is stopped in order."""
        with subprocess.Popen(
            [self._hexroom, "serve"],
            cwd=self.home,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                found = next(filter(None, map(_AT.search, process.stdout)), None)
                assert found is not None, "it ended before it served"
                yield found[1]
            finally:
                process.send_signal(signal.SIGTERM)
        assert process.returncode == 0
