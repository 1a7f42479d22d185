"""make supply: audit what Hexroom brings, and write the SBOM and the licences beside the wheel.

ARGS: a folder, by default dist. Fails where a part has a known vulnerability, states no licence, or
could not be looked up: an audit that reached nobody is no audit.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.supply.parts import ROOT, Part, parts, sbom


def audited(answer: dict[str, Any], of: Sequence[Part]) -> list[str]:
    """Return what is wrong: known vulnerabilities, and parts that were not looked up."""
    looked_up = {each["name"].lower() for each in answer["dependencies"] if "vulns" in each}
    faults = [
        f"{each['name']} {each['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'no version'}"
        for each in answer["dependencies"]
        for flaw in each.get("vulns", ())
    ]
    skipped = sorted(part.name for part in of if part.name not in looked_up)
    if skipped:
        faults.append(f"not looked up: {', '.join(skipped)}")
    return faults


def licences(of: Sequence[Part]) -> str:
    """Return a table of the parts and their licences."""
    rows = [
        f"| {part.name} | {part.version} | {part.licence or '**none stated**'} | {part.homepage or ''} |"
        for part in of
    ]
    return "\n".join(
        [
            "# What Hexroom brings",
            "",
            "| part | version | licence | home |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _audit(of: Sequence[Part]) -> list[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{part.name}=={part.version}\n" for part in of))
        file.flush()
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pip_audit",
                "--strict",
                "--no-deps",
                "--disable-pip",
                "-f",
                "json",
                "-r",
                file.name,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        return audited(json.loads(done.stdout), of)
    except (ValueError, KeyError):
        last = done.stderr.strip().splitlines()[-1:] or ["no answer"]
        return [f"pip-audit could not look anything up: {last[0]}"]


def main(folder: Path) -> int:
    """Write the files; return the exit code."""
    of = parts()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hexroom.cdx.json").write_text(json.dumps(sbom(of, version(ROOT)), indent=1) + "\n")
    (folder / "LICENCES.md").write_text(licences(of))
    faults = [f"{part.name} states no licence" for part in of if part.licence is None] + _audit(of)
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{len(of)} parts; {folder / 'hexroom.cdx.json'}, {folder / 'LICENCES.md'}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist")))
