"""QR codes of addresses, as pictures."""

import io

import segno
from aiohttp import web


def qr_svg(url: str) -> bytes:
    """Return the address as a QR code in SVG, dark on white whatever the page's colours."""
    drawn = io.BytesIO()
    segno.make_qr(url, error="m").save(drawn, kind="svg", scale=6, dark="#10191c", light="#fff")
    return drawn.getvalue()


def qr_answer(url: str) -> web.Response:
    """Return the picture of an address that is a secret: no cache keeps it."""
    return web.Response(
        body=qr_svg(url),
        content_type="image/svg+xml",
        headers={"Cache-Control": "private, no-store"},
    )
