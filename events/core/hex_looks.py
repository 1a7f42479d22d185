"""Looks: what a hex shows to a viewer, and the messages for a change of look. Few differ, so they are cached."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from pydantic_core import to_json

from events.core.messages import JSON
from events.core.state import HexTerrain, Tier, Visibility
from events.core.visibility import NOBODY, Viewers, difference, viewers

_remembered: Final = lru_cache(maxsize=4096)

Sees = str | Viewers | None
"""Who sees a hex as far as a viewer knows: a DM all viewers, others their own tier."""


class Look(dict[str, JSON]):
    """What a hex shows, in JSON; never changed. Mostly one for all hexes that show the same."""

    __slots__ = ("terrain_json",)

    terrain_json: bytes
    """The fields of what it is made of, as they follow others in JSON; empty where it shows nothing."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # a key while it is what it is

    @property
    def sees(self) -> Sees:
        """Who sees the hex."""
        return self["tier"] if "tier" in self else self["viewers"]  # type: ignore[no-any-return]


@_remembered
def seen_as(tier: Tier, terrain: HexTerrain | None) -> Look | None:
    """Return the look of a hex seen at a tier; None for a hidden one."""
    return None if tier is Tier.HIDDEN else _made_of(terrain, Look(tier=tier.word))


@_remembered
def seen_by_dm(visibility: Visibility | None, terrain: HexTerrain | None) -> Look | None:
    """Return the look of a hex for DMs; None where it has neither terrain nor viewers."""
    if terrain is None and visibility is None:
        return None
    return _made_of(terrain, Look(viewers=viewers(visibility)))


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """Hexes turn from one visibility to another, which one message tells of all of them."""

    before: Sees
    after: Sees
    tells_terrain: bool
    """Whether it is a reveal, which says what the hexes are made of."""
    head: bytes
    tail: bytes
    """The message in JSON without hexes and terrain."""

    def encoded(self, keys: list[bytes], terrain: list[bytes]) -> bytes:
        """Return the message, given the keys of the hexes and the terrain of those that show it."""
        if self.tells_terrain:
            return b'%b%b],"terrain":[%b%b' % (
                self.head, b",".join(keys), b",".join(terrain), self.tail,
            )  # fmt: skip
        return b"%b%b%b" % (self.head, b",".join(keys), self.tail)


class Telling(NamedTuple):
    """Which messages a change of look takes."""

    turn: Turn | None
    """The turn from one visibility to another, if it is one."""
    terrain_changed: bool
    """Whether it is told besides what the hex is made of."""


@_remembered
def telling(old: Look | None, new: Look | None) -> Telling:
    """Return the parts of the message for a hex that turned from one look to another."""
    before, after = _sees(old, new), _sees(new, old)
    turn = None if before is after else _turn(before, after)
    # A message that reveals a hex says what it is made of.
    tells_more = after is None or (turn is not None and turn.tells_terrain)
    return Telling(turn, not tells_more and terrain_json(old) != terrain_json(new))


def terrain_json(look: Look | None) -> bytes:
    """Return the terrain fields that a look shows, as JSON."""
    return b"" if look is None else look.terrain_json


@_remembered
def _turn(before: Sees, after: Sees) -> Turn:
    tier, targets = after, b""
    if isinstance(after, Viewers):
        assert isinstance(before, Viewers), "a DM is told of viewers"
        to, tier = difference(before.visibility, after.visibility)
        targets = b',"targets":%b,"viewers":%b' % (to_json(to), to_json(after))
    if tier is None:
        head, tail = b'{"type":"hex:hidden","hexKeys":[', b"]%b}" % targets
        return Turn(before, after, tells_terrain=False, head=head, tail=tail)
    head, tail = b'{"type":"hex:revealed","hexKeys":[', b'],"tier":%b%b}' % (to_json(tier), targets)
    return Turn(before, after, tells_terrain=True, head=head, tail=tail)


def _made_of(hex_terrain: HexTerrain | None, look: Look) -> Look:
    if hex_terrain is not None:
        look["terrain"] = hex_terrain.terrain
        if hex_terrain.variant:
            look["variant"] = hex_terrain.variant
    terrain = {key: value for key, value in look.items() if key in ("terrain", "variant")}
    look.terrain_json = b"," + to_json(terrain)[1:-1] if terrain else b""
    return look


def _sees(look: Look | None, other: Look | None) -> Sees:
    if look is not None:
        return look.sees
    return NOBODY if other is not None and "viewers" in other else None
