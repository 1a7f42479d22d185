"""What lies on a map besides terrain: paths, sites, regions and labels, and what each is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NewType, get_args

from events.core.ids import Audience, UserId
from events.geometry.course import Line, PointKey, edges, lines
from events.geometry.covering import Covering
from events.geometry.grid import Hex, HexKey, Runs, hexes, runs
from events.geometry.placed import Placed

PathId = NewType("PathId", str)
SiteId = NewType("SiteId", str)
RegionId = NewType("RegionId", str)
LabelId = NewType("LabelId", str)

PathKind = Literal["river", "road", "trail", "border", "wall", "ferry"]
RegionKind = Literal[
    "realm", "forest", "mountains", "plains", "swamp", "desert", "lake", "sea", "island", "danger",
    "other",
]  # fmt: skip
SiteKind = Literal[
    "hamlet", "village", "town", "city", "capital",
    "castle", "keep", "fort", "tower", "gate", "manor",
    "inn", "farm", "mill", "mine", "quarry", "lumber", "camp",
    "port", "lighthouse", "bridge", "ford",
    "temple", "shrine", "monastery", "graveyard", "tomb", "stones", "monument",
    "ruin", "cave", "dungeon", "lair", "portal", "wizard", "battlefield", "shipwreck",
    "waterfall", "spring", "tree", "peak", "pass", "treasure", "landmark",
]  # fmt: skip

SITE_KINDS: Final[tuple[SiteKind, ...]] = get_args(SiteKind)
PATH_KINDS: Final[tuple[PathKind, ...]] = get_args(PathKind)
REGION_KINDS: Final[tuple[RegionKind, ...]] = get_args(RegionKind)


@dataclass(frozen=True)
class Path:
    """A line over the map, through hexes or along their edges.

    Without slots, for what is worked out once for each path.
    """

    kind: PathKind
    points: tuple[PointKey, ...]
    """In the normal form of `events.geometry.course`."""
    name: str = ""
    along: bool = False
    """Whether it runs along the edges of hexes; else from hex to hex."""
    audience: Audience = "seen"
    """``seen``: where its hexes are seen; ``all``: revealed to everyone; ``dm``: no one else."""
    players: tuple[UserId, ...] = ()
    """Sorted; it is revealed to them besides."""

    @cached_property
    def lines(self) -> Mapping[Hex, tuple[Line, ...]]:
        """By hex, the lines that it draws there; for a path through hexes."""
        return {} if self.along else lines(self.points)

    @cached_property
    def edges(self) -> Mapping[Hex, tuple[int, ...]]:
        """By hex, the edges that it runs along; for a path along edges."""
        return edges(self.points) if self.along else {}

    @cached_property
    def covered(self) -> Runs:
        """The hexes in which something of it is drawn."""
        return runs((*self.lines, *self.edges))


@dataclass(frozen=True, slots=True)
class Site:
    """What stands in a hex, as an icon on the map."""

    at: HexKey
    kind: SiteKind
    title: str = ""
    audience: Audience = "dm"
    """``seen``: who sees the hex fully; ``all``: who sees it at all; ``dm``: no one else."""
    players: tuple[UserId, ...] = ()
    """Sorted; they know of it besides, as soon as they see the hex at all."""


@dataclass(frozen=True)
class Region:
    """A named set of hexes; a hex can belong to several. Without slots, as a path is."""

    name: str
    hexes: Runs
    """Canonical."""
    kind: RegionKind = "realm"
    color: str = ""
    """``#rrggbb``; empty for the one of its kind."""
    audience: Audience = "dm"
    """``seen``: the hexes that are seen fully; ``all``: those seen at all; ``dm``: no one else."""
    players: tuple[UserId, ...] = ()
    """Sorted; they know of it besides, in the hexes that they see at all."""

    @property
    def covered(self) -> Runs:
        return self.hexes

    def has(self, at: Hex) -> bool:
        """Return whether the hex belongs to it."""
        return at in self._members

    @cached_property
    def _members(self) -> frozenset[Hex]:
        return frozenset(hexes(self.hexes))


@dataclass(frozen=True, slots=True)
class Label:
    """A text on the map."""

    at: HexKey
    """The hex that it belongs to: who sees this one sees the text."""
    text: str
    x: float = 0.0
    y: float = 0.0
    """From the centre of the hex to the middle of the text, right and down, in hex sizes."""
    size: float = 0.4
    """The height of its letters, in hex sizes."""
    angle: float = 0.0
    """In degrees, clockwise."""
    audience: Audience = "dm"
    """As with a site."""
    players: tuple[UserId, ...] = ()


Paths = Covering[PathId, Path]
Sites = Placed[SiteId, Site]
Regions = Covering[RegionId, Region]
Labels = Placed[LabelId, Label]
