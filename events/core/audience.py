"""Who may know of an object on the map: its audience, and the players to whom it was revealed individually."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from events.core.messages import JSON
from events.core.state import Member, RoomState, Tier, UserId
from events.core.targets import Players, To, resolve
from events.core.values import Audience


class HasAudience(Protocol):
    """A thing of which not everybody knows."""

    @property
    def audience(self) -> Audience: ...
    @property
    def players(self) -> tuple[UserId, ...]: ...


class Knowing(NamedTuple):
    """An audience, and players besides, sorted."""

    audience: Audience
    players: tuple[UserId, ...] = ()


def knowing(audience: Audience | Players | None, old: Knowing, room: RoomState) -> Knowing:
    """Return who is to know where a DM wants this, the old ones for None; raise NoSuchPlayer."""
    if audience is None:
        return old
    if isinstance(audience, Players):
        resolve(audience, room, ())
        return Knowing("dm", tuple(UserId(user) for user in audience.player_ids))
    return Knowing(audience)


def revealed_to(of: HasAudience, to: To) -> Knowing:
    """Return who may know of it after it was also revealed to these players."""
    if to == "all":
        return Knowing("all")
    if of.audience == "all":
        return Knowing("all", of.players)
    return Knowing(of.audience, tuple(sorted({*of.players, *to})))


def is_for(of: HasAudience, viewer: Member, tier: Tier, *, enough: Tier = Tier.FULL) -> bool:
    """Return whether the viewer may know of it where they see its hex as far as the tier.

    Those to whom it was revealed need to see the hex at all, those who would find it there as far
    as ``enough``.
    """
    if viewer.is_dm:
        return True
    if of.audience == "all" or viewer.user in of.players:
        return tier is not Tier.HIDDEN
    return of.audience == "seen" and tier >= enough


def named_in(things: Iterable[HasAudience | None]) -> Iterable[UserId]:
    """Yield the players who may know of one of these what others of their role do not."""
    for thing in things:
        if thing is not None:
            yield from thing.players


def for_dms(of: HasAudience) -> dict[str, JSON]:
    """Return the fields that tell a DM who knows of it."""
    named_alone = of.audience == "dm" and of.players
    return {
        "audience": {"playerIds": list(of.players)} if named_alone else of.audience,
        "revealedTo": list(of.players),
    }
