"""What a viewer may know: `project` all of it, `tell` what a commit changed in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.core.catalogue import PROJECTIONS
from events.core.messages import JSON, Event, ServerMessage
from events.core.projection import Change, Projection, Shown, ShowsTheirOwn, TellsApart
from events.core.state import Member, Role, RoomState, UserId

View = Mapping[str, Shown[Any]]
"""All that a viewer may know: what shows, by part and key."""

ANYONE: Final = UserId("")
"""The user of a stand-in: nobody's id."""
ROLE_VIEWER: Final = {role: Member(ANYONE, role) for role in Role}


def project(room: RoomState, viewer: Member) -> View:
    """Return all that the viewer may know of the room."""
    return {part.name: _whole(part, room, viewer) for part in PROJECTIONS}


def tell(change: Change, viewer: Member) -> Iterator[ServerMessage]:
    """Word what the change altered in the viewer's view; nothing altered, nothing said."""
    for part, was, now in _altered(change, viewer):
        yield from part.say(was, now, partial(_whole, part, change.after, viewer))


def encoded(change: Change, viewer: Member) -> list[bytes]:
    """Return what `tell` says, encoded as `ServerMessage.encode` does.

    What a part says follows from what it showed before and shows now. So it is worded once for all
    viewers to whom it shows the same, unless wording it asked for the whole view.
    """
    worded: _Worded = change.__dict__.setdefault("worded", [])
    bodies: list[bytes] = []
    for part, was, now in _altered(change, viewer):
        said = next((s for of, w, n, s in worded if of is part and w == was and n == now), None)
        if said is None:
            whole = _Asked(part, change.after, viewer)
            said = [message.encode() for message in part.say(was, now, whole)]
            if not whole.asked:
                worded.append((part, was, now, said))
        bodies += said
    return bodies


def touched(change: Change) -> list[tuple[Projection[Any], tuple[Any, ...]]]:
    """Return the parts that the change may alter, with their keys: the same for all viewers."""
    known: list[tuple[Projection[Any], tuple[Any, ...]]] | None
    known = change.__dict__.get("touched")
    if known is None:
        before, after = change.before, change.after
        found: dict[Projection[Any], dict[Any, None]] = {}
        for event in change.events:
            for part in _listeners(after, event):
                if part.name == "history" and after.history is before.history:
                    continue  # Any event may touch it, few do: a step of a player never does.
                keys = dict.fromkeys(part.touched(before, event) or ())
                keys.update(dict.fromkeys(part.touched(after, event) or ()))
                if keys:
                    found.setdefault(part, keys).update(keys)
        known = [(part, tuple(found[part])) for part in PROJECTIONS if part in found]
        change.__dict__["touched"] = known
    return known


def state_fields(view: View) -> dict[str, JSON]:
    """Return the view as the fields of ``session:state``."""
    said: dict[str, JSON] = {}
    for part in PROJECTIONS:
        said.update(part.state(view[part.name]))
    return said


def lens(viewer: Member, change: Change) -> Member:
    """Return in whose eyes the viewer sees this change: their own, or a stand-in's.

    Viewers with the same lens may know the same of the change, so it is worded once for all of
    them. Own eyes go to roles that a part shows their own to (DMs), to those who may see the
    touched keys otherwise than others of their role, to those who are away, and to those whom an
    event is about. The stand-in has nobody's id, so it
    never sees what was shown to one player alone; that it does not see what was hidden from one
    alone rests on this function, and a law compares the two for every viewer.
    """
    if viewer.role in _PERSONAL:
        return viewer
    if viewer.user in apart(change) or viewer.user not in change.after.online:
        return viewer
    return ROLE_VIEWER[viewer.role]


def apart(change: Change) -> frozenset[UserId]:
    """Return the users who may be told of this change what others of their role are not."""
    known: frozenset[UserId] | None = change.__dict__.get("told_apart")
    if known is None:
        known = change.__dict__["told_apart"] = _apart(change)
    return known


def is_personal(part: Projection[Any], role: Role) -> bool:
    """Return whether the part shows each member of the role something of their own."""
    return isinstance(part, ShowsTheirOwn) and role in part.personal_for


def apart_in(part: Projection[Any], room: RoomState, role: Role) -> frozenset[UserId]:
    """Return the users to whom the part shows something else than to others of the role."""
    if not room.apart:
        return NOBODY
    named = _NAMING.get(part.name)
    if named is None:
        return room.apart
    return frozenset(named(room, tuple(part.keys(room, ROLE_VIEWER[role]))))


def _apart(change: Change) -> frozenset[UserId]:
    found = {user for event in change.events for user in event.about()}
    ever = change.after.apart
    if found or change.before.apart is not ever:
        ever = ever.union(change.before.apart, found)
    if not ever:
        return NOBODY
    for part, keys in touched(change):
        named = _NAMING.get(part.name)
        if named is None:
            return ever
        for room in (change.before, change.after):
            found.update(named(room, keys))
    return ever.intersection(found) if found else NOBODY


def _altered(
    change: Change, viewer: Member
) -> Iterator[tuple[Projection[Any], Shown[Any], Shown[Any]]]:
    """Yield each part that shows the viewer something else since, with what it showed and shows."""
    for part, keys in touched(change):
        was = _showing(part, change.before, viewer, keys)
        now = _showing(part, change.after, viewer, keys)
        if was != now:
            yield part, was, now


class _Asked:
    """The whole view of a part, and whether it was asked for."""

    __slots__ = ("_of", "asked")

    def __init__(self, part: Projection[Any], room: RoomState, viewer: Member) -> None:
        self._of = part, room, viewer
        self.asked = False

    def __call__(self) -> Shown[Any]:
        self.asked = True
        return _whole(*self._of)


_Worded = list[tuple[Projection[Any], Shown[Any], Shown[Any], list[bytes]]]


def _listeners(room: RoomState, event: Event) -> tuple[Projection[Any], ...]:
    """Return the parts that an event of this kind may touch."""
    known = _LISTENERS.get(type(event))
    if known is None:
        known = tuple(part for part in PROJECTIONS if part.touched(room, event) is not None)
        _LISTENERS[type(event)] = known
    return known


NOBODY: Final[frozenset[UserId]] = frozenset()

_NAMING: Final[Mapping[str, Callable[[RoomState, Sequence[Any]], Iterable[UserId]]]] = {
    part.name: part.apart for part in PROJECTIONS if isinstance(part, TellsApart)
}
"""The parts that can say whom they tell apart; a change of any other part uses everyone ever told apart."""

_PERSONAL: Final = frozenset(
    role for role in Role for part in PROJECTIONS if is_personal(part, role)
)
"""Roles whose members see changes in their own eyes."""

_LISTENERS: Final[dict[type[Event], tuple[Projection[Any], ...]]] = {}


def _showing(
    part: Projection[Any], room: RoomState, viewer: Member, keys: Iterable[Any]
) -> Shown[Any]:
    return {key: shown for key in keys if (shown := part.show(room, viewer, key)) is not None}


def _whole(part: Projection[Any], room: RoomState, viewer: Member) -> Shown[Any]:
    return _showing(part, room, viewer, part.keys(room, viewer))
