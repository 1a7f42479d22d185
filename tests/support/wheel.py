"""The wheel of this tree, built by pip from its sdist and unpacked: what users run, with the page bundled."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
_FOLDERS: Final = ("events", "actors", "web", "packaging")
_FILES: Final = ("setup.cfg", "pyproject.toml", "MANIFEST.in", "package.json", "package-lock.json")
_KEPT: Final = Path(sys.prefix) / "hexroom-wheels"
"""Wheels by what they were built from: a tree that did not change is built once, by one of the workers."""
_UNAVAILABLE: Final = ("ToolsUnavailable", "No matching distribution found", "Connection error")
"""What pip prints where the tools of a build cannot be had, and the build itself is not to blame."""


class PageNotBundled(UserWarning):
    """The tools that bundle the page cannot be had here."""


def unpacked_wheel() -> Path | None:
    """Return the folder of the unpacked wheel, or None where its build tools cannot be had.

    Raises AssertionError with pip's output where the build itself fails.
    """
    folder = _KEPT / _digest()
    _KEPT.mkdir(exist_ok=True)
    with _locked(_KEPT / "lock"):
        if not folder.exists():
            _forget_old()
            wheel = _build(Path(tempfile.mkdtemp(dir=_KEPT)))
            if wheel is None:
                return None
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(wheel.parent / "site")
            wheel.parent.rename(folder)
    return folder / "site"


def built_wheel() -> Path | None:
    """Return the wheel itself, or None where its build tools cannot be had."""
    site = unpacked_wheel()
    if site is None:
        return None
    (wheel,) = site.parent.glob("hexroom-*.whl")
    return wheel


def _forget_old() -> None:
    """Remove all but the latest; another run may still serve one of those."""
    folders = [path for path in _KEPT.iterdir() if path.is_dir()]
    for folder in sorted(folders, key=lambda path: path.stat().st_mtime)[:-4]:
        shutil.rmtree(folder)


def _build(folder: Path) -> Path | None:
    """Return the wheel that pip builds of the sdist in an environment of its own, or None without the tools for it."""
    source = _source_archive(folder)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        source,
    ]
    built = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if built.returncode and any(reason in built.stdout for reason in _UNAVAILABLE):
        return None
    assert built.returncode == 0, built.stdout
    (wheel,) = folder.glob("hexroom-*.whl")
    return wheel


def _source_archive(folder: Path) -> str:
    """Return the sdist of this tree, as an installer that finds no wheel would get it."""
    script = f"import hexroom_build; print(hexroom_build.build_sdist({str(folder)!r}))"
    made = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "packaging")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout
    (archive,) = folder.glob("hexroom-*.tar.gz")
    return str(archive)


def _digest() -> str:
    """Return a digest of all that the wheel is built from."""
    paths = [path for name in _FOLDERS for path in (ROOT / name).rglob("*") if path.is_file()]
    digest = hashlib.sha256(f"of the sdist {os.environ.get('HEXROOM_ESBUILD', '')}".encode())
    for path in sorted(paths) + [ROOT / name for name in _FILES]:
        if "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def bytes_sent(wheel: Path, *, sources: bool = False) -> dict[str, int]:
    """Return the page's files as a server of this wheel has them, with the bytes that it sends of each."""
    script = (
        "import json; from web.page.serve import read_site;"
        f"site = read_site(sources={sources});"
        "print(json.dumps({n: len(f.zipped or f.body) for n, f in site.files.items()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=wheel,
        env={**os.environ, "PYTHONPATH": str(wheel)},
        stdout=subprocess.PIPE,
        check=True,
    )
    files: dict[str, int] = json.loads(done.stdout)
    return files


def opening_files(wheel: Path) -> list[str]:
    """Return the scripts and styles that open a table: what the bundle's document names."""
    document = (wheel / "web/page/bundle/index.html").read_text()
    return re.findall(r'(?:href|src)="([^"]+\.(?:js|css))"', document)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def installed() -> Path:
    """Return the folder that servers of the page's tests run from: the wheel's, or else this tree's.

    Where CI is set the tools must be there.
    """
    folder = unpacked_wheel()
    if folder is None:
        assert "CI" not in os.environ, "the tools that bundle the page cannot be had"
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("the page's tests ran against its sources", PageNotBundled, stacklevel=1)
        return ROOT
    return folder
