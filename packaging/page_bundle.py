"""Bundles the page: few small files in place of its modules, and a document that names them."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import page_tools

_ENTRIES: Final = (
    "app.js",
    "styles/index.css",
    "map/painter/worker.js",
    "map/painter/things-worker.js",
)
"""What is named by a path: by the document, or, the workers, by the script that starts them."""
_COPIED: Final = ("icons",)
_OPTIONS: Final = (
    "--bundle",
    "--splitting",
    "--format=esm",
    "--minify",
    "--target=es2022",
    # A part is named by its content: two versions of the page never mistake each other's.
    "--chunk-names=parts/[name]-[hash]",
    "--log-level=warning",
)


def bundle(static: Path, out: Path) -> None:
    """Write the bundle of the page's sources into a folder, which is made; raise what esbuild raises.

    What is loaded when it is first needed stays in files of its own. The document loads all that opens the page
    at once: without that, a browser would ask for the parts only after it had read app.js.
    """
    out.mkdir(parents=True)
    meta = out / "meta.json"
    entries = [str(static / entry) for entry in _ENTRIES]
    with page_tools.esbuild() as esbuild:
        subprocess.run(
            [*esbuild, *entries, *_OPTIONS, f"--outdir={out}", f"--outbase={static}", f"--metafile={meta}"],
            check=True,
        )  # fmt: skip
    outputs = {
        Path(path).resolve(): of for path, of in json.loads(meta.read_text())["outputs"].items()
    }
    meta.unlink()
    names = sorted(_needed_at_once(outputs, (out / "app.js").resolve()))
    links = "".join(
        f'<link rel="modulepreload" href="{path.relative_to(out.resolve()).as_posix()}">\n'
        for path in names
    )
    document = (static / "index.html").read_text()
    assert "<script " in document
    (out / "index.html").write_text(document.replace("<script ", f"{links}<script ", 1))
    for folder in _COPIED:
        (out / folder).mkdir()
        for path in (static / folder).iterdir():
            (out / folder / path.name).write_bytes(path.read_bytes())


def _needed_at_once(outputs: dict[Path, dict[str, Any]], entry: Path) -> set[Path]:
    """Return the files that a script imports and that those import; not what it loads later."""
    found: set[Path] = set()
    waiting = [entry]
    while waiting:
        for imported in outputs[waiting.pop()]["imports"]:
            path = Path(imported["path"]).resolve()
            if imported["kind"] == "import-statement" and path not in found:
                found.add(path)
                waiting.append(path)
    return found
