"""Between map documents and the map of a room."""

from collections.abc import Callable, Iterator, Mapping
from typing import Self
from uuid import UUID

from events.core.features.notes import NoteSet, NoteWanted
from events.core.features.terrain import SetMap, painted
from events.core.limits import MOST_NOTES, NOTE_CHARS, chars
from events.core.messages import Command, Event, Message
from events.core.state import HexTerrain, MapFrame, Member, NoteId, RoomState, ground
from events.errors import TooMany
from events.geometry.grid import Hex, HexKey
from events.maps.document import MapDocument, MapHex
from events.maps.imports import ImportedMap, ImportedNote


class NoteBrought(Message):
    """A note of an imported map."""

    at: HexKey
    note: NoteWanted


class ImportMap(Command):
    """Lay a map and write its notes, in one action."""

    tag = "map:import"
    internal = True
    map: SetMap
    notes: tuple[NoteBrought, ...]

    def stamped(self, seed: Callable[[], int]) -> Self:
        def named(brought: NoteBrought) -> NoteBrought:
            note_id = str(UUID(int=seed(), version=4))
            return NoteBrought(at=brought.at, note=brought.note.model_copy(update={"id": note_id}))

        return self.model_copy(update={"notes": tuple(map(named, self.notes))})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        yield from self.map.decide(room, by)
        if len(room.notes) + len(self.notes) > MOST_NOTES:
            raise TooMany("notes", MOST_NOTES, len(room.notes) + len(self.notes))
        texts = sum(
            len(of.note.player_text or "") + len(of.note.dm_text or "") for of in self.notes
        )
        if chars(room.notes.values()) + texts > NOTE_CHARS:
            raise TooMany("characters in notes", NOTE_CHARS, chars(room.notes.values()) + texts)
        for brought in self.notes:
            assert brought.note.id is not None, "commands are stamped before they are decided"
            note_id = NoteId(brought.note.id)
            old = room.notes.get(note_id)
            note = brought.note.on(brought.at, old)
            if note != old:
                yield NoteSet(note=note_id, now=note)

    def describe(self, room: RoomState) -> str:
        return f"Import the map {self.map.name} and {len(self.notes)} notes"


def lay(document: MapDocument) -> SetMap:
    """Return the command that lays this map in a room, as one event."""
    grounds = ((Hex(at.q, at.r), ground(at.terrain, at.terrain_variant)) for at in document.hexes)
    return SetMap(
        name=document.name,
        grid_width=document.grid_width,
        grid_height=document.grid_height,
        hex_size=document.hex_size,
        orientation=document.orientation,
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
        hexes=tuple(
            MapHex(q=at.q, r=at.r, terrain=what.terrain, terrain_variant=what.variant)
            for at, what in sorted(terrain.items())
        ),
    )


def lay_import(imported: ImportedMap) -> ImportMap:
    """Return the command that takes an imported map over; stamp it before it is asked."""
    return ImportMap(map=lay(imported.document), notes=tuple(map(_brought, imported.notes)))


def _brought(note: ImportedNote) -> NoteBrought:
    wanted = NoteWanted(
        kind="poi",
        title=note.title or "Note",
        player_text=note.player_text,
        dm_text=note.dm_text,
        audience="dm" if note.dm_only else "seen",
    )
    return NoteBrought(at=note.hex, note=wanted)
