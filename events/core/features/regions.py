"""Regions: named sets of hexes, such as realms, forests, lakes and zones of danger.

DMs know of whole regions. Anyone else gets a region cut to the hexes in which they may know of it,
and its name with the first of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from events.core.audience import Knowing, for_dms, is_for, knowing, named_in, revealed_to
from events.core.features.terrain import expect_on_map
from events.core.hex_tiers import seeing_otherwise
from events.core.limits import MOST_REGIONS, REGION_HEXES, region_hexes
from events.core.map_objects import Region, RegionId, RegionKind
from events.core.messages import JSON, Command, Event, JsonObject, Message, ServerMessage, Text
from events.core.projection import Change, Projection, Shown
from events.core.state import Member, RoomState, UserId
from events.core.targets import (
    HexKeys,
    Players,
    Targets,
    To,
    in_words,
    named,
    resolve,
    targets_named,
)
from events.core.values import Audience
from events.errors import Invalid, NotFound, TooMany
from events.geometry.grid import Hex, count, hexes, runs
from events.text import Id, Name

Key = tuple[RegionId, Hex | None]
"""A region in one hex; with None the whole region, which is for DMs."""
Color = Annotated[Text, Field(pattern=r"^(#[0-9a-fA-F]{6})?$")]


class NoSuchRegion(NotFound):
    def __str__(self) -> str:
        return "no such region"


class NoHexes(Invalid):
    def __str__(self) -> str:
        return "a region needs at least one hex; delete it to take it off the map"


class Unnamed(Invalid):
    def __str__(self) -> str:
        return "a new region needs a name"


class RegionWanted(Message):
    """A region as a DM wants it; what is left out stays as it is, or is usual in a new one."""

    id: Id | None = None
    """Stamped with a random one where the client gave none."""
    name: Name | None = None
    """A new region needs one."""
    kind: RegionKind | None = None
    color: Color | None = None
    """Empty for the one of its kind."""
    hex_keys: HexKeys | None = None
    """All of its hexes; those that it had and that are not among them are taken out."""
    add: HexKeys | None = None
    """Hexes to be added, as one stroke of a brush does."""
    remove: HexKeys | None = None
    """Hexes to be taken out."""
    audience: Audience | Players | None = None
    """For DMs alone in a new one, unless said otherwise."""

    def on(self, old: Region | None, room: RoomState) -> Region:
        """Return the region, made from the old one if there is one; raise Rejected."""
        name = self.name or (old.name if old else None)
        if name is None:
            raise Unnamed
        expect_on_map(room, (*(self.hex_keys or ()), *(self.add or ())))
        before = Knowing(old.audience, old.players) if old else Knowing("dm")
        audience, players = knowing(self.audience, before, room)
        kind = self.kind or (old.kind if old else "realm")
        color = (old.color if old else "") if self.color is None else self.color
        return Region(name, self._hexes(old), kind, color, audience, players)

    def _hexes(self, old: Region | None) -> Any:
        if self.hex_keys is None and self.add is None and self.remove is None and old is not None:
            return old.hexes
        had = hexes(old.hexes) if old is not None and self.hex_keys is None else ()
        inside = {*had, *(self.hex_keys or ()), *(self.add or ())}.difference(self.remove or ())
        if not inside:
            raise NoHexes
        return runs(inside)


class SetRegion(Command):
    """Name a set of hexes, or change one that has a name."""

    tag = "region:set"
    stageable = True
    region: RegionWanted

    def stamped(self, seed: Callable[[], int]) -> Self:
        if self.region.id is not None:
            return self
        region = self.region.model_copy(update={"id": str(UUID(int=seed(), version=4))})
        return self.model_copy(update={"region": region})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        assert self.region.id is not None, "commands are stamped before they are decided"
        key = RegionId(self.region.id)
        old = room.regions.get(key)
        if old is None and len(room.regions) >= MOST_REGIONS:
            raise TooMany("regions", MOST_REGIONS, len(room.regions) + 1)
        region = self.region.on(old, room)
        if region != old:
            before = region_hexes(room.regions.values()) - (count(old.hexes) if old else 0)
            if before + count(region.hexes) > REGION_HEXES:
                raise TooMany("hexes in regions", REGION_HEXES, before + count(region.hexes))
            yield RegionSet(region=key, now=region)

    def hex_cost(self, room: RoomState) -> int:
        region = self.region
        return sum(len(keys or ()) for keys in (region.hex_keys, region.add, region.remove))

    def describe(self, room: RoomState) -> str:
        old = room.regions.get(RegionId(self.region.id or ""))
        name = self.region.name or (old.name if old else "a region")
        return f"{'Change' if old else 'Mark'} the region {name}"


class DeleteRegion(Command):
    """Take a region off the map for good."""

    tag = "region:delete"
    stageable = True
    region_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        expect_region(room, self.region_id)
        yield RegionDeleted(region=RegionId(self.region_id))

    def describe(self, room: RoomState) -> str:
        return f"Delete {region_named(room, self.region_id)}"


class RevealRegion(Command):
    """Let players know of a region, in the hexes that they see at all."""

    tag = "region:reveal"
    stageable = True
    region_id: Id
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        region = expect_region(room, self.region_id)
        to = resolve(self.targets, room, hexes(region.hexes))
        revealed = RegionRevealed(region=RegionId(self.region_id), to=to)
        if revealed.changed(region) != region:
            yield revealed

    def hex_cost(self, room: RoomState) -> int:
        region = room.regions.get(RegionId(self.region_id))
        return count(region.hexes) if region else 1

    def describe(self, room: RoomState) -> str:
        who = targets_named(self.targets, room)
        return f"Reveal {region_named(room, self.region_id)} to {who}"


class RegionSet(Event):
    tag = "region_set"
    region: RegionId
    now: Region

    def evolve(self, room: RoomState) -> RoomState:
        return _put(room, self.region, self.now)

    def describe(self, room: RoomState) -> str:
        verb = "Changed" if self.region in room.regions else "Marked"
        return f"{verb} the region {self.now.name}, {in_words(self.now.hexes, room)}"


class RegionDeleted(Event):
    tag = "region_delete"
    region: RegionId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(regions=room.regions.put(self.region, None))

    def describe(self, room: RoomState) -> str:
        return f"Deleted {region_named(room, self.region)}"


class RegionRevealed(Event):
    tag = "region_reveal"
    region: RegionId
    to: To

    def changed(self, old: Region) -> Region:
        audience, players = revealed_to(old, self.to)
        return replace(old, audience=audience, players=players)

    def evolve(self, room: RoomState) -> RoomState:
        old = room.regions.get(self.region)
        return room if old is None else _put(room, self.region, self.changed(old))

    def describe(self, room: RoomState) -> str:
        return f"Revealed {region_named(room, self.region)} to {named(self.to, room)}"


class RegionChanged(ServerMessage):
    """To a DM, a region as it is now; to others, in which hexes it shows besides, and no longer.

    ``hexes`` and ``gone`` are runs ``[q, r, n]``; a region without any hex left is gone.
    """

    tag = "region:changed"
    region: JsonObject


class RegionRemoved(ServerMessage):
    """A region is no more; told to DMs, others see its hexes go."""

    tag = "region:removed"
    region_id: RegionId


class RegionProjection(Projection[Key]):
    """Each region: whole to DMs, to others hex by hex."""

    name = "regions"
    reads = frozenset({"regions", "visibility"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[Key]:
        if viewer.is_dm:
            return ((key, None) for key in room.regions)
        return (
            (key, at)
            for key, region in room.regions.items()
            if region.audience != "dm" or region.players
            for at in hexes(region.hexes)
        )

    def touched(self, change: Change) -> Iterable[Key]:
        if not (change.before.regions or change.after.regions):
            return ()
        changed = change.keys("regions")
        return (
            *(key for room in (change.before, change.after) for key in _keys_of(room, changed)),
            *change.after.regions.within(runs(change.resighted)),
        )

    def individually_seen(self, room: RoomState, keys: Sequence[Key]) -> Iterable[UserId]:
        users = seeing_otherwise(room, [at for _, at in keys if at is not None])
        return users.union(named_in(room.regions.get(key) for key in {key for key, _ in keys}))

    def visible(self, room: RoomState, viewer: Member, key: Key) -> JSON | None:
        region_id, at = key
        region: Region | None = room.regions.get(region_id)
        if region is None or (at is None) is not viewer.is_dm:
            return None
        shown: dict[str, JSON] = {"name": region.name, "kind": region.kind, "color": region.color}
        if at is None:
            return {**shown, "hexes": region.hexes, **for_dms(region)}
        if not region.has(at) or not is_for(region, viewer, room.tier(viewer, at)):
            return None
        return shown

    def state_fields(self, whole: Shown[Key]) -> Mapping[str, JSON]:
        return {"regions": [region for region, _ in _in_parts({}, whole)]}

    def diff_messages(self, before: Shown[Key], after: Shown[Key]) -> Iterator[ServerMessage]:
        for region, gone in _in_parts(before, after):
            if "kind" in region or gone:
                yield RegionChanged(region={**region, "gone": runs(gone)} if gone else region)
            else:
                yield RegionRemoved(region_id=region["id"])


def expect_region(room: RoomState, region_id: str) -> Region:
    """Return the region; raise NoSuchRegion."""
    region: Region | None = room.regions.get(RegionId(region_id))
    if region is None:
        raise NoSuchRegion
    return region


def region_named(room: RoomState, region_id: str) -> str:
    """Return the region in a DM's words."""
    region: Region | None = room.regions.get(RegionId(region_id))
    return f"the region {region.name}" if region else "a region"


