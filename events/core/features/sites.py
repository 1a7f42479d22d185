"""Sites: what stands in a hex, as an icon on the map, with a note or without one.

A player knows of a site as they know of a note: if its audience says so and they see its hex.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Self
from uuid import UUID

from events.core.audience import Knowing, for_dms, is_for, knowing, named_in, revealed_to
from events.core.features.terrain import expect_on_map
from events.core.hex_tiers import seeing_otherwise
from events.core.limits import MOST_SITES
from events.core.map_objects import Site, SiteId, SiteKind
from events.core.messages import JSON, Command, Event, JsonObject, Message, ServerMessage
from events.core.projection import Change, Projection, Shown, changed_things
from events.core.state import Member, RoomState, UserId
from events.core.targets import Players, Targets, To, named, resolve, targets_named
from events.core.values import Audience
from events.errors import NotFound, TooMany
from events.geometry.grid import HexKey
from events.text import Id, Word


class NoSuchSite(NotFound):
    def __str__(self) -> str:
        return "no such site"


class SiteWanted(Message):
    """A site as a DM wants it; what is left out stays as it is, or is empty in a new one."""

    id: Id | None = None
    """Stamped with a random one where the client gave none."""
    kind: SiteKind
    title: Word | None = None
    audience: Audience | Players | None = None
    """For DMs alone in a new one, unless said otherwise."""

    def on(self, at: HexKey, old: Site | None, room: RoomState) -> Site:
        """Return the site, made from the old one if there is one; raise Rejected."""
        if old is None or old.at != at:
            expect_on_map(room, (at,))
        before = Knowing(old.audience, old.players) if old else Knowing("dm")
        audience, players = knowing(self.audience, before, room)
        title = (old.title if old else "") if self.title is None else self.title
        return Site(at, self.kind, title, audience, players)


class SetSite(Command):
    """Put a site in a hex, or change or move one that is there."""

    tag = "site:set"
    stageable = True
    hex_key: HexKey
    site: SiteWanted

    def stamped(self, seed: Callable[[], int]) -> Self:
        if self.site.id is not None:
            return self
        site = self.site.model_copy(update={"id": str(UUID(int=seed(), version=4))})
        return self.model_copy(update={"site": site})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        assert self.site.id is not None, "commands are stamped before they are decided"
        key = SiteId(self.site.id)
        old = room.sites.get(key)
        if old is None and len(room.sites) >= MOST_SITES:
            raise TooMany("sites", MOST_SITES, len(room.sites) + 1)
        site = self.site.on(self.hex_key, old, room)
        if site != old:
            yield SiteSet(site=key, now=site)

    def describe(self, room: RoomState) -> str:
        name = self.site.title or f"a {self.site.kind}"
        return f"Put {name} in hex {room.label(self.hex_key)}"


class DeleteSite(Command):
    """Take a site off the map for good."""

    tag = "site:delete"
    stageable = True
    site_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        expect_site(room, self.site_id)
        yield SiteDeleted(site=SiteId(self.site_id))

    def describe(self, room: RoomState) -> str:
        return f"Delete {site_named(room, self.site_id)}"


class RevealSite(Command):
    """Let players know of a site, as soon as they see its hex at all."""

    tag = "site:reveal"
    stageable = True
    site_id: Id
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        site = expect_site(room, self.site_id)
        to = resolve(self.targets, room, (site.at,))
        revealed = SiteRevealed(site=SiteId(self.site_id), to=to)
        if revealed.changed(site) != site:
            yield revealed

    def describe(self, room: RoomState) -> str:
        who = targets_named(self.targets, room)
        return f"Reveal {site_named(room, self.site_id)} to {who}"


class SiteSet(Event):
    tag = "site_set"
    site: SiteId
    now: Site

    def evolve(self, room: RoomState) -> RoomState:
        return _put(room, self.site, self.now)

    def describe(self, room: RoomState) -> str:
        verb = "Changed" if self.site in room.sites else "Put"
        return f"{verb} {_in_words(self.now)} in hex {room.label(self.now.at)}"


class SiteDeleted(Event):
    tag = "site_delete"
    site: SiteId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(sites=room.sites.put(self.site, None))

    def describe(self, room: RoomState) -> str:
        return f"Deleted {site_named(room, self.site)}"


class SiteRevealed(Event):
    tag = "site_reveal"
    site: SiteId
    to: To

    def changed(self, old: Site) -> Site:
        audience, players = revealed_to(old, self.to)
        return replace(old, audience=audience, players=players)

    def evolve(self, room: RoomState) -> RoomState:
        old = room.sites.get(self.site)
        return room if old is None else _put(room, self.site, self.changed(old))

    def describe(self, room: RoomState) -> str:
        return f"Revealed {site_named(room, self.site)} to {named(self.to, room)}"


class SiteChanged(ServerMessage):
    """A site is new, or other than it was."""

    tag = "site:changed"
    site: JsonObject


class SiteRemoved(ServerMessage):
    """A site is no longer known."""

    tag = "site:removed"
    site_id: SiteId


class SiteProjection(Projection[SiteId]):
    """Each site, to those who may know of it."""

    name = "sites"
    reads = frozenset({"sites", "visibility"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[SiteId]:
        return room.sites

    def touched(self, change: Change) -> Iterable[SiteId]:
        return (*change.keys("sites"), *change.after.sites.within(change.resighted))

    def individually_seen(self, room: RoomState, keys: Sequence[SiteId]) -> Iterable[UserId]:
        sites = [site for key in keys if (site := room.sites.get(key)) is not None]
        return seeing_otherwise(room, [site.at for site in sites]).union(named_in(sites))

    def visible(self, room: RoomState, viewer: Member, key: SiteId) -> JSON | None:
        site: Site | None = room.sites.get(key)
        if site is None or not is_for(site, viewer, room.tier(viewer, site.at)):
            return None
        shown: dict[str, JSON] = {
            "id": key,
            "hexKey": str(site.at),
            "kind": site.kind,
            "title": site.title,
        }
        return shown | for_dms(site) if viewer.is_dm else shown

    def state_fields(self, whole: Shown[SiteId]) -> Mapping[str, JSON]:
        return {"sites": list(whole.values())}

    def diff_messages(self, before: Shown[SiteId], after: Shown[SiteId]) -> Iterator[ServerMessage]:
        for key, new in changed_things(before, after):
            yield SiteRemoved(site_id=key) if new is None else SiteChanged(site=new)


def expect_site(room: RoomState, site_id: str) -> Site:
    """Return the site; raise NoSuchSite."""
    site: Site | None = room.sites.get(SiteId(site_id))
    if site is None:
        raise NoSuchSite
    return site


def site_named(room: RoomState, site_id: str) -> str:
    """Return the site in a DM's words."""
    site: Site | None = room.sites.get(SiteId(site_id))
    return _in_words(site) if site else "a site"


def _in_words(site: Site) -> str:
    return site.title or f"a {site.kind}"


def _put(room: RoomState, key: SiteId, site: Site) -> RoomState:
    # Those named see what other players may not: from now on they are told one by one.
    individually_seen = (
        room.individually_seen.union(site.players) if site.players else room.individually_seen
    )
    return room.but(sites=room.sites.put(key, site), individually_seen=individually_seen)
