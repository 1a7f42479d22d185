"""Who may import whom: packages, the floors of folders inside them, the pure core; and what is called what."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent

PACKAGES: Final = ("events", "actors", "web")
"""A package imports those before it, never those after it."""

FLOORS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "events": (
        ("errors", "text"),
        ("geometry",),
        ("core",),
        ("maps", "journal"),
        ("record",),
        ("replay", "transfer"),
        ("report",),
    ),
    "actors": (("runtime",), ("delivery",), ("room",), ("directory",), ("cluster",)),
    "web": (
        ("version",),
        ("http", "page", "listening", "mail", "settings", "client"),
        ("accounts",),
        ("campaigns", "ops"),
        ("live", "maps", "images"),
        ("history",),
        ("recaps",),
        ("past_routes",),
        ("app", "server", "workers"),
        ("cli",),
    ),
}
"""The folders and top modules of each package from the ground up; a lower one never imports a higher one."""

MOST_LINES: Final = 400
"""A module that is longer is parted where a reader would look for one of its halves."""

PURE: Final = ("events.errors", "events.text", "events.geometry", "events.core", "events.maps")
IMPURE_MODULES: Final = ("asyncio", "psycopg", "random", "time", "uuid.uuid4", "secrets", "socket")


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES: Final = dict(modules())


def imports(path: Path) -> set[str]:
    """Return the dotted names that a module imports, those for type checkers included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def imported_modules(name: str) -> set[str]:
    """Return the modules of the house that a module imports."""
    found = set()
    for dotted in imports(MODULES[name]):
        module = dotted if dotted in MODULES else dotted.rpartition(".")[0]
        if module in MODULES:
            found.add(module)
    return found - {name}


def within(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def floor(name: str) -> int | None:
    """Return the floor of a module inside its package; None for the package itself."""
    package, _, rest = name.partition(".")
    folder = rest.partition(".")[0]
    if not folder:
        return None
    for number, folders in enumerate(FLOORS[package]):
        if folder in folders:
            return number
    raise AssertionError(f"{name}: say in FLOORS on which floor {package}/{folder} stands")


@pytest.mark.parametrize("name", MODULES)
def test_no_module_imports_a_higher_package_or_floor(name: str) -> None:
    package, own = name.partition(".")[0], floor(name)
    for other in imported_modules(name):
        other_package, theirs = other.partition(".")[0], floor(other)
        assert PACKAGES.index(other_package) <= PACKAGES.index(package), f"{name} imports {other}"
        if other_package == package and own is not None and theirs is not None:
            assert theirs <= own, f"{name} imports {other}, which stands on a higher floor"


@pytest.mark.parametrize("name", [name for name in MODULES if within(name, PURE)])
def test_the_pure_core_knows_no_clock_no_chance_and_no_record(name: str) -> None:
    assert not {found for found in imports(MODULES[name]) if within(found, IMPURE_MODULES)}


def test_there_is_no_circle_of_imports() -> None:
    circles = sorted(map(sorted, _circles()))
    assert not circles


def test_a_class_name_is_used_once() -> None:
    places: dict[str, list[str]] = {}
    for name, path in MODULES.items():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(name)
    assert len(places) > 500
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_no_module_is_too_long() -> None:
    scripts = (ROOT / "web" / "page" / "static").rglob("*.js")
    sizes = {path: len(path.read_text().splitlines()) for path in (*MODULES.values(), *scripts)}
    assert len(sizes) > 300
    assert not {str(path): size for path, size in sizes.items() if size > MOST_LINES}


def test_the_imports_are_really_read() -> None:
    assert "events.core.state" in imported_modules("events.core.decider")
    assert floor("events.core.state") == 2
    assert len(MODULES) > 100


def _circles() -> Iterator[list[str]]:
    """Yield the strongly connected groups of more than one module.

    Source: Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972).
    """
    graph = {name: imported_modules(name) for name in MODULES}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(name: str) -> Iterator[list[str]]:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in index:
                yield from visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                yield group

    for name in graph:
        if name not in index:
            yield from visit(name)
