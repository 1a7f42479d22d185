"""Revealing and hiding hexes: read this feature first, the others are built alike.

A command checks the room and yields what happens; an event puts that into the room; the projection
alone says who sees what, and words the difference.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, Literal

from events.core.limits import SEEN_HEXES, expect_spread
from events.core.messages import JSON, Command, Event, ServerMessage
from events.core.projection import Change, Projection, Shown
from events.core.state import Member, Role, RoomState, RuleId, Tier, TokenId, UserId, Visibility
from events.core.targets import HexKeys, Targets, To, in_words, named, resolve, targets_named
from events.core.visibility import NOBODY, difference, hidden_from, shown_to, viewers
from events.errors import TooMany
from events.geometry.grid import Hex, Runs, runs

TierWord = Literal["terrain", "full"]

_by_row: Final = itemgetter(1, 0)


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
        hidden = [at for at in among if shown_to(old := sights.get(at), to, tier) != old]
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
        sights = room.sights
        shown = [at for at in among if hidden_from(old := sights.get(at), to) != old]
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
                return sorted({*room.sights, *_around_all(room)}, key=_by_row)
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
        return sorted(turned, key=_by_row)

    def individually_seen(self, room: RoomState, keys: Sequence[Hex]) -> Iterable[UserId]:
        # Next to a hex that one player alone sees, that player alone may see more too.
        return room.apart if room.settings.adjacent_terrain else seeing_otherwise(room, keys)

    def visible(self, room: RoomState, viewer: Member, key: Hex) -> JSON | None:
        what = room.terrain.get(key)
        shown: dict[str, JSON]
        if viewer.role is Role.DM:
            seen = room.sights.get(key)
            if what is None and seen is None:
                return None
            shown = {"viewers": viewers(seen)}
        else:
            tier = seen_tier(room, viewer, key)
            if tier is Tier.HIDDEN:
                return None
            shown = {"tier": tier.word}
        if what is not None:
            shown["terrain"] = what.terrain
            if what.variant:
                shown["variant"] = what.variant
        return shown

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
        terrain_changed: dict[Hex, None] = {}
        for at in _keys_of_both(before, after):
            old, new = before.get(at), after.get(at)
            seen, sees = _viewers(old, new), _viewers(new, old)
            if seen is not sees:
                # By identity: tiers and viewers are shared values, and few.
                turn = turns.get((id(seen), id(sees)))
                if turn is None:
                    turn = turns[id(seen), id(sees)] = (seen, sees, [])
                turn[2].append(at)
            if sees is not None and not _same_ground(old, new):
                terrain_changed[at] = None
        for seen, sees, hexes in turns.values():
            message = _resighted(seen, sees, hexes, after)
            yield message
            if terrain_changed and isinstance(message, Revealed):
                for at in hexes:
                    terrain_changed.pop(at, None)
        if terrain_changed:
            yield Updated(changes=_terrain(terrain_changed, after))


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
    return before if not after else sorted(before.keys() | after.keys(), key=_by_row)


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
    said = []
    for at in hexes:
        terrain, variant = _ground(shown.get(at))
        said.append({"key": str(at), "terrain": terrain})
        if variant:
            said[-1]["variant"] = variant
    return said


def _resighted(before: JSON, after: JSON, hexes: list[Hex], now: Shown[Hex]) -> Revealed | Hidden:
    """Word that hexes turned from one sight to another, for a DM with targets and viewers."""
    keys = [str(at) for at in hexes]
    if after is None:
        return Hidden(hex_keys=keys)
    terrain = _terrain([at for at in hexes if "terrain" in now.get(at, ())], now)
    if isinstance(after, str):
        return Revealed(hex_keys=keys, terrain=terrain, tier=after)
    targets, best = difference(before.sight, after.sight)
    if best is None:
        return Hidden(hex_keys=keys, targets=targets, viewers=after)
    return Revealed(hex_keys=keys, terrain=terrain, tier=best, targets=targets, viewers=after)
