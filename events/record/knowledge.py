"""What a member knew at a moment, and how two such views differ."""

from collections.abc import Hashable, Mapping
from typing import Any

from events.core.messages import JSON
from events.core.projection import Shown
from events.core.state import RoomState
from events.core.view import View, project
from events.record.viewpoint import Viewer

Known = dict[str, dict[str, JSON]]
"""What shows, by part and key, ready for JSON."""


def known(room: RoomState, viewer: Viewer) -> Known:
    """Return all that the viewer knew of the room: hexes, tokens and the rest, by key."""
    view: View = project(room, viewer.at(room))
    return {part: _worded(shown) for part, shown in view.items()}


def difference(one: Known, other: Known) -> dict[str, dict[str, JSON]]:
    """Return, for each part in which two views differ, what only one shows and what each shows apart.

    ``{"hexes": {"only": {key: shown}, "against": {key: shown}, "unlike": {key: [one, other]}}}``
    """
    parts = {}
    for part in sorted(one.keys() | other.keys()):
        mine, theirs = one.get(part, {}), other.get(part, {})
        if mine != theirs:
            parts[part] = {
                "only": {key: mine[key] for key in mine if key not in theirs},
                "against": {key: theirs[key] for key in theirs if key not in mine},
                "unlike": {
                    key: [mine[key], theirs[key]]
                    for key in mine
                    if key in theirs and mine[key] != theirs[key]
                },
            }
    return parts


def _worded(shown: Shown[Any]) -> dict[str, JSON]:
    return {_key(key): dict(of) if isinstance(of, Mapping) else of for key, of in shown.items()}


def _key(key: Hashable) -> str:
    return str(key)
