"""A campaign's map as one viewer may see it: what every export is made of, and nothing else."""

from collections.abc import Iterator, Mapping

from events.core.features.notes import NoteProjection
from events.core.features.terrain import frame_for
from events.core.messages import JSON
from events.core.state import Member, RoomState
from events.geometry.grid import Hex
from events.maps import MapDocument, document_of_room
from events.maps.imports import ImportedMap, ImportedNote
from events.maps.seen import audience_of, seen_things
from web.http.api import Missing
from web.maps.routes import seen_terrain


def seen_map(state: RoomState, viewer: Member) -> ImportedMap:
    """Return the map as the projections show it to the viewer; raise Missing without one."""
    terrain = seen_terrain(state, viewer)
    frame = frame_for(state, viewer, terrain)
    if frame is None:
        raise Missing("map")
    document: MapDocument = document_of_room(frame, terrain)
    things = seen_things(state, (viewer,), of_notes=False)
    return ImportedMap(
        document,
        tuple(_notes(state, viewer)),
        (),
        tuple(things.paths),
        tuple(things.sites),
        tuple(things.regions),
        tuple(things.labels),
    )


def _notes(state: RoomState, viewer: Member) -> Iterator[ImportedNote]:
    part = NoteProjection()
    for key in part.keys(state, viewer):
        shown = part.visible(state, viewer, key)
        if shown is not None:
            yield _note(shown)


def _note(shown: Mapping[str, JSON]) -> ImportedNote:
    return ImportedNote(
        Hex.parse(shown["hexKey"]),
        shown["title"],
        shown["playerText"],
        shown.get("dmText", ""),
        **audience_of(shown),
        kind=shown["kind"],
        hint=shown.get("hint", ""),
        radius=shown.get("radius"),
        check=(check["skill"], check["dc"]) if (check := shown.get("check")) else None,
        site=shown.get("site"),
    )
