"""The objects on a map that a viewer sees. They come from the projections, so nothing else can be among them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from events.core.features.labels import LabelProjection
from events.core.features.notes import NoteProjection
from events.core.features.paths import PathProjection
from events.core.features.regions import RegionProjection
from events.core.features.sites import SiteProjection
from events.core.messages import JSON
from events.core.projection import AnyProjection
from events.core.state import Member, RoomState
from events.geometry.course import CoursePoint
from events.geometry.grid import Hex, hexes
from events.maps.imported import ImportedLabel, ImportedPath, ImportedRegion, ImportedSite
from events.maps.overlay import Things

_PATHS: Final = PathProjection()
_SITES: Final = SiteProjection()
_REGIONS: Final = RegionProjection()
_LABELS: Final = LabelProjection()
_NOTES: Final = NoteProjection()


def seen_things(
    room: RoomState,
    viewers: Sequence[Member],
    seen_by: Callable[[Iterable[bool]], bool] = all,
    within: Collection[Hex] | None = None,
    *,
    of_notes: bool = True,
) -> Things:
    """Return what all, or any, of the viewers see on the map; they are all DMs, or none of them is.

    within: the hexes that are drawn, of no use for DMs; paths and regions are left out elsewhere.
    of_notes: whether drawings of notes are among the sites.
    """

    def shown(part: AnyProjection) -> Iterator[tuple[Any, Mapping[str, JSON]]]:
        keys = dict.fromkeys(key for who in viewers for key in part.keys(room, who))
        for key in keys:
            # Of what is seen hex by hex, most may lie where nothing is drawn.
            if within is not None and isinstance(key, tuple) and key[1] not in within:
                continue
            views = [part.visible(room, who, key) for who in viewers]
            there = [view for view in views if view is not None]
            if there and seen_by(view is not None for view in views):
                least: JSON | None = part.least(there)
                if least is not None:
                    yield key, least

    sites = [_site(of) for _, of in shown(_SITES)]
    if of_notes:
        sites += [_site({**of, "kind": of["site"]}) for _, of in shown(_NOTES) if "site" in of]
    return Things(
        tuple(_paths(shown(_PATHS))),
        tuple(sites),
        tuple(_regions(shown(_REGIONS))),
        tuple(_label(of) for _, of in shown(_LABELS)),
    )


def audience_of(shown: Mapping[str, JSON]) -> dict[str, bool]:
    """Return the audience of an object; one without that field is for those who see its hex."""
    audience = shown.get("audience", "seen")
    return {"dm_only": audience not in ("seen", "all"), "for_all": audience == "all"}


def _site(shown: Mapping[str, JSON]) -> ImportedSite:
    return ImportedSite(
        Hex.parse(shown["hexKey"]), shown["kind"], shown["title"], **audience_of(shown)
    )


def _label(shown: Mapping[str, JSON]) -> ImportedLabel:
    at = Hex.parse(shown["hexKey"])
    place = (shown["x"], shown["y"], shown["size"], shown["angle"])
    return ImportedLabel(at, shown["text"], *place, **audience_of(shown))


def _paths(parts: Iterable[tuple[Any, Mapping[str, JSON]]]) -> Iterator[ImportedPath]:
    """Yield whole paths to a DM, to others each piece that they see, as a path of its own."""
    for (_, at), shown in parts:
        about = {"name": shown["name"], "along": shown["along"], **audience_of(shown)}
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


def _regions(parts: Iterable[tuple[Any, Mapping[str, JSON]]]) -> Iterable[ImportedRegion]:
    """Return regions, of each the hexes in which the viewer knows of it."""
    by_id: dict[Any, tuple[Mapping[str, JSON], list[Hex]]] = {}
    for (key, at), shown in parts:
        _, members = by_id.setdefault(key, (shown, []))
        members += [at] if at is not None else hexes(shown["hexes"])
    return [
        ImportedRegion(
            shown["name"],
            tuple(sorted(members)),
            shown["kind"],
            shown["color"],
            **audience_of(shown),
        )
        for shown, members in by_id.values()
    ]
