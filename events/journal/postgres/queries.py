"""The named queries of queries.sql."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, LiteralString, cast

_NAME = re.compile(r"^-- (?:name|part): (\w+)$", re.MULTILINE)
_PART = re.compile(r"\{(\w+)\}")


def _load(path: Path) -> Mapping[str, LiteralString]:
    """Return the queries of a file by name, without descriptions, with the parts that they name."""
    _, *parts = _NAME.split(path.read_text(encoding="utf-8"))
    bare = {
        name: "\n".join(line for line in body.splitlines() if not line.startswith("--")).strip()
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }
    whole = {name: _PART.sub(lambda part: bare[part[1]], body) for name, body in bare.items()}
    # A file of the package is as literal as its source.
    return MappingProxyType(cast("dict[str, LiteralString]", whole))


QUERIES: Final = _load(Path(__file__).with_name("queries.sql"))
"""By name; queries.sql says what each is for."""
