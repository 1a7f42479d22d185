"""Tiles of the picture under the grid: a viewer gets the pixels of the hexes they may see, and no others.

A picture is kept as a pyramid: level 0 is the picture, each further level half as wide and high, all in tiles of
TILE pixels. Tiles are cut in the picture's own pixels; the page moves, scales and turns them (`Alignment`).
"""

import hashlib
import io
import math
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw

from events.core.image_placement import Alignment
from events.geometry.grid import Hex
from events.geometry.layout import CORNERS, ROOT_3, Point, centre
from events.geometry.offset import Orientation
from web.images.pyramid import TILE, Tile

# A pixel's corner is 0.71 from its middle, rounding a corner of a hex moves it by as much again, and Pillow
# fills half a pixel more: what is hidden is drawn this much larger, so that no pixel holds any of it.
_MARGIN = 2.0
SMALLEST_SIDE = 2.0
"""Hexes with shorter sides, in pixels of a level, cannot be told apart: for players such a tile stays empty.

Hexes of a picture that is stretched are longer one way: then what counts is how narrow they are.
"""


class Part(NamedTuple):
    """A rectangle of one level of a pyramid, in pixels of that level."""

    level: int
    left: int
    top: int
    width: int
    height: int


class Showing(NamedTuple):
    """The visible part of a picture, and its placement."""

    alignment: Alignment
    visible: Collection[Hex] | None
    """A set; None shows the whole picture, which is for DMs."""
    hex_size: float
    orientation: Orientation


def cut_tile(
    image: Image.Image,
    alignment: Alignment,
    tile: Tile,
    visible_hexes: Collection[Hex] | None,
    hex_size: float,
    orientation: Orientation,
) -> bytes:
    """Return the tile as WebP with only the pixels that lie wholly in the visible hexes.

    ``image`` holds the tile's own pixels; ``visible_hexes`` is a set, or None for all of the picture.
    The other pixels are transparent and black before anything is encoded, so nothing bleeds.
    """
    if visible_hexes is None:
        return _encoded(image)
    showing = Showing(alignment, visible_hexes, hex_size, orientation)
    shown = masked(image, _part(tile), showing)
    return blank(image.size) if shown is None else _encoded(shown)


def masked(image: Image.Image, part: Part, showing: Showing) -> Image.Image | None:
    """Return of a part only the pixels that lie wholly in the visible hexes; None where there are none.

    The others are transparent and black, so what is made of these, by any filter, holds nothing of them.
    """
    place = _Place(part, showing)
    visible = _touching(place, showing.visible or ())
    if not visible or place.side < SMALLEST_SIDE:
        return None
    mask = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(mask)
    for at in visible:
        draw.polygon(place.outline(at, 0.0), fill=255)
    for at in _frontier(visible, place):
        draw.polygon(place.outline(at, _MARGIN), fill=0)
    if mask.getbbox() is None:
        return None
    image = image.convert("RGBA")
    shown = ImageChops.darker(image.getchannel("A"), mask)
    # Black where nothing is shown, and only there: an encoder looks at colour and alpha apart.
    colour = Image.composite(image, Image.new("RGBA", image.size), shown.point(_is_shown))
    colour.putalpha(shown)
    return colour


