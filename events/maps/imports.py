"""The interface of importers: options go in; hexes, notes and warnings with their lines come out."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from events.core.features.notes import TEXT_CHARS
from events.core.limits import (
    MOST_LABELS,
    MOST_NOTES,
    MOST_PATHS,
    MOST_REGIONS,
    MOST_SITES,
    PATH_POINTS,
)
from events.core.map_objects import PathKind, SiteKind
from events.core.targets import MOST_HEXES
from events.core.values import NoteKind
from events.geometry.course import MOST_POINTS, BadCourse
from events.geometry.grid import FAR, Hex
from events.geometry.offset import Cell, Orientation, Parity, cell_of
from events.maps.document import (
    MAX_HEXES,
    MapDocument,
    map_document,
    too_many,
)
from events.maps.errors import BadMap
from events.maps.import_command import Again
from events.maps.imported import (
    DrawnLine,
    ImportedLabel,
    ImportedPath,
    ImportedRegion,
    ImportedSite,
    on_map,
    steps,
)
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
    level: str | None = None
    """Which level of several is read; None takes the first, or the one that was viewed last."""
    audience: Literal["dm", "seen"] | None = None
    """Who learns titles, sites, lines and labels of which the file does not say: DMs, or who sees their hexes."""
    written: LabelStyle | None = None
    """How the campaign labels its hexes: links to hexes are written so."""
    again: Again | None = None
    """What is done with what the campaign has already; None replaces the map and merges all else."""


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
    for_all: bool = False
    """Revealed to everybody who sees its hex at all; not only to those who see it fully."""
    kind: NoteKind = "poi"
    hint: str = ""
    radius: int | None = None
    check: tuple[str, int] | None = None
    """A skill, and what a roll has to reach."""
    site: SiteKind | None = None
    """How it is drawn on the map."""

    def drawing(self) -> ImportedSite | None:
        """Return what stands on the map for it; None where that is nothing."""
        if self.site is None:
            return None
        return ImportedSite(self.hex, self.site, self.title, self.dm_only, self.for_all)


@dataclass(frozen=True, slots=True)
class ImportedMap:
    """A map that was brought along, ready to be taken over."""

    document: MapDocument
    notes: tuple[ImportedNote, ...]
    warnings: tuple[Warned, ...]
    paths: tuple[ImportedPath, ...] = ()
    sites: tuple[ImportedSite, ...] = ()
    regions: tuple[ImportedRegion, ...] = ()
    labels: tuple[ImportedLabel, ...] = ()

    def drawings(self) -> Iterator[ImportedSite]:
        """Yield what stands on the map for notes."""
        for note in self.notes:
            if (drawing := note.drawing()) is not None:
                yield drawing


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
    lines: list[DrawnLine] = field(default_factory=list)
    """Lines as the file draws them; what of them lies on the map becomes paths."""
    paths: list[ImportedPath] = field(default_factory=list)
    """Paths that are known to lie on the map."""
    sites: list[ImportedSite] = field(default_factory=list)
    regions: list[ImportedRegion] = field(default_factory=list)
    labels_on_map: list[ImportedLabel] = field(default_factory=list)
    levels: tuple[str, ...] = ()
    """The levels of the file, one of which is read."""
    level: str = ""
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
        self.notes.append(replace(note, title=title, player_text=player_text, dm_text=dm_text))

    def site(self, site: ImportedSite, line: int | None = None) -> None:
        """Add a site, or raise BadMap: out of range, or one too many."""
        _within(site.hex, line)
        if len(self.sites) >= MOST_SITES:
            raise BadMap(f"more than {MOST_SITES} sites", line=line, code="too_large")
        self.sites.append(replace(site, title=one_line(site.title)))

    def label(self, label: ImportedLabel, line: int | None = None) -> None:
        """Add a label, or raise BadMap: out of range, or one too many."""
        _within(label.hex, line)
        if len(self.labels_on_map) >= MOST_LABELS:
            raise BadMap(f"more than {MOST_LABELS} labels", line=line, code="too_large")
        if text := one_line(label.text):
            self.labels_on_map.append(replace(label, text=text))

    def region(self, region: ImportedRegion, line: int | None = None) -> None:
        """Add a region, or raise BadMap for one too many."""
        if len(self.regions) >= MOST_REGIONS:
            raise BadMap(f"more than {MOST_REGIONS} regions", line=line, code="too_large")
        self.regions.append(replace(region, name=one_line(region.name) or "Region"))

    def through(
        self, kind: PathKind, hexes: Sequence[Hex], name: str, dm_only: bool, line: int | None = None
    ) -> None:  # fmt: skip
        """Add a line through hexes, or say why it is left out; raise BadMap for one too many."""
        for at in hexes:
            _within(at, line)
        if len(set(hexes)) < 2:
            self.warn(f"a {kind} needs at least two hexes, so this one was left out", line)
            return
        if len(self.lines) >= MOST_PATHS:
            raise BadMap(f"more than {MOST_PATHS} paths", line=line, code="too_large")
        try:
            chain = steps(hexes)
        except BadCourse as bad:
            raise BadMap(f"this {kind} is too long: {bad}", line=line, code="too_large") from None
        self.lines.append(DrawnLine(kind, chain, one_line(name), dm_only, line))

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
        return _whole(draft.document, draft)
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
        parity=draft.document.parity if draft.document else draft.labels.parity,
        variants={at: variant for at, variant in draft.variants.items() if at in hexes},
    )
    return _whole(document, draft)


def _whole(document: MapDocument, draft: Draft) -> ImportedMap:
    """Return the map with the objects of the draft that lie on it; warn of those that lie outside."""
    hexes = document.terrain()

    def is_on_map(at: Hex) -> bool:
        if at in hexes:
            return True
        column, row = cell_of(at, document.orientation, document.parity)
        return 0 <= column < document.grid_width and 0 <= row < document.grid_height

    paths = [*draft.paths, *_paths(draft, is_on_map)]
    regions = []
    for region in draft.regions:
        inside = tuple(at for at in region.hexes if is_on_map(at))
        if len(inside) > MOST_HEXES:
            draft.warn(f"the region {region.name!r} has more than {MOST_HEXES} hexes and was left out")  # fmt: skip
        elif inside:
            regions.append(replace(region, hexes=inside))
        else:
            draft.warn(f"the region {region.name!r} lies outside the map and was left out")
    sites = [site for site in draft.sites if is_on_map(site.hex)]
    labels = [label for label in draft.labels_on_map if is_on_map(label.hex)]
    for count, noun in ((len(draft.sites) - len(sites), "sites"), (len(draft.labels_on_map) - len(labels), "labels")):  # fmt: skip
        if count:
            draft.warn(f"{count} {noun} lie outside the map and were left out")
    return ImportedMap(
        document, tuple(draft.notes), said(draft), tuple(paths), tuple(sites), tuple(regions), tuple(labels)
    )  # fmt: skip


def _paths(draft: Draft, is_on_map: Callable[[Hex], bool]) -> Iterator[ImportedPath]:
    points = 0
    for drawn in draft.lines:
        courses = on_map(drawn.hexes, is_on_map, MOST_POINTS - 2)
        if not courses:
            draft.warn(f"this {drawn.kind} lies outside the map and was left out", drawn.line)
        elif not all(map(is_on_map, drawn.hexes)):
            draft.warn(f"a part of this {drawn.kind} lies outside the map and was left out", drawn.line)  # fmt: skip
        for course in courses:
            points += len(course)
            if points > PATH_POINTS:
                raise BadMap(
                    f"the paths have more than {PATH_POINTS} points together",
                    line=drawn.line,
                    code="too_large",
                )
            yield ImportedPath(drawn.kind, course, drawn.name, dm_only=drawn.dm_only)


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
