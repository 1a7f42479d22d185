"""Merging: two persons of a campaign turn out to be one, and what one has goes to the other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from events.core.diffs import Changes, RecordedChanges, apply, between
from events.core.features.checks import MOST_SKILLS
from events.core.messages import Command, Event, Text, command_to_wire
from events.core.state import Member, Note, RoomState, Token, UserId, Visibility, visibility_of
from events.errors import InvalidState, NotFound, TooMany

WITH_PLAYERS: Final = ("notes", "paths", "sites", "regions", "labels", "rules")
"""Slices of things that name players: those who may know of them, or whom a rule is for."""
_DRAWN: Final = ("pins", "strokes")
_GIVEN: Final = (*WITH_PLAYERS, "tokens", "visibility", "skills", *_DRAWN)
"""All slices that name players."""


class UnknownSeat(NotFound):
    def __str__(self) -> str:
        return "no such member of this campaign"


class SamePerson(InvalidState):
    def __str__(self) -> str:
        return "these are one person already: name two"


class YourOwnSeat(InvalidState):
    def __str__(self) -> str:
        return "your own seat stays: merge the other person into it"


class OtherRole(InvalidState):
    def __str__(self) -> str:
        return "the two have different roles: give both the same one first"


class WaitsForThem(InvalidState):
    def __init__(self, waiting: tuple[str, ...]) -> None:
        super().__init__(waiting)
        self.waiting = waiting

    def __str__(self) -> str:
        return (
            "staged changes name the person whose seat would end; publish or undo these first: "
            + "; ".join(self.waiting[:5])
        )


class MergeMembers(Command):
    """Give a member's tokens, and all that was shown to them, to another, and end their seat.

    Refused where a staged change names who goes: published later, it would be dropped, or reach
    nobody. Other staged changes stay as they are.
    """

    tag = "member:merge"
    internal = True
    user_id: Text
    into: Text

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        user, into = UserId(self.user_id), UserId(self.into)
        check_may_merge(room, user, into, by)
        yield MembersMerged(user=user, into=into, put=changes_by(room, user, into))

    def describe(self, room: RoomState) -> str:
        return f"Merge {room.name_of(self.user_id)} into {room.name_of(self.into)}"


class MembersMerged(Event):
    """What one had is the other's, and the first is a member no more; undo gives it back."""

    tag = "member_merge"
    user: UserId
    """Whose seat ended."""
    into: UserId
    put: RecordedChanges

    def evolve(self, room: RoomState) -> RoomState:
        left = {user: member for user, member in room.members.items() if user != self.user}
        return apply(room, self.put).but(
            members=MappingProxyType(left),
            online=room.online - {self.user},
            # From now on they are told on their own, like whoever was shown anything alone.
            individually_seen=room.individually_seen | {self.into},
        )

    def describe(self, room: RoomState) -> str:
        return f"Merged {room.name_of(self.user)} into {room.name_of(self.into)}"


class MergeEffect(NamedTuple):
    """What a merge gives to the person who stays."""

    tokens: tuple[str, ...]
    """Labels."""
    hexes: int
    """How many hexes they see, or see better, than before."""
    things: tuple[str, ...]
    """Titles of notes, sites, regions, paths and labels of which they learn."""
    rules: int
    """How many reveal rules are theirs besides."""
    skills: tuple[str, ...]


def check_may_merge(room: RoomState, user: UserId, into: UserId, by: Member) -> None:
    """Raise what is wrong with merging the user into another person."""
    if user not in room.members or into not in room.members:
        raise UnknownSeat
    if user == into:
        raise SamePerson
    if user == by.user:
        raise YourOwnSeat
    if room.members[user].role is not room.members[into].role:
        raise OtherRole
    waiting = [
        change.description
        for change in room.staged.values()
        if _names(command_to_wire(change.command), user)
    ]
    if waiting:
        raise WaitsForThem(tuple(waiting))
    skills = len({*room.skills.get(user, ()), *room.skills.get(into, ())})
    if skills > MOST_SKILLS:
        raise TooMany("skills", MOST_SKILLS, skills)


def changes_by(room: RoomState, user: UserId, into: UserId) -> Changes:
    """Return what merging the user into the other changes in the room's undoable slices."""
    slices = _given_to(room, user, into)
    slices["merged"] = MappingProxyType({**room.merged, user: into})
    return between(room, room.but(**slices))


