"""Revealing and hiding hexes: read this feature first, the others are built alike.

A command checks the room and yields what happens; an event puts that into the room; the projection
alone says who sees what, and words the difference.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from events.core.hex_looks import Look, Turn, seen_as, seen_by_dm, telling, terrain_json
from events.core.hex_state import encoded_hexes
from events.core.hex_tiers import seeing_otherwise, seen_tier
from events.core.limits import SEEN_HEXES, expect_spread
from events.core.messages import JSON, Command, Event, JsonObject, ServerMessage
from events.core.projection import Change, Projection, Shown
from events.core.state import (
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
from events.core.visibility import NOBODY, Viewers, difference, hidden_from, shown_to
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
        visibility = room.visibility
        hidden = _turning(visibility, among, lambda old: shown_to(old, to, tier))
        if not hidden:
            return
        if len(visibility) + len(hidden) > SEEN_HEXES:
            size = len(visibility) + sum(at not in visibility for at in hidden)
            if size > SEEN_HEXES:
                raise TooMany("hexes that players see", SEEN_HEXES, size)
        expect_spread(visibility, hidden)
        yield HexesRevealed(hexes=runs(hidden), to=to, tier=self.tier)

    def hex_cost(self, room: RoomState) -> int:
        return len(room.terrain if self.hex_keys == "all" else self.hex_keys)

    def describe(self, room: RoomState) -> str:
        extent = "" if self.tier == "full" else " (terrain only)"
        return (
            f"Reveal {_named(self.hex_keys, room)} to {targets_named(self.targets, room)}{extent}"
        )


class HideHexes(Command):
    """Take reveals back, from one player too where a hex was shown to all."""

    tag = "hex:hide"
    stageable = True
    hex_keys: HexKeys | Literal["all"]
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        among = room.visibility if self.hex_keys == "all" else self.hex_keys
        to = resolve(self.targets, room, among)
        shown = _turning(room.visibility, among, lambda old: hidden_from(old, to))
        if shown:
            yield HexesHidden(hexes=runs(shown), to=to)

    def hex_cost(self, room: RoomState) -> int:
        return len(room.visibility if self.hex_keys == "all" else self.hex_keys)

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
        extent = "" if self.tier == "full" else " (terrain only)"
        description = f"Revealed {in_words(self.hexes, room)} to {named(self.to, room)}{extent}"
        if self.token is None:
            return description
        token = room.tokens.get(self.token)
        return f"{description}, by the rule for {token.label if token else 'a token'}"


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
    terrain: list[JsonObject]
    tier: TierWord
    targets: Any = None
    viewers: Any = None


class Hidden(ServerMessage):
    """Hexes are no longer seen."""

    tag = "hex:hidden"
    hex_keys: list[str]
    targets: Any = None
    viewers: Any = None


class HexUpdate(ServerMessage):
    """Hexes that are seen are made of something else now."""

    tag = "hex:updated"
    changes: list[JsonObject]


class HexProjection(Projection[Hex]):
    """The terrain of each hex; for DMs also who sees it."""

    name = "hexes"
    reads = frozenset({"terrain", "visibility", "settings"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[Hex]:
        if not viewer.is_dm:
            if room.settings.adjacent_terrain:
                return by_row({*room.visibility, *_around_all(room)})
            return room.visibility
        return (*room.terrain, *(at for at in room.visibility if at not in room.terrain))

    def touched(self, change: Change) -> Iterable[Hex]:
        rooms = (change.before, change.after)
        turned = dict.fromkeys(change.resighted)
        turned.update(dict.fromkeys(change.keys("terrain")))
        if rooms[0].settings.adjacent_terrain or rooms[1].settings.adjacent_terrain:
            beside = [near for at in change.resighted for near in at.neighbours()]
            turned.update(dict.fromkeys(beside))
            if change.setting("adjacent_terrain"):
                turned.update(dict.fromkeys(near for room in rooms for near in _around_all(room)))
        # In the order in which they are told: sorted once for all viewers.
        return by_row(turned)

    def individually_seen(self, room: RoomState, keys: Sequence[Hex]) -> Iterable[UserId]:
        # Next to a hex that one player alone sees, that player alone may see more too.
        return (
            room.individually_seen
            if room.settings.adjacent_terrain
            else seeing_otherwise(room, keys)
        )

    def individually_seen_anywhere(self, room: RoomState, viewer: Member) -> Iterable[UserId]:
        if room.settings.adjacent_terrain:
            return room.individually_seen
        return {
            user for visibility in room.visibility.distinct() for user, _ in visibility.exceptions
        }

    def visible(self, room: RoomState, viewer: Member, key: Hex) -> JSON | None:
        terrain = room.terrain.get(key)
        if viewer.role is Role.DM:
            return seen_by_dm(room.visibility.get(key), terrain)
        return seen_as(seen_tier(room, viewer, key), terrain)

    def shown(self, room: RoomState, viewer: Member, keys: Iterable[Hex]) -> Shown[Hex]:
        if room.settings.adjacent_terrain and not viewer.is_dm:
            return super().shown(room, viewer, keys)
        keys, is_dm = tuple(keys), viewer.is_dm
        shown_looks: dict[Hex, JSON] = {}
        look: Look | None
        if len(keys) < MANY:
            visibility_at, terrain_at = room.visibility.get, room.terrain.get
            for at in keys:
                visibility, terrain = visibility_at(at), terrain_at(at)
                look = (
                    seen_by_dm(visibility, terrain)
                    if is_dm
                    else seen_as(tier_for(viewer, visibility), terrain)
                )
                if look is not None:
                    shown_looks[at] = look
            return shown_looks
        looks: dict[tuple[int, int], Look | None] = {}
        for at, visibility, terrain in zip(
            keys, room.visibility.values_at(keys), room.terrain.values_at(keys), strict=True
        ):
            # Hexes share what they hold with most others. Looked up by identity: hashing is slow.
            both = (id(visibility), id(terrain))
            if both not in looks:
                looks[both] = (
                    seen_by_dm(visibility, terrain)
                    if is_dm
                    else seen_as(tier_for(viewer, visibility), terrain)
                )
            look = looks[both]
            if look is not None:
                shown_looks[at] = look
        return shown_looks

    def least(self, shown: Sequence[JSON | None]) -> JSON | None:
        looks = [each for each in shown if each is not None]
        if len(looks) < len(shown):
            return None
        # Of the same terrain; DMs see all alike.
        return min(looks, key=lambda each: Tier.of(each["tier"]) if "tier" in each else Tier.FULL)

    def state_fields(self, whole: Shown[Hex]) -> Mapping[str, JSON]:
        fields: dict[str, JSON] = {
            "revealedHexes": [str(at) for at, shown in whole.items() if _seen_by_some(shown)],
            "terrain": _terrain((at for at, shown in whole.items() if "terrain" in shown), whole),
        }
        partly = [str(at) for at, shown in whole.items() if shown.get("tier") == "terrain"]
        if partly:
            fields["tiers"] = [{"key": key, "tier": "terrain"} for key in partly]
        if any("viewers" in shown for shown in whole.values()):
            fields["reveals"] = [
                {"key": str(at), "viewers": shown["viewers"]}
                for at, shown in whole.items()
                if _seen_by_some(shown)
            ]
        return fields

    def state_encoded(self, room: RoomState, viewer: Member) -> bytes:
        if room.settings.adjacent_terrain and not viewer.is_dm:
            return super().state_encoded(room, viewer)
        return encoded_hexes(room, viewer)

    def state_in_runs(self, room: RoomState, viewer: Member) -> bytes:
        if room.settings.adjacent_terrain and not viewer.is_dm:
            return self.state_encoded(room, viewer)
        return encoded_hexes(room, viewer, in_runs=True)

    def diff_messages(self, before: Shown[Hex], after: Shown[Hex]) -> Iterator[ServerMessage]:
        turns: dict[Turn, list[Hex]] = {}
        terrain_changed: list[Hex] = []
        of_looks: dict[tuple[int, int], tuple[list[Hex], ...]] = {}
        for at in _keys_of_both(before, after):
            old, new = before.get(at), after.get(at)
            # By identity: looks are shared values, and few.
            lists = of_looks.get((id(old), id(new)))
            if lists is None:
                turn, changed = telling(old, new)
                lists = () if turn is None else (turns.setdefault(turn, []),)
                if changed:
                    lists = (*lists, terrain_changed)
                of_looks[id(old), id(new)] = lists
            for hexes in lists:
                hexes.append(at)
        for turn, hexes in turns.items():
            yield _resighted(turn, hexes, after)
        if terrain_changed:
            yield HexUpdate(changes=_terrain(terrain_changed, after))

    def diff_encoded(self, before: Shown[Hex], after: Shown[Hex]) -> list[bytes]:
        if len(before) + len(after) > MANY:
            return super().diff_encoded(before, after)
        # Joined from what is encoded once for each pair of looks: for many, pydantic is as fast.
        turns: dict[Turn, tuple[list[bytes], list[bytes]]] = {}
        terrain_changed: list[bytes] = []
        for at in _keys_of_both(before, after):
            new: Look | None = after.get(at)
            turn, changed = telling(before.get(at), new)
            key = b'"%d,%d"' % at
            if turn is not None:
                keys, terrain = turns.get(turn) or turns.setdefault(turn, ([], []))
                keys.append(key)
                if turn.tells_terrain and (made_of := terrain_json(new)):
                    terrain.append(b'{"key":%b%b}' % (key, made_of))
            if changed:
                made_of = terrain_json(new) or b',"terrain":null'
                terrain_changed.append(b'{"key":%b%b}' % (key, made_of))
        messages = [turn.encoded(*of) for turn, of in turns.items()]
        if terrain_changed:
            messages.append(
                b'{"type":"%b","changes":[%b]}'
                % (HexUpdate.tag.encode(), b",".join(terrain_changed))
            )
        return messages


def _turning(
    visibility: TileMap[Visibility],
    among: Iterable[Hex],
    turn: Callable[[Visibility | None], Visibility | None],
) -> list[Hex]:
    """Return the hexes at which a turn leads to something else."""
    among = tuple(among)
    if len(among) < MANY:
        return [at for at in among if turn(old := visibility.get(at)) != old]
    turns: dict[int, bool] = {}
    turning = []
    for at, old in zip(among, visibility.values_at(among), strict=True):
        if id(old) not in turns:
            turns[id(old)] = turn(old) != old
        if turns[id(old)]:
            turning.append(at)
    return turning


def _around_all(room: RoomState) -> Iterable[Hex]:
    return {near for at in room.visibility for near in at.neighbours()}


def _turn(
    room: RoomState, where: Runs, to: To, turn: Callable[[Visibility | None], Visibility | None]
) -> RoomState:
    visibility = room.visibility.change(where, turn)
    if to == "all":
        return room.but(visibility=visibility)
    return room.but(visibility=visibility, individually_seen=room.individually_seen.union(to))


def _named(hex_keys: Iterable[Hex] | Literal["all"], room: RoomState) -> str:
    return "the whole map" if isinstance(hex_keys, str) else in_words(runs(hex_keys), room)


def _keys_of_both(before: Shown[Hex], after: Shown[Hex]) -> Iterable[Hex]:
    """Return the hexes of two views by row, as each view has its own."""
    if not before or before.keys() == after.keys():
        return after
    return before if not after else by_row(before.keys() | after.keys())


def _seen_by_some(shown: JSON) -> bool:
    return shown.get("viewers") is not NOBODY


def _terrain(hexes: Iterable[Hex], shown: Shown[Hex]) -> list[JsonObject]:
    return [_ground_at(str(at), shown.get(at) or {}) for at in hexes]


def _ground_at(key: str, look: JSON) -> JsonObject:
    if "variant" in look:
        return {"key": key, "terrain": look["terrain"], "variant": look["variant"]}
    return {"key": key, "terrain": look.get("terrain")}


def _resighted(turn: Turn, hexes: list[Hex], now: Shown[Hex]) -> Revealed | Hidden:
    """Word that hexes turned from one visibility to another, for a DM with targets and viewers."""
    keys = list(map(str, hexes))
    fields: JsonObject = {"hex_keys": keys}
    after = turn.after
    tier: str | None
    if isinstance(after, Viewers):
        assert isinstance(turn.before, Viewers), "a DM is told of viewers"
        fields["targets"], tier = difference(turn.before.visibility, after.visibility)
        fields["viewers"] = after
    else:
        tier = after
    if tier is not None:
        looks = zip(keys, map(now.__getitem__, hexes), strict=True)
        fields["terrain"] = [_ground_at(key, look) for key, look in looks if "terrain" in look]
        fields["tier"] = tier
    kind = Hidden if tier is None else Revealed
    # Validating many costs more than making them.
    return kind(**fields) if len(hexes) < MANY else kind.model_construct(**fields)
