"""Revealing and hiding hexes: read this feature first, the others are built alike.

A command checks the room and yields what happens; an event puts that into the room; the projection
alone says who sees what, and words the difference.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from events.core.limits import SEEN_HEXES, expect_spread
from events.core.messages import JSON, Command, Event, ServerMessage
from events.core.projection import Change, Projection, Shown
from events.core.state import (
    HexTerrain,
    Member,
    Role,
    RoomState,
    RuleId,
    Tier,
    TokenId,
    UserId,
    Visibility,
    tier_for,
)
from events.core.targets import HexKeys, Targets, To, in_words, named, resolve, targets_named
from events.core.visibility import NOBODY, difference, hidden_from, shown_to, viewers
from events.errors import TooMany
from events.geometry.grid import Hex, Runs, by_row, runs
from events.geometry.tilemap import TileMap

TierWord = Literal["terrain", "full"]

MANY: Final = 32
"""So many hexes are looked at all at once; fewer one by one, which costs less then."""


class RevealHexes(Command):
    """Show hexes; nobody who sees more already sees less by it."""

    tag = "hex:reveal"
    stageable = True
    hex_keys: HexKeys | Literal["all"]
    targets: Targets
    tier: TierWord = "full"

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        among = room.terrain if self.hex_keys == "all" else self.hex_keys
        to = resolve(self.targets, room, among)
        tier = Tier.of(self.tier)
        sights = room.sights
        hidden = _turning(sights, among, lambda old: shown_to(old, to, tier))
        if not hidden:
            return
        if len(sights) + len(hidden) > SEEN_HEXES:
            size = len(sights) + sum(at not in sights for at in hidden)
            if size > SEEN_HEXES:
                raise TooMany("hexes that players see", SEEN_HEXES, size)
        expect_spread(sights, hidden)
        yield HexesRevealed(hexes=runs(hidden), to=to, tier=self.tier)

    def hex_cost(self, room: RoomState) -> int:
        return len(room.terrain if self.hex_keys == "all" else self.hex_keys)

    def describe(self, room: RoomState) -> str:
        what = "" if self.tier == "full" else " (terrain only)"
        return f"Reveal {_named(self.hex_keys, room)} to {targets_named(self.targets, room)}{what}"


class HideHexes(Command):
    """Take reveals back, from one player too where a hex was shown to all."""

    tag = "hex:hide"
    stageable = True
    hex_keys: HexKeys | Literal["all"]
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        among = room.sights if self.hex_keys == "all" else self.hex_keys
        to = resolve(self.targets, room, among)
        shown = _turning(room.sights, among, lambda old: hidden_from(old, to))
        if shown:
            yield HexesHidden(hexes=runs(shown), to=to)

    def hex_cost(self, room: RoomState) -> int:
        return len(room.sights if self.hex_keys == "all" else self.hex_keys)

    def describe(self, room: RoomState) -> str:
        return f"Hide {_named(self.hex_keys, room)} from {targets_named(self.targets, room)}"


class HexesRevealed(Event):
    tag = "hex_reveal"
    hexes: Runs
    to: To
    tier: TierWord = "full"
    rule: RuleId | None = None
    """The rule and the token that caused it, where no DM asked for it."""
    token: TokenId | None = None

    def evolve(self, room: RoomState) -> RoomState:
        tier = Tier.of(self.tier)
        return _turn(room, self.hexes, self.to, lambda old: shown_to(old, self.to, tier))

    def describe(self, room: RoomState) -> str:
        what = "" if self.tier == "full" else " (terrain only)"
        said = f"Revealed {in_words(self.hexes, room)} to {named(self.to, room)}{what}"
        if self.token is None:
            return said
        token = room.tokens.get(self.token)
        return f"{said}, by the rule for {token.label if token else 'a token'}"


class HexesHidden(Event):
    tag = "hex_hide"
    hexes: Runs
    to: To

    def evolve(self, room: RoomState) -> RoomState:
        return _turn(room, self.hexes, self.to, lambda old: hidden_from(old, self.to))

    def describe(self, room: RoomState) -> str:
        return f"Hid {in_words(self.hexes, room)} from {named(self.to, room)}"


class Revealed(ServerMessage):
    """Hexes appeared, or show more or less than before (``tier``)."""

    tag = "hex:revealed"
    hex_keys: list[str]
    terrain: list[dict[str, Any]]
    tier: TierWord
    targets: Any = None
    viewers: Any = None


class Hidden(ServerMessage):
    """Hexes are no longer seen."""

    tag = "hex:hidden"
    hex_keys: list[str]
    targets: Any = None
    viewers: Any = None


class Updated(ServerMessage):
    """Hexes that are seen are made of something else now."""

    tag = "hex:updated"
    changes: list[dict[str, Any]]


class HexProjection(Projection[Hex]):
    """Each hex by what it is made of; a DM also sees who sees it."""

    name = "hexes"
    reads = frozenset({"terrain", "sights", "settings"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[Hex]:
        if not viewer.is_dm:
            if room.settings.adjacent_terrain:
                return by_row({*room.sights, *_around_all(room)})
            return room.sights
        return (*room.terrain, *(at for at in room.sights if at not in room.terrain))

    def touched(self, change: Change) -> Iterable[Hex]:
        rooms = (change.before, change.after)
        turned = dict.fromkeys(change.keys("terrain"))
        turned.update(dict.fromkeys(change.resighted))
        if any(room.settings.adjacent_terrain for room in rooms):
            beside = [near for at in change.resighted for near in at.neighbours()]
            turned.update(dict.fromkeys(beside))
            if change.setting("adjacent_terrain"):
                turned.update(dict.fromkeys(near for room in rooms for near in _around_all(room)))
        # In the order in which they are told: sorted once for all viewers.
        return by_row(turned)

    def individually_seen(self, room: RoomState, keys: Sequence[Hex]) -> Iterable[UserId]:
        # Next to a hex that one player alone sees, that player alone may see more too.
        return room.apart if room.settings.adjacent_terrain else seeing_otherwise(room, keys)

    def visible(self, room: RoomState, viewer: Member, key: Hex) -> JSON | None:
        what = room.terrain.get(key)
        if viewer.role is Role.DM:
            return _seen_by_dm(room.sights.get(key), what)
        return _seen_at(seen_tier(room, viewer, key), what)

    def shown(self, room: RoomState, viewer: Member, keys: Iterable[Hex]) -> Shown[Hex]:
        keys = tuple(keys)
        if len(keys) < MANY or (room.settings.adjacent_terrain and not viewer.is_dm):
            return super().shown(room, viewer, keys)
        looks: dict[tuple[int, int], JSON] = {}
        found: dict[Hex, JSON] = {}
        for at, seen, what in zip(
            keys, room.sights.values_at(keys), room.terrain.values_at(keys), strict=True
        ):
            # Hexes share what they hold with most others. Looked up by identity: hashing is slow.
            look = (id(seen), id(what))
            if look not in looks:
                if viewer.is_dm:
                    looks[look] = _seen_by_dm(seen, what)
                else:
                    looks[look] = _seen_at(tier_for(viewer, seen), what)
            shown = looks[look]
            if shown is not None:
                found[at] = shown
        return found

    def least(self, shown: Sequence[JSON | None]) -> JSON | None:
        seen = [each for each in shown if each is not None]
        if len(seen) < len(shown):
            return None
        # Of the same terrain; DMs see all alike.
        return min(seen, key=lambda each: Tier.of(each["tier"]) if "tier" in each else Tier.FULL)

    def state_fields(self, whole: Shown[Hex]) -> Mapping[str, JSON]:
        said: dict[str, JSON] = {
            "revealedHexes": [str(at) for at, shown in whole.items() if _seen_by_some(shown)],
            "terrain": _terrain((at for at, shown in whole.items() if "terrain" in shown), whole),
        }
        partly = [str(at) for at, shown in whole.items() if shown.get("tier") == "terrain"]
        if partly:
            said["tiers"] = [{"key": key, "tier": "terrain"} for key in partly]
        if any("viewers" in shown for shown in whole.values()):
            said["reveals"] = [
                {"key": str(at), "viewers": shown["viewers"]}
                for at, shown in whole.items()
                if _seen_by_some(shown)
            ]
        return said

    def diff_messages(self, before: Shown[Hex], after: Shown[Hex]) -> Iterator[ServerMessage]:
        turns: dict[tuple[int, int], tuple[JSON, JSON, list[Hex]]] = {}
        terrain_changed: list[Hex] = []
        of_looks: dict[tuple[int, int], tuple[list[Hex], ...]] = {}
        for at in _keys_of_both(before, after):
            old, new = before.get(at), after.get(at)
            # By identity, here and below: looks, tiers and viewers are shared values, and few.
            lists = of_looks.get((id(old), id(new)))
            if lists is None:
                seen, sees = _viewers(old, new), _viewers(new, old)
                lists = ()
                if seen is not sees:
                    lists = (turns.setdefault((id(seen), id(sees)), (seen, sees, []))[2],)
                # A message that reveals a hex says what it is made of.
                tells_ground = seen is not sees and _reveals(seen, sees)
                if sees is not None and not tells_ground and not _same_ground(old, new):
                    lists = (*lists, terrain_changed)
                of_looks[id(old), id(new)] = lists
            for hexes in lists:
                hexes.append(at)
        for seen, sees, hexes in turns.values():
            yield _resighted(seen, sees, hexes, after)
        if terrain_changed:
            yield Updated(changes=_terrain(terrain_changed, after))


def _seen_at(tier: Tier, what: HexTerrain | None) -> JSON | None:
    """Return the look of a hex of which so much is seen; None where that is nothing."""
    return None if tier is Tier.HIDDEN else _made_of(what, {"tier": tier.word})


def _seen_by_dm(seen: Visibility | None, what: HexTerrain | None) -> JSON | None:
    """Return the look of such a hex for DMs; None where there is nothing."""
    if what is None and seen is None:
        return None
    return _made_of(what, {"viewers": viewers(seen)})


def _made_of(what: HexTerrain | None, look: dict[str, JSON]) -> JSON:
    if what is not None:
        look["terrain"] = what.terrain
        if what.variant:
            look["variant"] = what.variant
    return look


def _turning(
    sights: TileMap[Visibility],
    among: Iterable[Hex],
    turn: Callable[[Visibility | None], Visibility | None],
) -> list[Hex]:
    """Return the hexes at which a turn leads to something else."""
    among = tuple(among)
    if len(among) < MANY:
        return [at for at in among if turn(old := sights.get(at)) != old]
    turns: dict[int, bool] = {}
    turning = []
    for at, old in zip(among, sights.values_at(among), strict=True):
        if id(old) not in turns:
            turns[id(old)] = turn(old) != old
        if turns[id(old)]:
            turning.append(at)
    return turning


def seen_tier(room: RoomState, viewer: Member, at: Hex) -> Tier:
    """Return how much of the hex the viewer sees, next to others too where a setting shows that."""
    tier = room.tier(viewer, at)
    if tier is Tier.HIDDEN and room.settings.adjacent_terrain and at in room.terrain:
        for beside in at.neighbours():
            if room.tier(viewer, beside) is Tier.FULL:
                return Tier.TERRAIN
    return tier


def seeing_otherwise(room: RoomState, hexes: Iterable[Hex]) -> set[UserId]:
    """Return the players who see one of the hexes otherwise than everyone does."""
    users: set[UserId] = set()
    last, sight_at = None, room.sights.get
    for at in hexes:
        seen = sight_at(at)
        # Neighbours share their sight, and most are the same for all.
        if seen is not last:
            last = seen
            if seen is not None and seen.apart:
                users.update(user for user, _ in seen.apart)
    return users


def _around_all(room: RoomState) -> Iterable[Hex]:
    return {near for at in room.sights for near in at.neighbours()}


def _turn(
    room: RoomState, where: Runs, to: To, turn: Callable[[Visibility | None], Visibility | None]
) -> RoomState:
    sights = room.sights.change(where, turn)
    if to == "all":
        return room.but(sights=sights)
    return room.but(sights=sights, apart=room.apart.union(to))


def _named(hex_keys: Iterable[Hex] | Literal["all"], room: RoomState) -> str:
    return "the whole map" if isinstance(hex_keys, str) else in_words(runs(hex_keys), room)


def _keys_of_both(before: Shown[Hex], after: Shown[Hex]) -> Iterable[Hex]:
    """Return the hexes of two views by row, as each view has its own."""
    if not before or before.keys() == after.keys():
        return after
    return before if not after else by_row(before.keys() | after.keys())


def _viewers(shown: JSON | None, other: JSON | None) -> JSON:
    """Return who sees the hex as far as the viewer knows: a DM all viewers, others their tier."""
    if shown is None:
        return NOBODY if other is not None and "viewers" in other else None
    return shown["tier"] if "tier" in shown else shown["viewers"]


def _ground(shown: JSON | None) -> tuple[JSON, JSON]:
    return (shown.get("terrain"), shown.get("variant")) if shown else (None, None)


def _same_ground(old: JSON | None, new: JSON | None) -> bool:
    if old is None or new is None:
        return _ground(old) == _ground(new)
    return bool(
        old.get("terrain") == new.get("terrain") and old.get("variant") == new.get("variant")
    )


def _seen_by_some(shown: JSON) -> bool:
    return shown.get("viewers") is not NOBODY


def _terrain(hexes: Iterable[Hex], shown: Shown[Hex]) -> list[dict[str, Any]]:
    return [_ground_at(str(at), shown.get(at) or {}) for at in hexes]


def _ground_at(key: str, look: JSON) -> dict[str, Any]:
    if "variant" in look:
        return {"key": key, "terrain": look["terrain"], "variant": look["variant"]}
    return {"key": key, "terrain": look.get("terrain")}


def _resighted(before: JSON, after: JSON, hexes: list[Hex], now: Shown[Hex]) -> Revealed | Hidden:
    """Word that hexes turned from one sight to another, for a DM with targets and viewers."""
    keys = list(map(str, hexes))
    fields: dict[str, Any] = {"hex_keys": keys}
    tier = after
    if after is not None and not isinstance(after, str):
        fields["targets"], tier = difference(before.sight, after.sight)
        fields["viewers"] = after
    if tier is not None:
        looks = zip(keys, map(now.__getitem__, hexes), strict=True)
        fields["terrain"] = [_ground_at(key, look) for key, look in looks if "terrain" in look]
        fields["tier"] = tier
    kind = Hidden if tier is None else Revealed
    # Validating many costs more than making them.
    return kind(**fields) if len(hexes) < MANY else kind.model_construct(**fields)


def _reveals(before: JSON, after: JSON) -> bool:
    """Return whether a turn from one sight to another is told as a reveal."""
    if after is None or isinstance(after, str):
        return after is not None
    return difference(before.sight, after.sight)[1] is not None
