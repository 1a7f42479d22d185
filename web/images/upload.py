"""Receives an uploaded picture into a file."""

import asyncio
from pathlib import Path

from aiohttp import web

from web.http.api import BodyTooLarge


async def received(request: web.Request, upload: Path, most_bytes: int) -> None:
    """Write the body to a file; raise BodyTooLarge as soon as that is known."""
    if (request.content_length or 0) > most_bytes:
        raise BodyTooLarge(most_bytes)
    length = 0
    file = await asyncio.to_thread(upload.open, "wb")
    try:
        async for chunk in request.content.iter_chunked(256 * 1024):
            length += len(chunk)
            if length > most_bytes:
                raise BodyTooLarge(most_bytes)
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)
