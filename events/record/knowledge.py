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


def difference(first: Known, second: Known) -> dict[str, dict[str, JSON]]:
    """Return, for each part in which two views differ, what only one shows and what each shows apart.

    ``{"hexes": {"only": {key: shown}, "against": {key: shown}, "unlike": {key: [first, second]}}}``
    """
    parts = {}
    for part in sorted(first.keys() | second.keys()):
        in_first, in_second = first.get(part, {}), second.get(part, {})
        if in_first != in_second:
            parts[part] = {
                "only": {key: in_first[key] for key in in_first if key not in in_second},
                "against": {key: in_second[key] for key in in_second if key not in in_first},
                "unlike": {
                    key: [in_first[key], in_second[key]]
                    for key in in_first
                    if key in in_second and in_first[key] != in_second[key]
                },
            }
    return parts


def _worded(shown: Shown[Any]) -> dict[str, JSON]:
    return {_key(key): dict(of) if isinstance(of, Mapping) else of for key, of in shown.items()}


def _key(key: Hashable) -> str:
    return str(key)
