"""Taking in an uploaded picture: decoded once, in a process of its own, and kept as bare pixels.

`web.images.store` runs `main` there and reads one line of JSON. What a decoder may do wrong with a hostile file, it does
under limits on memory and time, and without the server's secrets.
"""

import io
import json
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal, cast

from PIL import (
    Image,
    ImageChops,
    ImageCms,
    ImageDraw,
    ImageMath,
    ImageOps,
    UnidentifiedImageError,
)

from web.images.pyramid import TILE, Tile, grid, levels

MAX_BYTES = 50 * 1024 * 1024
MAX_SIDE = 16_384
FORMATS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF"}

# Four bytes a pixel for the largest picture is 1 GiB; turned upright or converted it is held twice.
_MAX_MEMORY = 4 * 1024**3
_MAX_CPU_S = 240

Code = Literal["invalid_message", "too_large"]
Fit = Literal["whole", "token", "handout"]
"""What of a picture is kept: all, a circle of a size, or all of it no larger than that."""


class BadImage(Exception):
    """The upload is not a picture that can be taken; says why, for the person who brought it."""

    def __init__(self, text: str, code: Code = "invalid_message") -> None:
        super().__init__(text)
        self.text: str = text
        self.code: Code = code


def check(head: bytes, size: int) -> None:
    """Raise BadImage where the size or the first bytes, at least 512 or all, cannot be a picture's."""
    if size > MAX_BYTES:
        raise BadImage(f"a picture may have at most {MAX_BYTES // 2**20} MB", "too_large")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype")):
        raise BadImage("SVG is not taken; export it as PNG")
    is_known = any(head.startswith(magic) for magic in FORMATS.values())
    if not is_known or (head.startswith(b"RIFF") and head[8:12] != b"WEBP"):
        raise BadImage("expected a PNG, JPEG or WebP picture")


def opened(path: Path) -> Image.Image:
    """Return the first frame of a picture, upright, in RGB, RGBA or grey; raise BadImage.

    Its sides are checked before a pixel is decoded.
    """
    Image.MAX_IMAGE_PIXELS = MAX_SIDE * MAX_SIDE
    try:
        with path.open("rb") as file, Image.open(file, formats=tuple(FORMATS)) as image:
            if max(image.size) > MAX_SIDE:
                raise BadImage(
                    f"a picture may have at most {MAX_SIDE} pixels a side, this one has "
                    f"{image.width} × {image.height}",
                    "too_large",
                )
            # Pillow decodes 16 bits of colour to 8, but leaves the transparent colour in 16.
            is_deep = any("16" in str(tile[3]) for tile in image.tile)
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            return _plain(image, is_deep=is_deep)
    except FileNotFoundError:
        raise
    except UnidentifiedImageError:
        raise BadImage("expected a PNG, JPEG or WebP picture") from None
    except Image.DecompressionBombError:
        raise BadImage("the picture unpacks to too much", "too_large") from None
    except MemoryError:
        raise BadImage("the picture needs too much memory", "too_large") from None
    # Pillow's decoders raise these for damaged files, struct.error among the ValueErrors' kin.
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError) as error:
        raise BadImage("the picture is damaged") from error


def _plain(image: Image.Image, *, is_deep: bool = False) -> Image.Image:
    """Return the bare pixels in sRGB, without palette, comments or a place where it was taken."""
    profile, key = image.info.get("icc_profile"), image.info.get("transparency")
    if image.mode.startswith("I"):
        image = _eight_bits(image, key)
    elif is_deep and isinstance(key, tuple):
        image.info["transparency"] = tuple(value >> 8 for value in key)
    if profile:
        image = _in_srgb(image, profile)
    has_alpha = "A" in image.mode.upper() or "transparency" in image.info
    mode = "RGBA" if has_alpha else "L" if image.mode in ("1", "L") else "RGB"
    # A copy of the largest picture is another gigabyte, so only where it must be.
    plain = image if image.mode == mode else image.convert(mode)
    plain.info.clear()
    plain.getexif().clear()
    return plain


