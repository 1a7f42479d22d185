"""Between map documents and the map of a room."""

from collections.abc import Mapping
from typing import Final

from events.core.features.labels import LabelWanted
from events.core.features.notes import CheckWanted, NoteWanted
from events.core.features.paths import PathWanted
from events.core.features.regions import RegionWanted
from events.core.features.sites import SiteWanted
from events.core.features.terrain import SetMap, painted
from events.core.state import HexTerrain, MapFrame, ground
from events.core.values import Audience
from events.geometry.grid import Hex
from events.maps.document import MapDocument, MapHex
from events.maps.import_command import Again, ImportMap, LabelBrought, NoteBrought, SiteBrought
from events.maps.imported import ImportedLabel, ImportedPath, ImportedRegion, ImportedSite
from events.maps.imports import ImportedMap, ImportedNote, one_line

_TITLE_CHARS: Final = 40
"""How much of a text becomes the title of a note without one."""


def lay(document: MapDocument) -> SetMap:
    """Return the command that lays this map in a room, as one event."""
    grounds = ((Hex(at.q, at.r), ground(at.terrain, at.terrain_variant)) for at in document.hexes)
    return SetMap(
        name=document.name,
        grid_width=document.grid_width,
        grid_height=document.grid_height,
        hex_size=document.hex_size,
        orientation=document.orientation,
        parity=document.parity,
        painted=painted(grounds),
    )


def document_of_room(frame: MapFrame, terrain: Mapping[Hex, HexTerrain]) -> MapDocument:
    """Return the document of a room's map, or of what a viewer sees of it, in the order of the keys."""
    size = int(frame.hex_size) if frame.hex_size == int(frame.hex_size) else frame.hex_size
    return MapDocument(
        name=frame.name,
        grid_width=frame.grid_width,
        grid_height=frame.grid_height,
        hex_size=size,
        orientation=frame.orientation,
        parity=frame.parity,
        hexes=tuple(
            MapHex(q=at.q, r=at.r, terrain=hex_terrain.terrain, terrain_variant=hex_terrain.variant)
            for at, hex_terrain in sorted(terrain.items())
        ),
    )


def lay_import(
    imported: ImportedMap, again: Again | None = None, *, keep_notes: bool = False
) -> ImportMap:
    """Return the command that takes an imported map over; stamp it before it is asked."""
    return ImportMap(
        map=lay(imported.document),
        notes=tuple(map(_note, imported.notes)),
        paths=tuple(
            PathWanted(
                kind=path.kind,
                points=path.points,
                name=path.name,
                along=path.along,
                audience=_audience(path),
            )
            for path in imported.paths
        ),
        sites=tuple(
            SiteBrought(
                at=site.hex,
                site=SiteWanted(kind=site.kind, title=site.title, audience=_audience(site)),
            )
            for site in imported.sites
        ),
        regions=tuple(
            RegionWanted(
                name=region.name,
                kind=region.kind,
                color=region.color,
                hex_keys=region.hexes,
                audience=_audience(region),
            )
            for region in imported.regions
        ),
        labels=tuple(
            LabelBrought(
                at=text.hex,
                label=LabelWanted(
                    text=text.text,
                    x=text.x,
                    y=text.y,
                    size=text.size,
                    angle=text.angle,
                    audience=_audience(text),
                ),
            )
            for text in imported.labels
        ),
        again=again,
        keep_notes=keep_notes,
    )


def _note(note: ImportedNote) -> NoteBrought:
    content = NoteWanted(
        kind=note.kind,
        title=note.title or _first_words(note) or "Note",
        player_text=note.player_text,
        dm_text=note.dm_text,
        audience=_audience(note),
        hint=note.hint or None,
        radius=note.radius,
        check=CheckWanted(skill=note.check[0], dc=note.check[1]) if note.check else None,
        # Said as nothing, null would take a drawing away that the campaign has.
        **({"site": note.site} if note.site else {}),
    )
    return NoteBrought(at=note.hex, note=content)


def _first_words(note: ImportedNote) -> str:
    """Return the beginning of a note's text as its title, of none that its readers may not read."""
    text = note.dm_text or note.player_text if note.dm_only else note.player_text
    words = one_line(text.split("\n", 1)[0])
    if len(words) <= _TITLE_CHARS:
        return words.rstrip(".")
    return words[:_TITLE_CHARS].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def _audience(
    of: ImportedNote | ImportedPath | ImportedSite | ImportedRegion | ImportedLabel,
) -> Audience:
    if of.for_all:
        return "all"
    return "dm" if of.dm_only else "seen"
