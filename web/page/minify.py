"""Makes scripts and styles small: no comments, no space, short names for what is local.

The library for it is Go with a runtime of its own, threads and signal handlers included, so it works in a process
that ends before the server begins. It has no wheel for every machine; without it only comments and indentation go.
"""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

KINDS: Final = {".js": "application/javascript", ".css": "text/css"}

_CONST: Final = re.compile(r"\bconst\b(?=[ \[{])")
_COMMENT: Final = re.compile(r"/\*.*?\*/ ?", re.DOTALL)
_COMMENT_LINE: Final = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)


def minified(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the scripts and styles, by file name, made small."""
    if importlib.util.find_spec("minify") is None:
        return {name: lean(text) for name, text in texts.items()}
    # -P: the folder of this file has a module called socket.
    worker = [sys.executable, "-P", __file__]
    done = subprocess.run(
        worker,
        input=json.dumps(dict(texts)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    small: dict[str, str] = json.loads(done.stdout)
    return small


def lean(source: str) -> str:
    """Return a script or style without comments and indentation, line for line.

    Comments are `/* … */` and lines that begin with `//`; the page has none in strings.
    """
    bare = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
    return _INDENT.sub("", _COMMENT_LINE.sub("", bare))


def _work() -> None:
    from minify import string  # type: ignore[import-untyped]  # it has no types

    texts = json.load(sys.stdin)
    kind_of = {name: KINDS[name[name.rindex(".") :]] for name in texts}
    # Nothing that runs assigns to a const, so `let` does the same; the word is in no text of the page.
    json.dump(
        {name: string(kind_of[name], _CONST.sub("let", text)) for name, text in texts.items()},
        sys.stdout,
    )


if __name__ == "__main__":
    _work()