def _eight_bits(image: Image.Image, key: object) -> Image.Image:
    """Return a grey picture of 16 bits in 8, with alpha where a grey of it is transparent."""
    wide = image.convert("I")
    grey = wide.point(lambda value: value * (1 / 256)).convert("L")
    if not isinstance(key, int):
        return grey
    alpha = ImageMath.lambda_eval(
        lambda bands: bands["convert"]((bands["wide"] != key) * 255, "L"), wide=wide
    )
    return Image.merge("LA", (grey, alpha))


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture with its colours converted from its profile; as it is for a broken one."""
    has_alpha = "A" in image.mode.upper() or "transparency" in image.info
    if image.mode not in ("RGB", "L", "CMYK") or has_alpha:
        image = image.convert("RGBA" if has_alpha else "RGB")
    alpha = image.getchannel("A") if has_alpha else None
    colours = image.convert("RGB") if has_alpha else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(colours, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # Such as a profile of another kind than the pixels: browsers leave it out too.
        return image
    assert converted is not None, "not in place"
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def tiles(image: Image.Image) -> Iterator[tuple[Tile, Image.Image]]:
    """Yield the tiles of all levels, 0 first. A pixel is the mean of the four below it, exactly those."""
    size = image.size
    for level in range(levels(*size)):
        if level:
            image = image.reduce(2)
        columns, rows = grid(*size, level)
        for row in range(rows):
            for column in range(columns):
                left, top = column * TILE, row * TILE
                right, bottom = min(left + TILE, image.width), min(top + TILE, image.height)
                yield Tile(level, column, row), image.crop((left, top, right, bottom))


def tile_path(folder: Path, tile: Tile) -> Path:
    return folder / f"{tile.level}-{tile.column}-{tile.row}.png"


def full_size(width: int, height: int) -> Iterator[Tile]:
    """Yield the tiles of a picture's level 0, row by row."""
    columns, rows = grid(width, height, 0)
    return (Tile(0, column, row) for row in range(rows) for column in range(columns))


def joined(folder: Path, width: int, height: int) -> Image.Image:
    """Return the picture that tiles make up, 0.png, 1.png … row by row; raise BadImage."""
    if max(width, height) > MAX_SIDE:
        raise BadImage(f"a picture may have at most {MAX_SIDE} pixels a side", "too_large")
    whole: Image.Image | None = None
    tiles_ = tuple(full_size(width, height))
    if len(tuple(folder.iterdir())) != len(tiles_):
        raise BadImage("the picture has too few tiles, or too many")
    for number, tile in enumerate(tiles_):
        left, top = tile.column * TILE, tile.row * TILE
        part = opened(folder / f"{number}.png")
        if part.size != (min(TILE, width - left), min(TILE, height - top)):
            raise BadImage("a tile of the picture has another size")
        whole = whole or Image.new(part.mode, (width, height))
        if part.mode != whole.mode:
            raise BadImage("a tile of the picture is of another kind")
        whole.paste(part, (left, top))
    assert whole is not None, "every picture has a tile"
    return whole


def take(picture: Path, folder: Path, fit: Fit = "whole", side: int = 0) -> tuple[int, int]:
    """Write the pyramid of a picture into an empty folder; return its width and height, or raise BadImage.

    Lossless, as the seams of a lossy tile would carry a hidden hex's colours into a visible one.
    """
    with picture.open("rb") as file:
        check(file.read(512), picture.stat().st_size)
    return lay(_FITS[fit](opened(picture), side), folder)


def _round(image: Image.Image, side: int) -> Image.Image:
    """Return the circle in the middle of a picture, nothing around it."""
    fitted = ImageOps.fit(image.convert("RGBA"), (side, side), Image.Resampling.LANCZOS)
    large = Image.new("L", (4 * side, 4 * side))
    ImageDraw.Draw(large).ellipse((0, 0, 4 * side - 1, 4 * side - 1), fill=255)
    alpha = ImageChops.multiply(fitted.getchannel("A"), large.reduce(4))
    fitted.putalpha(alpha)
    # Colours that cannot be seen are not kept either.
    opaque = alpha.point(lambda value: 255 if value else 0)
    return Image.composite(fitted, Image.new("RGBA", fitted.size), opaque)


def _small(image: Image.Image, side: int) -> Image.Image:
    """Return a picture with no side longer than that."""
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


_FITS: Final[dict[Fit, Callable[[Image.Image, int], Image.Image]]] = {
    "whole": lambda image, _: image,
    "token": _round,
    "handout": _small,
}


def lay(image: Image.Image, folder: Path) -> tuple[int, int]:
    """Write the pyramid of an opened picture; return its width and height."""
    width, height = image.size
    for tile, pixels in tiles(image):
        pixels.save(tile_path(folder, tile), "PNG", compress_level=1)
    return width, height


def main(picture: str, folder: str, *how: str) -> None:
    """Take a picture in a `Fit` and its side, or with two numbers the tiles of one of that size, under limits.

    Print ``{"width", "height"}`` or ``{"error", "code"}``.
    """
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MAX_CPU_S, _MAX_CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    result: dict[str, object]
    try:
        if how[0].isdecimal():  # width and height
            width, height = lay(joined(Path(picture), *map(int, how)), Path(folder))
        else:
            width, height = take(Path(picture), Path(folder), cast("Fit", how[0]), int(how[1]))
        result = {"width": width, "height": height}
    except BadImage as bad:
        result = {"error": bad.text, "code": bad.code}
    sys.stdout.write(json.dumps(result) + "\n")