def _keys_of(room: RoomState, regions: Iterable[RegionId]) -> Iterator[Key]:
    for key in regions:
        region = room.regions.get(key)
        if region is not None:
            yield key, None
            yield from ((key, at) for at in hexes(region.hexes))


def _in_parts(was: Shown[Key], now: Shown[Key]) -> Iterator[tuple[dict[str, JSON], list[Hex]]]:
    """Yield each region whose look changed: its id with the fields that it shows now, and the hexes that it left."""
    shown_in: dict[RegionId, list[Hex]] = {}
    parts: dict[RegionId, dict[str, JSON]] = {}
    gone: dict[RegionId, list[Hex]] = {}
    for (key, at), shown in now.items():
        if was.get((key, at)) != shown:
            parts.setdefault(key, {"id": key}).update(shown)
            if at is not None:
                shown_in.setdefault(key, []).append(at)
    for key, at in was:
        if (key, at) not in now:
            parts.setdefault(key, {"id": key})
            if at is not None:
                gone.setdefault(key, []).append(at)
    for key in sorted(parts):
        if key in shown_in:
            parts[key]["hexes"] = runs(shown_in[key])
        yield parts[key], gone.get(key, [])


def _put(room: RoomState, key: RegionId, region: Region) -> RoomState:
    # Those named see what other players may not: from now on they are told one by one.
    individually_seen = (
        room.individually_seen.union(region.players) if region.players else room.individually_seen
    )
    return room.but(regions=room.regions.put(key, region), individually_seen=individually_seen)
