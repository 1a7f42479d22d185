"""The colours of land by the look of the map: parchment and ink, or day turned to night, as the page paints them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from events.core.values import MapLook
from events.maps.terrain import look

Rgb = tuple[float, float, float]


class PaperTints(NamedTuple):
    """What lies around a drawn map, and between its hexes."""

    paper: str
    word: str
    """For words on the paper."""
    grid: str
    grid_opacity: float


SHEETS: Final[Mapping[MapLook, PaperTints]] = {
    # The grid is a hint on painted land, and not a cage.
    "atlas": PaperTints("#f3eee4", "#1d1b19", "#4a4a4a", 0.25),
    "ink": PaperTints("#e8d8b4", "#3a2614", "#46301c", 0.2),
    "night": PaperTints("#111824", "#f0ead8", "#bed6f0", 0.11),
}

PARCHMENT: Final[Rgb] = (238, 224, 192)
SEPIA: Final[Rgb] = (84, 60, 38)
WASH: Final[Mapping[str, float]] = {
    "coast": 0.02, "plains": 0.0, "forest": 0.16, "hills": 0.07, "mountain": 0.12, "swamp": 0.2, "desert": 0.0, "tundra": -0.06,
    "volcanic": 0.42,
}  # fmt: skip
"""How much a wash of ink darkens the parchment, from 0 to 1."""
_OTHER_WASH: Final = 0.06
WATER: Final[Mapping[MapLook, Rgb]] = {"ink": (196, 199, 184), "night": (34, 72, 104)}

PENNED: Final[Mapping[str, str]] = {
    # Leaves, firs, rock and snow, hills.
    "#5f8442": "#d9c79c", "#8fae58": "#efe2c0", "#2f4a24": "#54391f", "#3f5a30": "#8d7450",
    "#3f6844": "#c9b587", "#6c9560": "#eadbb4", "#2c4a31": "#54391f",
    "#d3c8b6": "#f2e7cb", "#83786c": "#b39d76", "#544a40": "#4a3320", "#fbfaf6": "#f7efdb",
    "#d3c184": "#efe2c2", "#ad9a62": "#c9b48a", "#76643a": "#5d4429",
    # Grass, reeds and pools, dunes, waves, drifts and shingle.
    "#7f8a44": "#7d6644", "#2f4029": "#553c22", "#5f8790": "#b4a68c", "#d2ae6c": "#dcc79a", "#a37a3c": "#94794f",
    "#dcebee": "#8b7452", "#8fa6b0": "#9c8a6a", "#b09357": "#94794f",
    # Volcanoes.
    "#4a403e": "#b39d76", "#7a6a64": "#f2e7cb", "#231c1b": "#4a3320", "#ff8a2a": "#b4452a", "#ffe27a": "#b4452a",
}  # fmt: skip
"""The colours of glyphs by day, and what they are where a pen draws them."""
MOONLIT: Final[Mapping[str, str]] = {
    "#fbfaf6": "#c9d8ea", "#d3c8b6": "#73809a", "#83786c": "#2c3448", "#544a40": "#161c2a", "#dcebee": "#7fa3bd",
    "#ff8a2a": "#ff7a1e", "#ffe27a": "#ffe27a",
}  # fmt: skip
"""Those that stand out under the moon; the others are darker and cooler."""


def fill_of(terrain: str, map_look: MapLook) -> str:
    """Return ``#rrggbb`` for the ground of a terrain."""
    by_day = look(terrain).fill
    if terrain == "water" and map_look in WATER:
        return _hex(WATER[map_look])
    if map_look == "ink":
        return _hex(_mix(PARCHMENT, SEPIA, WASH.get(terrain, _OTHER_WASH)))
    return moonlit(by_day) if map_look == "night" else by_day


def glyph_colour(colour: str | None, map_look: MapLook) -> str | None:
    """Return what a colour of the glyphs by day is in another look."""
    if colour is None or map_look == "atlas":
        return colour
    if map_look == "ink":
        return PENNED[colour]
    return MOONLIT.get(colour) or moonlit(colour)


def moonlit(colour: str) -> str:
    """Return a colour of day as it is under the moon: darker, cooler, less of it."""
    red, green, blue = bytes.fromhex(colour[1:])
    light = 0.3 * red + 0.59 * green + 0.11 * blue

    def cool(value: int, tint: float) -> float:
        return (value * 0.58 + light * 0.42) * tint

    return _hex((cool(red, 0.5), cool(green, 0.59), cool(blue, 0.76)))


def _mix(first: Rgb, second: Rgb, part: float) -> Rgb:
    red, green, blue = (a + (b - a) * part for a, b in zip(first, second, strict=True))
    return red, green, blue


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in colour)
