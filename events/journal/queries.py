"""The named queries of queries.sql."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, LiteralString, cast

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def _load(path: Path) -> Mapping[str, LiteralString]:
    """Return the queries of a file by name, without their descriptions."""
    _, *parts = _NAME.split(path.read_text(encoding="utf-8"))
    bare = {
        name: "\n".join(line for line in body.splitlines() if not line.startswith("--")).strip()
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }
    # A file of the package is as literal as its source.
    return MappingProxyType(cast("dict[str, LiteralString]", bare))


QUERIES: Final = _load(Path(__file__).with_name("queries.sql"))
"""By name; queries.sql says what each is for."""
