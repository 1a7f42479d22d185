"""A campaign's map as one viewer may see it: what every export is made of, and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from events.core.features.labels import LabelProjection
from events.core.features.notes import NoteProjection
from events.core.features.paths import PathProjection
from events.core.features.regions import RegionProjection
from events.core.features.sites import SiteProjection
from events.core.features.terrain import frame_for
from events.core.state import Member, RoomState
from events.geometry.course import CoursePoint
from events.geometry.grid import Hex, hexes
from events.maps import MapDocument, document_of_room
from events.maps.imported import ImportedLabel, ImportedPath, ImportedRegion, ImportedSite
from events.maps.imports import ImportedMap, ImportedNote
from web.http.api import Missing
from web.maps.routes import seen_terrain


def seen_map(state: RoomState, viewer: Member) -> ImportedMap:
    """Return the map as the projections show it to the viewer; raise Missing without one."""
    seen = seen_terrain(state, viewer)
    frame = frame_for(state, viewer, seen)
    if frame is None:
        raise Missing("map")
    document: MapDocument = document_of_room(frame, seen)
    return ImportedMap(
        document,
        tuple(_note(of) for of in _shown(NoteProjection(), state, viewer)),
        (),
        tuple(_paths(state, viewer)),
        tuple(_site(of) for of in _shown(SiteProjection(), state, viewer)),
        tuple(_regions(state, viewer)),
        tuple(_label(of) for of in _shown(LabelProjection(), state, viewer)),
    )


def _shown(part: Any, state: RoomState, viewer: Member) -> Iterator[Mapping[str, Any]]:
    """Yield what a projection shows; ``Any`` for parts have keys of their own."""
    for _, shown in _keyed(part, state, viewer):
        yield shown


def _keyed(part: Any, state: RoomState, viewer: Member) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    for key in part.keys(state, viewer):  # a projection, no mapping
        shown = part.visible(state, viewer, key)
        if shown is not None:
            yield key, shown


def _audience(shown: Mapping[str, Any]) -> dict[str, bool]:
    """Return for whom it is; what a player is shown is for those who see its hex."""
    audience = shown.get("audience", "seen")
    return {"dm_only": audience not in ("seen", "all"), "for_all": audience == "all"}


def _note(shown: Mapping[str, Any]) -> ImportedNote:
    return ImportedNote(
        Hex.parse(shown["hexKey"]),
        shown["title"],
        shown["playerText"],
        shown.get("dmText", ""),
        **_audience(shown),
        kind=shown["kind"],
        hint=shown.get("hint", ""),
        radius=shown.get("radius"),
        check=(check["skill"], check["dc"]) if (check := shown.get("check")) else None,
    )


def _site(shown: Mapping[str, Any]) -> ImportedSite:
    return ImportedSite(
        Hex.parse(shown["hexKey"]), shown["kind"], shown["title"], **_audience(shown)
    )


def _label(shown: Mapping[str, Any]) -> ImportedLabel:
    at = Hex.parse(shown["hexKey"])
    place = (shown["x"], shown["y"], shown["size"], shown["angle"])
    return ImportedLabel(at, shown["text"], *place, **_audience(shown))


def _paths(state: RoomState, viewer: Member) -> Iterator[ImportedPath]:
    """Yield whole paths to a DM, to others each piece that they see, as a path of its own."""
    for (_, at), shown in _keyed(PathProjection(), state, viewer):
        about = {"name": shown["name"], "along": shown["along"], **_audience(shown)}
        if at is None:
            points = tuple(map(CoursePoint.parse, shown["points"]))
            yield ImportedPath(shown["kind"], points, **about)
        elif shown["along"]:
            edges = tuple(CoursePoint(at, edge) for edge in shown["edges"])
            yield ImportedPath(shown["kind"], edges, **about)
        else:
            for start, end in shown["lines"]:
                piece = (CoursePoint(at, start), CoursePoint(at, end))
                yield ImportedPath(shown["kind"], piece, **about)


def _regions(state: RoomState, viewer: Member) -> Iterable[ImportedRegion]:
    """Return regions, of each the hexes in which the viewer knows of it."""
    parts: dict[Any, tuple[Mapping[str, Any], list[Hex]]] = {}
    for (key, at), shown in _keyed(RegionProjection(), state, viewer):
        _, members = parts.setdefault(key, (shown, []))
        members += [at] if at is not None else hexes(shown["hexes"])
    return [
        ImportedRegion(
            shown["name"],
            tuple(sorted(members)),
            shown["kind"],
            shown["color"],
            **_audience(shown),
        )
        for shown, members in parts.values()
    ]
