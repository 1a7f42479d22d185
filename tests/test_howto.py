"""The how-to for a command of one's own works as it stands: somebody who follows it has a green house."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOWTO = ROOT / "docs" / "how-to" / "add-a-command.md"
MADE = re.compile(r"Make `([^`]+)`:\n\n```python\n(.*?)```", re.DOTALL)
ADDED = re.compile(
    r"[Ii]n `([^`]+)`, after `([^`]+)`(?:[^\n]+\n)+\n```(?:python)?\n(.*?)```", re.DOTALL
)
BLOCK = re.compile(r"^```(?:python)?\n(.*?)^```", re.DOTALL | re.MULTILINE)
LAWS = "tests/core/test_laws.py"
OF_STEPS = "kinds = (commands(), "
"""Where the strategies choose what kind of command comes next."""
SHELL = re.compile(r"^python -m (\S+)", re.MULTILINE)


def follow(howto: str, house: Path) -> None:
    """Make the files that the text makes, and add the lines that it adds."""
    assert len(MADE.findall(howto)) + len(ADDED.findall(howto)) == len(BLOCK.findall(howto))
    for name, content in MADE.findall(howto):
        assert not (house / name).exists()
        (house / name).write_text(content)
    for name, anchor, content in ADDED.findall(howto):
        lines = (house / name).read_text().splitlines(keepends=True)
        at = [number for number, line in enumerate(lines, 1) if anchor in line]
        assert at, f"{name} has no {anchor}"
        lines.insert(at[0], content)
        (house / name).write_text("".join(lines))


def draw_often(tag: str, house: Path) -> None:
    """Have a command in two of seven steps of the random nights, and play a fifth of the nights.

    The laws run whole for all other commands; by chance a night in two would have none of this one.
    """
    strategies = house / "tests/support/strategies.py"
    text = strategies.read_text()
    assert OF_STEPS in text
    often = f'_command(Command.known["{tag}"]), ' * 2
    strategies.write_text(text.replace(OF_STEPS, OF_STEPS + often))
    text, count = re.subn(
        r"max_examples=(\d+)",
        lambda of: f"max_examples={int(of[1]) // 5}",
        (house / LAWS).read_text(),
    )
    assert count > 5
    (house / LAWS).write_text(text)


def run(house: Path, *asked: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *asked], cwd=house, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(900)
def test_a_command_added_as_the_howto_says_holds_to_all_laws(tmp_path: Path) -> None:
    for part in ("events", "tests", "docs/reference", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        copy(ROOT / part, tmp_path / part)
    howto = HOWTO.read_text()

    follow(howto, tmp_path)

    for module in SHELL.findall(howto):
        run(tmp_path, module)
    assert (tmp_path / "tests/journal/golden/bell_ring@1.json").exists()
    assert "bell:ring" in (tmp_path / "docs/reference/messages.md").read_text()
    run(tmp_path, "ruff", "check", "events", "tests/core/test_bells.py")
    run(tmp_path, "ruff", "format", "--check", "events", "tests/core/test_bells.py")
    draw_often("bell:ring", tmp_path)
    run(
        *(tmp_path, "pytest", "-q", "tests/core/test_bells.py", LAWS),
        *("tests/core/test_catalogue.py", "tests/journal/test_golden.py"),
    )
