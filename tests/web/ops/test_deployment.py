"""The files that deploy name settings that exist, and the page of settings lists them all."""

import re
from pathlib import Path

import pytest

from web.settings import Settings, table

ROOT = Path(__file__).parents[3]
FILES = (
    "Dockerfile",
    "compose.yaml",
    *(f"deploy/{name}" for name in ("hexroom.service", "kubernetes.yaml")),
)
HOW_TO = sorted((ROOT / "docs" / "how-to").glob("*.md"))
NOT_OURS = {"HEXROOM_SITE"}
"""What only the proxy reads."""


@pytest.mark.parametrize("name", FILES)
def test_a_deployment_names_only_settings_that_exist(name: str) -> None:
    named = set(re.findall(r"HEXROOM_[A-Z_]+", (ROOT / name).read_text())) - NOT_OURS

    assert named
    assert named <= {variable for variable, _, _ in table()}


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_the_files_that_a_how_to_links_to_are_there(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / link).exists(), link


def test_the_page_of_settings_lists_each_with_its_default_and_meaning() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()

    for variable, default, meaning in table():
        shown = f"`{default}`" if default else ""
        assert f"| `{variable}` | {shown} | {meaning} |" in page
    assert page.count("| `HEXROOM_") == len(Settings.model_fields)


def test_the_container_is_not_root_and_stops_in_time() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    unit = (ROOT / "deploy" / "hexroom.service").read_text()

    assert re.search(r"^USER (?!0\b|root\b)", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile
    stop_s = int(re.findall(r"^TimeoutStopSec=(\d+)", unit, re.MULTILINE)[0])
    assert stop_s > 10
