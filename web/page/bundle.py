"""Lays the page's modules together: one script with all that a table needs, the others on top of it.

The sources are plain modules that a browser could load one by one, but then it asks in turn for what each
of them imports, and no name that one module gives another can be made short.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final

ENTRY: Final = "app.js"
"""The script that the document names."""

_IMPORT: Final = re.compile(r'^import \{ ([^}]*) \} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ((?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
_PLACE: Final = re.compile(r'(\b(?:import|new URL)\()(["`])(\.[^"`]+)\2')
_OFTEN: Final = (
    "Array Date JSON Map Math Number Object Promise Set String "
    "clearTimeout document fetch location matchMedia requestAnimationFrame setTimeout"
).replace(" ", ", ")
"""Names of the browser's that become short as a function's parameters."""
_PROPERTY: Final = re.compile(r"(?<![\w-])--[a-z][\w-]*")
_STYLE: Final = re.compile(r'^@import url\("([^"]+)"\) layer\((\w+)\);$', re.MULTILINE)


def bundle_scripts(modules: Mapping[str, str]) -> dict[str, str]:
    """Return the scripts that take the place of these modules, by path.

    All that ENTRY imports, and what that imports, is within ENTRY; modules that are imported when they are needed
    stay, and take from ENTRY what is there. Each is a function of its own, so that its names are nobody else's.
    Expects imports by name, a line each; no two modules within ENTRY may have a name in common at their top.
    """
    within: list[str] = []
    _gather(ENTRY, modules, within)
    apart = sorted(modules.keys() - set(within))
    wanted = Counter(name for path in apart for name, _ in _taken(path, modules[path], within))
    keys = {name: _numeral(at) for at, (name, _) in enumerate(wanted.most_common())}
    return {
        ENTRY: _whole((_body(path, modules[path], into=ENTRY) for path in within), keys),
        **{path: _on_top(path, modules[path], within, keys) for path in apart},
    }


def bundle_styles(index: str, styles: Mapping[str, str], scripts: Iterable[str]) -> str:
    """Return the index with the styles that it imports in their layers; styles by their path beside it.

    Custom properties of which the scripts do not speak get names of a letter or two.
    """
    whole = _STYLE.sub(lambda found: f"@layer {found[2]} {{\n{styles[found[1]]}\n}}", index)
    spoken = {name for script in scripts for name in _PROPERTY.findall(script)}
    often = Counter(name for name in _PROPERTY.findall(whole) if name not in spoken)
    short = {name: f"--{_numeral(at)}" for at, (name, _) in enumerate(often.most_common())}
    return _PROPERTY.sub(lambda found: short.get(found[0], found[0]), whole)


def _numeral(number: int) -> str:
    """Return the name at a place in a, b, … z, a1, b1 and so on."""
    return chr(ord("a") + number % 26) + (str(number // 26) if number >= 26 else "")


def _gather(path: str, modules: Mapping[str, str], within: list[str]) -> None:
    """Add a module behind all that it imports."""
    for _, source in _IMPORT.findall(modules[path]):
        other = _resolve(path, source)
        if other not in within:
            _gather(other, modules, within)
    within.append(path)


def _taken(path: str, source: str, within: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield the names that a module takes from those within ENTRY, and what it calls them."""
    for names, place in _IMPORT.findall(source):
        if _resolve(path, place) in within:
            for name in names.split(", "):
                theirs, _, own = name.partition(" as ")
                yield theirs, own or theirs


def _whole(bodies: Iterable[str], keys: Mapping[str, str]) -> str:
    """Return ENTRY: it gives the others an object of what they take, under short keys."""
    given = ", ".join(f"{key}: {name}" for name, key in keys.items())
    inside = "\n".join(bodies)
    return f"export const $ = (({_OFTEN}) => {{\n{inside}\nreturn {{ {given} }};\n}})({_OFTEN});"


def _on_top(path: str, source: str, within: Container[str], keys: Mapping[str, str]) -> str:
    """Return a module that is loaded later."""
    kept = [
        f'import {{ {names} }} from "{place}";'
        for names, place in _IMPORT.findall(source)
        if _resolve(path, place) not in within
    ]
    taken = ", ".join(f"{keys[theirs]}: {own}" for theirs, own in _taken(path, source, within))
    given = ", ".join(name for _, name in _EXPORT.findall(source))
    return "\n".join(
        [
            f'import {{ $ }} from "{posixpath.relpath(ENTRY, posixpath.dirname(path))}";',
            *kept,
            f"export const [{given}] = (() => {{",
            f"const {{ {taken} }} = $;",
            _body(path, source, into=path),
            f"return [{given}];",
            "})();",
        ]
    )


def _body(path: str, source: str, *, into: str) -> str:
    """Return a module without imports and exports; the places it names are as seen from another script."""

    def seen(found: re.Match[str]) -> str:
        place = posixpath.relpath(_resolve(path, found[3]), posixpath.dirname(into) or ".")
        return f"{found[1]}{found[2]}./{place}{found[2]}"

    return _PLACE.sub(seen, _EXPORT.sub(r"\1", _IMPORT.sub("", source)))


def _resolve(path: str, source: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), source))
