"""Hexroom as users install it: the wheel alone, in an environment of its own, started outside the tree."""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wheel import built_wheel

_AT = re.compile(r"Hexroom is at (http://\S+)")


@pytest.fixture(scope="module")
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


@pytest.fixture
def url(environment: Path, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Start the installed command somewhere else; yield where it serves."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    settings = {
        "HEXROOM_DATABASE_URL": database_url,
        "HEXROOM_DATA_DIR": str(tmp_path / "data"),
        "HEXROOM_PORT": "0",
        "HEXROOM_DEMO": "0",
    }
    with subprocess.Popen(
        [environment / "bin/hexroom", "serve"],
        cwd=tmp_path,
        env=kept | settings,
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


def body_of(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:
        text: str = answer.read().decode()
        return text


def test_the_installed_server_serves_its_page(url: str) -> None:
    document = body_of(f"{url}/")
    scripts = re.findall(r'src="([^"]+\.js)"', document)
    assert scripts, document
    assert "Hexroom" in document
    for path in scripts:
        assert body_of(f"{url}{path}" if path.startswith("/") else f"{url}/{path}")
    assert json.loads(body_of(f"{url}/api/auth/services")) == {"services": []}


def test_what_is_imported_is_the_wheels(environment: Path, tmp_path: Path) -> None:
    script = "import web.app, web.cli.main, events; print(web.app.__file__, events.__file__)"
    done = subprocess.run(
        [environment / "bin/python", "-c", script],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert all(Path(path).is_relative_to(environment) for path in done.stdout.split())


def test_nothing_that_it_requires_is_missing(environment: Path) -> None:
    python = str(environment / "bin/python")
    script = """
import importlib.metadata as metadata
from packaging.requirements import Requirement
for text in metadata.requires("hexroom"):
    needed = Requirement(text)
    if needed.marker is None or needed.marker.evaluate({"extra": ""}):
        found = metadata.version(needed.name)
        assert needed.specifier.contains(found, prereleases=True), (text, found)
"""
    subprocess.run([python, "-c", script], cwd=environment, check=True)
