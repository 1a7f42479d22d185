"""The page in a built wheel: bundled, whole, small, and without anything that only tests want."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.wheel import ROOT, bytes_sent, opening_files, unpacked_wheel
from web.page.serve import STATIC

OPENING_BYTES = 100 * 1024
"""What may be sent to open a table: script and style, with gzip."""


@pytest.fixture(scope="module")
def wheel() -> Path:
    """Return the folder of the unpacked wheel; skip, and say so, where it cannot be built."""
    folder = unpacked_wheel()
    if folder is None:
        assert "CI" not in os.environ, "the tools that bundle the page cannot be had"
        pytest.skip("the tools that bundle the page cannot be had here")
    return folder


def test_a_wheel_has_the_bundle_and_the_sources(wheel: Path) -> None:
    bundled, sources = bytes_sent(wheel), bytes_sent(wheel, sources=True)
    assert {"app.js", "styles/index.css", "icons/icons.svg", "index.html"} <= bundled.keys()
    assert not any(name.startswith("model/") for name in bundled)
    assert sources.keys() == {
        path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()
    }


def test_the_document_loads_all_that_opens_a_table_at_once(wheel: Path) -> None:
    bundle = wheel / "web/page/bundle"
    named = set(opening_files(wheel))
    for name in named:
        imported = re.findall(r'(?:from|import)"(\./[^"]+)"', (bundle / name).read_text())
        for path in imported:
            assert os.path.normpath((bundle / name).parent / path) in {
                str(bundle / other) for other in named
            }


def test_what_opens_a_table_is_small(wheel: Path) -> None:
    sent = bytes_sent(wheel)
    assert sum(sent[name] for name in opening_files(wheel)) <= OPENING_BYTES


def test_nothing_of_the_bundle_is_for_tests(wheel: Path) -> None:
    for path in (wheel / "web/page/bundle").rglob("*.js"):
        assert not re.search(r"globalThis\.\w+=|window\.\w+=|__test", path.read_text()), path


def test_a_wheel_brings_no_tools(wheel: Path) -> None:
    top = {path.name for path in wheel.iterdir() if not path.name.endswith(".dist-info")}
    assert top == {"events", "actors", "web"}
    (metadata,) = wheel.glob("*.dist-info/METADATA")
    assert "minify" not in metadata.read_text()
    assert "nodejs" not in re.sub(r"(?m)^.*extra ==.*$", "", metadata.read_text())


def test_an_editable_install_needs_no_node() -> None:
    script = (
        "import hexroom_build as build;"
        "print([r for r in build.get_requires_for_build_editable() if 'node' in r])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "packaging")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
