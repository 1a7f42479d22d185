"""The import arrows: web → actors → events, and the impure half of events imports the pure one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
IMPURE = (
    "events.journal",
    "events.replay",
    "events.audit",
    "events.fork",
    "events.record",
    "events.archive",
)
BANNED_IN_CORE = ("asyncio", "psycopg", "random", "time", "uuid.uuid4", "secrets", "socket")


def modules(package: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


EVENTS, ACTORS = list(modules("events")), list(modules("actors"))
PURE = [(name, path) for name, path in EVENTS if not within(name, IMPURE)]


@pytest.mark.parametrize(("name", "path"), EVENTS)
def test_events_imports_neither_actors_nor_web(name: str, path: Path) -> None:
    assert not {found for found in imports(path) if within(found, ("actors", "web"))}


@pytest.mark.parametrize(("name", "path"), ACTORS)
def test_actors_does_not_import_web(name: str, path: Path) -> None:
    assert not {found for found in imports(path) if within(found, ("web",))}


@pytest.mark.parametrize(("name", "path"), PURE)
def test_the_pure_core_knows_no_clock_no_chance_and_no_record(name: str, path: Path) -> None:
    assert not {found for found in imports(path) if within(found, (*BANNED_IN_CORE, *IMPURE))}


def test_the_arrows_are_really_read() -> None:
    assert "events.state" in imports(ROOT / "events" / "decider.py")
    assert len(PURE) > 10
