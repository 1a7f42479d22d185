"""An evening's map as an animated picture, WebP or GIF, of exactly what its audience saw."""

import io
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

from events.grid import Hex
from events.maps.layout import CORNERS, bounds, centre
from events.record.recap import Frame, Recap
from web.mappicture import stamp

Kind = Literal["webp", "gif"]

SIDE: Final = 800
"""Pixels of the longer side, at most."""
SIZE: Final = 30.0
BAND: Final = 34
"""Pixels for the caption."""
PAPER, INK, NEW = "#f3eee4", "#1d1b19", "#c2410c"
EACH_MS, LAST_MS = 900, 3500


def animated(of: Recap, kind: Kind) -> bytes:
    """Return the picture: the map before, then each moment that changed it. Takes a second or so."""
    union = {at: "" for frame in of.frames for at in frame.hexes}
    left, top, right, bottom = bounds(union, SIZE, of.orientation)
    scale = min(1.0, (SIDE - 20) / max(right - left, bottom - top))
    width = max(round((right - left) * scale) + 20, 320)
    height = round((bottom - top) * scale) + 20 + BAND
    kinds = {terrain for frame in of.frames for terrain in frame.hexes.values()}
    stamps = {terrain: stamp(terrain, of.orientation, SIZE * scale) for terrain in sorted(kinds)}
    font = ImageFont.load_default(15)

    def place(at: Hex) -> tuple[float, float]:
        x, y = centre(at, SIZE, of.orientation)
        return (x - left) * scale + 10, (y - top) * scale + 10

    def drawn(frame: Frame) -> Image.Image:
        picture = Image.new("RGB", (width, height), PAPER)
        draw = ImageDraw.Draw(picture)
        for at, terrain in frame.hexes.items():
            x, y = place(at)
            ground = stamps[terrain]
            corner = (round(x - ground.width / 2), round(y - ground.height / 2))
            picture.paste(ground, corner, ground)
        for at in frame.new:
            x, y = place(at)
            outline = [
                (x + a * SIZE * scale, y + b * SIZE * scale) for a, b in CORNERS[of.orientation]
            ]
            draw.polygon(outline, outline=NEW, width=3)
        caption = f"{frame.at:%H:%M}  {frame.caption}"
        while font.getlength(caption) > width - 20 and len(caption) > 8:
            caption = caption[:-2].rstrip("…") + "…"
        draw.text((10, height - BAND / 2), caption, INK, font, anchor="lm")
        return picture

    pictures = [drawn(frame) for frame in of.frames] or [Image.new("RGB", (320, 60), PAPER)]
    file = io.BytesIO()
    pictures[0].save(
        file,
        kind.upper(),
        save_all=True,
        append_images=pictures[1:],
        duration=[*(EACH_MS for _ in pictures[1:]), LAST_MS],
        loop=0,
    )
    return file.getvalue()
