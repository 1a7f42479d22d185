"""The files that deploy, read by the programs that know them."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.deploy_programs import program

ROOT = Path(__file__).parents[2]
KUBERNETES = "1.31"
WHEELS = "pip install '.[test]' on Linux"


def passes(*command: str | Path, **environment: str) -> None:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "HEXROOM_SITE": "play.example", **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_is_as_hadolint_would_have_it() -> None:
    passes(program("hadolint", WHEELS), ROOT / "Dockerfile")


def test_the_compose_file_is_of_the_form_that_compose_reads() -> None:
    checker = program("check-jsonschema", WHEELS)

    passes(checker, "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml")


def test_kubernetes_knows_every_object_and_field() -> None:
    checker = program("kubernetes-validate", WHEELS)

    passes(checker, "--strict", "-k", KUBERNETES, ROOT / "deploy" / "kubernetes.yaml")


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    checker = program("systemd-analyze", "systemd is not on this machine")
    server = tmp_path / "hexroom"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    theirs = (ROOT / "deploy" / "hexroom.service").read_text()
    assert "/opt/hexroom/bin/hexroom" in theirs
    unit = tmp_path / "hexroom.service"
    unit.write_text(theirs.replace("/opt/hexroom/bin/hexroom", str(server)))

    passes(checker, "verify", unit)


@pytest.mark.parametrize("name", ["Caddyfile", "below-a-path.Caddyfile"])
def test_caddy_takes_its_files_as_they_are_formatted(tmp_path: Path, name: str) -> None:
    caddy, file = program("caddy", WHEELS), ROOT / "deploy" / name

    folders = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    passes(caddy, "validate", "--adapter", "caddyfile", "--config", file, **folders)
    passes(caddy, "fmt", "--diff", file)


@pytest.mark.parametrize("name", ["one", "two"])
def test_the_proxy_goes_to_the_nodes_that_compose_starts(name: str) -> None:
    compose = (ROOT / "compose.yaml").read_text()

    assert f"\n  {name}:\n    <<: *node" in compose
    assert f"{name}:8080" in (ROOT / "deploy" / "Caddyfile").read_text()
