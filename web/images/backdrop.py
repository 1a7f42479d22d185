"""Draws the backdrop on whole maps: pages, animated maps and reports."""

import io
import math
from typing import Final

from PIL import Image

from events.core.image_placement import Alignment
from events.core.state import RoomId
from events.geometry.layout import Point
from events.record.backdrop import Box, VisibleBackdrop
from web.images.campaign_files import Pictures
from web.images.mask import Part, Showing, masked
from web.images.store import NoSuchTile
from web.images.tiles import alignment_of

SIDE: Final = 1_000
"""Pixels of the longer side in a page, at most."""
FINEST: Final = 4.0
"""Pixels for a unit of a page's map, at most."""
MOST_BYTES: Final = 600_000
"""Of one picture in a page: it is taken coarser until it has no more."""
QUALITIES: Final = (85, 60, 30, 5)


class BackdropRenderer:
    """Draws what shows of a campaign's pictures.

    The part that was drawn last is kept, as the maps of an evening mostly show more and more of one.
    """

    def __init__(self, pictures: Pictures, campaign: RoomId) -> None:
        self._pictures = pictures
        self._campaign = campaign
        self._last_read: tuple[str, Part, Image.Image] | None = None

    def webp(self, backdrop: VisibleBackdrop, box: Box, hex_size: float) -> bytes | None:
        """Return what shows in a box of a map; a `Painter`."""
        left, top, right, bottom = box
        scale = min(FINEST, SIDE / max(right - left, bottom - top))
        size = (math.ceil((right - left) * scale), math.ceil((bottom - top) * scale))
        drawn = self.drawn(backdrop, box, hex_size, size)
        return None if drawn is None else _encoded(drawn)

    def drawn(
        self, backdrop: VisibleBackdrop, box: Box, hex_size: float, size: tuple[int, int]
    ) -> Image.Image | None:
        """Return what shows in a box of a map with hexes of that size, as so many pixels of RGBA.

        None where nothing shows or the pixels are not kept. What lies under other hexes is taken out
        first, in the picture's own pixels: scaling and turning mix nothing of it in.
        """
        placement, frame = alignment_of(backdrop.picture), backdrop.frame
        units = frame.hex_size / hex_size
        left, top, right, bottom = (side * units for side in box)
        view = _View(placement, (left, top, right, bottom), size)
        try:
            if not self._pictures.brought(self._campaign, backdrop.picture.id):
                return None
            facts = self._pictures.store.facts(backdrop.picture.id)
            part = view.part(facts.width, facts.height, facts.levels)
            if part is None:
                return None
            pixels = self._pixels(backdrop.picture.id, part)
        except NoSuchTile:
            return None
        showing = Showing(placement, backdrop.hexes, frame.hex_size, frame.orientation)
        shown = masked(pixels, part, showing)
        if shown is None:
            return None
        return shown.transform(
            size, Image.Transform.AFFINE, view.onto(part), Image.Resampling.BILINEAR
        )

    def _pixels(self, picture: str, part: Part) -> Image.Image:
        if self._last_read is None or self._last_read[:2] != (picture, part):
            self._last_read = (picture, part, self._pictures.store.part(picture, part))
        return self._last_read[2]


class _View:
    """A box of a map, in its units, that is drawn as a number of pixels."""

    def __init__(self, placement: Alignment, box: Box, size: tuple[int, int]) -> None:
        self._lies = placement
        self._left, self._top, right, bottom = box
        self._width, self._height = size
        self._across = (right - self._left) / self._width
        self._down = (bottom - self._top) / self._height

    def part(self, width: int, height: int, levels: int) -> Part | None:
        """Return the part of a picture to read: from the coarsest level that still has enough pixels."""
        finest = min(self._across, self._down)
        coarser = math.floor(math.log2(max(finest / max(self._lies.scales), 1.0)))
        level = min(coarser, levels - 1)
        corners = [
            self._on_level((x, y), level) for x in (0, self._width) for y in (0, self._height)
        ]
        left, right = _within([x for x, _ in corners], -(-width // 2**level))
        top, bottom = _within([y for _, y in corners], -(-height // 2**level))
        if left >= right or top >= bottom:
            return None
        return Part(level, left, top, right - left, bottom - top)

    def onto(self, part: Part) -> tuple[float, float, float, float, float, float]:
        """Return the affine map from pixels of what is drawn to those of the part."""
        x, y = self._on_level((0, 0), part.level)
        ax, ay = self._on_level((1, 0), part.level)
        dx, dy = self._on_level((0, 1), part.level)
        return (ax - x, dx - x, x - part.left, ay - y, dy - y, y - part.top)

    def _on_level(self, pixel: Point, level: int) -> Point:
        on_map = (self._left + pixel[0] * self._across, self._top + pixel[1] * self._down)
        x, y = self._lies.to_picture(on_map)
        return x / 2**level, y / 2**level


def _within(ends: list[float], length: int) -> tuple[int, int]:
    """Return the least and greatest of the ends as whole pixels of a side, and one more each way."""
    return max(math.floor(min(ends)) - 1, 0), min(math.ceil(max(ends)) + 1, length)


def _encoded(image: Image.Image) -> bytes:
    encoded = b""
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(file, "WEBP", quality=quality, method=4)
        encoded = file.getvalue()
        if len(encoded) <= MOST_BYTES:
            break
    return encoded
