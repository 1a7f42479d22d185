"""What an uploaded picture looks like: its colours in sRGB, its transparency kept, whatever its depth."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from web.images.ingest import opened

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# A profile whose red is sRGB's green, and the other way round.
SWAPPED = SRGB.replace(b"rXYZ", b"tmpX").replace(b"gXYZ", b"rXYZ").replace(b"tmpX", b"gXYZ")


def read(tmp_path: Path, data: bytes) -> Image.Image:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return opened(path)


def png(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def raw_png(colour_type: int, *chunks: tuple[bytes, bytes], pixels: bytes, width: int) -> bytes:
    """Return a PNG of one row with 16 bits a sample."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, 1, 16, colour_type, 0, 0, 0)),
        *chunks,
        (b"IDAT", zlib.compress(b"\0" + pixels)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def near(found: object, expected: tuple[int, ...]) -> bool:
    assert isinstance(found, tuple)
    return len(found) == len(expected) and all(
        abs(one - other) <= 5 for one, other in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_profile_is_converted_to_srgb(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGB", (4, 4), (200, 0, 0)).convert(mode)
    found = read(tmp_path, png(image, icc_profile=SWAPPED))
    assert near(found.convert("RGB").getpixel((0, 0)), (0, 200, 0))
    assert "icc_profile" not in found.info


def test_alpha_survives_the_conversion(tmp_path: Path) -> None:
    image = Image.new("RGBA", (4, 4), (200, 0, 0, 90))
    assert near(read(tmp_path, png(image, icc_profile=SWAPPED)).getpixel((0, 0)), (0, 200, 0, 90))


def test_a_broken_profile_is_left_out(tmp_path: Path) -> None:
    image = Image.new("RGB", (4, 4), (200, 0, 0))
    assert read(tmp_path, png(image, icc_profile=b"nonsense")).getpixel((0, 0)) == (200, 0, 0)


def test_a_transparent_grey_of_16_bits_is_kept(tmp_path: Path) -> None:
    pixels = struct.pack(">HHH", 0x1234, 0x1235, 0xFF00)
    found = read(tmp_path, raw_png(0, (b"tRNS", b"\x12\x34"), pixels=pixels, width=3))
    row = [found.convert("RGBA").getpixel((x, 0)) for x in range(3)]
    assert [pixel[3] for pixel in row if isinstance(pixel, tuple)] == [0, 255, 255]
    assert near(row[2], (255, 255, 255, 255))


def test_a_transparent_colour_of_16_bits_is_kept(tmp_path: Path) -> None:
    pixels = struct.pack(">HHHHHH", 0xABCD, 0x1234, 0x0001, 0x00FF, 0xFF00, 0xFFFF)
    found = read(
        tmp_path, raw_png(2, (b"tRNS", b"\xab\xcd\x12\x34\x00\x01"), pixels=pixels, width=2)
    )
    row = [found.getpixel((x, 0)) for x in range(2)]
    assert [pixel[3] for pixel in row if isinstance(pixel, tuple)] == [0, 255]


def test_a_transparent_colour_of_a_palette_is_kept(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    found = read(tmp_path, png(image, transparency=0))
    assert [found.getpixel((x, 0)) for x in range(2)] == [(255, 0, 0, 0), (0, 0, 255, 255)]
