"""What a viewer may know: `project` all of it, `tell` what a commit changed in it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from events.catalogue import PROJECTIONS
from events.messages import JSON, Event, ServerMessage
from events.projection import Change, Projection, Shown
from events.state import Member, Role, RoomState, UserId

View = Mapping[str, Shown[Any]]
"""All that a viewer may know: what shows, by part and key."""

ANYONE: Final = UserId("")
"""The user of a stand-in: nobody's id."""
STAND_IN: Final = {role: Member(ANYONE, role) for role in Role}


def project(room: RoomState, viewer: Member) -> View:
    """Return all that the viewer may know of the room."""
    return {part.name: _whole(part, room, viewer) for part in PROJECTIONS}


def tell(change: Change, viewer: Member) -> Iterator[ServerMessage]:
    """Word what the change altered in the viewer's view; nothing altered, nothing said."""
    for part, keys in touched(change):
        was = _showing(part, change.before, viewer, keys)
        now = _showing(part, change.after, viewer, keys)
        if was != now:
            yield from part.say(was, now, partial(_whole, part, change.after, viewer))


def touched(change: Change) -> list[tuple[Projection[Any], tuple[Any, ...]]]:
    """Return the parts that the change may alter, with their keys: the same for all viewers."""
    known: list[tuple[Projection[Any], tuple[Any, ...]]] | None
    known = change.__dict__.get("touched")
    if known is None:
        found: dict[Projection[Any], dict[Any, None]] = {}
        for event in change.events:
            for part in _listeners(change.after, event):
                for room in (change.before, change.after):
                    if keys := part.touched(room, event):
                        found.setdefault(part, {}).update(dict.fromkeys(keys))
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
    them. Own eyes go to those who were ever told something apart, to those who are away, and to
    those whom an event is about. The stand-in has nobody's id: were this wrong, viewers would see
    too little, not what is another's.
    """
    if viewer.user in change.apart or viewer.user not in change.after.online:
        return viewer
    return STAND_IN[viewer.role]


def _listeners(room: RoomState, event: Event) -> tuple[Projection[Any], ...]:
    """Return the parts that an event of this kind may touch."""
    known = _LISTENERS.get(type(event))
    if known is None:
        known = tuple(part for part in PROJECTIONS if part.touched(room, event) is not None)
        _LISTENERS[type(event)] = known
    return known


_LISTENERS: Final[dict[type[Event], tuple[Projection[Any], ...]]] = {}


def _showing(
    part: Projection[Any], room: RoomState, viewer: Member, keys: Iterable[Any]
) -> Shown[Any]:
    return {key: shown for key in keys if (shown := part.show(room, viewer, key)) is not None}


def _whole(part: Projection[Any], room: RoomState, viewer: Member) -> Shown[Any]:
    return _showing(part, room, viewer, part.keys(room, viewer))
