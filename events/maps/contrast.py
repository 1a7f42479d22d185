"""How well colours stand out from each other."""

from functools import lru_cache
from typing import Final

_STEPS: Final = 16


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1024)
def readable(colour: str, behind: str, word: str, least: float) -> str:
    """Return a colour, mixed with the text colour as far as it takes to stand out from its background.

    The page does the same (``map/layers/inks.js``).
    """
    for step in range(_STEPS):
        mixed = _mixed(colour, word, step / _STEPS)
        if contrast(mixed, behind) >= least:
            return mixed
    return word


def _mixed(first: str, second: str, share: float) -> str:
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + "".join(f"{int(a + (b - a) * share + 0.5):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