def to_who_stays(room: RoomState, puts: Changes) -> Changes:
    """Return what an undo puts back; what belonged to a member who was merged goes to the one who took over.

    An undo of something older than the merge would else give it to nobody. An undo of the merge itself
    gives the seat back, and what it puts back with it.
    """
    after = whole = apply(room, puts)
    for user in after.merged.keys() - after.members.keys():
        into = user
        while into in after.merged and into not in after.members:
            into = after.merged[into]
        whole = whole.but(**_given_to(whole, user, into))
    moved = any(getattr(whole, name) is not getattr(after, name) for name in _GIVEN)
    return between(room, whole) if moved else puts


def _given_to(room: RoomState, user: UserId, into: UserId) -> dict[str, Any]:
    """Return the slices in which something was the user's, or shown to them, as the other's."""
    slices: dict[str, Any] = {
        name: _turned(getattr(room, name), lambda thing: _named_instead(thing, user, into))
        for name in WITH_PLAYERS
    }
    slices["notes"] = _turned(slices["notes"], lambda note: _shown_instead(note, user, into))
    slices["tokens"] = _turned(room.tokens, lambda token: _owned_instead(token, user, into))
    for name in _DRAWN:
        slices[name] = _turned(
            getattr(room, name), lambda own: replace(own, by=into) if own.by == user else own
        )
    slices["visibility"] = room.visibility
    for visibility, where in room.visibility.grouped():
        visibility_since = _seen_by_both(visibility, user, into)
        if visibility_since != visibility:
            slices["visibility"] = slices["visibility"].put(where, visibility_since)
    if user in room.skills:
        merged = {**room.skills[user], **room.skills.get(into, {})}
        others = {who: skills for who, skills in room.skills.items() if who != user}
        slices["skills"] = MappingProxyType({**others, into: MappingProxyType(merged)})
    return slices


def preview_of(room: RoomState, user: UserId, into: UserId, by: Member) -> MergeEffect:
    """Return what merging would give to the person who stays; raise what `decide` raises."""
    check_may_merge(room, user, into, by)
    changes = changes_by(room, user, into)
    learnt = [
        new
        for name in WITH_PLAYERS
        if name != "rules"
        for _, old, new in getattr(changes, name)
        if into not in old.players
    ]
    gained = [
        where
        for old, new, where in changes.visibility
        if (new or Visibility()).tier(into) > (old or Visibility()).tier(into)
    ]
    return MergeEffect(
        tokens=tuple(new.label for _, _, new in changes.tokens if new is not None),
        hexes=sum(length for where in gained for _, _, length in where),
        things=tuple(_title(thing) for thing in learnt),
        rules=len(changes.rules),
        skills=tuple(sorted(room.skills.get(user, {}).keys() - room.skills.get(into, {}).keys())),
    )


def _turned(things: Any, turn: Any) -> Any:
    """Return a slice by id with its things turned, the very slice where none turns."""
    turned = {key: new for key, old in things.items() if (new := turn(old)) is not old}
    if not turned:
        return things
    if isinstance(things, MappingProxyType):
        return MappingProxyType({**things, **turned})
    for key, new in turned.items():
        things = things.put(key, new)
    return things


def _named_instead(thing: Any, user: UserId, into: UserId) -> Any:
    if thing.players == "all" or user not in thing.players:
        return thing
    players = tuple(sorted({into, *thing.players} - {user}))
    return replace(thing, players=players)


def _shown_instead(note: Note, user: UserId, into: UserId) -> Note:
    handout = note.handout
    if handout is None:
        return note
    if handout.shown_to == "all":
        both = {user, into} <= {*handout.kept_from}
        kept_from = tuple(sorted({*handout.kept_from} - {user, into} | ({into} if both else set())))
        if kept_from == handout.kept_from:
            return note
        return replace(note, handout=replace(handout, kept_from=kept_from))
    if user not in handout.shown_to:
        return note
    shown_to = tuple(sorted({into, *handout.shown_to} - {user}))
    return replace(note, handout=replace(handout, shown_to=shown_to))


def _owned_instead(token: Token, user: UserId, into: UserId) -> Token:
    return replace(token, owner=into) if token.owner == user else token


def _seen_by_both(visibility: Visibility, user: UserId, into: UserId) -> Visibility | None:
    """Return who sees the hex when one sees what either of them saw."""
    best = max(visibility.tier(user), visibility.tier(into))
    exceptions = {who: tier for who, tier in visibility.exceptions if who != user}
    return visibility_of(visibility.everyone, tuple(sorted({**exceptions, into: best}.items())))


def _names(value: object, user: UserId) -> bool:
    """Return whether the user's id stands anywhere in the fields of a command."""
    if isinstance(value, Mapping):
        return any(_names(each, user) for each in value.values())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return any(_names(each, user) for each in value)
    return bool(value == user)


def _title(thing: object) -> str:
    for name in ("title", "name", "text", "kind"):
        if title := getattr(thing, name, ""):
            return str(title)
    return "a thing"
