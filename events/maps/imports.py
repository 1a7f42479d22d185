"""What importers are told and what they give: options in; hexes, notes and warnings by line out."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from events.core.features.notes import TEXT_CHARS
from events.core.limits import MOST_NOTES
from events.geometry.grid import FAR, Hex
from events.geometry.offset import Cell, Orientation, Parity
from events.maps.document import (
    MAX_HEXES,
    MapDocument,
    map_document,
    too_many,
)
from events.maps.errors import BadMap
from events.maps.labels import LabelStyle
from events.maps.terrain import propose
from events.text import NAME_CHARS, with_few_marks

Format = Literal["hexroom", "worldographer", "textmapper", "spreadsheet", "traveller"]
Role = Literal["label", "column", "row", "terrain", "title", "public", "secret", "site", "link", "audience", "leave"]  # fmt: skip
"""What a column of a spreadsheet is for. ``public`` reaches players, ``secret`` only DMs."""

MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_NOTE_CHARS = TEXT_CHARS
MAX_NOTES = MOST_NOTES
MAX_WARNINGS = 100


class ImportOptions(BaseModel):
    """What the DM says about a file; None leaves it to the file, or to the usual."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    format: Format | None = None
    name: str | None = None
    orientation: Orientation | None = None
    parity: Parity | None = None
    """Which columns (pointy-top: rows) the file pushes; wins over the parity of ``labels``."""
    labels: LabelStyle | None = None
    terrain: Mapping[str, str] = Field(default_factory=dict)
    """From the file's terrain names to ours; "" leaves those hexes out. What is not named is proposed."""
    columns: tuple[Role | None, ...] = Field(default=(), max_length=1000)
    """What each column of a spreadsheet is for, from the left; None and what is not named is found."""
    sheet: str | None = None
    """Which sheet of a workbook is read; None takes the first that is a map."""
    audience: Literal["dm", "seen"] | None = None
    """Who learns titles, sites, lines and labels of which the file does not say: DMs, or who sees their hexes."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something in the file that was left out or changed."""

    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ImportedNote:
    """A text that belongs to a hex."""

    hex: Hex
    title: str
    player_text: str = ""
    dm_text: str = ""
    dm_only: bool = True
    """Neither title nor player text may reach a player."""


@dataclass(frozen=True, slots=True)
class ImportedMap:
    """A map that was brought along, ready to be taken over."""

    document: MapDocument
    notes: tuple[ImportedNote, ...]
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read, its first rows to look at."""

    sheet: str
    sheets: tuple[str, ...]
    encoding: str
    headings: tuple[str, ...]
    """Of the columns; empty texts where the table has no heading."""
    columns: tuple[Role, ...]
    lines: tuple[int, ...]
    """Of the rows."""
    rows: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Draft:
    """A file as it is being read: terrain still under the names of the file.

    Owned by one reader, which adds hexes and notes line by line; the first fault raises BadMap.
    """

    format: Format
    orientation: Orientation
    labels: LabelStyle
    name: str = "Imported map"
    hex_size: float = 40
    grid: Cell | None = None
    """Columns and rows where the file says them; else as far as the hexes reach."""
    document: MapDocument | None = None
    """The finished document where the file is one; it stays so unless the options change it."""
    hexes: dict[Hex, str] = field(default_factory=dict)
    variants: dict[Hex, int] = field(default_factory=dict)
    notes: list[ImportedNote] = field(default_factory=list)
    sheet: Sheet | None = None
    warnings: list[Warned] = field(default_factory=list)
    unsaid: int = 0
    """Warnings beyond MAX_WARNINGS, which are only counted."""

    def put(self, at: Hex, terrain: str, line: int | None = None) -> None:
        """Add a hex, or raise BadMap: out of range, there already, or one too many."""
        _within(at, line)
        if at in self.hexes:
            raise BadMap(f"hex {at.q},{at.r} is there already", line=line)
        self.hexes[at] = terrain
        if len(self.hexes) > MAX_HEXES:
            raise too_many(len(self.hexes))

    def note(self, note: ImportedNote, line: int | None = None) -> None:
        """Add a note, its texts cleaned and shortened where they are too long, which is said."""
        if len(self.notes) >= MAX_NOTES:
            raise BadMap(f"more than {MAX_NOTES} notes", line=line, code="too_large")
        _within(note.hex, line)
        title = one_line(note.title)
        texts = [clean(note.player_text), clean(note.dm_text)]
        for text in texts:
            if len(text) > MAX_NOTE_CHARS:
                self.warn(f"a text was cut to {MAX_NOTE_CHARS} characters", line)
        player_text, dm_text = (text[:MAX_NOTE_CHARS] for text in texts)
        self.notes.append(ImportedNote(note.hex, title, player_text, dm_text, note.dm_only))

    def warn(self, text: str, line: int | None = None) -> None:
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(Warned(text, line))
        else:
            self.unsaid += 1


def _within(at: Hex, line: int | None) -> None:
    if max(abs(at.q), abs(at.r)) > FAR:
        raise BadMap(f"hex {at.q},{at.r} is beyond ±{FAR}", line=line)


def finish(draft: Draft, options: ImportOptions) -> ImportedMap:
    """Return the map with our terrain names; raise BadMap where no hex is left."""
    if draft.document is not None and not (options.name or options.orientation or options.terrain):
        return ImportedMap(draft.document, tuple(draft.notes), said(draft))
    named = {raw: mapped(raw, draft, options) for raw in set(draft.hexes.values())}
    hexes = {at: named[raw] for at, raw in draft.hexes.items() if named[raw]}
    if draft.hexes and not hexes:
        raise BadMap("every hex is blank; map a terrain to one of ours to keep its hexes")
    document = map_document(
        draft.name if options.name is None else one_line(options.name) or "Imported map",
        hexes,
        draft.orientation,
        hex_size=draft.hex_size,
        grid=draft.grid,
        variants={at: variant for at, variant in draft.variants.items() if at in hexes},
    )
    return ImportedMap(document, tuple(draft.notes), said(draft))


def mapped(raw: str, draft: Draft, options: ImportOptions) -> str:
    """Return our name for a terrain of the file; "" leaves its hexes out."""
    chosen = options.terrain.get(raw)
    if chosen is not None:
        return chosen
    return raw if draft.format == "hexroom" else propose(raw)


def said(draft: Draft) -> tuple[Warned, ...]:
    """Return the warnings, with how many more there were."""
    more = (Warned(f"{draft.unsaid} more warnings"),) if draft.unsaid else ()
    return (*draft.warnings, *more)


def style_of(options: ImportOptions, usual: LabelStyle) -> LabelStyle:
    """Return the label style the options ask for, their parity first."""
    style = options.labels or usual
    return style.model_copy(update={"parity": options.parity}) if options.parity else style


def clean(text: str) -> str:
    """Return a text in NFC whose only invisible characters are newlines and tabs."""
    text = with_few_marks(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c in "\n\t" else _blank(c) for c in text)
    return text.strip()


def one_line(text: str) -> str:
    """Return a text as a name: one line, printable, at most NAME_CHARS characters."""
    return " ".join(clean(text).split())[:NAME_CHARS].strip()


def _blank(character: str) -> str:
    return " " if character.isspace() else ""
