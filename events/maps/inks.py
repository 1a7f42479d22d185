"""The colours and widths of what lies over the land, as the page's Atlas look has them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from events.core.map_objects import PathKind, RegionKind


class Stroke(NamedTuple):
    """How a kind of path is drawn; widths and dashes in sizes of a hex."""

    width: float
    colour: str
    casing: str
    rim: float
    """How far the casing stands out on each side."""
    dash: tuple[float, ...] = ()
    teeth: str = ""
    """The colour of short strokes along the middle."""


PALE: Final = "#faf2dc"
PATHS: Final[Mapping[PathKind, Stroke]] = {
    "river": Stroke(0.13, "#6fa9c4", "#2f5f7c", 0.03),
    "ferry": Stroke(0.06, "#5b3d20", PALE, 0.02, (0.005, 0.15)),
    "border": Stroke(0.065, "#9a3b2c", PALE, 0.03, (0.26, 0.13, 0.02, 0.13)),
    "trail": Stroke(0.05, "#5b3d20", PALE, 0.02, (0.16, 0.12)),
    "road": Stroke(0.085, "#e9d7a6", "#6b4d2b", 0.028),
    "wall": Stroke(0.1, "#8d8678", "#3b2f22", 0.03, (), "#d8d0bf"),
}
"""In the order in which they are drawn, from below to above."""
PALE_OPACITY: Final = 0.55
TEETH: Final = (0.09, 0.11)
REGIONS: Final[Mapping[RegionKind, str]] = {
    "realm": "#9a4a3c", "forest": "#3f6a35", "mountains": "#6c5c4c", "plains": "#8a8437", "swamp": "#4c6354", "desert": "#b4803a",
    "lake": "#2f6f94", "sea": "#275f88", "island": "#7c8a4a", "danger": "#a32a2a", "other": "#6b5688",
}  # fmt: skip
SITES: Final[Mapping[str, str]] = {
    "line": "#3b2f22", "paper": "#f0e4c8", "roof": "#b4573e", "stone": "#a49c8c", "leaf": "#5f8442", "water": "#6fa9c4", "glow": "#8c5fc0",
}  # fmt: skip
WORD: Final = "#2c2116"
HALO: Final = "#faf3e0"
HALO_OPACITY: Final = 0.88
SECRET: Final = "#5b3fa8"
"""Of what only DMs know of."""
