"""The programs that check or run what deploys: from their wheels, or the machine's own."""

import shutil
import sys
from pathlib import Path

import pytest


def program(name: str, how: str) -> str:
    """Return where the program is; skip the test, and say how to get it, where it is not."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    # Debian has nginx where only root looks.
    found = found or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not here: {how}")
    return found
