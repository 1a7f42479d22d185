"""What the clusters' tests have, here too; and Hexroom as users install it."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.actors.cluster.conftest import nats_server
from tests.support.browsers import browser, shared_browser
from tests.support.wheel import built_wheel

__all__ = ["browser", "nats_server", "shared_browser"]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with the wheel and what it requires; skip, and say so, without build tools.

    What it requires is that of the tests' environment, on the path; that nothing is missing, and
    each version fits, is what `pip check` finds out.
    """
    wheel = built_wheel()
    if wheel is None:
        assert "CI" not in os.environ, "the tools that bundle the page cannot be had"
        pytest.skip("the tools that bundle the page cannot be had here")
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps"]
    subprocess.run([*install, "--no-index", "--quiet", str(wheel)], check=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    # As a path alone: the editable install there, by a .pth of its own, is not followed.
    (packages / "required.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder
