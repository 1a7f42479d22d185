"""RoomState: all that a room is, immutable, shared freely, equal to its fold."""

from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Final, TypeVar

from pydantic import Field

from events.core.map_objects import (
    Label,
    LabelId,
    Labels,
    Path,
    PathId,
    Paths,
    Region,
    RegionId,
    Regions,
    Site,
    SiteId,
    Sites,
)
from events.core.staged_queue import StagedQueue
from events.core.undo_log import NO_HISTORY, History
from events.core.values import (
    DEFAULTS,
    NO_CHANGE,
    NOTHING,
    ChangeId,
    Dropped,
    Handout,
    HexTerrain,
    MapFrame,
    Member,
    Members,
    MergedUsers,
    Mode,
    Note,
    NoteId,
    Notes,
    Picture,
    Pin,
    PinId,
    Pins,
    Placement,
    Role,
    Roll,
    RoomId,
    RoomSettings,
    Rule,
    RuleId,
    Rules,
    SessionId,
    Skills,
    Staged,
    Status,
    Stroke,
    StrokeColor,
    StrokeId,
    Strokes,
    Tier,
    Token,
    TokenId,
    Tokens,
    UserId,
    UserIds,
    Visibility,
    ground,
    visibility_of,
)
from events.geometry.covering import Covering
from events.geometry.grid import Hex
from events.geometry.offset import cell_of
from events.geometry.placed import Placed
from events.geometry.tilemap import TileMap

__all__ = [
    "EMPTY",
    "NOTHING",
    "NO_CHANGE",
    "ChangeId",
    "Dropped",
    "Handout",
    "HexTerrain",
    "Label",
    "LabelId",
    "Labels",
    "MapFrame",
    "Member",
    "Members",
    "Mode",
    "Note",
    "NoteId",
    "Notes",
    "Path",
    "PathId",
    "Paths",
    "Picture",
    "Pin",
    "PinId",
    "Pins",
    "Placement",
    "Region",
    "RegionId",
    "Regions",
    "Role",
    "Roll",
    "RoomId",
    "RoomSettings",
    "RoomState",
    "Rule",
    "RuleId",
    "Rules",
    "SessionId",
    "Site",
    "SiteId",
    "Sites",
    "Skills",
    "Staged",
    "Status",
    "Stroke",
    "StrokeColor",
    "StrokeId",
    "Strokes",
    "Tier",
    "Token",
    "TokenId",
    "Tokens",
    "UserId",
    "UserIds",
    "Visibility",
    "ground",
    "visibility_of",
]


R = TypeVar("R", bound="RoomState")


@dataclass(frozen=True)
class RoomState:
    """A campaign room at one version. `but` makes the next one; the rest only reads."""

    name: str = ""
    status: Status = Status.WAITING
    session: SessionId | None = None
    """The game session that runs, or the last one."""
    mode: Mode = Mode.IMMEDIATE
    staged: StagedQueue[ChangeId, Staged] = field(default_factory=StagedQueue)
    last_change: ChangeId = NO_CHANGE
    dropped: tuple[Dropped, ...] = ()
    members: Members = field(default_factory=lambda: NOTHING)
    online: UserIds = frozenset()
    individually_seen: Annotated[UserIds, Field(alias="apart")] = frozenset()
    """Players who may have been told something that other players were not."""
    map: MapFrame | None = None
    picture: Picture | None = None
    """What lies under the grid."""
    terrain: TileMap[HexTerrain] = field(default_factory=TileMap)
    visibility: Annotated[TileMap[Visibility], Field(alias="sights")] = field(
        default_factory=TileMap
    )
    tokens: Tokens = field(default_factory=Placed)
    notes: Notes = field(default_factory=Placed)
    pins: Pins = field(default_factory=Placed)
    """What players noted on their own copies of the map."""
    strokes: Strokes = field(default_factory=Placed)
    """What they drew there by hand."""
    paths: Paths = field(default_factory=Covering)
    sites: Sites = field(default_factory=Placed)
    regions: Regions = field(default_factory=Covering)
    labels: Labels = field(default_factory=Placed)
    rules: Rules = field(default_factory=lambda: NOTHING)
    skills: Skills = field(default_factory=lambda: NOTHING)
    """Modifiers of the players, by skill."""
    rolls: tuple[Roll, ...] = ()
    """The last checks."""
    settings: RoomSettings = DEFAULTS
    merged: MergedUsers = field(default_factory=lambda: NOTHING)
    """Former members whose seat ended in another's, and whose that is."""
    archived: bool = False
    """Whether it is put away: members look at it, and change nothing."""
    history: History = NO_HISTORY

    def but(self, **slices: Any) -> "RoomState":
        """Return the room with other slices."""
        # Not dataclasses.replace: that walks all fields through __init__, 4 µs to 0.4.
        return with_slices(RoomState, self.__dict__ | slices)

    def materialized(self) -> "RoomState":
        """Apply pending map changes and return self; re-raise whatever applying them raises."""
        self.terrain.materialize()
        self.visibility.materialize()
        return self

    @property
    def running(self) -> SessionId | None:
        """The game session under way, if one is."""
        return self.session if self.status in (Status.ACTIVE, Status.PAUSED) else None

    def tier(self, viewer: Member, at: Hex) -> Tier:
        """Return how much of the hex the viewer sees."""
        return tier_for(viewer, None if viewer.is_dm else self.visibility.get(at))

    def players(self) -> tuple[Member, ...]:
        return tuple(m for m in self.members.values() if m.role is Role.PLAYER)

    def name_of(self, user: str) -> str:
        member = self.members.get(UserId(user))
        return member.name if member and member.name else user

    def label(self, at: Hex) -> str:
        """Return column and row, ``0304``, in the campaign's style; the hex key without a map.

        As many digits as its own numbers need: how large the map is may be a secret.
        """
        style = self.settings.label_style
        if self.map is None or style.kind == "axial":
            return str(at)
        column, row = cell_of(at, self.map.orientation, self.map.parity)
        numbers = (column + style.origin, row + style.origin)
        width = max(2, *(len(str(abs(number))) for number in numbers))
        pair = numbers if style.order == "columnRow" else reversed(numbers)
        return "".join(f"{'-' if number < 0 else ''}{abs(number):0{width}d}" for number in pair)


def tier_for(viewer: Member, visibility: Visibility | None) -> Tier:
    """Return how much the viewer sees of a hex that is seen like this."""
    if viewer.role is Role.DM:
        return Tier.FULL
    if visibility is None:
        return Tier.HIDDEN
    return visibility.everyone if viewer.role is Role.SPECTATOR else visibility.tier(viewer.user)


def with_slices(kind: type[R], slices: dict[str, Any]) -> R:
    """Return a room of exactly these slices, which are its own from now on."""
    if len(slices) != len(_SLICES):
        raise TypeError(f"no such slice: {', '.join(slices.keys() - _SLICES)}")
    room = object.__new__(kind)
    object.__setattr__(room, "__dict__", slices)
    return room


_SLICES = frozenset(f.name for f in fields(RoomState))
EMPTY: Final = RoomState()
