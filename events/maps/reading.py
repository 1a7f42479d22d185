"""Recognize the format of a map file, preview what it holds, and import the map in it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from events.core.features.terrain import Painted
from events.core.state import Member, RoomState
from events.errors import Rejected
from events.geometry.grid import Hex
from events.geometry.offset import DIRECTIONS, Orientation, cell_of
from events.maps import hexroom_json, spreadsheet, text_mapper, traveller, worldographer
from events.maps.errors import BadMap
from events.maps.imports import (
    MAX_FILE_BYTES,
    Draft,
    Format,
    ImportedMap,
    ImportOptions,
    Role,
    Sheet,
    Warned,
    finish,
    mapped,
    one_line,
    said,
)
from events.maps.labels import LabelStyle, label
from events.maps.laying import lay, lay_import
from events.maps.lookalikes import strange_file
from events.maps.spreadsheet import looked_at
from events.maps.terrain import TERRAINS
from events.maps.traveller import is_sector

_READERS: Mapping[Format, Callable[[bytes, ImportOptions], Draft]] = {
    "hexroom": hexroom_json.read,
    "worldographer": worldographer.read,
    "textmapper": text_mapper.read,
    "spreadsheet": spreadsheet.read,
    "traveller": traveller.read,
}
_WIRE = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Terrain(BaseModel):
    """A terrain as the file names it."""

    model_config = _WIRE

    name: str
    count: int
    proposed: str
    """What its hexes become; "" leaves them out."""
    known: bool
    """Whether that is one of the usual ten."""


class Place(BaseModel):
    """A hex by its label, with its terrain in the file; no terrain where the map has no such hex."""

    model_config = _WIRE

    label: str
    terrain: str | None


class Problem(BaseModel):
    """An error or a warning, by line or position where it has one."""

    model_config = _WIRE

    text: str
    line: int | None = None
    position: str = ""


class Table(BaseModel):
    """A spreadsheet as it is read: its first rows, and what each column is for."""

    model_config = _WIRE

    sheet: str
    """Its name in a workbook."""
    sheets: tuple[str, ...]
    encoding: str
    """As Python names it; empty for a workbook."""
    headings: tuple[str, ...]
    columns: tuple[Role, ...]
    lines: tuple[int, ...]
    """The line or row that each of the rows begins on."""
    rows: tuple[tuple[str, ...], ...]
    """As many cells as there are columns."""


class Tally(BaseModel):
    """What of a file the campaign has not, has otherwise and has the same; and what of the campaign it lacks."""

    model_config = _WIRE

    new: int
    changed: int
    same: int
    gone: int


class Preview(BaseModel):
    """What would be taken over. With an error nothing can be; the rest is then as far as it was read."""

    model_config = _WIRE

    format: Format
    name: str = ""
    orientation: Orientation = "flat"
    labels: LabelStyle = LabelStyle()
    """Parity, origin, order, width and separator of the labels, as read."""
    columns: int = 0
    rows: int = 0
    hexes: int = 0
    terrains: tuple[Terrain, ...] = ()
    """The most frequent first."""
    sample: Place | None = None
    neighbours: Mapping[str, Place] = {}
    """Around the sample, by direction: with the wrong parity a map looks almost right, so compare these."""
    hex_size: float = 40
    painted: Painted = ()
    """What each hex would become, to be drawn."""
    table: Table | None = None
    """The first rows of a spreadsheet, with what each column is read as; there with most errors, too."""
    levels: tuple[str, ...] = ()
    """Of a file with several; ``level`` is the one that is read."""
    level: str = ""
    notes: int = 0
    dm_only_notes: int = 0
    paths: int = 0
    sites: int = 0
    regions: int = 0
    labels_on_map: int = 0
    dm_only: int = 0
    """How many paths, sites, regions and labels are for DMs only."""
    again: Mapping[str, Tally] = {}
    """For ``hexes``, ``notes``, ``paths``, ``sites``, ``regions`` and ``labels``, where the campaign has a map."""
    warnings: tuple[Problem, ...] = ()
    error: Problem | None = None


def detect(data: bytes, filename: str = "") -> Format:
    """Return the format a file has by its first bytes, and by its name where they do not tell."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"):
        return "spreadsheet"
    head = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:2] in (b"\x1f\x8b", b"\xfe\xff") or head[:5] == b"<map ":
        return "worldographer"
    if head[:1] in (b"{", b"["):
        return "hexroom"
    # UTF-16 of little end: Excel writes tables so, and Worldographer never did.
    start = data[: 64 * 1024].removeprefix(b"\xef\xbb\xbf")
    text = start.decode("utf-16" if data[:2] == b"\xff\xfe" else "latin-1", "replace")
    if text.lstrip("\ufeff \r\n")[:1] == "<":
        return "traveller" if is_sector(text, filename) else "worldographer"
    if filename.lower().endswith((".csv", ".tsv")):
        return "spreadsheet"
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    tables = sum(1 for line in lines if "," in line or "\t" in line or ";" in line)
    if is_sector(text, filename):
        return "traveller"
    return "spreadsheet" if tables > len(lines) / 2 else "textmapper"


