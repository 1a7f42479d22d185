"""The values a room is made of: ids, people, visibility, tokens and what else fills its slices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from sys import getsizeof
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NewType, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, PlainSerializer, WrapSerializer

from events.core.ids import Audience as Audience
from events.core.ids import UserId as UserId
from events.core.left_out import LEFT_OUT, LEFT_OUT_EMPTY
from events.core.map_objects import SiteKind
from events.core.waiting import WaitingCommand
from events.geometry.grid import HexKey
from events.geometry.offset import Parity
from events.geometry.placed import Placed

RoomId = NewType("RoomId", UUID)
SessionId = NewType("SessionId", str)
TokenId = NewType("TokenId", str)
NoteId = NewType("NoteId", str)
PinId = NewType("PinId", str)
StrokeId = NewType("StrokeId", str)
RuleId = NewType("RuleId", str)
ChangeId = NewType("ChangeId", int)

STAGED_ITSELF_BYTES: Final = 200
"""A `Staged` and its place in a queue, without what is staged."""

K = TypeVar("K", bound=str)
V = TypeVar("V")


class Role(StrEnum):
    DM = "dm"
    PLAYER = "player"
    SPECTATOR = "spectator"


class Status(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Mode(StrEnum):
    IMMEDIATE = "immediate"
    STAGED = "staged"


class Tier(IntEnum):
    """How much of a hex a viewer sees; more is greater."""

    HIDDEN = 0
    TERRAIN = 1
    FULL = 2

    @property
    def word(self) -> str:
        return _TIER_WORDS[self]

    @classmethod
    def of(cls, word: str) -> "Tier":
        return _TIERS[word]


_TIER_WORDS: Final = ("hidden", "terrain", "full")
_TIERS: Final = {word: Tier(tier) for tier, word in enumerate(_TIER_WORDS)}


def _sorted_ids(ids: Iterable[str]) -> list[str]:
    return sorted(ids)


# Canonical in the record: equal states give equal bytes.
UserIds = Annotated[frozenset[UserId], PlainSerializer(_sorted_ids, return_type=list[str])]


@dataclass(frozen=True, slots=True)
class Member:
    """One user of the campaign, as the room knows them."""

    user: UserId
    role: Role
    name: str = ""

    @property
    def is_dm(self) -> bool:
        return self.role is Role.DM


@dataclass(frozen=True, slots=True)
class HexTerrain:
    """What a hex is made of."""

    terrain: str
    variant: int = 0


@lru_cache(maxsize=4096)
def ground(terrain: str, variant: int = 0) -> HexTerrain:
    """Return the one HexTerrain of these values, so that a map's hexes share a few objects."""
    return HexTerrain(terrain, variant)


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who sees a hex: everyone's tier, and those for whom it is another.

    Everyone is every player and spectator of the campaign, away or still to come. ``exceptions`` is
    sorted, holds players only, and never repeats everyone's tier, so equal visibilities are equal values.
    """

    everyone: Tier = Tier.HIDDEN
    exceptions: Annotated[tuple[tuple[UserId, Tier], ...], Field(alias="apart")] = ()

    def tier(self, user: UserId) -> Tier:
        for who, tier in self.exceptions:
            if who == user:
                return tier
        return self.everyone


@lru_cache(maxsize=4096)
def visibility_of(
    everyone: Tier, exceptions: tuple[tuple[UserId, Tier], ...] = ()
) -> Visibility | None:
    """Return the one Visibility of these values in its normal form; None if nobody sees anything."""
    exceptions = tuple(sorted((user, tier) for user, tier in exceptions if tier is not everyone))
    return Visibility(everyone, exceptions) if everyone or exceptions else None


@dataclass(frozen=True, slots=True)
class MapFrame:
    """What is true of the whole map; every member knows it."""

    name: str
    grid_width: int
    grid_height: int
    hex_size: float
    orientation: Literal["flat", "pointy"]
    parity: Parity = "odd"
    """Which columns (pointy-top: rows) are pushed, counted from 0."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How a picture lies under the grid: `events.core.image_placement` says what the numbers mean."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    rotation: float = 0.0
    scale_y: Annotated[float | None, LEFT_OUT] = None


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture under the grid: a file beside the record, named by its id."""

    id: str
    width: int
    height: int
    """In pixels."""
    lies: Placement = Placement()


@dataclass(frozen=True, slots=True)
class Staged:
    """A command that waits to be published."""

    id: ChangeId
    command: WaitingCommand
    by: UserId
    description: str

    @property
    def held_bytes(self) -> int:
        """About how many bytes of memory it takes."""
        return STAGED_ITSELF_BYTES + getsizeof(self.description) + self.command.held_bytes()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A staged change that no longer held when it was published."""

    id: ChangeId
    description: str
    reason: str


@dataclass(frozen=True, slots=True)
class Token:
    """A figure on the map; an owner is a player, who always sees it."""

    at: HexKey
    label: str
    owner: UserId | None = None
    icon: str = ""
    color: str = ""
    kind: str = "npc"
    visible: bool = True
    picture: Annotated[str | None, LEFT_OUT] = None
    """The id of the round picture that is drawn for it: a file beside the record."""


