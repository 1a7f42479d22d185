"""RoomState and its slices: all that a room is, immutable, shared freely, equal to its fold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum, StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NewType, TypeVar
from uuid import UUID

from pydantic import AfterValidator, PlainSerializer, WrapSerializer

from events.grid import Hex, HexKey, column_row
from events.messages import AnyCommand
from events.placed import Placed
from events.tilemap import TileMap

RoomId = NewType("RoomId", UUID)
UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)
TokenId = NewType("TokenId", str)
NoteId = NewType("NoteId", str)
ChangeId = NewType("ChangeId", int)

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
class Ground:
    """What a hex is made of."""

    terrain: str
    variant: int = 0


@lru_cache(maxsize=4096)
def ground(terrain: str, variant: int = 0) -> Ground:
    """Return the one Ground of these values, so that a map's hexes share a few objects."""
    return Ground(terrain, variant)


@dataclass(frozen=True, slots=True)
class Sight:
    """Who sees a hex: everyone's tier, and those for whom it is another.

    Everyone is every player and spectator of the campaign, away or still to come. ``apart`` is
    sorted, holds players only, and never repeats everyone's tier, so equal sights are equal values.
    """

    everyone: Tier = Tier.HIDDEN
    apart: tuple[tuple[UserId, Tier], ...] = ()

    def tier(self, user: UserId) -> Tier:
        for who, tier in self.apart:
            if who == user:
                return tier
        return self.everyone


@lru_cache(maxsize=4096)
def sight(everyone: Tier, apart: tuple[tuple[UserId, Tier], ...] = ()) -> Sight | None:
    """Return the one Sight of these values in its normal form; None if nobody sees anything."""
    apart = tuple(sorted((user, tier) for user, tier in apart if tier is not everyone))
    return Sight(everyone, apart) if everyone or apart else None


@dataclass(frozen=True, slots=True)
class MapFrame:
    """What is true of the whole map; every member knows it."""

    name: str
    grid_width: int
    grid_height: int
    hex_size: float
    orientation: Literal["flat", "pointy"]


@dataclass(frozen=True, slots=True)
class Staged:
    """A command that waits to be published."""

    id: ChangeId
    command: AnyCommand
    by: UserId
    description: str


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


def _frozen(of: Mapping[K, V]) -> Mapping[K, V]:
    return MappingProxyType(dict(of))


def _sorted_keys(of: Mapping[str, Any], write: Any) -> Any:
    return write({key: of[key] for key in sorted(of)})


Members = Annotated[Mapping[UserId, Member], AfterValidator(_frozen), WrapSerializer(_sorted_keys)]
Tokens = Placed[TokenId, Token]

NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


@dataclass(frozen=True)
class RoomState:
    """A campaign room at one version. `but` makes the next one; the rest only reads."""

    name: str = ""
    status: Status = Status.WAITING
    session: SessionId | None = None
    """The game session that runs, or the last one."""
    mode: Mode = Mode.IMMEDIATE
    staged: tuple[Staged, ...] = ()
    last_change: ChangeId = ChangeId(0)
    dropped: tuple[Dropped, ...] = ()
    members: Members = field(default_factory=lambda: NOTHING)
    online: UserIds = frozenset()
    apart: UserIds = frozenset()
    """Players who may have been told something that other players were not."""
    map: MapFrame | None = None
    terrain: TileMap[Ground] = field(default_factory=TileMap)
    sights: TileMap[Sight] = field(default_factory=TileMap)
    tokens: Tokens = field(default_factory=Placed)

    def but(self, **slices: Any) -> "RoomState":
        """Return the room with other slices."""
        # Not dataclasses.replace: that walks all fields through __init__, 4 µs to 0.5.
        if not slices.keys() <= _SLICES:
            raise TypeError(f"no such slice: {', '.join(slices.keys() - _SLICES)}")
        made = object.__new__(RoomState)
        made.__dict__.update(self.__dict__)
        made.__dict__.update(slices)
        return made

    @property
    def running(self) -> SessionId | None:
        """The game session under way, if one is."""
        return self.session if self.status in (Status.ACTIVE, Status.PAUSED) else None

    def tier(self, viewer: Member, at: Hex) -> Tier:
        """Return how much of the hex the viewer sees."""
        if viewer.role is Role.DM:
            return Tier.FULL
        seen: Sight | None = self.sights.get(at)
        if seen is None:
            return Tier.HIDDEN
        return seen.everyone if viewer.role is Role.SPECTATOR else seen.tier(viewer.user)

    def players(self) -> tuple[Member, ...]:
        return tuple(m for m in self.members.values() if m.role is Role.PLAYER)

    def name_of(self, user: str) -> str:
        member = self.members.get(UserId(user))
        return member.name if member and member.name else user

    def label(self, at: Hex) -> str:
        """Return column and row from 01, ``0304``, where the map has them, else the hex key."""
        if self.map is None:
            return str(at)
        column, row = column_row(at, self.map.orientation)
        if not (0 <= column < self.map.grid_width and 0 <= row < self.map.grid_height):
            return str(at)
        width = 2 if max(self.map.grid_width, self.map.grid_height) < 100 else 3
        return f"{column + 1:0{width}d}{row + 1:0{width}d}"


_SLICES = frozenset(f.name for f in fields(RoomState))
EMPTY: Final = RoomState()