def import_map(
    data: bytes, filename: str = "", options: ImportOptions | None = None
) -> ImportedMap:
    """Return the map in a file, or raise BadMap: where it is wrong, and why."""
    options = options or ImportOptions()
    return finish(_read(data, filename, options), options)


def preview(
    data: bytes,
    filename: str = "",
    options: ImportOptions | None = None,
    room: RoomState | None = None,
    by: Member | None = None,
) -> Preview:
    """Return what import_map would take over with the same arguments; never raises BadMap.

    Of a room that has a map, what is new to it; ``by`` is the DM who looks.
    """
    options = options or ImportOptions()
    kind = options.format or detect(data[:MAX_FILE_BYTES], filename)
    try:
        draft = _read(data, filename, options)
    except BadMap as bad:
        sheet = looked_at(data, options) if kind == "spreadsheet" else None
        return Preview(format=kind, error=_problem(bad), table=_table(sheet))
    shown = _shown(draft, options)
    try:
        imported = finish(draft, options)
    except BadMap as bad:
        return shown.model_copy(update={"error": _problem(bad)})
    again: dict[str, Tally] = {}
    if room is not None and room.map is not None and by is not None:
        try:
            tallies = lay_import(imported, options.again).tallies(room, by)
        except Rejected as refused:
            return shown.model_copy(update={"error": Problem(text=str(refused))})
        again = {kind_of_thing: Tally(**asdict(tally)) for kind_of_thing, tally in tallies.items()}
    document = imported.document
    secret = [
        *(path.dm_only for path in imported.paths),
        *(site.dm_only for site in imported.sites),
        *(region.dm_only for region in imported.regions),
        *(label.dm_only for label in imported.labels),
    ]
    return shown.model_copy(
        update={
            "again": again,
            "warnings": _problems(imported.warnings),
            "paths": len(imported.paths),
            "sites": len(imported.sites),
            "regions": len(imported.regions),
            "labels_on_map": len(imported.labels),
            "dm_only": sum(secret),
            "name": document.name,
            "columns": document.grid_width,
            "rows": document.grid_height,
            "hexes": len(document.hexes),
            "orientation": document.orientation,
            "hex_size": document.hex_size,
            "painted": lay(document).painted,
        }
    )


def _read(data: bytes, filename: str, options: ImportOptions) -> Draft:
    if len(data) > MAX_FILE_BYTES:
        raise BadMap(f"the file is larger than {MAX_FILE_BYTES // 2**20} MB", code="too_large")
    if (strange := strange_file(data)) is not None:
        raise BadMap(strange)
    draft = _READERS[options.format or detect(data, filename)](data, options)
    stem = one_line(filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0])
    if draft.format != "hexroom" and stem:
        draft.name = stem
    return draft


def _shown(draft: Draft, options: ImportOptions) -> Preview:
    counts = Counter(draft.hexes.values())
    terrains = []
    for name, count in counts.most_common():
        proposed = mapped(name, draft, options)
        terrains.append(
            Terrain(name=name, count=count, proposed=proposed, known=proposed in TERRAINS)
        )
    sample = _sample(draft)
    return Preview(
        format=draft.format,
        name=draft.name,
        orientation=draft.orientation,
        labels=draft.labels,
        hexes=len(draft.hexes),
        terrains=tuple(terrains),
        sample=None if sample is None else _place(draft, sample),
        neighbours={} if sample is None else _around(draft, sample),
        table=_table(draft.sheet),
        notes=len(draft.notes),
        dm_only_notes=sum(1 for note in draft.notes if note.dm_only),
        levels=draft.levels if len(draft.levels) > 1 else (),
        level=draft.level if len(draft.levels) > 1 else "",
        warnings=_problems(said(draft)),
    )


def _sample(draft: Draft) -> Hex | None:
    """Return a hex in a pushed line whose neighbours differ most, the first of them in the file."""

    def telling(at: Hex) -> int:
        column, row = cell_of(at, draft.orientation, draft.labels.parity)
        line = column if draft.orientation == "flat" else row
        around = [draft.hexes.get(Hex(at.q + d.q, at.r + d.r)) for d in steps]
        there = [terrain for terrain in around if terrain is not None]
        return len(there) * 10 + len(set(there)) + (line & 1) * 5

    steps = DIRECTIONS[draft.orientation].values()
    return max(list(draft.hexes)[:5000], key=telling, default=None)


def _around(draft: Draft, at: Hex) -> Mapping[str, Place]:
    return {
        direction: _place(draft, Hex(at.q + step.q, at.r + step.r))
        for direction, step in DIRECTIONS[draft.orientation].items()
    }


def _place(draft: Draft, at: Hex) -> Place:
    return Place(label=label(at, draft.labels, draft.orientation), terrain=draft.hexes.get(at))


def _table(sheet: Sheet | None) -> Table | None:
    return None if sheet is None else Table(**asdict(sheet))


def _problems(warnings: Sequence[Warned]) -> tuple[Problem, ...]:
    return tuple(Problem(text=warned.text, line=warned.line) for warned in warnings)


def _problem(bad: BadMap) -> Problem:
    return Problem(text=bad.text, line=bad.line, position=bad.position)
