"""Serves the page: one document for all its addresses, and its files under a name that tells their content.

The name is one digest of all that is served, `/static/DIGEST/app.js`: modules import one another by relative
paths, so a file is as old as the tree it is in, and each answer may be kept for ever.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from aiohttp import web

from web.page.bundle import ENTRY, bundle_scripts, bundle_styles
from web.page.minify import KINDS, minified

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
_STYLE: Final = "styles/index.css"


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
    code: frozenset[str]
    """The scripts and styles that browsers load; the other files of the tree are within them, or no part of the page."""


@cache
def read_site(*, sources: bool = False) -> Site:
    """Return the page's files by their path in the tree, laid together and small; or as their sources."""
    raw = {
        path.relative_to(STATIC).as_posix(): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.is_file()
    }
    code = {name: raw[name] for name in raw if _is_code(name)}
    if not sources:
        code = {name: text.encode() for name, text in packed(code).items()}
    served = raw | code
    tree = hashlib.sha256()
    for name, body in served.items():
        tree.update(b"%s\0%d\0%s" % (name.encode(), len(body), body))
    digest = tree.hexdigest()[:16]
    files = {name: _file(name, body) for name, body in served.items()}
    document = re.sub(
        r'(href|src)="(?![/#])', rf'\1="/static/{digest}/', raw["index.html"].decode()
    )
    return Site(digest, files, _file("index.html", document.encode()), frozenset(code))


def packed(sources: Mapping[str, bytes]) -> dict[str, str]:
    """Return the scripts and the style that a browser loads in place of the sources, by path."""
    texts = {name: source.decode() for name, source in sources.items()}
    scripts = {name: text for name, text in texts.items() if name.endswith(".js")}
    folder = _STYLE.rpartition("/")[0] + "/"
    styles = {
        name.removeprefix(folder): text for name, text in texts.items() if name not in scripts
    }
    return minified(
        {**bundle_scripts(scripts), _STYLE: bundle_styles(texts[_STYLE], styles, scripts.values())}
    )


def add_pages(app: web.Application, *, sources: bool = False) -> None:
    """Add the page's routes: `/`, `/c/ID`, `/join/TOKEN`, `/static/…`."""
    site = read_site(sources=sources)
    on_top = frozenset() if sources else site.code - {ENTRY, _STYLE}

    async def document(request: web.Request) -> web.Response:
        return _answer(request, site.document, _ASK_FIRST)

    async def static(request: web.Request) -> web.Response:
        digest, _, name = request.match_info["path"].partition("/")
        if digest == site.digest and name in site.files:
            return _answer(request, site.files[name], _FOR_EVER)
        # Without the digest, or with that of another version: what is there now, not to be kept. But what comes on top
        # of a script fits its own version alone; a page that was open during an upgrade is told to load itself anew.
        for path in (request.match_info["path"], name if name not in on_top else None):
            if path in site.files:
                return _answer(request, site.files[path], _ASK_FIRST)
        raise web.HTTPNotFound(text="there is no such file")

    for path in ("/", "/c/{id}", "/join/{token}"):
        app.router.add_get(path, document)
    app.router.add_get("/static/{path:.+}", static)


def _is_code(name: str) -> bool:
    return Path(name).suffix in KINDS


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
