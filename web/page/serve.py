"""Serves the page: one document for all its addresses, and its files under a name that tells their content.

The name is one digest of all that is served, `/static/DIGEST/app.js`: modules import one another by relative
paths, so a file is as old as the tree it is in, and each answer may be kept for ever. An installed wheel has the page
bundled (packaging/page_bundle.py); a source tree serves its modules one by one.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from aiohttp import web

STATIC: Final = Path(__file__).parent / "static"
"""The page's sources."""

BUNDLE: Final = Path(__file__).parent / "bundle"
"""The page as it was bundled when the wheel was built; not in a source tree."""

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
_LINK: Final = re.compile(r'(href|src)="(?![/#])([^"]+)')
"""Where the document names a file beside it."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    body: bytes
    zipped: bytes | None
    """With gzip, where that is smaller."""
    content_type: str


@dataclass(frozen=True, slots=True)
class PageFiles:
    """All files of the page, read once."""

    digest: str
    files: dict[str, StaticFile]
    text: str
    """index.html."""
    entries: frozenset[str]
    """What the document names; all else is asked for by a file of the same digest."""


@cache
def read_site(*, sources: bool = False) -> PageFiles:
    """Return the page's files by their path: the bundle where there is one, unless the sources are wanted."""
    root = BUNDLE if BUNDLE.is_dir() and not sources else STATIC
    bodies = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
    tree = hashlib.sha256()
    for name, body in bodies.items():
        tree.update(b"%s\0%d\0%s" % (name.encode(), len(body), body))
    digest = tree.hexdigest()[:16]
    text = bodies["index.html"].decode()
    files = {name: _file(name, body) for name, body in bodies.items()}
    entries = frozenset(link[2] for link in _LINK.finditer(text))
    return PageFiles(digest, files, text, entries)


def add_pages(app: web.Application, prefix: str = "", *, sources: bool = False) -> None:
    """Add the page's routes: `/`, `/c/ID`, `/join/TOKEN`, `/account` and the like, `/static/…`.

    The prefix is the path below which browsers find them. The page takes it from the address of its own script.
    """
    site = read_site(sources=sources)
    links_led = _LINK.sub(rf'\1="{prefix}/static/{site.digest}/\2', site.text)
    whole = _file("index.html", links_led.encode())

    async def document(request: web.Request) -> web.Response:
        return _answer(request, whole, _ASK_FIRST)

    async def static(request: web.Request) -> web.Response:
        digest, _, name = request.match_info["path"].partition("/")
        if digest == site.digest and name in site.files:
            return _answer(request, site.files[name], _FOR_EVER)
        # Without the digest, or with that of another version: what is there now, not to be kept. But a module fits
        # those of its own version alone; a page that was open during an upgrade is told to load itself anew.
        for path in (request.match_info["path"], name if name in site.entries else None):
            if path in site.files:
                return _answer(request, site.files[path], _ASK_FIRST)
        raise web.HTTPNotFound(text="there is no such file")

    for path in (
        *("/", "/c/{id}", "/c/{id}/home", "/join/{token}"),
        *("/account", "/admin", "/back/{token}", "/forgotten", "/reset/{token}"),
    ):
        app.router.add_get(path, document)
    app.router.add_get("/static/{path:.+}", static)


def _file(name: str, body: bytes) -> StaticFile:
    suffix = Path(name).suffix
    content_type = mimetypes.types_map.get(suffix, "application/octet-stream")
    if suffix == ".js":
        content_type = "text/javascript"
    if suffix not in _TEXT:
        return StaticFile(body, None, content_type)
    zipped = gzip.compress(body, 9, mtime=0)
    return StaticFile(body, zipped if len(zipped) < len(body) else None, content_type)


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
