"""Animated maps of a session, as WebP or GIF, that show exactly what their audience saw."""

import io
from collections.abc import Sequence
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

from events.geometry.grid import Hex
from events.geometry.layout import CORNERS, bounds, centre
from events.maps.glyphs import VARIANTS, variant_of
from events.maps.inks import INKS
from events.maps.overlay import Things, marks
from events.maps.tints import SHEETS
from events.record.backdrop import VisibleBackdrop
from events.report.recap import Recap, RecapFrame
from web.images.backdrop import BackdropRenderer
from web.maps.png import back_to_front, stamp
from web.maps.png_overlay import Overlay

Kind = Literal["webp", "gif"]

SIDE: Final = 800
"""Pixels of the longer side, at most."""
SIZE: Final = 30.0
EDGE: Final = 10
BAND: Final = 34
"""Pixels for the caption."""
NEW = "#c2410c"
EACH_MS, LAST_MS = 900, 3500
_THUMB: Final = 160
"""Pixels of the longer side of a frame, as far as it says which colours a GIF has."""


def animated(of: Recap, kind: Kind, renderer: BackdropRenderer, side: int = SIDE) -> bytes:
    """Return the picture: the map before, then each moment that changed it. Takes some seconds: it belongs in a thread."""
    drawing = _Drawing(of, renderer, side)
    pictures = [drawing.frame(frame) for frame in of.frames]
    pictures = pictures or [Image.new("RGB", (320, 60), SHEETS[of.map_look].paper)]
    if kind == "gif":
        pictures = _with_common_colours(pictures)
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


class _Drawing:
    """The sheet that all frames of a recap are drawn on: large enough for each hex of any of them."""

    def __init__(self, of: Recap, renderer: BackdropRenderer, side: int) -> None:
        self._orientation = of.orientation
        self._renderer = renderer
        self._look, self._sheet = of.map_look, SHEETS[of.map_look]
        union = {at: "" for frame in of.frames for at in frame.hexes}
        self._left, self._top, right, bottom = bounds(union, SIZE, of.orientation)
        self._within = (self._left, self._top, right, bottom)
        across, down = right - self._left, bottom - self._top
        self._scale = min(1.0, (side - 2 * EDGE) / max(across, down))
        self._map = (round(across * self._scale), round(down * self._scale))
        self._width = max(self._map[0] + 2 * EDGE, 320)
        self._height = self._map[1] + 2 * EDGE + BAND
        kinds = {terrain for frame in of.frames for terrain in frame.hexes.values()}
        size = SIZE * self._scale
        self._stamps = {
            (terrain, variant): stamp(terrain, variant, of.orientation, size, of.map_look)
            for terrain in sorted(kinds)
            for variant in range(VARIANTS)
        }
        self._font = ImageFont.load_default(15)
        self._ground: tuple[VisibleBackdrop, Image.Image | None] | None = None

    def frame(self, frame: RecapFrame) -> Image.Image:
        picture = Image.new("RGB", (self._width, self._height), self._sheet.paper)
        draw = ImageDraw.Draw(picture)
        for at in back_to_front(frame.hexes, self._orientation):
            x, y = self._place(at)
            ground = self._stamps[frame.hexes[at], variant_of(at)]
            corner = (round(x - ground.width / 2), round(y - ground.height / 2))
            picture.paste(ground, corner, ground)
        if frame.backdrop is not None and (shown := self._shown(frame.backdrop)) is not None:
            picture.paste(shown, (EDGE, EDGE), shown)
            for at in frame.backdrop.hexes:
                draw.polygon(self._outline(at), outline=self._sheet.grid)
        self._draw_things(picture, frame.things)
        for at in frame.new:
            draw.polygon(self._outline(at), outline=NEW, width=3)
        below = (EDGE, self._height - BAND / 2)
        draw.text(below, self._caption(frame), self._sheet.word, self._font, anchor="lm")
        return picture

    def _draw_things(self, picture: Image.Image, things: Things) -> None:
        if things:
            edge = EDGE / self._scale
            overlay = Overlay(
                marks(things, self._orientation, SIZE, self._look, self._within),
                INKS[self._look],
                self._left - edge,
                self._top - edge,
                self._scale,
            )
            overlay.draw(picture)

    def _shown(self, backdrop: VisibleBackdrop) -> Image.Image | None:
        """Return the picture under the grid; none where it lay under a grid of the other kind."""
        if backdrop.frame.orientation != self._orientation:
            return None
        if self._ground is None or self._ground[0] != backdrop:
            width, height = self._map
            right, bottom = self._left + width / self._scale, self._top + height / self._scale
            box = (self._left, self._top, right, bottom)
            self._ground = (backdrop, self._renderer.drawn(backdrop, box, SIZE, self._map))
        return self._ground[1]

    def _place(self, at: Hex) -> tuple[float, float]:
        x, y = centre(at, SIZE, self._orientation)
        return (x - self._left) * self._scale + EDGE, (y - self._top) * self._scale + EDGE

    def _outline(self, at: Hex) -> list[tuple[float, float]]:
        (x, y), size = self._place(at), SIZE * self._scale
        return [(x + a * size, y + b * size) for a, b in CORNERS[self._orientation]]

    def _caption(self, frame: RecapFrame) -> str:
        caption = f"{frame.at:%H:%M}  {frame.caption}"
        while self._font.getlength(caption) > self._width - 2 * EDGE and len(caption) > 8:
            caption = caption[:-2].rstrip("…") + "…"
        return caption


def _with_common_colours(pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """Return the pictures in one set of colours, which their own say: so a frame need hold only what changed."""
    paper = pictures[0].getpixel((0, 0))
    sheet = Image.new("RGB", (_THUMB, _THUMB * len(pictures)), paper)
    for number, picture in enumerate(pictures):
        small = picture.copy()
        small.thumbnail((_THUMB, _THUMB), Image.Resampling.BOX)
        sheet.paste(small, (0, _THUMB * number))
    colours = sheet.quantize(256)
    return [each.quantize(palette=colours, dither=Image.Dither.NONE) for each in pictures]
