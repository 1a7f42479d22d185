"""The colours and widths of what lies over the land, by the look of the map, as the page has them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from events.core.map_objects import PathKind, RegionKind
from events.core.values import MapLook


class PathInk(NamedTuple):
    """How a kind of path is drawn; widths and dashes in sizes of a hex."""

    width: float
    colour: str
    casing: str
    rim: float
    """How far the casing stands out on each side."""
    dash: tuple[float, ...] = ()
    teeth: str = ""
    """The colour of short strokes along the middle."""
    casing_opacity: float = 1


class Inks(NamedTuple):
    """The colours of one look."""

    paths: Mapping[PathKind, PathInk]
    """In the order in which they are drawn, from below to above."""
    regions: Mapping[RegionKind, str]
    sites: Mapping[str, str]
    """By the names of the layers of a drawing; ``line`` is around what is filled, ``pen`` of strokes by themselves."""
    word: str
    halo: str
    halo_opacity: float
    secret: str
    """Of what only DMs know of."""
    contrast: float
    """How far the colours that regions have of their own stand out from the halo, at least."""


TEETH: Final = (0.09, 0.11)
_DAY: Final[Mapping[RegionKind, str]] = {
    "realm": "#9a4a3c", "forest": "#3f6a35", "mountains": "#6c5c4c", "plains": "#8a8437", "swamp": "#4c6354", "desert": "#b4803a",
    "lake": "#2f6f94", "sea": "#275f88", "island": "#7c8a4a", "danger": "#a32a2a", "other": "#6b5688",
}  # fmt: skip
_MOON: Final[Mapping[RegionKind, str]] = {
    "realm": "#d98c7c", "forest": "#86b878", "mountains": "#a89a8c", "plains": "#c4bd6e", "swamp": "#8cae9a", "desert": "#d9ac6c",
    "lake": "#77b4dc", "sea": "#6aa8d6", "island": "#b4c481", "danger": "#ef7a6c", "other": "#b6a0d8",
}  # fmt: skip


def _paths(
    river: str, road: str, trail: str, border: str, wall: str, teeth: str, pale: str, opacity: float
) -> Mapping[PathKind, PathInk]:
    """Return the strokes; those of a river, road and wall are two colours, line and casing, with a space between."""
    (river, river_rim), (road, road_rim), (wall, wall_rim) = (
        each.split() for each in (river, road, wall)
    )
    return {
        "river": PathInk(0.13, river, river_rim, 0.03),
        "ferry": PathInk(0.06, trail, pale, 0.02, (0.005, 0.15), casing_opacity=opacity),
        "border": PathInk(
            0.065, border, pale, 0.03, (0.26, 0.13, 0.02, 0.13), casing_opacity=opacity
        ),
        "trail": PathInk(0.05, trail, pale, 0.02, (0.16, 0.12), casing_opacity=opacity),
        "road": PathInk(0.085, road, road_rim, 0.028),
        "wall": PathInk(0.1, wall, wall_rim, 0.03, (), teeth),
    }


INKS: Final[Mapping[MapLook, Inks]] = {
    "atlas": Inks(
        _paths("#6fa9c4 #2f5f7c", "#e9d7a6 #6b4d2b", "#5b3d20", "#9a3b2c", "#8d8678 #3b2f22", "#d8d0bf", "#faf2dc", 0.55),
        _DAY,
        {
            "line": "#3b2f22", "pen": "#3b2f22", "paper": "#f0e4c8", "roof": "#b4573e", "stone": "#a49c8c", "leaf": "#5f8442",
            "water": "#6fa9c4", "glow": "#8c5fc0",
        },
        "#2c2116", "#faf3e0", 0.88, "#5b3fa8", 3,
    ),
    "ink": Inks(
        _paths("#b7c2bd #3c4648", "#f4e9cf #4a3320", "#4a3320", "#8c3322", "#7d6644 #3a2614", "#efe2c0", "#f4e9cf", 0.6),
        {**_DAY, "forest": "#5c6238", "lake": "#5a6a6c", "sea": "#4f6266"},
        {
            "line": "#4a3320", "pen": "#4a3320", "paper": "#f4e9cf", "roof": "#a5543b", "stone": "#c9b587", "leaf": "#b09a6a",
            "water": "#c4c7b8", "glow": "#8b6a8c",
        },
        "#3a2614", "#f4e9cf", 0.9, "#5b3fa8", 3,
    ),
    "night": Inks(
        _paths("#4d88ac #0d2438", "#a99c80 #14161e", "#c3b28c", "#e2806c", "#6c7488 #0b111c", "#b4bccd", "#080e18", 0.55),
        _MOON,
        {
            "line": "#0b111c", "pen": "#c3c4c6", "paper": "#c3c4c6", "roof": "#a3604f", "stone": "#7e879a", "leaf": "#5d7c58",
            "water": "#5d95b8", "glow": "#b08cf0",
        },
        "#f0ead8", "#080d16", 0.85, "#b7a0ff", 7,
    ),
}  # fmt: skip
