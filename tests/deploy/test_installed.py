"""Hexroom as users install it: the wheel alone, in an environment of its own, started outside the tree."""

import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.machines import Machine


@pytest.fixture
def url(environment: Path, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Start the installed command somewhere else; yield where it serves."""
    settings = {"HEXROOM_DATABASE_URL": database_url, "HEXROOM_DEMO": "0"}
    with Machine(environment, tmp_path, settings).serving() as address:
        yield address


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
