"""Serves the page: one document for all its addresses, and its files under a name that tells their content.

The name is one digest of the whole tree, `/static/DIGEST/app.js`: modules import one another by relative
paths, so a file is as old as the tree it is in, and each answer may be kept for ever.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

STATIC: Final = Path(__file__).parent / "static"

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
"""No inline script or style, nothing from elsewhere, no markup out of strings."""

_SAFETY: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"

_TEXT: Final = {".js", ".css", ".html", ".svg"}
_COMMENT: Final = re.compile(r"/\*.*?\*/ ?", re.DOTALL)
_COMMENT_LINE: Final = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    body: bytes
    zipped: bytes | None
    """With gzip, where that is smaller."""
    content_type: str


@dataclass(frozen=True, slots=True)
class Site:
    """All files of the page, read once."""

    digest: str
    files: dict[str, StaticFile]
    document: StaticFile
    """index.html, its links leading to the digest."""


def read_site(root: Path = STATIC) -> Site:
    """Return the page's files by their path in the tree.

    Comments and indentation stay with the sources: what is sent has the same lines without them.
    """
    sources = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
    tree = hashlib.sha256()
    for name, source in sources.items():
        tree.update(b"%s\0%d\0%s" % (name.encode(), len(source), source))
    digest = tree.hexdigest()[:16]
    files = {name: _file(name, source) for name, source in sources.items()}
    document = re.sub(
        r'(href|src)="(?![/#])', rf'\1="/static/{digest}/', _text(sources["index.html"])
    )
    return Site(digest, files, _file("index.html", document.encode()))


def lean(source: str) -> str:
    """Return a script or style without comments and indentation, line for line.

    Comments are `/* … */` and lines that begin with `//`; the page has none in strings.
    """
    bare = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
    return _INDENT.sub("", _COMMENT_LINE.sub("", bare))


def add_pages(app: web.Application) -> None:
    """Add the page's routes: `/`, `/c/ID`, `/join/TOKEN`, `/static/…`."""
    site = read_site()

    async def document(request: web.Request) -> web.Response:
        return _answer(request, site.document, _ASK_FIRST)

    async def static(request: web.Request) -> web.Response:
        digest, _, name = request.match_info["path"].partition("/")
        if digest == site.digest and name in site.files:
            return _answer(request, site.files[name], _FOR_EVER)
        # Without the digest, or with that of another version: what is there now, not to be kept.
        for path in (request.match_info["path"], name):
            if path in site.files:
                return _answer(request, site.files[path], _ASK_FIRST)
        raise web.HTTPNotFound(text="there is no such file")

    for path in ("/", "/c/{id}", "/join/{token}"):
        app.router.add_get(path, document)
    app.router.add_get("/static/{path:.+}", static)


def _file(name: str, source: bytes) -> StaticFile:
    suffix = Path(name).suffix
    body = lean(_text(source)).encode() if suffix in {".js", ".css"} else source
    content_type = mimetypes.types_map.get(suffix, "application/octet-stream")
    if suffix == ".js":
        content_type = "text/javascript"
    if suffix not in _TEXT:
        return StaticFile(body, None, content_type)
    zipped = gzip.compress(body, 9, mtime=0)
    return StaticFile(body, zipped if len(zipped) < len(body) else None, content_type)


def _text(source: bytes) -> str:
    return source.decode()


def _answer(request: web.Request, file: StaticFile, caching: str) -> web.Response:
    etag = f'"{hashlib.sha256(file.body).hexdigest()[:20]}"'
    headers = {**_SAFETY, "Cache-Control": caching, "Vary": "Accept-Encoding", "ETag": etag}
    if request.headers.get("If-None-Match") in {etag, f"W/{etag}"}:
        return web.Response(status=304, headers=headers)
    body = file.body
    if file.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = file.zipped
        headers["Content-Encoding"] = "gzip"
    charset = "utf-8" if file.zipped is not None else None
    return web.Response(body=body, headers=headers, content_type=file.content_type, charset=charset)