NoteKind = Literal["encounter", "lore", "dungeon", "town", "poi"]


@dataclass(frozen=True, slots=True)
class Check:
    """What is rolled when a player's token enters the hex: d20 + modifier against dc."""

    skill: str
    dc: int


@dataclass(frozen=True, slots=True)
class Handout:
    """The picture of a note: a file beside the record, named by its id."""

    id: str
    width: int
    height: int
    """In pixels."""
    shown_to: Literal["all"] | tuple[UserId, ...] = ()
    """Players, sorted; nobody else knows of it."""
    kept_from: Annotated[tuple[UserId, ...], LEFT_OUT_EMPTY] = ()
    """Sorted: from whom it was taken back, where it is shown to all others."""


@dataclass(frozen=True, slots=True)
class Note:
    """What lies on a hex, for the DM and for those who may know."""

    at: HexKey
    kind: NoteKind
    title: str
    player_text: str = ""
    dm_text: str = ""
    audience: Audience = "seen"
    """``seen``: who sees the hex fully; ``all``: who sees it at all; ``dm``: no one else."""
    players: tuple[UserId, ...] = ()
    """Sorted; they know of it besides, as soon as they see the hex at all."""
    hint: str = ""
    """What is noticed on hexes within the radius, by those who see these fully."""
    radius: int = 0
    check: Check | None = None
    handout: Annotated[Handout | None, LEFT_OUT] = None
    site: Annotated[SiteKind | None, LEFT_OUT] = None
    """How it is drawn on the map, for those who know of it; None: by a pin alone."""


@dataclass(frozen=True, slots=True)
class Pin:
    """What a player noted on a hex of their own copy of the map."""

    at: HexKey
    text: str
    by: UserId
    party: bool = False
    """Whether all players and DMs know of it, or its owner alone."""


StrokeColor = Literal["ink", "red", "blue", "green", "gold"]


@dataclass(frozen=True, slots=True)
class Stroke:
    """What a player drew by hand on their own copy of the map."""

    at: HexKey
    """The hex from whose centre its points are measured."""
    points: str
    """``x,y x,y …``, right and down, in hundredths of a hex size."""
    by: UserId
    color: StrokeColor = "ink"
    party: bool = False
    """Whether all players and DMs know of it, or its owner alone."""


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """How hexes are called: by their key, or by column and row as maps print them."""

    kind: Literal["axial", "columnRow"] = "columnRow"
    origin: int = 1
    """The number of the first column and row: 0 or 1."""
    order: Literal["columnRow", "rowColumn"] = "columnRow"


MapLook = Literal["atlas", "ink", "night"]
HexUnit = Literal["miles", "km"]


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """How players see the map."""

    fog_opacity: float = 1.0
    labels: bool = True
    grid: bool = True
    adjacent_terrain: bool = False
    """Players see the terrain, not the content, of hexes next to those they see fully."""
    label_style: LabelSettings = LabelSettings()
    show_map_extent: bool = True
    """Players know how large the map is."""
    paths_at_terrain: bool = True
    """Players see rivers and roads already where they see a hex's terrain alone."""
    map_look: MapLook = "atlas"
    """How the map is painted for everybody who has not chosen a look of their own."""
    hex_width: float = 0.0
    """From the centre of a hex to that of the next, in hex_unit; 0: the campaign does not say."""
    hex_unit: HexUnit = "miles"


DEFAULTS: Final = RoomSettings()


@dataclass(frozen=True, slots=True)
class Rule:
    """Tokens of these players reveal the hexes within so many steps, wherever they go."""

    players: Literal["all"] | tuple[UserId, ...]
    within: int
    tier: Literal["terrain", "full"]
    shown_to: Literal["owner", "players", "all"] = "owner"


@dataclass(frozen=True, slots=True)
class Roll:
    """What came of a check."""

    number: int
    """1, 2, 3 … in the room; for DMs alone, since it counts what players do not know of."""
    note: NoteId
    token: TokenId
    user: UserId
    skill: str
    die: int
    modifier: int
    dc: int


def _frozen(of: Mapping[K, V]) -> Mapping[K, V]:
    return MappingProxyType(dict(of))


def _sorted_keys(of: Mapping[str, Any], write: Any) -> Any:
    return write({key: of[key] for key in sorted(of)})


Members = Annotated[Mapping[UserId, Member], AfterValidator(_frozen), WrapSerializer(_sorted_keys)]
Tokens = Placed[TokenId, Token]
Notes = Placed[NoteId, Note]
Pins = Placed[PinId, Pin]
Strokes = Placed[StrokeId, Stroke]
Rules = Annotated[Mapping[RuleId, Rule], AfterValidator(_frozen), WrapSerializer(_sorted_keys)]
MergedUsers = Annotated[
    Mapping[UserId, UserId], AfterValidator(_frozen), WrapSerializer(_sorted_keys)
]
Modifiers = Annotated[Mapping[str, int], AfterValidator(_frozen), WrapSerializer(_sorted_keys)]
Skills = Annotated[
    Mapping[UserId, Modifiers], AfterValidator(_frozen), WrapSerializer(_sorted_keys)
]

NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})
NO_CHANGE: Final = ChangeId(0)
"""Before the first staged change."""