def tile_key(image_id: str, tile: Tile, showing: Showing) -> str:
    """Return what names the bytes of a tile: viewers with the same key get the same bytes."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(repr((image_id, *tile)).encode())
    if showing.visible is not None:
        at = showing.alignment
        frame = (at.x, at.y, *at.scales, at.rotation, showing.hex_size, showing.orientation)
        digest.update(repr((frame, sorted(map(tuple, touching(tile, showing))))).encode())
    return digest.hexdigest()


def touching(tile: Tile, showing: Showing) -> frozenset[Hex]:
    """Return the visible hexes that reach into a tile or within a few pixels of it."""
    return _touching(_Place(_part(tile), showing), showing.visible or ())


def _part(tile: Tile) -> Part:
    return Part(tile.level, tile.column * TILE, tile.row * TILE, TILE, TILE)


def _touching(place: "_Place", visible: Collection[Hex]) -> frozenset[Hex]:
    candidates: Iterable[Hex] = visible
    if place.count() < len(visible):
        candidates = (at for at in place.around() if at in visible)
    return frozenset(at for at in candidates if place.touches(at))


def _is_shown(alpha: int) -> int:
    return 255 if alpha else 0


def _frontier(visible: frozenset[Hex], place: "_Place") -> Iterator[Hex]:
    """Yield the hidden hexes, at least those whose enlarged outline reaches a visible one."""
    # One that is seen but does not touch the part is yielded, too, and reaches no pixel of it.
    if place.side > _MARGIN + 1:
        yield from {near for at in visible for near in at.neighbours()} - visible
    else:
        # The outline reaches past the neighbours, and looking at each one's own is slower than at all.
        yield from (at for at in place.around() if at not in visible and place.touches(at))


class _Place:
    """A part of a picture on the map: the hexes around it, and their positions in it."""

    def __init__(self, part: Part, showing: Showing) -> None:
        self._showing = showing
        self._part = part
        self._shrunk = float(2**part.level)
        # All is affine, so a hex costs four products: a part may show thousands.
        x, y = self.pixel((0.0, 0.0))
        corners = [
            self.pixel((dx * showing.hex_size, dy * showing.hex_size))
            for dx, dy in CORNERS[showing.orientation]
        ]
        self._outline = [(end_x - x, end_y - y) for end_x, end_y in corners]
        self._apothem = _nearest_side(self._outline)
        self.side = self._apothem * 2 / ROOT_3
        """From centre to corner, in pixels of the part; also the length of a hex's side; of a stretched hex, by how narrow it is."""
        longest = max(math.hypot(dx, dy) for dx, dy in self._outline)
        self._reach = longest * self._larger(_MARGIN) + _MARGIN
        """How far from its centre an outline goes, in pixels of the part."""
        ends = (
            self.pixel(centre(step, showing.hex_size, showing.orientation))
            for step in (Hex(1, 0), Hex(0, 1))
        )
        self._axes = ((x, y), *((end_x - x, end_y - y) for end_x, end_y in ends))
        self._corners = {margin: self._offsets(margin) for margin in (0.0, _MARGIN)}

    def pixel(self, point: Point) -> Point:
        """Return where a point of the map lies in the part."""
        x, y = self._showing.alignment.to_picture(point)
        return x / self._shrunk - self._part.left, y / self._shrunk - self._part.top

    def middle(self, at: Hex) -> Point:
        """Return the centre of a hex in pixels of the part."""
        (x, y), (qx, qy), (rx, ry) = self._axes
        return x + at.q * qx + at.r * rx, y + at.q * qy + at.r * ry

    def touches(self, at: Hex) -> bool:
        reach = self._reach
        x, y = self.middle(at)
        part = self._part
        return -reach <= x <= part.width + reach and -reach <= y <= part.height + reach

    def outline(self, at: Hex, margin: float) -> list[tuple[int, int]]:
        """Return the corners in pixels of the part, the sides moved outwards by one of the margins."""
        x, y = self.middle(at)
        # Pillow would cut fractions off rather than round.
        return [(round(x + dx), round(y + dy)) for dx, dy in self._corners[margin]]

    def _offsets(self, margin: float) -> list[Point]:
        larger = self._larger(margin)
        # Half a pixel less, as Pillow counts from the middle of a pixel.
        return [(dx * larger - 0.5, dy * larger - 0.5) for dx, dy in self._outline]

    def _larger(self, margin: float) -> float:
        """Return how many times larger a hex has each side at least by a margin further out."""
        return 1 + margin / self._apothem

    def _box(self) -> tuple[float, float, float, float]:
        """Return the least and greatest x and y of the map under the part and what borders it."""
        reach, part = self._reach, self._part
        points = [
            self._showing.alignment.to_map(
                ((part.left + x) * self._shrunk, (part.top + y) * self._shrunk)
            )
            for x in (-reach, part.width + reach)
            for y in (-reach, part.height + reach)
        ]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)

    def count(self) -> float:
        """Return about how many hexes around() yields, at least."""
        left, top, right, bottom = self._box()
        size = self._showing.hex_size
        return ((right - left) / (1.5 * size) + 3) * ((bottom - top) / (1.5 * size) + 3)

    def around(self) -> Iterator[Hex]:
        """Yield the hexes whose centres lie under the part or near it, and some more."""
        left, top, right, bottom = self._box()
        if self._showing.orientation == "pointy":
            left, top, right, bottom = top, left, bottom, right
        size = self._showing.hex_size
        for line in range(math.floor(left / (1.5 * size)), math.ceil(right / (1.5 * size)) + 1):
            first = math.floor(top / (ROOT_3 * size) - line / 2)
            last = math.ceil(bottom / (ROOT_3 * size) - line / 2)
            for other in range(first, last + 1):
                yield Hex(line, other) if self._showing.orientation == "flat" else Hex(other, line)


def _nearest_side(outline: list[Point]) -> float:
    """Return how far the nearest side of a hex is from its centre; the corners are told from there."""
    sides = zip(outline, outline[1:] + outline[:1], strict=True)
    return min(abs(x * v - y * u) / math.hypot(u - x, v - y) for (x, y), (u, v) in sides)


@lru_cache(maxsize=64)
def blank(size: tuple[int, int]) -> bytes:
    """Return an empty tile."""
    return _encoded(Image.new("RGBA", size))


def _encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=85, method=2)
    return file.getvalue()
